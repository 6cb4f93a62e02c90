"""The data behind the published numbers are the ones in the repository."""

import datetime as dt
import zipfile
from decimal import Decimal

import pandas as pd
import pyarrow.parquet as pq

from analysis.examples.cdnow import FOLDER, SCHEMA, write_transactions
from tests.clv.cdnow import TRANSACTIONS, customers, repeat_spend


def test_files_have_the_published_size():
    lines = pd.read_parquet(TRANSACTIONS)
    sample = lines[lines["in_sample"]]
    assert (len(lines), lines["customer_id"].nunique()) == (69_659, 23_570)
    assert (len(sample), sample["customer_id"].nunique()) == (6_919, 2_357)
    assert (sample.duplicated().sum(), (sample["amount"] == 0).sum()) == (21, 8)


def test_sample_summarises_as_published():
    table = customers()
    assert (table["x"].sum(), table["x"].max(), (table["x"] > 0).sum()) == (2_457, 29, 946)
    assert len(table[["x", "t_x", "T"]].drop_duplicates()) == 1_016
    assert table["holdout"].sum() == 1_882
    assert round(repeat_spend()["mean_spend"].mean(), 4) == 35.0778


def test_sample_buys_as_often_as_published():
    repeats = customers()["x"].clip(upper=7).value_counts().sort_index()
    assert repeats.tolist() == [1_411, 439, 214, 100, 62, 38, 29, 64]
    assert customers()["T"].agg(["min", "max"]).tolist() == [27 * 7, 272]  # 272 / 7 = 38.857 weeks


def test_master_summarises_as_published():
    table = customers(sample=False)
    assert (table["x"].sum(), (table["x"] > 0).sum(), len(repeat_spend(sample=False))) == (24_337, 9_451, 9_450)
    assert table["holdout"].sum() == 19_684


def test_file_is_made_from_the_wheel(tmp_path):
    with zipfile.ZipFile(tmp_path / "wheel", "w") as wheel:
        wheel.writestr(
            FOLDER + "CDNOW_master.txt",
            " customer_id  date number_of_cds  dollar_value\r\n"
            " 00002 19970112  5   77.00\r\n 00001 19970102  1   0.10\r\n 00002 19970112  1   12.00\r\n",
        )
        wheel.writestr(FOLDER + "CDNOW_sample.txt", " 00002 0001 19970112  1   12.00\r\n")
    write_transactions(tmp_path / "wheel", tmp_path / "transactions.parquet")
    day = dt.date(1997, 1, 12)
    assert pq.read_table(tmp_path / "transactions.parquet").to_pylist() == [
        dict(zip(SCHEMA.names, line, strict=True))
        for line in [
            ("00001", False, dt.date(1997, 1, 2), 1, Decimal("0.10")),
            ("00002", True, day, 1, Decimal("12.00")),
            ("00002", True, day, 5, Decimal("77.00")),
        ]
    ]
