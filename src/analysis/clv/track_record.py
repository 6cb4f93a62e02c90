"""Tables of how the forecasts in use did before: totals, ranges, tenths."""

import numpy as np
import pandas as pd

from analysis.clv.intervals import TAIL
from analysis.clv.rolling_origin import Backtest, non_overlapping


def forecasts_made(tested: Backtest, candidate: str) -> pd.DataFrame:
    """Return what a candidate expected in total from each origin, beside the revenue that came.

    Returns
    -------
    origin, months, expected, expected_low, expected_high (NaN without an earlier origin), actual (currency), difference
    (actual / expected - 1); sorted by months and origin.
    """
    rows = tested.ranges[tested.ranges["candidate"] == candidate].sort_values(["months", "origin"])
    rows = rows.rename(columns={"low": "expected_low", "high": "expected_high"})
    rows = rows.assign(difference=rows["actual"] / rows["expected"] - 1)
    columns = ["origin", "months", "expected", "expected_low", "expected_high", "actual", "difference"]
    return rows[columns].reset_index(drop=True)


def coverage(tested: Backtest, candidate: str) -> pd.DataFrame:
    """Return how often the ranges of earlier forecasts held what came, and how wide they were.

    Returns
    -------
    One row per horizon with a forecast: months; forecasts, non_overlapping; ranges (forecasts that an earlier origin
    gave a range to); totals_inside (how many of them), total_width (mean, share of what was expected),
    total_interval_score (mean, same unit); customers_inside (share), customer_width, customer_interval_score (means,
    currency). NaN without a range, and of customers by the formula.
    """
    rows = tested.ranges[tested.ranges["candidate"] == candidate]
    tables = []
    for months in sorted(rows["months"].unique()):
        made = rows[rows["months"] == months]
        ranged = made.dropna(subset=["low"])
        width = (ranged["high"] - ranged["low"]) / ranged["expected"]
        below, above = (
            (ranged["low"] - ranged["actual"]).clip(lower=0),
            (ranged["actual"] - ranged["high"]).clip(lower=0),
        )
        tables.append(
            {
                "months": months,
                "forecasts": len(made),
                "non_overlapping": non_overlapping(pd.PeriodIndex(made["origin"], freq="M"), months),
                "ranges": len(ranged),
                "totals_inside": int(((below == 0) & (above == 0)).sum()),
                "total_width": width.mean(),
                "total_interval_score": (width + (below + above) / ranged["expected"] / TAIL).mean(),
                "customers_inside": ranged["coverage"].mean(),
                "customer_width": ranged["width"].mean(),
                "customer_interval_score": ranged["interval_score"].mean(),
            }
        )
    return pd.DataFrame(tables)


def tenths(tested: Backtest, candidate: str, months: int) -> pd.DataFrame:
    """Return what each tenth of the customers was expected to bring, beside what it brought; mean of all origins.

    Returns
    -------
    decile (1: lowest forecasts), customers (of all origins together), expected_per_customer, actual_per_customer
    (currency), difference (actual / expected - 1; NaN where nothing was expected).
    """
    wanted = {"target": "revenue", "candidate": candidate, "months": months}
    rows = tested.deciles[(tested.deciles[list(wanted)] == pd.Series(wanted)).all(axis=1)]
    made = tested.ranges[(tested.ranges["candidate"] == candidate) & (tested.ranges["months"] == months)]
    rows = rows[rows["origin"].isin(made["origin"])]  # a refused fit makes no forecast
    sums = rows.groupby("decile", as_index=False)[["customers", "expected", "actual"]].sum()
    return pd.DataFrame(
        {
            "decile": sums["decile"],
            "customers": sums["customers"],
            "expected_per_customer": sums["expected"] / sums["customers"],
            "actual_per_customer": sums["actual"] / sums["customers"],
            "difference": (sums["actual"] / sums["expected"].replace(0, np.nan)) - 1,
        }
    )
