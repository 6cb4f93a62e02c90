import numpy as np
import pandas as pd
import pytest

from analysis.clv import BGNBD, GammaGamma, LifetimeValue, Terms, estimate
from tests.clv.shop import NOTHING_TESTED, cdnow_table, customer_table, origin

MODEL_COLUMNS = ["probability_alive", "expected_purchases_12_months", "expected_spend"]


def value_of(table: pd.DataFrame, **terms: float) -> LifetimeValue:
    return estimate(origin(table), NOTHING_TESTED, Terms(**terms))


def test_cdnow_passes_every_check():
    value = value_of(cdnow_table())
    verdict = value.verdict.iloc[0]
    assert (verdict["method"], verdict["reason"]) == ("model", "")
    assert (verdict["n_customers"], verdict["n_repeaters"], verdict["n_zero_spend"]) == (2_357, 946, 0)
    likelihoods = value.models.set_index("model")["log_likelihood"]
    assert likelihoods["bg_nbd"] == pytest.approx(-14363.530443, abs=1e-6)
    assert likelihoods["gamma_gamma"] == pytest.approx(-4055.917695, abs=1e-6)
    # standard error / estimate: r .05, alpha .09, a .23, b .29; p .19, q .08, gamma .27
    assert verdict["uncertain_parameter"] == "b"
    assert verdict["largest_relative_error"] == pytest.approx(0.70540 / 2.425906, rel=1e-4)
    assert value.parameters[["model", "parameter"]].agg(" ".join, axis=1).tolist() == [
        "bg_nbd r",
        "bg_nbd alpha",
        "bg_nbd a",
        "bg_nbd b",
        "gamma_gamma p",
        "gamma_gamma q",
        "gamma_gamma gamma",
    ]


def test_without_a_backtest_the_simplest_model_is_used():
    # the Pareto/NBD of this sample is flat: its beta is known to 53 % only
    value = value_of(cdnow_table())
    assert value.verdict[["purchase_model", "choice", "outcome"]].iloc[0].tolist() == [
        "bg_nbd",
        "default",
        "not_backtested",
    ]
    assert value.models.set_index("model")["model_state"].to_dict() == {
        "bg_nbd": "used",
        "mbg_nbd": "not_chosen",
        "pareto_nbd": "refused",
        "gamma_gamma": "used",
        "gamma_gamma_by_frequency": "not_chosen",
    }


def test_value_is_purchases_times_spend_over_365_days():
    table = cdnow_table()
    value = value_of(table).customers
    repeat = table["mean_repeat_spend"] > 0
    purchases = BGNBD().fit(table["x"], table["t_x"], table["T"])
    spend = GammaGamma().fit(table["x"][repeat], table["mean_repeat_spend"][repeat])
    expected = purchases.expected_purchases(365, table["x"], table["t_x"], table["T"])
    expected = expected * spend.expected_spend(table["x"], table["mean_repeat_spend"].fillna(0))
    np.testing.assert_allclose(value["clv_12_months"], expected, rtol=1e-6)


def test_value_is_net_of_the_share_that_refunds_took():
    gross, net = (value_of(cdnow_table().assign(revenue=revenue)).customers for revenue in (30.0, 24.0))
    np.testing.assert_allclose(net["clv_12_months"], 0.8 * gross["clv_12_months"])
    np.testing.assert_allclose(net["clv_12_months_high"], 0.8 * gross["clv_12_months_high"])


def test_horizons_add_up_to_their_totals_and_grow():
    value = value_of(cdnow_table())
    totals = value.customers[["revenue_3_months", "revenue_6_months", "clv_12_months"]].sum()
    np.testing.assert_allclose(totals, value.outlook["expected"])
    assert (value.customers["revenue_3_months"] < value.customers["revenue_6_months"]).all()
    assert (value.outlook["present_value"] < value.outlook["expected"]).all()


def test_revenue_at_risk_is_what_the_active_would_bring_times_the_chance_that_they_left():
    value = value_of(cdnow_table()).customers.dropna()
    alive, mean = value["probability_alive"], value["clv_12_months"]
    np.testing.assert_allclose(value["at_risk_12_months"], (1 - alive) * (mean / alive))


def test_a_customers_range_holds_its_value_unless_most_bring_nothing():
    value = value_of(cdnow_table()).customers
    assert (value["clv_12_months_low"] <= value["clv_12_months"]).all()
    busy = value[value["expected_purchases_12_months"] > 3]
    assert (busy["clv_12_months_high"] > busy["clv_12_months"]).all()


def test_nothing_backtested_leaves_the_usual_drift_and_says_so():
    value = value_of(cdnow_table())
    assert value.outlook[["origins", "non_overlapping"]].eq(0).all(axis=None)
    assert value.outlook["expected_low"].lt(value.outlook["expected"]).all()
    assert value.drift.groupby("months")["weight"].sum().tolist() == pytest.approx([1, 1, 1])


