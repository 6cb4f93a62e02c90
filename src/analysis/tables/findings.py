"""What validation found in the rows before a month's `as_of`: findings, lines by kind, coverage, the data gate."""

import datetime as dt
from collections.abc import Hashable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import pandas as pd

from analysis.engine.duck import DuckDB, literal
from analysis.errors import InputError, all_problems
from analysis.tables.dataset import Dataset
from analysis.tables.reading import Accepted

# Share of lines (for left_censored: of customers) above which a finding warns, and above which it stops the run.
# Ours, and shown on the page: a few bad lines are normal, a tenth of them is a broken export.
LIMITS: dict[str, tuple[float, float]] = {
    "unreadable_time": (0.0, 0.05),
    "unreadable_amount": (0.0, 0.05),
    "duplicate_line": (0.001, 0.2),
    "missing_customer": (0.01, 0.5),
    "cancelled_order": (0.1, 0.5),
    "positive_return": (0.0, 0.01),
    "unmarked_negative": (0.0, 0.01),
    "left_censored": (0.5, 1.01),
}
KINDS = ("sale", "return", "cancellation", "gift")


@dataclass(frozen=True)
class Quality:
    """Tables of the data-quality page; all counts cover rows before `as_of` and rows without a readable time.

    findings : finding, severity (info, warn, error, accepted), rows (that match), set_aside (rows for which it is
        the first reason), share, amount_minor, first_row (position in the source; missing for customers)
    kinds : kind, read, accepted, set_aside, accepted_minor, set_aside_minor
    coverage : field, filled, rows, share (accepted lines)
    gate : one row: verdict (pass, warn, stop), read, accepted, set_aside, first_day, last_day, partial_month
    """

    findings: pd.DataFrame
    kinds: pd.DataFrame
    coverage: pd.DataFrame
    gate: pd.DataFrame


def assess(dataset: Dataset, accepted: Accepted, as_of: dt.date, *, complete: bool, minor_units: int) -> Quality:
    """Return what was found in the rows before `as_of`; see `Quality`."""
    with DuckDB() as db:
        kinds = _kinds(db, accepted, as_of, minor_units)
        findings = _findings(db, dataset, accepted, as_of, minor_units)
        coverage = _coverage(db, accepted, as_of)
        first_day, last_day = db.execute(
            f"SELECT MIN(order_date), MAX(order_date) FROM {_file(accepted, 'transactions')} WHERE order_date < $as_of",
            {"as_of": as_of},
        )[0]
    if not complete:
        partial = {"finding": "partial_month", "severity": "warn" if dataset.settings.allow_partial else "error"}
        findings = pd.concat([findings, pd.DataFrame([partial])], ignore_index=True)
    known = set(LIMITS) | set(dataset.settings.tables.transactions.marks.set_aside) | {"partial_month"}
    findings = _accept(findings, dataset, known)
    severities = set(findings["severity"])
    gate = pd.DataFrame(
        [
            {
                "verdict": "stop" if "error" in severities else "warn" if "warn" in severities else "pass",
                "read": kinds["read"].sum(),
                "accepted": kinds["accepted"].sum(),
                "set_aside": kinds["set_aside"].sum(),
                "first_day": pd.Timestamp(str(first_day)),
                "last_day": pd.Timestamp(str(last_day)),
                "partial_month": not complete,
            }
        ]
    )
    return Quality(findings, kinds, coverage, gate)


def stop_on_errors(dataset: Dataset, quality: Quality) -> None:
    """Stop before any page is written when a finding is an error.

    Raises
    ------
    InputError : lists every such finding.
    """
    errors = quality.findings[quality.findings["severity"] == "error"]
    if len(errors):
        raise all_problems([_stopping(dataset, row) for row in errors.to_dict("records")])


def _stopping(dataset: Dataset, row: dict[Hashable, Any]) -> InputError:
    finding, where = row["finding"], f"{dataset.name}, transactions"
    if finding == "partial_month":
        return InputError(
            "the records do not fill the month",
            where=where,
            got="a partial month",
            expected="a complete month",
            do="Wait for the data, or set complete_through or allow_partial in dataset.yaml.",
        )
    return InputError(
        f"too many rows fail the check {finding}",
        where=where,
        got=f"{row['rows']:,.0f} rows, {row['share']:.1%} of all; the first is row {row['first_row']:.0f}",
        expected=f"at most {LIMITS[finding][1]:.0%}",
        do=f"Mend the export, or name {finding} under accept_findings in dataset.yaml.",
    )


def _file(accepted: Accepted, table: str) -> str:
    return literal(accepted.path(table))


