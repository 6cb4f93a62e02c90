from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from analysis.clv import SBG
from analysis.clv.sbg import _objective
from analysis.errors import InputError

steady = settings(derandomize=True, deadline=None)


def with_parameters(alpha, beta):
    model = SBG()
    model.params_ = {"alpha": alpha, "beta": beta}
    return model


def test_likelihood_of_three_customers_by_hand():
    # alpha = beta = 1: lost after k renewals B(2, 1+k), under contract after k B(1, 1+k) = 1 / (1+k)
    # lost at once: B(2, 1) = 1/2;  lost after one renewal: B(2, 2) = 1/6;  three renewals: 1/4
    objective = _objective(np.array([0.0, 1, 3]), np.array([1.0, 1, 0]), np.ones(3))
    assert objective(np.zeros(2))[0] == pytest.approx(np.log([1 / 2, 1 / 6, 1 / 4]).mean(), rel=1e-14)


@steady
@given(st.tuples(st.floats(0.01, 100), st.floats(0.01, 100)))
def test_gradient_is_the_slope_of_the_likelihood(parameters):
    objective = _objective(np.array([0.0, 0, 1, 3, 80]), np.array([0.0, 1, 1, 0, 1]), np.arange(1.0, 6))
    point, step = np.log(parameters), 1e-5
    slopes = [(objective(point + h)[0] - objective(point - h)[0]) / (2 * step) for h in step * np.eye(2)]
    assert_allclose(objective(point)[1], slopes, rtol=1e-5, atol=1e-6)


def test_survival_and_retention_by_hand():
    # alpha = beta = 1: S(k) = 1 / (1+k), so retention after k renewals is (1+k) / (2+k)
    model = with_parameters(1, 1)
    assert_allclose(model.survival([0, 1, 4]), [1, 1 / 2, 1 / 5], rtol=1e-14)
    assert_allclose(model.retention_rate([0, 1, 4]), [1 / 2, 2 / 3, 5 / 6], rtol=1e-14)


def test_expected_renewals_by_hand():
    # alpha = beta = 1, k completed: (1+k)/(2+k) + (1+k)/(3+k); k 0: 1/2 + 1/3, k 3: 4/5 + 4/6
    model = with_parameters(1, 1)
    assert_allclose(model.expected_renewals(2, [0, 3, 0]), [5 / 6, 22 / 15, 5 / 6], rtol=1e-14)
    assert model.expected_renewals(0, [0, 3]).tolist() == [0, 0]
    assert model.expected_renewals(2, []).shape == (0,)


def test_expected_renewals_of_steady_customers_do_not_underflow():
    # all leave with chance one half: 1/2 + 1/4 + 1/8
    assert with_parameters(1e5, 1e5).expected_renewals(3, 0)[0] == pytest.approx(7 / 8, rel=1e-4)


@pytest.mark.parametrize("alpha", [1, 2, 3])
def test_discounted_renewals_where_the_formula_is_singular(alpha):
    # beta = 1, 7 completed, 100 % a period: sum of S(8+k) / S(7) / 2^k, whole numbers in every factor
    total, survived = Fraction(0), Fraction(1)
    for k in range(200):
        survived *= Fraction(8 + k, 8 + k + alpha)
        total += survived / 2**k
    assert with_parameters(alpha, 1).discounted_residual_renewals(1.0, 365, 7)[0] == pytest.approx(
        float(total), rel=1e-9
    )


def test_monthly_renewals_are_discounted_by_the_month():
    monthly = with_parameters(0.7, 3).discounted_residual_renewals(0.1, 365 / 12, 2)[0]
    yearly = with_parameters(0.7, 3).discounted_residual_renewals(1.1 ** (1 / 12) - 1, 365, 2)[0]
    assert monthly == pytest.approx(yearly, rel=1e-12)


def test_finds_the_truth():
    truth, rng = {"alpha": 0.8, "beta": 3.0}, np.random.default_rng(5)
    renewals = rng.geometric(rng.beta(0.8, 3.0, 20_000)) - 1
    observed = rng.integers(1, 9, 20_000)  # occasions to renew so far
    model = SBG().fit(np.minimum(renewals, observed), renewals < observed)
    assert model.problems_ == ()
    for name, value in truth.items():
        assert abs(model.params_[name] - value) < 3 * model.standard_errors_[name], name


def test_weights_are_repeated_rows():
    renewals, lost, weights = np.array([0, 1, 2, 3, 4]), np.array([1, 1, 1, 1, 0]), np.array([40, 20, 12, 9, 60])
    weighted, repeated = SBG().fit(renewals, lost, weights), SBG().fit(renewals.repeat(weights), lost.repeat(weights))
    assert weighted.params_ == repeated.params_
    assert weighted.log_likelihood_ == repeated.log_likelihood_


@pytest.mark.parametrize(
    ("renewals", "lost", "customers"),
    [([0, 1], [1, 0], [400, 600]), ([0, 1, 2, 3, 4], [1, 1, 1, 1, 0], [1000, 900, 810, 729, 6561])],
    ids=["one occasion to renew", "everybody leaves with chance one tenth"],
)
def test_customers_whose_differences_cannot_be_told_are_a_doubtful_fit(renewals, lost, customers):
    assert SBG().fit(renewals, lost, customers).problems_


@pytest.mark.parametrize("n_lost", [0, 29])
def test_too_few_losses_are_refused_in_plain_words(n_lost):
    with pytest.raises(InputError, match=rf"lost: too few customers were lost.* Got {n_lost} lost of 500 rows"):
        SBG().fit(np.full(500, 3), np.arange(500) < n_lost)


def test_every_problem_is_in_one_error():
    with pytest.raises(InputError) as error:
        SBG().fit([-1, 1.5, np.inf, 2], [0, np.nan, 1, 2])
    assert [line.split(". Got")[0] for line in str(error.value).splitlines()] == [
        "1. renewals: is infinite",
        "2. renewals: is negative",
        "3. lost: is missing (NaN)",
        "4. renewals: is no whole number",
        "5. lost: is neither true nor false",
    ]


def test_what_is_no_count_is_refused():
    model = with_parameters(1, 1)
    for forecast in (model.survival, model.retention_rate, lambda k: model.expected_renewals(2, k)):
        with pytest.raises(InputError, match=r"renewals: is no whole number\. Got 1 of 2 rows"):
            forecast([1, 0.5])
    with pytest.raises(InputError, match="horizon: is no count"):
        model.expected_renewals(1.5, 0)


def test_using_a_model_before_fit_says_so():
    with pytest.raises(AttributeError, match="SBG has no params_: call fit first"):
        SBG().survival(1)
