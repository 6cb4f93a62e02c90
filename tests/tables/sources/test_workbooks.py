import datetime as dt
import zipfile

import openpyxl
import pandas as pd
import pytest
import xlsxwriter

from analysis.errors import InputError
from analysis.tables import read
from analysis.tables.sources import sheets_of
from tests.shop import lines, make_dataset
from tests.tables.sources.opened import listed, rows


def save(path, *sheets, merge=()):
    """Write one sheet per list of rows; ranges of `merge` are merged in the first."""
    workbook = openpyxl.Workbook()
    for number, content in enumerate(sheets, 1):
        sheet = workbook.active if number == 1 else workbook.create_sheet()
        sheet.title = f"S{number}"
        for row in content:
            sheet.append(row)
    for found in merge:
        workbook["S1"].merge_cells(found)
    workbook.save(path)


def test_ids_numbers_days_and_times_keep_what_they_are(tmp_path):
    day, time = dt.datetime(2011, 3, 4), dt.datetime(2011, 3, 4, 12, 30)
    save(
        tmp_path / "a.xlsx",
        [
            ["code", "customer", "amount", "day", "time", "flag"],
            ["007", 17850, 12.5, day, time, True],
            [85123, 17851, 3, day, day, False],
            [1234.567, None, None, None, None, None],
        ],
    )
    table = rows(tmp_path, file="a.xlsx")
    assert table["code"].tolist() == ["007", "85123", "1234.567"]
    comma = rows(tmp_path, file="a.xlsx", decimal_mark=",")
    assert comma["code"].tolist() == ["007", "85123", "1234,567"]  # among text, by the rule that reads the text
    assert comma["amount"].tolist()[:2] == [12.5, 3]
    assert table["customer"].tolist()[:2] == [17850, 17851]
    assert table["amount"].tolist()[:2] == [12.5, 3]
    assert [str(value) for value in table["day"][:2]] == ["2011-03-04 00:00:00"] * 2
    # a day beside times stays a day: it is not taken for midnight
    assert [str(value) for value in table["time"][:2]] == ["2011-03-04 12:30:00", "2011-03-04"]
    assert table["flag"].tolist()[:2] == ["True", "False"]
    assert set(table["_file"]) == {"a.xlsx"}


def test_days_among_text_are_written_year_first(tmp_path):
    save(tmp_path / "a.xlsx", [["day"], [dt.datetime(2011, 3, 4)], [dt.datetime(2011, 3, 4, 9, 5)], ["unknown"]])
    assert rows(tmp_path, file="a.xlsx")["day"].tolist() == ["2011-03-04", "2011-03-04 09:05:00", "unknown"]


def test_titles_above_the_headings_and_empty_rows_are_left_out(tmp_path):
    title = [["Sales 2011"], [], ["id", "n"], ["a", 1], [], ["b", 2], [None, None]]
    save(tmp_path / "a.xlsx", title, merge=["A1:B1"])
    assert listed(tmp_path, file="a.xlsx", header_row=3) == [("a", 1, "a.xlsx"), ("b", 2, "a.xlsx")]


def test_a_table_that_begins_right_of_the_first_column_is_read(tmp_path):
    workbook = openpyxl.Workbook()
    for cell, value in {"C4": "id", "D4": "n", "C5": "a", "D5": 1}.items():
        workbook.active[cell] = value
    workbook.save(tmp_path / "a.xlsx")
    assert listed(tmp_path, file="a.xlsx", header_row=4) == [("a", 1, "a.xlsx")]


def test_sheets_are_told_and_chosen_by_name(tmp_path):
    save(tmp_path / "a.xlsx", [["id"], [1]], [["id"], [2]])
    assert sheets_of(tmp_path / "a.xlsx") == ["S1", "S2"]
    assert listed(tmp_path, file="a.xlsx") == [(1, "a.xlsx")]
    assert listed(tmp_path, file="a.xlsx", sheet="S2") == [(2, "a.xlsx")]


def test_workbooks_of_one_pattern_are_one_relation(tmp_path):
    save(tmp_path / "m2.xlsx", [["id", "n"], [1, 2]])
    save(tmp_path / "m10.xlsx", [["id", "n"], ["x", 3]])
    assert listed(tmp_path, file="*.xlsx") == [("1", 2, "m2.xlsx"), ("x", 3, "m10.xlsx")]


