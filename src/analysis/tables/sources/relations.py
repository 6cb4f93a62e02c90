"""Files of one kind as one relation: CSV and Parquet where they lie, all else landed as one of the two first."""

from pathlib import Path

from analysis.engine.duck import literal
from analysis.errors import InputError
from analysis.store import digest
from analysis.tables.dataset import Input
from analysis.tables.sources.delimited import FILE, layout, scans
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
        root = landing / digest(str(files.root), input_.sheet, input_.header_row, input_.encoding)
    paths = [
        path if root == files.root else _land(path, root / files.name(path), input_, where) for path in files.paths
    ]
    if kind == "csv":
        runs = scans(paths, [layout(path, input_.header_row, where) for path in paths], input_.header_row)
    else:
        hive = any("=" in folder for path in files.paths for folder in files.name(path).split("/")[:-1])
        listed = ", ".join(map(literal, paths))
        runs = [
            f"read_parquet([{listed}], union_by_name = true, filename = {literal(FILE)}, hive_partitioning = {hive})"
        ]
    rows = " UNION ALL BY NAME ".join(f"SELECT * FROM {run}" for run in runs)
    return f"(SELECT * REPLACE (substr({FILE}, {len(f'{root}/') + 1}) AS {FILE}) FROM ({rows}))"


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


def _land(path: Path, target: Path, input_: Input, where: str) -> Path:
    if kind_of(path) == "workbook":
        return into_parquet(path, input_, target, f"{where}, {path.name}")
    plain = target.with_suffix("") if target.suffix.lower() == ".gz" else target
    return into_utf8(path, input_.encoding, plain, f"{where}, {path.name}")
