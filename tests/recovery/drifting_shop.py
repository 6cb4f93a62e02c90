"""A shop whose customers buy more in some months and less in others, all of them together, as no model knows."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.clv import Backtest, LifetimeValue, Origin, backtest, estimate

START = pd.Period("2020-01", "M")
AS_OF = START + 24
HORIZONS = (3, 6, 12)
# Of the logarithm of a month's activity: the largest standard deviation of a shop, and the correlation with the month
# before. Shops differ in how much they drift.
DRIFT, MEMORY = 0.3, 0.9


def purchases(rng: np.random.Generator, n: int = 2_000) -> pd.DataFrame:
    """Return customer, day (since START) and amount over 36 months; customers come evenly over the first 24."""
    days = ((START + 36).start_time - START.start_time).days
    activity = np.exp(np.repeat(_levels(rng, 36), 31)[:days])
    clock = np.concatenate([[0], np.cumsum(activity)])  # customers buy and leave by it; the calendar runs evenly
    first = rng.uniform(0, (AS_OF.start_time - START.start_time).days, n)
    now = np.interp(first, np.arange(days + 1), clock)
    rate, leaving = rng.gamma(0.6, 1 / 60, n), rng.beta(0.8, 2.5, n)
    mean = 30 / rng.gamma(4, 1 / 3, n)
    rows, active = [], np.arange(n)
    while active.size:
        day = np.floor(np.interp(now[active], clock, np.arange(days + 1)))
        rows.append(
            pd.DataFrame({"customer": active, "day": day, "amount": mean[active] * rng.gamma(6, 1 / 6, active.size)})
        )
        active = active[(rng.random(active.size) >= leaving[active]) | (len(rows) == 1)]
        now[active] += rng.exponential(1 / rate[active])
        active = active[now[active] < clock[-1]]
    return pd.concat(rows).groupby(["customer", "day"], as_index=False)["amount"].sum()


def _levels(rng: np.random.Generator, months: int) -> NDArray[np.float64]:
    level, drift = np.empty(months), rng.uniform(0, DRIFT)
    level[0] = rng.normal(0, drift)
    for month in range(1, months):
        level[month] = MEMORY * level[month - 1] + rng.normal(0, drift * np.sqrt(1 - MEMORY**2))
    return level


def origin(lines: pd.DataFrame, month: pd.Period, until: pd.Period) -> Origin:
    """Return what was known at the start of a month, and what came up to the start of `until`."""
    ends = {months: _day(month + months) for months in (-12, -6, -3, 0, 3, 6, 12)}
    past = lines[lines["day"] < ends[0]]
    groups = past.groupby("customer")
    first, last, x = groups["day"].min(), groups["day"].max(), groups.size() - 1.0
    total, repeat = groups["amount"].sum(), past[past["day"] > past["customer"].map(first)]
    table = {
        "customer_id": first.index.astype(str),
        "age_known": True,
        "x": x,
        "t_x": (last - first).astype(float),
        "T": ends[0] - first.astype(float),
        "mean_repeat_spend": repeat.groupby("customer")["amount"].mean(),
        "sold": total,
        "revenue": total,
    }
    for months in HORIZONS:
        sides = {"last": (-months, 0), "next": (0, months)}
        for side, (low, high) in sides.items():
            inside = lines[(lines["day"] >= ends[low]) & (lines["day"] < ends[high])].groupby("customer")["amount"]
            known = ends[low] >= 0 and month + high <= until
            for target, found in (("purchases", inside.size()), ("revenue", inside.sum())):
                table[f"{target}_{side}_{months}"] = found.reindex(first.index).fillna(0.0) if known else np.nan
    customers = pd.DataFrame(table, index=first.index).reset_index(drop=True)
    keys = ["age_known", "x", "t_x", "T"]
    counts = customers.groupby(keys, as_index=False).size().rename(columns={"size": "customers"})
    return Origin(str(month), counts, customers, {months: ends[months] - ends[0] for months in HORIZONS})


def _day(month: pd.Period) -> int:
    return (month.start_time - START.start_time).days


def forecast(lines: pd.DataFrame) -> tuple[Backtest, LifetimeValue, dict[int, float]]:
    """Return the backtest and the value at AS_OF, and the revenue that then came, by horizon."""
    tested = backtest(origin(lines, AS_OF - months, AS_OF) for months in range(21, 0, -3))
    value = estimate(origin(lines, AS_OF, AS_OF), tested)
    came = origin(lines, AS_OF, AS_OF + 12).customers
    return tested, value, {months: came[f"revenue_next_{months}"].sum() for months in HORIZONS}
