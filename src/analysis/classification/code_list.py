"""A class for every combination of grades, given as a list of codes."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

import pandas as pd

from analysis.classification.cuts import Cuts


def class_by_code(codes: Mapping[str, str], grades: str, width: int) -> dict[str, str]:
    """Return the class of each code, after proving that every code has exactly one and every class has one.

    Parameters
    ----------
    codes : class to its codes, separated by blanks.
    grades : the characters a code is made of.
    width : characters per code.

    Raises
    ------
    ValueError : the list has a hole, an overlap, a code of other grades, or a class without a code.
    """
    pairs = [(code, name) for name, listed in codes.items() for code in listed.split()]
    listed, every = [code for code, _ in pairs], {"".join(code) for code in product(grades, repeat=width)}
    faults = {
        "not covered": every - set(listed),
        "listed twice": {code for code in listed if listed.count(code) > 1},
        "unknown": set(listed) - every,
        "class without a code": set(codes) - {name for _, name in pairs},
    }
    if any(faults.values()):
        found = [f"{fault}: {' '.join(sorted(names))}" for fault, names in faults.items() if names]
        raise ValueError("; ".join(found))
    return dict(pairs)


def joined(grades: pd.DataFrame) -> pd.Series:
    """Return one code per row: its grades written side by side, in column order."""
    letters = grades.astype(str)
    return letters.iloc[:, 0].str.cat(letters.iloc[:, 1:])


@dataclass(frozen=True)
class CodeList:
    """Named groups by score codes such as 543; the groups are no order."""

    columns: tuple[str, ...]
    codes: Mapping[str, str]

    def __post_init__(self) -> None:
        """Refuse a list that is not a partition."""
        self._class_by_code()

    def _class_by_code(self) -> dict[str, str]:
        return class_by_code(self.codes, "12345", len(self.columns))

    @property
    def classes(self) -> tuple[str, ...]:
        """Classes in display order."""
        return tuple(self.codes)

    def fit(self, _: pd.DataFrame) -> Cuts:
        """Return no cut points: the scores carry them."""
        return []

    def accepts(self, cuts: object) -> bool:
        """Tell whether `cuts` are none."""
        return cuts == []

    def assign(self, scored: pd.DataFrame, _: Cuts) -> pd.Series:
        """Return one class per scored buyer."""
        return joined(scored[list(self.columns)]).map(self._class_by_code())

    def table(self, _: Cuts) -> pd.DataFrame:
        """Return a row per class: class, codes (separated by blanks), cells (their number)."""
        rows = [(name, codes, len(codes.split())) for name, codes in self.codes.items()]
        return pd.DataFrame(rows, columns=["class", "codes", "cells"])
