"""Raw rows to accepted and set-aside Parquet: every row is one or the other, and keeps its reason."""

import datetime as dt
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from analysis.engine.duck import DuckDB, QueryError, identifier, literal
from analysis.errors import InputError
from analysis.store import code_hash, digest, file_hash, forget_oldest, replace_folder, used
from analysis.tables.dataset import Dataset, Source, Transactions
from analysis.tables.schema import KEYS, TABLES
from analysis.tables.sources import FILE, ROW, explained, files_of, open_source, state_of, stop_if_changed
from analysis.tables.times import stop_on_ambiguous_times
from analysis.tables.values import SQL_TYPES, Rules, canonical, foreign_currency, formatted

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
)


@dataclass(frozen=True)
class Accepted:
    """Where a dataset's validated tables lie, and the hashes of the raw files they were made from."""

    folder: Path
    key: str
    file_hashes: dict[str, str]

    def path(self, table: str) -> Path:
        """Return the Parquet file of a table, of `set_aside`, or of a table that holds no rows."""
        return self.folder / f"{table}.parquet"


def read(dataset: Dataset, *, refresh: bool = False) -> Accepted:
    """Read, map and validate all tables of a dataset, or find them as they were read before.

    Parameters
    ----------
    refresh : extract the tables of databases anew; otherwise the extracts that are there are read.

    Raises
    ------
    InputError : a file, column, mark or query is wrong, a file changes meanwhile, or no line can be accepted.
    """
    sources = {name: source for name in TABLES if (source := getattr(dataset.settings.tables, name))}
    paths = {
        f"{table}.{name}": path
        for table, source in sources.items()
        for name, path in files_of(source, dataset, table, refresh=refresh).items()
    }
    before = state_of(paths.values())
    hashes = {name: file_hash(path) for name, path in paths.items()}
    zones = (dataset.settings.source_time_zone, dataset.settings.reporting_time_zone, dataset.settings.currency)
    key = digest(hashes, dataset.settings.tables.model_dump(), zones, code_hash())
    place = dataset.folder / "accepted" / key
    if not place.is_dir():
        with _made(place) as made, TemporaryDirectory(dir=place.parent, prefix=".") as landing, DuckDB() as db:
            for table in ("products", "customers", "contacts", "transactions"):
                with _readable(dataset, table):
                    if table in sources:
                        open_source(db, sources[table], dataset, table, Path(landing))
                    if table == "transactions":
                        _write_transactions(db, dataset, made)
                    else:
                        _write_side_table(db, dataset, table, sources.get(table), made)
            stop_if_changed(before)
        forget_oldest(place.parent)
    used(place)
    return Accepted(place, key, hashes)


@contextmanager
def _made(place: Path) -> Iterator[Path]:
    """Give a folder to write to; it becomes `place` when the block ends without an error, else nothing stays."""
    made = place.with_name(f".{place.name}.{os.getpid()}")
    made.mkdir(parents=True, exist_ok=True)
    try:
        yield made
        replace_folder(made, place)
    finally:
        shutil.rmtree(made, ignore_errors=True)


@contextmanager
def _readable(dataset: Dataset, table: str) -> Iterator[None]:
    """Tell which table a broken file stands behind; DuckDB names the file and often the line."""
    try:
        yield
    except QueryError as error:
        source: Source = getattr(dataset.settings.tables, table)
        where = f"{dataset.name}/dataset.yaml, tables.{table}"
        raise explained(error, source.inputs.values(), dataset.folder, where) from None


