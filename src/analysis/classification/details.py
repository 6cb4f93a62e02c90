"""Tables that show how a scheme's classes came about: thresholds, shares of value, age, the grid of scores."""

from collections.abc import Mapping

import pandas as pd

from analysis.classification.cumulative_share import CumulativeShare
from analysis.classification.cuts import Cuts
from analysis.classification.schemes import SCHEMES
from analysis.classification.summaries import rfm_grid, rule_table, score_table, summary


def score_thresholds(cutoffs: Mapping[str, Cuts]) -> pd.DataFrame:
    """Return a row per score, 5 first: score, and `<input>_above`, `<input>_up_to` for the input of each score.

    The score holds where above < value <= up_to; NaN is open; where above equals up_to, no value has the score.
    """
    table = score_table(cutoffs)
    bounds = [
        part.set_index("score")[["above", "up_to"]].add_prefix(f"{name}_")
        for name, part in table.groupby("input", sort=False)
    ]
    return pd.concat(bounds, axis=1).sort_index(ascending=False).reset_index()


def rule_bounds(scheme: str, cutoffs: Mapping[str, Cuts]) -> pd.DataFrame:
    """Return a row per class of a scheme on one number (ABC, tiers): class, `<input>_above`, `<input>_up_to`.

    The class holds where above < value <= up_to; NaN is open. ABC compares whole minor units, so that "at least 500"
    is "above 499". No rows without cut points.
    """
    table = rule_table(scheme, cutoffs)
    if isinstance(SCHEMES[scheme].rule, CumulativeShare):
        table = table.assign(above=table["at_least"] - 1, up_to=table["below"] - 1)
    name = "_".join(table["input"].unique()) or SCHEMES[scheme].rule.columns[0]
    return table[["class", "above", "up_to"]].rename(columns={"above": f"{name}_above", "up_to": f"{name}_up_to"})


def with_rule(segments: pd.DataFrame, scheme: str, cutoffs: Mapping[str, Cuts]) -> pd.DataFrame:
    """Return what each class holds with the rule that made it; classes without a rule, as lapsed, get NaN.

    Parameters
    ----------
    segments : a row per class, as `summary` returns them.
    scheme : `rfm_quadrant` adds H or L per score, ABC and tiers their bounds (see `rule_bounds`).
    """
    rule = rule_table(scheme, cutoffs) if scheme == "rfm_quadrant" else rule_bounds(scheme, cutoffs)
    return segments.merge(rule, on="class", how="left", validate="one_to_one")


def abc_classes(customers: pd.DataFrame, minor_units: int, cutoffs: Mapping[str, Cuts]) -> pd.DataFrame:
    """Return what each ABC class holds with its rule and its actual share of value.

    Value is net revenue above 0, as in `abc_curve`; so late returns of customers who bought nothing never enter.

    Returns
    -------
    As `with_rule`, and buyers_without_value (net revenue of 0 or below), share_of_buyers, share_of_value;
    cumulative_share_of_buyers and cumulative_share_of_value, best class first, NaN for classes that are no grade.
    Shares are NaN when there is nobody, or no value, to share.
    """
    table = with_rule(summary(customers, "abc", minor_units), "abc", cutoffs)
    grades = table["class"].isin(SCHEMES["abc"].rule.classes)
    value = customers["net_revenue_minor"].clip(lower=0).groupby(customers["abc"]).sum()
    without = (customers["net_revenue_minor"] <= 0).groupby(customers["abc"]).sum()
    buyers, held = table["customers"].where(grades), table["class"].map(value).fillna(0).where(grades)
    # Dividing by an absent total gives NaN: no value, no share.
    table["buyers_without_value"] = table["class"].map(without).fillna(0).where(grades)
    table["share_of_buyers"] = buyers / (buyers.sum() or float("nan"))
    table["share_of_value"] = held / (held.sum() or float("nan"))
    cumulative = table[["share_of_buyers", "share_of_value"]].cumsum().add_prefix("cumulative_")
    return table.join(cumulative)


def first_order_age(customers: pd.DataFrame, scheme: str) -> pd.DataFrame:
    """Return how long ago the first order of each class lies, as far as it is known.

    Returns
    -------
    class, customers, known_age (customers whose first order is known), median_tenure_days (of those; NaN without any);
    classes in display order, also those of nobody.
    """
    groups = customers.assign(known=customers["tenure_days"].notna()).groupby(scheme)
    table = pd.DataFrame({"customers": groups.size(), "known_age": groups["known"].sum()})
    table = table.reindex(SCHEMES[scheme].classes, fill_value=0).astype("int64")
    table["median_tenure_days"] = groups["tenure_days"].median()
    return table.rename_axis("class").reset_index()


def rfm_matrix(customers: pd.DataFrame) -> pd.DataFrame:
    """Return the buyers per pair of scores, a row per R score, 5 first: r_score, f_score_5 to f_score_1, customers."""
    cells = rfm_grid(customers).pivot_table("customers", "r_score", "f_score", aggfunc="sum")
    cells = cells.sort_index(ascending=False)[range(5, 0, -1)].add_prefix("f_score_").rename_axis(None, axis=1)
    return cells.assign(customers=cells.sum(axis=1)).reset_index()
