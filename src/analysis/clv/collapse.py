"""Distinct rows: a likelihood of (x, t_x, T) needs each combination once, with its number of customers.

On a day grid a million customers share about a hundred thousand combinations, so a fit costs a tenth.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


def collapse(*columns: Floats, weights: Floats | None = None) -> tuple[tuple[Floats, ...], Floats]:
    """Return the distinct rows, sorted, and the weight of each (equal rows, or the sum of their weights).

    Parameters
    ----------
    columns : arrays of one length, finite and not negative, at least one row.
    weights : weight of each row; None counts every row once.

    Examples
    --------
    >>> collapse(np.array([1.0, 0.0, 1.0]), np.array([7.0, 0.0, 7.0]))
    ((array([0., 1.]), array([0., 7.])), array([1., 2.]))
    """
    keys, levels = _pack(columns)
    if weights is None:
        distinct, counts = np.unique(keys, return_counts=True)
        return _unpack(distinct, levels), counts.astype(float)
    distinct, row = np.unique(keys, return_inverse=True)
    return _unpack(distinct, levels), np.bincount(row, weights).astype(float)


def distinct_rows(*columns: Floats) -> tuple[tuple[Floats, ...], Integers]:
    """Return the distinct rows, sorted, and for each given row the position of its distinct row."""
    keys, levels = _pack(columns)
    distinct, row = np.unique(keys, return_inverse=True)
    return _unpack(distinct, levels), row


def _pack(columns: tuple[Floats, ...]) -> tuple[Integers, list[Floats]]:
    """Return one integer key per row and the levels of each column; keys sort as the rows do.

    Sorting one integer is several times faster than sorting rows. Levels times levels stay below 2**63: x has
    few, and even a different t_x and T for each of 10 million customers leave room for 90,000 values of x.
    """
    levels, codes = zip(*map(_codes, columns), strict=True)
    return np.ravel_multi_index(codes, [len(values) for values in levels]), list(levels)


def _unpack(keys: Integers, levels: list[Floats]) -> tuple[Floats, ...]:
    codes = np.unravel_index(keys, [len(values) for values in levels])
    return tuple(values[code] for values, code in zip(levels, codes, strict=True))


def _codes(column: Floats) -> tuple[Floats, Integers]:
    """Return the levels of a column in ascending order, and the position of each row's level."""
    if column.max() < len(column) + 2**16:  # counts and days are their own position; no sort, no large table
        whole = column.astype(np.int64)
        if np.array_equal(whole, column):
            return np.arange(whole.max() + 1.0), whole
    return np.unique(column, return_inverse=True)
