"""The CDNOW cohort as the papers use it: purchases of one day merged, calibration up to 1997-09-30."""

from functools import cache
from pathlib import Path

import pandas as pd

TRANSACTIONS = Path(__file__).parents[2] / "data" / "cdnow" / "transactions.parquet"
CALIBRATION_END = pd.Timestamp("1997-09-30")


@cache
def purchase_days(*, sample: bool = True) -> pd.DataFrame:
    """Return customer_id, day and cents, one row per customer and day with a purchase."""
    lines = pd.read_parquet(TRANSACTIONS, filters=[("in_sample", "=", True)] if sample else None)
    lines = lines.assign(day=pd.to_datetime(lines["order_date"]), cents=(lines["amount"] * 100).astype("int64"))
    return lines.groupby(["customer_id", "day"], as_index=False)["cents"].sum()


@cache
def customers(*, sample: bool = True, end: pd.Timestamp = CALIBRATION_END) -> pd.DataFrame:
    """Return per customer: x, t_x, T (whole days), mean_spend (repeat days only), holdout purchase days."""
    days = purchase_days(sample=sample)
    calibration = days[days["day"] <= end]
    dates = calibration.groupby("customer_id")["day"].agg(["min", "max", "count"])
    repeats = calibration[calibration["day"] > calibration["customer_id"].map(dates["min"])]
    return pd.DataFrame(
        {
            "x": dates["count"] - 1,
            "t_x": (dates["max"] - dates["min"]).dt.days,
            "T": (end - dates["min"]).dt.days,
            "mean_spend": repeats.groupby("customer_id")["cents"].mean() / 100,
            "holdout": days[days["day"] > end].groupby("customer_id").size(),
        }
    ).fillna({"holdout": 0})


def history(*, sample: bool = True, unit: float = 1) -> list[pd.Series]:
    """Return x, t_x and T in units of `unit` days."""
    table = customers(sample=sample)
    return [table["x"], table["t_x"] / unit, table["T"] / unit]


def repeat_spend(*, sample: bool = True) -> pd.DataFrame:
    """Return x and mean_spend of the customers with positive repeat spend."""
    table = customers(sample=sample)
    return table.loc[table["mean_spend"] > 0, ["x", "mean_spend"]]
