"""Known truth in, known truth out: within three standard errors of every parameter."""

import numpy as np
import pytest

from analysis.clv import BGNBD, MBGNBD, GammaGamma, ParetoNBD
from tests.recovery.simulate import bgnbd_customers, pareto_nbd_customers


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


@pytest.mark.parametrize(
    "truth",
    [
        {"r": 0.525, "alpha": 6.183, "a": 0.891, "b": 1.614},  # CDNOW
        {"r": 1.5, "alpha": 3.0, "a": 1.0, "b": 6.0},  # frequent buyers, a = 1
    ],
    ids=["cdnow", "frequent"],
)
def test_mbgnbd_finds_the_truth(truth):
    rng = np.random.default_rng(31)
    model = MBGNBD().fit(*bgnbd_customers(30_000, rng, **truth, weeks=78, acquisition=12, first_may_be_last=True))
    assert model.problems_ == ()
    for name, value in truth.items():
        assert abs(model.params_[name] - value) < 3 * model.standard_errors_[name], name


@pytest.mark.parametrize(
    "truth",
    [
        {"r": 0.553, "alpha": 10.578, "s": 0.606, "beta": 11.669},  # CDNOW
        {"r": 1.5, "alpha": 3.0, "s": 1.0, "beta": 40.0},  # frequent buyers, s = 1, alpha < beta
        {"r": 0.8, "alpha": 12.0, "s": 1.5, "beta": 12.0},  # alpha = beta
    ],
    ids=["cdnow", "frequent", "equal scales"],
)
def test_pareto_nbd_finds_the_truth(truth):
    rng = np.random.default_rng(9)
    model = ParetoNBD().fit(*pareto_nbd_customers(20_000, rng, **truth, weeks=78, acquisition=12))
    assert model.problems_ == ()
    for name, value in truth.items():
        assert abs(model.params_[name] - value) < 3 * model.standard_errors_[name], name


def test_pareto_nbd_counts_the_simulated_future():
    truth = {"r": 0.553, "alpha": 10.578, "s": 0.606, "beta": 11.669}
    x, _, _ = pareto_nbd_customers(200_000, np.random.default_rng(8), **truth, weeks=52, acquisition=0)
    model = ParetoNBD()
    model.params_ = truth
    expected = model.purchase_probabilities(52, 5)
    shares = np.bincount(x.astype(int))[:6] / len(x)
    assert (np.abs(shares - expected) < 3.5 * np.sqrt(expected / len(x))).all()


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
