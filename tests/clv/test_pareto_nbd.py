import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.integrate import quad
from scipy.stats import gamma, lomax, nbinom

from analysis.clv import ParetoNBD


def with_parameters(r, alpha, s, beta):
    model = ParetoNBD()
    model.params_ = {"r": r, "alpha": alpha, "s": s, "beta": beta}
    return model


def mean_log_likelihood(parameters, x, t_x, age):
    columns = (np.array([float(value)]) for value in (x, t_x, age, 1))
    return ParetoNBD()._objective(*columns)(np.log(parameters))[0]


@pytest.mark.parametrize(
    ("parameters", "customer", "likelihood"),
    [
        # 1/2 * 1/2 + int from 0 to 1 of (1+u)^-3 = 1/4 + 3/8
        ((1, 1, 1, 1), (0, 0, 1), 5 / 8),
        # 4^-2 * 4^-1 + int from 1 to 3 of (1+u)^-4 = 1/64 + (1/8 - 1/64) / 3
        ((1, 1, 1, 1), (1, 1, 3), 10 / 192),
        # bought today: no time to leave in
        ((1, 1, 1, 1), (1, 3, 3), 1 / 64),
        # 2 * (1/2 * 1/3 + int of (1+u)^-1 (2+u)^-2), the integral being ln((1+u) / (2+u)) + 1 / (2+u) from 0 to 1
        ((1, 1, 1, 2), (0, 0, 1), 2 * np.log(4 / 3)),
        # 2 * (1/3 * 1/2 + int of (2+u)^-1 (1+u)^-2), the integral being ln((2+u) / (1+u)) - 1 / (1+u) from 0 to 1
        ((1, 2, 1, 1), (0, 0, 1), 2 * (1 / 6 + np.log(3 / 4) + 1 / 2)),
    ],
    ids=["new", "one repeat", "bought today", "alpha < beta", "alpha > beta"],
)
def test_likelihood_by_hand(parameters, customer, likelihood):
    assert mean_log_likelihood(parameters, *customer) == pytest.approx(np.log(likelihood), rel=1e-12)


def test_probability_alive_by_hand():
    # the branches of the likelihood above: 1/64 of 10/192, 1/4 of 5/8, and all of it
    alive = with_parameters(1, 1, 1, 1).probability_alive([1, 0, 1], [1, 0, 3], [3, 1, 3])
    assert_allclose(alive, [3 / 10, 2 / 5, 1], rtol=1e-12)


def test_equal_scales_are_no_special_case():
    customer = (5, 20.0, 40.0)
    values = [mean_log_likelihood((0.6, 10.0, 0.7, beta), *customer) for beta in (10 - 1e-6, 10.0, 10 + 1e-6)]
    assert values[1] == pytest.approx((values[0] + values[2]) / 2, rel=1e-13)
    # alpha = beta: the integral is ((alpha + t_x)^-k - (alpha + T)^-k) / k, k = r + x + s
    odds = 0.7 * 50.0**6.3 * (30.0**-6.3 - 50.0**-6.3) / 6.3
    assert with_parameters(0.6, 10, 0.7, 10).probability_alive(*customer)[0] == pytest.approx(1 / (1 + odds), rel=1e-12)


@pytest.mark.parametrize("s", [0.3, 1.0, 1 + 1e-9, 1.5, 60.0])
@pytest.mark.parametrize(("x", "t_x", "age"), [(0, 0, 40), (3, 20, 40), (250, 39, 40)])
def test_expected_purchases_is_the_mean_over_the_rate_of_leaving(s, x, t_x, age):
    # Given both rates, rate * (1 - e^(-mu t)) / mu purchases; while alive mu is gamma (s, beta + T).
    r, alpha, beta, horizon = 0.5, 5.0, 12.0, 52
    scale = 1 / (beta + age)
    known = quad(
        lambda v: gamma.pdf(np.exp(v), s, scale=scale) * -np.expm1(-np.exp(v) * horizon),
        np.log(scale * s) - 100,
        np.log(scale * s) + 8,
        points=[np.log(scale * s) - 5, np.log(scale * s)],
        limit=500,
        epsabs=0,
        epsrel=1e-10,
    )[0]
    model = with_parameters(r, alpha, s, beta)
    expected = model.expected_purchases(horizon, x, t_x, age) / model.probability_alive(x, t_x, age)
    assert expected[0] == pytest.approx((r + x) / (alpha + age) * known, rel=1e-8)


@pytest.mark.parametrize(
    "parameters", [(0.6, 10.0, 0.7, 3.0), (2.0, 0.5, 4.0, 50.0)], ids=["alpha > beta", "alpha < beta"]
)
def test_probabilities_of_counts_are_the_mean_over_the_moment_of_leaving(parameters):
    r, alpha, s, beta = parameters
    horizon = 30.0
    known = [
        (beta / (beta + horizon)) ** s * nbinom.pmf(n, r, alpha / (alpha + horizon))
        + quad(lambda u, n=n: lomax.pdf(u, s, scale=beta) * nbinom.pmf(n, r, alpha / (alpha + u)), 0, horizon)[0]
        for n in range(6)
    ]
    assert_allclose(with_parameters(*parameters).purchase_probabilities(horizon, 5), known, rtol=1e-8)
