"""Golden customers: each feature computed by hand. The month is March 2024, as_of 2024-04-01, window 90 days."""

import datetime as dt

import pandas as pd
import pytest

from analysis.engine import DuckDB
from analysis.features import compare_months, customer_table, monthly_figures
from analysis.tables import read
from tests.shop import lines, make_dataset

AS_OF = dt.date(2024, 4, 1)  # the window is 2024-01-02 to 2024-03-31: 30 + 29 + 31 days
SHOP = lines(
    # regular: three orders in the window, one before; order 12 has two lines and lies on one day with order 13
    ("regular", "2023-06-01", "11", 40.00, "tea"),
    ("regular", "2024-01-02", "12", 10.00, "tea"),
    ("regular", "2024-01-02", "12", 20.00, "ink"),
    ("regular", "2024-01-02", "13", 5.00, None),
    ("regular", "2024-03-31", "14", 15.00, "tea"),
    ("regular", "2024-03-31", "14", -6.00, "tea"),  # returned the same day
    # one order ever, on the last day of the month
    ("single", "2024-03-31", "21", 9.99, "tea"),
    # the day before the window begins
    ("lapsed", "2024-01-01", "31", 50.00, "tea"),
    ("lapsed", "2024-02-01", "32", -50.00, "tea"),  # an unlinked refund is money, not an order
    # only money back, never a sale
    ("refund_only", "2024-02-01", "41", -8.00, "tea"),
    # a gift is no order
    ("gift_only", "2024-02-01", "51", 0.00, "tea"),
    # buys first after the month
    ("later", "2024-04-01", "61", 99.00, "tea"),
)


@pytest.fixture
def table(tmp_path):
    dataset = make_dataset(tmp_path, SHOP)
    accepted = read(dataset)
    with DuckDB() as engine:
        rows = customer_table(
            engine,
            accepted.path("transactions"),
            accepted.path("customers"),
            as_of=AS_OF,
            window_days=90,
            known_from=dt.date(2023, 6, 2),
            minor_units=2,
        )
    return rows.set_index("customer_id")


def expect(row, **values):
    got = {name: None if pd.isna(row[name]) else row[name] for name in values}
    assert got == {
        name: None if value is None else pytest.approx(value) if isinstance(value, float) else value
        for name, value in values.items()
    }


def test_a_regular_buyer(table):
    expect(
        table.loc["regular"],
        buyer_status="buyer",
        recency_days=1.0,  # 31 March to 1 April
        orders=3,  # 12, 13, 14
        net_revenue_minor=4400,  # 10 + 20 + 5 + 15 - 6
        average_order_value=44 / 3,
        history_orders=4,
        history_revenue_minor=8400,  # 44 + 40
        annual_spend=84.0,  # 305 days of history count as one year
        purchase_interval_days=152.0,  # gaps 215 (1 June to 2 January) and 89: median (215 + 89) / 2
        category_breadth=3,  # tea, ink, unknown
        return_rate=6 / 50,  # sold 10 + 20 + 5 + 15
        age_known=False,
        tenure_days=None,  # first seen on the first day of the data
        x=2.0,  # 2 January and 31 March
        t_x=304.0,
        T=305.0,
        mean_repeat_spend=25.0,  # (35 + 15) / 2; the return is no purchase
    )


def test_one_order_has_no_interval_and_no_repeat_spend(table):
    expect(
        table.loc["single"],
        buyer_status="buyer",
        recency_days=1.0,
        orders=1,
        net_revenue_minor=999,
        annual_spend=9.99,
        purchase_interval_days=None,
        x=0.0,
        t_x=0.0,
        T=1.0,
        mean_repeat_spend=None,
        age_known=True,
        tenure_days=1.0,
        return_rate=0.0,
    )


def test_an_order_before_the_window_is_lapsed_and_a_refund_lowers_money_on_its_own_date(table):
    expect(
        table.loc["lapsed"],
        buyer_status="lapsed",
        recency_days=91.0,
        orders=0,
        net_revenue_minor=-5000,
        average_order_value=None,
        history_orders=1,
        history_revenue_minor=0,
        category_breadth=0,
        return_rate=None,
    )


@pytest.mark.parametrize("customer", ["refund_only", "gift_only"])
def test_money_back_or_a_gift_makes_no_buyer(table, customer):
    expect(
        table.loc[customer],
        buyer_status="never_ordered",
        recency_days=None,
        orders=0,
        history_orders=0,
        x=None,
        t_x=None,
        T=None,
        annual_spend=None,
        age_known=False,
    )


def test_who_buys_at_as_of_or_later_is_unknown(table):
    assert sorted(table.index) == ["gift_only", "lapsed", "refund_only", "regular", "single"]


def test_net_revenue_of_all_customers_is_that_of_all_lines(table):
    before = SHOP[SHOP["time"] < "2024-04-01"]
    assert table["history_revenue_minor"].sum() == round(100 * before["amount"].sum())


@pytest.fixture
def transactions(tmp_path):
    return read(make_dataset(tmp_path, SHOP)).path("transactions")


def test_monthly_figures(transactions):
    with DuckDB() as engine:
        months = monthly_figures(
            engine,
            transactions,
            first_month=dt.date(2024, 1, 1),
            as_of=AS_OF,
            data_start=dt.date(2023, 12, 15),
            window_days=90,
            minor_units=2,
        )
    assert months["active_customers"].tolist() == [2, 0, 2]
    assert months["net_revenue_minor"].tolist() == [8500, -5800, 1899]  # 35 + 50; -50 - 8; 15 - 6 + 9.99
    # only the window that ends with March lies inside data that begin on 15 December
    assert months["buyers"].fillna(-1).tolist() == [-1, -1, 2]
    assert months["repurchase_rate"].fillna(-1).tolist() == [-1, -1, 0.5]  # regular of regular and single


def test_a_change_is_the_sum_of_paired_differences_with_their_spread(transactions):
    with DuckDB() as engine:
        changes = compare_months(
            engine,
            transactions,
            now=dt.date(2024, 3, 1),
            as_of=AS_OF,
            before=dt.date(2024, 2, 1),
            last_year=dt.date(2023, 3, 1),
            data_start=dt.date(2023, 6, 1),
            minor_units=2,
        )
    changes = changes.set_index(["measure", "against"])
    revenue = changes.loc[("net_revenue_minor", "month_before")]
    # regular 900 - 0, single 999 - 0, lapsed 0 + 5000, refund_only 0 + 800: sum 7699
    # standard error sqrt(900^2 + 999^2 + 5000^2 + 800^2) = sqrt(27,448,001) = 5239.08
    assert (revenue["now"], revenue["before"], revenue["change"]) == (1899, -5800, 7699)
    assert revenue["low"] == pytest.approx(7699 - 1.959964 * 5239.0840, rel=1e-6)
    assert not revenue["beyond_noise"]  # -2569 to 17967
    assert changes.loc[("active_customers", "month_before"), "change"] == 2
    assert changes.loc[("net_revenue_minor", "last_year"), ["before", "change", "low"]].isna().all()