@pytest.mark.parametrize(
    ("content", "merge", "settings", "expected"),
    [
        ([["2011", None, "id"], ["a", "b", "c"], [1, 2, 3]], ["A1:B1"], {}, "in more than one row.*A1:B1"),
        ([["id", "2011", None], [None, "a", "b"], [1, 2]], ["A1:A2"], {"header_row": 2}, "merged cells.*A1:A2.*now 2"),
        ([["id", "n"], ["a", 1], [None, 2]], ["A2:A3"], {}, "rows hold merged cells.*A2:A3 of sheet S1"),
        ([["id", "n"], [1, 2]], [], {"sheet": "S11"}, "no such sheet.*S1.*Did you mean S1"),
        ([], [], {}, "the sheet is empty"),
        ([["id", "n"]], [], {}, "no row below the headings"),
        ([["id", "n"], [1, 2]], [], {"header_row": 9}, "no headings where they should stand"),
        ([["id", "ID"], [1, 2]], [], {}, "two columns have the same heading.*id, ID"),
    ],
    ids=["across", "down", "in rows", "no sheet", "empty", "headings only", "row too low", "twice"],
)  # fmt: skip
def test_a_sheet_that_is_no_table_says_why(tmp_path, content, merge, settings, expected):
    save(tmp_path / "a.xlsx", content, merge=merge)
    with pytest.raises(InputError, match=expected):
        rows(tmp_path, file="a.xlsx", **settings)


def test_an_empty_first_sheet_names_the_others(tmp_path):
    save(tmp_path / "a.xlsx", [], [["id"], [2]])
    with pytest.raises(InputError, match="Name another sheet: S2"):
        rows(tmp_path, file="a.xlsx")


def test_a_password_a_broken_file_and_an_old_kind_of_workbook_are_refused(tmp_path):
    # An encrypted workbook is a compound file that holds a stream of this name instead of a workbook.
    (tmp_path / "secret.xlsx").write_bytes(encrypted())
    with pytest.raises(InputError, match="protected by a password"):
        rows(tmp_path, file="secret.xlsx")
    (tmp_path / "broken.xlsx").write_bytes(b"PK\x03\x04 no zip")
    with pytest.raises(InputError, match="cannot be opened"):
        rows(tmp_path, file="broken.xlsx")
    with zipfile.ZipFile(tmp_path / "zip.xlsx", "w") as file:
        file.writestr("readme.txt", "no workbook")
    with pytest.raises(InputError, match="cannot be opened"):
        sheets_of(tmp_path / "zip.xlsx")
    (tmp_path / "old.xls").write_bytes(b"\xd0\xcf\x11\xe0")
    with pytest.raises(InputError, match=r"Save it as an Excel workbook \(\.xlsx\)"):
        rows(tmp_path, file="old.xls")


def encrypted():
    """Return the smallest compound file with a stream `EncryptedPackage`: header, FAT sector, directory sector."""
    end, free, fat = (0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD)

    def numbers(*values, size=4):
        return b"".join(value.to_bytes(size, "little") for value in values)

    def entry(name, kind, child=free, right=free, start=end):
        text = (name + "\0").encode("utf-16-le")
        return (
            text.ljust(64, b"\0") + numbers(len(text), size=2) + bytes([kind, 1]) + numbers(free, right, child)
            + bytes(36) + numbers(start, 0, 0)
        )  # fmt: skip

    header = (
        bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16) + numbers(0x3E, 3, 0xFFFE, 9, 6, size=2) + bytes(6)
        + numbers(0, 1, 1, 0, 4096, end, 0, end, 0, 0) + numbers(*[free] * 108)
    )  # fmt: skip
    table = numbers(fat, end, *[free] * 126)
    directory = entry("Root Entry", 5, child=1) + entry("EncryptedPackage", 2) + bytes(256)
    return header + table + directory


def test_lines_of_a_workbook_are_accepted_like_those_of_a_csv_file(tmp_path):
    dataset = make_dataset(tmp_path, lines(("x", "2024-01-01", "1", 1)), transactions={"file": "lines.xlsx"})
    workbook = xlsxwriter.Workbook(str(dataset.folder / "lines.xlsx"))
    sheet, time = workbook.add_worksheet(), workbook.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    sheet.write_row(0, 0, ["customer", "time", "order", "amount", "category"])
    for row, (customer, amount) in enumerate([(17850, 12.1), (17851, 0.3)], 1):
        sheet.write_number(row, 0, customer)
        sheet.write_datetime(row, 1, dt.datetime(2024, 1, row, 9, 30), time)
        sheet.write_row(row, 2, [f"{row:03}", amount, "tea"])
    workbook.close()
    table = pd.read_parquet(read(dataset).path("transactions"))
    assert table["customer_id"].tolist() == ["17850", "17851"]
    assert table["order_id"].tolist() == ["001", "002"]
    assert [str(value) for value in table["amount"]] == ["12.1000", "0.3000"]
    assert [str(value) for value in table["ordered_at"]] == ["2024-01-01 09:30:00", "2024-01-02 09:30:00"]
