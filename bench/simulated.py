"""Simulated customers to measure on: the CDNOW parameters, purchases rounded up to whole days.

Peers are measured on them, too, in an environment of their own: nothing but NumPy is imported here.
"""

import numpy as np
from numpy.typing import NDArray

from tests.recovery.simulate import bgnbd_customers

Floats = NDArray[np.float64]

CDNOW = {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}  # per week
CDNOW_SPEND = {"p": 6.25, "q": 3.74, "gamma": 15.44}  # dollars
WEEKS = {12: 39, 104: 117}  # of acquisition: in all. Two years of acquisition bring many more distinct ages


def customers(n: int, acquisition: int, seed: int = 1) -> tuple[Floats, Floats, Floats]:
    """Return x, t_x, T in whole days of n customers acquired over 12 or 104 weeks; t_x > 0 where x > 0."""
    rng = np.random.default_rng(seed)
    x, t_x, age = bgnbd_customers(n, rng, **CDNOW, weeks=WEEKS[acquisition], acquisition=acquisition)
    return x, np.ceil(7 * t_x), np.ceil(7 * age)


def spend(x: Floats, seed: int = 2) -> Floats:
    """Return the mean spend of x repeat purchases, all > 0: dollars, of sums in whole cents of at least one."""
    rng = np.random.default_rng(seed)
    rate = rng.gamma(CDNOW_SPEND["q"], 1 / CDNOW_SPEND["gamma"], x.size)
    return np.maximum(np.round(100 * rng.gamma(CDNOW_SPEND["p"] * x) / rate), 1) / 100 / x
