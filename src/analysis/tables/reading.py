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
from analysis.store import code_hash, digest, file_hash, forget_oldest, replace_folder, used
from analysis.tables.dataset import Dataset, Source
from analysis.tables.judging import write_lines
from analysis.tables.schema import TABLES
from analysis.tables.side_tables import write_absent, write_side_table
from analysis.tables.sources import (
    FILE,
    ROW,
    columns_by_file,
    explained,
    files_of,
    open_source,
    state_of,
    stop_if_changed,
    stop_on_files_without_columns,
)
from analysis.tables.times import stop_on_ambiguous_times
from analysis.tables.values import SQL_TYPES, Rules, canonical, foreign_currency, formatted, shape

SIDE_TABLES = ("identities", "products", "customers", "contacts", "feedback")  # identities first: others need them


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
            for table in SIDE_TABLES:
                with _readable(dataset, table):
                    _write_side_table(db, dataset, table, made, Path(landing))
            with _readable(dataset, "transactions"):
                _write_transactions(db, dataset, made, Path(landing))
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


def _write_side_table(db: DuckDB, dataset: Dataset, table: str, folder: Path, landing: Path) -> None:
    source: Source | None = getattr(dataset.settings.tables, table)
    if source is None:
        write_absent(db, table, folder)
        return
    view = open_source(db, source, dataset, table, landing)
    rules = _rules(dataset, table, source)
    found = db.columns(view)
    for column in TABLES[table]:
        if column.kind == "time" and (raw := source.columns.get(column.name)):
            stop_on_ambiguous_times(db, view, raw, found[raw], rules.times)
    columns = [*_canonical(table, source, found, rules), f"{_unread(table, source, found, rules)} AS _unread", ROW]
    write_side_table(db, table, f"SELECT {', '.join(columns)} FROM {view}", folder)


def _write_transactions(db: DuckDB, dataset: Dataset, folder: Path, landing: Path) -> None:
    source = dataset.settings.tables.transactions
    view = open_source(db, source, dataset, "transactions", landing)
    file_columns = columns_by_file(db, source, dataset, "transactions", landing)
    where = f"{dataset.name}/dataset.yaml, tables.transactions"
    stop_on_files_without_columns(file_columns, source, "transactions", where)
    mapped = file_columns["column"].str.casefold().isin([name.casefold() for name in source.columns.values()])
    db.write_frame(file_columns.loc[mapped, ["file", "column"]], folder / "file_columns.parquet")
    landed = _landed(db, dataset, view, landing)
    write_lines(db, dataset, landed, folder)


def _landed(db: DuckDB, dataset: Dataset, view: str, landing: Path) -> Path:
    """Write the transactions in canonical form, in the order of the source, before anything is judged.

    The source is read once; all that follows reads this Parquet file. See `write_lines` for its columns.
    """
    source = dataset.settings.tables.transactions
    rules = _rules(dataset, "transactions", source)
    found = db.columns(view)
    raw = [identifier(name) for name in found if name not in (ROW, FILE)]
    amounts = {name: found[name] for key in ("amount", "unit_price") if (name := source.columns.get(key))}
    time, (money, *_) = source.columns["ordered_at"], amounts
    # The expressions, not their names: a raw column may have the name of a canonical one.
    read_time, read_money = (
        canonical(kind, name, found[name], rules) for kind, name in (("time", time), ("amount", money))
    )
    columns = [
        *_canonical("transactions", source, found, rules),
        f"{FILE} AS source_file",
        f"{formatted(amounts, rules)} AS formatted",
        f"{foreign_currency(amounts, rules)} AS other_currency",
        f"CASE WHEN {read_time} IS NULL THEN {shape(time)} WHEN {read_money} IS NULL THEN {shape(money)} END AS shape",
        f"hash({', '.join(raw)}) AS hash_forward",
        f"hash({', '.join(['0', *reversed(raw)])}) AS hash_backward",
    ]
    path = landing / "lines.parquet"
    db.write_parquet(f"SELECT {', '.join(columns)} FROM {view}", path, lasting=False)
    if db.execute(f"SELECT 1 FROM {literal(path)} WHERE ordered_at IS NULL AND shape IS NOT NULL LIMIT 1"):
        stop_on_ambiguous_times(db, view, time, found[time], rules.times)
    return path


def _unread(table: str, source: Source, found: dict[str, str], rules: Rules) -> str:
    """Return the SQL that tells whether a time or number of a row holds something that cannot be read."""
    parts = ["FALSE"]
    for column in TABLES[table]:
        if column.kind in ("time", "number") and (raw := source.columns.get(column.name)):
            sql = canonical(column.kind, raw, found[raw], rules)
            value = f"CASE WHEN isfinite({sql}) THEN {sql} END"
            parts.append(f"(NULLIF(TRIM(CAST({identifier(raw)} AS VARCHAR)), '') IS NOT NULL AND {value} IS NULL)")
    return " OR ".join(parts)


def _rules(dataset: Dataset, table: str, source: Source) -> Rules:
    return Rules.of(source, dataset.settings, f"{dataset.name}/dataset.yaml, tables.{table}")


def _canonical(table: str, source: Source, found: dict[str, str], rules: Rules) -> list[str]:
    """Return the SQL of a table's canonical columns over its raw ones; columns without a mapping are NULL."""
    parts = []
    for column in TABLES[table]:
        raw = source.columns.get(column.name)
        sql = canonical(column.kind, raw, found[raw], rules) if raw else f"CAST(NULL AS {SQL_TYPES[column.kind]})"
        parts.append(f"{sql} AS {column.name}")
    return parts


def first_day(accepted: Accepted) -> dt.date:
    """Return the first day with an accepted line: the day on which the data begin."""
    with DuckDB() as db:
        day = db.execute(f"SELECT MIN(order_date) FROM {literal(accepted.path('transactions'))}")[0][0]
    assert isinstance(day, dt.date)
    return day


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
                ("feedback", "given_at < $as_of"),
            )
        ]
    return digest(seen)
