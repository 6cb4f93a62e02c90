"""Whether repeat purchases follow the season, and what that does to a forecast.

The purchase models know no season: they spread purchases evenly over the year. So the ratio of actual to expected
repeat purchases per calendar month, once its trend is taken out, holds the season.
"""

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import f as f_distribution

from analysis.clv.candidates import HORIZONS
from analysis.clv.collapse import Floats
from analysis.clv.purchase_model import PurchaseModel

MIN_MONTHS = 24  # with one of each calendar month, December and a good month cannot be told apart
MAX_P = 0.05  # a month named seasonal by chance does little harm: its index is then near 1
TREND_DEGREE = 2  # what the model misses of growth bends at most once; a season of 12 months bends each year


@dataclass(frozen=True)
class Seasonality:
    """Repeat purchases by month, the indices of the calendar months, and the verdict.

    Attributes
    ----------
    months : one row per complete month: month (its first day), purchases, expected (repeat purchases), ratio
        (purchases / expected; NaN where none are expected).
    indices : calendar_month (1 to 12), index (mean 1: 1.2 is a fifth above the year's average); no row unless seasonal.
    verdict : one row: key (`too_short`, `none`, `seasonal`); months, months_needed; f, p, max_p (NaN if too short);
        highest_month, highest_index, lowest_month, lowest_index, effect_3, effect_6, effect_12 (forecast of the next
        months with the season / without, - 1); NaN unless seasonal.
    """

    months: pd.DataFrame
    indices: pd.DataFrame
    verdict: pd.DataFrame


def purchase_seasonality(daily: pd.DataFrame, model: PurchaseModel, as_of: dt.date) -> Seasonality:
    """Return whether repeat purchases follow the season, by calendar month.

    Parameters
    ----------
    daily : day, first_purchases, repeat_purchases up to `as_of`; see `features.daily_purchases`. At least one row.
    model : a fitted purchase model whose unit of time is the day. Whether its `problems_` forbid its use is for the
        caller to judge.
    as_of : first day after the last month.

    Notes
    -----
    A month counts if the data hold it from its first day on. Expected repeat purchases of a month are the sum over
    first purchases of E[X(end of month)] - E[X(start of month)] of a new customer, so that growth and length of the
    months are in them.

    ln(ratio) is regressed on a trend and on 11 indicators of calendar months, weighted by what is expected (the
    variance of a count is proportional to it; half a purchase is added to both sides so that a month without one has
    a logarithm). The F test of the indicators is the test of stable seasonality of X-11 (Lothian and Morry 1978;
    Ladiray and Quenneville 2001, Seasonal Adjustment with the X-11 Method, ch. 3) after a trend of its own. Its
    yardstick is how much the same calendar month differs from year to year, which holds everything that the model
    misses: not the number of customers, for of a million everything would be significant. Permuting whole years
    cannot be used: it leaves the means of calendar months as they are.

    The effect on the next months is the mean index of these months by their days, less 1; about 0 over 12 months.
    """
    months = _by_month(daily, model, as_of)
    verdict: dict[str, object] = {"key": "too_short", "months": len(months), "months_needed": MIN_MONTHS}
    names = ["f", "p", "max_p", "highest_month", "highest_index", "lowest_month", "lowest_index"]
    figures: dict[str, float] = dict.fromkeys([*names, *(f"effect_{ahead}" for ahead in HORIZONS)], np.nan)
    indices = pd.DataFrame({"calendar_month": pd.Series(dtype="int64"), "index": pd.Series(dtype=float)})
    if len(months) >= MIN_MONTHS:
        f, p, by_calendar_month = _stable_seasonality(months)
        verdict["key"] = "seasonal" if p < MAX_P else "none"
        figures |= {"f": f, "p": p, "max_p": MAX_P}
        if p < MAX_P:
            indices = pd.DataFrame({"calendar_month": range(1, 13), "index": by_calendar_month})
            figures |= _extremes(by_calendar_month) | _effects(by_calendar_month, as_of)
    return Seasonality(months, indices, pd.DataFrame([verdict | figures]))


def _by_month(daily: pd.DataFrame, model: PurchaseModel, as_of: dt.date) -> pd.DataFrame:
    """Return the table `Seasonality.months`."""
    day = pd.DatetimeIndex(daily["day"])
    edges = pd.date_range(day.min(), as_of, freq="MS")  # first days of months, the last one ends the last month
    edges = edges if len(edges) > 1 else edges[:0]
    months = max(len(edges) - 1, 0)
    in_month = np.searchsorted(edges, day, side="right") - 1  # -1: in a month that the data do not hold whole
    inside = (in_month >= 0) & (in_month < months)
    purchases = np.bincount(in_month[inside], daily["repeat_purchases"].to_numpy()[inside], minlength=months)
    so_far = model.cumulative_purchases_of_new(np.arange((pd.Timestamp(as_of) - day.min()).days + 1))
    first = daily["first_purchases"].to_numpy()
    cumulative = np.array([first @ so_far[np.maximum((edge - day).days, 0)] for edge in edges])
    expected = np.diff(cumulative)
    ratio = np.divide(purchases, expected, out=np.full(months, np.nan), where=expected > 0)
    return pd.DataFrame(
        {"month": edges[:months], "purchases": purchases.astype("int64"), "expected": expected, "ratio": ratio}
    )


def _stable_seasonality(months: pd.DataFrame) -> tuple[float, float, Floats]:
    """Return F, its p-value, and the index of each calendar month, their mean 1."""
    expected = months["expected"].to_numpy()
    log_ratio = np.log((months["purchases"].to_numpy() + 0.5) / (expected + 0.5))
    trend = np.polynomial.legendre.legvander(np.linspace(-1, 1, len(months)), TREND_DEGREE).astype(np.float64)
    calendar_month = months["month"].dt.month.to_numpy()
    indicators = (calendar_month[:, None] == np.arange(2, 13)).astype(np.float64)  # beside January
    scale = np.sqrt(expected + 0.5)

    def fit(design: Floats) -> tuple[Floats, float]:
        coefficients = np.linalg.lstsq(design * scale[:, None], log_ratio * scale, rcond=None)[0]
        return coefficients, float(np.square((log_ratio - design @ coefficients) * scale).sum())

    _, without = fit(trend)
    coefficients, left = fit(np.hstack([trend, indicators]))
    freedom = len(months) - len(coefficients)
    f = (without - left) / indicators.shape[1] / (left / freedom)
    index = np.exp(np.array([0.0, *coefficients[trend.shape[1] :]]))
    return float(f), float(f_distribution.sf(f, indicators.shape[1], freedom)), index / index.mean()


def _extremes(index: Floats) -> dict[str, float]:
    high, low = int(index.argmax()), int(index.argmin())
    return {
        "highest_month": high + 1.0,
        "highest_index": float(index[high]),
        "lowest_month": low + 1.0,
        "lowest_index": float(index[low]),
    }


def _effects(index: Floats, as_of: dt.date) -> dict[str, float]:
    """Return what the season adds to a forecast of the months from `as_of` on."""
    ahead = pd.date_range(as_of, periods=max(HORIZONS), freq="MS")
    days, season = ahead.days_in_month.to_numpy(), index[ahead.month.to_numpy() - 1]
    return {f"effect_{n}": float(np.average(season[:n], weights=days[:n])) - 1 for n in HORIZONS}
