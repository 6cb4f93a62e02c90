import numpy as np
import pandas as pd
import pytest

from analysis.clv import coverage, forecasts_made, tenths
from analysis.clv.rolling_origin import Backtest, backtest

NOTHING = backtest([])


def judged(rows) -> Backtest:
    columns = [
        "origin",
        "months",
        "candidate",
        "expected",
        "actual",
        "low",
        "high",
        "coverage",
        "width",
        "interval_score",
    ]
    return Backtest(NOTHING.scores, NOTHING.differences, NOTHING.deciles, pd.DataFrame(rows, columns=columns))


ROWS = [
    ("2020-01", 3, "bg_nbd", 100.0, 120.0, np.nan, np.nan, np.nan, np.nan, np.nan),
    ("2020-04", 3, "bg_nbd", 100.0, 90.0, 80.0, 125.0, 0.9, 10.0, 12.0),
    ("2020-07", 3, "bg_nbd", 200.0, 150.0, 160.0, 250.0, 0.8, 20.0, 30.0),
    ("2020-07", 3, "mbg_nbd", 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0),
]


def test_forecasts_are_those_of_the_candidate_with_what_came():
    made = forecasts_made(judged(ROWS), "bg_nbd")
    assert made["origin"].tolist() == ["2020-01", "2020-04", "2020-07"]
    assert made["difference"].tolist() == pytest.approx([0.2, -0.1, -0.25])


def test_coverage_by_hand():
    row = coverage(judged(ROWS), "bg_nbd").iloc[0]
    assert row[["forecasts", "non_overlapping", "ranges", "totals_inside"]].tolist() == [3, 3, 2, 1]
    # widths 45 of 100 and 90 of 200; the second misses by 10 of 200: 20 x .05
    assert row["total_width"] == pytest.approx(0.45)
    assert row["total_interval_score"] == pytest.approx((0.45 + 0.45 + 1.0) / 2)
    assert row["customers_inside"] == pytest.approx(0.85)
    assert row["customer_width"] == 15


def test_a_candidate_without_forecasts_has_no_record():
    assert forecasts_made(NOTHING, "bg_nbd").empty
    assert coverage(NOTHING, "bg_nbd").empty
    assert tenths(NOTHING, "bg_nbd", 6).empty


def test_tenths_are_means_per_customer_over_all_origins():
    usual = {"months": 6, "target": "revenue", "candidate": "bg_nbd"}
    rows = [
        {**usual, "origin": "2020-01", "decile": 1, "customers": 10, "expected": 0.0, "actual": 5.0},
        {**usual, "origin": "2020-01", "decile": 10, "customers": 10, "expected": 100.0, "actual": 80.0},
        {**usual, "origin": "2020-04", "decile": 10, "customers": 30, "expected": 100.0, "actual": 120.0},
        {**usual, "months": 3, "origin": "2020-04", "decile": 10, "customers": 1, "expected": 9.0, "actual": 9.0},
    ]
    refused = {**rows[1], "origin": "2020-07", "actual": 1e6}
    made = pd.DataFrame([{"origin": origin, "months": 6, "candidate": "bg_nbd"} for origin in ("2020-01", "2020-04")])
    deciles = pd.DataFrame([*rows, refused])
    table = tenths(Backtest(NOTHING.scores, NOTHING.differences, deciles, made), "bg_nbd", 6)
    assert table["decile"].tolist() == [1, 10]
    assert table["expected_per_customer"].tolist() == [0, 5]
    assert table["actual_per_customer"].tolist() == [0.5, 5]
    assert np.isnan(table["difference"].iloc[0])
    assert table["difference"].iloc[1] == 0
