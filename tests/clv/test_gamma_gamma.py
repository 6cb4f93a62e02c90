import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.integrate import quad
from scipy.stats import gamma as gamma_law

from analysis.clv.gamma_gamma import GammaGamma, _objective
from analysis.errors import InputError
from tests.clv.cdnow import repeat_spend

steady = settings(derandomize=True, deadline=None)


def with_parameters(p: float, q: float, gamma: float) -> GammaGamma:
    model = GammaGamma()
    model.params_ = {"p": p, "q": q, "gamma": gamma}
    return model


def test_likelihood_of_one_customer_by_hand():
    # p = q = gamma = 1, x 1, z 3: G(2) / (G(1) G(1)) * 1 * 3^0 * 1 / (1 + 3)^2 = 1/16
    objective = _objective(np.array([1.0]), np.array([3.0]), np.ones(1), GammaGamma._exponents)
    assert objective(np.zeros(3))[0] == pytest.approx(np.log(1 / 16), rel=1e-14)


def test_likelihood_is_the_mixture_of_gammas():
    # mean of x = 2 purchases, each gamma(p, rate nu), nu gamma(q, rate gamma)
    p, q, gamma, x, z = 2.0, 3.0, 15.0, 2, 8.0
    density = quad(
        lambda nu: gamma_law.pdf(z, p * x, scale=1 / (nu * x)) * gamma_law.pdf(nu, q, scale=1 / gamma),
        0,
        np.inf,
        epsrel=1e-11,
    )[0]
    objective = _objective(np.array([float(x)]), np.array([z]), np.ones(1), GammaGamma._exponents)
    assert objective(np.log([p, q, gamma]))[0] == pytest.approx(np.log(density), rel=1e-9)


@steady
@given(st.tuples(*[st.floats(0.05, 20)] * 3))
def test_gradient_is_the_slope_of_the_likelihood(parameters):
    objective = _objective(
        np.array([1.0, 1, 3, 50]), np.array([0.1, 1, 1.4, 0.9]), np.arange(1.0, 5), GammaGamma._exponents
    )
    point, step = np.log(parameters), 1e-5
    slopes = [(objective(point + h)[0] - objective(point - h)[0]) / (2 * step) for h in step * np.eye(3)]
    assert_allclose(objective(point)[1], slopes, rtol=1e-5, atol=1e-6)


def test_currency_moves_gamma_and_log_likelihood_only():
    table = repeat_spend()
    dollars = GammaGamma().fit(table["x"], table["mean_spend"])
    cents = GammaGamma().fit(table["x"], table["mean_spend"] * 100)
    assert_allclose(list(cents.params_.values()), np.array(list(dollars.params_.values())) * [1, 1, 100], rtol=1e-8)
    assert cents.log_likelihood_ == pytest.approx(dollars.log_likelihood_ - 946 * np.log(100), abs=1e-6)


def test_weights_are_repeated_rows():
    table = repeat_spend()
    weights = 1 + np.arange(len(table)) % 3
    weighted = GammaGamma().fit(table["x"], table["mean_spend"], weights)
    repeated = GammaGamma().fit(np.repeat(table["x"], weights), np.repeat(table["mean_spend"], weights))
    assert_allclose(list(weighted.params_.values()), list(repeated.params_.values()), rtol=1e-8)


@steady
@given(st.integers(1, 200), st.floats(0.01, 1000))
def test_expected_spend_lies_between_the_customer_and_the_population(x, mean_spend):
    model = with_parameters(6.25, 3.74, 15.44)
    population, expected = model.expected_spend([0, x], [0, mean_spend])
    slack = 1e-9 * max(population, mean_spend)
    assert min(population, mean_spend) - slack <= expected <= max(population, mean_spend) + slack


def test_population_without_a_mean_gives_no_number():
    # q = .5: no population mean; with one purchase p x + q = 2.5 > 1, so the customer's own spend decides:
    # p (gamma + x z) / (p x + q - 1) = 2 * (10 + 20) / 1.5 = 40
    model = with_parameters(2, 0.5, 10)
    assert_allclose(model.expected_spend([0, 1], [np.nan, 20]), [np.nan, 40])


def test_spend_that_has_no_mean_is_a_problem():
    # z = gamma-distributed / gamma-distributed with shape q = .7: heavy tail without a mean
    rng = np.random.default_rng(3)
    spend = rng.gamma(3, size=4_000) / rng.gamma(0.7, size=4_000)
    model = GammaGamma().fit(np.ones(4_000), spend)
    assert model.problems_[-1] == "no_mean"
    assert np.isnan(model.expected_spend(0, 0)).all()


def test_equal_spend_of_everybody_is_a_problem():
    model = GammaGamma().fit(np.full(100, 2), np.full(100, 35.0))
    assert model.problems_


def test_fit_names_rows_without_repeat_or_money():
    with pytest.raises(InputError) as error:
        GammaGamma().fit([0, 1, 2, 3], [5, 0, 10, 10])
    assert str(error.value).splitlines() == [
        "1. x: is 0. Got 1 of 4 rows (first: row 0); expected x > 0: the model is about repeat purchases. "
        "Leave them out of the fit and count them.",
        "2. mean_spend: is 0. Got 1 of 4 rows (first: row 1); expected mean_spend > 0: a gamma variable. "
        "Leave them out of the fit and count them.",
    ]
