"""The only place that knows a database driver or a dialect."""

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from pandas import DataFrame

from analysis.engine.duck import DuckDB

__all__ = ["DuckDB", "Engine"]


class Engine(Protocol):
    """What feature code needs of a database: one query in DuckDB's dialect over named Parquet files."""

    def query(self, sql: str, tables: Mapping[str, Path], parameters: Mapping[str, object]) -> DataFrame:
        """Return the rows of `sql`; `tables` names the Parquet file behind each table of the query."""
        ...
