"""Who moved from class to class between two months."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.special import betaincinv

NOT_YET = "not_yet_a_customer"
NO_LONGER = "no_longer_a_customer"
CONFIDENCE = 0.95  # the usual level, so that readers need not learn ours


def migration(before: pd.DataFrame, after: pd.DataFrame, scheme_col: str, classes: Sequence[str]) -> pd.DataFrame:
    """Return the customers that went from each class to each class, month on month.

    Parameters
    ----------
    before, after : one row per customer of the month before and of this month: customer_id and the scheme's
        column.
    scheme_col : the scheme's column.
    classes : every class of the scheme, in display order.

    Returns
    -------
    from_class, to_class, customers: a row for every pair, also those of nobody, in display order. Entrants come
    from `not_yet_a_customer`, leavers go to `no_longer_a_customer`. Summed over to_class it gives the month
    before, summed over from_class this month.

    Raises
    ------
    ValueError : a customer has no class, or one that is not in `classes`.
    """
    sides = {"from_class": before, "to_class": after}
    if strange := {key for side in sides.values() for key in side[scheme_col]} - set(classes):
        raise ValueError(f"{scheme_col}: classes {sorted(map(str, strange))} are not among {list(classes)}")
    moves = pd.concat(
        [side.set_index("customer_id")[scheme_col].astype("str").rename(name) for name, side in sides.items()], axis=1
    ).fillna({"from_class": NOT_YET, "to_class": NO_LONGER})
    pairs = pd.MultiIndex.from_product([[NOT_YET, *classes], [*classes, NO_LONGER]], names=list(sides))
    counts = moves.groupby(list(sides)).size().reindex(pairs.drop((NOT_YET, NO_LONGER)), fill_value=0)
    return counts.rename("customers").reset_index()


def net_migration(matrix: pd.DataFrame, ordered_classes: Sequence[str]) -> pd.DataFrame:
    """Return how many customers moved up less how many moved down, with its interval.

    Parameters
    ----------
    matrix : as `migration` returned it.
    ordered_classes : the scheme's classes from best to worst. Only moves between these count as up or down; to or
        from any other class, or out of or into the base, is told apart as joined and left.

    Returns
    -------
    One row: up, down, net; net_low, net_high (95 % interval); both_months (customers in an ordered class in both
    months), net_share (net / both_months; NaN without them); joined, left (into and out of the ordered classes).

    The interval holds the number of movers fixed and asks which share of them moves up: the exact binomial
    interval of Clopper and Pearson (1934). It holds 0 where up and down are equally likely. Without movers it is
    NaN.
    """
    place = {key: number for number, key in enumerate(ordered_classes)}
    moves = matrix.assign(origin=matrix["from_class"].map(place), target=matrix["to_class"].map(place))
    step = moves["origin"] - moves["target"]  # NaN unless both are ordered; positive is up

    def count(chosen: pd.Series) -> int:
        return int(moves.loc[chosen, "customers"].sum())

    up, down, both_months = count(step > 0), count(step < 0), count(step.notna())
    low, high = _share_interval(up, up + down)
    return pd.DataFrame(
        [
            {
                "up": up,
                "down": down,
                "net": up - down,
                "net_low": (up + down) * (2 * low - 1),
                "net_high": (up + down) * (2 * high - 1),
                "both_months": both_months,
                "net_share": (up - down) / both_months if both_months else np.nan,
                "joined": count(moves["origin"].isna() & moves["target"].notna()),
                "left": count(moves["origin"].notna() & moves["target"].isna()),
            }
        ]
    )


def _share_interval(successes: int, trials: int) -> tuple[float, float]:
    if trials == 0:
        return np.nan, np.nan
    tail, failures = (1 - CONFIDENCE) / 2, trials - successes
    low = betaincinv(successes, failures + 1, tail) if successes else 0.0
    high = betaincinv(successes + 1, failures, 1 - tail) if failures else 1.0
    return float(low), float(high)
