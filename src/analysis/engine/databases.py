"""Tables of SQLite and PostgreSQL into Parquet, batch by batch; the only place that knows their drivers (ADBC)."""

import os
import re
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import adbc_driver_postgresql.dbapi as postgresql
import adbc_driver_sqlite.dbapi as sqlite
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from adbc_driver_manager import Error

from analysis.engine.duck import identifier, literal
from analysis.errors import InputError
from analysis.store import written_whole

WAIT_SECONDS = 15  # for a server to answer; a server on another continent takes one
BATCH_ROWS = 65_536
EXACT = 2**53  # beyond it a number does not hold every integer
# Types of PostgreSQL that arrive as they are; all others, numeric above all, as their exact text.
POSTGRESQL_TYPES = frozenset(
    {"smallint", "integer", "bigint", "double precision", "boolean", "text", "character varying"}
)
POSTGRESQL_TIMES = frozenset({"date", "timestamp without time zone", "timestamp with time zone"})
READABLE = """
    SELECT c.oid::bigint, n.nspname::text, c.relname::text, pg_table_is_visible(c.oid)
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'v', 'm', 'p', 'f') AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
        AND has_table_privilege(c.oid, 'SELECT')
    ORDER BY 2, 3"""
COLUMNS = """
    SELECT attname::text, format_type(atttypid, NULL) FROM pg_attribute
    WHERE attrelid = {oid} AND attnum > 0 AND NOT attisdropped ORDER BY attnum"""
SQLITE_TABLES = "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%' ORDER BY 1"
# What a server says -> what it means; its own words would show user, host or database.
REFUSALS = {
    r"password|authentication|no pg_hba|role .* does not exist": (
        "the server refuses user or password",
        "Correct the address, or ask for access.",
    ),
    r"database .* does not exist": ("the server has no such database", "Correct the database in the address."),
    r"could not translate|refused|timeout expired|timed out|unreachable|No such file|starting up|shutting down": (
        "the server does not answer",
        "Start the server, or correct host and port in the address.",
    ),
}


def extract(address: str, table: str, path: Path, where: str, decimal_mark: str = ".") -> None:
    """Write a table or view to a Parquet file that appears whole or not at all; memory does not grow with the table.

    Parameters
    ----------
    address : the path of a SQLite file, or `env:NAME` for the environment variable with a PostgreSQL address.
    table : its name, in PostgreSQL also `schema.table`.
    where : the place of the setting, for errors; they never show an address.
    decimal_mark : of numbers that become text, because their type is not one of Parquet or their column is mixed.

    Raises
    ------
    InputError : no address, no server, no access, no such table, or the table cannot be read to its end.
    """
    if address.startswith("env:"):
        _extract_postgresql(_address(address.removeprefix("env:"), where), table, path, where, decimal_mark)
    else:
        _extract_sqlite(Path(address), table, path, where, decimal_mark)


def _extract_postgresql(address: str, table: str, path: Path, where: str, mark: str) -> None:
    address = _with_timeout(address)
    try:
        connection = postgresql.connect(address)
    except Error as error:
        raise _refused(_without_secrets(str(error), address), where) from None
    try:
        with connection, connection.cursor() as cursor:
            relations = {f"{schema}.{name}": (oid, visible) for oid, schema, name, visible in _rows(cursor, READABLE)}
            short = {full.partition(".")[2] if visible else full: full for full, (_, visible) in relations.items()}
            full = table if table in relations else short.get(table)
            if full is None:
                raise _no_table(table, list(short), where)
            columns = _rows(cursor, COLUMNS.format(oid=relations[full][0]))
            chosen = ", ".join(_postgresql_value(name, kind, mark) for name, kind in columns)
            schema, _, name = full.partition(".")
            cursor.execute(f"SELECT {chosen} FROM {identifier(schema)}.{identifier(name)}")
            _write(cursor, path)
    except (Error, _BrokenOffError) as error:
        raise _broken(table, _without_secrets(str(error), address), where) from None


def _postgresql_value(name: str, kind: str, mark: str) -> str:
    column = identifier(name)
    if kind in POSTGRESQL_TYPES:
        return column
    if kind in POSTGRESQL_TIMES:  # infinity is no time that a report could show
        return f"CASE WHEN isfinite({column}) THEN {column} END AS {column}"
    if kind in ("numeric", "real"):
        return f"replace({column}::text, '.', {literal(mark)}) AS {column}"
    return f"{column}::text AS {column}"


def _extract_sqlite(file: Path, table: str, path: Path, where: str, mark: str) -> None:
    try:
        with sqlite.connect(f"{file.resolve().as_uri()}?mode=ro") as connection, connection.cursor() as cursor:
            tables = [str(name) for (name,) in _rows(cursor, SQLITE_TABLES)]
            if table not in tables:
                raise _no_table(table, tables, where)
            names = [str(name) for (name,) in _rows(cursor, f"SELECT name FROM pragma_table_info({literal(table)})")]
            types = _sqlite_types(cursor, table, names)
            # A cell may hold anything, whatever its column says, and the driver trusts the first rows: all is text.
            chosen = ", ".join(
                f"{_sqlite_text(name, mark if kind == pa.string() else '.')} AS {identifier(name)}"
                for name, kind in zip(names, types, strict=True)
            )
            cursor.adbc_statement.set_options(**{"adbc.sqlite.query.batch_rows": BATCH_ROWS})
            cursor.execute(f"SELECT {chosen} FROM {identifier(table)}")
            _write(cursor, path, pa.schema(list(zip(names, types, strict=True))))
    except (Error, _BrokenOffError) as error:
        raise _broken(table, str(error), where) from None
    except _NotUtf8Error as error:
        raise InputError(
            "text in the database is not UTF-8",
            where=where,
            got=f"column {error} of table {table}",
            expected="text in UTF-8, as SQLite stores it",
            do="Export the table as CSV, and name its encoding; or have the text stored anew.",
        ) from None


