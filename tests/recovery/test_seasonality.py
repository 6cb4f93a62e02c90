"""Seasons that are there are found, and those that are not are not: shops as the model says, with and without one."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from analysis.clv import BGNBD
from analysis.clv.seasonality import Seasonality, purchase_seasonality
from tests.recovery.shops import CUSTOMERS, counts, daily, purchases

OPENED = pd.Timestamp("2020-01-01")
PEAK_DAY = 350  # of the year: mid-December


def season(dates: pd.DatetimeIndex, strength: float):
    """Return how fast purchases come on a date: 1 on average, 1 + strength in mid-December."""
    return 1 + strength * np.cos(2 * np.pi * (dates.day_of_year.to_numpy() - PEAK_DAY) / 365.25)


def shop(strength: float, seed: int, *, years: int = 2, n: int = 3_000) -> Seasonality:
    """Return what is found in a shop that opened with its data, n customers acquired evenly over the years."""
    as_of = dt.date(OPENED.year + years, 1, 1)
    days = pd.date_range(OPENED, as_of, inclusive="left")
    elapsed = np.concatenate([[0], np.cumsum(season(days, strength))])  # time of the model at the end of each day
    bought = purchases(
        n,
        np.random.default_rng([13, seed]),
        0,
        len(days),
        to_calendar=lambda time: np.interp(time, elapsed, np.arange(len(days) + 1)),
        **CUSTOMERS,
    )
    bought = bought[bought["day"] < len(days)]
    histories = counts(bought, len(days), 0)
    model = BGNBD().fit(*(histories[name] for name in ("x", "t_x", "T", "customers")))
    return purchase_seasonality(daily(bought, str(OPENED)), model, as_of)


def share_seasonal(strength: float, seeds: int, **settings: int) -> float:
    return float(
        np.mean([shop(strength, seed, **settings).verdict["key"].iloc[0] == "seasonal" for seed in range(seeds)])
    )


def test_season_of_three_tenths_is_found_with_its_indices_and_its_effect():
    found = shop(0.3, 0, years=3, n=30_000)
    verdict = found.verdict.iloc[0]
    assert verdict["key"] == "seasonal"
    days = pd.date_range("2021-01-01", "2021-12-31")
    truth = pd.Series(season(days, 0.3)).groupby(days.month).mean()
    np.testing.assert_allclose(found.indices["index"], truth / truth.mean(), atol=0.05)
    assert found.indices["index"].mean() == pytest.approx(1)
    assert verdict["highest_month"] == 12
    assert verdict["lowest_month"] in (6, 7)
    # January to March: 31 days at 1.27, 28 at 1.13, 31 at .99, of which the weighted mean is 1.13; until June .91
    assert verdict["effect_3"] == pytest.approx(np.average(truth[:3], weights=[31, 28, 31]) - 1, abs=0.03)
    assert verdict["effect_6"] == pytest.approx(np.average(truth[:6], weights=[31, 28, 31, 30, 31, 30]) - 1, abs=0.03)
    assert abs(verdict["effect_12"]) < 0.005


def test_season_of_three_tenths_is_found_in_each_of_20_small_shops():
    assert share_seasonal(0.3, 20) == 1


def test_false_alarms_are_few_in_100_shops_without_a_season():
    # 5 % are meant; of 100 trials of that, more than 11 occur once in 200
    assert share_seasonal(0, 100) <= 0.11


@pytest.mark.simulation
@pytest.mark.parametrize(("years", "n"), [(2, 3_000), (2, 20_000), (3, 3_000)])
def test_false_alarms_are_about_5_percent_of_500_shops(years, n):
    assert 0.03 <= share_seasonal(0, 500, years=years, n=n) <= 0.08


@pytest.mark.simulation
def test_false_alarms_are_rarer_where_purchases_are_few():
    # 400 customers buy again about five times in their first month: too few for a logarithm, and on the safe side
    assert share_seasonal(0, 500, n=400) <= 0.05


@pytest.mark.simulation
@pytest.mark.parametrize(("strength", "least"), [(0.05, 0.2), (0.07, 0.4), (0.1, 0.75), (0.15, 0.95)])
def test_power_grows_with_the_season(strength, least):
    assert share_seasonal(strength, 200) >= least
