"""BG/NBD on a million customers, beside a peer in the same run.

Simulated: the CDNOW parameters, acquisitions over 12 weeks, 39 weeks, whole days. The peer is `lifetimes` 0.11.3 where
it can be imported; it is archived and fails on most set-ups, so otherwise the same likelihood is fitted with SciPy in
the straightforward way: one row per customer, numerical gradient.
"""

from time import perf_counter

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import betaln, gammaln

from analysis.clv import BGNBD
from tests.recovery.simulate import bgnbd_customers

Floats = NDArray[np.float64]

N_CUSTOMERS = 1_000_000
LIMIT_SECONDS = 0.5
CDNOW = {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}  # per week


def customers(n: int, seed: int = 1) -> tuple[Floats, Floats, Floats]:
    """Return x, t_x, T in whole days of n simulated customers; rounded up, so that t_x > 0 where x > 0."""
    x, t_x, age = bgnbd_customers(n, np.random.default_rng(seed), **CDNOW, weeks=39, acquisition=12)
    return x, np.ceil(7 * t_x), np.ceil(7 * age)


def run(n: int = N_CUSTOMERS) -> list[dict[str, object]]:
    """Return one row per measurement: what, seconds, limit_seconds (None: no limit), note."""
    history = customers(n)
    start = perf_counter()
    model = BGNBD().fit(*history)
    fitted = perf_counter()
    model.expected_purchases(365, *history)
    forecast = perf_counter()
    peer, peer_log_likelihood = _peer(*history)
    peer_seconds = perf_counter() - forecast
    ratio, gap = peer_seconds / (fitted - start), model.log_likelihood_ - peer_log_likelihood
    rows = [
        ("BG/NBD fit, checks and collapse included", fitted - start, LIMIT_SECONDS, f"{model.log_likelihood_:,.3f}"),
        ("BG/NBD forecast of 365 days", forecast - fitted, None, "one value per customer"),
        (f"peer: {peer}", peer_seconds, None, f"{ratio:.0f} times the fit; log-likelihood lower by {gap:.3f}"),
    ]
    return [
        {"what": f"{what}, {n:,} customers", "seconds": seconds, "limit_seconds": limit, "note": note}
        for what, seconds, limit, note in rows
    ]


def _peer(x: Floats, t_x: Floats, T: Floats) -> tuple[str, float]:
    """Fit the peer; return its name and the log-likelihood it reached."""
    try:
        from lifetimes import BetaGeoFitter
    except ImportError:
        return "SciPy, one row per customer, numerical gradient", _plain_fit(x, t_x, T)
    fitted = BetaGeoFitter().fit(x, t_x, T).params_
    return "lifetimes", -len(x) * _mean_loss(np.log(fitted[["r", "alpha", "a", "b"]].to_numpy()), x, t_x, T)


def _plain_fit(x: Floats, t_x: Floats, T: Floats) -> float:
    start = np.log([1, T.mean(), 1, 1])
    return -len(x) * minimize(_mean_loss, start, (x, t_x, T), method="L-BFGS-B", options={"ftol": 1e-10}).fun


def _mean_loss(log_parameters: Floats, x: Floats, t_x: Floats, T: Floats) -> float:
    r, alpha, a, b = np.exp(log_parameters)
    left = np.where(x > 0, np.log(a / (b + np.maximum(x, 1) - 1)) - (r + x) * np.log(alpha + t_x), -np.inf)
    branches = np.logaddexp(-(r + x) * np.log(alpha + T), left)
    terms = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + betaln(a, b + x) - betaln(a, b) + branches
    return -terms.mean()
