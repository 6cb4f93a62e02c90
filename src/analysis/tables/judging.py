"""What each line is and what is wrong with it, and so whether it is accepted: SQL over the landed lines."""

from pathlib import Path

from analysis.engine.duck import DuckDB, QueryError, literal
from analysis.errors import InputError
from analysis.tables.dataset import Dataset, Marks, Transactions

LINE_COLUMNS = (
    "customer_id",
    "order_id",
    "ordered_at",
    "order_date",
    "kind",
    "amount",
    "quantity",
    "unit_price",
    "product_id",
    "category",
    "channel",
    "formatted",
    "merged_from",
    "order_made",
    "source_file",
)
# A day outside these years is a placeholder or a slip: spreadsheets begin in 1900, Unix in 1970, "never" is 2999.
FIRST_PLAUSIBLE_DAY, FIRST_IMPLAUSIBLE_DAY = "1971-01-01", "2100-01-01"


def write_lines(db: DuckDB, dataset: Dataset, landed: Path, folder: Path) -> None:
    """Judge the landed lines; write the accepted ones and, with all their reasons, the others.

    Parameters
    ----------
    landed : Parquet of the canonical columns with `source_file`, `formatted`, `shape` (of a text that could not be
        read) and the two hashes of each raw row, in the order of the source.
    folder : where products, identities and the results lie.

    Raises
    ------
    InputError : a mark is wrong, or no line can be accepted.
    """
    source = dataset.settings.tables.transactions
    judged = landed.with_name("judged.parquet")
    query = _judged(source, _lines(source, landed, folder))
    try:
        db.write_parquet(query, judged, lasting=False)
    except QueryError as error:
        raise InputError(
            "the lines cannot be judged",
            where=f"{dataset.name}/dataset.yaml, tables.transactions.marks",
            got=" ".join(str(error).split())[:300],
            expected="SQL conditions over the canonical columns",
            do="Mend the condition.",
        ) from None
    _stop_without_lines(db, dataset, judged)
    lines = f"SELECT * FROM {literal(judged)}"
    if source.marks.cancellations != Marks().cancellations:
        lines = _without_mirrors(db, judged)
    columns = ", ".join(LINE_COLUMNS)
    # In the order of the source: sorting a hundred million lines would take longer than all the rest.
    db.write_parquet(f"SELECT {columns} FROM ({lines}) WHERE reason IS NULL", folder / "transactions.parquet")
    db.write_parquet(
        f"SELECT {columns}, shape, _row, _row - first_row + 1 + {_heading_rows(source)} AS file_row, reason, checks "
        f"FROM ({lines}) "
        f"JOIN (SELECT source_file AS file, MIN(_row) AS first_row FROM {literal(judged)} GROUP BY file) AS files "
        # The rows of a query are of no file; `=` would lose them.
        "ON source_file IS NOT DISTINCT FROM file WHERE reason IS NOT NULL ORDER BY _row",
        folder / "set_aside.parquet",
    )


def _heading_rows(source: Transactions) -> int:
    """Return how many rows stand above the first line of a file, so that a line is found where it is said to be."""
    with_headings = source.file is not None and Path(source.file).suffix.lower() not in {".parquet", ".pq"}
    return source.header_row if with_headings else 0


def _lines(source: Transactions, landed: Path, folder: Path) -> str:
    """Return the query of all lines in canonical form: customer, amount, order and category completed.

    `_row` is the line's place in the source, from 1; `_repeat` tells a row that equals an earlier one in every raw
    column, mapped or not: two hashes of 64 bits, of the columns in both orders, decide it.
    """
    rows = f"(SELECT *, file_row_number + 1 AS _row FROM read_parquet({literal(landed)}, file_row_number = true))"
    amount = (
        "lines.amount"
        if "amount" in source.columns
        else "TRY_CAST(TRY_CAST(quantity AS DECIMAL(18, 4)) * unit_price AS DECIMAL(18, 4))"
    )
    own_category = "category" in source.columns
    day = "CAST(ordered_at AS DATE)"
    return f"""
        SELECT lines.* EXCLUDE (customer_id, amount, category, order_id),
            COALESCE(merged.customer_id, lines.customer_id) AS customer_id,
            CASE WHEN merged.customer_id <> lines.customer_id THEN lines.customer_id END AS merged_from,
            {amount} AS amount,
            {"lines.category" if own_category else "products.category"} AS category,
            {day} AS order_date,
            COALESCE(lines.order_id, COALESCE(merged.customer_id, lines.customer_id) || '|' || {day}) AS order_id,
            lines.order_id IS NULL AS order_made,
            COALESCE(_row > first_row, FALSE) AS _repeat
        FROM {rows} AS lines
        LEFT JOIN (
            SELECT hash_forward, hash_backward, MIN(_row) AS first_row FROM {rows}
            GROUP BY hash_forward, hash_backward HAVING COUNT(*) > 1) AS repeated USING (hash_forward, hash_backward)
        LEFT JOIN read_parquet({literal(folder / "identities.parquet")}) AS merged
            ON merged.alias_id = lines.customer_id
        LEFT JOIN read_parquet({literal(folder / "products.parquet")}) AS products
            ON products.product_id = lines.product_id"""


