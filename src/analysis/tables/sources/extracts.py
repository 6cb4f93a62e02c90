"""Tables of databases as Parquet beside the dataset: made by a command, read by all that follows it."""

from pathlib import Path

import pyarrow.parquet as pq

from analysis.engine.databases import extract
from analysis.engine.duck import literal, path_literal
from analysis.store import digest
from analysis.tables.dataset import Dataset, Input
from analysis.tables.sources.delimited import FILE, stop_on_reserved
from analysis.tables.sources.files import locate


def extract_of(input_: Input, dataset: Dataset, name: str, where: str, *, refresh: bool = False) -> Path:
    """Return the extract of a database's table, made now where it is missing or `refresh` asks for it.

    Parameters
    ----------
    name : the input's own, so that two inputs of one dataset never share a file.
    """
    path = dataset.folder / "extracts" / f"{name}.{digest(input_.database, input_.table, input_.decimal_mark)}.parquet"
    if refresh or not path.exists():
        extract_to(path, input_, dataset.folder, where)
    return path


def extract_to(path: Path, input_: Input, folder: Path, where: str) -> None:
    """Write the table of a database to a Parquet file that appears whole or not at all; see `extract` for errors."""
    assert input_.database is not None
    assert input_.table is not None
    address = input_.database
    if not address.startswith("env:"):
        address = str(locate(address, folder, where).paths[0])
    path.parent.mkdir(parents=True, exist_ok=True)
    extract(address, input_.table, path, where, input_.decimal_mark)


def table_of(extracted: Path, input_: Input, where: str) -> str:
    """Return an extract as a relation; its rows come from the table, not from a file.

    Raises
    ------
    InputError : a column has a name that is reserved.
    """
    stop_on_reserved(pq.read_schema(extracted).names, f"{where}, {input_.table}")
    return f"(SELECT *, {literal(input_.table)} AS {FILE} FROM read_parquet({path_literal(extracted)}))"
