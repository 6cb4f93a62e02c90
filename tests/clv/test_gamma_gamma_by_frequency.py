"""Spend that depends on the number of purchases."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy.integrate import quad
from scipy.stats import chi2
from scipy.stats import gamma as gamma_law

from analysis.clv.gamma_gamma import GammaGamma, GammaGammaByFrequency, _objective
from tests.clv.cdnow import repeat_spend
from tests.clv.simulated_spend import mean_spend

steady = settings(derandomize=True, deadline=None)
ROWS = np.array([50.0, 1, 3, 1]), np.array([0.9, 0.1, 1.4, 1]), np.arange(1.0, 5)


def with_parameters(p: float, q: float, gamma: float, kappa: float) -> GammaGammaByFrequency:
    model = GammaGammaByFrequency()
    model.params_ = {"p": p, "q": q, "gamma": gamma, "kappa": kappa}
    return model


def test_likelihood_of_one_customer_by_hand():
    # p = q = gamma = 1, x 2, z 3, kappa = e, so the rate is 2: G(3) / (G(2) G(1)) * 2 * 3^1 * 2^2 / (2 + 6)^3 = 3/32
    objective = _objective(np.array([2.0]), np.array([3.0]), np.ones(1), GammaGammaByFrequency._exponents)
    assert objective(np.array([0.0, 0, 0, 1]))[0] == pytest.approx(np.log(3 / 32), rel=1e-14)


def test_likelihood_is_the_mixture_of_gammas():
    p, q, gamma, kappa, x, z = 2.0, 3.0, 15.0, 1.3, 4, 8.0
    scale = gamma * kappa ** np.log(x)
    density = quad(
        lambda nu: gamma_law.pdf(z, p * x, scale=1 / (nu * x)) * gamma_law.pdf(nu, q, scale=1 / scale),
        0,
        np.inf,
        epsrel=1e-11,
    )[0]
    objective = _objective(np.array([float(x)]), np.array([z]), np.ones(1), GammaGammaByFrequency._exponents)
    assert objective(np.log([p, q, gamma, kappa]))[0] == pytest.approx(np.log(density), rel=1e-9)


@steady
@given(st.tuples(*[st.floats(0.05, 20)] * 4))
def test_gradient_is_the_slope_of_the_likelihood(parameters):
    objective = _objective(*ROWS, GammaGammaByFrequency._exponents)
    point, step = np.log(parameters), 1e-5
    slopes = [(objective(point + h)[0] - objective(point - h)[0]) / (2 * step) for h in step * np.eye(4)]
    assert_allclose(objective(point)[1], slopes, rtol=1e-5, atol=1e-6)


@steady
@given(st.tuples(*[st.floats(0.05, 20)] * 3))
def test_kappa_of_one_is_gamma_gamma_to_all_digits(parameters):
    point = np.log(parameters)
    plain, slopes = _objective(*ROWS, GammaGamma._exponents)(point)
    by_frequency, more_slopes = _objective(*ROWS, GammaGammaByFrequency._exponents)(np.append(point, 0))
    assert by_frequency == plain
    assert_allclose(more_slopes[:3], slopes, rtol=1e-15, atol=1e-15)

    model = GammaGamma()
    model.params_ = dict(zip(("p", "q", "gamma"), parameters, strict=True))
    x, spend = [0, 1, 7], [np.nan, 5, 80]
    assert_array_equal(with_parameters(*parameters, 1).expected_spend(x, spend), model.expected_spend(x, spend))


def test_expected_spend_by_hand():
    # p 2, q 3, gamma 10, kappa e^.5, so the rate is 10 sqrt(x): x 0 and the prior of x 1 alike 2 * 10 / 2 = 10;
    # x 1, z 20: 2 (10 + 20) / (2 + 2) = 15; x 4, z 20: 2 (20 + 80) / (8 + 2) = 20
    model = with_parameters(2, 3, 10, np.exp(0.5))
    assert_allclose(model.expected_spend([0, 1, 4], [np.nan, 20, 20]), [10, 15, 20], rtol=1e-14)


@pytest.mark.parametrize("kappa", [0.8, 1.0, 1.3])
def test_fit_finds_the_truth(kappa):
    rng = np.random.default_rng(5)
    x = rng.geometric(0.3, 20_000)
    model = GammaGammaByFrequency().fit(x, mean_spend(x, rng, kappa))
    assert model.problems_ == ()
    for name, value in {"p": 6.25, "q": 3.74, "gamma": 15.44, "kappa": kappa}.items():
        assert abs(model.params_[name] - value) < 3 * model.standard_errors_[name], name
    assert model.standard_errors_["kappa"] < 0.02


def test_one_test_in_a_hundred_errs_where_spend_is_independent():
    rng = np.random.default_rng(17)
    x = rng.geometric(0.35, 400)
    ratios = []
    for _ in range(200):
        spend = mean_spend(x, rng, kappa=1)
        fits = [model().fit(x, spend).log_likelihood_ for model in (GammaGamma, GammaGammaByFrequency)]
        ratios.append(2 * (fits[1] - fits[0]))
    p = chi2.sf(np.maximum(ratios, 0), 1)
    # expected 2 and 20 of 200; chance leaves these bounds once in a thousand
    assert (p < 0.01).sum() <= 8
    assert 8 <= (p < 0.1).sum() <= 35
    assert min(ratios) > -1e-5


def test_currency_moves_gamma_and_log_likelihood_only():
    table = repeat_spend()
    dollars = GammaGammaByFrequency().fit(table["x"], table["mean_spend"])
    cents = GammaGammaByFrequency().fit(table["x"], table["mean_spend"] * 100)
    assert_allclose(list(cents.params_.values()), np.array(list(dollars.params_.values())) * [1, 1, 100, 1], rtol=1e-8)
    assert cents.log_likelihood_ == pytest.approx(dollars.log_likelihood_ - 946 * np.log(100), abs=1e-6)


def test_weights_are_repeated_rows():
    table = repeat_spend()
    weights = 1 + np.arange(len(table)) % 3
    weighted = GammaGammaByFrequency().fit(table["x"], table["mean_spend"], weights)
    repeated = GammaGammaByFrequency().fit(np.repeat(table["x"], weights), np.repeat(table["mean_spend"], weights))
    assert_allclose(list(weighted.params_.values()), list(repeated.params_.values()), rtol=1e-8)


@pytest.mark.parametrize("x", [1, 2])
def test_one_number_of_purchases_cannot_tell_kappa(x):
    rng = np.random.default_rng(2)
    purchases = np.full(2_000, x)
    model = GammaGammaByFrequency().fit(purchases, mean_spend(purchases, rng, kappa=1))
    assert {"flat_ridge", "not_converged"} & set(model.problems_)


def test_spend_that_has_no_mean_is_a_problem():
    rng = np.random.default_rng(3)
    x = rng.geometric(0.4, 8_000)
    model = GammaGammaByFrequency().fit(x, mean_spend(x, rng, kappa=1.2, q=0.7))
    assert model.problems_ == ("no_mean",)
    assert np.isnan(model.expected_spend(0, 0)).all()
