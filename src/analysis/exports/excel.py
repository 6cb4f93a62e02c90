"""Customer lists as an Excel workbook: one sheet per class, everything typed, nothing that runs."""

import datetime as dt
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from analysis.errors import InputError
from analysis.store import written_whole

ROWS_PER_SHEET = 1_048_575  # Excel's limit, less the header
TEXT_LENGTH = 32_767  # Excel's limit for one cell; xlsxwriter would drop a longer text without a word
SHEET_NAME_LENGTH = 31  # Excel's limit, counted in UTF-16 units
COLUMN_WIDTHS = (8, 60)  # narrow enough to see several columns, wide enough for a heading
ROWS_MEASURED = 1_000  # a column is as wide as its first values; the rest rarely differ

# The same content gives the same bytes: Excel's creation date is a constant, not the clock.
CREATED = dt.datetime(2000, 1, 1)
WRITE_STRINGS_AS_STRINGS = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "in_memory": True,
}


def customer_lists(
    scored: pd.DataFrame,
    scheme: str,
    path: Path | str,
    headings: Mapping[str, str],
    class_names: Mapping[str, str],
    definitions: pd.DataFrame | Mapping[str, list[Any]],
    *,
    first_sheet: str,
) -> Path:
    """Write one workbook: definitions first, then a sheet for each class that has customers.

    Parameters
    ----------
    scored : scored customers, one row each; columns customer_id, `scheme` and those named in `headings`.
    path : the .xlsx file; its folder is made, an older file is replaced as a whole or not at all.
    headings : column -> displayed heading. Only these columns are written, in this order; amounts should be
        in the unit that their heading names.
    class_names : class key -> displayed name, in the order of the sheets; a class without customers has none.
    definitions : the table of the first sheet with its displayed column names; what each column means.
    first_sheet : displayed name of that sheet.

    Returns
    -------
    Path of the file. Rows keep their order. customer_id and all texts are text cells (leading zeros,
    newlines, direction marks and texts that look like formulas stay as they are), numbers and dates are typed,
    missing values empty. A class with more customers than a sheet has rows goes on in a further sheet. The same
    input gives the same bytes.

    Raises: InputError if a column or a class name is missing, a text is too long for a cell, or the file is
    open elsewhere.
    """
    _check(scored, scheme, headings, class_names)
    listed = scored[list(headings)].astype({"customer_id": "str"})
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer, WRITE_STRINGS_AS_STRINGS) as workbook:
        workbook.set_properties({"created": CREATED})
        sheets = _Sheets(workbook)
        sheets.add(first_sheet, pd.DataFrame(definitions), text_format="prose")
        for key, name in class_names.items():
            members = listed[scored[scheme] == key].rename(columns=headings)
            for start in range(0, len(members), ROWS_PER_SHEET):
                sheets.add(name, members.iloc[start : start + ROWS_PER_SHEET])
    return _replace(Path(path), buffer.getvalue())


def sheet_name(name: str, taken: set[str]) -> str:
    r"""Return a name that Excel accepts and that is not among the `taken` (lower case) ones.

    At most 31 UTF-16 units, without []:*?/\, control characters or apostrophes at its ends; "History" is
    Excel's own. A name that is taken, whatever its case, gets a number.
    """
    cleaned = "".join(" " if char in "[]:*?/\\" or not char.isprintable() else char for char in name)
    cleaned = " ".join(cleaned.split()).strip("' ") or "Sheet"
    number = 1
    while True:
        ending = "" if number == 1 else f" ({number})"
        candidate = _shortened(cleaned, SHEET_NAME_LENGTH - len(ending)).strip("' ") + ending
        if candidate.lower() not in taken and candidate.lower() != "history":
            return candidate
        number += 1


