"""Histories as known on 1 April 2024, each figure by hand, with what came next up to 1 August."""

import datetime as dt
from decimal import Decimal

import pandas as pd
import pytest

from analysis.engine import DuckDB
from analysis.features import customer_table, histories, history_counts
from tests.engines.generated import lines, write

ORIGIN, AS_OF, DATA_START = dt.date(2024, 4, 1), dt.date(2024, 8, 1), dt.date(2023, 10, 1)
KNOWN_FROM = dt.date(2023, 10, 6)
HISTORY = ["age_known", "x", "t_x", "T", "mean_repeat_spend"]
SHOP = [
    ("regular", "2023-10-05", "sale", 10),
    ("regular", "2024-01-01", "sale", 20),
    ("regular", "2024-01-01", "sale", 4),
    ("regular", "2024-01-01", "return", -6),
    ("regular", "2024-02-10", "return", -5),  # a day without a sale
    ("regular", "2024-03-31", "sale", 30),
    ("regular", "2024-04-01", "sale", 50),
    ("regular", "2024-06-30", "return", -8),
    ("regular", "2024-07-01", "sale", 70),
    ("single", "2024-03-31", "sale", 9.99),
    ("refunded_first", "2024-01-05", "return", -3),
    ("refunded_first", "2024-01-10", "sale", 12),
    ("later", "2024-02-01", "return", -8),
    ("later", "2024-04-01", "sale", 99),
    ("gift", "2024-02-01", "gift", 0),
]


def shop(*rows):
    table = pd.DataFrame(rows, columns=["customer_id", "order_date", "kind", "amount"])
    return table.assign(
        order_id=table["order_date"],
        order_date=[dt.date.fromisoformat(day) for day in table["order_date"]],
        amount=[Decimal(str(amount)) for amount in table["amount"]],
        category=None,
    )


def of(folder, table, *, origin=ORIGIN, as_of=AS_OF, known_from=KNOWN_FROM, data_start=DATA_START):
    folder.mkdir(exist_ok=True)
    transactions, _ = write(folder, table, [])
    with DuckDB() as engine:
        found = histories(
            engine, transactions, origin=origin, as_of=as_of, known_from=known_from, data_start=data_start
        )
    return found.set_index("customer_id")


def expect(row, **values):
    assert row[list(values)].to_dict() == pytest.approx(values, nan_ok=True)


@pytest.fixture
def table(tmp_path):
    return of(tmp_path, shop(*SHOP))


def test_a_regular_buyer(table):
    expect(
        table.loc["regular"],
        age_known=False,  # first seen the day before ages are known
        x=2,  # 1 January and 31 March; a refund alone is no purchase, and 1 April is not yet
        t_x=178,  # 26 + 30 + 31 + 31 + 29 + 31 days from 5 October to 31 March
        T=179,
        mean_repeat_spend=27,  # (20 + 4 + 30) / 2; refunds are not deducted
        sold=64,  # 10 + 24 + 30
        revenue=53,  # 64 - 6 - 5
        purchases_last_3=2,
        revenue_last_3=43,  # 1 January on: 24 - 6 - 5 + 30
        purchases_last_6=3,
        revenue_last_6=53,  # 1 October on
        purchases_next_3=1,  # 1 April; 1 July is the fourth month
        revenue_next_3=42,  # 50 - 8
    )


def test_the_age_is_known_from_the_first_day_of_known_ages_on(tmp_path):
    assert of(tmp_path, shop(*SHOP), known_from=dt.date(2023, 10, 5)).loc["regular", "age_known"]


def test_one_purchase_has_no_repeat_spend_and_nothing_after_it_is_0(table):
    expect(table.loc["single"], age_known=True, x=0, t_x=0, T=1, mean_repeat_spend=float("nan"), sold=9.99)
    expect(table.loc["single"], revenue=9.99, purchases_last_3=1, purchases_next_3=0, revenue_next_3=0)


def test_a_refund_before_the_first_purchase_is_money_and_no_beginning(table):
    # 10 January to 1 April: 21 + 29 + 31 + 1 days
    expect(table.loc["refunded_first"], x=0, t_x=0, T=82, sold=12, revenue=9, purchases_last_3=1, revenue_last_3=9)


def test_who_has_not_bought_before_the_origin_is_absent(table):
    assert table.index.tolist() == ["refunded_first", "regular", "single"]


def test_months_that_reach_outside_the_data_are_missing(table):
    missing = table.columns[table.isna().all()].tolist()
    assert missing == [
        "purchases_last_12",
        "revenue_last_12",
        "purchases_next_6",
        "purchases_next_12",
        "revenue_next_6",
        "revenue_next_12",
    ]


