"""Gamma-Gamma: each customer spends around a mean of the customer's own, alike or not for frequent and rare buyers.

Fader, Hardie, Lee (2005), "RFM and CLV: Using Iso-Value Curves for Customer Base Analysis"; Fader and Hardie,
note 025 (2013). The amount of a purchase is gamma distributed with shape p; its rate varies between customers
as a gamma with shape q and rate gamma. `GammaGamma` takes frequency and spend as independent;
`GammaGammaByFrequency` lets the rate gamma, and with it the mean spend, grow or fall with the number of purchases.
"""

from collections.abc import Callable
from typing import ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammaln, psi

from analysis.clv import checks
from analysis.clv.collapse import Floats
from analysis.clv.optimise import Fitted, Objective, maximise

# p, q, gamma, kappa, mean spend being 1: usual spend; and means of customers so different that the population has
# none; and amounts of one customer as different as they come.
STARTS = np.array([[1.0, 2.0, 1.0, 1.0], [7.0, 0.15, 7.0, 1.0], [0.14, 7.4, 7.4, 1.0]])


class GammaGamma(Fitted):
    """Gamma-Gamma model of mean spend per repeat purchase, fitted by maximum likelihood.

    After `fit`: `params_` (p, q, gamma; gamma in the unit of money, the others without), `standard_errors_`,
    `log_likelihood_`, `converged_`, `problems_`; see `Fitted`. Here `problems_` may also hold `no_mean`: q <=
    1, so the population has no mean spend.
    """

    _parameters: ClassVar[tuple[str, ...]] = ("p", "q", "gamma")

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
        units = {name: unit if name == "gamma" else 1.0 for name in self._parameters}
        starts = STARTS[:, : len(units)]
        maximum = maximise(_objective(x_, spend / unit, n, self._exponents), starts, n.sum(), rows=len(x_))
        log_likelihood = n.sum() * (maximum.mean_log_likelihood - np.log(unit))
        self._keep(maximum, units, float(log_likelihood))
        if self.params_["q"] <= 1:
            self.problems_ += ("no_mean",)
        return self

    def expected_spend(self, x: ArrayLike, mean_spend: ArrayLike) -> Floats:
        """Return the expected amount (n_customers,) of each customer's next purchase.

        Parameters
        ----------
        x : array, repeat purchases; 0 gives the mean of the population without a repeat purchase.
        mean_spend : mean amount per repeat purchase; not read where x = 0 (NaN is fine there).

        Returns
        -------
        Same order. NaN where p x + q <= 1: the distribution has no mean (for x = 0 this is q <= 1).

        Source: Fader & Hardie, note 025, equation (5), with equation (3) as its case x = 0.
        Check: p 6.25, q 3.74, gamma 15.44; x 2, mean spend 22.35 -> 24.66; x 0 -> 35.22.
        """
        x_, spend = checks.spend(x, mean_spend)
        p, q, *scale = self.params_.values()
        gamma = np.prod(np.array(scale) ** self._exponents(x_), axis=1)
        shape = p * x_ + q - 1
        return np.where(shape > 0, p * (gamma + x_ * spend) / np.where(shape > 0, shape, 1), np.nan)

    @staticmethod
    def _exponents(x: Floats) -> Floats:
        """Return the exponents (n_customers, n_parameters - 2) of gamma, kappa: their product is a customer's rate."""
        return np.ones((len(x), 1))


class GammaGammaByFrequency(GammaGamma):
    """Gamma-Gamma whose mean spend depends on the number of purchases: the rate is gamma kappa**ln(max(x, 1)).

    One parameter more, `kappa` (> 0, without unit), after p, q and gamma; everything else is as in `GammaGamma`.
    Before anything is known of their own spend, customers with x repeat purchases spend
    p gamma x**ln(kappa) / (q - 1) on average: ln(kappa) is the elasticity of spend to purchases. kappa = 1 is
    `GammaGamma`, above 1 frequent customers spend more per purchase, below 1 less. The relative error of kappa is the
    standard error of that elasticity: at one half, a tenfold number of purchases leaves a factor of 3 in the spend
    unknown. Where all customers have the same x, kappa and gamma cannot be told apart, and `problems_` says so.

    Notes
    -----
    The model learns from x > 0 and must answer for x = 0, where ln(x) has no value. Customers without a repeat purchase
    are taken as those with one, whose rate is gamma: their next purchase makes them so, and nothing is extrapolated.
    ln(1 + x) would extrapolate: on CDNOW it expects a sixth less of them than of customers with one, has the lower
    likelihood, and is further from the holdout. x itself would let the spend of the most frequent explode. A count has
    neither a unit of time nor one of money, so no unit moves kappa. It does grow with a customer's age.
    """

    _parameters = (*GammaGamma._parameters, "kappa")

    @staticmethod
    def _exponents(x: Floats) -> Floats:
        return np.column_stack([np.ones_like(x), np.log(np.maximum(x, 1))])


def _objective(x: Floats, spend: Floats, n: Floats, exponents_of: Callable[[Floats], Floats]) -> Objective:
    """Return the mean log-likelihood with its gradient as a function of the log-parameters.

    All but the rate of each customer's spend is needed once per value of x: rows are sorted by it.
    """
    order = np.argsort(x, kind="stable")
    x_value, first, rows = np.unique(x[order], return_index=True, return_counts=True)
    total, n = (x * spend)[order], n[order]
    n_x, customers, exponents = np.add.reduceat(n, first), n.sum(), exponents_of(x_value)
    log_total, log_spend = (n * np.log(total)).sum(), (n * np.log(spend[order])).sum()

    def objective(log_parameters: Floats) -> tuple[float, Floats]:
        p, q = np.exp(log_parameters[:2])
        log_gamma = exponents @ log_parameters[2:]
        gamma, shape = np.exp(log_gamma), p * x_value + q
        gammas = np.repeat(gamma, rows)
        # of 1 + gamma / total, not of gamma + total: large p would cancel the digits
        log_odds = np.add.reduceat(n * np.log1p(gammas / total), first)
        by_x = gammaln(shape) - gammaln(p * x_value) - gammaln(q) + q * log_gamma
        log_likelihood = n_x @ by_x - q * log_total - log_spend - shape @ log_odds
        either = psi(shape)
        slopes = [
            p * (n_x @ (x_value * (either - psi(p * x_value))) - x_value @ log_odds),
            q * (n_x @ (either - psi(q) + log_gamma) - log_total - log_odds.sum()),
            *((q * n_x - shape * gamma * np.add.reduceat(n / (gammas + total), first)) @ exponents),
        ]
        return log_likelihood / customers, np.array(slopes) / customers

    return objective
