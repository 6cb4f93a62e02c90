"""Raw rows to accepted and set-aside Parquet: every row is one or the other, and keeps its reason."""

import datetime as dt
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from analysis.engine.duck import DuckDB, QueryError, identifier, literal
from analysis.errors import InputError
from analysis.store import code_hash, digest, file_hash, forget_oldest, replace_folder, used
from analysis.tables.dataset import Dataset, Source
from analysis.tables.judging import write_lines
from analysis.tables.schema import TABLES
from analysis.tables.side_tables import write_absent, write_side_table
from analysis.tables.sources import FILE, ROW, columns_by_file, files_of, open_source
from analysis.tables.values import SQL_TYPES, expression, shape

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


def read(dataset: Dataset) -> Accepted:
    """Read, map and validate all tables of a dataset, or find them as they were read before.

    Raises
    ------
    InputError : a file, column, mark or query is wrong, or no line can be accepted.
    """
    sources = {name: source for name in TABLES if (source := getattr(dataset.settings.tables, name))}
    paths = {
        f"{table}.{name}": path
        for table, source in sources.items()
        for name, path in files_of(source, dataset, table).items()
    }
    hashes = {name: file_hash(path) for name, path in paths.items()}
    zones = (dataset.settings.source_time_zone, dataset.settings.reporting_time_zone)
    key = digest(hashes, dataset.settings.tables.model_dump(), zones, code_hash())
    place = dataset.folder / "accepted" / key
    if not place.is_dir():
        made = place.with_name(f".{key}.{os.getpid()}")
        made.mkdir(parents=True, exist_ok=True)
        with DuckDB() as db, TemporaryDirectory(prefix=".landing", dir=place.parent) as landing:
            for table in SIDE_TABLES:
                with _readable(dataset, table):
                    if source := sources.get(table):
                        view = open_source(db, source, dataset, table)
                        columns = ", ".join(_canonical(db, dataset, table, source))
                        write_side_table(db, table, f"SELECT {columns}, {ROW} FROM {view}", made)
                    else:
                        write_absent(db, table, made)
            with _readable(dataset, "transactions"):
                landed = _landed(db, dataset, Path(landing))
                db.write_parquet(columns_by_file(db, "raw_transactions"), made / "file_columns.parquet")
                write_lines(db, dataset, landed, made)
        replace_folder(made, place)
        forget_oldest(place.parent)
    used(place)
    return Accepted(place, key, hashes)


@contextmanager
def _readable(dataset: Dataset, table: str) -> Iterator[None]:
    """Tell which table a broken file stands behind; DuckDB names the file and often the line."""
    try:
        yield
    except QueryError as error:
        raise InputError(
            "the table cannot be read to its end",
            where=f"{dataset.name}/dataset.yaml, tables.{table}",
            got=" ".join(str(error).split())[:300],
            expected="a CSV file in UTF-8 with the same columns in every line, or a Parquet file",
            do="Mend the file at that place, or export it again.",
        ) from None


def _canonical(db: DuckDB, dataset: Dataset, table: str, source: Source) -> list[str]:
    """Return the SQL of a table's canonical columns over `raw_<table>`; columns without a mapping are NULL."""
    found = db.columns(f"raw_{table}")
    parts = []
    for column in TABLES[table]:
        raw = source.columns.get(column.name)
        sql = (
            expression(column.kind, raw, found[raw], dataset, source.time_format)
            if raw
            else f"CAST(NULL AS {SQL_TYPES[column.kind]})"
        )
        parts.append(f"{sql} AS {column.name}")
    return parts


def _landed(db: DuckDB, dataset: Dataset, landing: Path) -> Path:
    """Write the transactions in canonical form, in the order of the source, before anything is judged.

    The source is read once; all that follows reads this Parquet file. See `write_lines` for its columns.
    """
    source = dataset.settings.tables.transactions
    view = open_source(db, source, dataset, "transactions")
    found = db.columns(view)
    raw = [identifier(name) for name in found if name not in (ROW, FILE)]
    time = source.columns["ordered_at"]
    money = source.columns.get("amount") or source.columns["unit_price"]
    columns = [
        *_canonical(db, dataset, "transactions", source),
        f"{FILE} AS source_file",
        "FALSE AS formatted",
        "FALSE AS other_currency",
        f"CASE WHEN ordered_at IS NULL THEN {shape(identifier(time))} "
        f"WHEN {'amount' if 'amount' in source.columns else 'unit_price'} IS NULL THEN {shape(identifier(money))} END AS shape",
        f"hash({', '.join(raw)}) AS hash_forward",
        f"hash({', '.join(['0', *reversed(raw)])}) AS hash_backward",
    ]
    path = landing / "lines.parquet"
    db.write_parquet(f"SELECT {', '.join(columns)} FROM {view}", path, lasting=False)
    return path


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