@pytest.mark.parametrize(
    ("period", "outer", "inner"),
    [
        ("last_3", {"data_start": dt.date(2024, 1, 2)}, {"data_start": dt.date(2024, 1, 1)}),
        ("last_12", {"data_start": dt.date(2023, 4, 2)}, {"data_start": dt.date(2023, 4, 1)}),
        ("next_3", {"as_of": dt.date(2024, 6, 30)}, {"as_of": dt.date(2024, 7, 1)}),
        ("next_12", {"as_of": dt.date(2025, 3, 31)}, {"as_of": dt.date(2025, 4, 1)}),
    ],
)
def test_months_that_just_fit_into_the_data_are_known(tmp_path, period, outer, inner):
    columns = [f"purchases_{period}", f"revenue_{period}"]
    assert of(tmp_path, shop(*SHOP), **outer)[columns].isna().all(axis=None)
    assert of(tmp_path, shop(*SHOP), **inner)[columns].notna().all(axis=None)


def test_at_the_end_of_the_data_the_history_is_that_of_the_customer_table(tmp_path):
    generated, month = lines(11), dt.date(2024, 3, 1)
    known_from = dt.date(2023, 6, 1)
    found = of(tmp_path, generated, origin=month, as_of=month, known_from=known_from)
    with DuckDB() as engine:
        features = customer_table(
            engine,
            tmp_path / "transactions.parquet",
            tmp_path / "customers.parquet",
            as_of=month,
            window_days=90,
            known_from=known_from,
            minor_units=2,
        ).set_index("customer_id")
    buyers = features[features["x"].notna()]
    pd.testing.assert_frame_equal(found[HISTORY], buyers[HISTORY])
    assert (found["revenue"] * 100).round().tolist() == buyers["history_revenue_minor"].tolist()
    assert found.filter(like="_next_").isna().all(axis=None)


def more(table):
    """Return lines of every kind and customer on the days that occur."""
    return pd.concat([table, table.assign(order_id="more", amount=Decimal(7), kind="sale")])


CHANGES = {
    "added": more,
    "changed": lambda rows: rows.assign(amount=Decimal(1), kind="return"),
    "deleted": lambda rows: rows.iloc[:0],
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_rows_from_the_end_on_change_nothing(tmp_path, change):
    rows, end = lines(5), dt.date(2024, 2, 28)
    later = pd.Series([day >= end for day in rows["order_date"]], rows.index)
    dates = dict(origin=dt.date(2023, 11, 1), as_of=end, data_start=dt.date(2022, 11, 1))
    assert later.sum() > 30
    pd.testing.assert_frame_equal(
        of(tmp_path, rows, **dates), of(tmp_path, pd.concat([rows[~later], change(rows[later])]), **dates)
    )


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_rows_from_the_origin_on_change_only_what_came_next(tmp_path, change):
    rows, origin = lines(6), dt.date(2024, 2, 1)
    later = pd.Series([day >= origin for day in rows["order_date"]], rows.index)
    dates = dict(origin=origin, as_of=dt.date(2024, 5, 1), data_start=dt.date(2022, 11, 1))
    before, after = (of(tmp_path, table, **dates) for table in (rows, pd.concat([rows[~later], change(rows[later])])))
    known = [column for column in before if "_next_" not in column]
    pd.testing.assert_frame_equal(before[known], after[known])
    assert (before["revenue_next_3"] != after["revenue_next_3"]).any()


def test_row_order_changes_nothing(tmp_path):
    rows, origin = lines(7), dt.date(2024, 2, 1)
    shuffled = rows.sample(frac=1, random_state=0)
    pd.testing.assert_frame_equal(of(tmp_path, rows, origin=origin), of(tmp_path, shuffled, origin=origin))


def test_counts_are_the_histories_counted(tmp_path):
    rows = lines(8, rows=150)
    dates = dict(origin=dt.date(2024, 2, 1), as_of=dt.date(2024, 5, 1), known_from=dt.date(2023, 9, 1))
    found = of(tmp_path, rows, **dates)
    with DuckDB() as engine:
        counts = history_counts(engine, tmp_path / "transactions.parquet", **dates)
    assert counts.columns.tolist() == ["age_known", "x", "t_x", "T", "customers"]
    assert counts["customers"].sum() == len(found)
    assert len(counts) < len(found)
    assert counts["age_known"].nunique() == 2
    key = counts.columns[:-1].tolist()
    expanded = counts.loc[counts.index.repeat(counts["customers"]), key]
    pd.testing.assert_frame_equal(expanded.reset_index(drop=True), found[key].sort_values(key).reset_index(drop=True))
