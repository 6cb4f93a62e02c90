"""Known truth in, known truth out: within three standard errors of every parameter."""

import numpy as np
import pytest

from analysis.clv import BGNBD, GammaGamma
from tests.recovery.simulate import bgnbd_customers


@pytest.mark.parametrize(
    "truth",
    [
        {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426},  # CDNOW
        {"r": 1.5, "alpha": 3.0, "a": 0.6, "b": 6.0},  # frequent buyers
        {"r": 0.6, "alpha": 8.0, "a": 1.0, "b": 3.0},  # a = 1
    ],
    ids=["cdnow", "frequent", "a is 1"],
)
def test_bgnbd_finds_the_truth(truth):
    rng = np.random.default_rng(20_240)
    model = BGNBD().fit(*bgnbd_customers(30_000, rng, **truth, weeks=78, acquisition=12))
    assert model.problems_ == ()
    for name, value in truth.items():
        assert abs(model.params_[name] - value) < 3 * model.standard_errors_[name], name


def test_bgnbd_forecasts_the_simulated_future():
    truth = {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}
    x, _, _ = bgnbd_customers(50_000, np.random.default_rng(7), **truth, weeks=52, acquisition=0)
    model = BGNBD()
    model.params_ = truth
    standard_error = x.std() / np.sqrt(len(x))
    assert abs(x.mean() - model.expected_purchases(52, 0, 0, 0)[0]) < 3 * standard_error


def test_gamma_gamma_finds_the_truth():
    truth = {"p": 6.25, "q": 3.74, "gamma": 15.44}
    rng = np.random.default_rng(11)
    x = 1 + rng.geometric(0.4, 20_000)
    rate = rng.gamma(truth["q"], 1 / truth["gamma"], x.size)
    model = GammaGamma().fit(x, rng.gamma(truth["p"] * x) / (rate * x))
    assert model.problems_ == ()
    for name, value in truth.items():
        assert abs(model.params_[name] - value) < 3 * model.standard_errors_[name], name
