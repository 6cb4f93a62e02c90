"""Every kind of source as one relation: files, workbooks, tables of databases, or a query over several of them."""

from analysis.tables.sources.encodings import encoding_of
from analysis.tables.sources.files import state_of, stop_if_changed
from analysis.tables.sources.opening import (
    FILE,
    ROW,
    columns_by_file,
    explained,
    files_of,
    open_input,
    open_source,
    stop_on_files_without_columns,
)
from analysis.tables.sources.workbooks import sheets_of

__all__ = [
    "FILE",
    "ROW",
    "columns_by_file",
    "encoding_of",
    "explained",
    "files_of",
    "open_input",
    "open_source",
    "sheets_of",
    "state_of",
    "stop_if_changed",
    "stop_on_files_without_columns",
]
