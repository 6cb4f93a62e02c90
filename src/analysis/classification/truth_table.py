"""A class for every combination of high and low."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from analysis.classification.code_list import class_by_code, joined
from analysis.classification.cuts import Cuts, are_cuts


@dataclass(frozen=True)
class TruthTable:
    """Named groups by a row of H and L, one letter per column; H is at or above the baseline's mean."""

    columns: tuple[str, ...]
    rows: Mapping[str, str]

    def __post_init__(self) -> None:
        """Refuse rows that are not a partition."""
        self._class_by_row()

    def _class_by_row(self) -> dict[str, str]:
        return class_by_code(self.rows, "HL", len(self.columns))

    @property
    def classes(self) -> tuple[str, ...]:
        """Classes in display order."""
        return tuple(self.rows)

    def fit(self, scored: pd.DataFrame) -> Cuts:
        """Return the mean of each column, in column order."""
        return [float(scored[column].mean()) for column in self.columns]

    def accepts(self, cuts: object) -> bool:
        """Tell whether `cuts` are one number per column."""
        return are_cuts(cuts, len(self.columns), ascending=False)

    def assign(self, scored: pd.DataFrame, cuts: Cuts) -> pd.Series:
        """Return one class per scored buyer."""
        high = scored[list(self.columns)] >= cuts
        return joined(high.replace({True: "H", False: "L"})).map(self._class_by_row())

    def table(self, cuts: Cuts) -> pd.DataFrame:
        """Return a row per class: class, then per column `<column>` (H or L) and `<column>_high_from`."""
        table = pd.DataFrame({"class": self.classes})
        for position, (column, cut) in enumerate(zip(self.columns, cuts, strict=True)):
            table[column] = [row[position] for row in self.rows.values()]
            table[f"{column}_high_from"] = cut
        return table
