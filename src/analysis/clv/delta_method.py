"""How uncertain a total is because parameters are: the delta method on logarithms."""

import copy
from collections.abc import Callable
from typing import TypeVar

import numpy as np

from analysis.clv.optimise import Fitted

Model = TypeVar("Model", bound=Fitted)

LOG_STEP = 1e-3  # of central differences in the logarithm of a parameter; error about LOG_STEP**2


def variance_of_log(model: Model, total: Callable[[Model], float]) -> float:
    """Return the variance of log(total(model)) that the covariance of the model's log-parameters makes.

    It is the relative variance of the total. NaN where the fit has no covariance.
    """
    slopes = [(_log_total(model, total, name, 1) - _log_total(model, total, name, -1)) / 2 for name in model.params_]
    slope = np.array(slopes) / LOG_STEP
    return float(slope @ model.log_covariance_ @ slope)


def _log_total(model: Model, total: Callable[[Model], float], name: str, side: int) -> float:
    moved = copy.copy(model)
    moved.params_ = {**model.params_, name: model.params_[name] * np.exp(side * LOG_STEP)}
    return float(np.log(total(moved)))