def _canonical(db: DuckDB, dataset: Dataset, table: str, source: Source) -> str:
    """Return the query that gives a table's canonical columns; columns without a mapping are NULL.

    `_repeat` tells a row that equals an earlier one in every raw column, mapped or not, in whichever file; `_formatted`
    and `_foreign_currency` tell how its amounts are written, see `values`.
    """
    found = db.columns(f"raw_{table}")
    rules = Rules.of(source, dataset.settings, f"{dataset.name}/dataset.yaml, tables.{table}")
    parts = []
    for column in TABLES[table]:
        raw = source.columns.get(column.name)
        sql = canonical(column.kind, raw, found[raw], rules) if raw else f"CAST(NULL AS {SQL_TYPES[column.kind]})"
        parts.append(f"{sql} AS {column.name}")
        if raw and column.kind == "time":
            stop_on_ambiguous_times(db, f"raw_{table}", raw, found[raw], rules.times)
    amounts = {raw: found[raw] for c in TABLES[table] if c.kind == "amount" and (raw := source.columns.get(c.name))}
    parts.append(f"{formatted(amounts, rules)} AS _formatted")
    parts.append(f"{foreign_currency(amounts, rules)} AS _foreign_currency")
    everything = ", ".join(identifier(name) for name in found if name not in (ROW, FILE))
    repeat = f"row_number() OVER (PARTITION BY {everything} ORDER BY {ROW}) > 1"
    return f"SELECT {', '.join(parts)}, {ROW}, {FILE}, {repeat} AS _repeat FROM raw_{table}"


def _write_side_table(db: DuckDB, dataset: Dataset, table: str, source: Source | None, folder: Path) -> None:
    """Write an optional table: rows without key go to `<table>_set_aside`, and so does every further row of a key.

    The row registered first stays, so that a later one cannot change what was known before it.
    """
    names = [column.name for column in TABLES[table]]
    if source is None:  # an absent table is an empty one, so that queries need no second form
        nothing = ", ".join(f"CAST(NULL AS {SQL_TYPES[column.kind]}) AS {column.name}" for column in TABLES[table])
        db.write_parquet(f"SELECT {nothing} WHERE FALSE", folder / f"{table}.parquet")
        return
    keys = KEYS.get(table, ())
    missing = " OR ".join(f"{c.name} IS NULL" for c in TABLES[table] if c.required and c.name != "category")
    first = f"registered_on NULLS LAST, {ROW}" if "registered_on" in names else ROW
    again = f"row_number() OVER (PARTITION BY {', '.join(keys)} ORDER BY {first}) > 1" if keys else "FALSE"
    reason = f"CASE WHEN {missing} THEN 'missing_key' WHEN {again} THEN 'duplicate_key' END AS reason"
    db.execute(
        f"CREATE OR REPLACE TEMP TABLE {table}_read AS "
        f"SELECT *, {reason} FROM ({_canonical(db, dataset, table, source)})"
    )
    order = ", ".join(keys) or ", ".join(names)
    db.write_parquet(
        f"SELECT {', '.join(names)} FROM {table}_read WHERE reason IS NULL ORDER BY {order}",
        folder / f"{table}.parquet",
    )
    db.write_parquet(
        f"SELECT * FROM {table}_read WHERE reason IS NOT NULL ORDER BY {ROW}", folder / f"{table}_set_aside.parquet"
    )


def _write_transactions(db: DuckDB, dataset: Dataset, folder: Path) -> None:
    source = dataset.settings.tables.transactions
    judged = _judged(source, _lines(db, dataset, source, folder))
    try:
        db.columns(f"({judged})")
    except QueryError as error:
        raise InputError(
            "the lines cannot be judged",
            where=f"{dataset.name}/dataset.yaml, transactions.marks",
            got=" ".join(str(error).split())[:300],
            expected="SQL conditions over the canonical columns",
            do="Mend the condition.",
        ) from None
    db.execute(f"CREATE OR REPLACE TEMP TABLE judged AS {judged}")
    accepted, rows = db.execute("SELECT COUNT(*) FILTER (reason IS NULL), COUNT(*) FROM judged")[0]
    if not accepted:
        reasons = db.execute("SELECT reason, COUNT(*) FROM judged GROUP BY reason ORDER BY 2 DESC")
        raise InputError(
            "no line can be accepted",
            where=f"{dataset.name}, transactions",
            got=f"{rows} lines" + "".join(f", {count} {reason}" for reason, count in reasons),
            expected="at least one readable line of a known customer",
            do="Correct the mapping.",
        )
    columns = ", ".join(LINE_COLUMNS)
    db.write_parquet(
        f"SELECT {columns} FROM judged WHERE reason IS NULL ORDER BY order_date, customer_id, order_id, {ROW}",
        folder / "transactions.parquet",
    )
    db.write_parquet(
        f"SELECT {columns}, {ROW}, reason, checks FROM judged WHERE reason IS NOT NULL ORDER BY {ROW}",
        folder / "set_aside.parquet",
    )
    db.execute("DROP TABLE judged")


