"""Customers who buy and leave as the models say, in continuous time."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def bgnbd_customers(
    n: int,
    rng: np.random.Generator,
    *,
    r: float,
    alpha: float,
    a: float,
    b: float,
    weeks: float,
    acquisition: float,
    first_may_be_last: bool = False,
) -> tuple[Floats, Floats, Floats]:
    """Return x, t_x and T in weeks of n customers acquired evenly over the first `acquisition` weeks.

    With `first_may_be_last` they are customers of MBG/NBD.
    """
    rate, leaving = rng.gamma(r, 1 / alpha, n), rng.beta(a, b, n)
    age = weeks - rng.uniform(0, acquisition, n)
    x, t_x, now = np.zeros(n), np.zeros(n), np.zeros(n)
    active = np.flatnonzero(rng.random(n) >= leaving) if first_may_be_last else np.arange(n)
    while active.size:
        now[active] += rng.exponential(1 / rate[active])
        active = active[now[active] <= age[active]]
        x[active] += 1
        t_x[active] = now[active]
        active = active[rng.random(active.size) >= leaving[active]]
    return x, t_x, age


def pareto_nbd_customers(
    n: int, rng: np.random.Generator, *, r: float, alpha: float, s: float, beta: float, weeks: float, acquisition: float
) -> tuple[Floats, Floats, Floats]:
    """Return the same of customers who leave at any moment, at a rate of their own."""
    rate, age = rng.gamma(r, 1 / alpha, n), weeks - rng.uniform(0, acquisition, n)
    stay = np.minimum(rng.exponential(1 / rng.gamma(s, 1 / beta, n)), age)
    x = rng.poisson(rate * stay)
    # the last of x moments spread evenly over the stay
    t_x = np.where(x > 0, stay * rng.random(n) ** (1 / np.maximum(x, 1)), 0)
    return x.astype(float), t_x, age


def repeat_spenders(n: int, rng: np.random.Generator, *, p: float, q: float, gamma: float) -> tuple[Floats, Floats]:
    """Return x and mean spend of n customers with two repeat purchases or more, frequency and spend independent."""
    x = 1.0 + rng.geometric(0.4, n)
    return x, rng.gamma(p * x) / (rng.gamma(q, 1 / gamma, n) * x)


def contracts(n: int, rng: np.random.Generator, *, alpha: float, beta: float) -> tuple[Floats, Floats]:
    """Return renewals and lost of n customers who had 1 to 8 occasions to renew."""
    renewals = rng.geometric(rng.beta(alpha, beta, n)) - 1.0
    observed = rng.integers(1, 9, n)
    return np.minimum(renewals, observed), (renewals < observed).astype(float)
