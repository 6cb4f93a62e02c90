"""Pareto/NBD: customers buy at random moments and leave at a random moment, both at rates of their own.

Schmittlein, Morrison, Colombo (1987); Fader and Hardie, note 009 (2005): likelihood eq. 18, E[X(t)] eq. 27,
P(alive) eq. 36, conditional expectation eq. 41; probabilities of counts: notes 012 and 013; discounted purchases:
Fader, Hardie, Lee (2005), "RFM and CLV", eq. 2. Purchase rates are gamma distributed (shape r, rate alpha),
rates of leaving gamma (s, beta). The likelihood is kept in its integral form, which needs no hypergeometric
function and does not care which of alpha and beta is larger.
"""

from typing import NamedTuple

import numpy as np
from scipy.special import expit, exprel, gammaln, psi

from analysis.clv.collapse import Floats
from analysis.clv.optimise import Objective
from analysis.clv.purchase_model import PurchaseModel, gauss_legendre, negative_binomial, rate_by_moments

NODES, WEIGHTS = gauss_legendre(32)
NEGLIGIBLE = 25.0  # e-folds: where the integrand has fallen to e^-25 of its start, nothing is left to integrate
ROWS = 4_096  # of one block: memory stays small whatever the number of customers
COUNT_NODES = 200  # of a single integral; counts have a sharp peak where rates hardly differ


class ParetoNBD(PurchaseModel):
    """Pareto/NBD model: parameters r, alpha, s, beta (alpha, beta in the unit of time); see `PurchaseModel`.

    Check: r .5533, alpha 10.5777, s .6062, beta 11.6687; x 2, t_x 30.43, T 38.86 -> P(alive) .8691; horizon
    39 -> 1.4551 purchases.
    """

    _NAMES = ("r", "alpha", "s", "beta")
    _TIMES = frozenset({"alpha", "beta"})

    def _start(self, x: Floats, n: Floats) -> Floats:
        return np.array([*rate_by_moments(x, n), 1, 1])

    def _objective(self, x: Floats, t_x: Floats, T: Floats, n: Floats) -> Objective:
        return objective(x, t_x, T, n)

    def _alive(self, x: Floats, t_x: Floats, T: Floats) -> Floats:
        parameters = np.array(list(self.params_.values()))
        return np.concatenate([expit(-_left(parameters, *block).log_odds) for block in _blocks(x, t_x, T)])

    def _expected_if_alive(self, horizon: float, x: Floats, T: Floats) -> Floats:
        r, alpha, s, beta = self.params_.values()
        log_growth = np.log1p(horizon / (beta + T))
        # (1 - e^((1-s) L)) / (s - 1) without its singularity at s = 1
        return (r + x) * (beta + T) / (alpha + T) * log_growth * exprel((1 - s) * log_growth)

    def _rate_if_alive(self, time: float, x: Floats, T: Floats) -> Floats:
        r, alpha, s, beta = self.params_.values()
        return (r + x) / (alpha + T) * (1 + time / (beta + T)) ** -s

    def _pair_rate_if_alive(self, time: Floats, x: Floats, T: Floats) -> Floats:
        r, alpha, s, beta = self.params_.values()
        return (r + x) * (r + x + 1) / (alpha + T) ** 2 * (1 + time / (beta + T)) ** -s

    def _any_if_alive(self, horizon: float, x: Floats, T: Floats) -> Floats:
        # of the first purchase at u while a customer: (r+x) (alpha+T)^(r+x) (beta+T)^s (alpha+u)^-(r+x+1) (beta+u)^-s
        r, alpha, s, beta = self.params_.values()

        def logarithm(x: Floats, T: Floats) -> Floats:
            shape, leaving = r + x + 1, np.full_like(x, s)
            if alpha <= beta:
                log_integral, *_ = _integral(alpha, beta, shape, leaving, T, T + horizon)
            else:
                log_integral, *_ = _integral(beta, alpha, leaving, shape, T, T + horizon)
            return np.log(r + x) + (r + x) * np.log(alpha + T) + s * np.log(beta + T) + log_integral

        return np.exp(np.concatenate([logarithm(*block) for block in _blocks(x, T)]))

    def _probabilities(self, horizon: float, n: Floats) -> Floats:
        r, alpha, s, beta = self.params_.values()
        alive = negative_binomial(n, horizon, r, alpha) * np.exp(-s * np.log1p(horizon / beta))
        # left at time u, after n purchases; in the logarithm of u + the smaller scale, as in `_integral`
        scale = min(alpha, beta)
        last = min(horizon, beta * np.expm1(min(NEGLIGIBLE / s, 600.0)))
        nodes, weights = gauss_legendre(COUNT_NODES)
        width = np.log1p(last / scale)
        u = scale * np.expm1(width * nodes)
        density = width * weights * (u + scale) * s / (beta + u) * np.exp(-s * np.log1p(u / beta))
        return alive + negative_binomial(n[:, None], u, r, alpha) @ density


class _Left(NamedTuple):
    """Per row, the logarithm of the odds of having left, and its slopes in r, alpha, s and beta."""

    log_odds: Floats
    slopes: tuple[Floats, Floats, Floats, Floats]


