"""Open one input as the package does, and look at its rows."""

from pathlib import Path
from typing import Any

import pandas as pd

from analysis.engine.duck import DuckDB
from analysis.tables.dataset import Input
from analysis.tables.sources import open_input


def rows(folder: Path, **input_: Any) -> pd.DataFrame:
    """Return the rows of an input whose paths start in `folder`."""
    with DuckDB() as db:
        return db.frame(f"SELECT * FROM {open_input(db, Input(**input_), folder, folder / 'landing', 'tables.here')}")


def listed(folder: Path, **input_: Any) -> list[tuple[Any, ...]]:
    """Return the rows as tuples, missing values as None."""
    with DuckDB() as db:
        return db.execute(f"SELECT * FROM {open_input(db, Input(**input_), folder, folder / 'landing', 'tables.here')}")
