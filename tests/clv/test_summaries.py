from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.clv import Terms, alive_bands, estimate, formula_parts, parameter_table, spend_bands, value_by_class
from tests.clv.shop import NOTHING_TESTED, cdnow_table, customer_table, origin

CLASSES = ("a", "b", "c", "never_ordered")


@pytest.fixture(scope="module")
def value():
    return estimate(origin(cdnow_table()), NOTHING_TESTED)


def scored(**columns: list[float]) -> pd.DataFrame:
    values = [60.0, 20.0, 20.0, np.nan]
    usual = {
        "abc": ["a", "a", "b", "never_ordered"],
        "revenue_3_months": values,
        "revenue_6_months": values,
        "clv_12_months": values,
        "clv_12_months_variance": [9.0, 16.0, 4.0, np.nan],
        "purchase_probability_12_months": [0.9, 0.9, 0.9, np.nan],
        "at_risk_12_months": values,
        "clv_formula": [120.0, 40.0, 40.0, np.nan],
        "history_revenue_minor": [5_000, 1_000, 4_000, 0],
    }
    return pd.DataFrame({**usual, **columns})


def test_value_by_class_adds_up_to_all_customers(value):
    table = value_by_class(scored(), "abc", CLASSES, value).set_index("class")
    assert table["clv_12_months"].tolist()[:3] == [80, 20, 0]
    assert table["share_of_clv"].tolist()[:3] == [0.8, 0.2, 0]
    assert table.loc["a", "clv_12_months_mean"] == 40
    assert table["history_revenue_minor"].tolist() == [6_000, 4_000, 0, 0]
    assert table["share_of_history"].sum() == 1


def test_a_class_without_value_has_none_and_a_class_without_customers_totals_zero(value):
    table = value_by_class(scored(), "abc", CLASSES, value).set_index("class")
    assert table.loc["never_ordered", ["clv_12_months", "share_of_clv", "clv_12_months_mean"]].isna().all()
    assert table.loc["never_ordered", "customers"] == 1
    assert table.loc["c", ["customers", "clv_12_months"]].tolist() == [0, 0]
    assert pd.isna(table.loc["c", "clv_12_months_mean"])


def test_no_share_is_given_of_a_total_that_is_not_positive(value):
    table = value_by_class(scored(clv_12_months=[-1.0, 0.0, 1.0, np.nan]), "abc", CLASSES, value)
    assert table["share_of_clv"].isna().all()


def test_the_range_of_a_class_grows_with_chance_and_never_falls_below_what_all_share(value):
    # class a: chance (9 + 16) / 80^2, standard deviation 6.25 %; without it parameters and drift are left
    steady = scored(clv_12_months_variance=[0.0, 0.0, 0.0, np.nan])
    by_chance, shared = (
        value_by_class(table, "abc", CLASSES, value).set_index("class") for table in (scored(), steady)
    )
    width = {
        name: np.log(table["clv_12_months_high"] / table["clv_12_months_low"]) / 2
        for name, table in (("chance", by_chance), ("shared", shared))
    }
    assert width["shared"]["a"] == pytest.approx(width["shared"]["b"])
    assert width["shared"]["a"] < width["chance"]["a"] < width["chance"]["b"]  # b: 4 / 20^2, 10 %


@pytest.mark.parametrize("n", [1, 5, 20, 200])
def test_ranges_of_small_classes_hold_what_simulated_customers_bring(value, n):
    # each buys with a chance of .3 for a gamma distributed amount of mean 50; nothing but chance is in this
    rng, chance, mean = np.random.default_rng(n), 0.3, 50.0
    came = np.where(rng.random((4_000, n)) < chance, rng.gamma(2, mean / 2, (4_000, n)), 0).sum(axis=1)
    square = chance * mean**2 * 1.5
    customer = {"clv_12_months": chance * mean, "clv_12_months_variance": square - (chance * mean) ** 2}
    customer |= {"purchase_probability_12_months": chance, "abc": "a", "history_revenue_minor": 1}
    customer |= dict.fromkeys(("revenue_3_months", "revenue_6_months", "at_risk_12_months", "clv_formula"), 1.0)
    certain = value.drift.assign(weight=(value.drift["drift"] == value.drift["drift"].min()).astype(float))
    known = replace(value, drift=certain, verdict=value.verdict.assign(parameter_variance=0.0))
    row = value_by_class(pd.DataFrame([customer] * n), "abc", CLASSES, known).set_index("class").loc["a"]
    inside = np.mean((row["clv_12_months_low"] <= came) & (came <= row["clv_12_months_high"]))
    assert 0.88 <= inside <= 0.96


