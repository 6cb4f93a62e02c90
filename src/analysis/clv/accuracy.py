"""How good forecasts were: error, bias, order, calibration. Formulas that need only what was expected and what came."""

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from analysis.clv.collapse import Floats

GROUPS = 10  # deciles of the forecast


def accuracy(expected: Floats, actual: Floats) -> dict[str, float]:
    """Return how a forecast of customers compares with what they did.

    Parameters
    ----------
    expected, actual : arrays (n_customers,) of purchases or money; at least one customer.

    Returns
    -------
    expected, actual : totals. mae, rmse : mean absolute and root mean squared error per customer. bias : total
    expected / total actual - 1. gini : how well the forecast orders customers; 1 orders them as they turned out, 0
    like chance. top_decile : share of the actual total held by the tenth with the highest forecasts, rounded up to
    whole customers. In `gini` and `top_decile` customers with equal forecasts share their places. bias, gini and
    top_decile are NaN where the actual total is not above 0, gini also where all customers turned out alike.
    """
    total, errors = float(actual.sum()), expected - actual
    figures = {
        "expected": float(expected.sum()),
        "actual": total,
        "mae": float(np.abs(errors).mean()),
        "rmse": float(np.sqrt(np.square(errors).mean())),
    }
    if not total > 0:
        return figures | dict.fromkeys(("bias", "gini", "top_decile"), float("nan"))
    return figures | {
        "bias": figures["expected"] / total - 1,
        "gini": _normalised_gini(expected, actual),
        "top_decile": _share_of_top(expected, actual, -(-len(actual) // GROUPS)),
    }


def _normalised_gini(expected: Floats, actual: Floats) -> float:
    """Return the Gini index of the forecast's order over that of the perfect order; see Lerman and Yitzhaki (1984).

    A Gini index is 2 cov(actual, rank) / (n total): the ratio needs the covariances alone.
    """
    perfect = np.cov(actual, rankdata(actual))[0, 1] if len(actual) > 1 else 0.0
    return float(np.cov(actual, rankdata(expected))[0, 1] / perfect) if perfect > 0 else float("nan")


def _share_of_top(expected: Floats, actual: Floats, size: int) -> float:
    border = np.sort(expected)[-size]
    above, level = expected > border, expected == border
    inside = (size - above.sum()) / level.sum()  # of those at the border, the part that still belongs to the top
    return float((actual[above].sum() + inside * actual[level].sum()) / actual.sum())


def calibration(expected: Floats, actual: Floats) -> pd.DataFrame:
    """Return the customers in tenths of the forecast, with what was expected of each tenth and what it did.

    Returns
    -------
    decile (1: lowest forecasts), customers, expected, actual (totals of the tenth). Customers with equal forecasts
    are in one tenth, so that tenths are of unequal size, and some may be missing.
    """
    place = (rankdata(expected) - 0.5) / len(expected)
    decile = np.minimum((place * GROUPS).astype(int), GROUPS - 1) + 1
    table = pd.DataFrame({"decile": decile, "customers": 1, "expected": expected, "actual": actual})
    return table.groupby("decile", as_index=False).sum()
