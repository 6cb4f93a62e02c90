"""Scores 1 to 5 by four cut points at observed values; equal values always share a score."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.classification.cuts import Cuts, are_cuts, bounds, observed_quantiles

FIFTHS = (20, 40, 60, 80)  # percent of the baseline's buyers: the quintiles of published RFM schemes


@dataclass(frozen=True)
class Score:
    """A score of one column of the customer table; 5 is best.

    A heavy tie can leave a score empty: that is reported, never repaired.
    """

    column: str
    low_is_best: bool = False

    def fit(self, buyers: pd.DataFrame) -> Cuts:
        """Return four ascending cut points; `buyers` has at least one row."""
        return observed_quantiles(buyers[self.column], FIFTHS)

    def accepts(self, cuts: object) -> bool:
        """Tell whether `cuts` can be cut points of this score."""
        return are_cuts(cuts, len(FIFTHS))

    def assign(self, buyers: pd.DataFrame, cuts: Cuts) -> np.ndarray:
        """Return one int64 score per buyer: 1 + cuts below the value, or 1 + cuts at or above the days."""
        cuts_below = np.searchsorted(cuts, buyers[self.column].to_numpy(), side="left")
        return len(FIFTHS) + 1 - cuts_below if self.low_is_best else 1 + cuts_below

    def table(self, cuts: Cuts) -> pd.DataFrame:
        """Return a row per score, 5 first: score, input, above, up_to (above < value <= up_to; NaN: open)."""
        intervals = bounds(cuts, ("above", "up_to"))
        if self.low_is_best:
            intervals = intervals[::-1].reset_index(drop=True)
        table = intervals.assign(score=range(5, 0, -1), input=self.column)
        return table[["score", "input", "above", "up_to"]]
