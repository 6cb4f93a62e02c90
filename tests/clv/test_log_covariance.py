"""The covariance of the log-parameters: what standard errors come from, on CDNOW."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.special import gammaln

from analysis.clv import BGNBD, MBGNBD, GammaGamma, ParetoNBD
from analysis.clv.collapse import collapse
from tests.clv.cdnow import history, repeat_spend

MODELS = [BGNBD, MBGNBD, ParetoNBD]
STEP = 2e-3  # of second differences of values: error about STEP**2, rounding 1e-9 / STEP**2
every_model = pytest.mark.parametrize("kind", MODELS, ids=lambda kind: kind.__name__)


def log_parameters(model):
    return np.log(list(model.params_.values()))


def covariance(log_likelihood, at):
    """Return the inverse of minus the second differences of `log_likelihood` at a point."""
    steps = STEP * np.eye(len(at))
    curvature = [
        [
            sum(a * b * log_likelihood(at + a * one + b * other) for a in (-1, 1) for b in (-1, 1)) / (4 * STEP**2)
            for other in steps
        ]
        for one in steps
    ]
    return np.linalg.inv(-np.array(curvature))


def assert_close(found, expected, rtol):
    """Compare entries relative to the two standard errors they belong to: a covariance may be near 0."""
    errors = np.sqrt(np.diag(expected))
    assert_allclose(found / np.outer(errors, errors), expected / np.outer(errors, errors), atol=rtol, rtol=0)


@every_model
def test_its_diagonal_gives_the_standard_errors(kind):
    model = kind().fit(*history(unit=7))
    assert model.log_covariance_.shape == (4, 4)
    assert_allclose(model.log_covariance_, model.log_covariance_.T, rtol=1e-12)
    relative = np.sqrt(np.diag(model.log_covariance_))
    assert_allclose(list(model.standard_errors_.values()), list(model.params_.values()) * relative, rtol=1e-12)


@every_model
def test_the_unit_of_time_does_not_matter(kind):
    weekly, daily = kind().fit(*history(unit=7)), kind().fit(*history())
    assert_close(daily.log_covariance_, weekly.log_covariance_, rtol=1e-6)


@every_model
def test_it_is_the_inverse_of_the_curvature_of_the_log_likelihood(kind):
    rows, n = collapse(*(column.to_numpy(dtype=float) for column in history(unit=7)))
    objective = kind()._objective(*rows, n)
    model = kind().fit(*history(unit=7))
    expected = covariance(lambda point: n.sum() * objective(point)[0], log_parameters(model))
    assert_close(model.log_covariance_, expected, rtol=2e-4)


def test_it_is_so_for_spend_with_the_likelihood_of_the_note():
    table = repeat_spend()
    x, mean = table["x"].to_numpy(dtype=float), table["mean_spend"].to_numpy()

    def log_likelihood(point):  # note 025, equation 1a
        p, q, gamma = np.exp(point)
        terms = gammaln(p * x + q) - gammaln(p * x) - gammaln(q) + q * np.log(gamma)
        return (terms + (p * x - 1) * np.log(mean) + p * x * np.log(x) - (p * x + q) * np.log(gamma + x * mean)).sum()

    model = GammaGamma().fit(x, mean)
    assert log_likelihood(log_parameters(model)) == pytest.approx(model.log_likelihood_, rel=1e-12)
    assert_close(model.log_covariance_, covariance(log_likelihood, log_parameters(model)), rtol=2e-4)


@every_model
def test_without_a_maximum_it_is_missing_as_the_standard_errors_are(kind):
    # equal rates and nobody leaves
    x = np.random.default_rng(1).poisson(5, 2_000)
    model = kind().fit(x, np.where(x > 0, 51, 0), np.full(2_000, 52))
    missing = np.isnan(list(model.standard_errors_.values()))
    assert np.isnan(np.diag(model.log_covariance_)).tolist() == missing.tolist()
