"""The likelihoods of the papers a second time, shaped otherwise than in the package: log-likelihood of each row.

Quotients of gamma functions are sums of logarithms; the integral of Pareto/NBD is a sum of trapezoids after the
substitution tanh(sinh(v)); Gamma-Gamma is a beta prime variable.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaln, logsumexp

Floats = NDArray[np.float64]

V = np.arange(-3.5, 3.5, 0.04)
RISE = np.pi * np.sinh(V)
SHARE = 1 / (1 + np.exp(-RISE))  # of the way from t_x to T
LOG_SLOPE = np.log(0.04 * np.pi * np.cosh(V)) - np.logaddexp(0, RISE) - np.logaddexp(0, -RISE)


def bgnbd(parameters: Floats, x: Floats, t_x: Floats, T: Floats) -> Floats:
    return _beta_geometric(*parameters, x, x, t_x, T)


def mbgnbd(parameters: Floats, x: Floats, t_x: Floats, T: Floats) -> Floats:
    return _beta_geometric(*parameters, x, x + 1, t_x, T)


def pareto_nbd(parameters: Floats, x: Floats, t_x: Floats, T: Floats) -> Floats:
    r, alpha, s, beta = parameters
    u = t_x[:, None] + (T - t_x)[:, None] * SHARE
    with np.errstate(divide="ignore"):
        moments = LOG_SLOPE + np.log(T - t_x)[:, None]
    moments = moments - (r + x)[:, None] * np.log1p(u / alpha) - (s + 1) * np.log1p(u / beta)
    alive = -(r + x) * np.log1p(T / alpha) - s * np.log1p(T / beta)
    left = np.log(s / beta) + logsumexp(moments, axis=1)
    return _rising(r, x) - x * np.log(alpha) + np.logaddexp(alive, left)


def gamma_gamma(parameters: Floats, x: Floats, mean_spend: Floats) -> Floats:
    p, q, gamma = parameters
    odds = gamma / (x * mean_spend)
    return -p * x * np.log1p(odds) - q * np.log1p(1 / odds) - np.log(mean_spend) - betaln(p * x, q)


def sbg(parameters: Floats, renewals: Floats, lost: Floats) -> Floats:
    alpha, beta = parameters
    renewed = _rising(beta, renewals) - _rising(alpha + beta, renewals)
    return renewed + np.where(lost > 0, np.log(alpha / (alpha + beta + renewals)), 0)


def _beta_geometric(
    r: float, alpha: float, a: float, b: float, x: Floats, chances: Floats, t_x: Floats, T: Floats
) -> Floats:
    alive = _rising(b, chances) - (r + x) * np.log1p(T / alpha)
    stayed = np.maximum(chances - 1, 0)
    left = np.where(chances > 0, np.log(a) + _rising(b, stayed) - (r + x) * np.log1p(t_x / alpha), -np.inf)
    return _rising(r, x) - x * np.log(alpha) - _rising(a + b, chances) + np.logaddexp(alive, left)


def _rising(start: float, steps: Floats) -> Floats:
    """Return ln(start (start + 1) ... (start + steps - 1))."""
    return np.append(0, np.cumsum(np.log(start + np.arange(steps.max()))))[steps.astype(int)]
