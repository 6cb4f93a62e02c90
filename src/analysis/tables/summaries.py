"""Tables about the input itself: what was read, over which months, for how many customers, and the limits."""

import datetime as dt

import pandas as pd

from analysis.engine.duck import DuckDB, literal
from analysis.tables.dataset import Dataset
from analysis.tables.limits import LIMITS
from analysis.tables.reading import Accepted, first_day
from analysis.tables.schema import DATED_BY

NOT_READ_YET = ("measures", "actions")  # part of the design; this version has no reader for them


def inventory(dataset: Dataset, accepted: Accepted, as_of: dt.date) -> pd.DataFrame:
    """Return every input table, present or not, with its rows before `as_of`.

    Returns
    -------
    table; state (`read`, `not_supplied`, `not_read_yet`); rows (accepted), set_aside (rows without a readable
    date included); first_day, last_day. Counts and days are missing for a table that was not read, days also
    where no row is dated.
    """
    found: list[dict[str, object]] = []
    with DuckDB() as db:
        for table, date in DATED_BY.items():
            if getattr(dataset.settings.tables, table) is None:
                found.append({"table": table, "state": "not_supplied"})
                continue
            aside = "set_aside" if table == "transactions" else f"{table}_set_aside"
            found.append(
                {
                    "table": table,
                    "state": "read",
                    **_rows(db, accepted, table, date, as_of),
                    "set_aside": _rows(db, accepted, aside, date, as_of)["rows"],
                }
            )
    found += [{"table": table, "state": "not_read_yet"} for table in NOT_READ_YET]
    columns = ["table", "state", "rows", "set_aside", "first_day", "last_day"]
    listed = pd.DataFrame(found).reindex(columns=columns).astype({"rows": "Int64", "set_aside": "Int64"})
    return listed.astype({"first_day": "datetime64[us]", "last_day": "datetime64[us]"})


def _rows(db: DuckDB, accepted: Accepted, table: str, date: str | None, as_of: dt.date) -> dict[str, object]:
    """Return number and days of the rows that are not dated at or after `as_of`."""
    days = f"CAST({date} AS DATE)" if date else "CAST(NULL AS DATE)"
    rows, first_day, last_day = db.execute(
        f"SELECT COUNT(*), MIN(day), MAX(day) FROM (SELECT {days} AS day FROM {literal(accepted.path(table))}) "
        "WHERE day IS NULL OR day < $as_of",
        {"as_of": as_of},
    )[0]
    return {"rows": rows, "first_day": first_day, "last_day": last_day}


def lines_by_month(accepted: Accepted, as_of: dt.date) -> pd.DataFrame:
    """Return the lines read in each calendar month from the first accepted day to `as_of`.

    Returns
    -------
    month (`YYYY-MM`, none left out), accepted, set_aside (lines). Lines without a readable time, or set aside and
    dated before the first accepted one, belong to no month.
    """
    sources = {"accepted": "transactions", "set_aside": "set_aside"}
    with DuckDB() as db:
        counts = {
            name: db.frame(
                f"SELECT strftime(order_date, '%Y-%m') AS month, COUNT(*) AS lines "
                f"FROM {literal(accepted.path(table))} WHERE order_date < $as_of GROUP BY month",
                {"as_of": as_of},
            ).set_index("month")["lines"]
            for name, table in sources.items()
        }
    months = pd.period_range(counts["accepted"].index.min(), as_of - dt.timedelta(days=1), freq="M").astype(str)
    table = pd.DataFrame(counts).reindex(months).fillna(0).astype("int64")
    return table.rename_axis("month").reset_index()


def lines_by_file(accepted: Accepted, as_of: dt.date) -> pd.DataFrame:
    """Return what was read of each source: source_file, read, accepted, set_aside (lines), first_day, last_day.

    Lines without a readable time count; a query over several files is one source without a name.
    """
    with DuckDB() as db:
        return db.frame(
            f"""
            SELECT COALESCE(source_file, '-') AS source_file, COUNT(*) AS read,
                COUNT(*) FILTER (reason IS NULL) AS accepted, COUNT(*) FILTER (reason IS NOT NULL) AS set_aside,
                MIN(order_date) AS first_day, MAX(order_date) AS last_day
            FROM ({_all_lines(accepted)}) GROUP BY source_file ORDER BY first_day NULLS LAST, source_file""",
            {"as_of": as_of},
        )


def reasons_by(accepted: Accepted, as_of: dt.date, by: str) -> pd.DataFrame:
    """Return why lines were set aside, by `source_file` or `month` (missing without a readable time).

    Returns
    -------
    the column `by`, reason, rows; most rows first within each.
    """
    column = {"source_file": "COALESCE(source_file, '-')", "month": "strftime(order_date, '%Y-%m')"}[by]
    with DuckDB() as db:
        return db.frame(
            f"SELECT {column} AS {by}, reason, COUNT(*) AS rows FROM ({_all_lines(accepted)}) "
            f"WHERE reason IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 3 DESC, 2",
            {"as_of": as_of},
        )


