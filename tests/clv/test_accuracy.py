"""How good a forecast was: small cases by hand."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from analysis.clv.accuracy import accuracy, calibration

MISSING = {"bias": np.nan, "gini": np.nan, "top_decile": np.nan}


def of(expected, actual):
    return accuracy(np.array(expected, dtype=float), np.array(actual, dtype=float))


def test_errors_by_hand():
    # errors +1, -2, +3, 0: absolute 6 / 4, squares (1 + 4 + 9) / 4 = 3.5; totals 8 against 6
    figures = of([2, 1, 4, 1], [1, 3, 1, 1])
    assert (figures["expected"], figures["actual"]) == (8, 6)
    assert figures["mae"] == 1.5
    assert figures["rmse"] == pytest.approx(3.5**0.5)
    assert figures["bias"] == pytest.approx(8 / 6 - 1)


def test_gini_with_equal_forecasts_by_hand():
    # Means 3 and 2.5. Ranks of the forecast 1, 2.5, 2.5, 4; deviations of the actual -3, -1, -1, +5:
    # -3 * -1.5 + 5 * 1.5 = 12. Perfect order: ranks 1, 2.5, 2.5, 4 again, so 12 / 12.
    assert of([1, 5, 5, 9], [0, 2, 2, 8])["gini"] == pytest.approx(1)
    # Forecast ranks 1.5, 1.5, 3.5, 3.5: deviations -1, -1, 1, 1 with -3, -1, -1, 5: 3 + 1 - 1 + 5 = 8; 8 / 12.
    assert of([1, 1, 2, 2], [0, 2, 2, 8])["gini"] == pytest.approx(8 / 12)
    assert of([9, 5, 5, 1], [0, 2, 2, 8])["gini"] == pytest.approx(-1)


def test_perfect_forecast():
    actual = np.arange(20.0)
    figures = accuracy(actual, actual)
    assert (figures["mae"], figures["rmse"], figures["bias"]) == (0, 0, 0)
    assert figures["gini"] == pytest.approx(1)
    assert figures["top_decile"] == pytest.approx((19 + 18) / 190)


def test_equal_forecasts_order_nobody_and_their_top_tenth_holds_a_tenth():
    figures = of(np.full(20, 3.0), range(20))
    assert figures["gini"] == pytest.approx(0, abs=1e-15)
    assert figures["top_decile"] == pytest.approx(0.1)


def test_the_top_tenth_is_whole_customers_and_those_at_its_border_share_it():
    # 20 customers, 2 places: one above the border, three of 5 + 7 + 0 for the other: (8 + 12 / 3) / (8 + 12 + 4)
    expected = [9, 6, 6, 6] + [1] * 16
    actual = [8, 5, 7, 0, 4] + [0] * 15
    assert of(expected, actual)["top_decile"] == pytest.approx(12 / 24)
    # 11 customers have 2 places, too: a tenth is 1.1
    assert of([3, 2] + [1] * 9, [4, 3] + [1] * 9)["top_decile"] == pytest.approx(7 / 16)


def test_a_multiple_of_ten_customers_is_cut_exactly():
    # 235 of 2,350: the 235th customer counts, the 236th does not
    expected = np.arange(2_350.0)
    assert accuracy(expected, np.where(expected == 2_350 - 236, 1.0, 0.0))["top_decile"] == 0
    assert accuracy(expected, np.where(expected == 2_350 - 235, 1.0, 0.0))["top_decile"] == 1


@pytest.mark.parametrize("actual", [[0, 0, 0], [5, -5, 0], [-1, 0, 0]], ids=["none", "refunded", "negative"])
def test_without_an_actual_total_shares_are_missing(actual):
    figures = of([1, 2, 3], actual)
    assert {name: figures[name] for name in MISSING} == pytest.approx(MISSING, nan_ok=True)
    assert figures["mae"] > 0


def test_one_customer_has_no_order_and_is_the_top_tenth():
    figures = of([3], [2])
    assert (figures["mae"], figures["rmse"], figures["bias"], figures["top_decile"]) == (1, 1, 0.5, 1)
    assert np.isnan(figures["gini"])


def test_customers_who_turned_out_alike_have_no_order():
    assert np.isnan(of([1, 2, 3], [2, 2, 2])["gini"])


def test_calibration_by_hand():
    # Places (rank - .5) / 5 of the ranks 1, 2, 4, 4, 4: .1, .3, .7, .7, .7; tenths 2, 4 and 8
    table = calibration(np.array([7.0, 1, 7, 2, 7]), np.array([5.0, 0, 6, 1, 4]))
    expected = {"decile": [2, 4, 8], "customers": [1, 1, 3], "expected": [1.0, 2, 21], "actual": [0.0, 1, 15]}
    pd.testing.assert_frame_equal(table, pd.DataFrame(expected), check_dtype=False)


def test_ten_customers_are_ten_tenths():
    table = calibration(np.arange(10.0)[::-1], np.ones(10))
    assert table["decile"].tolist() == list(range(1, 11))
    assert table["expected"].tolist() == list(range(10))


amounts = arrays.arrays(float, st.integers(1, 60), elements=st.integers(0, 9).map(float))


@settings(derandomize=True, deadline=None)
@given(amounts, st.integers(0, 2**32 - 1))
def test_tenths_add_up_and_neither_order_nor_scale_of_the_forecast_counts(expected, seed):
    random = np.random.default_rng(seed)
    actual, order = random.poisson(1.0, len(expected)).astype(float), random.permutation(len(expected))
    table = calibration(expected, actual)
    assert table["customers"].sum() == len(expected)
    assert table["expected"].sum() == pytest.approx(expected.sum())
    assert table["actual"].sum() == actual.sum()
    figures, shuffled = accuracy(expected, actual), accuracy(expected[order], actual[order])
    assert figures == pytest.approx(shuffled, nan_ok=True)
    scaled = accuracy(expected * 7 + 1, actual)
    for name in ("gini", "top_decile"):
        assert scaled[name] == pytest.approx(figures[name], nan_ok=True)
        assert np.isnan(figures[name]) or figures[name] <= 1 + 1e-12
