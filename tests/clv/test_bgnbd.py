import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.integrate import quad
from scipy.stats import beta

from analysis.clv import BGNBD
from tests.clv.cdnow import history

steady = settings(derandomize=True, deadline=None)


def with_parameters(r: float, alpha: float, a: float, b: float) -> BGNBD:
    model = BGNBD()
    model.params_ = {"r": r, "alpha": alpha, "a": a, "b": b}
    return model


CDNOW = with_parameters(0.243, 4.414, 0.793, 2.426)
positive = st.floats(0.05, 20)


@st.composite
def histories(draw: st.DrawFn) -> tuple[int, float, float]:
    x = draw(st.integers(0, 300))
    age = draw(st.floats(1, 400))
    return x, age * draw(st.floats(0.01, 1)) if x else 0.0, age


def test_likelihood_of_three_customers_by_hand():
    # r = alpha = a = b = 1: L = x! * B(1, 1+x) * ((1+T)^-(1+x) + (x > 0) / x * (1+t_x)^-(1+x)), B(1, 1+x) = 1 / (1+x)
    # x 0, T 3:          1 * 1   * 1/4                  = 1/4
    # x 1, t_x 1, T 3:   1 * 1/2 * (1/16 + 1/1 * 1/4)   = 5/32
    # x 2, t_x 2, T 3:   2 * 1/3 * (1/64 + 1/2 * 1/27)  = 59/2592
    objective = BGNBD()._objective(np.array([0.0, 1, 2]), np.array([0.0, 1, 2]), np.full(3, 3.0), np.ones(3))
    assert objective(np.zeros(4))[0] == pytest.approx(np.log([1 / 4, 5 / 32, 59 / 2592]).mean(), rel=1e-14)


def test_probability_alive_by_hand():
    # r = alpha = a = b = 1, x 1, t_x 1, T 3: the branches of the likelihood are 1/16 alive and 1/4 left
    assert with_parameters(1, 1, 1, 1).probability_alive(1, 1, 3)[0] == pytest.approx(1 / 5, rel=1e-14)


