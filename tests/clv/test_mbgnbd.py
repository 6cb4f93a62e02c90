import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import beta

from analysis.clv import BGNBD, MBGNBD


def with_parameters(kind, r, alpha, a, b):
    model = kind()
    model.params_ = {"r": r, "alpha": alpha, "a": a, "b": b}
    return model


def test_likelihood_of_three_customers_by_hand():
    # r = alpha = a = b = 1: L = x! / (2+x) * ((1+T)^-(1+x) + 1 / (1+x) * (1+t_x)^-(1+x)), B(1, 2+x) = 1 / (2+x)
    # x 0, T 3:          1/2 * (1/4 + 1)               = 5/8
    # x 1, t_x 1, T 3:   1/3 * (1/16 + 1/2 * 1/4)      = 1/16
    # x 2, t_x 2, T 3:   2/4 * (1/64 + 1/3 * 1/27)     = 145/10368
    objective = MBGNBD()._objective(np.array([0.0, 1, 2]), np.array([0.0, 1, 2]), np.full(3, 3.0), np.ones(3))
    assert objective(np.zeros(4))[0] == pytest.approx(np.log([5 / 8, 1 / 16, 145 / 10368]).mean(), rel=1e-14)


def test_probability_alive_by_hand():
    # the branches of the likelihood above: 1/4 alive and 1 left; 1/16 alive and 1/8 left
    alive = with_parameters(MBGNBD, 1, 1, 1, 1).probability_alive([0, 1], [0, 1], [3, 3])
    assert alive.tolist() == pytest.approx([1 / 5, 1 / 3], rel=1e-14)


def test_customer_without_a_repeat_may_have_left_only_here():
    customer = (0, 0, 40)
    assert with_parameters(BGNBD, 0.5, 5, 0.8, 2).probability_alive(*customer)[0] == 1
    # 1 / (1 + .8/2 * ((5 + 40) / 5)^.5) = 1 / (1 + .4 * 3)
    assert with_parameters(MBGNBD, 0.5, 5, 0.8, 2).probability_alive(*customer)[0] == pytest.approx(1 / 2.2, rel=1e-14)


@pytest.mark.parametrize("a", [0.3, 1.0, 1 + 1e-7, 1 + 2e-5, 1.5, 2.6, 60.0])
@pytest.mark.parametrize(("x", "t_x", "age"), [(0, 0, 40), (3, 20, 40), (250, 39, 40), (99, 0.9, 1)])
def test_expected_purchases_is_the_mean_over_the_probability_of_leaving(a, x, t_x, age):
    # as for BG/NBD: (1 - e^(-rate p t)) / p purchases; after x repeats x + 1 chances to leave were not taken
    r, alpha, b, horizon = 0.5, 5.0, 3.0, 52
    mode = a / (a + b + x)
    known = quad(
        lambda p: beta.pdf(p, a, b + x + 1) * -np.expm1(-(r + x) * np.log1p(p * horizon / (alpha + age))) / p,
        0,
        1,
        points=[mode / 10, mode],
        limit=500,
        epsabs=0,
        epsrel=1e-10,
    )[0]
    model = with_parameters(MBGNBD, r, alpha, a, b)
    expected = model.expected_purchases(horizon, x, t_x, age) / model.probability_alive(x, t_x, age)
    assert expected[0] == pytest.approx(known, rel=1e-7)
