"""Tables that explain the classes, against arithmetic by hand."""

import pandas as pd
import pytest

from analysis.classification import abc_classes, first_order_age, rfm_matrix, rule_bounds, score_thresholds, with_rule
from tests.classification.customer_tables import buyers, customer_table

NAN = float("nan")
CUTS = {
    "r_score": [10, 20, 60, 90],
    "f_score": [1, 1, 1, 2],
    "m_score": [100, 200, 300, 400],
    "breadth_score": [1, 2, 3, 4],
    "rfm_quadrant": [3.0, 2.5, 3.0],
    "abc": [500, 900],
    "value_tier": [6, 9],
    "frequency_tier": [1, 3],
}


def test_thresholds_have_a_row_per_score_and_both_ends_of_every_input():
    table = score_thresholds(CUTS).set_index("score")
    assert list(table.index) == [5, 4, 3, 2, 1]
    assert table.loc[4, ["recency_days_above", "recency_days_up_to"]].tolist() == [10, 20]
    assert table.loc[4, ["orders_above", "orders_up_to"]].tolist() == [1, 2]
    assert table.loc[3, ["orders_above", "orders_up_to"]].tolist() == [1, 1]  # no value: three cuts are tied
    assert pd.isna(table.loc[5, "recency_days_above"])
    assert pd.isna(table.loc[5, "net_revenue_minor_up_to"])


def test_bounds_of_abc_are_whole_minor_units_and_leave_no_gap():
    # a from 900, b from 500: a is above 899; b above 499 up to 899; c up to 499
    expected = pd.DataFrame(
        {
            "class": ["a", "b", "c"],
            "net_revenue_minor_above": [899.0, 499.0, NAN],
            "net_revenue_minor_up_to": [NAN, 899.0, 499.0],
        }
    )
    pd.testing.assert_frame_equal(rule_bounds("abc", CUTS), expected)
    assert rule_bounds("abc", CUTS | {"abc": []}).columns.tolist() == list(expected.columns)


@pytest.mark.parametrize(("scheme", "input_"), [("value_tier", "weighted_sum"), ("frequency_tier", "orders")])
def test_classes_that_no_rule_made_have_no_bounds(scheme, input_):
    segments = pd.DataFrame({"class": ["high", "mid", "low", "lapsed", "never_ordered"], "customers": 1})
    table = with_rule(segments, scheme, CUTS).set_index("class")[f"{input_}_up_to"]
    assert table["low"] == CUTS[scheme][0]
    assert table[["lapsed", "never_ordered"]].isna().all()


def test_the_quadrants_carry_their_letters():
    segments = pd.DataFrame({"class": ["key_retain", "lapsed"], "customers": 1})
    table = with_rule(segments, "rfm_quadrant", CUTS).set_index("class")[["r_score", "f_score", "m_score"]]
    assert table.loc["key_retain"].tolist() == ["L", "H", "H"]
    assert table.loc["lapsed"].isna().all()


def test_abc_shares_are_of_positive_value_and_buyers_without_value_are_counted_apart():
    customers = customer_table(
        [
            ("buyer", 1.0, 1, 1000, 1),
            ("buyer", 1.0, 1, 600, 1),
            ("buyer", 1.0, 1, 400, 1),
            ("buyer", 1.0, 1, -50, 1),
            ("lapsed", 99.0, 0, -30, 0),
        ]
    ).assign(abc=["a", "b", "c", "c", "lapsed"])
    table = abc_classes(customers, 2, CUTS).set_index("class")
    # value 1000 + 600 + 400 = 2000 of 4 buyers; the returns of 50 and 30 are no value
    assert table.loc[["a", "b", "c"], "share_of_value"].tolist() == [0.5, 0.3, 0.2]
    assert table.loc[["a", "b", "c"], "share_of_buyers"].tolist() == [0.25, 0.25, 0.5]
    assert table.loc[["a", "b", "c"], "cumulative_share_of_value"].tolist() == pytest.approx([0.5, 0.8, 1.0])
    assert table.loc[["a", "b", "c"], "buyers_without_value"].tolist() == [0, 0, 1]
    assert table.loc["lapsed", ["share_of_value", "buyers_without_value"]].isna().all()
    assert table["customers"].sum() == 5


def test_without_value_abc_shares_are_missing():
    customers = buyers(2, net_revenue_minor=[0, -5]).assign(abc="not_available")
    table = abc_classes(customers, 2, CUTS | {"abc": []})
    assert table[["share_of_value", "share_of_buyers"]].isna().all(axis=None)


def test_the_age_of_a_class_is_that_of_its_known_first_orders():
    customers = buyers(4).assign(frequency_tier=["high", "high", "high", "low"], tenure_days=[10.0, 30.0, NAN, NAN])
    table = first_order_age(customers, "frequency_tier").set_index("class")
    assert table.loc["high"].tolist() == [3, 2, 20]  # the median of 10 and 30
    assert table.loc["low", ["customers", "known_age"]].tolist() == [1, 0]
    assert pd.isna(table.loc["low", "median_tenure_days"])
    assert table.loc["never_ordered", "customers"] == 0


def test_the_matrix_of_scores_has_all_cells_and_counts_each_buyer_once():
    scored = pd.DataFrame({"r_score": [5.0, 5.0, 1.0, NAN], "f_score": [5.0, 5.0, 2.0, NAN]})
    table = rfm_matrix(scored)
    assert table["r_score"].tolist() == [5, 4, 3, 2, 1]
    assert list(table.columns[1:]) == ["f_score_5", "f_score_4", "f_score_3", "f_score_2", "f_score_1", "customers"]
    assert table["f_score_5"].tolist() == [2, 0, 0, 0, 0]
    assert table["customers"].tolist() == [2, 0, 0, 0, 1]
