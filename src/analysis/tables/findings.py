"""What validation found in the rows before a month's `as_of`: findings with examples, coverage, the data gate."""

import datetime as dt
from collections.abc import Hashable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import pandas as pd

from analysis.engine.duck import DuckDB
from analysis.errors import InputError, all_problems
from analysis.tables import month_checks
from analysis.tables.dataset import Dataset
from analysis.tables.limits import LIMITS, NEVER, PARTIAL_MONTH
from analysis.tables.reading import Accepted, first_day

KINDS = ("sale", "return", "cancellation", "gift")
EXAMPLES = 3
EXAMPLE_COLUMNS = ("finding", "day", "order_id", "product_id", "amount_minor", "note")


@dataclass(frozen=True)
class Quality:
    """Tables of the data-quality page; all counts cover rows before `as_of` and rows without a readable time.

    findings : finding, severity (info, warn, error, accepted), counted (what rows are: lines, customers, days, files,
        contacts, answers, month), rows (that match), set_aside (rows for which it is the first reason), share (of all
        that is counted), amount_minor
    examples : finding, day, order_id, product_id, amount_minor, note (the shape of a text that could not be read, or
        the file concerned); the first of each finding by day and order, at most EXAMPLES; no customer is named
    kinds : kind, read, accepted, set_aside, accepted_minor, set_aside_minor
    coverage : field, filled, rows, share (accepted lines)
    gate : one row: verdict (pass, warn, stop), read, accepted, set_aside, first_day, last_day, partial_month
    """

    findings: pd.DataFrame
    examples: pd.DataFrame
    kinds: pd.DataFrame
    coverage: pd.DataFrame
    gate: pd.DataFrame


def assess(dataset: Dataset, accepted: Accepted, as_of: dt.date, *, complete: bool, minor_units: int) -> Quality:
    """Return what was found in the rows before `as_of`; see `Quality`."""
    with DuckDB() as db:
        month_checks.make_views(db, accepted, as_of)
        kinds = _kinds(db, minor_units)
        found = pd.concat(
            [
                _set_aside(db, minor_units),
                _left_censored(db, dataset, accepted),
                month_checks.run(db, dataset, EXAMPLES, minor_units),
            ],
            ignore_index=True,
        )
        coverage = _coverage(db)
        first, last = db.execute("SELECT MIN(order_date), MAX(order_date) FROM lines")[0]
    if not complete:
        partial = pd.DataFrame([{"finding": PARTIAL_MONTH, "counted": "month"}])
        found = pd.concat([found, partial], ignore_index=True)
    findings, examples = _findings(found, dataset), _examples(found, minor_units)
    severities = set(findings["severity"])
    gate = pd.DataFrame(
        [
            {
                "verdict": "stop" if "error" in severities else "warn" if "warn" in severities else "pass",
                "read": kinds["read"].sum(),
                "accepted": kinds["accepted"].sum(),
                "set_aside": kinds["set_aside"].sum(),
                "first_day": pd.Timestamp(str(first)),
                "last_day": pd.Timestamp(str(last)),
                "partial_month": not complete,
            }
        ]
    )
    return Quality(findings, examples, kinds, coverage, gate)


def stop_on_errors(dataset: Dataset, quality: Quality) -> None:
    """Stop before any page is written when a finding is an error.

    Raises
    ------
    InputError : lists every such finding.
    """
    errors = quality.findings[quality.findings["severity"] == "error"]
    if len(errors):
        raise all_problems([_stopping(dataset, quality, row) for row in errors.to_dict("records")])


def _stopping(dataset: Dataset, quality: Quality, row: dict[Hashable, Any]) -> InputError:
    finding, where = row["finding"], f"{dataset.name}, transactions"
    if finding == PARTIAL_MONTH:
        return InputError(
            "the records do not fill the month",
            where=where,
            got="a partial month",
            expected="a complete month",
            do="Wait for the data, or set complete_through or allow_partial in dataset.yaml.",
        )
    examples = quality.examples[quality.examples["finding"] == finding]
    shown = examples.assign(day=examples["day"].dt.strftime("%Y-%m-%d"))[["day", "order_id", "product_id", "note"]]
    first = "; ".join(shown.fillna("").astype("str").agg(" ".join, axis=1).str.split().str.join(" "))
    return InputError(
        f"too many {row['counted']} fail the check {finding}",
        where=where,
        got=f"{row['rows']:,.0f} {row['counted']}, {row['share']:.1%} of all{f'; the first: {first}' if first else ''}",
        expected=f"at most {LIMITS[finding][1]:.0%}",
        do=f"`python -m analysis check {dataset.name}` tells files and rows. Mend the export, or name {finding} under "
        "accept_findings in dataset.yaml.",
    )


