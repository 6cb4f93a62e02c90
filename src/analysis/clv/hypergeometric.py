"""2F1 as the models need it, and the points where a formula has no value but a limit."""

from collections.abc import Callable

import numpy as np
from scipy.special import hyp2f1

from analysis.clv.collapse import Floats

# SciPy's 2F1 fails where two of its parameters differ by a whole number, and some formulas are 0/0. This near to such
# a point the mean of the values on both sides is exact to about 1e-9.
NEAR_SINGULAR = 1e-5


def hypergeometric(p: float, q: Floats, c: Floats, u: Floats) -> Floats:
    """Return 2F1(p, q; c; -u), u >= 0, by its forms in z = u / (1 + u) (Pfaff).

    Of the two forms the one with the smaller of p and q in front neither overflows for frequent buyers (q in
    the hundreds) nor for a large p.
    """
    small, large = np.minimum(p, q), np.maximum(p, q)
    return (1 + u) ** -small * hyp2f1(small, c - large, c, u / (1 + u))


def beside_singular(at: Callable[[float], Floats], value: float, *distances: float) -> Floats:
    """Return at(value), or where a distance to a singular point is about 0 the mean of both sides."""
    if min(map(abs, distances)) < NEAR_SINGULAR:
        return (at(value - 3 * NEAR_SINGULAR) + at(value + 3 * NEAR_SINGULAR)) / 2
    return at(value)
