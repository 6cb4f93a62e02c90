"""Leaving after a purchase, with a probability of the customer's own: the formulas of BG/NBD and MBG/NBD.

Rates are gamma distributed (shape r, rate alpha), probabilities of leaving beta (a, b). The two models differ
in one thing: whether the first purchase may be the last. So y, the number of chances to leave that a customer
had, is x or x + 1, and every formula is one of x, y, t_x and T.
"""

from collections.abc import Callable
from typing import ClassVar

import numpy as np
from scipy.special import betainc, betaln, expit, gammaln, psi

from analysis.clv.collapse import Floats
from analysis.clv.hypergeometric import beside_singular, hypergeometric
from analysis.clv.optimise import Objective
from analysis.clv.purchase_model import PurchaseModel, negative_binomial, rate_by_moments


class BetaGeometric(PurchaseModel):
    """A model of customers who may leave after each purchase, from the first or from the second one on."""

    _NAMES = ("r", "alpha", "a", "b")
    _TIMES = frozenset({"alpha"})
    _EARLY_CHANCES: ClassVar[int]  # to leave, before the first repeat purchase: y - x

    def _start(self, x: Floats, n: Floats) -> Floats:
        # a, b: leaving after the usual repeats
        repeats = np.average(x, weights=n) * n.sum() / n[x > 0].sum()
        return np.array([*rate_by_moments(x, n), 1, 1 + repeats])

    def _objective(self, x: Floats, t_x: Floats, T: Floats, n: Floats) -> Objective:
        return objective(x, t_x, T, n, self._EARLY_CHANCES)

    def _alive(self, x: Floats, t_x: Floats, T: Floats) -> Floats:
        r, alpha, a, b = self.params_.values()
        log_odds = _log_drop(x + self._EARLY_CHANCES, a, b) + (r + x) * np.log((alpha + T) / (alpha + t_x))
        return expit(-log_odds)

    def _expected_if_alive(self, horizon: float, x: Floats, T: Floats) -> Floats:
        r, alpha, _, b = self.params_.values()
        y = x + self._EARLY_CHANCES

        def at(a: float) -> Floats:
            c = a + b + y - 1
            return c / (a - 1) * (1 - hypergeometric(a - 1, r + x, c, horizon / (alpha + T)))

        return self._beside_singular(at)

    def _rate_if_alive(self, time: float, x: Floats, T: Floats) -> Floats:
        r, alpha, _, b = self.params_.values()
        y = x + self._EARLY_CHANCES
        return self._beside_singular(
            lambda a: (r + x) / (alpha + T) * hypergeometric(a, r + x + 1, a + b + y, time / (alpha + T))
        )

    def _pair_rate_if_alive(self, time: Floats, x: Floats, T: Floats) -> Floats:
        r, alpha, _, b = self.params_.values()
        shape, y, u = r + x, x + self._EARLY_CHANCES, time / (alpha + T)

        def at(a: float) -> Floats:
            stays = (b + y) / (a + b + y)  # after the first of the two purchases
            return shape * (shape + 1) / (alpha + T) ** 2 * stays * hypergeometric(a, shape + 2, a + b + y + 1, u)

        return self._beside_singular(at)

    def _any_if_alive(self, horizon: float, x: Floats, T: Floats) -> Floats:
        r, alpha, *_ = self.params_.values()
        return -np.expm1(-(r + x) * np.log1p(horizon / (alpha + T)))

    def _probabilities(self, horizon: float, n: Floats) -> Floats:
        r, alpha, a, b = self.params_.values()
        y = n + self._EARLY_CHANCES
        alive = np.exp(betaln(a, b + y) - betaln(a, b)) * negative_binomial(n, horizon, r, alpha)
        # left at the n-th repeat, which must have happened by then: at least n of the purchases one stays for
        happened = np.where(n > 0, betainc(np.maximum(n, 1), r, horizon / (alpha + horizon)), 1)
        left = np.exp(betaln(a + 1, b + np.maximum(y, 1) - 1) - betaln(a, b)) * happened
        return alive + np.where(y > 0, left, 0)

    def _beside_singular(self, at: Callable[[float], Floats]) -> Floats:
        # 0/0 at a = 1 and, without a chance to leave so far, at a + b = 1; 2F1 fails where r - a is a whole number
        r, _, a, b = self.params_.values()
        return beside_singular(at, a, a - 1, a + b - 1, r - a - round(r - a))


def _log_drop(y: Floats, a: float, b: float) -> Floats:
    """Return ln(a / (b + y - 1)), the part of the odds of having left that depends on y; -inf where y = 0."""
    return np.where(y > 0, np.log(a) - np.log(b + np.maximum(y, 1) - 1), -np.inf)


def objective(x: Floats, t_x: Floats, T: Floats, n: Floats, early_chances: int) -> Objective:
    """Return the mean log-likelihood of distinct rows with its gradient, as a function of the log-parameters.

    Few different values of x, t_x and T occur: a function of one of them is a table, looked up per row.
    """
    (x_value, at_x), (t_value, at_t), (T_value, at_T) = (
        np.unique(column, return_inverse=True) for column in (x, t_x, T)
    )
    y_value = x_value + early_chances
    n_x, n_T, purchases_T = np.bincount(at_x, n), np.bincount(at_T, n), np.bincount(at_T, n * x)
    customers = n.sum()

    def mean_log_likelihood(log_parameters: Floats) -> tuple[float, Floats]:
        r, alpha, a, b = np.exp(log_parameters)
        log_t, log_T = np.log(alpha + t_value), np.log(alpha + T_value)
        gap = log_T[at_T] - log_t[at_t]
        log_odds = _log_drop(y_value, a, b)[at_x] + (r + x) * gap
        # likelihood = alive branch + left branch = alive branch * (1 + odds of having left)
        log_sum = np.logaddexp(0, log_odds)
        left = n * np.exp(log_odds - log_sum)  # customers of the row who are expected to have left
        by_x = gammaln(r + x_value) - gammaln(r) + betaln(a, b + y_value) - betaln(a, b)
        shape_T = r * n_T + purchases_T
        log_likelihood = n_x @ by_x + customers * r * np.log(alpha) - shape_T @ log_T + n @ log_sum
        rate_gap = (1 / (alpha + t_value))[at_t] - (1 / (alpha + T_value))[at_T]
        either = customers * psi(a + b) - n_x @ psi(a + b + y_value)
        slopes = [
            n_x @ (psi(r + x_value) - psi(r)) + customers * np.log(alpha) - n_T @ log_T + left @ gap,
            customers * r / alpha - shape_T @ (1 / (alpha + T_value)) - (left * (r + x)) @ rate_gap,
            either + left.sum() / a,
            either + n_x @ (psi(b + y_value) - psi(b)) - left @ (1 / (b + np.maximum(y_value, 1) - 1))[at_x],
        ]
        return log_likelihood / customers, np.array(slopes) * np.exp(log_parameters) / customers

    return mean_log_likelihood
