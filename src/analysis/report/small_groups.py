"""Pages for readers outside: what would tell about single customers of a small group is withheld and marked."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from analysis.report import measures

MIN_CUSTOMERS = 10  # the usual minimum cell of official statistics; smaller groups are recognisable
MONEY = ("money", "money_minor", "interval")
PERSONAL = ("share_of_revenue", "share_of_value", "share_of_clv", "share_of_history", "persona", "reason", "lift")


def withhold(df: pd.DataFrame, kinds: Mapping[str, Any] | None = None) -> pd.DataFrame:
    """Return the table without the money and personal attributes of groups below MIN_CUSTOMERS.

    Withheld cells are missing, with the reason `small_group` beside them, never 0; counts stay. A single
    withheld group would follow from the total, so the next smallest is withheld with it. Tables without a column
    `customers` pass as they are.

    Parameters
    ----------
    df : a table as a page shows it. kinds : how columns are shown that `report/measures.py` does not know.
    """
    if "customers" not in df:
        return df
    people = df["customers"][df["customers"] > 0].sort_values(kind="stable")
    small = int((people < MIN_CUSTOMERS).sum())
    hidden = people.index[: max(small, 2) if small else 0]
    columns = [str(name) for name in df if _sensitive(str(name), kinds or {})]
    if hidden.empty or not columns:
        return df
    shown = df.copy()
    for name in columns:
        shown[name] = shown[name].astype(object).mask(shown.index.isin(hidden), None)
        if name != "reason":
            shown[f"{name}_reason"] = pd.Series("small_group", index=hidden).reindex(shown.index)
        if pd.api.types.is_numeric_dtype(df[name]):
            shown[name] = pd.to_numeric(shown[name])
    return shown


def _sensitive(name: str, kinds: Mapping[str, Any]) -> bool:
    if name in PERSONAL:
        return True
    known = name in kinds or name in measures.MEASURES
    return known and (measures.parse(kinds[name]) if name in kinds else measures.of_column(name)).kind in MONEY
