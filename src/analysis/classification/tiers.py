"""Tiers by a weighted sum of columns, cut at shares of the baseline's buyers."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.classification.cuts import Cuts, are_cuts, bounds, check_shares, observed_quantiles

WEIGHTED_SUM = "weighted_sum"


@dataclass(frozen=True)
class Tiers:
    """Ordered tiers, best first; more of any column never lowers the tier, and equal sums share one.

    A tied block that lies across a line is in the lower tier, so that a shop of one-time buyers has no high
    tier rather than a high tier of everybody.
    """

    weights: Mapping[str, int]
    up_to_percent: Mapping[str, int]

    def __post_init__(self) -> None:
        """Refuse shares that are not a partition, and weights that turn the order round."""
        check_shares(self.up_to_percent)
        if not self.weights or min(self.weights.values()) <= 0:
            raise ValueError(f"weights must be above 0, got {dict(self.weights)}")

    @property
    def columns(self) -> tuple[str, ...]:
        """Input columns."""
        return tuple(self.weights)

    @property
    def classes(self) -> tuple[str, ...]:
        """Tiers, best first."""
        return tuple(self.up_to_percent)

    def _sum(self, buyers: pd.DataFrame) -> pd.Series:
        return buyers[list(self.weights)].dot(pd.Series(self.weights))

    def fit(self, buyers: pd.DataFrame) -> Cuts:
        """Return the highest sum of each tier but the best, ascending; `buyers` has at least one row."""
        return observed_quantiles(self._sum(buyers), [100 - p for p in self.up_to_percent.values()][-2::-1])

    def accepts(self, cuts: object) -> bool:
        """Tell whether `cuts` are one per tier but the best."""
        return are_cuts(cuts, len(self.classes) - 1)

    def assign(self, buyers: pd.DataFrame, cuts: Cuts) -> pd.Series:
        """Return one tier per buyer."""
        cuts_below = np.searchsorted(cuts, self._sum(buyers).to_numpy(), side="left")
        return pd.Series(np.array(self.classes[::-1])[cuts_below], index=buyers.index)

    def table(self, cuts: Cuts) -> pd.DataFrame:
        """Return a row per tier: class, input, above, up_to (above < sum <= up_to; NaN is open)."""
        name = self.columns[0] if len(self.columns) == 1 else WEIGHTED_SUM
        table = bounds(cuts, ("above", "up_to")).assign(**{"class": self.classes, "input": name})
        return table[["class", "input", "above", "up_to"]]
