"""What a person may name: files, globs, folders, workbooks and databases, each as the inputs that it holds."""

import csv
import glob
import io
import re
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from python_calamine import CalamineWorkbook

from analysis.errors import InputError
from analysis.proposal.vocabulary import plain
from analysis.tables.dataset import Input
from analysis.tables.sources import encoding_of, sheets_of
from analysis.tables.sources.encodings import opened

KINDS = {
    ".csv": "csv",
    ".txt": "csv",
    ".tsv": "csv",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
}
PREVIEW_ROWS = 30  # title lines above the headings are a handful
PREVIEW_BYTES = 65_536
SAME_TABLE = 0.6  # share of headings that two files have in common when they are months of one table
SQLITE_MARK = b"SQLite format 3\0"


@dataclass(frozen=True)
class Named:
    """An input under the name by which messages call it; `size` in bytes is 0 where it means nothing."""

    label: str
    input: Input
    size: int = 0

    @property
    def name(self) -> str:
        """What the table is called: in its database, as a sheet, or as a file."""
        return self.input.table or self.input.sheet or Path(self.label).stem


def inputs_of(sources: list[str], tables: tuple[str, ...]) -> list[Named]:
    """Return the inputs behind what a person named.

    Parameters
    ----------
    sources : paths, patterns, folders, SQLite files, or `env:NAME` for the address of a PostgreSQL server; files that
        are months of one table become one input, however they were named.
    tables : the tables wanted of a database; none means all of a SQLite file.

    Raises
    ------
    InputError : nothing is there, it is of no known kind, or a server is named without a table.
    """
    databases: list[Named] = []
    files: list[Path] = []
    for source in sources:
        path = Path(source).expanduser()
        if source.startswith("env:"):
            databases += _of_server(source, tables)
        elif path.is_file() and _is_sqlite(path):
            databases += [
                Named(f"{path.name} {table}", Input(database=str(path.resolve()), table=table))
                for table in tables or _tables_of(path)
            ]
        else:
            files += [file for file in _files(source, path) if file not in files]
    return [*databases, *(one for group in _groups(files) for one in _of_group(group))]


def _of_server(source: str, tables: tuple[str, ...]) -> list[Named]:
    if not tables:
        raise InputError(
            "a server needs the name of a table",
            where="--table",
            got="nothing",
            expected="a table or view of the database",
            do=f"Add --table, such as: --from {source} --table orders",
        )
    return [Named(f"{source} {table}", Input(database=source, table=table)) for table in tables]


def _is_sqlite(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(SQLITE_MARK)) == SQLITE_MARK


def _tables_of(path: Path) -> list[str]:
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as database:
        rows = database.execute(
            "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%' ORDER BY name"
        )
        return [name for (name,) in rows]


def _files(named: str, path: Path) -> list[Path]:
    """Return the files of a path, glob or folder in the order of their names; hidden files are none."""
    if path.is_file():
        return [path.resolve()]
    found = path.rglob("*") if path.is_dir() else map(Path, glob.glob(str(path), recursive=True))
    files = sorted(
        file.resolve() for file in found if file.is_file() and not file.name.startswith((".", "~$")) and _kind(file)
    )
    if not files:
        holds = sorted(item.name for item in path.iterdir())[:8] if path.is_dir() else []
        raise InputError(
            "there is no file to read",
            where=f"--from {named}",
            got=f"a folder with {', '.join(holds) or 'nothing in it'}" if path.is_dir() else f"nothing at {path}",
            expected="a CSV, XLSX, Parquet or SQLite file, a folder or pattern of such files, or env:NAME",
            do="Correct the path.",
        )
    return files


def _kind(path: Path) -> str | None:
    return KINDS.get(Path(path.name.lower().removesuffix(".gz")).suffix)


def _groups(files: list[Path]) -> list[list[Path]]:
    """Return the files by table: those of one folder tree and kind whose headings are mostly the same."""
    groups: list[tuple[list[Path], set[str]]] = []
    for file in files:
        headings = {plain(cell) for cell in _headings(file)} if len(files) > 1 else set()
        for members, known in groups:
            alike = len(known & headings) / max(len(known | headings), 1)
            if _kind(members[0]) == _kind(file) and alike >= SAME_TABLE:
                members.append(file)
                break
        else:
            groups.append(([file], headings))
    return [members for members, _ in groups]