def _minor(expression: str, minor_units: int) -> str:
    return f"CAST(ROUND(COALESCE(SUM({expression}), 0) * {10**minor_units}) AS BIGINT)"


def _kinds(db: DuckDB, minor_units: int) -> pd.DataFrame:
    counts = db.frame(f"""
        SELECT kind, COUNT(*) AS read, COUNT(*) FILTER (NOT aside) AS accepted, COUNT(*) FILTER (aside) AS set_aside,
            {_minor("amount * (NOT aside)::INT", minor_units)} AS accepted_minor,
            {_minor("amount * aside::INT", minor_units)} AS set_aside_minor
        FROM (SELECT kind, amount, FALSE AS aside FROM lines UNION ALL SELECT kind, amount, TRUE FROM aside)
        GROUP BY kind""")
    return counts.set_index("kind").reindex(KINDS, fill_value=0).rename_axis("kind").reset_index()


def _set_aside(db: DuckDB, minor_units: int) -> pd.DataFrame:
    """Return what single lines failed; a line may have failed several checks, and is set aside by the first."""
    return db.frame(f"""
        WITH failed AS (
            SELECT unnest(checks) AS finding, reason, order_date AS day, {month_checks.OWN_ORDER}, product_id, amount,
                shape AS note FROM aside)
        SELECT finding, 'lines' AS counted, COUNT(*) AS rows, COUNT(*) FILTER (reason = finding) AS set_aside,
            COUNT(*) / ({month_checks.TOTALS["lines"]}) AS share, {_minor("amount", minor_units)} AS amount_minor,
            {month_checks.first_examples(EXAMPLES)} AS examples
        FROM failed GROUP BY finding ORDER BY rows DESC, finding""")


def _left_censored(db: DuckDB, dataset: Dataset, accepted: Accepted) -> pd.DataFrame:
    known_from = first_day(accepted) + dt.timedelta(days=dataset.settings.left_censor_days)
    table = db.frame(
        """
        WITH first_seen AS (SELECT MIN(order_date) AS day FROM lines GROUP BY customer_id)
        SELECT 'left_censored' AS finding, 'customers' AS counted, COUNT(*) FILTER (day < $known_from) AS rows,
            0 AS set_aside, COUNT(*) FILTER (day < $known_from) / COUNT(*) AS share
        FROM first_seen""",
        {"known_from": known_from},
    )
    return table[table["rows"] > 0]


def _coverage(db: DuckDB) -> pd.DataFrame:
    fields = ("product_id", "category", "quantity", "channel")
    counts = db.execute(f"SELECT COUNT(*), {', '.join(f'COUNT({field})' for field in fields)} FROM lines")[0]
    total, *filled = (int(str(count)) for count in counts)
    return pd.DataFrame(
        {
            "field": fields,
            "filled": filled,
            "rows": total,
            "share": [count / total if total else float("nan") for count in filled],
        }
    )


def _findings(found: pd.DataFrame, dataset: Dataset) -> pd.DataFrame:
    """Return the findings with their severity, after those that the dataset accepts."""
    known = {*LIMITS, *dataset.settings.tables.transactions.marks.set_aside, PARTIAL_MONTH}
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
    severities = [_severity(*pair, dataset) for pair in zip(found["finding"], found["share"], strict=True)]
    columns = ["finding", "severity", "counted", "rows", "set_aside", "share", "amount_minor"]
    return found.assign(severity=severities).reindex(columns=columns)


def _severity(finding: str, share: float, dataset: Dataset) -> str:
    if finding == PARTIAL_MONTH:
        severity = "warn" if dataset.settings.allow_partial else "error"
    else:
        warn, error = LIMITS.get(finding, (NEVER, NEVER))  # marks that the dataset names itself only inform
        severity = "error" if share > error else "warn" if share > warn else "info"
    return "accepted" if severity != "info" and finding in dataset.settings.accept_findings else severity


def _examples(found: pd.DataFrame, minor_units: int) -> pd.DataFrame:
    shown = found[["finding", "examples"]].explode("examples").dropna()
    rows = [{"finding": finding, **example} for finding, example in shown.itertuples(index=False)]
    table = pd.DataFrame(rows, columns=["finding", "day", "order_id", "product_id", "amount", "note"])
    amounts = [None if pd.isna(amount) else round(amount * 10**minor_units) for amount in table["amount"]]
    return table.assign(day=pd.to_datetime(table["day"]), amount_minor=pd.array(amounts, dtype="Int64"))[
        list(EXAMPLE_COLUMNS)
    ].astype(dict.fromkeys(("finding", "order_id", "product_id", "note"), "str"))
