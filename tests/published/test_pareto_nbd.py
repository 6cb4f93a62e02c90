"""Pareto/NBD against Fader, Hardie, Lee (2005), the BTYD manual, and lifetimes, CLVTools and BTYD.

The programs agree with each other to the tolerances used here: they stop at different points of a flat optimum (beta
11.664 to 11.669), which moves forecasts in the fifth digit. Times in weeks = whole days / 7.
"""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from analysis.clv import GammaGamma, ParetoNBD
from tests.clv.cdnow import customers, history, repeat_spend

PAPER = {"r": 0.553, "alpha": 10.578, "s": 0.606, "beta": 11.669}
ESTIMATE = {"r": 0.553277, "alpha": 10.577684, "s": 0.606240, "beta": 11.668732}
BTYD = {"r": 0.55338, "alpha": 10.58020, "s": 0.60606, "beta": 11.65620}

X = [0, 1, 2, 7, 26]
T_X = [0, 1.71, 30.43, 29.43, 30.86]
T = [38.86, 38.86, 38.86, 38.86, 31]


def with_parameters(**params: float) -> ParetoNBD:
    model = ParetoNBD()
    model.params_ = params
    return model


def annual(rate_per_week: float) -> float:
    """Return the annual effective rate of a continuous rate per week."""
    return np.expm1(rate_per_week * 365 / 7)


@pytest.fixture(scope="module")
def weekly() -> ParetoNBD:
    return ParetoNBD().fit(*history(unit=7))


def test_sample_gives_the_published_estimate(weekly):
    assert weekly.converged_
    assert_allclose(list(weekly.params_.values()), list(ESTIMATE.values()), rtol=1e-6)
    assert_allclose(list(weekly.params_.values()), list(PAPER.values()), atol=5e-4)
    assert weekly.log_likelihood_ == pytest.approx(-9594.976179, abs=1e-6)
    assert_allclose(list(weekly.standard_errors_.values()), [0.047628, 0.84272, 0.18728, 6.2110], rtol=1e-4)


def test_leaving_is_hardly_identified_on_the_sample_and_the_verdict_says_so(weekly):
    # standard error of beta 6.211 / 11.669 = .53, above one half
    assert weekly.problems_ == ("flat_ridge",)


def test_master_gives_the_estimate_of_lifetimes():
    model = ParetoNBD().fit(*history(sample=False, unit=7))
    assert model.problems_ == ()
    assert_allclose(list(model.params_.values()), [0.59742, 11.58572, 0.52215, 8.82673], rtol=1e-3)


@pytest.mark.parametrize(("t", "expected"), [(1, 0.051007), (39, 1.213411), (52, 1.473443), (78, 1.909877)])
def test_expected_purchases_of_a_new_customer(t, expected):
    assert with_parameters(**ESTIMATE).expected_purchases_of_new(t) == pytest.approx(expected, rel=2e-5)


def test_expected_purchases_of_the_btyd_manual():
    model = with_parameters(r=0.55, alpha=10.56, s=0.61, beta=11.64)
    manual = [0, 0.05077821, 0.09916088, 0.14542507, 0.18979930]
    manual += [0.23247466, 0.27361274, 0.31335159, 0.35181024, 0.38909211]
    assert_allclose([model.expected_purchases_of_new(t) for t in range(10)], manual, atol=6e-9)


@pytest.mark.parametrize(
    ("horizon", "expected"),
    [
        (39, [0.107059, 0.170979, 1.455101, 3.711701, 20.115722]),
        (52, [0.136170, 0.217471, 1.850765, 4.720970, 25.456324]),
    ],
)
def test_forecasts_of_single_customers(horizon, expected):
    assert_allclose(with_parameters(**ESTIMATE).expected_purchases(horizon, X, T_X, T), expected, rtol=5e-6)


def test_probability_alive_of_single_customers():
    alive = with_parameters(**ESTIMATE).probability_alive(X, T_X, T)
    assert_allclose(alive, [0.2950953, 0.1678709, 0.8691156, 0.7494115, 0.9979179], atol=1e-6)


def test_btyd_computes_the_same_for_a_frequent_buyer():
    model, customer = with_parameters(**BTYD), (26, 30.86, 31)
    assert model.expected_purchases(52, *customer)[0] == pytest.approx(25.45532, abs=1e-5)
    assert model.probability_alive(*customer)[0] == pytest.approx(0.9979179, abs=1e-7)
    assert model.expected_purchases_of_new(52) == pytest.approx(1.473069, abs=1e-6)
    discounted = model.discounted_residual_purchases(annual(0.0018), 7, *customer)[0]
    assert discounted == pytest.approx(108.8682, abs=1e-4)
    assert discounted == pytest.approx(108.8679, rel=5e-6)  # BTYD itself, by unrounded parameters
    assert model.expected_purchases_of_new(52) == pytest.approx(1.473113, rel=5e-5)


def expected_spend() -> np.ndarray:
    spend = GammaGamma().fit(repeat_spend()["x"], repeat_spend()["mean_spend"])
    return spend.expected_spend(customers()["x"], customers()["mean_spend"].fillna(0))


@pytest.mark.parametrize(
    ("rate_per_week", "purchases", "value", "precision"),
    [
        (np.log(1.1), 490.847, 17_814.92, 2e-6),
        (np.log(1.1), 490.886, 17_816.35, 1e-4),  # CLVTools, which stops elsewhere on the optimum
        (0.0018, 9_102.48, 330_383.37, 2e-6),
    ],
)
def test_discounted_purchases_and_value_of_the_sample(weekly, rate_per_week, purchases, value, precision):
    discounted = weekly.discounted_residual_purchases(annual(rate_per_week), 7, *history(unit=7))
    assert discounted.sum() == pytest.approx(purchases, rel=precision)
    assert discounted @ expected_spend() == pytest.approx(value, rel=precision)


def test_spend_of_the_next_39_weeks_as_clvtools_predicts_it(weekly):
    # CLVTools stops elsewhere on the optimum: it expects 1,665.688 purchases instead of 1,665.513
    assert weekly.expected_purchases(39, *history(unit=7)).sum() == pytest.approx(1_665.688, rel=2e-4)
    assert weekly.expected_purchases(39, *history(unit=7)) @ expected_spend() == pytest.approx(60_455.68, rel=2e-4)


def test_holdout_means_by_frequency(weekly):
    forecast = weekly.expected_purchases(39, *history(unit=7))
    by_frequency = customers().assign(forecast=forecast).groupby(customers()["x"].clip(upper=7))["forecast"].mean()
    assert_allclose(by_frequency, [0.1384, 0.5995, 1.1958, 1.7138, 2.3983, 2.9072, 3.8186, 6.4031], atol=6e-5)
    assert forecast.sum() == pytest.approx(1_665.513, abs=1e-3)
    assert round(100 * (forecast.sum() / 1_882 - 1), 1) == -11.5


@pytest.mark.parametrize(("weeks_after", "sample", "master"), [(0, 2_524.9, 24_580.5), (39, 4_270.0, 42_116.4)])
def test_cumulative_purchases_of_the_cohort(weeks_after, sample, master, weekly):
    for is_sample, expected in ((True, sample), (False, master)):
        model = weekly if is_sample else ParetoNBD().fit(*history(sample=False, unit=7))
        ages = customers(sample=is_sample)["T"].value_counts()
        total = sum(n * model.expected_purchases_of_new(age / 7 + weeks_after) for age, n in ages.items())
        assert total == pytest.approx(expected, rel=2e-5)
