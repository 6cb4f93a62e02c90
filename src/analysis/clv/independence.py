"""Whether spend depends on frequency, how much that changes, and which spend model to use.

Gamma-Gamma takes frequency and mean spend as independent. Three answers to whether they are: the rank correlation, the
likelihood-ratio test of kappa = 1 in `GammaGammaByFrequency`, and what the customer base is worth under either model.

The rank correlation decides nothing. Amounts are skewed, and the mean of few is more often below its expectation than
the mean of many: where spend is independent of frequency the correlation is still above 0, the more so the more one
customer's purchases differ. The likelihood ratio knows that; yet it trusts the shape of the model, and both say what
was, not what the next purchases will be: that is for a backtest.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.stats import chi2, spearmanr

from analysis.clv import checks
from analysis.clv.collapse import Floats
from analysis.clv.gamma_gamma import GammaGamma, GammaGammaByFrequency

# Both must hold before the model with one parameter more is used. One error in a hundred: the choice is made anew every
# month, and at the usual 5 % it would change for no reason once in twenty months.
MAX_P = 0.01
# Share of the expected spend of the whole base. Of a million customers everything is significant, also that amounts do
# not have quite the shape of the model; such changes stay below one percent, and the simpler model says the same.
MIN_CHANGE = 0.01
# Fewest repeat purchases of each band; 0 and 1 alone, because most customers are there and the models differ most.
BANDS = (0, 1, 2, 3, 6)


@dataclass(frozen=True)
class SpendDependence:
    """Both spend models, what they say of the base, and the choice between them.

    Attributes
    ----------
    independent, dependent : the fitted models.
    by_frequency : one row per band of repeat purchases (bands without customers too): x_from, x_to (both included; NaN:
        no end); customers; expected_purchases (total); mean_repeat_spend (per repeat purchase so far, NaN without one);
        expected_spend_independent, expected_spend_dependent (per expected purchase, NaN if there are none); change
        (dependent / independent - 1).
    verdict : one row: spend_model (`gamma_gamma`, `gamma_gamma_by_frequency`); reason (key of what speaks against the
        second, the first that holds; empty if it is used: a key of its `problems_`, `not_significant`,
        `small_change`); n_spenders; spearman, spearman_p; kappa, kappa_standard_error; likelihood_ratio (2 x difference
        of log-likelihoods), likelihood_ratio_p, max_p; change (of the total expected spend), min_change.
    """

    independent: GammaGamma
    dependent: GammaGammaByFrequency
    by_frequency: pd.DataFrame
    verdict: pd.DataFrame

    @property
    def model(self) -> GammaGamma:
        """The spend model to use; its own `problems_` still decide whether it may be."""
        return self.independent if self.verdict["reason"].iloc[0] else self.dependent


def spend_dependence(x: ArrayLike, mean_spend: ArrayLike, expected_purchases: ArrayLike) -> SpendDependence:
    """Return whether spend depends on frequency, how much it matters, and the spend model to use.

    Parameters
    ----------
    x : array (n_customers,), repeat purchases of the whole base, 0 included.
    mean_spend : mean amount per repeat purchase; not read where x = 0. Customers with x > 0 and a mean of 0 are left
        out of the fits and are expected to spend what customers without a repeat purchase do.
    expected_purchases : expected over the horizon, by a purchase model. They weight the customers' expected spend.

    Notes
    -----
    The dependent model is used where it has no `problems_`, likelihood_ratio_p < MAX_P and the total changes by
    MIN_CHANGE or more, up or down. The p-value is NaN where one of the two fits did not converge, the change where
    either model has no mean or no purchase is expected; NaN fulfils no condition.

    Raises
    ------
    InputError
        A row breaks a rule, or fewer than `checks.MIN_REPEATERS` customers have repeat spend above 0.
    """
    x_, spend = checks.spend(x, mean_spend)
    purchases = checks.expected_purchases(expected_purchases, x_)
    x_ = np.where(spend > 0, x_, 0)
    spenders = x_ > 0
    history = x_[spenders], spend[spenders]
    independent, dependent = GammaGamma().fit(*history), GammaGammaByFrequency().fit(*history)
    customers = pd.DataFrame(
        {
            "x": x_,
            "repeat_spend": x_ * spend,
            "expected_purchases": purchases,
            "independent": purchases * independent.expected_spend(x_, spend),
            "dependent": purchases * dependent.expected_spend(x_, spend),
        }
    )
    total = customers[["independent", "dependent"]].sum(skipna=False)
    tests = _rank_correlation(*history) | _likelihood_ratio(independent, dependent)
    change = total["dependent"] / total["independent"] - 1 if purchases.any() else np.nan
    reasons = dict.fromkeys(dependent.problems_, True) | {
        "not_significant": not tests["likelihood_ratio_p"] < MAX_P,
        "small_change": not abs(change) >= MIN_CHANGE,
    }
    reason = next((key for key, holds in reasons.items() if holds), "")
    verdict = {
        "spend_model": "gamma_gamma" if reason else "gamma_gamma_by_frequency",
        "reason": reason,
        "n_spenders": len(history[0]),
        **tests,
        "max_p": MAX_P,
        "change": change,
        "min_change": MIN_CHANGE,
    }
    return SpendDependence(independent, dependent, _by_frequency(customers), pd.DataFrame([verdict]))


def _rank_correlation(x: Floats, spend: Floats) -> dict[str, float]:
    """Return Spearman's correlation, ties averaged, and its two-sided p-value (t, n - 2 degrees of freedom)."""
    if np.ptp(x) == 0 or np.ptp(spend) == 0:  # nothing to rank
        return {"spearman": np.nan, "spearman_p": np.nan}
    correlation, p = spearmanr(x, spend)
    return {"spearman": float(correlation), "spearman_p": float(p)}


def _likelihood_ratio(independent: GammaGamma, dependent: GammaGammaByFrequency) -> dict[str, float]:
    """Return kappa and the test of kappa = 1: chi square with one degree of freedom."""
    both = independent.converged_ and dependent.converged_
    gain = 2 * (dependent.log_likelihood_ - independent.log_likelihood_)
    ratio = max(gain, 0.0) if both else np.nan  # the last digits of two equal maxima may differ either way
    return {
        "kappa": dependent.params_["kappa"],
        "kappa_standard_error": dependent.standard_errors_["kappa"],
        "likelihood_ratio": ratio,
        "likelihood_ratio_p": float(chi2.sf(ratio, 1)),
    }


def _by_frequency(customers: pd.DataFrame) -> pd.DataFrame:
    """Return the table `SpendDependence.by_frequency` from x, repeat spend, expected purchases and spend by model."""
    band = np.searchsorted(BANDS, customers["x"], side="right") - 1
    groups = customers.groupby(band)
    sums = groups.sum(skipna=False).reindex(range(len(BANDS)), fill_value=0)
    table = pd.DataFrame(
        {
            "x_from": BANDS,
            "x_to": [*(low - 1.0 for low in BANDS[1:]), np.nan],
            "customers": groups.size().reindex(range(len(BANDS)), fill_value=0),
            "expected_purchases": sums["expected_purchases"],
            "mean_repeat_spend": sums["repeat_spend"] / sums["x"],
            "expected_spend_independent": sums["independent"] / sums["expected_purchases"],
            "expected_spend_dependent": sums["dependent"] / sums["expected_purchases"],
        }
    )
    table["change"] = table["expected_spend_dependent"] / table["expected_spend_independent"] - 1
    return table