def _sqlite_types(cursor: Any, table: str, names: list[str]) -> list[pa.DataType]:
    """Return the type of each column by what its cells hold: integers, numbers, or anything else as text.

    Integers beside numbers are text where a number could not hold one of them: an id is no other than it is by itself.
    """
    asked = ", ".join(
        f"MAX(typeof({column}) IN ('text', 'blob')), MAX(typeof({column}) = 'real'), MAX(typeof({column}) = 'integer'),"
        f" MAX(typeof({column}) = 'integer' AND {column} NOT BETWEEN -{EXACT} AND {EXACT})"
        for column in map(identifier, names)
    )
    (answers,) = _rows(cursor, f"SELECT {asked} FROM {identifier(table)}")
    kinds = [answers[start : start + 4] for start in range(0, len(answers), 4)]
    return [
        pa.string() if text or not (real or integer) or (real and large) else pa.float64() if real else pa.int64()
        for text, real, integer, large in kinds
    ]


def _sqlite_text(name: str, mark: str) -> str:
    """Return the SQL of a cell as text, never NULL: 17850.0 as 17850, 0.5 with the mark, none with an exponent."""
    column = identifier(name)
    text = f"CAST({column} AS TEXT)"
    digits = f"CASE WHEN {text} LIKE '%e%' THEN rtrim(rtrim(printf('%.20f', {column}), '0'), '.') ELSE {text} END"
    return (
        f"COALESCE(CASE WHEN typeof({column}) <> 'real' THEN {text} "
        f"WHEN {column} = CAST({column} AS INTEGER) THEN CAST(CAST({column} AS INTEGER) AS TEXT) "
        f"ELSE replace({digits}, '.', {literal(mark)}) END, '')"
    )


def _rows(cursor: Any, sql: str) -> list[tuple[Any, ...]]:
    cursor.execute(sql)
    return list(cursor.fetchall())


def _write(cursor: Any, path: Path, schema: pa.Schema | None = None) -> None:
    """Write what a cursor yields; with a schema, empty text is NULL and each column is cast to its type."""
    with (
        cursor.fetch_record_batch() as reader,
        written_whole(path) as part,
        pq.ParquetWriter(part, schema or reader.schema) as writer,
    ):
        for batch in _batches(reader):
            writer.write_batch(batch if schema is None else _typed(batch, schema))


class _NotUtf8Error(Exception):
    """Text that is not UTF-8; the message is the name of its column."""


class _BrokenOffError(Exception):
    """The database failed in the middle of its rows."""


def _batches(reader: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
    try:
        yield from reader
    except OSError as error:  # so pyarrow passes on what a driver reports between two batches
        raise _BrokenOffError(str(error)) from None


def _typed(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        try:
            column.validate(full=True)  # the driver passes on whatever bytes a cell holds
        except pa.ArrowInvalid:
            raise _NotUtf8Error(name) from None
    filled = [pc.if_else(pc.equal(column, ""), None, column) for column in batch.columns]
    cast = [column.cast(kind) for column, kind in zip(filled, schema.types, strict=True)]
    return pa.RecordBatch.from_arrays(cast, schema=schema)


def _address(variable: str, where: str) -> str:
    address = os.environ.get(variable)
    if not address:
        raise InputError(
            "the environment variable with the database's address is not set",
            where=where,
            got=f"no {variable}",
            expected="postgresql://user:password@host:port/database",
            do=f"Set {variable} where the command runs, for example: export {variable}=postgresql://...",
        )
    return address


def _with_timeout(address: str) -> str:
    if "connect_timeout" in address:
        return address
    if "://" not in address:
        return f"{address} connect_timeout={WAIT_SECONDS}"
    return f"{address}{'&' if urlsplit(address).query else '?'}connect_timeout={WAIT_SECONDS}"


def _refused(text: str, where: str) -> InputError:
    unknown = (
        "an answer in words that are not known here",
        "Check the address (postgresql://user:password@host:port/database), and whether the server lets you in.",
    )
    got, do = next((known for pattern, known in REFUSALS.items() if re.search(pattern, text)), unknown)
    return InputError(
        "the database cannot be reached", where=where, got=got, expected="a PostgreSQL server that answers", do=do
    )


def _no_table(table: str, tables: list[str], where: str) -> InputError:
    near = get_close_matches(table, tables, n=3)
    shown = near or tables[:10]
    return InputError(
        "there is no such table that may be read",
        where=where,
        got=table,
        expected=" or ".join(shown) or "a table",
        do=f"Did you mean {near[0]}?" if near else "Name one of these as table, or ask for access.",
    )


def _broken(table: str, text: str, where: str) -> InputError:
    return InputError(
        "the table cannot be read from the database",
        where=where,
        got=f"{table}: {' '.join(text.split())[:300]}",
        expected="a database that can be read to its end",
        do="Run again; if it stays so, show this to whoever runs the database.",
    )


def _without_secrets(text: str, address: str) -> str:
    """Return a driver's message without the address or a part of it that tells who may enter."""
    try:
        parts = urlsplit(address)
        secrets = [address, parts.netloc, parts.password, parts.username, parts.hostname]
    except ValueError:
        secrets = [address]
    secrets += re.findall(r"\b(?:password|user|host)\s*=\s*'?([^\s'&]+)", address)
    for secret in filter(None, secrets):
        text = text.replace(secret, "***").replace(unquote(secret), "***")
    return text
