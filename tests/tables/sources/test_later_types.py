"""No row changes what an earlier one says: each kind of source, then the same with rows of other types behind."""

import datetime as dt
import sqlite3
from contextlib import closing

import duckdb
import openpyxl
import pandas as pd
import pytest

from analysis.tables import read
from tests.shop import lines, make_dataset
from tests.tables.sources.opened import rows

HEADINGS = ["customer", "time", "order", "amount"]
SEEN = ["customer_id", "ordered_at", "order_date", "order_id", "amount"]
DAY, NEXT = dt.datetime(2024, 1, 1), dt.datetime(2024, 1, 2)
# 1.234 would be 1,234 where the comma is the decimal mark; a day would be an hour of the day before in New York.
EARLIER = [(17850, DAY, 1, 1.234), (17850.5, NEXT, 2, 1234.5678), (17851, NEXT, 3, 0.00005), (17852, NEXT, 4, 12)]
LATER = [("A1", "2024-02-01 12:00", "C4", "1.234,50"), ("17850", dt.datetime(2024, 2, 2, 23, 30), "5", "7")]


def accepted(root, **transactions):
    """Return the accepted lines of a dataset whose source writes the comma as decimal mark."""
    dataset = make_dataset(
        root,
        lines(("x", "2024-01-01", "1", 1)),
        transactions={"decimal_mark": ",", "file": None, **transactions},
        columns=dict(zip(["customer_id", "ordered_at", "order_id", "amount"], HEADINGS, strict=True)),
        source_time_zone="UTC",
        reporting_time_zone="America/New_York",
    )
    return pd.read_parquet(read(dataset).path("transactions"))[SEEN]


def folder(root, name):
    path = root / name / "data" / "shop"
    path.mkdir(parents=True)
    return path


def save(path, *content):
    book = openpyxl.Workbook()
    for row in (HEADINGS, *content):
        book.active.append(row)
    book.save(path)


def stays(alone, both):
    """Hold that the earlier lines are the same, value for value, and that the later ones were read by the comma."""
    pd.testing.assert_frame_equal(alone, both.head(len(alone)))
    assert [str(amount) for amount in both["amount"][len(alone) :]] == ["1234.5000", "7.0000"]
    assert both["customer_id"].tolist()[-2:] == ["A1", "17850"]


def test_text_below_the_numbers_and_days_of_a_sheet_changes_none_of_them(tmp_path):
    save(folder(tmp_path, "a") / "a.xlsx", *EARLIER)
    save(folder(tmp_path, "b") / "a.xlsx", *EARLIER, *LATER)
    alone = accepted(tmp_path / "a", file="a.xlsx")
    assert alone["customer_id"].tolist() == ["17850", "17850,5", "17851", "17852"]
    assert [str(time) for time in alone["ordered_at"][:1]] == ["2024-01-01 00:00:00"]
    assert [str(amount) for amount in alone["amount"]] == ["1.2340", "1234.5678", "0.0001", "12.0000"]
    stays(alone, accepted(tmp_path / "b", file="a.xlsx"))


def test_a_later_workbook_of_other_types_changes_none_of_the_earlier(tmp_path):
    for name in "ab":
        save(folder(tmp_path, name) / "2024-01.xlsx", *EARLIER)
    save(tmp_path / "b" / "data" / "shop" / "2024-02.xlsx", *LATER)
    stays(accepted(tmp_path / "a", file="2024-*.xlsx"), accepted(tmp_path / "b", file="2024-*.xlsx"))


