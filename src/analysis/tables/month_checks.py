"""Checks that look at many rows at once: what they find among the rows before `as_of` is told, not set aside.

Each check is one query for the rows concerned; counts, value and first examples are then taken in one way for all.
"""

import datetime as dt
from dataclasses import dataclass

import pandas as pd

from analysis.engine.duck import DuckDB, literal
from analysis.tables.dataset import Dataset
from analysis.tables.reading import SIDE_TABLES, Accepted
from analysis.tables.schema import DATED_BY

EXTREME_TIMES = 100  # two orders of magnitude above what 99 % of sale lines stay below
SCALE_TIMES = 10  # a month in cents, or in thousands, is off by at least this
MIN_SCALE_LINES = 30  # the median of fewer lines says little
GAP_TIMES, MIN_GAP_DAYS = 7, 4  # a silence that long beside the usual one; a long weekend is none
MIRROR_DAYS = 30  # within which a cancellation is read as that of the same sale
UNREADABLE_SHARE = 0.5  # a file of which more than half cannot be read is another table
# What is left of text that was decoded with the wrong encoding.
GARBLED = ("\ufffd", "锟斤拷", "Ã©", "Ã¤", "Ã¶", "Ã¼", "â€")


@dataclass(frozen=True)
class Check:
    """One check: what it counts, and the query of what it found.

    counted : what `rows` are, and of what `share` is a share: lines, customers, days, files, contacts, answers, or rows
        of the optional tables.
    sql : rows with the columns of `HIT`, over the views of `views`.
    needs : the optional table without which the check is not made.
    """

    counted: str
    sql: str
    needs: str | None = None


TOTALS = {  # of what a finding's rows are a share
    "lines": "(SELECT COUNT(*) FROM lines) + (SELECT COUNT(*) FROM aside)",
    "customers": "SELECT COUNT(DISTINCT customer_id) FROM lines",
    "days": "SELECT MAX(order_date) - MIN(order_date) + 1 FROM lines",
    "files": "SELECT COUNT(*) FROM files",
    "contacts": "SELECT COUNT(*) FROM contacts",
    "answers": "SELECT COUNT(*) FROM feedback",
    "rows": "SELECT COUNT(*) FROM side_rows",
}
# An order number made of customer and day is no example: no customer is named on a page.
OWN_ORDER = "CASE WHEN NOT order_made THEN order_id END AS order_id"
LINES = f"order_date AS day, {OWN_ORDER}, product_id, amount, CAST(NULL AS VARCHAR) AS note"
# What systems write where there is no customer.
NOBODY = ("null", "nan", "none", "n/a", "na", "-", "unknown", "guest", "anonymous", "未知", "游客", "匿名", "散客")


def _hit(day: str = "NULL", amount: str = "NULL", note: str = "NULL") -> str:
    """Return the columns of a finding that is not about single lines."""
    return (
        f"CAST({day} AS DATE) AS day, CAST(NULL AS VARCHAR) AS order_id, CAST(NULL AS VARCHAR) AS product_id, "
        f"CAST({amount} AS DECIMAL(18, 4)) AS amount, CAST({note} AS VARCHAR) AS note"
    )


_GARBLED = " OR ".join(
    f"contains({column}, {literal(mark)})" for column in ("category", "channel", "product_id") for mark in GARBLED
)

