import numpy as np
import pandas as pd
import pytest

from analysis.clv import alive_bands, estimate, formula_parts, model_checks, parameter_table, value_by_class
from tests.clv.test_lifetime_value import cdnow_table, customer_table

CLASSES = ("a", "b", "c", "never_ordered")


def scored() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "abc": ["a", "a", "b", "never_ordered"],
            "clv_12_months": [60.0, 20.0, 20.0, np.nan],
            "clv_formula": [120.0, 40.0, 40.0, np.nan],
            "history_revenue_minor": [5_000, 1_000, 4_000, 0],
        }
    )


def test_value_by_class_adds_up_to_all_customers():
    table = value_by_class(scored(), "abc", CLASSES).set_index("class")
    assert table["clv_12_months"].tolist()[:3] == [80, 20, 0]
    assert table["share_of_clv"].tolist()[:3] == [0.8, 0.2, 0]
    assert table.loc["a", "clv_12_months_mean"] == 40
    assert table["history_revenue_minor"].tolist() == [6_000, 4_000, 0, 0]
    assert table["share_of_history"].sum() == 1


def test_a_class_without_value_has_none_and_a_class_without_customers_totals_zero():
    table = value_by_class(scored(), "abc", CLASSES).set_index("class")
    assert table.loc["never_ordered", ["clv_12_months", "share_of_clv", "clv_12_months_mean"]].isna().all()
    assert table.loc["never_ordered", "customers"] == 1
    assert table.loc["c", ["customers", "clv_12_months"]].tolist() == [0, 0]
    assert pd.isna(table.loc["c", "clv_12_months_mean"])


def test_no_share_is_given_of_a_total_that_is_not_positive():
    table = value_by_class(scored().assign(clv_12_months=[-1.0, 0.0, 1.0, np.nan]), "abc", CLASSES)
    assert table["share_of_clv"].isna().all()


def test_the_parts_of_the_formula_by_hand_multiply_to_its_mean():
    # 100 days count as a year: 2 orders, 90.00 -> 2/12 orders and 7.50 a month
    # 730 days: 6 orders, 300.00 -> 6/24 orders and 12.50 a month
    table = customer_table(
        3,
        T=[100.0, 730.0, np.nan],
        history_orders=[2, 6, 0],
        history_revenue_minor=[9_000, 30_000, 0],
        abc=["a", "a", "never_ordered"],
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
    table = customer_table(
        40,
        T=rng.integers(1, 900, 40).astype(float),
        history_orders=rng.integers(1, 9, 40),
        history_revenue_minor=rng.integers(-500, 9_000, 40),
        base="all",
    )
    parts = formula_parts(table, "base", ["all"], lifetime_months=7, minor_units=2)
    formula = estimate(table, minor_units=2, lifetime_months=7).customers["clv_formula"]
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


def states(value):
    return model_checks(value.verdict, value.parameters)["model_state"].tolist()


def test_model_checks_say_of_each_model_whether_it_is_used():
    table = cdnow_table()
    used = estimate(table, minor_units=2)
    assert states(used) == ["used", "used"]
    assert states(estimate(table.assign(age_known=False), minor_units=2)) == ["refused", "not_needed"]
    assert states(estimate(table.assign(mean_repeat_spend=-1.0), minor_units=2)) == ["used", "not_fitted"]
    assert states(estimate(customer_table(5), minor_units=2)) == ["not_fitted", "not_fitted"]
    flat_spend = used.verdict.assign(reason="spend_flat_ridge", method="formula")
    assert model_checks(flat_spend, used.parameters)["model_state"].tolist() == ["used", "refused"]


def test_model_checks_name_the_least_certain_parameter_of_each_model():
    value = estimate(cdnow_table(), minor_units=2)
    checks = model_checks(value.verdict, value.parameters).set_index("model")
    assert checks["uncertain_parameter"].to_dict() == {"bg_nbd": "b", "gamma_gamma": "gamma"}
    largest = value.verdict["largest_relative_error"].item()
    assert checks.loc["bg_nbd", "largest_relative_error"] == pytest.approx(largest)


def test_parameters_carry_their_error_and_the_key_of_their_meaning():
    parameters = pd.DataFrame({"model": ["bg_nbd"], "parameter": ["r"], "estimate": [0.5], "standard_error": [0.1]})
    row = parameter_table(parameters).iloc[0]
    assert (row["relative_error"], row["parameter_meaning"]) == (0.2, "bg_nbd_r")
