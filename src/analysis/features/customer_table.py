"""The customer table: one row per customer at `as_of`, written once in SQL for every engine."""

import datetime as dt
from pathlib import Path

import pandas as pd

from analysis.engine import Engine

DAYS_PER_YEAR = 365  # the same year as the 12 months of lifetime value
QUERY = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")


def customer_table(
    engine: Engine,
    transactions: Path,
    customers: Path,
    *,
    as_of: dt.date,
    window_days: int,
    known_from: dt.date,
    minor_units: int,
) -> pd.DataFrame:
    """Return the features of every customer known at `as_of`, sorted by `customer_id`.

    Parameters
    ----------
    transactions, customers : accepted Parquet files; rows dated at or after `as_of` are not looked at.
    as_of : first day that may not influence the result.
    window_days : length of the window that ends at `as_of`.
    known_from : customers first seen before this day have an unknown age.
    minor_units : decimals of the currency; money columns `*_minor` are whole minor units.

    Returns
    -------
    customer_id; buyer_status (buyer, lapsed, never_ordered); first_order_date, last_order_date; age_known;
    recency_days (1 = bought on the last day); orders, net_revenue_minor, category_breadth (in the window);
    average_order_value (currency; missing without orders); history_orders, history_revenue_minor;
    annual_spend (currency per year, a history under one year counts as one); purchase_interval_days (median
    gap between order days; missing under two); return_rate (returned / sold amount in the window; missing
    when nothing was sold); tenure_days (missing when the age is unknown); x, t_x, T in days (repeat purchase
    days, age at the last one, age now); mean_repeat_spend (currency per repeat purchase day; missing at x = 0).
    """
    parameters = {
        "as_of": as_of,
        "window_start": as_of - dt.timedelta(days=window_days),
        "known_from": known_from,
        "minor_per_major": 10**minor_units,
        "days_per_year": DAYS_PER_YEAR,
    }
    return engine.query(QUERY, {"transactions": transactions, "customers": customers}, parameters)
