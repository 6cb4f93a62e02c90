"""Shops whose customers buy and leave as BG/NBD says, with every purchase day: older than their data, or seasonal."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from tests.recovery.simulate import Floats

CUSTOMERS = {"r": 0.8, "alpha": 40.0, "a": 0.6, "b": 3.0}  # days
UNCHANGED = np.asarray


def purchases(
    n: int,
    rng: np.random.Generator,
    first_day: int,
    last_day: int,
    *,
    to_calendar: Callable[[Floats], Floats] = UNCHANGED,
    r: float,
    alpha: float,
    a: float,
    b: float,
) -> pd.DataFrame:
    """Return customer and day, each pair once, of n customers acquired evenly from `first_day` to before `last_day`.

    Seasons are hours that run faster or slower: `to_calendar` maps the time of the model, in which rates are constant,
    to days. A customer leaves at a purchase, so that nothing else changes.
    """
    rate, leaving = rng.gamma(r, 1 / alpha, n), rng.beta(a, b, n)
    now, active = rng.uniform(first_day, last_day, n), np.arange(n)
    parts = [(active, now.copy())]
    while active.size:
        now[active] += rng.exponential(1 / rate[active])
        active = active[now[active] < last_day]
        parts.append((active, now[active]))
        active = active[rng.random(active.size) >= leaving[active]]
    customer, time = (np.concatenate(column) for column in zip(*parts, strict=True))
    days = np.floor(to_calendar(time)).astype(int)
    return pd.DataFrame({"customer": customer, "day": days}).drop_duplicates(ignore_index=True)


def counts(seen: pd.DataFrame, as_of: int, known_from: int) -> pd.DataFrame:
    """Return the collapsed histories at day `as_of` of customers as the data show them."""
    days = seen.groupby("customer")["day"].agg(["min", "max", "count"])
    table = pd.DataFrame(
        {
            "age_known": days["min"] >= known_from,
            "x": days["count"] - 1.0,
            "t_x": days["max"] - days["min"],
            "T": as_of - days["min"],
        }
    )
    return table.value_counts(sort=False).rename("customers").reset_index()


def daily(bought: pd.DataFrame, day_0: str) -> pd.DataFrame:
    """Return first and repeat purchases per day, as `features.daily_purchases` does; day 0 is `day_0`."""
    first = bought["day"] == bought.groupby("customer")["day"].transform("min")
    table = first.groupby(bought["day"]).agg(first_purchases="sum", purchases="size").reset_index()
    return pd.DataFrame(
        {
            "day": pd.Timestamp(day_0) + pd.to_timedelta(table["day"], unit="D"),
            "first_purchases": table["first_purchases"],
            "repeat_purchases": table["purchases"] - table["first_purchases"],
        }
    )
