"""Files of one kind as one relation: CSV and Parquet where they lie, all else landed as one of the two first."""

from pathlib import Path

from analysis.engine.duck import DuckDB, identifier, literal, path_literal
from analysis.errors import InputError
from analysis.store import digest
from analysis.tables.dataset import Input
from analysis.tables.sources.delimited import FILE, layout, scan, stop_on_reserved, with_plain_head
from analysis.tables.sources.encodings import UTF8, into_utf8
from analysis.tables.sources.files import Files
from analysis.tables.sources.workbooks import into_parquet
from analysis.tables.typed import as_text

KINDS = {".parquet": "parquet", ".pq": "parquet", ".xlsx": "workbook", ".xlsm": "workbook"}
# What would pass for a CSV file, and what to do with it.
NOT_READ = {
    **dict.fromkeys((".xls", ".xlsb", ".ods", ".numbers"), "Save it as an Excel workbook (.xlsx)."),
    **dict.fromkeys((".json", ".jsonl", ".ndjson"), "Export its rows as CSV."),
}
# Types that DuckDB widens into one without a change of what a value says.
INTEGERS = frozenset({"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"})


def kind_of(path: Path) -> str:
    """Return csv, parquet or workbook; what is neither of the others is CSV, whatever its ending."""
    return KINDS.get(path.suffix.lower(), "csv")


def relation(db: DuckDB, files: Files, input_: Input, landing: Path, where: str) -> str:
    """Return files as a relation with their raw columns and `_file`; see `open_input`.

    Raises
    ------
    InputError : files of several kinds, or of none; a file in another encoding; a sheet that is no table.
    """
    kind = _only_kind(files, where)
    places = landing / digest(str(files.root), input_.sheet, input_.header_row, input_.encoding, input_.decimal_mark)
    found = [(path, Path(files.name(path))) for path in files.paths]
    if kind == "csv":
        runs = [("*", _csv(path, name, places, input_, where)) for path, name in found]
    else:
        if kind == "workbook":
            found = [(into_parquet(path, input_, places / name, f"{where}, {name}"), name) for path, name in found]
        runs = _parquet_runs(db, found, input_.decimal_mark, where)
    rows = [
        f"SELECT {chosen}, {literal(files.name(path))} AS {FILE} FROM {function}"
        for path, (chosen, function) in zip(files.paths, runs, strict=True)
    ]
    return f"({' UNION ALL BY NAME '.join(rows)})"


def _only_kind(files: Files, where: str) -> str:
    for path in files.paths:
        if path.suffix.lower() in NOT_READ:
            raise InputError(
                "this kind of file is not read",
                where=where,
                got=path.name,
                expected="CSV, an Excel workbook (.xlsx) or Parquet",
                do=NOT_READ[path.suffix.lower()],
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


def _csv(path: Path, name: Path, places: Path, input_: Input, where: str) -> str:
    """Return the table function of a CSV file, landed where DuckDB would not read it as it is written."""
    # A compressed file lands in a folder of its own: the plain one may lie beside it.
    name = Path("unpacked", name.with_suffix("")) if name.suffix.lower() == ".gz" else Path("plain", name)
    if input_.encoding not in UTF8:
        path = into_utf8(path, input_.encoding, places / "utf8" / name, f"{where}, {path.name}")
    found = layout(path, input_.header_row, where)
    if found.several_line_ends:
        path = with_plain_head(path, places / "head" / name, found, input_.header_row)
    return scan(path, found, input_.header_row)


def _parquet_runs(db: DuckDB, found: list[tuple[Path, Path]], mark: str, where: str) -> list[tuple[str, str]]:
    """Return columns and table function of each Parquet file; a column that has not one type in all of them is text.

    A file may not change what another one says: united by DuckDB, days beside times would become midnights, and
    numbers beside text would lose the decimal mark by which the text is read. The same goes for folders that name
    their partitions: month=01 is no number in one folder and text beside month=unknown.
    """
    functions = [
        f"read_parquet({path_literal(path)}, hive_partitioning = {'=' in name.parent.as_posix()}, "
        "hive_types_autocast = false)"
        for path, name in found
    ]
    schemas = [db.columns(function) for function in functions]
    kinds: dict[str, set[str]] = {}
    for (path, _), schema in zip(found, schemas, strict=True):
        stop_on_reserved(schema, f"{where}, {path.name}")
        for column, kind in schema.items():
            kinds.setdefault(column.casefold(), set()).add("INTEGER" if kind in INTEGERS else kind)
    mixed = {column for column, types in kinds.items() if len(types) > 1}
    return [(_chosen(schema, mixed, mark), function) for schema, function in zip(schemas, functions, strict=True)]


def _chosen(schema: dict[str, str], mixed: set[str], mark: str) -> str:
    texts = [
        f"{as_text(identifier(column), kind, mark)} AS {identifier(column)}"
        for column, kind in schema.items()
        if column.casefold() in mixed
    ]
    return f"* REPLACE ({', '.join(texts)})" if texts else "*"