CHECKS: dict[str, Check] = {
    "zero_price_gift": Check("lines", f"SELECT {LINES} FROM lines WHERE kind = 'gift'"),
    "formatted_amount": Check("lines", f"SELECT {LINES} FROM lines WHERE formatted"),
    "garbled_text": Check("lines", f"SELECT {LINES} FROM lines WHERE {_GARBLED}"),
    "mirrored_cancellation": Check(
        "lines",
        f"""
        SELECT {LINES} FROM lines WHERE kind = 'cancellation' AND EXISTS (
            SELECT 1 FROM lines AS sold
            WHERE sold.kind = 'sale' AND sold.customer_id = lines.customer_id AND sold.amount = -lines.amount
                AND sold.product_id IS NOT DISTINCT FROM lines.product_id
                AND sold.order_date < lines.order_date AND sold.order_date >= lines.order_date - {MIRROR_DAYS})""",
    ),
    "extreme_amount": Check(
        "lines",
        f"""
        WITH sizes AS (SELECT ABS(amount) AS size, COUNT(*) AS n FROM lines WHERE kind = 'sale' GROUP BY size),
        ranked AS (SELECT size, SUM(n) OVER (ORDER BY size) AS up_to, SUM(n) OVER () AS total FROM sizes)
        SELECT {LINES} FROM lines
        WHERE ABS(amount) > {EXTREME_TIMES} * (SELECT MIN(size) FROM ranked WHERE up_to >= 0.99 * total)""",
    ),
    "amount_scale": Check(
        "lines",
        f"""
        WITH sizes AS (
            SELECT DATE_TRUNC('month', order_date) AS month, ABS(amount) AS size, COUNT(*) AS n
            FROM lines WHERE kind = 'sale' AND amount > 0 GROUP BY month, size),
        ranked AS (
            SELECT month, size, SUM(n) OVER (PARTITION BY month ORDER BY size) AS up_to,
                SUM(n) OVER (PARTITION BY month) AS total FROM sizes),
        medians AS (
            SELECT month, MIN(size) AS usual FROM ranked
            WHERE 2 * up_to >= total AND total >= {MIN_SCALE_LINES} GROUP BY month),
        typical AS (SELECT quantile_disc(usual, 0.5) AS usual FROM medians HAVING COUNT(*) >= 3)
        SELECT order_date AS day, {OWN_ORDER}, product_id, amount, strftime(medians.month, '%Y-%m') AS note
        FROM lines JOIN medians ON medians.month = DATE_TRUNC('month', order_date), typical
        WHERE medians.usual >= {SCALE_TIMES} * typical.usual OR {SCALE_TIMES} * medians.usual <= typical.usual""",
    ),
    "days_without_records": Check(
        "days",
        f"""
        WITH days AS (SELECT DISTINCT order_date AS day FROM lines),
        gaps AS (SELECT day, LEAD(day) OVER (ORDER BY day) - day AS gap FROM days),
        usual AS (SELECT GREATEST(MEDIAN(gap) * {GAP_TIMES}, {MIN_GAP_DAYS}) AS longest FROM gaps)
        SELECT {_hit("day + CAST(silent AS INTEGER)")}
        FROM gaps, usual, unnest(range(1, gap)) AS silent(silent) WHERE gap > longest""",
    ),
    "unknown_product": Check(
        "lines",
        f"""
        SELECT {LINES} FROM lines WHERE product_id IS NOT NULL
            AND product_id NOT IN (SELECT product_id FROM products)""",
        needs="products",
    ),
    "orphan_contact": Check(
        "contacts",
        f"SELECT {_hit('contacted_at')} FROM contacts WHERE customer_id NOT IN (SELECT customer_id FROM base)",
        needs="contacts",
    ),
    "orphan_feedback": Check(
        "answers",
        f"SELECT {_hit('given_at')} FROM feedback WHERE customer_id NOT IN (SELECT customer_id FROM base)",
        needs="feedback",
    ),
    "merged_customers": Check(
        "customers",
        f"""
        SELECT {_hit("MIN(order_date)", "SUM(amount)")} FROM lines
        WHERE merged_from IS NOT NULL GROUP BY merged_from""",
        needs="identities",
    ),
    "similar_customer_ids": Check(
        "customers",
        f"""
        WITH alike AS (
            SELECT customer_id, COUNT(*) OVER (PARTITION BY LTRIM(LOWER(customer_id), '0')) AS ids
            FROM (SELECT DISTINCT customer_id FROM lines))
        SELECT {_hit()} FROM alike WHERE ids > 1""",
    ),
    "placeholder_customer": Check(
        "lines", f"SELECT {LINES} FROM lines WHERE LOWER(customer_id) IN ({', '.join(map(literal, NOBODY))})"
    ),
    "side_rows_set_aside": Check("rows", f"SELECT {_hit(note='source')} FROM side_rows WHERE set_aside"),
    "unreadable_file": Check(
        "files", f"SELECT {_hit(note='source_file')} FROM files WHERE unreadable > {UNREADABLE_SHARE} * read"
    ),
    "schema_drift": Check(
        "files",
        f"""
        WITH used AS (
            SELECT file, LOWER("column") AS "column" FROM file_columns
            WHERE file IN (SELECT source_file FROM files)),
        lacking AS (
            SELECT file, "column" AS name FROM (SELECT DISTINCT file FROM used), (SELECT DISTINCT "column" FROM used)
            EXCEPT SELECT file, "column" FROM used)
        SELECT {_hit(note="file || ': ' || string_agg(name, ', ' ORDER BY name)")}
        FROM lacking GROUP BY file""",
    ),
}


