"""DuckDB, the embedded default engine, and the only one that reads raw files."""

import os
import re
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

import duckdb
from pandas import DataFrame

from analysis.store import written_whole

QueryError = duckdb.Error  # what a broken query or an unreadable file raises
# Of these, what the words of a query alone can raise, whatever the files hold.
WordingError = (duckdb.ParserException, duckdb.BinderException, duckdb.CatalogException)


def literal(value: object) -> str:
    """Return a value as an SQL string literal."""
    return "'" + str(value).replace("'", "''") + "'"


def path_literal(path: object) -> str:
    """Return the path of one file as an SQL string literal, for functions that would read `[1]` or `*` as a pattern."""
    return literal(re.sub(r"[*?\[]", r"[\g<0>]", str(path)))


def identifier(name: str) -> str:
    """Return a name as a quoted SQL identifier, whatever characters it holds."""
    return '"' + name.replace('"', '""') + '"'


class DuckDB:
    """One in-memory DuckDB; close it, or use it as a context manager.

    Every connection runs in UTC; nothing is downloaded at run time.
    """

    def __init__(self) -> None:
        self._connection = duckdb.connect(
            config={
                "autoinstall_known_extensions": "false",
                "memory_limit": "2GB",
                "preserve_insertion_order": "true",
                "temp_directory": f"{tempfile.gettempdir()}/analysis-{os.getpid()}",
            }
        )
        self._connection.execute("SET TimeZone = 'UTC'")
        # A terminal shows DuckDB's bar on long queries; in a log it is noise, in Jupyter it is ipywidgets' business.
        if not sys.stdout.isatty() and "ipykernel" not in sys.modules:
            self._connection.execute("SET enable_progress_bar = false")

    def __enter__(self) -> "DuckDB":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def execute(self, sql: str, parameters: Mapping[str, object] | None = None) -> list[tuple[object, ...]]:
        """Run one statement; return its rows."""
        return list(self._connection.execute(sql, dict(parameters or {})).fetchall())

    def frame(self, sql: str, parameters: Mapping[str, object] | None = None) -> DataFrame:
        """Run one query; return its rows as a DataFrame."""
        return self._connection.execute(sql, dict(parameters or {})).df()

    def columns(self, relation: str) -> dict[str, str]:
        """Return the columns of a table, view or table function with their types."""
        return {str(row[0]): str(row[1]) for row in self.execute(f"DESCRIBE SELECT * FROM {relation}")}

    def query(self, sql: str, tables: Mapping[str, Path], parameters: Mapping[str, object]) -> DataFrame:
        """Return the rows of `sql` over Parquet files; see `Engine.query`."""
        for name, path in tables.items():
            self.execute(
                f"CREATE OR REPLACE TEMP VIEW {identifier(name)} AS SELECT * FROM read_parquet({literal(path)})"
            )
        return self.frame(sql, parameters)

    def write_frame(self, table: DataFrame, path: Path) -> None:
        """Write a DataFrame to a Parquet file, as `write_parquet` does."""
        self._connection.register("frame", table)
        self.write_parquet("SELECT * FROM frame", path)
        self._connection.unregister("frame")

    def write_parquet(self, sql: str, path: Path, *, lasting: bool = True) -> None:
        """Write the rows of a query to a Parquet file that appears whole or not at all.

        A file that does not last beyond the reading is written fast rather than small.
        """
        with written_whole(path) as part:
            compression = "zstd" if lasting else "snappy"
            self.execute(f"COPY ({sql}) TO {literal(part)} (FORMAT parquet, COMPRESSION {compression})")