@steady
@given(st.tuples(positive, positive, positive, positive))
def test_gradient_is_the_slope_of_the_likelihood(parameters):
    objective = BGNBD()._objective(
        np.array([0.0, 1, 1, 40]), np.array([0, 0.2, 1.0, 0.9]), np.full(4, 1.0), np.arange(1.0, 5)
    )
    point, step = np.log(parameters), 1e-5
    slopes = [(objective(point + h)[0] - objective(point - h)[0]) / (2 * step) for h in step * np.eye(4)]
    assert_allclose(objective(point)[1], slopes, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("unit", [7, 365.25 / 12, 1 / 86_400], ids=["weeks", "months", "seconds"])
def test_unit_of_time_moves_alpha_and_log_likelihood_only(unit):
    days, other = BGNBD().fit(*history()), BGNBD().fit(*history(unit=unit))
    assert_allclose(
        [other.params_["r"], other.params_["alpha"] * unit, other.params_["a"], other.params_["b"]],
        list(days.params_.values()),
        rtol=1e-8,
    )
    assert other.log_likelihood_ == pytest.approx(days.log_likelihood_ + 2_457 * np.log(unit), abs=1e-6)


def test_row_order_changes_nothing_at_all():
    x, t_x, age = history()
    order = np.random.default_rng(0).permutation(len(x))
    shuffled = BGNBD().fit(x.iloc[order], t_x.iloc[order], age.iloc[order])
    assert shuffled.params_ == BGNBD().fit(x, t_x, age).params_


def test_weights_are_repeated_rows():
    x, t_x, age = history()
    weights = 1 + np.arange(len(x)) % 3
    weighted = BGNBD().fit(x, t_x, age, weights)
    repeated = BGNBD().fit(*(np.repeat(column, weights) for column in (x, t_x, age)))
    assert_allclose(list(weighted.params_.values()), list(repeated.params_.values()), rtol=1e-9)
    assert_allclose(list(weighted.standard_errors_.values()), list(repeated.standard_errors_.values()), rtol=1e-6)
    assert weighted.log_likelihood_ == pytest.approx(repeated.log_likelihood_, rel=1e-12)


def test_weight_0_is_an_absent_row():
    x, t_x, age = history()
    present = np.arange(len(x)) < 2_000
    assert_allclose(
        list(BGNBD().fit(x, t_x, age, present).params_.values()),
        list(BGNBD().fit(x[present], t_x[present], age[present]).params_.values()),
        rtol=1e-9,
    )


@steady
@given(st.tuples(positive, positive, positive, positive), histories())
def test_probability_alive_is_a_probability_and_1_without_a_repeat(parameters, customer):
    alive = with_parameters(*parameters).probability_alive(*customer)[0]
    assert 0 <= alive <= 1
    assert alive == 1 or customer[0] > 0


@steady
@given(st.tuples(positive, positive, positive, positive), histories())
def test_longer_horizon_never_expects_less(parameters, customer):
    model = with_parameters(*parameters)
    expected = np.array([model.expected_purchases(horizon, *customer)[0] for horizon in (0, 1, 10, 100, 1000)])
    assert expected[0] == 0
    assert (np.diff(expected) >= -1e-9 * expected[1:]).all()


@pytest.mark.parametrize("a", [0.3, 1.0, 1 + 1e-7, 1 + 2e-5, 1.5, 2.6, 60.0])
@pytest.mark.parametrize(("x", "t_x", "age"), [(0, 0, 40), (3, 20, 40), (250, 39, 40), (99, 0.9, 1)])
def test_expected_purchases_is_the_mean_over_the_probability_of_leaving(a, x, t_x, age):
    # Given the rate and the probability p of leaving, (1 - e^(-rate p t)) / p purchases are expected. The mean over the
    # gamma-distributed rate is exact, that over the beta-distributed p by quadrature; no hypergeometric function.
    r, alpha, b, horizon = 0.5, 5.0, 3.0, 52
    known = quad(
        lambda p: beta.pdf(p, a, b + x) * -np.expm1(-(r + x) * np.log1p(p * horizon / (alpha + age))) / p,
        0,
        1,
        points=[a / (a + b + x) / 10, a / (a + b + x)],
        limit=500,
        epsabs=0,
        epsrel=1e-10,
    )[0]
    model = with_parameters(r, alpha, a, b)
    expected = model.expected_purchases(horizon, x, t_x, age) / model.probability_alive(x, t_x, age)
    assert expected[0] == pytest.approx(known, rel=1e-7)


def test_singular_point_without_a_repeat_is_the_limit():
    # a + b = 1: the formula is 0 * infinity for x = 0
    near = [with_parameters(0.5, 5, a, 0.6).expected_purchases(52, 0, 0, 40)[0] for a in (0.399, 0.4, 0.401)]
    assert near[1] == pytest.approx((near[0] + near[2]) / 2, rel=1e-5)


def test_nobody_in_nobody_out():
    assert CDNOW.expected_purchases(39, [], [], []).shape == (0,)
    assert CDNOW.probability_alive([], [], []).shape == (0,)


def test_predictions_keep_the_order_of_the_customers():
    x, t_x, age = (column.to_numpy() for column in history(unit=7))
    expected = CDNOW.expected_purchases(39, x, t_x, age)
    assert_allclose(CDNOW.expected_purchases(39, x[::-1], t_x[::-1], age[::-1])[::-1], expected, rtol=1e-14)
    assert expected[17] == pytest.approx(CDNOW.expected_purchases(39, x[17], t_x[17], age[17])[0], rel=1e-14)


def test_using_a_model_before_fit_says_so():
    with pytest.raises(AttributeError, match="BGNBD has no params_: call fit first"):
        BGNBD().probability_alive(1, 1, 3)


def test_customers_who_never_leave_are_a_doubtful_fit():
    # 2,000 customers with equal rates and no dropout: neither r and alpha nor a and b can be told
    x = np.random.default_rng(1).poisson(5, 2_000)
    model = BGNBD().fit(x, np.where(x > 0, 51, 0), np.full(2_000, 52))
    assert model.problems_
    assert not model.converged_ or "flat_ridge" in model.problems_
