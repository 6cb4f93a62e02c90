"""Customers at an origin, for tests of lifetime value."""

import numpy as np
import pandas as pd

from analysis.clv import Origin, backtest
from tests.clv.cdnow import customers as cdnow_customers

DAYS = {3: 92, 6: 183, 12: 365}
NOTHING_TESTED = backtest([])


def customer_table(n: int, **columns: object) -> pd.DataFrame:
    """Return n customers who bought once for 20.00 100 days ago, with the given columns instead."""
    usual = {
        "age_known": True,
        "x": 0.0,
        "t_x": 0.0,
        "T": 100.0,
        "mean_repeat_spend": np.nan,
        "sold": 20.0,
        "revenue": 20.0,
        **{
            f"{target}_{side}_{months}": np.nan
            for target in ("purchases", "revenue")
            for side in ("last", "next")
            for months in DAYS
        },
    }
    ids = [f"c{number:05d}" for number in range(n)]
    return pd.DataFrame({"customer_id": ids, **usual, **columns}, index=range(n))


def cdnow_table() -> pd.DataFrame:
    """Return the sample of CDNOW at the end of its first 39 weeks, 30.00 from everybody."""
    table = cdnow_customers().reset_index()
    known = {"x": table["x"].astype(float), "t_x": table["t_x"].astype(float), "T": table["T"].astype(float)}
    return customer_table(len(table), **known, mean_repeat_spend=table["mean_spend"], sold=30.0, revenue=30.0)


def origin(customers: pd.DataFrame, month: str = "1997-10") -> Origin:
    """Return the customers with their collapsed counts, as the engine would."""
    counts = (
        customers.groupby(["age_known", "x", "t_x", "T"], as_index=False).size().rename(columns={"size": "customers"})
    )
    return Origin(month, counts, customers, DAYS)
