"""Moments of the purchases in a window: against sums over the probabilities of counts, simulations, and by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from analysis.clv import BGNBD, MBGNBD, ParetoNBD
from analysis.errors import InputError
from tests.clv.every_model import every_model, positive, steady, with_parameters
from tests.recovery.simulate import bgnbd_customers, pareto_nbd_customers

ESTIMATES = {  # CDNOW, weeks
    BGNBD: (0.2425945, 4.413602, 0.792922, 2.425906),
    MBGNBD: (0.524843, 6.183085, 0.891359, 1.614002),
    ParetoNBD: (0.553277, 10.577684, 0.606240, 11.668732),
}
SCALES = {BGNBD: [1], MBGNBD: [1], ParetoNBD: [1, 3]}  # positions of the parameters in units of time
CUSTOMERS = [(0, 0, 38.86), (1, 1.71, 38.86), (2, 30.43, 38.86), (7, 29.43, 38.86), (26, 30.86, 31)]
X, T_X, T = map(np.array, zip(*CUSTOMERS, strict=True))


def given_alive(kind, parameters, x, age):
    """Return the model and parameters by which a customer known to be alive at `age` is a new one.

    Whoever is alive has stayed at every chance to leave so far, and has the next one at the next purchase: also
    with MBG/NBD, where x + 1 chances have passed, that is how a customer of BG/NBD begins.
    """
    r, alpha, third, fourth = parameters
    stayed = {BGNBD: x, MBGNBD: x + 1, ParetoNBD: age}[kind]
    return BGNBD if kind is MBGNBD else kind, (r + x, alpha + age, third, fourth + stayed)


def of_counts(model, horizon, n_max=6_000):
    probabilities, n = model.purchase_probabilities(horizon, n_max), np.arange(n_max + 1)
    assert probabilities.sum() == pytest.approx(1, abs=1e-10)
    return [1 - probabilities[0], probabilities @ n, probabilities @ n**2]


@every_model
@pytest.mark.parametrize("horizon", [0.5, 39, 400])
def test_of_a_new_customer_they_are_sums_over_the_probabilities_of_counts(kind, horizon):
    model = with_parameters(kind, 0.7, 5.0, 1.4, 6.0)
    moments = np.ravel(model.purchase_moments(horizon, 0, 0, 0))
    assert_allclose(moments, of_counts(model, horizon), rtol=1e-7)


@every_model
@pytest.mark.parametrize("customer", CUSTOMERS, ids=str)
def test_given_alive_a_customer_is_a_new_one_of_other_parameters(kind, customer):
    x, _, age = customer
    model = with_parameters(kind, *ESTIMATES[kind])
    family, updated = given_alive(kind, ESTIMATES[kind], x, age)
    expected = model.probability_alive(*customer) * of_counts(with_parameters(family, *updated), 39)
    assert_allclose(np.ravel(model.purchase_moments(39, *customer)), expected, rtol=1e-7)


@every_model
@pytest.mark.parametrize("x", [0, 3])
def test_they_are_those_of_simulated_customers(kind, x):
    age, horizon, n, random = 20.0 if x else 0.0, 30.0, 100_000, np.random.default_rng(5)
    parameters = (0.8, 6.0, 0.9, 3.0)
    model = with_parameters(kind, *parameters)
    family, updated = given_alive(kind, parameters, x, age) if x else (kind, parameters)
    named = dict(zip(family._NAMES, updated, strict=True), weeks=horizon, acquisition=0)
    if family is ParetoNBD:
        counts, *_ = pareto_nbd_customers(n, random, **named)
    else:
        counts, *_ = bgnbd_customers(n, random, **named, first_may_be_last=family is MBGNBD)
    moments = np.ravel(model.purchase_moments(horizon, x, age / 2, age))
    if x:
        moments /= model.probability_alive(x, age / 2, age)
    drawn = np.array([counts > 0, counts, counts**2])
    z = (drawn.mean(axis=1) - moments) / (drawn.std(axis=1) / np.sqrt(n))
    assert (np.abs(z) < 3.5).all(), z


@pytest.mark.parametrize(
    ("kind", "any_", "pairs"),
    [
        # r = alpha = 1: E[rate^2 e^(-rate p w)] = 2 / (1 + p w)^3, and the mean of (1 - p) of it over p is 1 / (1 + w)
        (BGNBD, 1 / 2, 2 * (1 - np.log(2))),  # 2 int w / (1 + w) dw from 0 to 1
        # P(0) = 5 / 8; E[rate^2] = 2, still a customer at w: 1 / (1 + w)
        (ParetoNBD, 3 / 8, 4 * (1 - np.log(2))),
    ],
    ids=["BGNBD", "ParetoNBD"],
)
def test_moments_by_hand(kind, any_, pairs):
    # a new customer buys at the rate 1 / (1 + t): ln 2 purchases up to 1
    moments = with_parameters(kind, 1, 1, 1, 1).purchase_moments(1, 0, 0, 0)
    assert_allclose(np.ravel(moments), [any_, np.log(2), np.log(2) + pairs], rtol=1e-9)


@every_model
def test_their_mean_is_the_expected_number_and_no_time_brings_nothing(kind):
    model = with_parameters(kind, *ESTIMATES[kind])
    assert_allclose(model.purchase_moments(39, X, T_X, T).mean, model.expected_purchases(39, X, T_X, T), rtol=1e-13)
    assert_allclose(np.array(model.purchase_moments(0, X, T_X, T)), np.zeros((3, len(X))), atol=1e-300)


@every_model
def test_the_unit_of_time_does_not_matter_nor_does_the_order_of_customers(kind):
    weekly = list(ESTIMATES[kind])
    daily = [value * 7 if place in SCALES[kind] else value for place, value in enumerate(weekly)]
    in_weeks = np.array(with_parameters(kind, *weekly).purchase_moments(39, X, T_X, T))
    in_days = np.array(with_parameters(kind, *daily).purchase_moments(7 * 39, X[::-1], 7 * T_X[::-1], 7 * T[::-1]))
    assert_allclose(in_days[:, ::-1], in_weeks, rtol=1e-11)


@every_model
@steady
@given(
    st.tuples(positive, positive, positive, positive),
    st.integers(0, 300),
    st.floats(1, 400),
    st.floats(0.01, 1),
    st.floats(0.01, 500),
)
def test_they_are_moments_of_a_count(kind, parameters, x, age, part, horizon):
    customer = x, age * part if x else 0.0, age
    any_, mean, square = np.ravel(with_parameters(kind, *parameters).purchase_moments(horizon, *customer))
    alive = with_parameters(kind, *parameters).probability_alive(*customer)[0]
    slack = 1 + 1e-9
    assert 0 <= any_ <= min(alive, mean) * slack
    assert mean <= square * slack  # whole numbers
    assert mean <= np.sqrt(any_) * np.sqrt(square) * slack  # Cauchy and Schwarz: N = N * (N > 0)


@every_model
def test_nobody_has_no_moments_and_time_does_not_run_back(kind):
    model = with_parameters(kind, *ESTIMATES[kind])
    assert [part.shape for part in model.purchase_moments(39, [], [], [])] == [(0,)] * 3
    with pytest.raises(InputError, match="horizon: is no length of time"):
        model.purchase_moments(-1, X, T_X, T)
