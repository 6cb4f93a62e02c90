"""The choice between spend that depends on frequency and spend that does not."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from scipy.stats import chi2

from analysis.clv import GammaGamma, GammaGammaByFrequency, spend_dependence
from analysis.clv.independence import BANDS, MAX_P, MIN_CHANGE, _by_frequency, _rank_correlation
from analysis.errors import InputError
from tests.clv.simulated_spend import mean_spend


def base(kappa, n=4_000, seed=8):
    """Return x, mean spend and expected purchases of a base, half of it without a repeat purchase."""
    rng = np.random.default_rng(seed)
    x = rng.geometric(0.4, n // 2)
    spend = np.append(mean_spend(x, rng, kappa), np.full(n // 2, np.nan))
    x = np.append(x, np.zeros(n // 2, int))
    return x, spend, 0.2 + x / 2


def test_thresholds_are_a_hundredth_each():
    assert (MAX_P, MIN_CHANGE) == (0.01, 0.01)


def test_rank_correlation_averages_ties():
    # ranks of x 1.5 1.5 3.5 3.5, of spend 1 2 3 4: covariance sum 4, variance sums 4 and 5: 4 / sqrt(20);
    # t = r sqrt(2 / (1 - r^2)) = .894 sqrt(10) = 2.828; two-sided with 2 degrees of freedom: 1 - t / sqrt(2 + t^2)
    tests = _rank_correlation(np.array([1.0, 1, 5, 5]), np.array([10.0, 20, 30, 40]))
    assert_allclose(list(tests.values()), [4 / np.sqrt(20), 1 - np.sqrt(8 / 10)], rtol=1e-12)


def test_nothing_to_rank_has_no_correlation():
    assert np.isnan(list(_rank_correlation(np.ones(3), np.array([1.0, 2, 3])).values())).all()


def test_bands_by_hand():
    customers = pd.DataFrame(
        {
            "x": [0.0, 1, 3, 5, 6, 60],
            "repeat_spend": [0.0, 10, 30, 90, 60, 840],
            "expected_purchases": [0.5, 0, 1, 3, 2, 2],
            "independent": [5.0, 0, 10, 50, 20, 40],
            "dependent": [4.0, 0, 12, 54, 22, 44],
        }
    )
    table = _by_frequency(customers).set_index("x_from")
    assert table.index.tolist() == list(BANDS) == [0, 1, 2, 3, 6]
    assert_allclose(table["x_to"], [0, 1, 2, 5, np.nan])
    assert table["customers"].tolist() == [1, 1, 0, 2, 2]
    assert table["expected_purchases"].tolist() == [0.5, 0, 0, 4, 4]
    assert_allclose(table["mean_repeat_spend"], [np.nan, 10, np.nan, 120 / 8, 900 / 66])
    assert_allclose(table["expected_spend_independent"], [10, np.nan, np.nan, 60 / 4, 60 / 4])
    assert_allclose(table["expected_spend_dependent"], [8, np.nan, np.nan, 66 / 4, 66 / 4])
    assert_allclose(table["change"], [-0.2, np.nan, np.nan, 0.1, 0.1])


@pytest.mark.parametrize(("kappa", "direction"), [(0.8, 1), (1.3, -1)])
def test_dependent_spend_is_found_and_used(kappa, direction):
    x, spend, purchases = base(kappa)
    result = spend_dependence(x, spend, purchases)
    verdict = result.verdict.iloc[0]
    assert verdict["spend_model"] == "gamma_gamma_by_frequency"
    assert verdict["reason"] == ""
    assert result.model is result.dependent
    assert abs(verdict["kappa"] - kappa) < 3 * verdict["kappa_standard_error"]
    # where frequent customers spend more, the average of all repeaters overstates those without a repeat
    assert np.sign(result.by_frequency["change"].iloc[0]) == direction


def test_figures_are_those_of_the_two_models():
    x, spend, purchases = base(1.3)
    result = spend_dependence(x, spend, purchases)
    fits = [model().fit(x[x > 0], spend[x > 0]) for model in (GammaGamma, GammaGammaByFrequency)]
    totals = [(purchases * fit.expected_spend(x, spend)).sum() for fit in fits]
    verdict = result.verdict.iloc[0]
    assert verdict["n_spenders"] == 2_000
    assert verdict["change"] == pytest.approx(totals[1] / totals[0] - 1, rel=1e-12)
    ratio = 2 * (fits[1].log_likelihood_ - fits[0].log_likelihood_)
    assert verdict["likelihood_ratio"] == pytest.approx(ratio, rel=1e-12)
    assert verdict["likelihood_ratio_p"] == chi2.sf(verdict["likelihood_ratio"], 1)
    table = result.by_frequency
    assert (table["expected_purchases"] * table["expected_spend_dependent"]).sum() == pytest.approx(
        totals[1], rel=1e-12
    )


def test_independent_spend_keeps_gamma_gamma():
    result = spend_dependence(*base(1))
    verdict = result.verdict.iloc[0]
    assert verdict["reason"] == "not_significant"
    assert verdict["spend_model"] == "gamma_gamma"
    assert result.model is result.independent
    # skew alone makes the mean of few purchases rank low: the rank correlation must not decide
    assert verdict["spearman_p"] < MAX_P


def test_a_change_that_is_significant_but_small_keeps_gamma_gamma():
    x, spend, _ = base(0.8)
    result = spend_dependence(x, spend, np.where(x == 2, 1, 0))  # the models cross where frequency is as usual
    verdict = result.verdict.iloc[0]
    assert verdict["likelihood_ratio_p"] < MAX_P
    assert 0 < abs(verdict["change"]) < MIN_CHANGE
    assert verdict["reason"] == "small_change"
    assert result.model is result.independent


def test_nobody_expected_back_is_no_change():
    x, spend, _ = base(1.3)
    verdict = spend_dependence(x, spend, np.zeros(len(x))).verdict.iloc[0]
    assert np.isnan(verdict["change"])
    assert verdict["reason"] == "small_change"


def test_a_doubtful_dependent_model_is_not_used():
    x, spend, purchases = base(1)
    once = np.minimum(x, 1)
    result = spend_dependence(once, spend, purchases)
    verdict = result.verdict.iloc[0]
    assert verdict["reason"] == result.dependent.problems_[0]
    assert np.isnan(verdict["likelihood_ratio_p"])
    assert result.model is result.independent


def test_currency_moves_no_verdict():
    x, spend, purchases = base(1.3)
    dollars, cents = (spend_dependence(x, spend * unit, purchases) for unit in (1, 100))
    numbers = ["spearman", "spearman_p", "kappa", "kappa_standard_error", "likelihood_ratio", "change"]
    assert_allclose(cents.verdict[numbers], dollars.verdict[numbers], rtol=1e-6)
    assert_allclose(
        cents.by_frequency["expected_spend_dependent"],
        100 * dollars.by_frequency["expected_spend_dependent"],
        rtol=1e-6,
    )


def test_repeaters_without_money_count_as_without_repeat():
    x, spend, purchases = base(1.3)
    free = spend_dependence(np.append(x, 4), np.append(spend, 0), np.append(purchases, 1))
    without = spend_dependence(np.append(x, 0), np.append(spend, np.nan), np.append(purchases, 1))
    assert free.by_frequency.equals(without.by_frequency)
    assert free.verdict.equals(without.verdict)


@pytest.mark.parametrize(
    ("wrong", "message"), [(np.nan, "is missing"), (-1, "is negative"), (np.inf, "is infinite")], ids=str
)
def test_expected_purchases_are_checked(wrong, message):
    x, spend, purchases = base(1)
    purchases[3] = wrong
    with pytest.raises(InputError, match=rf"expected_purchases: {message}.*1 of 4,000 rows \(first: row 3\)"):
        spend_dependence(x, spend, purchases)
