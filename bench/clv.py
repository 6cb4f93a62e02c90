"""The models of lifetime value on a million customers, each in a process of its own; BG/NBD also beside a peer.

Simulated: the CDNOW parameters, acquisitions over 12 weeks, 39 weeks, whole days; spend in whole cents, of those who
bought again. Peak memory includes the simulation. The peer is `lifetimes` 0.11.3 where
it can be imported; it is archived and fails on most set-ups, so otherwise the same likelihood is fitted with SciPy in
the straightforward way: one row per customer, numerical gradient.
"""

import sys
from collections.abc import Callable
from functools import partial
from time import perf_counter

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import betaln, gammaln

from analysis.clv import BGNBD, MBGNBD, GammaGamma, ParetoNBD
from bench.processes import measured, tell
from tests.recovery.simulate import bgnbd_customers

Floats = NDArray[np.float64]

N_CUSTOMERS = 1_000_000
LIMIT_SECONDS = {"BG/NBD": 0.5, "MBG/NBD": 0.3, "Gamma-Gamma": 0.5, "Pareto/NBD": 8}
CDNOW = {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}  # per week
CDNOW_SPEND = {"p": 6.25, "q": 3.74, "gamma": 15.44}  # dollars


def customers(n: int, seed: int = 1) -> tuple[Floats, Floats, Floats]:
    """Return x, t_x, T in whole days of n simulated customers; rounded up, so that t_x > 0 where x > 0."""
    x, t_x, age = bgnbd_customers(n, np.random.default_rng(seed), **CDNOW, weeks=39, acquisition=12)
    return x, np.ceil(7 * t_x), np.ceil(7 * age)


def spend(x: Floats, seed: int = 2) -> Floats:
    """Return the mean spend of x repeat purchases, all > 0: dollars, of sums in whole cents of at least one."""
    rng = np.random.default_rng(seed)
    rate = rng.gamma(CDNOW_SPEND["q"], 1 / CDNOW_SPEND["gamma"], x.size)
    return np.maximum(np.round(100 * rng.gamma(CDNOW_SPEND["p"] * x) / rate), 1) / 100 / x


def fit(model: str, n: int) -> Callable[[], object]:
    """Return the fit of a model to n simulated customers, ready to be measured."""
    x, t_x, age = customers(n)
    if model == "Gamma-Gamma":
        repeats = x[x > 0]
        return partial(GammaGamma().fit, repeats, spend(repeats))
    kind = {"BG/NBD": BGNBD, "MBG/NBD": MBGNBD, "Pareto/NBD": ParetoNBD}[model]
    return partial(kind().fit, x, t_x, age)


def run(n: int = N_CUSTOMERS) -> list[dict[str, object]]:
    """Return one row per measurement: what, seconds, limit_seconds (None: no limit), note."""
    rows: list[tuple[str, float, float | None, str]] = []
    for model, limit in LIMIT_SECONDS.items():
        found = measured("bench.clv", model, n)
        note = f"checks and collapse included; peak {found['peak_mb']:.0f} MB"
        rows.append((f"{model} fit", found["seconds"], limit, note))
    history = customers(n)
    start = perf_counter()
    model = BGNBD().fit(*history)
    fitted = perf_counter()
    model.expected_purchases(365, *history)
    forecast = perf_counter()
    peer, peer_log_likelihood = _peer(*history)
    peer_seconds = perf_counter() - forecast
    ratio, gap = peer_seconds / (fitted - start), model.log_likelihood_ - peer_log_likelihood
    rows += [
        ("BG/NBD forecast of 365 days", forecast - fitted, None, "one value per customer"),
        (
            f"peer of BG/NBD: {peer}",
            peer_seconds,
            None,
            f"{ratio:.0f} times the fit; log-likelihood {model.log_likelihood_:,.3f}, the peer's lower by {gap:.3f}",
        ),
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


if __name__ == "__main__":
    tell(fit(sys.argv[1], int(sys.argv[2])))
