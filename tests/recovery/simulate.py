"""Customers who buy and leave as the models say, in continuous time."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def bgnbd_customers(
    n: int, rng: np.random.Generator, *, r: float, alpha: float, a: float, b: float, weeks: float, acquisition: float
) -> tuple[Floats, Floats, Floats]:
    """Return x, t_x and T in weeks of n customers acquired evenly over the first `acquisition` weeks."""
    rate, leaving = rng.gamma(r, 1 / alpha, n), rng.beta(a, b, n)
    age = weeks - rng.uniform(0, acquisition, n)
    x, t_x, now = np.zeros(n), np.zeros(n), np.zeros(n)
    active = np.arange(n)
    while active.size:
        now[active] += rng.exponential(1 / rate[active])
        active = active[now[active] <= age[active]]
        x[active] += 1
        t_x[active] = now[active]
        active = active[rng.random(active.size) >= leaving[active]]
    return x, t_x, age