def test_no_probability_alive_is_claimed_without_a_repeat_purchase():
    value = value_of(cdnow_table()).customers
    once = cdnow_table()["x"] == 0
    assert value["probability_alive"].isna().equals(once)
    assert value["clv_12_months"].notna().all()


def test_repeater_without_money_gets_the_population_mean_and_is_counted():
    table = cdnow_table()
    spender = table.index[table["x"] == 2][0]
    table.loc[spender, "mean_repeat_spend"] = -3.0
    value = value_of(table)
    once = table.index[table["x"] == 0][0]
    assert value.verdict["n_zero_spend"].item() == 1
    assert value.customers["expected_spend"][spender] == value.customers["expected_spend"][once]


def test_formula_by_hand():
    # 90.00 in 100 days: not extrapolated, so 90.00 a year; 300.00 in 730 days: 150.00 a year, 300.00 over 24 months
    table = customer_table(2, T=[100.0, 730.0], revenue=[90.0, 300.0])
    value = value_of(table, lifetime_months=24).customers
    assert value["clv_12_months"].tolist() == pytest.approx([90, 150])
    assert value["clv_formula"].tolist() == pytest.approx([180, 300])


@pytest.mark.parametrize("n", [0, 1, 50])
def test_without_a_repeat_purchase_the_formula_takes_over(n):
    value = value_of(customer_table(n))
    verdict = value.verdict.iloc[0]
    assert (verdict["method"], verdict["reason"], verdict["n_customers"]) == ("formula", "no_repeaters", n)
    assert value.customers["clv_12_months"].tolist() == pytest.approx([20] * n)
    assert value.customers[[*MODEL_COLUMNS, "clv_12_months_low", "at_risk_12_months"]].isna().all(axis=None)
    assert value.parameters.empty


def test_few_repeaters_are_counted():
    repeat = np.arange(100) < 29
    table = customer_table(100, x=repeat * 1.0, t_x=repeat * 9.0, mean_repeat_spend=np.where(repeat, 5.0, np.nan))
    verdict = value_of(table).verdict.iloc[0]
    assert (verdict["reason"], verdict["n_repeaters"], verdict["min_repeaters"]) == ("few_repeaters", 29, 30)


@pytest.mark.parametrize(("n_known", "reason"), [(1_178, "ages_unknown"), (1_179, "")])
def test_unknown_ages_forbid_the_model_below_half(n_known, reason):
    table = cdnow_table().assign(age_known=np.arange(2_357) < n_known)
    verdict = value_of(table).verdict.iloc[0]
    assert verdict["reason"] == reason
    assert verdict["age_known_share"] == n_known / 2_357
    assert value_of(table, min_age_known_share=0).verdict["reason"].item() == ""


def test_spend_that_varies_not_at_all_leaves_the_purchase_model_standing():
    table = cdnow_table()
    table["mean_repeat_spend"] = table["mean_repeat_spend"].where(table["x"] == 0, 10.0)
    value = value_of(table)
    verdict = value.verdict.iloc[0]
    assert (verdict["method"], verdict["reason"][:6]) == ("formula", "spend_")
    assert value.customers["expected_purchases_12_months"].notna().all()
    assert value.customers["expected_spend"].isna().all()
    assert value.customers["clv_12_months"].tolist() == value.customers["clv_formula"].tolist()


def test_too_few_spenders_are_counted():
    table = cdnow_table()
    table["mean_repeat_spend"] = table["mean_repeat_spend"].where(table["x"] > 12, 0.0)
    verdict = value_of(table).verdict.iloc[0]
    assert verdict["reason"] == "few_spenders"
    assert verdict["n_spenders"] == (cdnow_table()["x"] > 12).sum()


def test_models_refused_and_missing_say_so():
    table = cdnow_table()
    states = {
        "unknown ages": table.assign(age_known=False),
        "no spend": table.assign(mean_repeat_spend=-1.0),
        "nobody twice": customer_table(5),
    }
    found = {name: value_of(rows).models["model_state"].tolist() for name, rows in states.items()}
    assert found == {
        "unknown ages": ["refused", "refused", "refused", "not_chosen", "not_chosen"],
        "no spend": ["used", "not_chosen", "refused", "not_fitted", "not_fitted"],
        "nobody twice": ["not_fitted"] * 5,
    }


def test_the_order_of_customers_changes_nothing():
    table = cdnow_table()
    turned = table.iloc[::-1].reset_index(drop=True)
    one, other = (value_of(rows).customers.set_index("customer_id") for rows in (table, turned))
    pd.testing.assert_frame_equal(one, other.loc[one.index], rtol=1e-9)


def test_refunds_above_sales_leave_no_value_rather_than_a_negative_one():
    value = value_of(cdnow_table().assign(revenue=-1.0))
    assert value.verdict["kept_share"].item() == 0
    assert value.customers[["clv_12_months", "clv_12_months_low", "clv_12_months_high"]].eq(0).all(axis=None)
    assert value.outlook["expected"].eq(0).all()
    assert value.outlook["expected_low"].isna().all()
