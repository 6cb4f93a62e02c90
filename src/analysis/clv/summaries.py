"""Tables about lifetime value: per class, by the formula's parts, by the probability of being active."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.clv.baselines import YEAR_DAYS
from analysis.clv.intervals import Drift, customer_intervals, total_interval
from analysis.clv.lifetime_value import LifetimeValue
from analysis.clv.outlook import drift_at
from analysis.clv.purchase_model import Moments

ALIVE_BANDS = 10  # of 10 points each: as many as a chart of one page can label

# Relative variance by chance up to which the logarithm of a total is as good as normal: a standard deviation of 22 %.
FEW = 0.05
TOTALS = ["clv_12_months", "clv_12_months_variance", "revenue_3_months", "revenue_6_months"]
TOTALS += ["at_risk_12_months", "clv_formula"]
BY_CLASS = ["class", "customers", "clv_12_months", "clv_12_months_low", "clv_12_months_high", "share_of_clv"]
BY_CLASS += ["clv_12_months_mean", "revenue_3_months", "revenue_6_months", "at_risk_12_months", "clv_formula"]
BY_CLASS += ["history_revenue_minor", "share_of_history"]


def value_by_class(scored: pd.DataFrame, scheme: str, classes: Sequence[str], value: LifetimeValue) -> pd.DataFrame:
    """Return what each class is expected to bring in the next 12 months, beside what it brought so far.

    Parameters
    ----------
    scored : one row per customer: the column `scheme`, those of `LifetimeValue.customers`, history_revenue_minor.
    classes : the classes of the scheme, in the order of the result.
    value : the month's, for the uncertainty that all customers share.

    Returns
    -------
    class, customers; clv_12_months (total, currency), clv_12_months_low, clv_12_months_high (its range; NaN by the
    formula); share_of_clv; clv_12_months_mean (per customer with a value); revenue_3_months, revenue_6_months,
    at_risk_12_months, clv_formula (totals); history_revenue_minor (total), share_of_history. A class whose customers
    all lack a value has none (NaN); one without customers has totals of 0 and no mean. Shares are NaN where the total
    is not above 0.
    """
    may_buy = scored["purchase_probability_12_months"].clip(upper=1 - 1e-12)
    groups = scored.assign(log_nothing=np.log1p(-may_buy)).groupby(scheme)
    table = groups[[*TOTALS, "log_nothing"]].sum(min_count=1)
    table["clv_12_months_mean"] = groups["clv_12_months"].mean()
    table["history_revenue_minor"] = groups["history_revenue_minor"].sum()
    table["customers"] = groups.size()
    table = table.reindex(list(classes))
    nobody = table["customers"].isna()
    table.loc[nobody, [*TOTALS, "log_nothing", "history_revenue_minor", "customers"]] = 0
    table = table.astype({"customers": "int64", "history_revenue_minor": "int64"})
    for share, total in (("share_of_clv", "clv_12_months"), ("share_of_history", "history_revenue_minor")):
        whole = table[total].sum()
        table[share] = table[total] / whole if whole > 0 else float("nan")
    table[["clv_12_months_low", "clv_12_months_high"]] = _ranges(table, value)
    return table.rename_axis("class").reset_index()[BY_CLASS]


def _ranges(table: pd.DataFrame, value: LifetimeValue) -> list[tuple[float, float]]:
    """Return the range of each class; what all customers share does not average out, what is chance does."""
    drift, parameters = drift_at(value.drift, 12), float(value.verdict["parameter_variance"].iloc[0])
    expected, variance = table["clv_12_months"], table["clv_12_months_variance"]
    classes = zip(expected, variance, np.exp(table["log_nothing"]), strict=True)
    return [_range(*of_class, parameters, drift) for of_class in classes]


def _range(expected: float, variance: float, nothing: float, parameters: float, drift: Drift) -> tuple[float, float]:
    """Return the range of a class that brings nothing with the probability `nothing`.

    Where chance is large, a class is like a customer: it may bring nothing, and what it brings is gamma distributed.
    NaN where spend has no variance: unlike that of all, the error of a small class is in no earlier forecast.
    """
    if not (np.isfinite(variance) and expected > 0):
        return float("nan"), float("nan")
    relative = variance / expected**2
    if relative <= FEW:
        return total_interval(expected, parameters + relative, drift)
    moments = Moments(*(np.array([part]) for part in (1 - nothing, expected, variance + expected**2)))
    low, high = customer_intervals(moments, parameters + drift.variance)
    return float(low[0]), float(high[0])


def formula_parts(
    customers: pd.DataFrame, scheme: str, classes: Sequence[str], *, lifetime_months: float, minor_units: int
) -> pd.DataFrame:
    """Return the factors of the formula CLV per class, such that each row's product is its mean.

    Parameters
    ----------
    customers : the customer table with the column `scheme`.
    classes : the classes of the scheme, in the order of the result.
    lifetime_months : the assumed lifetime.
    minor_units : decimals of the currency.

    Returns
    -------
    class, customers (who ever ordered), average_order_value (currency; weighted by how often each customer orders),
    orders_per_month (per customer, over the customer's history of at least a year), lifetime_months,
    clv_formula_mean (currency) = the product of the three. NaN for a class without orders.
    """
    buyers = customers[customers["history_orders"] > 0]
    months = 12 * (buyers["T"] / YEAR_DAYS).clip(lower=1)
    rates = pd.DataFrame(
        {
            "class": buyers[scheme],
            "orders": buyers["history_orders"] / months,
            "revenue": buyers["history_revenue_minor"] / 10**minor_units / months,
        }
    )
    groups = rates.groupby("class")
    sums = groups[["orders", "revenue"]].sum().reindex(list(classes))
    counts = groups.size().reindex(list(classes), fill_value=0)
    table = pd.DataFrame(
        {
            "customers": counts.astype("int64"),
            "average_order_value": sums["revenue"] / sums["orders"],
            "orders_per_month": sums["orders"] / counts.where(counts > 0),
            "lifetime_months": float(lifetime_months),
        }
    )
    table["clv_formula_mean"] = table["average_order_value"] * table["orders_per_month"] * lifetime_months
    return table.rename_axis("class").reset_index()


def alive_bands(customers: pd.DataFrame) -> pd.DataFrame:
    """Return the repeat customers by their probability of being active, in bands of 10 points.

    Parameters
    ----------
    customers : probability_alive (NaN without a repeat purchase: left out), clv_12_months (currency).

    Returns
    -------
    alive_percent_low, alive_percent_high (low <= percent < high; the last band includes 100), customers,
    share_of_customers, clv_12_months (total). All bands, also those without customers; no rows where no customer
    has a probability.
    """
    known = customers[customers["probability_alive"].notna()]
    columns = ["alive_percent_low", "alive_percent_high", "customers", "share_of_customers", "clv_12_months"]
    if known.empty:
        return pd.DataFrame({column: [] for column in columns})
    width = 100 // ALIVE_BANDS
    # Rounded before cutting: 0.3 * 10 is 3.0000000000000004 short of or above a band by the last bit.
    band = (known["probability_alive"] * ALIVE_BANDS).round(9).astype(int).clip(upper=ALIVE_BANDS - 1)
    values = known.groupby(band)["clv_12_months"].agg(["size", "sum"]).reindex(range(ALIVE_BANDS), fill_value=0)
    return pd.DataFrame(
        {
            "alive_percent_low": values.index * width,
            "alive_percent_high": (values.index + 1) * width,
            "customers": values["size"].astype("int64"),
            "share_of_customers": values["size"] / len(known),
            "clv_12_months": values["sum"].astype(float),
        }
    ).reset_index(drop=True)


def spend_bands(by_frequency: pd.DataFrame) -> pd.DataFrame:
    """Return the bands of `SpendDependence.by_frequency` with repeat_purchases_above and repeat_purchases_up_to."""
    above, up_to = by_frequency["x_from"] - 1, by_frequency["x_to"]
    return by_frequency.assign(repeat_purchases_above=above, repeat_purchases_up_to=up_to)


def parameter_table(parameters: pd.DataFrame) -> pd.DataFrame:
    """Return the parameters with `relative_error` (standard error / estimate) and the key of their meaning."""
    return parameters.assign(
        relative_error=parameters["standard_error"] / parameters["estimate"],
        parameter_meaning=parameters["model"] + "_" + parameters["parameter"],
    )
