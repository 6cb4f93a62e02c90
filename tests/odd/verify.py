"""Is what a fit says about itself true? It is checked on a second likelihood, and from other starts."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from analysis.clv.optimise import LARGEST, Fitted, Objective

Floats = NDArray[np.float64]

GAIN = 1e-3  # of summed log-likelihood: what a better point would have to gain to count
STEP = 1e-3  # of the differences, in log-parameters
WIDE = 10.0  # standard error of a log-parameter above which its curvature is not told from rounding
RESTARTS = 3


class Likelihood(NamedTuple):
    """The second likelihood, summed over customers in the units of the data, and the first in those of its fit."""

    summed: Callable[[Floats], float]
    objective: Objective
    units: Floats  # of each parameter


def faults(model: Fitted, likelihood: Likelihood, rng: np.random.Generator) -> list[str]:
    """Return what is wrong with the model's verdict; nothing where it says itself that it found no maximum."""
    parameters = np.array(list(model.params_.values()))
    errors = np.array(list(model.standard_errors_.values()))
    if not model.converged_:
        return [] if model.problems_ else ["neither converged nor a problem"]
    if not (np.isfinite(parameters).all() and np.isfinite(errors).all() and np.isfinite(model.log_likelihood_)):
        return ["not finite"]
    point = np.log(parameters)
    best = likelihood.summed(point)
    rounding = float(np.ptp([likelihood.summed(point + shift) for shift in 1e-12 * np.arange(9)]))
    found = []
    if abs(best - model.log_likelihood_) > GAIN + rounding:
        found.append(f"log-likelihood {model.log_likelihood_} is {best}")
    gain, curvature = _newton(likelihood.summed, point)
    if gain > GAIN + rounding:
        found.append(f"a step gains {gain:.2g}")
    if curvature < -1 / WIDE**2 - 4 * rounding / STEP**2:
        found.append(f"curved upwards: {curvature:.2g}")
    better = max(likelihood.summed(other) for other in _restarts(likelihood, rng, len(point))) - best
    if better > GAIN + rounding:
        found.append(f"another start gains {better:.3g}")
    return found


def _newton(summed: Callable[[Floats], float], point: Floats) -> tuple[float, float]:
    """Return what a Newton step gains, and the smallest curvature, by finite differences."""
    steps = STEP * np.eye(len(point))
    slopes = [_rise(summed, point, step) * 4 / 3 - _rise(summed, point, 2 * step) / 6 for step in steps]
    gradient = np.array(slopes) / STEP
    corners = np.array(
        [
            [sum(i * j * summed(point + i * one + j * two) for i in (1, -1) for j in (1, -1)) for two in steps]
            for one in steps
        ]
    )
    curvature, directions = np.linalg.eigh(-corners / (4 * STEP**2))
    slope = directions.T @ gradient
    return float((slope**2 / np.maximum(curvature, 1 / WIDE**2)).sum() / 2), float(curvature[0])


def _rise(summed: Callable[[Floats], float], point: Floats, step: Floats) -> float:
    """Return the half of what the likelihood gains across a step to both sides."""
    return (summed(point + step) - summed(point - step)) / 2


def _restarts(likelihood: Likelihood, rng: np.random.Generator, n_parameters: int) -> list[Floats]:
    """Return the points that random starts lead to, as logarithms in the units of the data."""
    edge = np.log(LARGEST)
    found = [
        minimize(
            lambda point: tuple(-part for part in likelihood.objective(point)),
            rng.uniform(-4, 4, n_parameters),
            jac=True,
            method="L-BFGS-B",
            bounds=[(-edge, edge)] * n_parameters,
        )
        for _ in range(RESTARTS)
    ]
    return [start.x + np.log(likelihood.units) for start in found]
