import datetime as dt

import numpy as np
import pandas as pd
import pytest

from analysis.clv import BGNBD
from analysis.clv.seasonality import purchase_seasonality


class OnePurchasePerTenDays(BGNBD):
    """Customers who never leave."""

    def cumulative_purchases_of_new(self, times):
        return np.asarray(times) / 10


def daily(*rows):
    table = pd.DataFrame(rows, columns=["day", "first_purchases", "repeat_purchases"])
    return table.assign(day=pd.to_datetime(table["day"]))


def steady(months: int, factors=(1.0,) * 12):
    """Return a shop of 1,000 customers from 2020-01-01 on, whose purchases per day are 100 times a month's factor."""
    days = pd.date_range("2020-01-01", periods=months, freq="MS")
    rows = [(day, 0, round(100 * day.days_in_month * factors[day.month - 1])) for day in days]
    return daily(("2020-01-01", 1_000, 0), *rows), (days[-1] + pd.offsets.MonthBegin()).date()


def test_purchases_and_expectations_per_month_by_hand():
    table = daily(
        ("2020-01-15", 10, 0),  # January is not whole: it has no row, but its customers go on buying
        ("2020-01-20", 0, 3),
        ("2020-02-11", 20, 1),
        ("2020-02-29", 0, 4),
        ("2020-04-30", 0, 2),
    )
    months = purchase_seasonality(table, OnePurchasePerTenDays(), dt.date(2020, 5, 1)).months
    assert months["month"].dt.strftime("%Y-%m").tolist() == ["2020-02", "2020-03", "2020-04"]
    assert months["purchases"].tolist() == [5, 0, 2]
    # February: 10 customers x 29 days / 10 + 20 x (1 March - 11 February = 19 days) / 10; March: 30 x 31 / 10
    assert months["expected"].tolist() == pytest.approx([29 + 38, 93, 90])
    assert months["ratio"].tolist() == pytest.approx([5 / 67, 0, 2 / 90])


@pytest.mark.parametrize(("months", "key"), [(23, "too_short"), (24, "seasonal")])
def test_two_whole_years_are_needed(months, key):
    table, as_of = steady(months, factors=(1,) * 11 + (1.5,))
    found = purchase_seasonality(table, OnePurchasePerTenDays(), as_of)
    verdict = found.verdict.iloc[0]
    assert verdict["key"] == key
    assert (verdict["months"], verdict["months_needed"]) == (months, 24)
    assert len(found.indices) == (12 if key == "seasonal" else 0)
    assert np.isnan(verdict["effect_3"]) == (key == "too_short")


def test_index_of_a_december_half_as_large_again_by_hand():
    table, as_of = steady(24, factors=(1,) * 11 + (1.5,))
    found = purchase_seasonality(table, OnePurchasePerTenDays(), as_of)
    # mean of the factors (11 + 1.5) / 12 = 1.0417; half a purchase in three thousand moves little
    assert found.indices["index"].tolist() == pytest.approx([0.96] * 11 + [1.44], abs=1e-3)
    verdict = found.verdict.iloc[0]
    assert (verdict["highest_month"], verdict["highest_index"]) == (12, pytest.approx(1.44, abs=1e-3))
    assert verdict["effect_3"] == pytest.approx(-0.04, abs=1e-3)
    # 2022: 334 days at .96, 31 at 1.44
    assert verdict["effect_12"] == pytest.approx((334 * 0.96 + 31 * 1.44) / 365 - 1, abs=1e-3)


def test_a_trend_is_no_season():
    table, as_of = steady(24)
    growth = np.concatenate([[1], 1 + np.arange(24) / 10])
    noise = np.random.default_rng(0).normal(1, 0.01, 25)
    grown = table.assign(repeat_purchases=(table["repeat_purchases"] * growth * noise).round().astype(int))
    assert purchase_seasonality(grown, OnePurchasePerTenDays(), as_of).verdict["key"].iloc[0] == "none"


def test_data_without_a_whole_month_have_no_row():
    found = purchase_seasonality(daily(("2020-01-15", 10, 0)), OnePurchasePerTenDays(), dt.date(2020, 2, 1))
    assert found.months.empty
    assert found.verdict["key"].iloc[0] == "too_short"
