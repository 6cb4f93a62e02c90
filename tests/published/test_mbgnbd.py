"""MBG/NBD against lifetimes, clvkit and BTYDplus; the papers give no estimate for CDNOW.

The programs agree with each other to the tolerances used here. Times in weeks = whole days / 7.
"""

import pytest
from numpy.testing import assert_allclose

from analysis.clv import MBGNBD
from tests.clv.cdnow import customers, history

ESTIMATE = {"r": 0.524843, "alpha": 6.183085, "a": 0.891359, "b": 1.614002}


@pytest.fixture(scope="module")
def weekly() -> MBGNBD:
    return MBGNBD().fit(*history(unit=7))


@pytest.fixture
def estimate() -> MBGNBD:
    model = MBGNBD()
    model.params_ = ESTIMATE
    return model


def test_sample_gives_the_estimate_of_three_programs(weekly):
    assert weekly.converged_
    assert weekly.problems_ == ()
    assert_allclose(list(weekly.params_.values()), list(ESTIMATE.values()), rtol=1e-6)
    assert weekly.log_likelihood_ == pytest.approx(-9582.135716, abs=1e-6)
    assert_allclose(list(weekly.standard_errors_.values()), [0.083268, 0.69562, 0.15479, 0.53749], rtol=1e-4)


def test_two_decimal_weeks_give_the_estimate_of_the_file_in_circulation():
    x, t_x, ages = history(unit=7)
    model = MBGNBD().fit(x, t_x.round(2), ages.round(2))
    assert_allclose(list(model.params_.values()), [0.524838, 6.182991, 0.891356, 1.613999], rtol=2e-6)
    assert model.log_likelihood_ == pytest.approx(-9582.132685, abs=1e-6)
    assert_allclose(list(model.standard_errors_.values()), [0.083264, 0.69560, 0.15478, 0.53747], rtol=1e-4)


def test_master_gives_the_estimate_of_lifetimes():
    model = MBGNBD().fit(*history(sample=False, unit=7))
    assert_allclose(list(model.params_.values()), [0.63714, 7.31029, 0.80747, 1.22839], rtol=1e-3)


@pytest.mark.parametrize(("t", "expected"), [(1, 0.053060), (39, 1.182280), (52, 1.418885)])
def test_expected_purchases_of_a_new_customer(estimate, t, expected):
    assert estimate.expected_purchases_of_new(t) == pytest.approx(expected, abs=2e-6)


def test_forecasts_of_single_customers(estimate):
    x, t_x, age = [0, 1, 2, 7, 26], [0, 1.71, 30.43, 29.43, 30.86], [38.86, 38.86, 38.86, 38.86, 31]
    assert_allclose(
        estimate.expected_purchases(39, x, t_x, age), [0.153954, 0.188790, 1.262669, 3.166799, 19.447980], rtol=5e-6
    )
    assert_allclose(
        estimate.probability_alive(x, t_x, age), [0.389715, 0.170820, 0.706126, 0.622639, 0.965553], atol=1e-6
    )


def test_holdout_means_by_frequency(weekly):
    forecast = weekly.expected_purchases(39, *history(unit=7))
    by_frequency = customers().assign(forecast=forecast).groupby(customers()["x"].clip(upper=7))["forecast"].mean()
    assert_allclose(by_frequency, [0.1852, 0.5514, 1.0490, 1.4929, 2.1043, 2.5636, 3.3608, 5.8485], atol=6e-5)
    assert round(100 * (forecast.sum() / 1_882 - 1), 1) == -16.2


@pytest.mark.parametrize(("weeks_after", "sample", "master"), [(0, 2_475.6, 24_241.5), (39, 4_050.0, 39_985.2)])
def test_cumulative_purchases_of_the_cohort(weeks_after, sample, master, weekly):
    for is_sample, expected in ((True, sample), (False, master)):
        model = weekly if is_sample else MBGNBD().fit(*history(sample=False, unit=7))
        ages = customers(sample=is_sample)["T"].value_counts()
        total = sum(n * model.expected_purchases_of_new(age / 7 + weeks_after) for age, n in ages.items())
        assert total == pytest.approx(expected, abs=0.06)
