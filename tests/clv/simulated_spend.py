"""Customers who spend as the model with frequency in it says."""

import numpy as np
from numpy.typing import NDArray


def mean_spend(x: NDArray[np.int64], rng: np.random.Generator, kappa: float, *, q: float = 3.74) -> NDArray[np.float64]:
    """Return each customer's mean over x amounts, drawn one by one; p and gamma are those of CDNOW."""
    p, gamma = 6.25, 15.44
    rate = rng.gamma(q, 1 / (gamma * x ** np.log(kappa)))
    amounts = rng.gamma(p, 1 / np.repeat(rate, x))
    return np.add.reduceat(amounts, np.cumsum(x) - x) / x
