"""What sets a class apart from the base, by attributes that the customers table supplies."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.special import ndtri  # scipy.stats takes a second to import

MIN_CUSTOMERS = 10  # of the class with the attribute: fewer say nothing, and may be recognised
LINES_PER_CLASS = 3
ERROR_RATE = 0.05  # that any line at all is chance


def personas(customers: pd.DataFrame, attributes: pd.DataFrame, scheme: str, names: Sequence[str]) -> pd.DataFrame:
    """Return the attribute values that a class holds more often than the base, largest difference first.

    Parameters
    ----------
    customers : customer_id and the scheme's column.
    attributes : customer_id and the columns `names`; text, may be missing.

    Returns
    -------
    class, attribute, value, customers (of the class with this value), known (of the class with any value),
    share, share_in_base (both of customers whose value is known), lift. At most LINES_PER_CLASS rows per class,
    only values of MIN_CUSTOMERS or more whose share exceeds the base's beyond chance: a one-sided test of a
    proportion at ERROR_RATE divided by the number of such values in the table (Bonferroni). An association, no
    cause.
    """
    long = (
        customers[["customer_id", scheme]]
        .merge(attributes, on="customer_id")
        .melt(["customer_id", scheme], list(names), "attribute", "value")
        .dropna(subset="value")
    )
    base = (long.groupby(["attribute", "value"]).size() / long.groupby("attribute").size()).rename("share_in_base")
    counts = long.groupby([scheme, "attribute", "value"]).size().rename("customers").reset_index()
    counts["known"] = counts.groupby([scheme, "attribute"])["customers"].transform("sum")
    counts["share"] = counts["customers"] / counts["known"]
    counts = counts.merge(base.reset_index(), on=["attribute", "value"])
    counts["lift"] = counts["share"] / counts["share_in_base"]
    error = np.sqrt(counts["share_in_base"] * (1 - counts["share_in_base"]) / counts["known"])
    difference = counts["share"] - counts["share_in_base"]
    large = counts["customers"] >= MIN_CUSTOMERS
    told = counts[large & (difference > -ndtri(ERROR_RATE / max(large.sum(), 1)) * error)]
    order = difference.loc[told.index].sort_values(ascending=False, kind="stable").index
    first = told.loc[order].groupby(scheme).head(LINES_PER_CLASS)
    return first.rename(columns={scheme: "class"}).reset_index(drop=True)
