"""The month's figures over time, and how far they differ from earlier months beyond chance."""

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.engine import Engine

Z_95 = 1.959963984540054  # two-sided 95 % under the normal distribution
MONTHLY = Path(__file__).with_name("monthly.sql").read_text(encoding="utf-8")
CUSTOMER_MONTHS = Path(__file__).with_name("customer_months.sql").read_text(encoding="utf-8")


def monthly_figures(
    engine: Engine,
    transactions: Path,
    *,
    first_month: dt.date,
    as_of: dt.date,
    data_start: dt.date,
    window_days: int,
    minor_units: int,
) -> pd.DataFrame:
    """Return one row per calendar month from `first_month` to the month before `as_of`.

    Returns
    -------
    month_start (every month from the first with records on); active_customers (with an order in the month);
    net_revenue_minor; buyers and repurchase_rate (buyers with two orders or more / buyers, in the window
    at the month's end), both missing where that window reaches outside the data or the month has no records.
    """
    figures = engine.query(
        MONTHLY,
        {"transactions": transactions},
        {"first_month": first_month, "as_of": as_of, "window_days": window_days, "minor_per_major": 10**minor_units},
    )
    last = pd.Timestamp(as_of) - pd.offsets.MonthBegin(1)
    first = max(pd.Timestamp(first_month), pd.Timestamp(data_start).to_period("M").to_timestamp())
    calendar = pd.DataFrame({"month_start": pd.date_range(first, last, freq="MS", unit="us")})
    counts = ["active_customers", "net_revenue_minor"]
    figures = calendar.merge(figures, on="month_start", how="left")
    figures[counts] = figures[counts].fillna(0).astype("int64")
    ends = figures["month_start"] + pd.offsets.MonthBegin(1)
    inside = ends - pd.Timedelta(days=window_days) >= pd.Timestamp(data_start)
    rate = (figures["repeat_buyers"] / figures["buyers"]).where(inside)
    return figures.drop(columns="repeat_buyers").assign(buyers=figures["buyers"].where(inside), repurchase_rate=rate)


def compare_months(
    engine: Engine,
    transactions: Path,
    *,
    now: dt.date,
    as_of: dt.date,
    before: dt.date,
    last_year: dt.date,
    data_start: dt.date,
    minor_units: int,
) -> pd.DataFrame:
    """Compare a month's net revenue and active customers with the month before and the same month last year.

    The same customers are seen in both months, so the change is a sum of paired differences d. Their number is
    random too (a compound Poisson total), so its standard error is sqrt(sum d^2), and the 95 % interval is
    normal. It speaks of chance among customers, not of season or the number of days.

    Parameters
    ----------
    now, before, last_year : first days of the month, the month before it, and the same month last year.
    data_start : months that begin before the data do are not available (all values missing).

    Returns
    -------
    measure, against (month_before, last_year), now, before, change, low, high, beyond_noise.
    """
    spans = {"before": before, "last_year": last_year}
    customers = engine.query(
        CUSTOMER_MONTHS,
        {"transactions": transactions},
        {
            "now": now,
            "as_of": as_of,
            "before": before,
            "before_end": now,
            "last_year": last_year,
            "last_year_end": _next_month(last_year),
            "minor_per_major": 10**minor_units,
        },
    )
    rows = []
    for against, span in (("month_before", "before"), ("last_year", "last_year")):
        for measure, column in (("net_revenue_minor", "revenue"), ("active_customers", "active")):
            row = {"measure": measure, "against": against, "now": float(customers[f"{column}_now"].sum())}
            if spans[span] >= data_start:
                row |= _paired(customers[f"{column}_now"], customers[f"{column}_{span}"])
            rows.append(row)
    columns = ["measure", "against", "now", "before", "change", "low", "high", "beyond_noise"]
    changes = pd.DataFrame(rows).reindex(columns=columns)
    return changes.assign(beyond_noise=changes["beyond_noise"].astype("boolean"))


def _next_month(first_day: dt.date) -> dt.date:
    return (first_day + dt.timedelta(days=31)).replace(day=1)


def _paired(now: pd.Series, before: pd.Series) -> dict[str, float | bool]:
    differences = (now - before).to_numpy(dtype=float)
    change = differences.sum()
    half_width = Z_95 * np.sqrt((differences**2).sum())
    low, high = change - half_width, change + half_width
    return {
        "before": float(before.sum()),
        "change": float(change),
        "low": float(low),
        "high": float(high),
        "beyond_noise": bool(low > 0 or high < 0),
    }
