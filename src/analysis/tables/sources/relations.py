"""Files of one kind as one relation: CSV and Parquet where they lie, all else landed as one of the two first."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from analysis.engine.duck import identifier, literal, path_literal
from analysis.errors import InputError
from analysis.store import digest
from analysis.tables.dataset import Input
from analysis.tables.sources.delimited import FILE, layout, scan
from analysis.tables.sources.encodings import UTF8, into_utf8
from analysis.tables.sources.files import Files
from analysis.tables.sources.workbooks import into_parquet

KINDS = {".parquet": "parquet", ".pq": "parquet", ".xlsx": "workbook", ".xlsm": "workbook"}
NOT_READ = frozenset({".xls", ".xlsb", ".ods", ".numbers"})


def kind_of(path: Path) -> str:
    """Return csv, parquet or workbook; what is neither of the others is CSV, whatever its ending."""
    return KINDS.get(path.suffix.lower(), "csv")


def relation(files: Files, input_: Input, landing: Path, where: str) -> str:
    """Return files as a relation with their raw columns and `_file`; see `open_input`.

    Raises
    ------
    InputError : files of several kinds, or of none; a file in another encoding; a sheet that is no table.
    """
    kind = _only_kind(files, where)
    root = files.root
    if kind == "workbook" or (kind == "csv" and input_.encoding not in UTF8):
        how = (input_.sheet, input_.header_row, input_.encoding, input_.decimal_mark)
        root = landing / digest(str(files.root), *how)
    paths = [
        path if root == files.root else _land(path, root / files.name(path), input_, where) for path in files.paths
    ]
    if kind == "csv":
        runs = [scan(path, layout(path, input_.header_row, where), input_.header_row) for path in paths]
    else:
        hive = any("=" in folder for path in files.paths for folder in files.name(path).split("/")[:-1])
        runs = _parquet_runs(paths, hive, input_.decimal_mark)
    rows = " UNION ALL BY NAME ".join(f"SELECT * FROM {run}" for run in runs)
    name = f"regexp_replace(substr({FILE}, {len(f'{root}/') + 1}), '\\.gz\\.csv$', '.gz')"  # see _land
    return f"(SELECT * REPLACE ({name} AS {FILE}) FROM ({rows}))"


def _only_kind(files: Files, where: str) -> str:
    for path in files.paths:
        if path.suffix.lower() in NOT_READ:
            raise InputError(
                "this kind of workbook is not read",
                where=where,
                got=path.name,
                expected="a workbook that ends in .xlsx",
                do="Save it as an Excel workbook (.xlsx).",
            )
        if kind_of(path) == "csv" and _starts_like_zip(path):
            raise InputError(
                "this is an archive or an Office document, no table",
                where=where,
                got=path.name,
                expected="a CSV file, a workbook that ends in .xlsx, or a Parquet file",
                do="Unpack it, or save the table as one of these.",
            )
    kinds = {kind_of(path) for path in files.paths}
    if len(kinds) > 1:
        raise InputError(
            "the pattern matches files of several kinds",
            where=where,
            got=", ".join(files.name(path) for path in files.paths[:5]),
            expected="files of one kind",
            do=f"Name the ending in the pattern, such as *{files.paths[0].suffix}.",
        )
    return kinds.pop()


def _starts_like_zip(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"PK\x03\x04"


def _land(path: Path, target: Path, input_: Input, where: str) -> Path:
    if kind_of(path) == "workbook":
        return into_parquet(path, input_, target, f"{where}, {path.name}")
    # A compressed file keeps its ending in the name: the plain one may lie beside it.
    plain = target.with_name(f"{target.name}.csv") if target.suffix.lower() == ".gz" else target
    return into_utf8(path, input_.encoding, plain, f"{where}, {path.name}")


def _parquet_runs(paths: list[Path], hive: bool, mark: str) -> list[str]:
    """Return the table functions of Parquet files; a column that has not one type in all of them is text.

    A file may not change what another one says: united by DuckDB, days beside times would become midnights, and
    numbers beside text would lose the decimal mark by which the text is read.
    """
    options = f"union_by_name = true, filename = {literal(FILE)}, hive_partitioning = {hive}"
    schemas = [pq.read_schema(path) for path in paths]
    types: dict[str, set[pa.DataType]] = {}
    for schema in schemas:
        for field in schema:
            types.setdefault(field.name, set()).add(field.type)
    mixed = {name for name, found in types.items() if len(found) > 1}
    if not mixed:
        return [f"read_parquet([{', '.join(map(path_literal, paths))}], {options})"]
    runs = []
    for path, schema in zip(paths, schemas, strict=True):
        texts = [f"{_as_text(field, mark)} AS {identifier(field.name)}" for field in schema if field.name in mixed]
        replaced = f" REPLACE ({', '.join(texts)})" if texts else ""
        runs.append(f"(SELECT *{replaced} FROM read_parquet({path_literal(path)}, {options}))")
    return runs


def _as_text(field: pa.Field, mark: str) -> str:
    """Return the SQL of a column as text that is read to the same value as the column itself."""
    column = identifier(field.name)
    text = f"CAST({column} AS VARCHAR)"
    if pa.types.is_floating(field.type):
        whole = f"TRY_CAST({column} AS BIGINT)"
        fraction = f"replace({text}, '.', {literal(mark)})"
        return (
            f"CASE WHEN isnan({column}) THEN NULL WHEN {column} = {whole} THEN CAST({whole} AS VARCHAR) "
            f"ELSE {fraction} END"
        )
    if pa.types.is_decimal(field.type):
        return f"replace({text}, '.', {literal(mark)})"
    return text
