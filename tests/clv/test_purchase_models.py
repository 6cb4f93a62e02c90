"""What holds for every model of purchase histories."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.integrate import quad
from scipy.special import exp1

from analysis.clv import BGNBD, MBGNBD, ParetoNBD
from analysis.errors import InputError
from tests.clv import exact
from tests.clv.cdnow import history
from tests.clv.every_model import every_model, positive, steady, with_parameters

ESTIMATES = {
    BGNBD: (0.2425945, 4.413602, 0.792922, 2.425906),
    MBGNBD: (0.524843, 6.183085, 0.891359, 1.614002),
    ParetoNBD: (0.553277, 10.577684, 0.606240, 11.668732),
}
UNIT_OF_TIME = {BGNBD: [0, 1, 0, 0], MBGNBD: [0, 1, 0, 0], ParetoNBD: [0, 1, 0, 1]}  # power of time in a parameter

CUSTOMERS = [(0, 0.0, 1.2), (1, 0.2, 1.0), (1, 1.0, 1.0), (40, 0.9, 1.0), (300, 0.1, 1.5)]
X, T_X, T = map(np.array, zip(*[(0, 0, 40), (1, 3, 40), (6, 39.5, 40), (120, 39, 40)], strict=True))


def objective_of(kind, *customers):
    x, t_x, age = (np.array(column, dtype=float) for column in zip(*customers, strict=True))
    return kind()._objective(x, t_x, age, np.arange(1.0, len(x) + 1))


@every_model
@steady
@given(st.tuples(positive, positive, positive, positive))
def test_gradient_is_the_slope_of_the_likelihood(kind, parameters):
    objective = objective_of(kind, *CUSTOMERS)
    point, step = np.log(parameters), 1e-5
    slopes = [(objective(point + h)[0] - objective(point - h)[0]) / (2 * step) for h in step * np.eye(4)]
    assert_allclose(objective(point)[1], slopes, rtol=1e-5, atol=1e-5)


@every_model
@pytest.mark.parametrize("customer", CUSTOMERS, ids=str)
@pytest.mark.parametrize(
    "parameters",
    [(0.24, 0.11, 0.8, 0.3), (1e-3, 1e-3, 1e-3, 10.0), (30.0, 1e-4, 0.02, 1e-3), (0.5, 200.0, 50.0, 0.01)],
    ids=["usual", "small rates", "both scales small", "large shapes"],
)
def test_likelihood_and_gradient_are_right_to_the_digit_at_extreme_arguments(kind, customer, parameters):
    point = np.log(parameters)
    value, gradient = objective_of(kind, customer)(point)
    name, digits = kind.__name__, [Decimal(part) for part in point.tolist()]
    assert value == pytest.approx(float(exact.log_likelihood(name, digits, *customer)), rel=1e-9, abs=1e-9)
    assert_allclose(gradient, exact.slopes(name, point.tolist(), *customer), rtol=1e-8, atol=1e-8)


@every_model
@pytest.mark.parametrize("unit", [7, 1 / 86_400], ids=["weeks", "seconds"])
def test_unit_of_time_moves_scales_and_log_likelihood_only(kind, unit):
    days, other = kind().fit(*history()), kind().fit(*history(unit=unit))
    factor = float(unit) ** np.array(UNIT_OF_TIME[kind])
    assert_allclose(np.array(list(other.params_.values())) * factor, list(days.params_.values()), rtol=1e-7)
    assert_allclose(
        np.array(list(other.standard_errors_.values())) * factor, list(days.standard_errors_.values()), rtol=1e-5
    )
    assert other.log_likelihood_ == pytest.approx(days.log_likelihood_ + 2_457 * np.log(unit), abs=1e-5)
    assert other.problems_ == days.problems_
    per_unit = other.discounted_residual_purchases(0.1, unit, *history(unit=unit))
    assert_allclose(per_unit, days.discounted_residual_purchases(0.1, 1, *history()), rtol=1e-6)


@every_model
def test_row_order_changes_nothing_and_weights_are_repeated_rows(kind):
    x, t_x, age = (column.to_numpy() for column in history(unit=7))
    weights, order = 1 + np.arange(len(x)) % 3, np.random.default_rng(0).permutation(len(x))
    weighted = kind().fit(x, t_x, age, weights)
    shuffled = kind().fit(x[order], t_x[order], age[order], weights[order])
    repeated = kind().fit(*(np.repeat(column, weights) for column in (x, t_x, age)))
    assert shuffled.params_ == weighted.params_
    assert_allclose(list(weighted.params_.values()), list(repeated.params_.values()), rtol=1e-8)
    assert weighted.log_likelihood_ == pytest.approx(repeated.log_likelihood_, rel=1e-12)


@every_model
@steady
@given(st.tuples(positive, positive, positive, positive), st.integers(0, 300), st.floats(1, 400), st.floats(0.01, 1))
def test_forecasts_are_possible_numbers(kind, parameters, x, age, part):
    model = with_parameters(kind, *parameters)
    customer = x, age * part if x else 0.0, age
    assert 0 <= model.probability_alive(*customer)[0] <= 1
    expected = np.array([model.expected_purchases(horizon, *customer)[0] for horizon in (0, 1, 10, 100, 1000)])
    assert expected[0] == 0
    assert (np.diff(expected) >= -1e-9 * expected[1:]).all()


@every_model
@pytest.mark.parametrize("horizon", [0.5, 39, 400])
def test_probabilities_of_counts_sum_to_1_and_their_mean_is_the_expectation(kind, horizon):
    model = with_parameters(kind, 0.7, 5.0, 1.4, 6.0)
    probabilities = model.purchase_probabilities(horizon, 4_000)
    assert (probabilities >= 0).all()
    assert probabilities.sum() == pytest.approx(1, abs=1e-11)
    mean = probabilities @ np.arange(4_001)
    assert mean == pytest.approx(model.expected_purchases_of_new(horizon), rel=1e-9)


@every_model
def test_no_time_and_no_purchases(kind):
    model = with_parameters(kind, *ESTIMATES[kind])
    assert_allclose(model.purchase_probabilities(0, 2), [1, 0, 0], atol=1e-15)
    assert model.expected_purchases_of_new(0) == 0


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        # r = alpha = a = b = 1, horizon 1: NB(n) = (1/2)^(n+1), at least n with (1/2)^n, B(1, 1+y) = 1 / (1+y)
        # n 1: 1/2 * 1/4 + B(2, 1) * 1/2 = 3/8;  n 2: 1/3 * 1/8 + B(2, 2) * 1/4 = 1/12
        (BGNBD, [1 / 2, 3 / 8, 1 / 12]),
        # n 0: 1/2 * 1/2 + B(2, 1) * 1 = 3/4;  n 1: 1/3 * 1/4 + B(2, 2) * 1/2 = 1/6;  n 2: 1/4 * 1/8 + 1/12 * 1/4
        (MBGNBD, [3 / 4, 1 / 6, 5 / 96]),
        # n 0: 1/2 * 1/2 + int (1+u)^-3 = 1/4 + 3/8;  n 1: 1/4 * 1/2 + int u (1+u)^-4 = 1/8 + 1/12
        (ParetoNBD, [5 / 8, 5 / 24]),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_probabilities_of_counts_by_hand(kind, expected):
    model = with_parameters(kind, 1, 1, 1, 1)
    assert_allclose(model.purchase_probabilities(1, len(expected) - 1), expected, rtol=1e-13)


@pytest.mark.parametrize("kind", [BGNBD, ParetoNBD], ids=lambda kind: kind.__name__)
def test_discounted_purchases_by_hand(kind):
    # All parameters 1, new customer: both models expect 1 / (1 + t) purchases per unit of time (BG/NBD: the mean of
    # (1 + p t)^-2 over p from 0 to 1). At the continuous rate 1 that is int e^-t / (1 + t) dt = e * E1(1).
    model = with_parameters(kind, 1, 1, 1, 1)
    assert model.discounted_residual_purchases(np.e - 1, 365, 0, 0, 0)[0] == pytest.approx(np.e * exp1(1), rel=1e-9)


@every_model
@pytest.mark.parametrize("annual_rate", [0.01, 0.1, 5.0])
@pytest.mark.parametrize("third", [0.3, 0.553, 1.0, 1.6, 30.0])  # 0.553 = r: there SciPy's 2F1 needs a limit
def test_discounted_purchases_are_the_discounted_forecast(kind, annual_rate, third):
    # by parts: int e^(-d t) dE(t) = int d e^(-d t) E(t) dt, E the expected purchases up to t; weeks
    model = with_parameters(kind, 0.553, 10.6, third, 6.0)
    rate = np.log1p(annual_rate) * 7 / 365
    known = [
        quad(
            lambda v, c=customer: np.exp(-v) * model.expected_purchases(v / rate, *c)[0],
            0,
            60,
            points=[1e-3, 0.1, 1, 10],
            epsabs=0,
            epsrel=1e-9,
            limit=400,
        )[0]
        for customer in zip(X, T_X, T, strict=True)
    ]
    assert_allclose(model.discounted_residual_purchases(annual_rate, 7, X, T_X, T), known, rtol=1e-7)


@pytest.mark.parametrize(("kind", "third", "fourth"), [(BGNBD, 1e-8, 3), (MBGNBD, 1e-8, 3), (ParetoNBD, 3, 1e10)])
def test_customers_who_never_leave_buy_at_their_own_rate(kind, third, fourth):
    # NBD: (r + x) / (alpha + T) purchases per unit of time; counts are negative binomial, 0 with (alpha / (alpha+t))^r
    model = with_parameters(kind, 0.5, 5.0, third, fourth)
    expected = (0.5 + X) / (5 + T) * 52
    assert_allclose(model.expected_purchases(52, X, T_X, T)[:3], expected[:3], rtol=1e-6)
    assert model.purchase_probabilities(52, 0)[0] == pytest.approx((5 / 57) ** 0.5, rel=1e-6)
    rate = np.log(1.1) / 365
    assert_allclose(model.discounted_residual_purchases(0.1, 1, 0, 0, 40), 0.5 / 45 / rate, rtol=1e-4)


@every_model
def test_predictions_keep_the_order_of_the_customers(kind):
    model = with_parameters(kind, *ESTIMATES[kind])
    for forecast in (
        model.probability_alive,
        lambda *columns: model.expected_purchases(39, *columns),
        lambda *columns: model.discounted_residual_purchases(0.1, 7, *columns),
    ):
        one_by_one = [forecast(*customer)[0] for customer in zip(X, T_X, T, strict=True)]
        assert_allclose(forecast(X, T_X, T), one_by_one, rtol=1e-13)
        assert forecast([], [], []).shape == (0,)


@every_model
def test_customers_who_never_leave_are_a_doubtful_fit(kind):
    # 2,000 customers with equal rates and no dropout: neither the spread of rates nor the leaving can be told
    x = np.random.default_rng(1).poisson(5, 2_000)
    model = kind().fit(x, np.where(x > 0, 51, 0), np.full(2_000, 52))
    assert model.problems_
    assert not model.converged_ or "flat_ridge" in model.problems_


@every_model
@pytest.mark.parametrize(
    ("history", "messages"),
    [
        (([], [], []), ["too few customers bought a second time"]),
        (([1], [3], [9]), ["bought a second time for a model. Got 1 with x > 0 of 1 rows; expected at least 30"]),
        ((np.zeros(50), np.zeros(50), np.full(50, 9)), ["Got 0 with x > 0 of 50 rows"]),
        (
            ([-1, 0, 2, 1.5, 3], [np.nan, 4, 9, 1, np.inf], [5, 5, 8, 5, 5]),
            [
                "t_x: is missing (NaN). Got 1 of 5 rows (first: row 0)",
                "t_x: is infinite. Got 1 of 5 rows (first: row 4)",
                "x: is negative. Got 1 of 5 rows (first: row 0)",
                "x: is no whole number. Got 1 of 5 rows (first: row 3)",
                "t_x: lies after T. Got 2 of 5 rows (first: row 2)",
                "t_x: is above 0 without a repeat purchase. Got 1 of 5 rows (first: row 1)",
            ],
        ),
    ],
    ids=["nobody", "one customer", "no repeat purchase", "every rule at once"],
)
def test_impossible_input_is_named_in_one_error(kind, history, messages):
    with pytest.raises(InputError) as error:
        kind().fit(*history)
    assert [message for message in messages if message not in str(error.value)] == []


@every_model
@pytest.mark.parametrize("weights", [np.ones(3), np.full(4, -1), np.zeros(4), np.full(4, np.nan)])
def test_useless_weights_are_refused(kind, weights):
    with pytest.raises(InputError, match="weights"):
        kind().fit(np.ones(4), np.ones(4), np.full(4, 9), weights)


@every_model
@pytest.mark.parametrize("n_max", [-1, 1.5, np.nan, np.inf])
def test_largest_count_must_be_a_count(kind, n_max):
    with pytest.raises(InputError, match="n_max: is no count"):
        with_parameters(kind, 1, 1, 1, 1).purchase_probabilities(39, n_max)


@every_model
def test_rate_and_unit_must_be_above_0(kind):
    with pytest.raises(InputError) as error:
        with_parameters(kind, 1, 1, 1, 1).discounted_residual_purchases(0, np.nan, 0, 0, 9)
    assert str(error.value).splitlines() == [
        "1. annual_rate: is not above 0. Got 0; expected a finite number > 0. "
        "Give the annual effective rate, 0.1 for 10 % a year.",
        "2. days_per_unit: is not above 0. Got nan; expected a finite number > 0. "
        "Give the days in one unit of time of the model, 7 for weeks.",
    ]
