import numpy as np
import pandas as pd
import pytest

from analysis.clv import BGNBD, GammaGamma, estimate
from tests.clv.cdnow import customers as cdnow_customers

MODEL_COLUMNS = ["probability_alive", "expected_purchases_12_months", "expected_spend"]


def customer_table(n: int, **columns: object) -> pd.DataFrame:
    """Return n customers who bought once for 20.00 100 days ago, with the given columns instead."""
    usual = {
        "age_known": True,
        "x": 0.0,
        "t_x": 0.0,
        "T": 100.0,
        "mean_repeat_spend": np.nan,
        "history_orders": 1,
        "history_revenue_minor": 2_000,
    }
    ids = [f"c{number:05d}" for number in range(n)]
    return pd.DataFrame({"customer_id": ids, **usual, **columns}, index=range(n))


def cdnow_table() -> pd.DataFrame:
    table = cdnow_customers().reset_index()
    return table.assign(
        age_known=True,
        mean_repeat_spend=table["mean_spend"],
        history_orders=table["x"] + 1,
        history_revenue_minor=3_000,
    ).astype({"x": float, "t_x": float, "T": float})


def test_cdnow_passes_every_check():
    value = estimate(cdnow_table(), minor_units=2)
    verdict = value.verdict.iloc[0]
    assert (verdict["method"], verdict["reason"]) == ("model", "")
    assert (verdict["n_customers"], verdict["n_repeaters"], verdict["n_zero_spend"]) == (2_357, 946, 0)
    assert verdict["log_likelihood"] == pytest.approx(-14363.530443, abs=1e-6)
    assert verdict["spend_log_likelihood"] == pytest.approx(-4055.917695, abs=1e-6)
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


def test_value_is_purchases_times_spend_over_365_days():
    table = cdnow_table()
    value = estimate(table, minor_units=2).customers
    repeat = table["mean_spend"] > 0
    purchases = BGNBD().fit(table["x"], table["t_x"], table["T"])
    spend = GammaGamma().fit(table["x"][repeat], table["mean_spend"][repeat])
    expected = purchases.expected_purchases(365, table["x"], table["t_x"], table["T"])
    expected = expected * spend.expected_spend(table["x"], table["mean_spend"])
    pd.testing.assert_series_equal(value["clv_12_months"], pd.Series(expected, name="clv_12_months"))


def test_no_probability_alive_is_claimed_without_a_repeat_purchase():
    value = estimate(cdnow_table(), minor_units=2).customers
    once = cdnow_table()["x"] == 0
    assert value["probability_alive"].isna().equals(once)
    assert value["clv_12_months"].notna().all()


def test_never_ordered_customers_have_no_value_and_keep_their_row():
    nobody = customer_table(
        2, x=np.nan, t_x=np.nan, T=np.nan, history_orders=0, history_revenue_minor=0, age_known=False
    )
    table = pd.concat([nobody[:1], cdnow_table(), nobody[1:]])
    value = estimate(table, minor_units=2)
    assert value.customers["customer_id"].tolist() == table["customer_id"].tolist()
    assert value.customers.iloc[[0, -1]].drop(columns="customer_id").isna().all(axis=None)
    assert value.verdict["n_customers"].item() == 2_357
    assert value.verdict["method"].item() == "model"


def test_repeater_without_money_gets_the_population_mean_and_is_counted():
    table = cdnow_table()
    spender = table.index[table["x"] == 2][0]
    table.loc[spender, "mean_repeat_spend"] = -3.0
    value = estimate(table, minor_units=2)
    once = table.index[table["x"] == 0][0]
    assert value.verdict["n_zero_spend"].item() == 1
    assert value.customers["expected_spend"][spender] == value.customers["expected_spend"][once]


def test_formula_by_hand():
    # 2 orders, 90.00 in 100 days: not extrapolated, so 45.00 x 2/12 a month x 12 months = 90.00
    # 6 orders, 300.00 in 730 days: 50.00 x 3/12 a month x 12 months = 150.00; over 24 months 300.00
    table = customer_table(2, T=[100.0, 730.0], history_orders=[2, 6], history_revenue_minor=[9_000, 30_000])
    value = estimate(table, minor_units=2, lifetime_months=24).customers
    assert value["clv_12_months"].tolist() == pytest.approx([90, 150])
    assert value["clv_formula"].tolist() == pytest.approx([180, 300])


def test_currency_without_minor_units():
    table = customer_table(1, T=365.0, history_revenue_minor=2_000)
    assert estimate(table, minor_units=0).customers["clv_12_months"].tolist() == [2_000]


@pytest.mark.parametrize("n", [0, 1, 50])
def test_without_a_repeat_purchase_the_formula_takes_over(n):
    value = estimate(customer_table(n), minor_units=2)
    verdict = value.verdict.iloc[0]
    assert (verdict["method"], verdict["reason"], verdict["n_customers"]) == ("formula", "no_repeaters", n)
    assert value.customers["clv_12_months"].tolist() == [20] * n
    assert value.customers[MODEL_COLUMNS].isna().all(axis=None)
    assert value.parameters.empty


def test_few_repeaters_are_counted():
    repeat = np.arange(100) < 29
    table = customer_table(100, x=repeat * 1.0, t_x=repeat * 9.0, mean_repeat_spend=np.where(repeat, 5.0, np.nan))
    verdict = estimate(table, minor_units=2).verdict.iloc[0]
    assert (verdict["reason"], verdict["n_repeaters"], verdict["min_repeaters"]) == ("few_repeaters", 29, 30)


@pytest.mark.parametrize(("n_known", "reason"), [(1_178, "ages_unknown"), (1_179, "")])
def test_unknown_ages_forbid_the_model_below_half(n_known, reason):
    table = cdnow_table().assign(age_known=np.arange(2_357) < n_known)
    verdict = estimate(table, minor_units=2).verdict.iloc[0]
    assert verdict["reason"] == reason
    assert verdict["age_known_share"] == n_known / 2_357
    assert estimate(table, minor_units=2, min_age_known_share=0).verdict["reason"].item() == ""


def test_spend_that_varies_not_at_all_leaves_the_purchase_model_standing():
    table = cdnow_table()
    table["mean_repeat_spend"] = table["mean_repeat_spend"].where(table["x"] == 0, 10.0)
    value = estimate(table, minor_units=2)
    verdict = value.verdict.iloc[0]
    assert (verdict["method"], verdict["reason"][:6]) == ("formula", "spend_")
    assert value.customers["expected_purchases_12_months"].notna().all()
    assert value.customers["expected_spend"].isna().all()
    assert value.customers["clv_12_months"].tolist() == value.customers["clv_formula"].tolist()


def test_too_few_spenders_are_counted():
    table = cdnow_table()
    table["mean_repeat_spend"] = table["mean_repeat_spend"].where(table["x"] > 12, 0.0)
    verdict = estimate(table, minor_units=2).verdict.iloc[0]
    assert verdict["reason"] == "few_spenders"
    assert verdict["n_spenders"] == (cdnow_table()["x"] > 12).sum()
