"""What all customers will bring in over the next 3, 6 and 12 months, with ranges, and what of it is at risk."""

import numpy as np
import pandas as pd

from analysis.clv.baselines import formula
from analysis.clv.candidates import HORIZONS, Origin
from analysis.clv.collapse import Floats
from analysis.clv.intervals import DRIFTS, Drift, chance, total_interval
from analysis.clv.purchase_model import Moments
from analysis.clv.rolling_origin import Backtest, drift_seen
from analysis.clv.valuation import Valuation, sample


def revenue_by_horizon(valuation: Valuation | None, origin: Origin) -> dict[int, Moments]:
    """Return each customer's revenue in the next 3, 6 and 12 months; of the formula (None) the means alone."""
    customers, days = origin.customers, origin.days
    if valuation:
        return {months: valuation.revenue(days[months], customers) for months in HORIZONS}
    means = {months: formula(customers, days[months])["revenue"] for months in HORIZONS}
    nothing_known = np.full(len(customers), np.nan)
    return {months: Moments(nothing_known, mean, nothing_known) for months, mean in means.items()}


def at_risk(mean: Floats, alive: Floats) -> Floats:
    """Return what customers would bring in if they were still active, times the probability that they are not.

    NaN where `alive` is; 0 for who has certainly left.
    """
    return np.where(alive > 0, mean / np.where(alive > 0, alive, 1.0) - mean, 0 * alive)


def drifts(tested: Backtest, candidate: str, at: str) -> pd.DataFrame:
    """Return the drift of each horizon, known on the first day of the month `at`.

    Returns
    -------
    months, drift, weight (of DRIFTS; sum 1); origins, non_overlapping (that it is seen in at this very horizon; 0: it
    is that of the longest shorter horizon of which a forecast was judged, or the usual one).
    """
    tables, seen = [], drift_seen(tested.ranges, candidate, 0, at)
    for months in HORIZONS:
        own = drift_seen(tested.ranges, candidate, months, at)
        seen = own if own.origins else seen
        counts = {"origins": own.origins, "non_overlapping": own.non_overlapping}
        tables.append(pd.DataFrame({"months": months, "drift": DRIFTS, "weight": seen.weights, **counts}))
    return pd.concat(tables, ignore_index=True)


def drift_at(table: pd.DataFrame, months: int) -> Drift:
    """Return the drift of one horizon from the table of `drifts`."""
    rows = table[table["months"] == months]
    return Drift(rows["weight"].to_numpy(), int(rows["origins"].iloc[0]), int(rows["non_overlapping"].iloc[0]))


def outlook(
    revenue: dict[int, Moments],
    alive: Floats,
    parameters: dict[int, float],
    drift_table: pd.DataFrame,
    annual_discount_rate: float,
) -> pd.DataFrame:
    """Return the totals of the next 3, 6 and 12 months.

    Parameters
    ----------
    revenue : of `revenue_by_horizon`. alive : probability alive, NaN for the formula. parameters : relative variance of
        each total by the uncertainty of the parameters. drift_table : of `drifts`. annual_discount_rate : effective.

    Returns
    -------
    One row per horizon: months; expected, expected_low, expected_high (currency, not discounted); at_risk (currency, of
    those whose probability alive is known; NaN for the formula); present_value (each part discounted from its middle);
    explained (relative variance the model knows of), drift (standard deviation of log(actual / expected)), origins,
    non_overlapping (as in `drifts`).
    """
    rows, value, before, until = [], 0.0, 0.0, 0
    for months in HORIZONS:
        _, mean, square = revenue[months]
        expected = float(mean.sum())
        explained = parameters[months] + chance(float(np.nansum(square - mean**2)), expected)
        seen = drift_at(drift_table, months)
        low, high = total_interval(expected, explained, seen)
        value += (expected - before) * (1 + annual_discount_rate) ** (-(until + months) / 24)
        before, until = expected, months
        rows.append(
            {
                "months": months,
                "expected": expected,
                "expected_low": low,
                "expected_high": high,
                "at_risk": pd.Series(at_risk(mean, alive)).sum(min_count=1),
                "present_value": value,
                "explained": explained,
                "drift": np.sqrt(seen.variance),
                "origins": seen.origins,
                "non_overlapping": seen.non_overlapping,
            }
        )
    return pd.DataFrame(rows)


def parameter_variances(valuation: Valuation | None, origin: Origin) -> dict[int, float]:
    """Return the relative variance of each horizon's total from the parameters, told by a sample; 0 for the formula."""
    some = origin.customers.iloc[sample(len(origin.customers))]
    return {months: valuation.relative_variance(origin.days[months], some) if valuation else 0.0 for months in HORIZONS}