def test_a_class_whose_spend_has_no_variance_has_no_range(value):
    table = value_by_class(scored(clv_12_months_variance=[np.inf, 1.0, 4.0, np.nan]), "abc", CLASSES, value)
    assert table["clv_12_months_low"].isna().tolist() == [True, False, True, True]


def test_the_formula_gives_no_class_a_range():
    by_formula = estimate(origin(customer_table(5)), NOTHING_TESTED)
    unknown = scored(clv_12_months_variance=[np.nan] * 4)
    table = value_by_class(unknown, "abc", CLASSES, by_formula)
    assert table[["clv_12_months_low", "clv_12_months_high"]].isna().all(axis=None)


def test_the_parts_of_the_formula_by_hand_multiply_to_its_mean():
    # 100 days count as a year: 2 orders, 90.00 -> 2/12 orders and 7.50 a month
    # 730 days: 6 orders, 300.00 -> 6/24 orders and 12.50 a month
    table = pd.DataFrame(
        {
            "T": [100.0, 730.0, np.nan],
            "history_orders": [2, 6, 0],
            "history_revenue_minor": [9_000, 30_000, 0],
            "abc": ["a", "a", "never_ordered"],
        }
    )
    parts = formula_parts(table, "abc", CLASSES, lifetime_months=24, minor_units=2).set_index("class")
    orders = (2 / 12 + 6 / 24) / 2
    assert parts.loc["a", "orders_per_month"] == pytest.approx(orders)
    assert parts.loc["a", "average_order_value"] == pytest.approx((7.5 + 12.5) / (2 / 12 + 6 / 24))
    assert parts.loc["a", "clv_formula_mean"] == pytest.approx(24 * 20 / 2)
    assert parts.loc["never_ordered", "customers"] == 0
    assert parts.loc[["b", "never_ordered"], "clv_formula_mean"].isna().all()


def test_the_parts_of_the_formula_agree_with_the_estimate():
    rng = np.random.default_rng(3)
    age, orders = rng.integers(1, 900, 40).astype(float), rng.integers(1, 9, 40)
    revenue = rng.integers(-500, 9_000, 40)
    table = pd.DataFrame({"T": age, "history_orders": orders, "history_revenue_minor": revenue, "base": "all"})
    parts = formula_parts(table, "base", ["all"], lifetime_months=7, minor_units=2)
    customers = customer_table(40, T=age, revenue=revenue / 100)
    formula = estimate(origin(customers), NOTHING_TESTED, Terms(lifetime_months=7)).customers["clv_formula"]
    assert parts["clv_formula_mean"].item() == pytest.approx(formula.mean())


def test_every_probability_falls_into_one_band_and_ends_belong_above():
    table = pd.DataFrame({"probability_alive": [0.0, 0.0999, 0.1, 0.3, 0.999, 1.0, np.nan], "clv_12_months": 1.0})
    bands = alive_bands(table)
    assert bands["customers"].tolist() == [2, 1, 0, 1, 0, 0, 0, 0, 0, 2]
    assert bands["alive_percent_low"].tolist() == list(range(0, 100, 10))
    assert bands["share_of_customers"].sum() == pytest.approx(1)
    assert bands["clv_12_months"].sum() == 6


def test_there_are_no_bands_without_a_probability():
    assert alive_bands(pd.DataFrame({"probability_alive": [np.nan], "clv_12_months": [1.0]})).empty


def test_bands_of_frequency_are_shown_with_both_ends():
    bands = spend_bands(pd.DataFrame({"x_from": [0, 3, 6], "x_to": [0.0, 5.0, np.nan]}))
    assert bands["repeat_purchases_above"].tolist() == [-1, 2, 5]
    assert bands["repeat_purchases_up_to"].tolist()[:2] == [0, 5]


def test_parameters_carry_their_error_and_the_key_of_their_meaning():
    parameters = pd.DataFrame({"model": ["bg_nbd"], "parameter": ["r"], "estimate": [0.5], "standard_error": [0.1]})
    row = parameter_table(parameters).iloc[0]
    assert (row["relative_error"], row["parameter_meaning"]) == (0.2, "bg_nbd_r")
