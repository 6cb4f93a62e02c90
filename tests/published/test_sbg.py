"""sBG against Fader and Hardie (2007): survivors of 1,000 customers in two segments, fitted on 4 or 7 years."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from analysis.clv import SBG

REGULAR = [1000, 631, 468, 382, 326, 289, 262, 241]  # under contract after 0, 1, ..., 7 years
HIGH_END = [1000, 869, 743, 653, 593, 551, 517, 491]


def fitted(survivors: list[int], years: int) -> SBG:
    renewals = np.append(np.arange(years), years)
    lost = np.append(np.ones(years), 0)
    return SBG().fit(renewals, lost, [*-np.diff(survivors[: years + 1]), survivors[years]])


@pytest.mark.parametrize(
    ("survivors", "published", "estimate", "log_likelihood"),
    [(REGULAR, [0.704, 1.182], [0.7041, 1.1820], -1680.265), (HIGH_END, [0.668, 3.806], [0.6681, 3.8061], -1611.158)],
    ids=["regular", "high end"],
)
def test_seven_years_give_the_published_estimate(survivors, published, estimate, log_likelihood):
    model = fitted(survivors, 7)
    assert model.converged_
    assert model.problems_ == ()
    assert_allclose(list(model.params_.values()), published, atol=5e-4)
    assert_allclose(list(model.params_.values()), estimate, atol=5e-5)
    assert model.log_likelihood_ == pytest.approx(log_likelihood, abs=5e-4)


@pytest.mark.parametrize(
    ("survivors", "estimate", "log_likelihood"),
    [(REGULAR, [0.7637, 1.2958], -1401.559), (HIGH_END, [1.2810, 7.7904], -1225.135)],
    ids=["regular", "high end"],
)
def test_four_years_give_the_verified_estimate(survivors, estimate, log_likelihood):
    model = fitted(survivors, 4)
    assert_allclose(list(model.params_.values()), estimate, atol=5e-5)
    assert model.log_likelihood_ == pytest.approx(log_likelihood, abs=5e-4)


@pytest.mark.parametrize(
    ("survivors", "survival", "retention"),
    [
        (
            REGULAR,
            [0.2201, 0.2044, 0.1912, 0.1799, 0.1700],
            [0.6267, 0.7561, 0.8188, 0.8559, 0.8804, 0.8978, 0.9107, 0.9208],
        ),
        (
            HIGH_END,
            [0.4604, 0.4358, 0.4142, 0.3951, 0.3780],
            [0.8507, 0.8780, 0.8968, 0.9106, 0.9212, 0.9295, 0.9362, 0.9418],
        ),
    ],
    ids=["regular", "high end"],
)
def test_survival_of_years_8_to_12_and_retention_of_years_1_to_8(survivors, survival, retention):
    model = fitted(survivors, 7)
    assert_allclose(model.survival(np.arange(8, 13)), survival, atol=6e-5)
    assert_allclose(model.retention_rate(np.arange(8)), retention, atol=6e-5)


@pytest.mark.parametrize(("year", "expected"), [(1, 5.41486), (7, 7.34505), (8, 7.52995)])
def test_discounted_lifetime_in_year_n_with_n_minus_1_renewals_completed_and_the_next_one_due(year, expected):
    model = SBG()
    model.params_ = {"alpha": 0.668, "beta": 3.806}
    assert model.discounted_residual_renewals(0.1, 365, year - 1)[0] == pytest.approx(expected, abs=6e-6)
