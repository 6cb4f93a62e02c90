import sqlite3
from contextlib import closing

import pandas as pd
import pytest

from analysis.errors import InputError
from analysis.opening import open_month
from analysis.tables import reading
from tests.shop import lines, make_dataset


def test_a_file_that_is_written_to_while_it_is_read_leaves_nothing_behind(tmp_path, monkeypatch):
    dataset = make_dataset(tmp_path, lines(("ann", "2024-01-01", "1", 5)))

    def hash_and_append(path):
        with path.open("a", encoding="utf-8") as file:
            file.write("bob,2024-01-02,2,6,\n")
        return "hash"

    monkeypatch.setattr(reading, "file_hash", hash_and_append)
    with pytest.raises(InputError, match=r"lines\.csv: the file changed while it was read"):
        reading.read(dataset)
    assert list((dataset.folder / "accepted").iterdir()) == []


def test_a_raw_column_with_the_name_of_a_canonical_one_is_checked_like_any_other(tmp_path):
    rows = pd.DataFrame(
        {"customer_id": ["ann", "bob"], "ordered_at": ["2024-01-01", "03/04/2024"], "amount": ["5", "6"]}
    )
    dataset = make_dataset(tmp_path, rows, columns={name: name for name in rows})
    with pytest.raises(InputError, match="day and month could be either way round"):
        reading.read(dataset)


def test_monthly_files_of_several_forms_are_one_table(tmp_path):
    dataset = make_dataset(tmp_path, lines(("x", "2024-01-01", "1", 1)), transactions={"file": "raw/*.csv"})
    raw = dataset.folder / "raw"
    raw.mkdir()
    (raw / "2024-2.csv").write_text("customer,time,order,amount,category\nann,2024-02-01,2,2.5,tea\n", encoding="utf-8")
    (raw / "2024-10.csv").write_text("order;amount;customer;time\n3;3.5;bob;2024/10/1\n", encoding="utf-8")
    accepted = reading.read(dataset)
    table = pd.read_parquet(accepted.path("transactions"))
    assert table["customer_id"].tolist() == ["ann", "bob"]
    assert [str(amount) for amount in table["amount"]] == ["2.5000", "3.5000"]
    assert list(accepted.file_hashes) == ["transactions.source/2024-2.csv", "transactions.source/2024-10.csv"]


def test_a_line_that_two_files_hold_counts_once(tmp_path):
    dataset = make_dataset(tmp_path, lines(("x", "2024-01-01", "1", 1)), transactions={"file": "*.csv"})
    content = (dataset.folder / "lines.csv").read_bytes()
    (dataset.folder / "copy.csv").write_bytes(content)
    aside = pd.read_parquet(reading.read(dataset).path("set_aside"))
    assert aside["reason"].tolist() == ["duplicate_line"]


def test_a_month_is_opened_from_the_extract_or_anew(tmp_path):
    source = {"file": None, "database": "shop.db", "table": "lines"}
    dataset = make_dataset(tmp_path, lines(("x", "2024-01-01", "1", 1)), transactions=source, window_days=30)

    def fill(*days):
        with closing(sqlite3.connect(dataset.folder / "shop.db")) as connection:
            connection.execute('CREATE TABLE IF NOT EXISTS lines (customer, time, "order", amount, category)')
            connection.executemany("INSERT INTO lines VALUES ('ann', ?, ?, 5, 'tea')", [(day, day) for day in days])
            connection.commit()

    def lines_seen(**how):
        return open_month("shop", "2024-02", root=tmp_path, **how).quality().gate["read"].iloc[0]

    fill("2024-01-01", "2024-02-28")
    assert lines_seen() == 2
    fill("2024-02-29")
    assert lines_seen() == 2
    assert lines_seen(refresh=True) == 3
    assert lines_seen() == 3
