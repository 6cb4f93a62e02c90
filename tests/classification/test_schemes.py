"""Schemes that must not load, and cut points that must not be used."""

import re

import pandas as pd
import pytest

from analysis.classification import SCHEMES, classify, fit_cutoffs
from analysis.classification.code_list import CodeList
from analysis.classification.cumulative_share import CumulativeShare
from analysis.classification.schemes import RFM, RFM_QUADRANTS, RFM_SEGMENTS, Scheme
from analysis.classification.tiers import Tiers
from analysis.classification.truth_table import TruthTable
from analysis.errors import InputError
from tests.classification.customer_tables import buyers, customer_table

THIRDS = {"high": 20, "mid": 50, "low": 100}


@pytest.mark.parametrize(
    ("segments", "fault"),
    [
        pytest.param(RFM_SEGMENTS | {"lost": "151 141 131 121 112"}, "not covered: 111", id="hole"),
        pytest.param(RFM_SEGMENTS | {"lost": "151 141 131 121 112 111 555"}, "listed twice: 555", id="overlap"),
        pytest.param(RFM_SEGMENTS | {"others": ""}, "class without a code: others", id="unreachable"),
        pytest.param(RFM_SEGMENTS | {"others": "666"}, "unknown: 666", id="unknown code"),
    ],
)
def test_a_code_list_that_is_no_partition_fails_to_load(segments: dict[str, str], fault: str):
    with pytest.raises(ValueError, match=fault):
        CodeList(RFM, segments)


def test_a_truth_table_that_is_no_partition_fails_to_load():
    with pytest.raises(ValueError, match="not covered: LLL; listed twice: HHH"):
        TruthTable(RFM, RFM_QUADRANTS | {"general_win_back": "HHH"})


@pytest.mark.parametrize("shares", [{"a": 80, "b": 95}, {"a": 80, "b": 80, "c": 100}, {"a": 0, "b": 100}, {}])
def test_shares_that_are_no_partition_fail_to_load(shares: dict[str, int]):
    with pytest.raises(ValueError, match="cumulative shares must rise"):
        CumulativeShare("value", shares)
    with pytest.raises(ValueError, match="cumulative shares must rise"):
        Tiers({"orders": 1}, shares)


@pytest.mark.parametrize("weights", [{}, {"orders": 0}, {"orders": -1, "category_breadth": 2}])
def test_weights_that_turn_the_order_round_fail_to_load(weights: dict[str, int]):
    with pytest.raises(ValueError, match="weights must be above 0"):
        Tiers(weights, THIRDS)


def test_a_class_that_is_also_a_status_fails_to_load():
    with pytest.raises(ValueError, match="declared twice"):
        Scheme("frequency_tier", Tiers({"orders": 1}, {"high": 20, "lapsed": 100}))


def test_class_keys_and_their_order_are_public():
    status = ("lapsed", "never_ordered")
    assert {name: scheme.classes for name, scheme in SCHEMES.items()} == {
        "rfm_segment": (
            "champions",
            "loyal",
            "potential_loyalist",
            "new_customers",
            "promising",
            "need_attention",
            "about_to_sleep",
            "at_risk",
            "cannot_lose_them",
            "hibernating",
            "lost",
            *status,
        ),
        "rfm_quadrant": (
            "key_value",
            "key_retain",
            "key_develop",
            "key_win_back",
            "general_value",
            "general_retain",
            "general_develop",
            "general_win_back",
            *status,
        ),
        "abc": ("a", "b", "c", "not_available", *status),
        "value_tier": ("high", "mid", "low", *status),
        "frequency_tier": ("high", "mid", "low", *status),
    }
    assert [name for name, scheme in SCHEMES.items() if scheme.ordered] == ["abc", "value_tier", "frequency_tier"]


def test_tiers_weigh_their_inputs():
    tiers = Tiers({"orders": 1, "category_breadth": 10}, THIRDS)
    customers = buyers(10, orders=list(range(1, 11)), category_breadth=[1] * 9 + [2])
    # sums 11 to 19, then 10 + 20 = 30; ranks ceil(10 x 50 %) = 5 and ceil(10 x 80 %) = 8 hold 15 and 18
    assert tiers.fit(customers) == [15, 18]
    assert tiers.assign(customers, [15, 18]).tolist() == ["low"] * 5 + ["mid"] * 3 + ["high"] * 2


