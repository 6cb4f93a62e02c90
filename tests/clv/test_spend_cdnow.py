"""Spend that depends on frequency on CDNOW: a second implementation, and what the holdout says."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from scipy.optimize import minimize
from scipy.stats import betaprime

from analysis.clv import BGNBD, GammaGammaByFrequency, spend_dependence
from tests.clv.cdnow import CALIBRATION_END, TRANSACTIONS, customers, history, repeat_spend

HOLDOUT_DAYS = 39 * 7


def test_estimate_is_the_maximum_of_a_second_implementation():
    # total / rate is a ratio of two gammas: beta prime (p x, q); the density of the mean is that of the total times x
    table = repeat_spend()
    x, spend = table["x"].to_numpy(), table["mean_spend"].to_numpy()

    def loss(log_parameters):
        p, q, gamma, kappa = np.exp(log_parameters)
        return -(betaprime.logpdf(x * spend, p * x, q, scale=gamma * x ** np.log(kappa)) + np.log(x)).sum()

    model = GammaGammaByFrequency().fit(x, spend)
    found = minimize(loss, np.log([6, 4, 15, 1]), method="Nelder-Mead", options={"xatol": 1e-8, "maxiter": 4000})
    assert_allclose(list(model.params_.values()), np.exp(found.x), rtol=1e-4)
    assert model.log_likelihood_ == pytest.approx(-found.fun, abs=1e-6)


def holdout_spend() -> pd.DataFrame:
    """Return per customer of the master: purchase days of the holdout and their total spend."""
    lines = pd.read_parquet(TRANSACTIONS)
    lines = lines.assign(day=pd.to_datetime(lines["order_date"]), amount=lines["amount"].astype(float))
    later = lines[lines["day"] > CALIBRATION_END]
    days = later.groupby(["customer_id", "day"], as_index=False)["amount"].sum()
    return days.groupby("customer_id")["amount"].agg(days="size", spend="sum")


def test_what_is_significant_in_calibration_is_not_better_in_the_holdout():
    table = customers(sample=False)
    purchases = BGNBD().fit(*history(sample=False)).expected_purchases(HOLDOUT_DAYS, *history(sample=False))
    result = spend_dependence(table["x"], table["mean_spend"], purchases)
    verdict = result.verdict.iloc[0]
    assert verdict["spend_model"] == "gamma_gamma_by_frequency"
    assert verdict["likelihood_ratio"] == pytest.approx(315.0, abs=0.1)
    assert verdict["kappa"] == pytest.approx(1.185, abs=5e-4)
    assert verdict["change"] == pytest.approx(-0.019, abs=5e-4)

    x, spend = table["x"].where(table["mean_spend"] > 0, 0), table["mean_spend"]
    later = holdout_spend().reindex(table.index, fill_value=0)
    later["independent"] = later["days"] * result.independent.expected_spend(x, spend)
    later["dependent"] = later["days"] * result.dependent.expected_spend(x, spend)
    without_repeat = later[table["x"] == 0].sum()
    assert (without_repeat / without_repeat["days"]).round(1).to_list() == [1, 36.4, 35.8, 31.8]
    everybody = later.sum()
    assert (everybody / everybody["days"]).round(1).to_list() == [1, 39.5, 38.6, 37.9]
