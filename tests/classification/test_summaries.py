"""Tables about the schemes, against arithmetic by hand."""

import math

import pandas as pd

from analysis.classification import (
    abc_curve,
    classify,
    fit_cutoffs,
    rfm_grid,
    rule_table,
    scheme_inputs,
    score_table,
    summary,
)
from tests.classification.customer_tables import buyers, customer_table

NAN = float("nan")


def test_summary_holds_every_class_and_the_whole_base():
    customers = customer_table(
        [
            ("buyer", 4.0, 3, 6000, 1),
            ("buyer", 10.0, 1, 2000, 1),
            ("lapsed", 120.0, 0, -500, 0),
            ("never_ordered", NAN, 0, 0, 0),
        ]
    ).assign(frequency_tier=["high", "high", "lapsed", "never_ordered"])
    # net revenue 6000 + 2000 - 500 = 7500; high: 8000 / 7500, 80.00 / 4 orders, median of 4 and 10 days
    expected = pd.DataFrame(
        [
            ("high", 2, 0.5, 4, 8000, 8000 / 7500, 20.0, 7.0),
            ("mid", 0, 0.0, 0, 0, 0.0, NAN, NAN),
            ("low", 0, 0.0, 0, 0, 0.0, NAN, NAN),
            ("lapsed", 1, 0.25, 0, -500, -500 / 7500, NAN, 120.0),
            ("never_ordered", 1, 0.25, 0, 0, 0.0, NAN, NAN),
        ],
        columns=[
            "class",
            "customers",
            "share_of_customers",
            "orders",
            "net_revenue_minor",
            "share_of_revenue",
            "average_order_value",
            "median_recency_days",
        ],
    )
    pd.testing.assert_frame_equal(summary(customers, "frequency_tier", minor_units=2), expected)


def test_average_order_value_follows_the_currency():
    yen = buyers(1, net_revenue_minor=[1500]).assign(abc="a")
    assert summary(yen, "abc", minor_units=0)["average_order_value"][0] == 1500


def test_shares_of_nothing_are_not_available():
    nobody = buyers(1).assign(abc="a").head(0)
    worthless = buyers(1, net_revenue_minor=[0]).assign(abc="a")
    assert summary(nobody, "abc", minor_units=2)["share_of_customers"].isna().all()
    assert summary(worthless, "abc", minor_units=2)["share_of_revenue"].isna().all()


def test_score_table_prints_each_interval():
    table = score_table(
        {"r_score": [10, 20, 60, 90], "f_score": [1, 1, 1, 2], "m_score": [1, 2, 3, 4], "breadth_score": [1, 2, 3, 4]}
    )
    recency = table[table["name"] == "r_score"]
    assert list(recency["score"]) == [5, 4, 3, 2, 1]
    assert list(recency["up_to"])[:4] == [10, 20, 60, 90]
    assert list(recency["above"])[1:] == [10, 20, 60, 90]
    orders = table[table["name"] == "f_score"].set_index("score")
    assert (orders.loc[5, "above"], orders.loc[4, "above"], orders.loc[4, "up_to"]) == (2, 1, 2)
    assert math.isnan(orders.loc[1, "above"])
    assert len(table) == 20


def test_rule_tables_print_the_thresholds():
    cutoffs = {
        "rfm_segment": [],
        "rfm_quadrant": [3.1, 2.9, 3.0],
        "abc": [5000, 16000],
        "value_tier": [9, 13],
        "frequency_tier": [11, 25],
    }
    abc = rule_table("abc", cutoffs).set_index("class")
    assert abc.loc["a", "at_least"] == 16000
    assert tuple(abc.loc["b", ["at_least", "below"]]) == (5000, 16000)
    assert rule_table("frequency_tier", cutoffs)["input"].unique().tolist() == ["orders"]
    tier = rule_table("value_tier", cutoffs).set_index("class")
    assert tuple(tier.loc["mid", ["above", "up_to"]]) == (9, 13)
    assert tier["input"].unique().tolist() == ["weighted_sum"]
    quadrants = rule_table("rfm_quadrant", cutoffs).set_index("class")
    assert "".join(quadrants.loc["key_retain", ["r_score", "f_score", "m_score"]]) == "LHH"
    assert quadrants["f_score_high_from"].unique().tolist() == [2.9]
    segments = rule_table("rfm_segment", cutoffs)
    assert segments["cells"].sum() == 125
    assert rule_table("abc", {"abc": []}).empty


def test_scheme_inputs_name_columns_and_weights():
    assert scheme_inputs("value_tier").to_dict("list") == {
        "input": ["f_score", "m_score", "breadth_score"],
        "weight": [1, 1, 1],
    }
    assert scheme_inputs("abc").to_dict("list") == {"input": ["net_revenue_minor"], "weight": [1]}


def test_rfm_grid_counts_every_buyer_once():
    customers = buyers(5, orders=[1, 2, 3, 4, 5], recency_days=[1, 1, 1, 1, 9])
    grid = rfm_grid(classify(customers, fit_cutoffs(customers)).customers)
    # recency cuts 1, 1, 1, 1: one day scores 5, nine days 1; orders cuts 1 to 4: scores 1 to 5
    filled = grid[grid["customers"] > 0]
    assert len(grid) == 25
    assert filled["r_score"].tolist() == [5, 5, 5, 5, 1]
    assert filled["f_score"].tolist() == [4, 3, 2, 1, 5]


def test_abc_curve_runs_from_nobody_to_everybody():
    customers = buyers(4, net_revenue_minor=[100, 600, 300, -50])
    # positive value 1000, best first: 600, 900, 1000, and a fourth buyer who adds nothing
    curve = abc_curve(customers)
    assert list(curve["share_of_buyers"]) == [0, 0.25, 0.5, 0.75, 1]
    assert list(curve["share_of_value"]) == [0, 0.6, 0.9, 1, 1]


def test_abc_curve_of_many_buyers_is_thinned_but_exact_at_the_ends():
    customers = buyers(1000, net_revenue_minor=list(range(1, 1001)))
    curve = abc_curve(customers)
    assert len(curve) == 201
    assert tuple(curve.iloc[-1]) == (1, 1)
    # the best 5 of 1000 hold (1000 + 999 + 998 + 997 + 996) / 500500
    assert tuple(curve.iloc[1]) == (0.005, 4990 / 500500)


def test_abc_curve_without_value_is_empty():
    assert abc_curve(buyers(2, net_revenue_minor=[0, -5])).empty