def make_views(db: DuckDB, accepted: Accepted, as_of: dt.date) -> None:
    """Make the views that the checks look at, all of rows before `as_of` (aside: or without a readable time)."""
    known = f"DATE '{as_of.isoformat()}'"
    conditions = {
        "transactions": f"order_date < {known}",
        "set_aside": f"order_date < {known} OR order_date IS NULL",
        "products": "TRUE",
        "customers": f"registered_on IS NULL OR registered_on < {known}",
        "contacts": f"contacted_at < {known}",
        "feedback": f"given_at < {known}",
        "file_columns": "TRUE",
    }
    names = {"transactions": "lines", "set_aside": "aside"}
    for table, condition in conditions.items():
        db.execute(
            f"CREATE OR REPLACE TEMP VIEW {names.get(table, table)} AS "
            f"SELECT * FROM {literal(accepted.path(table))} WHERE {condition}"
        )
    db.execute(
        "CREATE OR REPLACE TEMP VIEW base AS SELECT customer_id FROM lines UNION SELECT customer_id FROM customers"
    )
    parts = []
    for table in SIDE_TABLES:
        date = DATED_BY[table]
        early = f"{date} IS NULL OR {date} < {known}" if date else "TRUE"
        kept, aside = accepted.path(table), accepted.path(f"{table}_set_aside")
        parts.append(f"SELECT FALSE AS set_aside, '' AS source FROM {literal(kept)} WHERE {early}")
        if aside.exists():
            parts.append(f"SELECT TRUE, '{table}: ' || reason FROM {literal(aside)} WHERE {early}")
    db.execute(f"CREATE OR REPLACE TEMP VIEW side_rows AS {' UNION ALL '.join(parts)}")
    unreadable = "COUNT(*) FILTER (reason IN ('unreadable_time', 'unreadable_amount'))"
    db.execute(f"""
        CREATE OR REPLACE TEMP TABLE files AS
        SELECT source_file, COUNT(*) AS read, {unreadable} AS unreadable
        FROM (SELECT source_file, NULL AS reason FROM lines UNION ALL SELECT source_file, reason FROM aside)
        WHERE source_file IS NOT NULL GROUP BY source_file""")


def run(db: DuckDB, dataset: Dataset, examples: int, minor_units: int) -> pd.DataFrame:
    """Return what the checks found, over the views of `make_views`.

    Returns
    -------
    finding, counted, rows, set_aside (0: nothing is), share, amount_minor, examples (of `first_examples`); a row per
    check that found something, most rows first.
    """
    found = [
        db.frame(f"""
            SELECT {literal(name)} AS finding, {literal(check.counted)} AS counted, COUNT(*) AS rows, 0 AS set_aside,
                COUNT(*) / ({TOTALS[check.counted]}) AS share,
                CAST(ROUND(SUM(amount) * {10**minor_units}) AS BIGINT) AS amount_minor,
                {first_examples(examples)} AS examples
            FROM ({check.sql})""")
        for name, check in CHECKS.items()
        if check.needs is None or getattr(dataset.settings.tables, check.needs)
    ]
    table = pd.concat(found, ignore_index=True)
    return table[table["rows"] > 0].sort_values(["rows", "finding"], ascending=[False, True])


def first_examples(number: int) -> str:
    """Return the SQL of a group's first rows by day, order, product, amount and note."""
    columns = ("day", "order_id", "product_id", "amount", "note")
    return f"MIN({{{', '.join(f'{literal(name)}: {name}' for name in columns)}}}, {number})"
