import numpy as np
import pandas as pd
import pytest

from analysis.clv.outlook import at_risk, drift_at, drifts, outlook
from analysis.clv.purchase_model import Moments
from analysis.clv.rolling_origin import backtest

NOTHING = backtest([])


def ranges(*rows: tuple[str, int, float]):
    """Return forecasts of 100.00 by the formula: origin, months, what came."""
    usual = {"candidate": "formula", "expected": 100.0, "explained": 0.0}
    table = [{"origin": origin, "months": months, "actual": actual, **usual} for origin, months, actual in rows]
    return backtest([]).__class__(NOTHING.scores, NOTHING.differences, NOTHING.deciles, pd.DataFrame(table))


def test_what_is_at_risk_by_hand():
    # 30.00 expected at .6 alive are 50.00 if still active; .4 of them are at risk
    found = at_risk(np.array([30.0, 0.0, 5.0]), np.array([0.6, 0.0, np.nan]))
    assert found[:2].tolist() == pytest.approx([20, 0])
    assert np.isnan(found[2])


def test_drift_is_that_of_the_longest_horizon_that_was_seen():
    table = drifts(ranges(("2020-01", 3, 150.0), ("2020-04", 3, 150.0), ("2020-01", 6, 60.0)), "formula", "2020-07")
    seen = {months: drift_at(table, months) for months in (3, 6, 12)}
    assert [(drift.origins, drift.non_overlapping) for drift in seen.values()] == [(2, 2), (1, 1), (0, 0)]
    np.testing.assert_allclose(seen[12].weights, seen[6].weights)
    assert not np.allclose(seen[6].weights, seen[3].weights)


def test_a_forecast_that_has_not_ended_shows_no_drift():
    table = drifts(ranges(("2020-01", 6, 60.0)), "formula", "2020-06")
    assert table["origins"].eq(0).all()


def test_totals_ranges_and_worth_by_hand():
    revenue = {
        months: Moments(np.ones(2), np.array([total, 0.0]), np.array([total**2, 0.0]))
        for months, total in ((3, 10.0), (6, 30.0), (12, 60.0))
    }
    table = outlook(
        revenue, np.array([0.5, 1.0]), dict.fromkeys((3, 6, 12), 0.0), drifts(NOTHING, "formula", "2020-01"), 0.21
    )
    assert table["expected"].tolist() == [10, 30, 60]
    assert table["at_risk"].tolist() == [10, 30, 60]
    # each part from its middle: 10 at 1.5 months, 20 at 4.5, 30 at 9
    worth = np.cumsum([10 * 1.21 ** (-1.5 / 12), 20 * 1.21 ** (-4.5 / 12), 30 * 1.21 ** (-9 / 12)])
    assert table["present_value"].tolist() == pytest.approx(worth)
    assert (table["expected_low"] * table["expected_high"]).tolist() == pytest.approx([100, 900, 3600])