def test_a_tie_across_a_line_is_in_the_lower_tier():
    customers = buyers(10, orders=[1] * 9 + [2])
    # ranks 5 and 8 both hold 1 order: nobody is mid, and the nine equal buyers are all low
    assert fit_cutoffs(customers)["frequency_tier"] == [1, 1]
    classes = classify(customers, fit_cutoffs(customers)).customers["frequency_tier"]
    assert classes.tolist() == ["low"] * 9 + ["high"]


def test_a_customer_without_orders_is_never_scored():
    customers = customer_table(
        [("buyer", 1.0, 3, 500, 2), ("lapsed", 150.0, 0, -20, 0), ("never_ordered", float("nan"), 0, 0, 0)]
    )
    classes = classify(customers, fit_cutoffs(customers)).customers.set_index("customer_id")
    assert classes.loc["c0001", list(SCHEMES)].unique().tolist() == ["lapsed"]
    assert classes.loc["c0002", list(SCHEMES)].unique().tolist() == ["never_ordered"]
    assert classes["r_score"].isna().tolist() == [False, True, True]


def test_no_customers_give_no_rows_with_the_same_columns():
    customers = buyers(3)
    cutoffs = fit_cutoffs(customers)
    expected = classify(customers, cutoffs).customers
    nobody = classify(customers.head(0), cutoffs).customers
    assert nobody.empty
    assert nobody.dtypes.equals(expected.dtypes)


def test_a_month_in_which_nobody_bought_has_only_the_statuses():
    customers = customer_table([("lapsed", 150.0, 0, 0, 0), ("never_ordered", float("nan"), 0, 0, 0)])
    classes = classify(customers, fit_cutoffs(buyers(3))).customers
    assert (classes[list(SCHEMES)].eq(customers["buyer_status"], axis=0)).all(axis=None)


def test_a_baseline_in_which_nobody_bought_is_refused():
    with pytest.raises(InputError, match="BASELINE: nobody bought in the window of the baseline month"):
        fit_cutoffs(customer_table([("lapsed", 150.0, 0, 0, 0)]))


GOOD = fit_cutoffs(buyers(10, orders=list(range(1, 11)), net_revenue_minor=list(range(100, 1100, 100))))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("f_score", [1, 2, 3], id="too few"),
        pytest.param("f_score", [4, 3, 2, 1], id="descending"),
        pytest.param("m_score", [1, 2, 3, "4"], id="text"),
        pytest.param("m_score", [1, 2, 3, float("nan")], id="not a number"),
        pytest.param("r_score", [1, 2, 3, True], id="truth value"),
        pytest.param("rfm_segment", [1], id="cuts where there are none"),
        pytest.param("rfm_quadrant", [3.0, 3.0], id="a mean is missing"),
        pytest.param("abc", [1], id="one of two lines"),
        pytest.param("value_tier", None, id="null"),
        pytest.param("frequency_tier", {"high": 3, "mid": 2}, id="not a list"),
    ],
)
def test_malformed_cut_points_are_refused_by_name(name: str, value: object):
    with pytest.raises(InputError, match=re.escape(f"cutoffs.json, {name}: ") + ".*make cutoffs"):
        classify(buyers(2), GOOD | {name: value})


def test_missing_cut_points_are_refused():
    with pytest.raises(InputError, match=r"r_score.*Got nothing.*make cutoffs"):
        classify(buyers(2), {})


def test_frozen_cuts_classify_another_month_without_fitting():
    cutoffs = fit_cutoffs(buyers(10, orders=list(range(1, 11))))
    # baseline cuts at ranks 5 and 8: 5 and 8 orders; next month everybody orders ten times more
    later = buyers(10, orders=list(range(10, 110, 10)))
    assert set(classify(later, cutoffs).customers["frequency_tier"]) == {"high"}


def test_any_row_index_keeps_customers_and_classes_together():
    customers = buyers(4, orders=[1, 2, 3, 4])
    cutoffs = fit_cutoffs(customers)
    expected = classify(customers, cutoffs).customers
    pd.testing.assert_frame_equal(classify(customers.set_axis([7, 3, 9, 1]), cutoffs).customers, expected)