def _judged(source: Transactions, lines: str) -> str:
    """Return the query that gives each line its kind, every check it fails, and the first as its reason."""
    marks = source.marks
    cancelled, returned, gift, top_up = (
        f"COALESCE(({condition}\n), FALSE)"  # a condition may end in a comment
        for condition in (marks.cancellations, marks.returns, marks.gifts, marks.top_ups)
    )
    checks = {
        "unreadable_time": "ordered_at IS NULL",
        "other_currency": "other_currency",
        "unreadable_amount": "amount IS NULL AND NOT other_currency",
        "implausible_date": f"ordered_at < TIMESTAMP '{FIRST_PLAUSIBLE_DAY}' "
        f"OR ordered_at >= TIMESTAMP '{FIRST_IMPLAUSIBLE_DAY}'",
        "duplicate_line": "FALSE" if source.duplicates == "keep" else "_repeat",
        **marks.set_aside,
        "top_up": top_up,
        "missing_customer": "customer_id IS NULL",
        "cancelled_order": f"{cancelled} AND amount > 0",
        "positive_return": f"{returned} AND NOT {cancelled} AND amount > 0",
        "unmarked_negative": f"amount < 0 AND NOT {cancelled} AND NOT {returned}",
    }
    any_failed = " OR ".join(f"({condition}\n)" for condition in checks.values())
    failed = ", ".join(f"CASE WHEN {condition}\n THEN {literal(name)} END" for name, condition in checks.items())
    return f"""
        SELECT *, checks[1] AS reason FROM (
            SELECT *,
                CASE WHEN {cancelled} THEN 'cancellation' WHEN {returned} THEN 'return'
                     WHEN {gift} THEN 'gift' ELSE 'sale' END AS kind,
                CASE WHEN {any_failed} THEN list_filter([{failed}], lambda name: name IS NOT NULL) ELSE [] END AS checks
            FROM ({lines}))"""


def _without_mirrors(db: DuckDB, judged: Path) -> str:
    """Return the query of the lines in which a sale and its cancellation on the same day are both set aside.

    The order did not take place, and the day it is known is the day itself, so no later row decides it. Pairs share
    customer, product, day and amount; the first sale goes with the first cancellation, the second with the second.
    """
    open_lines = f"SELECT * FROM {literal(judged)} WHERE reason IS NULL"
    key = ("customer_id", "product_id", "order_date", "value")
    same = " AND ".join(f"sold.{name} IS NOT DISTINCT FROM taken_back.{name}" for name in key)
    nth = f"row_number() OVER (PARTITION BY {', '.join(key)} ORDER BY _row) AS nth"
    db.execute(f"""
        CREATE OR REPLACE TEMP TABLE mirrored AS
        WITH taken_back AS (
            SELECT *, {nth} FROM (
                SELECT *, -amount AS value FROM ({open_lines}) WHERE kind = 'cancellation' AND amount < 0)),
        sold AS (
            SELECT *, {nth} FROM (
                SELECT *, amount AS value FROM ({open_lines}) WHERE kind = 'sale') AS sold
            WHERE EXISTS (SELECT 1 FROM taken_back WHERE {same}))
        SELECT unnest([sold._row, taken_back._row]) AS _row
        FROM sold JOIN taken_back ON {same} AND sold.nth = taken_back.nth""")
    found = "_row IN (SELECT _row FROM mirrored)"
    return f"""
        SELECT * REPLACE (
            CASE WHEN {found} THEN 'same_day_cancellation' ELSE reason END AS reason,
            CASE WHEN {found} THEN ['same_day_cancellation'] ELSE checks END AS checks)
        FROM {literal(judged)}"""


def _stop_without_lines(db: DuckDB, dataset: Dataset, judged: Path) -> None:
    accepted, rows = db.execute(f"SELECT COUNT(*) FILTER (reason IS NULL), COUNT(*) FROM {literal(judged)}")[0]
    if accepted:
        return
    reasons = db.execute(f"SELECT reason, COUNT(*) FROM {literal(judged)} GROUP BY reason ORDER BY 2 DESC, 1")
    raise InputError(
        "no line can be accepted",
        where=f"{dataset.name}, transactions",
        got=f"{rows} lines" + "".join(f", {count} {reason}" for reason, count in reasons),
        expected="at least one readable line of a known customer",
        do="Correct the mapping.",
    )
