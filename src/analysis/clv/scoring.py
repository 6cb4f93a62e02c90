"""Scores of many customers: distinct rows in blocks, so that memory beside the result does not grow with customers."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from analysis.clv import checks
from analysis.clv.collapse import Floats, distinct_rows
from analysis.errors import InputError

# Of one block. Large enough that most rows of a day grid repeat, small enough for some tens of megabytes.
ROWS = 2**18


def score(
    formula: Callable[[Floats, Floats, Floats], Floats],
    x: ArrayLike,
    t_x: ArrayLike,
    T: ArrayLike,
    shape: tuple[int, ...] = (),
) -> Floats:
    """Return formula(x, t_x, T) of each customer, an array (*shape, n_customers).

    Parameters
    ----------
    formula : row by row; it gets the distinct rows of a block, checked, at least one.
    x, t_x, T : arrays (n_customers,) or single numbers, as in `PurchaseModel.fit`; arrays of floats are not copied.
    shape : of what the formula returns for one row; (): one number.

    Returns
    -------
    Same order; empty in, empty out.

    Raises
    ------
    InputError
        A row is impossible: all rules and their counts over all customers, in one error.
    """
    columns = [np.atleast_1d(np.asarray(column, dtype=float)) for column in (x, t_x, T)]
    scores = np.empty((*shape, max(map(len, columns))))
    for start in range(0, max(scores.shape[-1], 1), ROWS):
        block = slice(start, start + ROWS)
        try:
            rows = checks.history(*(column[block] for column in columns))
        except InputError:
            checks.history(*columns)  # the same of all customers: its counts are what the user needs
            raise
        if rows[0].size:
            scores[..., block] = on_distinct(formula, *rows)
    return scores


def on_distinct(formula: Callable[..., Floats], *columns: Floats) -> Floats:
    """Return formula(*columns) row by row, computed once per distinct row; at least one row."""
    distinct, row = distinct_rows(*columns)
    return formula(*distinct)[..., row]
