"""The workbook, read back by a program that did not write it."""

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest

from analysis.errors import InputError
from analysis.exports import excel
from analysis.exports.excel import customer_lists, sheet_name

HOSTILE = [
    "=1+1",
    "+SUM(A1)",
    "-2",
    "@cmd",
    '=HYPERLINK("http://example.org")',
    "http://example.org",
    "{=1}",
    "line one\nline two",
    "\u202egnp.exe",
    "张三、李四",
    "<b>&amp;</b>",
    "_x0041_",
    "00012",
    "1e5",
    " lead and trail ",
]
HEADINGS = {
    "customer_id": "客户编号",
    "note": "=备注",
    "last_order_date": "Last order",
    "orders": "Orders",
    "spend": "Spend",
    "age_known": "Age known",
}
CLASS_NAMES = {"a": "A类/重点", "b": "B", "c": "C"}
DEFINITIONS = {"Column": ["Orders"], "Meaning": ["=distinct orders"]}


def scored() -> pd.DataFrame:
    count = len(HOSTILE)
    return pd.DataFrame(
        {
            "customer_id": [f"{number:05d}" for number in range(count)],
            "abc": ["a"] * (count - 1) + ["c"],
            "note": HOSTILE,
            "last_order_date": pd.to_datetime(["2017-11-30"] * (count - 1) + [None]),
            "orders": range(count),
            "spend": [12.5] * (count - 1) + [np.nan],
            "age_known": [True, False] * (count // 2) + [True],
        }
    )


def write(path: Path, table: pd.DataFrame | None = None, **changes: Any) -> Path:
    arguments = {
        "scheme": "abc",
        "headings": HEADINGS,
        "class_names": CLASS_NAMES,
        "definitions": DEFINITIONS,
        "first_sheet": "说明",
    } | changes
    return customer_lists(scored() if table is None else table, path=path, **arguments)


def test_definitions_come_first_and_only_classes_with_customers_have_a_sheet(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(write(tmp_path / "new" / "lists.xlsx"))
    assert book.sheetnames == ["说明", "A类 重点", "C"]
    assert [[cell.value for cell in row] for row in book["说明"]] == [
        ["Column", "Meaning"],
        ["Orders", "=distinct orders"],
    ]
    assert [book[name].max_row - 1 for name in book.sheetnames[1:]] == [14, 1]


def test_texts_come_back_as_written_and_no_cell_is_a_formula_or_link(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(write(tmp_path / "lists.xlsx"))
    rows = [*book["A类 重点"].iter_rows(min_row=2), *book["C"].iter_rows(min_row=2)]
    assert [row[0].value for row in rows] == [f"{number:05d}" for number in range(len(HOSTILE))]
    read = [row[1].value.replace("_x005F_x0041_", "_x0041_") for row in rows]  # Excel's own escape of itself
    assert read == HOSTILE
    cells = [cell for sheet in book for row in sheet for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f" or cell.hyperlink]
    assert {row[position].data_type for row in rows for position in (0, 1)} == {"s"}


def test_numbers_dates_and_truth_values_are_typed_and_missing_ones_empty(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(write(tmp_path / "lists.xlsx"))
    first = [cell.value for cell in book["A类 重点"][2]]
    assert first[2:] == [dt.datetime(2017, 11, 30), 0, 12.5, True]
    assert book["A类 重点"]["C2"].number_format == "yyyy-mm-dd"
    last = [cell.value for cell in book["C"][2]]
    assert last[2:] == [None, 14, None, True]


def test_headings_are_frozen_filtered_and_wide_enough(tmp_path: Path) -> None:
    sheet = openpyxl.load_workbook(write(tmp_path / "lists.xlsx"))["A类 重点"]
    assert [cell.value for cell in sheet[1]] == list(HEADINGS.values())
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:F15"
    assert sheet.column_dimensions["A"].width >= 2 * len("客户编号")


def test_two_writes_give_the_same_bytes_and_replace_the_older_file(tmp_path: Path) -> None:
    first = write(tmp_path / "lists.xlsx").read_bytes()
    (tmp_path / "lists.xlsx").write_bytes(b"older")
    assert write(tmp_path / "lists.xlsx").read_bytes() == first
    assert [path.name for path in tmp_path.iterdir()] == ["lists.xlsx"]
    # two writes within one second would hide a clock: look at the date itself
    assert openpyxl.load_workbook(tmp_path / "lists.xlsx").properties.created == excel.CREATED


def test_numeric_ids_are_text_and_zoned_times_keep_their_local_date(tmp_path: Path) -> None:
    table = pd.DataFrame(
        {
            "customer_id": [7],
            "abc": pd.Categorical(["b"]),
            "last_order_date": pd.to_datetime(["2017-11-30 23:30"]).tz_localize("America/New_York"),
        }
    )
    headings = {"customer_id": "id", "last_order_date": "last"}
    sheet = openpyxl.load_workbook(write(tmp_path / "lists.xlsx", table, headings=headings))["B"]
    assert [cell.value for cell in sheet[2]] == ["7", dt.datetime(2017, 11, 30, 23, 30)]


def test_a_class_beyond_the_row_limit_goes_on_in_further_sheets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(excel, "ROWS_PER_SHEET", 6)  # 14 customers of class a: 6 + 6 + 2
    book = openpyxl.load_workbook(write(tmp_path / "lists.xlsx"))
    assert book.sheetnames == ["说明", "A类 重点", "A类 重点 (2)", "A类 重点 (3)", "C"]
    assert [sheet.max_row - 1 for sheet in book.worksheets[1:]] == [6, 6, 2, 1]


@pytest.mark.parametrize(
    ("name", "taken", "expected"),
    [
        ("a[b]:c*d?e/f\\g", set(), "a b c d e f g"),
        ("x" * 40, set(), "x" * 31),
        ("x" * 40, {"x" * 31}, "x" * 27 + " (2)"),
        ("Gold", {"gold"}, "Gold (2)"),
        ("'quoted'", set(), "quoted"),
        ("History", set(), "History (2)"),
        ("\t\n", set(), "Sheet"),
        ("😀" * 20, set(), "😀" * 15),  # two UTF-16 units each: 15 fit into 31
    ],
    ids=["forbidden", "long", "long and taken", "case", "apostrophes", "reserved", "blank", "emoji"],
)
def test_sheet_names_fit_excel_and_differ(name: str, taken: set[str], expected: str) -> None:
    assert sheet_name(name, taken) == expected


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"headings": {**HEADINGS, "clv": "CLV"}}, "Got clv"),
        ({"headings": {"note": "Note"}}, "needs its ids"),
        ({"class_names": {"a": "A"}}, "a class has no name. Got c"),
        ({"table": scored().assign(note="x" * 32_768)}, "too long for Excel"),
    ],
    ids=["missing column", "no id", "class without name", "long text"],
)
def test_what_excel_cannot_hold_is_refused_and_leaves_no_file(
    tmp_path: Path, changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        write(tmp_path / "lists.xlsx", **changes)
    assert not list(tmp_path.iterdir())


def test_a_file_held_open_elsewhere_stays_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    path = tmp_path / "lists.xlsx"
    path.write_bytes(b"older")
    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(InputError, match="Close it in Excel"):
        write(path)
    assert [file.read_bytes() for file in tmp_path.iterdir()] == [b"older"]
