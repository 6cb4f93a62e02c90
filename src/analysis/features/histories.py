"""Purchase histories as known at an earlier day, beside what came next: what forecasts are made and judged on."""

import datetime as dt
from pathlib import Path

import pandas as pd

from analysis.engine import Engine
from analysis.tables import calendar

PERIODS = (3, 6, 12)  # months looked ahead, and back
QUERY = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
COUNTS = f"""
SELECT age_known, x, t_x, T, COUNT(*) AS customers
FROM ({QUERY}) AS histories
GROUP BY age_known, x, t_x, T
ORDER BY age_known, x, t_x, T
"""


def history_counts(
    engine: Engine, transactions: Path, *, origin: dt.date, as_of: dt.date, known_from: dt.date
) -> pd.DataFrame:
    """Return how many customers share each history: what a purchase model is fitted to.

    Parameters
    ----------
    As for `histories`.

    Returns
    -------
    age_known, x, t_x, T (days), customers; one row per combination, sorted. A million customers have about a
    hundred thousand.
    """
    parameters = _parameters(origin, as_of, known_from)
    return engine.query(COUNTS, {"transactions": transactions}, parameters)


def histories(
    engine: Engine, transactions: Path, *, origin: dt.date, as_of: dt.date, known_from: dt.date, data_start: dt.date
) -> pd.DataFrame:
    """Return one row per customer who bought before `origin`, sorted by `customer_id`.

    Parameters
    ----------
    transactions : accepted Parquet file; rows dated at or after `as_of` are not looked at.
    origin : the first day that the history may not know of; the first of a month.
    as_of : the end of what came next.
    known_from : customers first seen before this day have an unknown age.
    data_start : first day of the data.

    Returns
    -------
    customer_id, age_known; x (repeat purchase days), t_x, T (age at the last one, age at `origin`; days);
    mean_repeat_spend (currency per repeat purchase day; NaN at x = 0); sold, revenue (currency so far: before
    refunds, and net); and for each period of 3, 6 and 12 months purchases_last_*, revenue_last_* (in the months
    before `origin`; NaN where they begin before the data) and purchases_next_*, revenue_next_* (in the months from
    `origin` on; NaN where they reach beyond `as_of`).
    """
    parameters = _parameters(origin, as_of, known_from)
    table = engine.query(f"{QUERY} ORDER BY customer_id", {"transactions": transactions}, parameters)
    for months in PERIODS:
        unknown = {"last": parameters[f"last_{months}"] < data_start, "next": parameters[f"next_{months}"] > as_of}
        for side in (side for side, absent in unknown.items() if absent):
            table[[f"purchases_{side}_{months}", f"revenue_{side}_{months}"]] = float("nan")
    return table


def _parameters(origin: dt.date, as_of: dt.date, known_from: dt.date) -> dict[str, dt.date]:
    month = f"{origin:%Y-%m}"
    return {
        "origin": origin,
        "as_of": as_of,
        "known_from": known_from,
        **{f"last_{months}": calendar.month_start(calendar.shift(month, -months)) for months in PERIODS},
        **{f"next_{months}": calendar.month_start(calendar.shift(month, months)) for months in PERIODS},
    }
