"""Gamma-Gamma against Fader and Hardie, note 025 (2013), and clvkit, CLVTools, BTYD, lifetimes."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from analysis.clv import GammaGamma
from tests.clv.cdnow import repeat_spend


def test_sample_gives_the_published_estimate():
    table = repeat_spend()
    model = GammaGamma().fit(table["x"], table["mean_spend"])
    assert model.converged_
    assert model.problems_ == ()
    assert_allclose(list(model.params_.values()), [6.249573, 3.744224, 15.443518], rtol=1e-6)
    assert_allclose(list(model.params_.values()), [6.25, 3.74, 15.44], atol=5e-3)  # the note, section 3
    assert model.log_likelihood_ == pytest.approx(-4055.917695, abs=1e-6)
    assert_allclose(list(model.standard_errors_.values()), [1.1900, 0.29013, 4.1594], rtol=1e-4)
    assert model.expected_spend(0, np.nan)[0] == pytest.approx(35.1704, abs=5e-5)


def test_two_decimal_means_give_the_estimate_of_the_file_in_circulation():
    table = repeat_spend()
    model = GammaGamma().fit(table["x"], table["mean_spend"].round(2))
    assert_allclose(list(model.params_.values()), [6.2488, 3.74459, 15.44775], rtol=1e-3)
    assert model.log_likelihood_ == pytest.approx(-4055.923, abs=1e-2)
    assert_allclose(list(model.standard_errors_.values()), [1.1897, 0.29017, 4.1600], rtol=1e-3)


def test_master_gives_the_estimate_of_lifetimes():
    table = repeat_spend(sample=False)
    model = GammaGamma().fit(table["x"], table["mean_spend"])
    assert_allclose(list(model.params_.values()), [6.2754, 3.6245, 14.9837], rtol=1e-4)


@pytest.mark.parametrize(
    ("x", "mean_spend", "expected"),
    [(2, 22.35, 24.6637), (1, 11.77, 18.9169), (0, 0, 35.2190), (7, 73.74, 71.4697), (2, 25.55, 27.2884)],
)
def test_expected_spend_of_single_customers(x, mean_spend, expected):
    model = GammaGamma()
    model.params_ = {"p": 6.25, "q": 3.74, "gamma": 15.44}
    assert model.expected_spend(x, mean_spend)[0] == pytest.approx(expected, abs=5e-5)


def test_expected_spend_as_the_note_shows_it_by_unrounded_parameters():
    model = GammaGamma().fit(repeat_spend()["x"], repeat_spend()["mean_spend"])
    shown = model.expected_spend([2, 1, 0, 7, 2], [22.35, 11.77, 0, 73.74, 25.55])
    assert_allclose(shown, [24.65, 18.91, 35.17, 71.46, 27.28], atol=0.01)  # means and figures are in whole cents
