"""BG/NBD: customers buy at random moments, at a rate of their own, and may leave after a repeat purchase.

Fader, Hardie, Lee (2005), "Counting Your Customers the Easy Way", Marketing Science 24(2), 275-284; P(alive):
Hardie, note 021 (2008). Rates are gamma distributed (shape r, rate alpha), probabilities of leaving beta (a,
b). A customer without a repeat purchase has had no chance to leave, so P(alive) = 1 there is an assumption,
not a finding.
"""

from typing import Self

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betaln, expit, gammaln, hyp2f1, psi

from analysis.clv import checks
from analysis.clv.collapse import Floats, collapse, distinct_rows
from analysis.clv.optimise import Fitted, Objective, maximise

# The expectation is 0/0 at a = 1 and, without a repeat purchase, at a + b = 1; and SciPy's 2F1 fails where r - a is a
# whole number. This near to such a point the mean of the values on both sides is exact to about 1e-9.
NEAR_SINGULAR = 1e-5


class BGNBD(Fitted):
    """BG/NBD model, fitted by maximum likelihood.

    After `fit`: `params_` (r, alpha, a, b; alpha in the unit of time, the others without),
    `standard_errors_`, `log_likelihood_`, `converged_`, `problems_`; see `Fitted`.

    Examples
    --------
    >>> BGNBD().params_
    Traceback (most recent call last):
    AttributeError: BGNBD has no params_: call fit first
    """

    def fit(self, x: ArrayLike, t_x: ArrayLike, T: ArrayLike, weights: ArrayLike | None = None) -> Self:
        """Fit the model and return it.

        Parameters
        ----------
        x, t_x, T : arrays (n_customers,): repeat purchases (count), time from first to last purchase, time
            from the first purchase to now; any one unit of time. Purchases of one day count as one.
        weights : customers that a row stands for; None: one each.

        Raises
        ------
        InputError
            A row is impossible (all rules and their counts in one error), or fewer than
            `checks.MIN_REPEATERS` customers have a repeat purchase. A doubtful fit raises nothing: read
            `problems_`.

        Source: Fader, Hardie & Lee (2005), equation (6).
        """
        columns = checks.history(x, t_x, T)
        weight = checks.weights(weights, len(columns[0]))
        checks.enough_repeaters(columns[0], weight)
        (x_, t_x_, T_), n = collapse(*columns, weights=weight)
        unit = np.average(T_, weights=n)  # mean age: results do not depend on the caller's unit of time
        maximum = maximise(_objective(x_, t_x_ / unit, T_ / unit, n), _start(x_, n), n.sum())
        log_likelihood = n.sum() * maximum.mean_log_likelihood - (n * x_).sum() * np.log(unit)
        self._keep(maximum, {"r": 1.0, "alpha": unit, "a": 1.0, "b": 1.0}, float(log_likelihood))
        return self

    def probability_alive(self, x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> Floats:
        """Return the probability (n_customers,) of still being a customer at T; 1 where x = 0, by assumption.

        Source: Hardie, note 021 (2008).
        Check: r .2426, alpha 4.4136, a .7929, b 2.4259; x 2, t_x 30.43, T 38.86 -> .7266.
        """
        return self._alive(*checks.history(x, t_x, T))

    def expected_purchases(self, horizon: float, x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> Floats:
        """Return the expected purchases (n_customers,) of each customer in the next `horizon`.

        Parameters
        ----------
        horizon : >= 0, in the time unit of `t_x` and `T`; 0 gives 0 for everybody.
        x, t_x, T : as in `fit`; x = t_x = T = 0 is a customer who has just bought for the first time.

        Returns
        -------
        Same order, >= 0; empty in, empty out.

        Raises
        ------
        AttributeError before `fit`; InputError for impossible rows or a negative horizon.

        Source: Fader, Hardie & Lee (2005), equation (10).
        Check: r .2426, alpha 4.4136, a .7929, b 2.4259; x 2, t_x 30.43, T 38.86; horizon 39 -> 1.2259.
        """
        checks.horizon(horizon)
        x_, t_x_, T_ = checks.history(x, t_x, T)
        alive = self._alive(x_, t_x_, T_)
        if not alive.size:
            return alive
        (x_, T_), row = distinct_rows(x_, T_)
        return alive * self._expected_if_alive(horizon, x_, T_)[row]

    def _alive(self, x: Floats, t_x: Floats, T: Floats) -> Floats:
        r, alpha, a, b = self.params_.values()
        return expit(-(_log_drop(x, a, b) + (r + x) * np.log((alpha + T) / (alpha + t_x))))

    def _expected_if_alive(self, horizon: float, x: Floats, T: Floats) -> Floats:
        r, alpha, a, b = self.params_.values()
        z = horizon / (alpha + T + horizon)

        def at(a: float) -> Floats:
            # Euler: (1-z)^A 2F1(A, B; C; z) is the same for A, B = r+x, b+x and for A, B = a-1, a+b-1-r. The
            # smaller A neither overflows for frequent buyers (x in the hundreds) nor for a large a.
            euler = a - 1 < r + x
            A, B, C = np.minimum(a - 1, r + x), np.where(euler, a + b - 1 - r, b + x), a + b + x - 1
            return C / (a - 1) * (1 - (1 - z) ** A * hyp2f1(A, B, C, z))

        if min(abs(a - 1), abs(a + b - 1), abs(r - a - round(r - a))) < NEAR_SINGULAR:
            return (at(a - 3 * NEAR_SINGULAR) + at(a + 3 * NEAR_SINGULAR)) / 2
        return at(a)


def _log_drop(x: Floats, a: float, b: float) -> Floats:
    """Return ln(a / (b + x - 1)), the part of the odds of having left that depends on x; -inf where x = 0."""
    return np.where(x > 0, np.log(a) - np.log(b + np.maximum(x, 1) - 1), -np.inf)


def _start(x: Floats, n: Floats) -> Floats:
    """Return r and alpha by the moments of x as if nobody left; a, b: leaving after the usual repeats."""
    mean = np.average(x, weights=n)
    excess = np.average((x - mean) ** 2, weights=n) - mean
    alpha = np.clip(mean / max(excess, 1e-3), 1e-3, 1e3)
    return np.array([mean * alpha, alpha, 1, 1 + mean * n.sum() / n[x > 0].sum()])


def _objective(x: Floats, t_x: Floats, T: Floats, n: Floats) -> Objective:
    """Return the mean log-likelihood of distinct rows with its gradient, as a function of the log-parameters.

    Few different values of x, t_x and T occur: a function of one of them is a table, looked up per row.
    """
    (x_value, at_x), (t_value, at_t), (T_value, at_T) = (
        np.unique(column, return_inverse=True) for column in (x, t_x, T)
    )
    n_x, n_T, purchases_T = np.bincount(at_x, n), np.bincount(at_T, n), np.bincount(at_T, n * x)
    customers = n.sum()

    def objective(log_parameters: Floats) -> tuple[float, Floats]:
        r, alpha, a, b = np.exp(log_parameters)
        log_t, log_T = np.log(alpha + t_value), np.log(alpha + T_value)
        gap = log_T[at_T] - log_t[at_t]
        log_odds = _log_drop(x_value, a, b)[at_x] + (r + x) * gap
        # likelihood = alive branch + left branch = alive branch * (1 + odds of having left)
        log_sum = np.logaddexp(0, log_odds)
        left = n * np.exp(log_odds - log_sum)  # customers of the row who are expected to have left
        by_x = gammaln(r + x_value) - gammaln(r) + betaln(a, b + x_value) - betaln(a, b)
        shape_T = r * n_T + purchases_T
        log_likelihood = n_x @ by_x + customers * r * np.log(alpha) - shape_T @ log_T + n @ log_sum
        rate_gap = (1 / (alpha + t_value))[at_t] - (1 / (alpha + T_value))[at_T]
        either = customers * psi(a + b) - n_x @ psi(a + b + x_value)
        slopes = [
            n_x @ (psi(r + x_value) - psi(r)) + customers * np.log(alpha) - n_T @ log_T + left @ gap,
            customers * r / alpha - shape_T @ (1 / (alpha + T_value)) - (left * (r + x)) @ rate_gap,
            either + left.sum() / a,
            either + n_x @ (psi(b + x_value) - psi(b)) - left @ (1 / (b + np.maximum(x_value, 1) - 1))[at_x],
        ]
        return log_likelihood / customers, np.array(slopes) * np.exp(log_parameters) / customers

    return objective
