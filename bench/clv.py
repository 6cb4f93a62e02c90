"""The models of lifetime value on a million simulated customers: fits, scores, and BG/NBD beside `lifetimes`.

Every measurement is a process of its own. Fits include checks and collapse; Gamma-Gamma is fitted to those who bought
again. Scores are P(alive) and the purchases of 365 days, one after the other.
"""

import sys
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

import numpy as np

from analysis.clv import BGNBD, MBGNBD, GammaGamma, ParetoNBD
from analysis.clv.beta_geometric import objective
from analysis.clv.collapse import collapse
from analysis.clv.optimise import Fitted
from analysis.clv.purchase_model import PurchaseModel
from bench.processes import measured, tell
from bench.rows import Row
from bench.simulated import WEEKS, customers, spend

N_CUSTOMERS = 1_000_000
ONE_QUARTER, TWO_YEARS = WEEKS  # weeks of acquisition
FIT_SECONDS = {"BG/NBD": 0.3, "MBG/NBD": 0.3, "Gamma-Gamma": 0.5, "Pareto/NBD": 8}  # acquired in one quarter
SCORE_SECONDS, LIMIT_MB = 2, 500
LEAST_RATIO = 50  # seconds of the peer over ours
PEERS = Path(__file__).parents[1] / ".venv-peers"
TIMES = 3  # runs of a measurement with a limit; the median counts

PURCHASE_MODELS: dict[str, type[PurchaseModel]] = {"BG/NBD": BGNBD, "MBG/NBD": MBGNBD, "Pareto/NBD": ParetoNBD}
CDNOW_DAYS = {  # estimates on the CDNOW sample, so that scores need no fit
    "BG/NBD": {"r": 0.243, "alpha": 30.9, "a": 0.793, "b": 2.426},
    "MBG/NBD": {"r": 0.525, "alpha": 43.3, "a": 0.891, "b": 1.614},
    "Pareto/NBD": {"r": 0.553, "alpha": 74.0, "s": 0.606, "beta": 81.7},
}


def fit(model: str, n: int, acquisition: int) -> Callable[[], Fitted]:
    """Return the fit of a model to n customers acquired over so many weeks, ready to be measured."""
    history = customers(n, acquisition)
    if model == "Gamma-Gamma":
        repeats = history[0][history[0] > 0]
        return partial(GammaGamma().fit, repeats, spend(repeats))
    return partial(PURCHASE_MODELS[model]().fit, *history)


def scores(model: str, n: int, acquisition: int) -> Callable[[], object]:
    """Return P(alive) and the expected purchases of n such customers, ready to be measured."""
    history = customers(n, acquisition)
    scoring = PURCHASE_MODELS[model].with_parameters(**CDNOW_DAYS[model])
    return lambda: (scoring.probability_alive(*history), scoring.expected_purchases(365, *history))


def run(n: int = N_CUSTOMERS) -> Iterator[Row]:
    """Yield one row per measurement."""
    quarter: dict[str, Mapping[str, float]] = {}
    for weeks in (ONE_QUARTER, TWO_YEARS):
        for model, seconds in FIT_SECONDS.items():
            limits = (seconds, LIMIT_MB) if weeks == ONE_QUARTER else (None, None)
            found = measured(__name__, "fit", model, n, weeks, times=TIMES)
            quarter.setdefault(model, found)
            yield _row(f"{model} fit, {_of(n, weeks)}", found, *limits)
        for model in PURCHASE_MODELS:
            found = measured(__name__, "scores", model, n, weeks, times=TIMES)
            yield _row(f"{model} scores, {_of(n, weeks)}", found, SCORE_SECONDS, LIMIT_MB)
    yield _peer(n, quarter["BG/NBD"])


def _row(what: str, found: Mapping[str, float], limit_seconds: float | None, limit_mb: float | None) -> Row:
    return Row(what, found["seconds"], limit_seconds, found["peak_mb"], limit_mb)


def _of(n: int, acquisition: int) -> str:
    return f"{n:,} customers of {acquisition} weeks"


def _peer(n: int, ours: Mapping[str, float]) -> Row:
    """Return the peer beside our fit to the same customers; both log-likelihoods are ours, on the scale of days."""
    what = f"peer of the BG/NBD fit: lifetimes, {_of(n, ONE_QUARTER)}"
    if not (PEERS / ".installed").exists():
        return Row(what, note="MISSING, so nothing is compared: `make bench` sets it up from requirements-peers.lock")
    peer = measured("bench.peer", n, ONE_QUARTER, python=PEERS / "bin" / "python")
    rows, weights = collapse(*customers(n, ONE_QUARTER))
    at_peer = np.log([peer[name] for name in ("r", "alpha", "a", "b")])
    log_likelihood = n * objective(*rows, weights, early_chances=0)(at_peer)[0]
    return Row(
        what,
        peer["seconds"],
        peak_mb=peer["peak_mb"],
        ratio=peer["seconds"] / ours["seconds"],
        least_ratio=LEAST_RATIO,
        note=f"log-likelihood {log_likelihood:,.4f}; ours higher by {ours['log_likelihood'] - log_likelihood:.4f}",
    )


if __name__ == "__main__":
    work, model, n, acquisition = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    if work == "fit":
        tell(fit(model, n, acquisition), lambda fitted: {"log_likelihood": fitted.log_likelihood_})
    else:
        tell(scores(model, n, acquisition))
