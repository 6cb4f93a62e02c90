"""Ranges of a forecast: what chance, uncertain parameters and drift between periods leave open.

A model knows chance and its parameters. That whole periods come out better or worse than every model says is drift;
only errors of earlier forecasts show it. All ranges are meant to hold 90 %.
"""

from typing import NamedTuple

import numpy as np
from scipy.optimize import brentq
from scipy.special import gammaincinv, ndtr

from analysis.clv.collapse import Floats
from analysis.clv.purchase_model import Moments

LEVEL = 0.9
TAIL = (1 - LEVEL) / 2
# Standard deviations of log(actual / expected) between periods that are weighed against each other; at the last a
# usual period is a seventh or the sevenfold of what was expected.
DRIFTS = np.linspace(0.005, 2.0, 400)
# What is thought of them before any forecast was judged: periods come out about a tenth off, and some by far more.
# Half-t with 4 degrees of freedom, after Gelman (2006), so that few forecasts narrow a range by no more than half,
# and many decide alone. The scale is chosen so that ranges hold in simulated shops that drift by 0 to 30 %.
USUAL_DRIFT = 0.09
PRIOR = -2.5 * np.log1p((DRIFTS / USUAL_DRIFT) ** 2 / 4)


class Drift(NamedTuple):
    """How far totals come out from what is expected, beyond what the model explains itself.

    weights : of each of DRIFTS. origins : earlier forecasts it is seen in. non_overlapping : how many of them look at
    months of their own.
    """

    weights: Floats
    origins: int
    non_overlapping: int

    @property
    def variance(self) -> float:
        """The mean variance of log(actual / expected)."""
        return float(self.weights @ DRIFTS**2)


def drift(log_errors: Floats, explained: Floats, non_overlapping: int) -> Drift:
    """Return the drift seen in earlier forecasts, weighed against what is usual.

    Parameters
    ----------
    log_errors : log(actual / expected) of totals, one per earlier forecast; none: what is usual. explained : the
        model's own variance of each. non_overlapping : how many of the forecasts look at months of their own; together
        they count as so many.
    """
    variances = explained + DRIFTS[:, None] ** 2
    likelihood = -(np.log(variances) + log_errors**2 / variances).sum(axis=1) / 2
    log_weights = PRIOR + likelihood * non_overlapping / max(len(log_errors), 1)
    weights = np.exp(log_weights - log_weights.max())
    return Drift(weights / weights.sum(), len(log_errors), non_overlapping)


def chance(variance: float, expected: float) -> float:
    """Return the relative variance of a total that chance alone makes, customers being independent.

    Parameters
    ----------
    variance : sum over all customers. Infinite where spend is so unequal that the model has no variance (q <= 2): then
        chance cannot be told from drift, in whose errors it is, and 0 is returned. NaN stays. expected : the total.
    """
    return 0.0 if np.isinf(variance) or not expected > 0 else variance / expected**2


def total_interval(expected: float, explained: float, seen: Drift) -> tuple[float, float]:
    """Return the range of a total: expected x exp(-+ width), log(actual / expected) being normal given the drift.

    NaN where the model's own variance (`explained`) is not finite or nothing is expected.
    """
    if not (np.isfinite(explained) and expected > 0):
        return float("nan"), float("nan")
    spread = np.sqrt(explained + DRIFTS**2)
    width = brentq(lambda width: seen.weights @ (2 * ndtr(width / spread) - 1) - LEVEL, 0, 10 * spread[-1])
    return float(expected * np.exp(-width)), float(expected * np.exp(width))


def customer_intervals(revenue: Moments, common: float) -> tuple[Floats, Floats]:
    """Return the range (two arrays) of each customer's revenue.

    Parameters
    ----------
    revenue : of each customer under the model.
    common : relative variance that all customers share: parameters and drift.

    Notes
    -----
    With probability 1 - P(any) a customer brings nothing; what others bring is taken as gamma distributed with the
    model's mean and mean square. A range begins at 0 where nothing has more than 5 %. NaN without a mean square.
    """
    ever = (revenue.any > 0) & (revenue.mean > 0)
    any_ = np.where(ever, revenue.any, 1.0)
    mean = np.where(ever, revenue.mean / any_, 1.0)
    spread = ever & np.isfinite(revenue.square)
    variance = np.where(spread, revenue.square, 0) * (1 + common) / any_ - mean**2
    variance = np.where(spread, variance, 1.0)
    shape = mean**2 / variance
    nothing = 1 - np.where(ever, any_, 0.0)
    ends = []
    for level in (TAIL, 1 - TAIL):
        place = np.clip((level - nothing) / any_, 0, 1)
        ends.append(np.where(place > 0, gammaincinv(shape, place) * variance / mean, 0.0))
    lost = np.isnan(revenue.any) | (ever & ~spread)
    return np.where(lost, np.nan, ends[0]), np.where(lost, np.nan, ends[1])


def interval_score(low: Floats, high: Floats, actual: Floats) -> Floats:
    """Return width plus 2 / (1 - level) times how far the outcome lies outside; lower is better.

    Source: Gneiting & Raftery (2007), equation (43).
    """
    outside = np.maximum(low - actual, 0) + np.maximum(actual - high, 0)
    return high - low + outside / TAIL