@pytest.mark.parametrize(
    ("customer", "time", "amount"),
    [
        ("DOUBLE", "DATE", "DOUBLE"),
        ("DECIMAL(18, 2)", "TIMESTAMP", "FLOAT"),
        ("BIGINT", "TIMESTAMP_NS", "DECIMAL(18, 6)"),
        ("HUGEINT", "TIMESTAMPTZ", "DECIMAL(10, 3)"),
    ],
)
def test_a_later_parquet_file_of_other_types_changes_none_of_the_earlier(tmp_path, customer, time, amount):
    first = f"""SELECT CAST(customer AS {customer}) AS customer, CAST(time AS {time}) AS time, "order",
        CAST(amount AS {amount}) AS amount FROM (VALUES
        (17850, TIMESTAMP '2024-01-01 00:00:00', 1, 1.234), (17850.5, TIMESTAMP '2024-01-02 03:00:00.123457', 2, 12.5),
        (17851, TIMESTAMP '2024-01-02 23:59:59', 3, 0.00005), (17852, TIMESTAMP '2024-01-03', 4, 1.00005))
        AS rows(customer, time, "order", amount)"""
    second = """SELECT * FROM (VALUES ('A1', '2024-02-01 12:00', 'C4', '1.234,50'),
        ('17850', '2024-02-02 23:30', '5', '7')) AS rows(customer, time, "order", "Amount")"""
    for name in "ab":
        duckdb.sql(f"COPY ({first}) TO '{folder(tmp_path, name) / '2024-01.parquet'}'")
    duckdb.sql(f"COPY ({second}) TO '{tmp_path / 'b' / 'data' / 'shop' / '2024-02.parquet'}'")
    alone = accepted(tmp_path / "a", file="2024-*.parquet")
    assert len(alone) == 4
    stays(alone, accepted(tmp_path / "b", file="2024-*.parquet"))


def test_times_with_and_without_a_zone_beside_days_keep_their_meaning(tmp_path):
    place = folder(tmp_path, "a")
    kinds = ["DATE", "TIMESTAMP", "TIMESTAMPTZ"]
    for number, kind in enumerate(kinds):
        value = f"CAST(TIMESTAMPTZ '2024-01-02 03:00:00+00' AS {kind})"
        duckdb.execute("SET TimeZone = 'UTC'")
        duckdb.sql(
            f"COPY (SELECT 'ann' AS customer, {value} AS time, {number} AS \"order\", 5 AS amount) "
            f"TO '{place / f'{number}.parquet'}'"
        )
    # UTC to New York is five hours back; a day is no time and stays
    assert [str(time) for time in accepted(tmp_path / "a", file="*.parquet")["ordered_at"]] == [
        "2024-01-02 00:00:00",
        "2024-01-01 22:00:00",
        "2024-01-01 22:00:00",
    ]


def test_typed_days_are_read_beside_text_in_a_format_of_its_own(tmp_path):
    place = folder(tmp_path, "a")
    save(place / "1.xlsx", ("ann", DAY, 1, 5))
    save(place / "2.xlsx", ("ann", "04/03/2024", 2, 5))
    found = accepted(tmp_path / "a", file="*.xlsx", time_format="%d/%m/%Y")
    assert [str(day)[:10] for day in found["order_date"]] == ["2024-01-01", "2024-03-04"]


def test_later_cells_of_other_kinds_in_a_sqlite_column_change_none_of_the_earlier(tmp_path):
    earlier = [(2**60 + 1, "2024-01-01", 1, 1.234), (17850.0, "2024-01-02", 2, 1e-5), (17851, "2024-01-02", 3, 6e-5)]
    later = [("A1", "2024-02-01 12:00:00", "C4", "1.234,50"), ("17850", "2024-02-02 23:30:00", "5", "7")]
    integers = [earlier[0]]  # alone: a column of integers
    found = {}
    for name, cells in {"a": integers, "b": earlier, "c": [*earlier, *later]}.items():
        with closing(sqlite3.connect(folder(tmp_path, name) / "shop.db")) as connection:
            connection.execute('CREATE TABLE lines (customer, time, "order", amount)')
            connection.executemany("INSERT INTO lines VALUES (?, ?, ?, ?)", cells)
            connection.commit()
        found[name] = accepted(tmp_path / name, database="shop.db", table="lines")
    assert found["b"]["customer_id"].tolist() == ["1152921504606846977", "17850", "17851"]
    assert [str(amount) for amount in found["b"]["amount"]] == ["1.2340", "0.0000", "0.0001"]
    pd.testing.assert_frame_equal(found["a"], found["b"].head(1))
    stays(found["b"], found["c"])


def test_partitions_are_named_as_their_folders_are_whatever_the_others_are_called(tmp_path):
    for month in ("01", "unknown"):
        (tmp_path / f"month={month}").mkdir()
        duckdb.sql(f"COPY (SELECT 1 AS n) TO '{tmp_path / f'month={month}' / 'a.parquet'}'")
    both = rows(tmp_path, file="month=*/*.parquet")["month"].tolist()
    assert rows(tmp_path, file="month=0*/*.parquet")["month"].tolist() == ["01"]
    assert both == ["01", "unknown"]
