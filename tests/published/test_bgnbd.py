"""BG/NBD against numbers from outside: Fader, Hardie, Lee (2005), Hardie's note 004, and five other programs.

The estimates below are those of lifetimes, clvkit, CLVTools, BTYD and BTYDplus, which agree with each other to the
tolerances used here: log-likelihood 1e-4, parameters a relative 1e-3 (programs stop at different points of a flat
optimum). Times in weeks = whole days / 7.
"""

import pytest
from numpy.testing import assert_allclose

from analysis.clv import BGNBD
from tests.clv.cdnow import customers, history

PAPER = {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}
ESTIMATE = {"r": 0.2425945, "alpha": 4.413602, "a": 0.792922, "b": 2.425906}
BTYD = {"r": 0.2426, "alpha": 4.4137, "a": 0.7930, "b": 2.4262}

X = [0, 1, 2, 7, 26]
T_X = [0, 1.71, 30.43, 29.43, 30.86]
T = [38.86, 38.86, 38.86, 38.86, 31]


def with_parameters(**params: float) -> BGNBD:
    model = BGNBD()
    model.params_ = params
    return model


@pytest.fixture(scope="module")
def weekly() -> BGNBD:
    return BGNBD().fit(*history(unit=7))


def test_sample_gives_the_published_estimate(weekly):
    assert weekly.converged_
    assert weekly.problems_ == ()
    assert_allclose(list(weekly.params_.values()), list(ESTIMATE.values()), rtol=1e-6)
    assert_allclose(list(weekly.params_.values()), list(PAPER.values()), atol=5e-4)
    assert weekly.log_likelihood_ == pytest.approx(-9582.429207, abs=1e-6)
    assert_allclose(list(weekly.standard_errors_.values()), [0.012557, 0.37822, 0.18573, 0.70540], rtol=1e-4)


def test_two_decimal_weeks_give_the_estimate_of_the_file_in_circulation():
    x, t_x, ages = history(unit=7)
    model = BGNBD().fit(x, t_x.round(2), ages.round(2))
    assert_allclose(list(model.params_.values()), [0.2425929, 4.413532, 0.792886, 2.425754], rtol=1e-6)
    assert model.log_likelihood_ == pytest.approx(-9582.425561, abs=1e-6)
    assert_allclose(list(model.standard_errors_.values()), [0.012557, 0.37822, 0.18572, 0.70534], rtol=1e-4)


def test_days_change_alpha_and_shift_the_log_likelihood():
    model = BGNBD().fit(*history())
    assert_allclose(list(model.params_.values()), [0.2425945, 30.895214, 0.792922, 2.425907], rtol=1e-6)
    assert model.log_likelihood_ == pytest.approx(-14363.530443, abs=1e-6)


def test_master_gives_the_verified_estimate():
    model = BGNBD().fit(*history(sample=False, unit=7))
    assert_allclose(list(model.params_.values()), [0.25162, 4.78894, 0.72343, 2.16109], rtol=2e-5)
    assert model.log_likelihood_ == pytest.approx(-95368.444, abs=1e-3)
    assert_allclose(list(model.standard_errors_.values()), [0.0042, 0.13125, 0.05393, 0.19859], rtol=1e-3)


@pytest.mark.parametrize(
    ("t", "expected", "note_004"),
    [
        (0.1429, 0.007816, 0.0078),
        (1, 0.053184, 0.0532),
        (3, 0.150631, 0.1506),
        (31.8571, 1.040488, 1.0405),
        (32, 1.043731, 1.0437),
        (78, 1.857956, 1.8576),
    ],
)
def test_expected_purchases_of_a_new_customer(t, expected, note_004):
    assert with_parameters(**ESTIMATE).expected_purchases_of_new(t) == pytest.approx(expected, rel=1e-5)
    assert expected == pytest.approx(note_004, abs=5e-4)


def test_forecasts_of_single_customers():
    model = with_parameters(**ESTIMATE)
    assert_allclose(
        model.expected_purchases(39, X, T_X, T), [0.194782, 0.203254, 1.225906, 3.337187, 20.750289], rtol=5e-6
    )
    assert_allclose(model.probability_alive(X, T_X, T), [1, 0.212231, 0.726609, 0.641795, 0.968919], atol=2e-6)


def test_btyd_computes_the_same_for_a_frequent_buyer():
    model = with_parameters(**BTYD)
    assert model.expected_purchases(52, 26, 30.86, 31)[0] == pytest.approx(25.75824, rel=5e-5)
    assert model.probability_alive(26, 30.86, 31)[0] == pytest.approx(0.968916, abs=5e-6)
    assert model.expected_purchases(52, 0, 0, 0)[0] == pytest.approx(1.444005, rel=5e-5)


def test_probabilities_of_counts_of_the_btyd_manual():
    model = with_parameters(**PAPER)
    assert model.purchase_probabilities(2, 10)[10] == pytest.approx(1.07869e-07, rel=5e-6)
    assert model.purchase_probabilities(39, 0)[0] == pytest.approx(0.5737864, abs=5e-8)
    manual = [0.0019995214, 0.0015170236, 0.0011633150, 0.0009003148, 0.0007023638]
    manual += [0.0005517902, 0.0004361913, 0.0003467171, 0.0002769613, 0.0002222260]
    assert_allclose(model.purchase_probabilities(30, 20)[11:], manual, atol=6e-11)


def test_holdout_means_by_frequency(weekly):
    table = customers()
    forecast = weekly.expected_purchases(39, *history(unit=7))
    by_frequency = table.assign(forecast=forecast).groupby(table["x"].clip(upper=7))[["holdout", "forecast"]].mean()
    actual = [0.2367, 0.6970, 1.3925, 1.5600, 2.5323, 2.9474, 3.8621, 6.3594]
    expected = [0.2251, 0.5231, 1.0441, 1.5203, 2.1639, 2.6538, 3.5040, 6.1572]
    assert_allclose(by_frequency["holdout"], actual, atol=5e-5)
    assert_allclose(by_frequency["forecast"], expected, atol=6e-5)


@pytest.mark.parametrize(("weeks_after", "sample", "master"), [(0, 2_494.0, 24_451.9), (39, 4_160.6, 41_301.1)])
def test_cumulative_purchases_of_the_cohort(weeks_after, sample, master, weekly):
    for is_sample, expected in ((True, sample), (False, master)):
        model = weekly if is_sample else BGNBD().fit(*history(sample=False, unit=7))
        ages = customers(sample=is_sample)["T"].value_counts()
        total = sum(n * model.expected_purchases(age / 7 + weeks_after, 0, 0, 0)[0] for age, n in ages.items())
        assert total == pytest.approx(expected, abs=0.06)


def test_forecast_bias_of_the_sample(weekly):
    forecast = weekly.expected_purchases(39, *history(unit=7)).sum()
    assert round(100 * (forecast / 1_882 - 1), 1) == -12.1
