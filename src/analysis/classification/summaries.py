"""Tables about the schemes: their rules in numbers, and what their classes hold."""

from collections.abc import Mapping
from itertools import product

import numpy as np
import pandas as pd

from analysis.classification.cuts import Cuts
from analysis.classification.schemes import BUYER, SCHEMES, SCORES
from analysis.classification.tiers import Tiers

CURVE_POINTS = 200  # more cannot be told apart in a chart of one page


def score_table(cutoffs: Mapping[str, Cuts]) -> pd.DataFrame:
    """Return every score's thresholds: name, score (5 to 1), input, above, up_to (above < value <= up_to)."""
    tables = [score.table(cutoffs[name]).assign(name=name) for name, score in SCORES.items()]
    return pd.concat(tables, ignore_index=True)[["name", "score", "input", "above", "up_to"]]


def rule_table(scheme: str, cutoffs: Mapping[str, Cuts]) -> pd.DataFrame:
    """Return a row per class of the scheme's rule, in display order, with its thresholds or codes.

    Columns after `class`: rfm_segment codes, cells; rfm_quadrant per score H or L and `<score>_high_from`;
    abc input, at_least, below (no rows if there are no cut points); tiers input, above, up_to. NaN is an open
    end; amounts are whole minor units.
    """
    return SCHEMES[scheme].rule.table(cutoffs[scheme])


def scheme_inputs(scheme: str) -> pd.DataFrame:
    """Return the columns a scheme reads: input, weight (1 unless the scheme weighs its inputs)."""
    rule = SCHEMES[scheme].rule
    weights = rule.weights if isinstance(rule, Tiers) else dict.fromkeys(rule.columns, 1)
    return pd.DataFrame(weights.items(), columns=["input", "weight"])


def summary(customers: pd.DataFrame, scheme: str, minor_units: int) -> pd.DataFrame:
    """Return what each class holds, in display order, classes without customers included.

    Parameters
    ----------
    customers : the customer table with the scheme's column.
    scheme : name of the scheme.
    minor_units : decimals of the currency (2: a minor unit is a hundredth).

    Returns
    -------
    class, customers, share_of_customers, orders, net_revenue_minor, share_of_revenue, average_order_value
    (net revenue per order, currency), median_recency_days. Counts sum to the base. A class without customers
    or orders has NaN averages; shares are NaN when there is nobody, or no net revenue above 0, to share.
    """
    groups = customers.groupby(scheme)
    sums = groups[["orders", "net_revenue_minor"]].sum().assign(customers=groups.size())
    sums = sums.reindex(SCHEMES[scheme].classes, fill_value=0).astype("int64")
    revenue = sums["net_revenue_minor"].sum()
    table = sums.assign(
        share_of_customers=sums["customers"] / len(customers) if len(customers) else np.nan,
        share_of_revenue=sums["net_revenue_minor"] / revenue if revenue > 0 else np.nan,
        average_order_value=sums["net_revenue_minor"] / 10**minor_units / sums["orders"].replace(0, np.nan),
        median_recency_days=groups["recency_days"].median(),
    )
    return table.rename_axis("class").reset_index()[
        [
            "class",
            "customers",
            "share_of_customers",
            "orders",
            "net_revenue_minor",
            "share_of_revenue",
            "average_order_value",
            "median_recency_days",
        ]
    ]


def rfm_grid(customers: pd.DataFrame) -> pd.DataFrame:
    """Return the buyers per pair of scores, always 25 rows: r_score, f_score (5 to 1), customers."""
    cells = pd.MultiIndex.from_tuples(product(range(5, 0, -1), repeat=2), names=["r_score", "f_score"])
    counts = customers.groupby(["r_score", "f_score"]).size()
    return counts.reindex(cells, fill_value=0).rename("customers").reset_index()


def abc_curve(customers: pd.DataFrame) -> pd.DataFrame:
    """Return the share of value held by the best buyers: share_of_buyers, share_of_value, both from 0 to 1.

    Value is net revenue above 0 in the window; buyers at 0 or below hold none. At most about 200 points, each
    exact. No rows if no buyer has positive value.
    """
    values = customers.loc[customers["buyer_status"] == BUYER, "net_revenue_minor"].clip(lower=0)
    if not values.any():
        return pd.DataFrame({"share_of_buyers": [], "share_of_value": []})
    held = np.cumsum([0, *values.sort_values(ascending=False)])
    points = np.unique(np.linspace(0, len(values), CURVE_POINTS + 1).round().astype(int))
    return pd.DataFrame({"share_of_buyers": points / len(values), "share_of_value": held[points] / held[-1]})
