"""Data that no careful analyst would fit a model to, and that arrive nevertheless: one case per number.

A case is a usual population with some oddities: units of a billionth or a billion, ties, equal ages, giants, ...
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from tests.recovery.simulate import bgnbd_customers, pareto_nbd_customers

Floats = NDArray[np.float64]
Columns = tuple[Floats, ...]


def history(case: int) -> tuple[Columns, Floats | None]:
    """Return x, t_x and T of the case, and its weights."""
    rng = np.random.default_rng([1, case])
    x, t_x, T = _HISTORIES[case % len(_HISTORIES)](rng, int(rng.integers(35, 400)))
    if rng.random() < 0.2:  # days, and few of them: heavy ties
        days = rng.integers(2, 40) / T.max()
        t_x, T = np.ceil(t_x * days), np.ceil(T * days)
    if rng.random() < 0.2:  # a third of them return on the last day
        t_x = np.where((x > 0) & (rng.random(x.size) < 1 / 3), T, t_x)
    if rng.random() < 0.15:  # one giant
        x[0], t_x[0] = rng.integers(1_000, 20_000), T[0] * rng.random()
    unit = 10 ** rng.uniform(-9, 9)
    return (x, t_x * unit, T * unit), _weights(rng, x.size)


def spend(case: int) -> tuple[Columns, Floats | None]:
    """Return x (> 0) and mean spend of the case, and its weights."""
    rng = np.random.default_rng([2, case])
    n = int(rng.integers(25, 400))
    x = rng.geometric(10 ** rng.uniform(-3, 0), n).astype(float)
    z = _SPENDS[case % len(_SPENDS)](rng, x)
    if rng.random() < 0.2:  # a price list of few prices
        z = np.maximum(np.round(z / z.mean() * 3), 1)
    if rng.random() < 0.15:  # one giant
        z[0] *= 10 ** rng.uniform(2, 8)
    return (x, z * 10 ** rng.uniform(-9, 9)), _weights(rng, n)


def contracts(case: int) -> tuple[Columns, Floats | None]:
    """Return renewals and lost of the case, and its weights."""
    rng = np.random.default_rng([3, case])
    n = int(rng.integers(40, 400))
    spread = 10 ** rng.uniform(-3, 4)  # all chances 0 or 1, to all the same
    mean = rng.choice([0.001, 0.1, 0.5, 0.9, 0.999])
    chance = rng.beta(mean * spread, (1 - mean) * spread, n)
    renewals = rng.geometric(np.clip(chance, 1e-6, 1)) - 1.0
    observed = np.full(n, rng.choice([1, 2, 12, 5_000])) if rng.random() < 0.5 else rng.integers(1, 60, n)
    return (np.minimum(renewals, observed), (renewals < observed).astype(float)), _weights(rng, n)


def _weights(rng: np.random.Generator, n: int) -> Floats | None:
    kind = rng.integers(5)
    if kind == 0:  # fractions to thousands
        return 10 ** rng.uniform(-3, 3, n)
    if kind == 1:  # most rows stand for nobody
        return rng.poisson(0.5, n).astype(float) + (np.arange(n) == 0)
    return None


def _bg(rng: np.random.Generator, n: int) -> Columns:
    r, alpha, a, b = 10 ** rng.uniform(-1, 1, 4)
    return bgnbd_customers(n, rng, r=r, alpha=alpha, a=a, b=b, weeks=9, acquisition=5, first_may_be_last=n % 2 > 0)


def _pareto(rng: np.random.Generator, n: int) -> Columns:
    r, alpha, s, beta = 10 ** rng.uniform(-1, 1, 4)
    return pareto_nbd_customers(n, rng, r=r, alpha=alpha, s=s, beta=beta, weeks=9, acquisition=5)


def _equal_ages(rng: np.random.Generator, n: int) -> Columns:
    return pareto_nbd_customers(n, rng, r=1, alpha=3, s=10 ** rng.uniform(-1, 1), beta=5, weeks=9, acquisition=0)


def _few_repeaters(rng: np.random.Generator, n: int) -> Columns:
    x = (np.arange(3 * n) < rng.integers(20, 60)).astype(float)
    T = rng.uniform(1, 9, 3 * n)
    return x, np.where(x > 0, T * (1 - rng.random(3 * n)), 0), T


def _thousands(rng: np.random.Generator, n: int) -> Columns:
    return pareto_nbd_customers(n, rng, r=2, alpha=0.01, s=0.5, beta=10 ** rng.uniform(-2, 2), weeks=9, acquisition=5)


def _two_populations(rng: np.random.Generator, n: int) -> Columns:
    loyal = pareto_nbd_customers(n, rng, r=50, alpha=2, s=1, beta=1e4, weeks=9, acquisition=5)
    passing = bgnbd_customers(n, rng, r=1, alpha=3, a=9, b=1, weeks=9, acquisition=5)
    return tuple(np.concatenate(pair) for pair in zip(loyal, passing, strict=True))


def _regular(rng: np.random.Generator, n: int) -> Columns:
    T, interval = rng.uniform(2, 9, n), rng.choice([0.5, 1, 2], n)
    x = np.floor(T / interval)
    return x, x * interval, T


def _nobody_leaves(rng: np.random.Generator, n: int) -> Columns:
    return pareto_nbd_customers(n, rng, r=10 ** rng.uniform(-1, 3), alpha=3, s=1, beta=1e9, weeks=9, acquisition=5)


def _all_leave_at_once(rng: np.random.Generator, n: int) -> Columns:
    T, x = rng.uniform(2, 9, n), rng.integers(0, 4, n).astype(float)
    return x, np.where(x > 0, 1e-3 * x, 0), T


def _first_days(rng: np.random.Generator, n: int) -> Columns:
    T, x = rng.integers(1, 3, n).astype(float), rng.integers(0, 3, n).astype(float)
    return x, np.where(x > 0, np.minimum(x, T), 0), T


def _last_day(rng: np.random.Generator, n: int) -> Columns:
    x, _, T = _pareto(rng, n)
    return x, np.where(x > 0, T, 0), T


_HISTORIES: list[Callable[[np.random.Generator, int], Columns]] = [
    _bg,
    _pareto,
    _equal_ages,
    _few_repeaters,
    _thousands,
    _two_populations,
    _regular,
    _nobody_leaves,
    _all_leave_at_once,
    _first_days,
    _last_day,
]


def _gamma_gamma(rng: np.random.Generator, x: Floats) -> Floats:
    p, q = 10 ** rng.uniform(-1, 2, 2)
    return np.maximum(rng.gamma(p * x) / x / rng.gamma(q, size=x.size), 1e-100)


_SPENDS: list[Callable[[np.random.Generator, Floats], Floats]] = [
    _gamma_gamma,
    lambda rng, x: rng.gamma(2 * x) / x,  # customers who are all alike
    lambda rng, x: np.full_like(x, rng.uniform(1, 9)),  # one price
    lambda rng, x: rng.gamma(50.0, size=x.size),  # no customer ever spends another amount
    lambda rng, x: np.exp(rng.normal(0, rng.uniform(0.01, 4), x.size)),
    lambda rng, x: rng.choice([1.0, 1000.0], x.size) * rng.uniform(0.9, 1.1, x.size),  # two populations
]