class _Sheets:
    """Adds tables to a workbook, one sheet each."""

    def __init__(self, workbook: xlsxwriter.Workbook) -> None:
        self.workbook = workbook
        self.taken: set[str] = set()
        self.header = workbook.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self.formats = {
            "text": workbook.add_format({"num_format": "@"}),
            "prose": workbook.add_format({"num_format": "@", "text_wrap": True, "valign": "top"}),
            "integer": workbook.add_format({"num_format": "#,##0"}),
            "number": workbook.add_format({"num_format": "#,##0.00"}),
            "date": workbook.add_format({"num_format": "yyyy-mm-dd"}),
            "boolean": workbook.add_format(),
        }

    def add(self, name: str, table: pd.DataFrame, text_format: str = "text") -> None:
        sheet = self.workbook.add_worksheet(sheet_name(name, self.taken))
        self.taken.add(sheet.get_name().lower())
        for position in range(table.shape[1]):
            column = table.iloc[:, position]
            heading = str(table.columns[position])
            kind = _kind(column)
            if kind == "text":
                column = column.map(str, na_action="ignore")
                _check_length(column, heading)
            sheet.write_string(0, position, heading, self.header)
            style = self.formats[text_format if kind == "text" else kind]
            _write(sheet, position, column, kind, style)
            sheet.set_column(position, position, _width(heading, column, kind))
        sheet.freeze_panes(1, 0)
        if table.shape[1]:
            sheet.autofilter(0, 0, len(table), table.shape[1] - 1)


def _kind(column: pd.Series) -> str:
    types = pd.api.types
    if types.is_bool_dtype(column):
        return "boolean"
    if types.is_datetime64_any_dtype(column):
        return "date"
    if types.is_integer_dtype(column):
        return "integer"
    return "number" if types.is_numeric_dtype(column) else "text"


def _write(sheet: Worksheet, position: int, column: pd.Series, kind: str, style: Format) -> None:
    write = {
        "text": sheet.write_string,
        "integer": sheet.write_number,
        "number": sheet.write_number,
        "date": sheet.write_datetime,
        "boolean": sheet.write_boolean,
    }[kind]
    if kind == "date" and column.dt.tz is not None:
        column = column.dt.tz_localize(None)  # Excel knows no time zones: keep the local date
    present = column.notna().to_numpy()
    rows = (present.nonzero()[0] + 1).tolist()  # row 0 is the header
    for row, value in zip(rows, column[present].astype(object).tolist(), strict=True):
        write(row, position, value, style)


def _check(scored: pd.DataFrame, scheme: str, headings: Mapping[str, str], class_names: Mapping[str, str]) -> None:
    missing = [name for name in ("customer_id", scheme, *headings) if name not in scored.columns]
    if missing:
        raise _wrong("a column is missing", "scored", ", ".join(missing), "columns of the scored customers")
    if "customer_id" not in headings:
        raise _wrong("a list needs its ids", "headings", ", ".join(headings), "customer_id among them")
    unnamed = sorted({str(key) for key in scored[scheme].unique()} - set(class_names))
    if unnamed:
        raise _wrong("a class has no name", "class_names", ", ".join(unnamed), f"all classes of {scheme}")


def _check_length(column: pd.Series, heading: str) -> None:
    longest = column.dropna().map(_utf16_length).max() if column.notna().any() else 0
    if longest > TEXT_LENGTH:
        raise _wrong("a text is too long for Excel", heading, f"{longest} characters", f"at most {TEXT_LENGTH}")


def _width(heading: str, column: pd.Series, kind: str) -> float:
    """Return the column width in characters; Chinese characters take two."""
    narrowest, widest = COLUMN_WIDTHS
    if kind == "date":
        values = [len("2000-01-01")]
    elif kind == "text":
        values = [_cells(text) for text in column.head(ROWS_MEASURED).dropna()]
    else:
        decimals = 2 if kind == "number" else 0
        values = [len(f"{value:,.{decimals}f}") for value in column.head(ROWS_MEASURED).dropna()]
    return min(max(narrowest, _cells(heading) + 3, *values, 0), widest)  # 3: the filter button


def _cells(text: str) -> int:
    return max(sum(2 if ord(char) > 0x2E7F else 1 for char in line) for line in (text.splitlines() or [""])) + 1


def _utf16_length(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _shortened(text: str, length: int) -> str:
    while _utf16_length(text) > length:
        text = text[:-1]
    return text


def _replace(path: Path, content: bytes) -> Path:
    """Write beside the file, then rename: a reader sees the old file or the new one, whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with written_whole(path) as part:
            part.write_bytes(content)
    except PermissionError as error:
        raise InputError(
            "the workbook cannot be replaced",
            where=str(path),
            got="permission denied",
            expected="a file that no other program holds open",
            do="Close it in Excel, or allow writing to its folder, and run again.",
        ) from error
    return path


def _wrong(what: str, where: str, got: str, expected: str) -> InputError:
    return InputError(
        what, where=f"customer_lists, {where}", got=got, expected=expected, do="Correct it and run again."
    )