def later_lines(accepted: Accepted, as_of: dt.date, future_from: dt.date) -> pd.DataFrame:
    """Return, in one row, the lines that play no part in a month because they are dated at or after its `as_of`.

    Parameters
    ----------
    future_from : the end of the month in progress; no line can be expected to be dated at or after it.

    Returns
    -------
    lines, last_day (of the lines); future_from, future_lines (dated at or after it).
    Not for pages: a month's pages must not change with later rows.
    """
    both = (
        f"SELECT order_date FROM {literal(accepted.path('transactions'))} "
        f"UNION ALL SELECT order_date FROM {literal(accepted.path('set_aside'))} WHERE reason <> 'implausible_date'"
    )
    with DuckDB() as db:
        return db.frame(
            f"SELECT COUNT(*) AS lines, MAX(order_date) AS last_day, $future_from AS future_from, "
            f"COUNT(*) FILTER (order_date >= $future_from) AS future_lines FROM ({both}) WHERE order_date >= $as_of",
            {"as_of": as_of, "future_from": future_from},
        )


def set_aside_places(accepted: Accepted, as_of: dt.date, limit: int = 3) -> pd.DataFrame:
    """Return where the first lines of each finding stand: finding, source_file, file_row.

    A row is counted as the file shows it, headings included; empty lines and line breaks within a value do not count.
    Not for pages: rows added above them would change a published month.
    """
    with DuckDB() as db:
        return db.frame(
            f"""
            SELECT finding, source_file, file_row FROM (
                SELECT unnest(checks) AS finding, source_file, file_row, _row
                FROM {literal(accepted.path("set_aside"))} WHERE order_date < $as_of OR order_date IS NULL)
            QUALIFY row_number() OVER (PARTITION BY finding ORDER BY _row) <= $limit ORDER BY finding, _row""",
            {"as_of": as_of, "limit": limit},
        )


def _all_lines(accepted: Accepted) -> str:
    """Return the query of all lines before `$as_of` or without a readable time, with the reason of those set aside."""
    columns = "source_file, order_date"
    return (
        f"SELECT {columns}, NULL AS reason FROM {literal(accepted.path('transactions'))} WHERE order_date < $as_of "
        f"UNION ALL SELECT {columns}, reason FROM {literal(accepted.path('set_aside'))} "
        "WHERE order_date < $as_of OR order_date IS NULL"
    )


def customer_coverage(dataset: Dataset, accepted: Accepted, as_of: dt.date) -> pd.DataFrame:
    """Return for how many customers each mapped attribute, and any contact, is known at `as_of` (R-MET-44).

    Returns
    -------
    field (a column of `customers`, or `contact`), customers (with evidence), base (all customers), share. No rows
    where the dataset has neither table.
    """
    tables = dataset.settings.tables
    fields = [field for field in (tables.customers.columns if tables.customers else ()) if field != "customer_id"]
    known = {field: f"COUNT({field})" for field in fields}
    if tables.contacts:
        known["contact"] = "COUNT(contacted_id)"
    if not known:
        return pd.DataFrame({"field": [], "customers": [], "base": [], "share": []})
    with DuckDB() as db:
        base, *counts = (
            int(str(count))
            for count in db.execute(
                f"""
            WITH registered AS (
                SELECT * FROM {literal(accepted.path("customers"))}
                WHERE registered_on IS NULL OR registered_on < $as_of),
            base AS (
                SELECT customer_id FROM {literal(accepted.path("transactions"))} WHERE order_date < $as_of
                UNION SELECT customer_id FROM registered WHERE registered_on IS NOT NULL),
            contacted AS (
                SELECT DISTINCT customer_id AS contacted_id FROM {literal(accepted.path("contacts"))}
                WHERE contacted_at < $as_of)
            SELECT COUNT(*), {", ".join(known.values())}
            FROM base LEFT JOIN registered USING (customer_id)
            LEFT JOIN contacted ON base.customer_id = contacted_id""",
                {"as_of": as_of},
            )[0]
        )
    return pd.DataFrame(
        {"field": list(known), "customers": counts, "base": base, "share": [count / base for count in counts]}
    )


def left_censoring(dataset: Dataset, accepted: Accepted, as_of: dt.date) -> pd.DataFrame:
    """Return, in one row, how many customers may be older than the data.

    Returns
    -------
    first_day (of the data), left_censor_days, known_from (a customer first seen before it has an unknown age),
    customers (with accepted lines before `as_of`), unknown_age (of them), share.
    """
    lines = literal(accepted.path("transactions"))
    days = dataset.settings.left_censor_days
    with DuckDB() as db:
        begin = first_day(accepted)
        known_from = begin + dt.timedelta(days=days)
        customers, unknown = (
            int(str(count))
            for count in db.execute(
                "SELECT COUNT(*), COUNT(*) FILTER (day < $known_from) "
                f"FROM (SELECT MIN(order_date) AS day FROM {lines} "
                "WHERE order_date < $as_of GROUP BY customer_id)",
                {"as_of": as_of, "known_from": known_from},
            )[0]
        )
    return pd.DataFrame(
        [
            {
                "first_day": pd.Timestamp(begin),
                "left_censor_days": days,
                "known_from": pd.Timestamp(known_from),
                "customers": customers,
                "unknown_age": unknown,
                "share": unknown / customers if customers else float("nan"),
            }
        ]
    )


def limits(findings: pd.DataFrame) -> pd.DataFrame:
    """Return every check that has limits, beside what it found.

    Parameters
    ----------
    findings : of `Quality`.

    Returns
    -------
    finding, share (0 where nothing matched), warn_above, stop_above (missing where a finding never warns, or never
    stops the run).
    """
    table = pd.DataFrame.from_dict(LIMITS, orient="index", columns=["warn_above", "stop_above"])
    found = findings.set_index("finding")["share"].reindex(table.index).fillna(0).astype(float)
    table = table.where(table <= 1)
    return (
        table.assign(share=found).rename_axis("finding").reset_index()[["finding", "share", "warn_above", "stop_above"]]
    )
