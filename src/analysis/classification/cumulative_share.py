"""Classes by the share of all value that customers strictly above already hold (ABC)."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.classification.cuts import Cuts, are_cuts, bounds, check_shares

NOT_AVAILABLE = "not_available"  # nobody had positive value in the baseline: there is nothing to share


@dataclass(frozen=True)
class CumulativeShare:
    """Ordered classes, best first; the customer that crosses a line is in the higher class, ties share one.

    Value is in whole numbers, so the comparison at a line is exact. A value of 0 or below is in the last
    class.
    """

    column: str
    up_to_percent: Mapping[str, int]

    def __post_init__(self) -> None:
        """Refuse shares that are not a partition."""
        check_shares(self.up_to_percent)

    @property
    def columns(self) -> tuple[str, ...]:
        """Input columns."""
        return (self.column,)

    @property
    def classes(self) -> tuple[str, ...]:
        """Classes, best first."""
        return tuple(self.up_to_percent)

    def fit(self, buyers: pd.DataFrame) -> Cuts:
        """Return the smallest value of each class but the last, ascending; none without positive value."""
        values = buyers[self.column]
        positive = values[values > 0]
        held = positive.groupby(positive).sum().sort_index(ascending=False)  # tied customers stand together
        above = held.cumsum() - held
        percents = list(self.up_to_percent.values())[-2::-1] if len(held) else []
        return [int(held.index[100 * above < percent * held.sum()].min()) for percent in percents]

    def accepts(self, cuts: object) -> bool:
        """Tell whether `cuts` are none, or one per class but the last."""
        return cuts == [] or are_cuts(cuts, len(self.classes) - 1)

    def assign(self, buyers: pd.DataFrame, cuts: Cuts) -> pd.Series:
        """Return one class per buyer; `not_available` for all when there are no cuts."""
        if not cuts:
            return pd.Series(NOT_AVAILABLE, index=buyers.index)
        cuts_reached = np.searchsorted(cuts, buyers[self.column].to_numpy(), side="right")
        return pd.Series(np.array(self.classes[::-1])[cuts_reached], index=buyers.index)

    def table(self, cuts: Cuts) -> pd.DataFrame:
        """Return a row per class: class, input, at_least, below (NaN is open); without cuts no rows."""
        columns = ["class", "input", "at_least", "below"]
        if not cuts:
            return pd.DataFrame(columns=columns)
        table = bounds(cuts, ("at_least", "below")).assign(**{"class": self.classes, "input": self.column})
        return table[columns]
