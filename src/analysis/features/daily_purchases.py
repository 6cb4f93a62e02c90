"""First and repeat purchases of each day: what the tracking of a purchase model over the calendar stands on."""

import datetime as dt
from pathlib import Path

import pandas as pd

from analysis.engine import Engine

QUERY = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")


def daily_purchases(engine: Engine, transactions: Path, *, as_of: dt.date) -> pd.DataFrame:
    """Return how many customers bought for the first time, and how many again, on each day before `as_of`.

    Parameters
    ----------
    transactions : accepted Parquet file; rows dated at or after `as_of` are not looked at.

    Returns
    -------
    day, first_purchases, repeat_purchases (customers; one of several orders on a day counts once), sorted; days
    without a purchase have no row. The first purchase is the first one in the data.
    """
    return engine.query(QUERY, {"transactions": transactions}, {"as_of": as_of})
