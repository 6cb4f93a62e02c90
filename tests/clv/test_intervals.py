import numpy as np
import pytest

from analysis.clv.intervals import DRIFTS, chance, customer_intervals, drift, interval_score, total_interval
from analysis.clv.purchase_model import Moments

NOTHING = np.array([])


def test_before_any_forecast_was_judged_the_usual_drift_counts():
    usual = drift(NOTHING, NOTHING, 0)
    assert (usual.origins, usual.non_overlapping) == (0, 0)
    assert usual.weights.sum() == pytest.approx(1)
    assert 0.05 < np.sqrt(usual.variance) < 0.2


def test_many_errors_give_their_own_size():
    rng = np.random.default_rng(1)
    errors = rng.normal(0, 0.5, 200)
    seen = drift(errors, np.zeros(200), 200)
    assert np.sqrt(seen.variance) == pytest.approx(np.sqrt(np.mean(errors**2)), rel=0.02)


def test_what_the_model_explains_is_no_drift():
    # errors of 10 % that the model expects: less drift than the same errors unexplained
    errors = np.full(50, 0.1) * np.resize([1, -1], 50)
    assert drift(errors, np.full(50, 0.01), 50).variance < 0.5 * drift(errors, np.zeros(50), 50).variance


def test_one_lucky_forecast_does_not_make_a_range_narrow():
    lucky, usual = drift(np.array([0.0]), np.array([1e-4]), 1), drift(NOTHING, NOTHING, 0)
    low, high = total_interval(100, 1e-4, lucky)
    assert high / low > 1.1
    assert lucky.variance < usual.variance


def test_forecasts_that_overlap_count_as_those_that_do_not():
    four, one = (drift(np.full(n, 0.3), np.zeros(n), 1) for n in (4, 1))
    np.testing.assert_allclose(four.weights, one.weights)
    assert drift(np.full(4, 0.3), np.zeros(4), 4).variance > one.variance


def test_the_range_of_a_total_holds_90_percent_of_what_it_supposes():
    rng, explained = np.random.default_rng(2), 0.02**2
    seen = drift(np.array([0.1, -0.2, 0.15]), np.full(3, explained), 3)
    spread = rng.choice(DRIFTS, 100_000, p=seen.weights)
    came = 1_000 * np.exp(rng.normal(0, np.sqrt(explained + spread**2)))
    low, high = total_interval(1_000, explained, seen)
    assert np.mean((low <= came) & (came <= high)) == pytest.approx(0.9, abs=0.004)
    assert low * high == pytest.approx(1_000**2)


@pytest.mark.parametrize(("expected", "explained"), [(100, np.nan), (100, np.inf), (0, 0.1), (np.nan, 0.1)])
def test_there_is_no_range_without_a_variance_or_an_expectation(expected, explained):
    assert np.isnan(total_interval(expected, explained, drift(NOTHING, NOTHING, 0))).all()


def revenue_of(chance: float, shape: float, scale: float) -> Moments:
    """Return the moments of revenue that is 0, or with some chance gamma distributed."""
    mean, square = shape * scale, shape * (shape + 1) * scale**2
    return Moments(*(np.array([chance * part]) for part in (1, mean, square)))


@pytest.mark.parametrize("chance", [1.0, 0.97, 0.6, 0.2])
def test_ranges_of_customers_hold_at_least_90_percent(chance):
    rng = np.random.default_rng(3)
    came = np.where(rng.random(200_000) < chance, rng.gamma(2, 30, 200_000), 0)
    low, high = customer_intervals(revenue_of(chance, 2, 30), 0)
    inside = np.mean((low <= came) & (came <= high))
    # a range that begins at 0 holds nothing below it: up to 95 %
    assert inside == pytest.approx(0.9 if low[0] > 0 else 0.95, abs=0.004)


def test_a_customer_who_hardly_buys_has_a_range_of_0_and_drift_widens_others():
    low, high = customer_intervals(revenue_of(0.04, 2, 30), 0)
    assert (low[0], high[0]) == (0, 0)
    ends = [customer_intervals(revenue_of(1.0, 2, 30), common) for common in (0.0, 0.2)]
    assert ends[1][0] < ends[0][0] < ends[0][1] < ends[1][1]


def test_a_customer_without_probability_or_mean_square_has_no_range():
    unknown = Moments(np.array([np.nan, 0.5]), np.array([1.0, 1.0]), np.array([np.nan, np.inf]))
    assert np.isnan(customer_intervals(unknown, 0)).all()
    never = Moments(*np.zeros((3, 1)))
    assert np.array(customer_intervals(never, 0)).tolist() == [[0], [0]]


def test_the_interval_score_adds_20_times_what_lies_outside():
    low, high, actual = np.array([1.0, 1.0, 1.0]), np.array([3.0, 3.0, 3.0]), np.array([2.0, 0.5, 3.25])
    np.testing.assert_allclose(interval_score(low, high, actual), [2, 2 + 20 * 0.5, 2 + 20 * 0.25])


def test_chance_without_a_variance_is_left_to_drift():
    assert chance(25.0, 10.0) == 0.25
    assert chance(np.inf, 10.0) == 0
    assert chance(0.0, 0.0) == 0
    assert np.isnan(chance(np.nan, 10.0))
