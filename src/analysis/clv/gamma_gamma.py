"""Gamma-Gamma: each customer spends around a mean of the customer's own, whatever the number of purchases.

Fader, Hardie, Lee (2005), "RFM and CLV: Using Iso-Value Curves for Customer Base Analysis"; Fader and Hardie,
note 025 (2013). The amount of a purchase is gamma distributed with shape p; its rate varies between customers
as a gamma with shape q and rate gamma. Frequency and spend are taken to be independent.
"""

from typing import Self

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammaln, psi

from analysis.clv import checks
from analysis.clv.collapse import Floats
from analysis.clv.optimise import Fitted, Objective, maximise

# p, q, gamma, mean spend being 1: usual spend; and means of customers so different that the population has none
STARTS = np.array([[1.0, 2.0, 1.0], [7.0, 0.15, 7.0]])


class GammaGamma(Fitted):
    """Gamma-Gamma model of mean spend per repeat purchase, fitted by maximum likelihood.

    After `fit`: `params_` (p, q, gamma; gamma in the unit of money, the others without), `standard_errors_`,
    `log_likelihood_`, `converged_`, `problems_`; see `Fitted`. Here `problems_` may also hold `no_mean`: q <=
    1, so the population has no mean spend.
    """

    def fit(self, x: ArrayLike, mean_spend: ArrayLike, weights: ArrayLike | None = None) -> Self:
        """Fit the model and return it.

        Parameters
        ----------
        x : array (n_customers,), repeat purchases, > 0.
        mean_spend : mean amount per repeat purchase, the first one excluded, > 0.
        weights : customers that a row stands for; None: one each.

        Raises
        ------
        InputError
            A row breaks a rule (all rules and their counts in one error), or there are fewer than
            `checks.MIN_REPEATERS` customers. A doubtful fit raises nothing: read `problems_`.

        Source: Fader & Hardie, note 025, equation (1a).
        """
        x_, spend = checks.spend(x, mean_spend)
        checks.positive_spend(x_, spend)
        weight = checks.weights(weights, len(x_))
        checks.enough_repeaters(x_, weight)
        n = np.ones_like(x_) if weight is None else weight
        unit = np.average(spend, weights=n)  # results do not depend on the caller's currency
        maximum = maximise(_objective(x_, spend / unit, n), STARTS, n.sum())
        log_likelihood = n.sum() * (maximum.mean_log_likelihood - np.log(unit))
        self._keep(maximum, {"p": 1.0, "q": 1.0, "gamma": unit}, float(log_likelihood))
        if self.params_["q"] <= 1:
            self.problems_ += ("no_mean",)
        return self

    def expected_spend(self, x: ArrayLike, mean_spend: ArrayLike) -> Floats:
        """Return the expected amount (n_customers,) of each customer's next purchase.

        Parameters
        ----------
        x : array, repeat purchases; 0 gives the mean of the population.
        mean_spend : mean amount per repeat purchase; not read where x = 0 (NaN is fine there).

        Returns
        -------
        Same order. NaN where p x + q <= 1: the distribution has no mean (for x = 0 this is q <= 1).

        Source: Fader & Hardie, note 025, equation (5), with equation (3) as its case x = 0.
        Check: p 6.25, q 3.74, gamma 15.44; x 2, mean spend 22.35 -> 24.66; x 0 -> 35.22.
        """
        x_, spend = checks.spend(x, mean_spend)
        p, q, gamma = self.params_.values()
        shape = p * x_ + q - 1
        return np.where(shape > 0, p * (gamma + x_ * spend) / np.where(shape > 0, shape, 1), np.nan)


def _objective(x: Floats, spend: Floats, n: Floats) -> Objective:
    """Return the mean log-likelihood with its gradient as a function of the log-parameters."""
    x_value, at_x = np.unique(x, return_inverse=True)
    n_x, customers, total, purchases = np.bincount(at_x, n), n.sum(), x * spend, n * x
    log_total, log_spend = (purchases * np.log(total)).sum(), (n * np.log(spend)).sum()

    def objective(log_parameters: Floats) -> tuple[float, Floats]:
        p, q, gamma = np.exp(log_parameters)
        log_rate, mean_rate = np.log(gamma + total), 1 / (gamma + total)
        n_log, x_log = n @ log_rate, purchases @ log_rate
        by_x = gammaln(p * x_value + q) - gammaln(p * x_value) - gammaln(q)
        log_likelihood = n_x @ by_x + customers * q * np.log(gamma) + p * log_total - log_spend - p * x_log - q * n_log
        either = psi(p * x_value + q)
        slopes = [
            n_x @ (x_value * (either - psi(p * x_value))) + log_total - x_log,
            n_x @ either + customers * (np.log(gamma) - psi(q)) - n_log,
            customers * q / gamma - (p * purchases + q * n) @ mean_rate,
        ]
        return log_likelihood / customers, np.array(slopes) * np.exp(log_parameters) / customers

    return objective
