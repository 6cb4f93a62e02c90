"""Maximum likelihood for all models: find the maximum, prove it, and say why it should not be used.

Parameters are positive and optimised as logarithms. The objective is the mean log-likelihood per customer, so
that tolerances mean the same for a thousand and for a million customers.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NoReturn

import numpy as np
from scipy.optimize import minimize
from threadpoolctl import threadpool_limits

from analysis.clv.collapse import Floats

Objective = Callable[[Floats], tuple[float, Floats]]  # log-parameters -> mean log-likelihood, its gradient

# Range of a parameter, time and money measured in their mean. Beyond it the gamma terms cancel to noise, and
# a distribution of that shape is a constant: the parameter runs off because the data show no differences.
LARGEST = 1e6  # and its inverse the smallest
# Log-likelihood, summed over customers, that one more Newton step would gain. Differences below 1 mean
# nothing to statistics; a millionth keeps every digit that is printed.
GAIN_LEFT = 1e-6
# Standard error over estimate. Above one half the usual 95 % interval (two standard errors) reaches 0: the
# data do not even tell whether the quantity exists. CDNOW, the published case, has .29; its first four months
# have .46.
MAX_RELATIVE_ERROR = 0.5

FEW_ROWS = 1_000  # one odd customer can make a second peak there, and a further start costs milliseconds
NEWTON_STEPS = 20  # quadratic convergence: two are usual, a ridge takes more
STEP = 1e-4  # of the central difference; error about STEP**2


@dataclass(frozen=True)
class Maximum:
    """Where the likelihood is largest; `covariance` is that of the logarithms of the parameters."""

    parameters: Floats
    mean_log_likelihood: float
    covariance: Floats
    problems: tuple[str, ...]


def maximise(objective: Objective, starts: Floats, n_customers: float, *, rows: float = np.inf) -> Maximum:
    """Return the maximum of the mean log-likelihood, found by L-BFGS-B and finished by Newton steps.

    `starts` is an array (n_parameters,) or (n_starts, n_parameters). Mixed populations and giants make likelihoods
    with two peaks, of which the lower one is usually doubtful: a peak with a problem is compared with those that the
    other starts lead to; of at most FEW_ROWS `rows`, every peak is.

    Problems are keys: `boundary` (a parameter ran off to the end of its range), `not_converged` (not finite,
    not curved downwards in every direction, or one more step would still gain), `flat_ridge` (a maximum so
    flat that a standard error is above MAX_RELATIVE_ERROR of its estimate).
    """
    # One thread: products of a thousand or a million numbers gain nothing from a second one, wait for it up
    # to .1 s on a busy machine, and would give last digits that depend on the number of cores.
    with threadpool_limits(1, "blas"):
        first, *others = np.atleast_2d(starts)
        best = _peak(objective, first, n_customers)
        for start in others:
            if not best.problems and rows > FEW_ROWS:
                break
            peak = _peak(objective, start, n_customers)
            # a gain of rounding alone must not decide which of two equal points is shown
            if n_customers * (peak.mean_log_likelihood - best.mean_log_likelihood) > GAIN_LEFT:
                best = peak
        return best


def _peak(objective: Objective, start: Floats, n_customers: float) -> Maximum:
    """Return the maximum that one start leads to."""
    edge = np.log(LARGEST)
    found = minimize(
        lambda point: tuple(-part for part in objective(point)),
        np.clip(np.log(start), -edge, edge),
        jac=True,
        method="L-BFGS-B",
        bounds=[(-edge, edge)] * len(start),
        options={"ftol": 1e-12, "gtol": 1e-7, "maxiter": 1000},
    )
    point = found.x
    for _ in range(NEWTON_STEPS):
        value, gradient = objective(point)
        curvature, directions = np.linalg.eigh(-_hessian(objective, point))
        slope = directions.T @ gradient
        curved = bool(np.isfinite(value) and curvature[0] > 0)
        converged = curved and n_customers * (slope**2 / curvature).sum() / 2 < GAIN_LEFT
        if _runs_off(point):  # refused anyway, and the next step may lead down: the surface is rounding alone
            break
        # Uphill also where the surface curves upwards, and never further than a factor e. The last step is taken, too:
        # it is free, and squares the error, so that the result does not depend on the start. A parameter the data say
        # nothing of has neither slope nor curvature, and stays.
        step = directions @ (slope / np.maximum(np.abs(curvature), np.finfo(float).tiny))
        point = np.clip(point + np.clip(step, -1, 1), -edge, edge)
        if converged:
            break
    covariance = directions / (curvature * n_customers) @ directions.T if curved else np.full((len(point),) * 2, np.nan)
    flat = curved and np.sqrt(covariance.diagonal().max()) > MAX_RELATIVE_ERROR
    flags = {"boundary": _runs_off(point), "not_converged": not converged, "flat_ridge": flat}
    return Maximum(
        np.exp(point), objective(point)[0], covariance, tuple(key for key, raised in flags.items() if raised)
    )


def _runs_off(log_parameters: Floats) -> bool:
    """Tell whether a parameter is within a factor e of the end of its range."""
    return bool((np.abs(log_parameters) > np.log(LARGEST) - 1).any())


def _hessian(objective: Objective, point: Floats) -> Floats:
    """Return the second derivatives: central differences of the analytic gradient."""
    steps = STEP * np.eye(len(point))
    rows = [(objective(point + step)[1] - objective(point - step)[1]) / (2 * STEP) for step in steps]
    return (np.array(rows) + np.array(rows).T) / 2


class Fitted:
    """What every model offers after `fit`.

    Attributes
    ----------
    params_, standard_errors_ : parameter name to float. A standard error is NaN where the likelihood has no
        maximum.
    log_likelihood_ : sum over customers, on the scale of the given time or money.
    converged_ : the point was verified to be a maximum.
    problems_ : keys of the reasons not to use the fit; see `maximise`. Empty if there are none.
    log_covariance_ : covariance of the logarithms of the parameters, in their order; NaN as a standard error.
    """

    params_: dict[str, float]
    standard_errors_: dict[str, float]
    log_likelihood_: float
    converged_: bool
    problems_: tuple[str, ...]
    log_covariance_: Floats

    def __getattr__(self, name: str) -> NoReturn:
        why = ""
        if "params_" not in vars(self):
            why = ": call fit first"
        elif name in Fitted.__annotations__:
            why = ": it was given its parameters, and only fit gives the rest"
        raise AttributeError(f"{type(self).__name__} has no {name}{why}")

    def _keep(self, maximum: Maximum, units: Mapping[str, float], log_likelihood: float) -> None:
        """Keep a maximum; units: for each parameter what one of it is in the units of the caller."""
        values = maximum.parameters * np.array(list(units.values()))
        self.params_ = dict(zip(units, values.tolist(), strict=True))
        errors = values * np.sqrt(maximum.covariance.diagonal())  # of a logarithm: relative to the parameter
        self.standard_errors_ = dict(zip(units, errors.tolist(), strict=True))
        self.log_likelihood_, self.log_covariance_ = log_likelihood, maximum.covariance
        self.problems_ = maximum.problems
        self.converged_ = not {"boundary", "not_converged"} & set(maximum.problems)
