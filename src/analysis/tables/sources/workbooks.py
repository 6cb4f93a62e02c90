"""Sheets of Excel workbooks as Parquet: a column of one kind keeps its type, any other is text."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from difflib import get_close_matches
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError

from analysis.errors import InputError
from analysis.store import written_whole
from analysis.tables.dataset import Input
from analysis.tables.sources.delimited import named

BATCH = 20_000  # rows that are Python objects at a time
EXACT = 2**53  # beyond it a cell does not hold every integer
# The type of a column by the kinds of its cells; any other mixture is text.
TYPES = {
    frozenset({"integer"}): pa.int64(),
    frozenset({"number"}): pa.float64(),
    frozenset({"integer", "number"}): pa.float64(),
    frozenset({"day"}): pa.date32(),
    frozenset({"time"}): pa.timestamp("us"),
}


def sheets_of(path: Path) -> list[str]:
    """Return the names of a workbook's sheets, in their order.

    Raises
    ------
    InputError : the file is protected by a password or is no workbook.
    """
    return _workbook(path, path.name).sheet_names


def into_parquet(path: Path, input_: Input, target: Path, where: str) -> Path:
    """Write the rows below the headings of a sheet to a Parquet file, and return the path written.

    Rows without any value are left out. In a column that stays text, a day is written YYYY-MM-DD, a time YYYY-MM-DD
    HH:MM:SS, an integer without decimals.

    Raises
    ------
    InputError : a password, no such sheet, no headings, merged cells among headings or rows, or two equal headings.
    """
    if target.exists():
        return target
    sheet = _sheet(_workbook(path, where), input_.sheet, where)
    rows = sheet.iter_rows() if sheet.start is not None else iter(())  # from row 1 of the sheet, empty ones included
    headings = next(islice(rows, input_.header_row - 1, None), [])
    if not any(str(heading).strip() for heading in headings):
        raise InputError(
            "the sheet has no headings where they should stand",
            where=where,
            got=f"nothing in row {input_.header_row} of sheet {sheet.name}",
            expected="a row with the names of the columns",
            do="Name the row of the headings as header_row, or another sheet.",
        )
    _stop_on_merged_cells(sheet, input_.header_row, where)
    names = named([_text(heading, input_.decimal_mark) or "" for heading in headings], where)
    target.parent.mkdir(parents=True, exist_ok=True)
    with written_whole(target) as part:
        pq.write_table(_table(names, rows, input_.decimal_mark), part)
    return target


def _workbook(path: Path, where: str) -> CalamineWorkbook:
    try:
        return CalamineWorkbook.from_path(path)
    except PasswordError:
        got, do = "a file protected by a password", "Remove the password in Excel, or export the sheet as CSV."
    except (CalamineError, OSError) as error:
        got, do = str(error)[:200], "Save it anew as an Excel workbook (.xlsx)."
    raise InputError("the workbook cannot be opened", where=where, got=got, expected="an Excel workbook", do=do)


def _sheet(workbook: CalamineWorkbook, name: str | None, where: str) -> CalamineSheet:
    names = workbook.sheet_names
    if name is not None and name not in names:
        near = get_close_matches(name, names, n=1)
        raise InputError(
            "there is no such sheet",
            where=where,
            got=name,
            expected=" or ".join(names),
            do=f"Did you mean {near[0]}?" if near else "Name one of these as sheet.",
        )
    sheet = workbook.get_sheet_by_name(name or names[0])
    if sheet.start is None:
        others = [other for other in names if other != sheet.name]
        raise InputError(
            "the sheet is empty",
            where=where,
            got=f"nothing in sheet {sheet.name}",
            expected="a sheet with headings and rows",
            do=f"Name another sheet: {' or '.join(others)}." if others else "Export it again.",
        )
    return sheet


def _stop_on_merged_cells(sheet: CalamineSheet, header_row: int, where: str) -> None:
    """Stop on merged cells from the headings on: only the first of them holds the value, the others look empty."""
    merged = [found for found in sheet.merged_cell_ranges or [] if found[1][0] >= header_row - 1]
    if not merged:
        return
    among_headings = [found for found in merged if found[0][0] < header_row]
    named_ranges = ", ".join(_in_excel_words(*found) for found in (among_headings or merged)[:3])
    raise InputError(
        "the headings stand in merged cells or in more than one row" if among_headings else "rows hold merged cells",
        where=where,
        got=f"{named_ranges} of sheet {sheet.name}",
        expected="one row of headings, and one cell for each value below it",
        do=f"Name the lowest row of the headings as header_row (now {header_row}), or unmerge them in Excel."
        if among_headings
        else "Unmerge them in Excel and fill in each row.",
    )


def _in_excel_words(first: tuple[int, int], last: tuple[int, int]) -> str:
    """Return a range as Excel names it.

    >>> _in_excel_words((0, 0), (1, 27))
    'A1:AB2'
    """

    def letters(column: int) -> str:
        return (letters(column // 26 - 1) if column >= 26 else "") + chr(ord("A") + column % 26)

    return ":".join(f"{letters(column)}{row + 1}" for row, column in (first, last))


def _table(names: tuple[str, ...], rows: Iterator[list[Any]], mark: str) -> pa.Table:
    """Return the rows as a table; everything is text first, and typed once the kinds of all cells are known.

    What a cell says may not depend on the others: in a column that stays text a number has the decimal mark by which
    the text is read, and a day stays a day beside times.
    """
    kinds: list[set[str]] = [set() for _ in names]
    filled = (row for row in rows if any(cell != "" for cell in row))
    batches = []
    while chunk := list(islice(filled, BATCH)):
        columns = list(zip(*chunk, strict=True))
        for found, column in zip(kinds, columns, strict=True):
            found.update(map(_kind, column))
        batches.append(
            pa.table([pa.array((_text(cell, mark) for cell in column), pa.string()) for column in columns], list(names))
        )
    text = pa.concat_tables(batches) if batches else pa.table([pa.array([], pa.string()) for _ in names], list(names))
    types = [TYPES.get(frozenset(found - {"empty"}), pa.string()) for found in kinds]
    columns = [
        pc.replace_substring(column, mark, ".") if kind == pa.float64() else column
        for column, kind in zip(text.columns, types, strict=True)
    ]
    return pa.table(columns, list(names)).cast(pa.schema(list(zip(names, types, strict=True))))


def _kind(cell: Any) -> str:
    if isinstance(cell, float | int) and not isinstance(cell, bool):
        return "integer" if float(cell).is_integer() and abs(cell) < EXACT else "number"
    if isinstance(cell, dt.datetime):
        return "time"
    if isinstance(cell, dt.date):
        return "day"
    return "empty" if cell == "" else "text"


def _text(cell: Any, mark: str) -> str | None:
    kind = _kind(cell)
    if kind == "integer":
        return str(int(cell))
    if kind == "number":
        return format(Decimal(repr(float(cell))), "f").replace(".", mark)
    return None if kind == "empty" else str(cell)