def _lines(db: DuckDB, dataset: Dataset, source: Transactions, folder: Path) -> str:
    """Return the query of all lines in canonical form: amount, order and category completed."""
    canonical = _canonical(db, dataset, "transactions", source)
    amount = (
        "amount"
        if "amount" in source.columns
        else "TRY_CAST(TRY_CAST(quantity AS DECIMAL(18, 4)) * unit_price AS DECIMAL(18, 4))"
    )
    category, join = "category", ""
    if "category" not in source.columns:
        category = "products.category"
        join = f"LEFT JOIN read_parquet({literal(folder / 'products.parquet')}) AS products USING (product_id)"
    return f"""
        SELECT lines.* EXCLUDE (amount, category, order_id), {amount} AS amount, {category} AS category,
            CAST(ordered_at AS DATE) AS order_date,
            COALESCE(order_id, customer_id || '|' || CAST(CAST(ordered_at AS DATE) AS VARCHAR)) AS order_id
        FROM ({canonical}) AS lines {join}"""


def _judged(source: Transactions, lines: str) -> str:
    """Return the query that gives each line its kind, every check it fails, and the first as its reason."""
    marks = source.marks
    cancelled, returned, gift = (
        f"COALESCE(({condition}), FALSE)" for condition in (marks.cancellations, marks.returns, marks.gifts)
    )
    checks = {
        "unreadable_time": "ordered_at IS NULL",
        "unreadable_amount": "amount IS NULL",
        "duplicate_line": "FALSE" if source.duplicates == "keep" else "_repeat",
        **marks.set_aside,
        "missing_customer": "customer_id IS NULL",
        "cancelled_order": f"{cancelled} AND amount > 0",
        "positive_return": f"{returned} AND NOT {cancelled} AND amount > 0",
        "unmarked_negative": f"amount < 0 AND NOT {cancelled} AND NOT {returned}",
    }
    failed = ", ".join(f"CASE WHEN {condition} THEN {literal(name)} END" for name, condition in checks.items())
    return f"""
        SELECT *, checks[1] AS reason FROM (
            SELECT *,
                CASE WHEN {cancelled} THEN 'cancellation' WHEN {returned} THEN 'return'
                     WHEN {gift} THEN 'gift' ELSE 'sale' END AS kind,
                list_filter([{failed}], lambda name: name IS NOT NULL) AS checks
            FROM ({lines}))"""


def order_days(accepted: Accepted) -> list[dt.date]:
    """Return the distinct days with accepted lines, ascending."""
    with DuckDB() as db:
        rows = db.execute(f"SELECT DISTINCT order_date FROM {literal(accepted.path('transactions'))} ORDER BY 1")
    return [day for (day,) in rows if isinstance(day, dt.date)]


def rows_hash(accepted: Accepted, as_of: dt.date) -> str:
    """Return a hash of everything accepted that a month may see; row order and later rows do not matter."""
    with DuckDB() as db:
        seen = [
            db.execute(
                f"SELECT COUNT(*), CAST(SUM(hash(seen)) AS VARCHAR) "
                f"FROM (SELECT * FROM {literal(accepted.path(table))} WHERE {known}) AS seen",
                {"as_of": as_of},
            )
            for table, known in (
                ("transactions", "order_date < $as_of"),
                ("customers", "registered_on IS NULL OR registered_on < $as_of"),
                ("contacts", "contacted_at < $as_of"),
            )
        ]
    return digest(seen)
