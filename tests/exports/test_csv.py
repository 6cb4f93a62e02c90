"""CSV for people: texts open as texts, everything else stays bare."""

import io

import openpyxl
import pandas as pd
import pytest

from analysis.exports.csv import people_safe

RISKY = ["=1+1", "+86 10", "-2", "@SUM(A1)", "\tx", "\rx", "\0x"]
HARMLESS = ["a=1", "张三", "00012", "", " =1", "'quoted", "\u202e=x"]


@pytest.mark.parametrize("dtype", ["str", "object", "category"])
def test_texts_that_look_like_formulas_get_an_apostrophe_and_no_others(dtype: str) -> None:
    table = pd.DataFrame({"text": pd.Series([*RISKY, *HARMLESS, None], dtype=dtype)})
    expected = [f"'{text}" for text in RISKY] + HARMLESS
    safe = people_safe(table)["text"]
    assert safe.iloc[:-1].tolist() == expected
    assert pd.isna(safe.iloc[-1])


def test_numbers_dates_and_truth_values_stay_bare() -> None:
    table = pd.DataFrame(
        {"share": [-1.5, 2.0], "day": pd.to_datetime(["2017-11-30", None]), "yes": [True, False], "n": [-1, 2]}
    )
    pd.testing.assert_frame_equal(people_safe(table), table)


def test_numbers_in_a_column_of_mixed_types_stay_bare() -> None:
    table = pd.DataFrame({"mixed": pd.Series([-5, "-5", None, 1.5], dtype=object)})
    assert people_safe(table)["mixed"].iloc[[0, 1, 3]].tolist() == [-5, "'-5", 1.5]


def test_column_names_are_made_safe_even_when_they_repeat() -> None:
    table = pd.DataFrame([["=a", "b", 1]], columns=["=name", "=name", 3])
    safe = people_safe(table)
    assert safe.columns.tolist() == ["'=name", "'=name", 3]
    assert safe.iloc[0].tolist() == ["'=a", "b", 1]


def test_the_input_is_left_alone_and_an_empty_table_stays_empty() -> None:
    table = pd.DataFrame({"text": ["=1"]})
    people_safe(table)
    assert table["text"].tolist() == ["=1"]
    assert people_safe(table.iloc[:0]).empty


def test_a_spreadsheet_made_of_the_csv_holds_no_formula() -> None:
    table = pd.DataFrame({"text": RISKY[:4]})  # openpyxl takes a leading = for a formula, as Excel does
    read = pd.read_csv(io.StringIO(people_safe(table).to_csv(index=False)), dtype=str)
    sheet = openpyxl.Workbook().active
    for text in read["text"]:
        sheet.append([text])
    assert [row[0].data_type for row in sheet] == ["s"] * 4
