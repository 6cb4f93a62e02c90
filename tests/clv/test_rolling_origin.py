import numpy as np
import pandas as pd
import pytest

from analysis.clv.rolling_origin import Backtest, backtest, drift_seen, non_overlapping
from analysis.store import remember
from tests.recovery.drifting_shop import AS_OF, START, origin, purchases

MONTHS = [AS_OF - months for months in (12, 9, 6, 3)]
MODELS_AND_FORMULA = ["bg_nbd", "mbg_nbd", "formula"]


@pytest.fixture(scope="module")
def lines():
    return purchases(np.random.default_rng(11), 1_500)


@pytest.fixture(scope="module")
def tested(lines):
    return backtest(origin(lines, month, AS_OF) for month in MONTHS)


def day(month):
    return (month.start_time - START.start_time).days


def test_scores_are_those_of_the_customers_known_then(lines, tested):
    scores = tested.scores.set_index(["origin", "months", "target", "candidate"])
    known = lines.loc[lines["day"] < day(MONTHS[0]), "customer"].unique()
    came = lines[lines["customer"].isin(known) & lines["day"].between(day(MONTHS[0]), day(MONTHS[0] + 6) - 1)]
    row = scores.loc[(str(MONTHS[0]), 6, "revenue", "own_rate")]
    assert row["customers"] == len(known)
    assert row["actual"] == pytest.approx(came["amount"].sum())


def test_horizons_end_within_the_data(tested):
    ends = pd.PeriodIndex(tested.scores["origin"], freq="M") + tested.scores["months"].to_numpy()
    assert ends.max() == AS_OF
    assert sorted(tested.scores["months"].unique()) == [3, 6, 12]


@pytest.mark.parametrize("changed", MONTHS[1:])
def test_what_comes_later_changes_no_earlier_forecast_and_no_earlier_range(lines, tested, changed):
    later = lines["day"] >= day(changed)
    other = pd.concat([lines[~later], lines[later].assign(amount=lambda rows: rows["amount"] * 7).iloc[::2]])
    again = backtest(origin(other, month, AS_OF) for month in MONTHS)
    keys = ["origin", "months", "target", "candidate"]
    for name, figures in (
        ("scores", ["expected", "problems"]),
        ("ranges", ["expected", "explained", "drift", "low", "high"]),
    ):
        keep = [key for key in keys if key in getattr(tested, name)]
        before, after = (
            table[table["origin"] <= str(changed)].set_index(keep)[figures]
            for table in (getattr(tested, name), getattr(again, name))
        )
        pd.testing.assert_frame_equal(before, after)
        assert len(before)


def test_boosted_trees_learn_from_what_was_known_and_so_start_later(tested):
    made = tested.scores[tested.scores["candidate"] == "gradient_boosting"]
    assert sorted(made.loc[made["months"] == 3, "origin"].unique()) == [str(month) for month in MONTHS[1:]]
    assert sorted(made.loc[made["months"] == 6, "origin"].unique()) == [str(MONTHS[2])]
    assert made[made["months"] == 12].empty


def test_ranges_begin_once_a_forecast_has_ended(tested):
    rows = tested.ranges[(tested.ranges["candidate"] == "formula") & (tested.ranges["months"] == 6)]
    # made 12, 9 and 6 months before the end: the first has ended when the third begins
    assert rows["earlier_origins"].tolist() == [0, 0, 1]
    assert rows["low"].isna().tolist() == [True, True, False]
    assert drift_seen(tested.ranges, "formula", 6, str(AS_OF)).origins == 3


def test_overlapping_origins_count_once():
    origins = pd.PeriodIndex(["2020-01", "2020-04", "2020-07", "2021-01"], freq="M")
    assert [non_overlapping(origins, months) for months in (3, 6, 12)] == [4, 3, 2]
    assert non_overlapping(origins[:0], 3) == 0


def test_differences_are_paired_by_customer(lines, tested):
    known = origin(lines, MONTHS[0], AS_OF).customers
    came = known["purchases_next_3"]
    days = day(MONTHS[0] + 3) - day(MONTHS[0])
    errors = {
        "own_rate": np.square(known["x"] * days / known["T"].replace(0, np.inf) - came),
        "last_period": np.square(known["purchases_last_3"] - came),
    }
    gap = errors["last_period"] - errors["own_rate"]
    rows = tested.differences.set_index(["origin", "months", "target", "candidate", "other"])
    row = rows.loc[(str(MONTHS[0]), 3, "purchases", "own_rate", "last_period")]
    assert row["difference"] == pytest.approx(gap.mean())
    assert row["standard_error"] == pytest.approx(gap.std() / np.sqrt(len(gap)))


def test_tenths_hold_all_customers_and_all_revenue(tested):
    keys = ["origin", "months", "target", "candidate"]
    sums = tested.deciles.groupby(keys)[["customers", "expected", "actual"]].sum()
    scores = tested.scores.set_index(keys)[["customers", "expected", "actual"]].loc[sums.index]
    pd.testing.assert_frame_equal(sums, scores, check_dtype=False)


def test_an_empty_backtest_keeps_its_columns_and_can_be_kept(tmp_path):
    kept = remember(tmp_path, "key", Backtest, lambda: backtest([]))
    assert kept.scores.empty
    assert {"rmse", "problems"} <= set(kept.scores)
    assert drift_seen(kept.ranges, "formula", 12, "2020-01").origins == 0


def test_a_period_without_revenue_widens_the_range_and_breaks_nothing(lines):
    silent = lines[~lines["day"].between(day(MONTHS[1]), day(MONTHS[2]) - 1)]
    again = backtest(origin(silent, month, AS_OF) for month in MONTHS)
    row = again.ranges.set_index(["origin", "months", "candidate"]).loc[(str(MONTHS[2]), 3, "formula")]
    assert row["high"] / row["low"] > 10