def _headings(path: Path) -> list[str]:
    if _kind(path) == "parquet":
        import pyarrow.parquet

        return [str(name) for name in pyarrow.parquet.read_schema(path).names]
    rows = _preview(
        path, encoding_of(path) if _kind(path) == "csv" else "", sheets_of(path)[0] if _kind(path) == "xlsx" else None
    )
    return rows[heading_row(rows) - 1] if rows else []


def _of_group(files: list[Path]) -> list[Named]:
    """Return the inputs of files of one table: one pattern over them all, or each sheet of a workbook."""
    kind = _kind(files[0])
    pattern = _pattern(files)
    size = sum(file.stat().st_size for file in files)
    if len(files) > 1 and pattern is None:
        return [one for file in files for one in _of_group([file])]
    label = Path(pattern or "").name if len(files) > 1 else files[0].name
    if kind in ("parquet", None):  # a kind that is not known is refused, with its reason, where files are opened
        return [Named(label, Input(file=pattern), size)]
    if kind == "csv":
        encoding = encoding_of(files[0])
        row = heading_row(_preview(files[0], encoding, None))
        return [Named(label, Input(file=pattern, encoding=encoding, header_row=row), size)]
    sheets = sheets_of(files[0])
    named = []
    for sheet in sheets:
        rows = _preview(files[0], "", sheet)
        if sum(map(bool, map(any, rows))) > 1:  # a heading without a row below it is no table
            one = Input(file=pattern, sheet=sheet if len(sheets) > 1 else None, header_row=heading_row(rows))
            named.append(Named(f"{label} {sheet}" if len(sheets) > 1 else label, one, size))
    return named


def _pattern(files: list[Path]) -> str | None:
    """Return the path of one file, or the pattern that names exactly these files; None if there is none."""
    if len(files) == 1:
        return str(files[0])
    suffix = files[0].suffix
    parents = {file.parent for file in files}
    folder = next(iter(parents))
    while not all(file.is_relative_to(folder) for file in files):
        folder = folder.parent
    names = [file.stem for file in files]
    start = names[0][
        : next((n for n in range(len(names[0]) + 1) if not all(s.startswith(names[0][: n + 1]) for s in names)), 0)
    ]
    start = re.sub(r"\d+$", "", start)  # the next month's file belongs to it, too
    for pattern in (
        (f"*{suffix}", f"{start}*{suffix}") if len(parents) == 1 else (f"**/*{suffix}", f"**/{start}*{suffix}")
    ):
        if sorted(folder.glob(pattern)) == sorted(files):
            return str(folder / pattern)
    return None


def _preview(path: Path, encoding: str, sheet: str | None) -> list[list[str]]:
    """Return the first rows of a sheet, or of a CSV file split at the mark that splits most of its lines."""
    if _kind(path) == "xlsx":
        cells = CalamineWorkbook.from_path(path).get_sheet_by_name(str(sheet))
        rows = cells.iter_rows() if cells.start is not None else iter(())
        return [[str(cell).strip() for cell in row] for row in islice(rows, PREVIEW_ROWS)]
    with opened(path) as file:
        text = file.read(PREVIEW_BYTES).decode(encoding, errors="replace").lstrip("\ufeff")
    lines = text.splitlines()[:PREVIEW_ROWS]
    mark = max(",;\t|", key=lambda mark: sorted(line.count(mark) for line in lines)[len(lines) // 2] if lines else 0)
    return [[cell.strip() for cell in row] for row in csv.reader(io.StringIO("\n".join(lines)), delimiter=mark)]


def heading_row(rows: list[list[str]]) -> int:
    """Return where the headings stand, from 1: the first row that is nearly as wide as the widest and holds no number.

    Examples
    --------
    >>> heading_row([["Sales 2024"], [], ["id", "date", "total"], ["7", "2024-01-01", "9.50"]])
    3
    """
    filled = [[cell for cell in row if cell.strip()] for row in rows]
    widest = max(map(len, filled), default=0)
    for number, cells in enumerate(filled, 1):
        if len(cells) * 2 > widest and not any(re.fullmatch(r"[\d\W]+", cell) for cell in cells):
            return number
    return 1
