"""Cut points: ascending lists of plain numbers, so that they can be frozen in a JSON file."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import inf, isfinite, nan

import numpy as np
import pandas as pd

Cuts = list[int | float]


def observed_quantiles(values: pd.Series, percents: Sequence[int]) -> Cuts:
    """Return the values at ranks ceil(percent x n / 100) of the ascending values, never interpolated.

    `values` holds at least one number and no nulls; integers stay integers.
    """
    ascending = np.sort(values.to_numpy())
    ranks = [-(-percent * len(ascending) // 100) for percent in percents]  # whole numbers: an exact ceiling
    return [ascending[rank - 1].item() for rank in ranks]


def are_cuts(cuts: object, count: int, ascending: bool = True) -> bool:
    """Tell whether `cuts`, as read from a file, are `count` finite numbers, none below the one before."""
    if not isinstance(cuts, list) or len(cuts) != count:
        return False
    if not all(type(cut) in (int, float) and isfinite(cut) for cut in cuts):  # a bool is no number here
        return False
    return not ascending or all(low <= high for low, high in pairwise(cuts))


def check_shares(up_to_percent: Mapping[str, int]) -> None:
    """Refuse cumulative shares, best class first, that leave out customers or claim them twice.

    Raises
    ------
    ValueError : the shares do not rise from above 0 to exactly 100.
    """
    shares = [0, *up_to_percent.values()]
    if shares[-1] != 100 or any(low >= high for low, high in pairwise(shares)):
        raise ValueError(f"cumulative shares must rise from above 0 to 100, got {dict(up_to_percent)}")


def bounds(cuts: Cuts, names: tuple[str, str]) -> pd.DataFrame:
    """Return the intervals between ascending cuts, highest first; an open end is NaN."""
    edges = [-inf, *cuts, inf]
    return pd.DataFrame(list(pairwise(edges))[::-1], columns=list(names)).replace([-inf, inf], nan)