def _both(accepted: Accepted) -> str:
    """Return the query of all lines before `as_of`, accepted or not; rows without a readable time included."""
    shared = "kind, amount, order_date"
    return (
        f"SELECT {shared}, NULL AS reason, [] AS checks, NULL AS _row "
        f"FROM {_file(accepted, 'transactions')} WHERE order_date < $as_of "
        f"UNION ALL SELECT {shared}, reason, checks, _row FROM {_file(accepted, 'set_aside')} "
        "WHERE order_date < $as_of OR order_date IS NULL"
    )


def _minor(expression: str, minor_units: int) -> str:
    return f"CAST(ROUND(COALESCE(SUM({expression}), 0) * {10**minor_units}) AS BIGINT)"


def _kinds(db: DuckDB, accepted: Accepted, as_of: dt.date, minor_units: int) -> pd.DataFrame:
    counts = db.frame(
        f"""
        SELECT kind, COUNT(*) AS read, COUNT(*) FILTER (reason IS NULL) AS accepted,
            COUNT(*) FILTER (reason IS NOT NULL) AS set_aside,
            {_minor("amount * (reason IS NULL)::INT", minor_units)} AS accepted_minor,
            {_minor("amount * (reason IS NOT NULL)::INT", minor_units)} AS set_aside_minor
        FROM ({_both(accepted)}) GROUP BY kind""",
        {"as_of": as_of},
    )
    return counts.set_index("kind").reindex(KINDS, fill_value=0).rename_axis("kind").reset_index()


def _findings(db: DuckDB, dataset: Dataset, accepted: Accepted, as_of: dt.date, minor_units: int) -> pd.DataFrame:
    rows = db.frame(
        f"""
        WITH lines AS ({_both(accepted)}),
        failed AS (SELECT unnest(checks) AS finding, reason, amount, _row FROM lines WHERE reason IS NOT NULL)
        SELECT finding, COUNT(*) AS rows, COUNT(*) FILTER (reason = finding) AS set_aside,
            COUNT(*) / (SELECT COUNT(*) FROM lines) AS share,
            {_minor("amount", minor_units)} AS amount_minor, MIN(_row) AS first_row
        FROM failed GROUP BY finding ORDER BY rows DESC, finding""",
        {"as_of": as_of},
    )
    first_day = db.execute(f"SELECT MIN(order_date) FROM {_file(accepted, 'transactions')}")[0][0]
    assert isinstance(first_day, dt.date)
    censored = db.frame(
        f"""
        WITH first_seen AS (
            SELECT MIN(order_date) AS day FROM {_file(accepted, "transactions")}
            WHERE order_date < $as_of GROUP BY customer_id)
        SELECT 'left_censored' AS finding, COUNT(*) FILTER (day < $known_from) AS rows, 0 AS set_aside,
            COUNT(*) FILTER (day < $known_from) / COUNT(*) AS share
        FROM first_seen""",
        {"as_of": as_of, "known_from": first_day + dt.timedelta(days=dataset.settings.left_censor_days)},
    )
    table = pd.concat([rows, censored[censored["rows"] > 0]], ignore_index=True)
    table.insert(1, "severity", [_severity(*pair) for pair in zip(table["finding"], table["share"], strict=True)])
    return table


def _severity(finding: str, share: float) -> str:
    warn, error = LIMITS.get(finding, (1.01, 1.01))  # marks that the dataset names itself only inform
    return "error" if share > error else "warn" if share > warn else "info"


def _coverage(db: DuckDB, accepted: Accepted, as_of: dt.date) -> pd.DataFrame:
    fields = ("product_id", "category", "quantity", "channel")
    counts = db.execute(
        f"SELECT COUNT(*), {', '.join(f'COUNT({field})' for field in fields)} "
        f"FROM {_file(accepted, 'transactions')} WHERE order_date < $as_of",
        {"as_of": as_of},
    )[0]
    total, *filled = (int(str(count)) for count in counts)
    return pd.DataFrame(
        {
            "field": fields,
            "filled": filled,
            "rows": total,
            "share": [count / total if total else float("nan") for count in filled],
        }
    )


def _accept(findings: pd.DataFrame, dataset: Dataset, known: set[str]) -> pd.DataFrame:
    for name in dataset.settings.accept_findings:
        if name not in known:
            nearest = get_close_matches(name, known, n=1)
            raise InputError(
                "unknown finding",
                where=f"{dataset.name}/dataset.yaml, accept_findings",
                got=name,
                expected=", ".join(sorted(known)),
                do=f"Did you mean {nearest[0]}?" if nearest else "Remove it.",
            )
    taken = findings["finding"].isin(dataset.settings.accept_findings) & findings["severity"].isin(["warn", "error"])
    return findings.assign(severity=findings["severity"].mask(taken, "accepted"))