def _left(parameters: Floats, x: Floats, t_x: Floats, T: Floats) -> _Left:
    """Return the odds of having left: s (alpha+T)^(r+x) (beta+T)^s times the integral over the moment of leaving.

    Its integrand is (alpha+u)^-(r+x) (beta+u)^-(s+1), u from t_x to T; a slope is a mean over that moment.
    """
    r, alpha, s, beta = parameters
    shape, leaving = r + x, np.full_like(x, s + 1)
    if alpha <= beta:
        log_integral, of_alpha, of_beta = _integral(alpha, beta, shape, leaving, t_x, T)
    else:
        log_integral, of_beta, of_alpha = _integral(beta, alpha, leaving, shape, t_x, T)
    log_alpha, log_beta = np.log(alpha + T), np.log(beta + T)
    slopes = (
        log_alpha - of_alpha.log,
        shape * (1 / (alpha + T) - of_alpha.inverse),
        1 / s + log_beta - of_beta.log,
        s / (beta + T) - leaving * of_beta.inverse,
    )
    return _Left(np.log(s) + log_integral + shape * log_alpha + s * log_beta, slopes)


class _Means(NamedTuple):
    """Per row, the means of ln(scale + u) and 1 / (scale + u) under the integrand."""

    log: Floats
    inverse: Floats


def _integral(
    near: float, far: float, near_power: Floats, far_power: Floats, t_x: Floats, T: Floats
) -> tuple[Floats, _Means, _Means]:
    """Return the logarithm of the integral of (near+u)^-near_power (far+u)^-far_power, near <= far, and its means.

    It is taken in w = ln((near + u) / (near + t_x)), where the integrand is smooth however small `near` is and
    falls ever faster, so that its slope at t_x tells where it may be cut off.
    """
    first = near + t_x
    fall = near_power - 1 + far_power * first / (far + t_x)
    width = np.log((near + T) / first)
    width = np.where(fall * width > NEGLIGIBLE, NEGLIGIBLE / np.maximum(fall, 1e-300), width)
    near_time = first[:, None] * np.exp(width[:, None] * NODES)
    far_time = near_time + (far - near)
    log_far = np.log(far_time)
    log_integrand = ((1 - near_power) * width)[:, None] * NODES - far_power[:, None] * log_far
    top = log_integrand.max(axis=1)
    share = WEIGHTS * np.exp(log_integrand - top[:, None])
    total = share.sum(axis=1)
    share /= total[:, None]
    with np.errstate(divide="ignore"):  # t_x = T leaves no time to leave in: the integral is 0
        log_integral = np.log(width) + (1 - near_power) * np.log(first) + top + np.log(total)
    near_means = _Means(np.log(first) + width * (share @ NODES), np.einsum("ij,ij->i", share, 1 / near_time))
    return log_integral, near_means, _Means(*(np.einsum("ij,ij->i", share, part) for part in (log_far, 1 / far_time)))


def _blocks(*columns: Floats) -> list[tuple[Floats, ...]]:
    """Return the rows in blocks."""
    return [tuple(column[at : at + ROWS] for column in columns) for at in range(0, len(columns[0]), ROWS)]


def objective(x: Floats, t_x: Floats, T: Floats, n: Floats) -> Objective:
    """Return the mean log-likelihood of distinct rows with its gradient, as a function of the log-parameters.

    Few different values of x and T occur: a function of one of them is a table.
    """
    (x_value, at_x), (T_value, at_T) = (np.unique(column, return_inverse=True) for column in (x, T))
    n_x, n_T, purchases_T = np.bincount(at_x, n), np.bincount(at_T, n), np.bincount(at_T, n * x)
    customers, blocks = n.sum(), _blocks(x, t_x, T, n)

    def mean_log_likelihood(log_parameters: Floats) -> tuple[float, Floats]:
        parameters = r, alpha, s, beta = np.exp(log_parameters)
        log_alpha, log_beta, shape_T = np.log(alpha + T_value), np.log(beta + T_value), r * n_T + purchases_T
        log_likelihood = n_x @ (gammaln(r + x_value) - gammaln(r)) - shape_T @ log_alpha - s * (n_T @ log_beta)
        log_likelihood += customers * (r * np.log(alpha) + s * np.log(beta))
        slopes = np.array(
            [
                n_x @ (psi(r + x_value) - psi(r)) + customers * np.log(alpha) - n_T @ log_alpha,
                customers * r / alpha - shape_T @ (1 / (alpha + T_value)),
                customers * np.log(beta) - n_T @ log_beta,
                customers * s / beta - s * (n_T @ (1 / (beta + T_value))),
            ]
        )
        for *rows, customers_of_row in blocks:
            # likelihood = alive branch + left branch = alive branch * (1 + odds of having left)
            left = _left(parameters, *rows)
            log_sum = np.logaddexp(0, left.log_odds)
            log_likelihood += customers_of_row @ log_sum
            slopes += np.array(left.slopes) @ (customers_of_row * np.exp(left.log_odds - log_sum))
        return log_likelihood / customers, slopes * np.exp(log_parameters) / customers

    return mean_log_likelihood
