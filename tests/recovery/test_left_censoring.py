"""A shop older than its data is told from one that is not, and what then happens agrees with the better fit."""

import numpy as np
import pytest

from analysis.clv import BGNBD
from analysis.clv.censoring import MIN_CHANGE, left_censoring
from analysis.errors import InputError
from tests.recovery.shops import CUSTOMERS, counts, purchases

HORIZONS = (91, 182, 365)
AS_OF, KNOWN_FROM = 730, 90


def shop(opened: int, n: int, seed: int):
    """Return the histories at day 730 of a shop opened on a day, and their purchases in the next 365 days.

    Its data begin on day 0; customers are acquired evenly until day 1,095.
    """
    bought = purchases(n, np.random.default_rng(seed), opened, AS_OF + 365, **CUSTOMERS)
    seen = bought[bought["day"].between(0, AS_OF - 1)]
    later = bought[(bought["day"] >= AS_OF) & bought["customer"].isin(seen["customer"])]
    return counts(seen, AS_OF, KNOWN_FROM), len(later)


def purchases_of_known(opened: int, n: int, seed: int) -> int:
    """Return the purchases from day 730 on of the customers of the same shop whose age is known."""
    bought = purchases(n, np.random.default_rng(seed), opened, AS_OF + 365, **CUSTOMERS)
    first_seen = bought[bought["day"] >= 0].groupby("customer")["day"].min()
    known = first_seen.index[first_seen.between(KNOWN_FROM, AS_OF - 1)]
    return int(((bought["day"] >= AS_OF) & bought["customer"].isin(known)).sum())


def test_shop_older_than_its_data_promises_too_much_and_the_table_says_so():
    histories, later = shop(-1_460, 35_000, 1)
    table = left_censoring(histories, HORIZONS, BGNBD)
    assert table["key"].tolist() == ["effect"] * 3
    assert (table["change"] < -MIN_CHANGE).all()
    assert table["change"].is_monotonic_decreasing  # the longer the forecast, the more loyalty matters
    year = table.iloc[2]
    # who survived years before the data stays longer than the new customer that the history makes of her
    assert year["expected_known_age"] < later < year["expected_all"]
    assert later - year["expected_known_age"] < year["expected_all"] - later
    unknown = histories.loc[~histories["age_known"], "customers"].sum()
    assert year["customers_age_unknown"] == unknown
    assert year["share_age_unknown"] == unknown / histories["customers"].sum()


def test_fit_on_known_ages_is_right_about_their_future_and_the_fit_on_all_is_not():
    histories, bought = shop(-1_460, 35_000, 1)[0], purchases_of_known(-1_460, 35_000, 1)
    known = histories[histories["age_known"]]
    forecasts = [
        BGNBD()
        .fit(part["x"], part["t_x"], part["T"], part["customers"])
        .expected_purchases(365, known["x"], known["t_x"], known["T"])
        @ known["customers"]
        for part in (known, histories)
    ]
    assert forecasts[0] / bought == pytest.approx(1, abs=0.03)
    assert forecasts[1] / bought > 1.1


def test_shop_that_opened_with_its_data_shows_no_effect_although_first_customers_count_as_unknown():
    table = left_censoring(shop(0, 15_000, 2)[0], HORIZONS, BGNBD)
    assert table["key"].tolist() == ["no_effect"] * 3
    assert (table["customers_age_unknown"] > 1_000).all()
    assert (table["change"].abs() < 3 * table["change_error"]).all()


def test_shop_without_customers_of_unknown_age_needs_no_second_fit():
    table = left_censoring(shop(KNOWN_FROM, 6_000, 3)[0], HORIZONS, BGNBD)
    assert table["key"].tolist() == ["none"] * 3
    assert table["change"].tolist() == [0, 0, 0]
    assert table["expected_known_age"].tolist() == table["expected_all"].tolist()


def test_too_few_repeat_customers_of_known_age_cannot_tell():
    histories, _ = shop(-1_460, 3_000, 4)
    repeaters = histories.index[histories["age_known"] & (histories["x"] > 0)]
    few = histories.drop(repeaters[29:]).assign(customers=1)  # 29 of known age
    table = left_censoring(few, HORIZONS, BGNBD)
    assert table["key"].tolist() == ["cannot_tell"] * 3
    assert table["problems"].tolist() == ["few_repeaters"] * 3
    assert table[["expected_known_age", "change", "change_error"]].isna().all(axis=None)
    assert table["expected_all"].notna().all()


def test_change_within_its_noise_cannot_tell():
    # the old shop with so few customers that its 11 % are hardly more than chance
    tables = [left_censoring(shop(-1_460, 1_200, seed)[0], [365], BGNBD).iloc[0] for seed in range(20)]
    noisy = [table for table in tables if table["problems"] == "noise"]
    assert noisy
    for table in noisy:
        assert table["key"] == "cannot_tell"
        assert MIN_CHANGE <= abs(table["change"]) <= 1.96 * table["change_error"]


def test_standard_error_of_the_change_is_no_smaller_than_chance_makes_it():
    tables = [left_censoring(shop(0, 4_000, seed)[0], [365], BGNBD).iloc[0] for seed in range(20)]
    spread = np.std([table["change"] for table in tables])
    error = np.mean([table["change_error"] for table in tables])
    assert 0.2 * error < spread < error
    assert {table["key"] for table in tables} == {"no_effect"}


def test_too_few_repeat_customers_at_all_are_refused():
    histories, _ = shop(0, 100, 5)
    with pytest.raises(InputError, match="bought a second time"):
        left_censoring(histories[histories["x"] == 0], HORIZONS, BGNBD)
