"""What holds for every scheme on any customer table."""

import json
from itertools import product
from random import Random

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.classification import NOT_BUYERS, SCHEMES, classify, fit_cutoffs, summary
from tests.classification.customer_tables import COLUMNS, buyers, customer_table, customer_tables

SCHEME_NAMES = list(SCHEMES)
repeatable = settings(max_examples=40, derandomize=True, deadline=None, database=None)


def with_classes(customers: pd.DataFrame) -> pd.DataFrame:
    return customers.merge(classify(customers, fit_cutoffs(customers)).customers, on="customer_id")


@repeatable
@given(customer_tables)
def test_every_customer_has_exactly_one_class_and_counts_sum_to_the_base(customers: pd.DataFrame):
    classified = with_classes(customers)
    assert list(classified["customer_id"]) == list(customers["customer_id"])
    for name, scheme in SCHEMES.items():
        assert set(classified[name]) <= set(scheme.classes)
        table = summary(classified, name, minor_units=2)
        assert table["customers"].sum() == len(customers)
        assert table["net_revenue_minor"].sum() == customers["net_revenue_minor"].sum()
    others = classified[classified["buyer_status"] != "buyer"]
    bought = classified[classified["buyer_status"] == "buyer"]
    assert others[["r_score", "f_score", "m_score"]].isna().all(axis=None)
    assert bought[["r_score", "f_score", "m_score"]].isin(range(1, 6)).all(axis=None)
    for name in SCHEME_NAMES:
        assert (others[name] == others["buyer_status"]).all()
        assert not bought[name].isin(NOT_BUYERS).any()


@repeatable
@given(customer_tables, st.randoms(use_true_random=False))
def test_row_order_and_ids_never_matter_and_equals_stay_equal(customers: pd.DataFrame, random: Random):
    order = list(range(len(customers)))
    random.shuffle(order)
    moved = customers.iloc[order].assign(customer_id=[f"renamed{place}" for place in range(len(order))])
    assert fit_cutoffs(moved) == fit_cutoffs(customers)
    columns = ["r_score", "f_score", "m_score", *SCHEME_NAMES]
    classified = with_classes(customers)
    expected = classified[columns].iloc[order].reset_index(drop=True)
    pd.testing.assert_frame_equal(with_classes(moved)[columns], expected)
    per_kind_of_customer = classified.groupby(COLUMNS, dropna=False)[SCHEME_NAMES].nunique()
    assert per_kind_of_customer.max(axis=None) == 1


@repeatable
@given(
    customer_tables,
    st.sampled_from(["recency_days", "orders", "net_revenue_minor", "category_breadth"]),
    st.integers(1, 3000),
)
def test_a_better_value_never_lowers_a_score_or_an_ordered_class(customers: pd.DataFrame, column: str, by: int):
    cutoffs = fit_cutoffs(customers)
    better_by = -by if column == "recency_days" else by
    better = customers.assign(**{column: customers[column] + better_by})
    before, after = (classify(table, cutoffs).customers for table in (customers, better))
    bought = customers["buyer_status"] == "buyer"
    for score in ("r_score", "f_score", "m_score"):
        assert (after.loc[bought, score] >= before.loc[bought, score]).all()
    for name, scheme in SCHEMES.items():
        if scheme.ordered:
            places = {key: place for place, key in enumerate(scheme.ordered_classes)} | {"not_available": 0}
            assert (after.loc[bought, name].map(places) <= before.loc[bought, name].map(places)).all()


@repeatable
@given(customer_tables)
def test_cut_points_survive_json_unchanged(customers: pd.DataFrame):
    cutoffs = fit_cutoffs(customers)
    restored = json.loads(json.dumps(cutoffs))
    assert restored == cutoffs
    assert all(type(cut) is int for name in ("m_score", "abc", "frequency_tier") for cut in restored[name])
    pd.testing.assert_frame_equal(classify(customers, restored).customers, classify(customers, cutoffs).customers)


def reachable() -> dict[str, set[str]]:
    """Return the classes that some customer reaches: one buyer per combination of scores, and the others."""
    scores = product(range(1, 6), repeat=4)
    grid = customer_table([("buyer", 10.0 * (6 - r), f, m**3, breadth) for r, f, m, breadth in scores])
    others = customer_table([("lapsed", 200.0, 0, 0, 0), ("never_ordered", float("nan"), 0, 0, 0)])
    everybody = pd.concat([grid, others], ignore_index=True)
    classes = classify(everybody, fit_cutoffs(everybody)).customers
    worthless = buyers(2, net_revenue_minor=[0, -5])
    nothing = classify(worthless, fit_cutoffs(worthless)).customers
    return {name: set(classes[name]) | set(nothing[name]) for name in SCHEME_NAMES}


@pytest.mark.parametrize("name", SCHEME_NAMES)
def test_every_class_can_be_reached(name: str):
    assert reachable()[name] == set(SCHEMES[name].classes)
