"""What the models of purchase histories share: customers buy at random and leave unseen (BG/NBD and its kin).

A model knows a customer by x, t_x and T alone. Its likelihood has two branches, alive and left; every forecast
is that of a customer who is alive times the probability of being so.
"""

from abc import ABC, abstractmethod
from functools import partial
from typing import ClassVar, NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammaln, xlog1py, xlogy

from analysis.clv import checks
from analysis.clv.collapse import Floats, collapse
from analysis.clv.discount import continuous_rate
from analysis.clv.optimise import Fitted, Objective, maximise
from analysis.clv.scoring import on_distinct, score

# Trapezoids in the logarithm of time, for discounted purchases. Their error falls as e^(-pi^2 / step), to about 1e-12
# here; what lies before e^-40 or after 40 of the time that the rate discounts by a factor e is below that, too.
LOG_TIME_STEP, LOG_TIME_FROM, LAST_TIME = 0.35, -40, 40
PAIR_NODES = 32  # of an integral over the logarithm of time; right to 1e-11 at horizons of thousands of ages
# A second start of all parameters, ages being 1: shapes this small make customers as different as they come, where the
# first start supposes them to be alike.
UNEQUAL = 0.05
STAYING = [0.2, 4.0, 0.09, 33.0]  # a third one: rare buyers of whom hardly anybody leaves


class Moments(NamedTuple):
    """Of a number of purchases: the probability of any, the mean, and the mean of the square."""

    any: Floats
    mean: Floats
    square: Floats


class PurchaseModel(Fitted, ABC):
    """A model of x, t_x and T, fitted by maximum likelihood; a subclass gives the formulas of its paper.

    After `fit`: `params_`, `standard_errors_` (from the information matrix), `log_likelihood_`, `converged_`,
    `problems_`; see `Fitted`. After `with_parameters`: `params_` alone. Parameters named in `_TIMES` are in the unit
    of time, the others without.
    """

    _NAMES: ClassVar[tuple[str, ...]]
    _TIMES: ClassVar[frozenset[str]]

    @classmethod
    def with_parameters(cls, **params: float) -> Self:
        """Return the model with parameters that were estimated before, such as those kept of a month.

        It forecasts as the fitted one does. Standard errors, log-likelihood and problems are not known: asking for
        them raises AttributeError.

        Parameters
        ----------
        params : every parameter of the model by its name, > 0; times in the unit of the histories to come.

        Raises
        ------
        InputError : a parameter is missing, unknown, or not a finite number above 0; all of them in one error.

        Examples
        --------
        >>> from analysis.clv import BGNBD
        >>> model = BGNBD.with_parameters(r=0.2426, alpha=4.4136, a=0.7929, b=2.4259)
        >>> model.probability_alive(2, 30.43, 38.86).round(4)
        array([0.7266])
        """
        checks.parameters(cls.__name__, cls._NAMES, params)
        model = cls()
        model.params_ = {name: float(params[name]) for name in cls._NAMES}
        return model

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
        """
        columns = checks.history(x, t_x, T)
        weight = checks.weights(weights, len(columns[0]))
        checks.enough_repeaters(columns[0], weight)
        (x_, t_x_, T_), n = collapse(*columns, weights=weight)
        unit = np.average(T_, weights=n)  # mean age: results do not depend on the caller's unit of time
        starts = np.array([self._start(x_, n), np.full(len(self._NAMES), UNEQUAL), STAYING])
        maximum = maximise(self._objective(x_, t_x_ / unit, T_ / unit, n), starts, n.sum(), rows=len(x_))
        log_likelihood = n.sum() * maximum.mean_log_likelihood - (n * x_).sum() * np.log(unit)
        units = {name: unit if name in self._TIMES else 1.0 for name in self._NAMES}
        self._keep(maximum, units, float(log_likelihood))
        return self

    def probability_alive(self, x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> Floats:
        """Return the probability (n_customers,) of still being a customer at T; x, t_x, T as in `fit`."""
        return score(self._alive, x, t_x, T)

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
        """
        checks.horizon(horizon)
        if_alive = partial(self._expected_if_alive, horizon)
        return score(lambda x, t_x, T: self._alive(x, t_x, T) * on_distinct(if_alive, x, T), x, t_x, T)

    def expected_purchases_of_new(self, horizon: float) -> float:
        """Return E[X(horizon)]: expected repeat purchases of a new customer; raises as `expected_purchases`."""
        return float(self.expected_purchases(horizon, 0, 0, 0)[0])

    def cumulative_purchases_of_new(self, times: ArrayLike) -> Floats:
        """Return E[X(t)] at each of the times: the expected repeat purchases of a new customer so far.

        Parameters
        ----------
        times : array (n_times,), >= 0, from the first purchase on, in the model's unit of time, in any order.

        Returns
        -------
        Array (n_times,); 0 at time 0; empty in, empty out. At one time it is `expected_purchases_of_new`.

        Raises
        ------
        AttributeError before `fit`; InputError for a negative, infinite or missing time.
        """
        at = np.atleast_1d(np.asarray(times, dtype=float))
        for extreme in (at.min(), at.max()) if at.size else ():  # of times with a NaN both are NaN
            checks.horizon(extreme)
        new = np.zeros(at.size)
        return self.probability_alive(0, 0, 0) * self._expected_if_alive(at, new, new)

    def purchase_probabilities(self, horizon: float, n_max: int) -> Floats:
        """Return P(X(horizon) = 0, ..., n_max), an array (n_max + 1,): repeat purchases of a new customer.

        Parameters
        ----------
        horizon : >= 0, in the model's unit of time, from the first purchase on; 0 gives 1, 0, 0, ...
        n_max : largest count, >= 0. What is missing from a sum of 1 is the probability of more.

        Raises
        ------
        AttributeError before `fit`; InputError for a negative horizon or count.
        """
        checks.horizon(horizon)
        checks.count("n_max", n_max, "Name the largest number of purchases wanted.")
        return self._probabilities(horizon, np.arange(n_max + 1.0))

    def discounted_residual_purchases(
        self, annual_rate: float, days_per_unit: float, x: ArrayLike, t_x: ArrayLike, T: ArrayLike
    ) -> Floats:
        """Return each customer's discounted expected purchases from T on without an end (DERT).

        Parameters
        ----------
        annual_rate : annual effective discount rate, > 0: 0.1 is 10 % a year.
        days_per_unit : days in the unit of `t_x` and `T`: 1, 7, 365 / 12; the rate is converted by it once.
        x, t_x, T : as in `expected_purchases`.

        Returns
        -------
        Array (n_customers,), purchases at today's worth, >= 0; empty in, empty out. Times the margin of a
        purchase it is the residual lifetime value.

        Raises
        ------
        AttributeError before `fit`; InputError for impossible rows, rate or unit.
        """
        rate = continuous_rate(annual_rate, days_per_unit)
        times = np.exp(np.arange(LOG_TIME_FROM, np.log(LAST_TIME) + LOG_TIME_STEP, LOG_TIME_STEP)) / rate

        def if_alive(x: Floats, T: Floats) -> Floats:
            return LOG_TIME_STEP * sum(time * np.exp(-rate * time) * self._rate_if_alive(time, x, T) for time in times)

        return score(lambda x, t_x, T: self._alive(x, t_x, T) * on_distinct(if_alive, x, T), x, t_x, T)

    def purchase_moments(self, horizon: float, x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> Moments:
        """Return what the purchases N of each customer in the next `horizon` are like; arguments as above.

        Returns
        -------
        any : P(N > 0), mean : E[N], square : E[N^2]; arrays (n_customers,). They belong to the fitted parameters:
        how uncertain these are is not in them.

        Source: own derivation. Given alive, the customer is one of the same family with updated parameters, and
        E[N (N - 1)] = 2 times the integral over w <= horizon of w E[rate^2; still a customer w later].
        """
        checks.horizon(horizon)

        def if_alive(x: Floats, T: Floats) -> Floats:
            mean = self._expected_if_alive(horizon, x, T)
            # in ln(scale + w): the rate of pairs falls with a power of w, steeply where the horizon is many ages long
            scale = min(self.params_[name] for name in self._TIMES) + T
            width, pairs = np.log1p(horizon / scale), np.zeros_like(mean)
            for node, weight in zip(*gauss_legendre(PAIR_NODES), strict=True):
                time = scale * np.expm1(width * node)
                pairs += weight * width * (scale + time) * time * self._pair_rate_if_alive(time, x, T)
            return np.array([self._any_if_alive(horizon, x, T), mean, mean + 2 * pairs])

        return Moments(*score(lambda x, t_x, T: self._alive(x, t_x, T) * on_distinct(if_alive, x, T), x, t_x, T, (3,)))

    @abstractmethod
    def _objective(self, x: Floats, t_x: Floats, T: Floats, n: Floats) -> Objective:
        """Return the mean log-likelihood of distinct rows with its gradient in the log-parameters."""

    @abstractmethod
    def _start(self, x: Floats, n: Floats) -> Floats:
        """Return parameters to start from; the unit of time is the mean age."""

    @abstractmethod
    def _alive(self, x: Floats, t_x: Floats, T: Floats) -> Floats:
        """Return the probability of being alive."""

    @abstractmethod
    def _expected_if_alive(self, horizon: float | Floats, x: Floats, T: Floats) -> Floats:
        """Return the purchases in (T, T + horizon] of customers alive at T."""

    @abstractmethod
    def _rate_if_alive(self, time: float, x: Floats, T: Floats) -> Floats:
        """Return the purchases per unit of time at T + time of customers alive at T: slope of the above."""

    @abstractmethod
    def _pair_rate_if_alive(self, time: Floats, x: Floats, T: Floats) -> Floats:
        """Return E[rate^2; a customer after a purchase now and at T + time] of customers alive at T."""

    @abstractmethod
    def _any_if_alive(self, horizon: float, x: Floats, T: Floats) -> Floats:
        """Return the probability of a purchase in (T, T + horizon] of customers alive at T."""

    @abstractmethod
    def _probabilities(self, horizon: float, n: Floats) -> Floats:
        """Return the probability of each number n of repeat purchases of a new customer."""


def gauss_legendre(n_nodes: int) -> tuple[Floats, Floats]:
    """Return Gauss-Legendre nodes and weights on (0, 1)."""
    nodes, weights = np.polynomial.legendre.leggauss(n_nodes)
    return (nodes + 1) / 2, weights / 2


def rate_by_moments(x: Floats, n: Floats) -> tuple[float, float]:
    """Return r and alpha by the moments of x as if nobody left, ages being 1: a point to start from."""
    mean = np.average(x, weights=n)
    excess = np.average((x - mean) ** 2, weights=n) - mean
    alpha = float(np.clip(mean / max(excess, 1e-3), 1e-3, 1e3))
    return float(mean * alpha), alpha


def negative_binomial(n: Floats, time: Floats | float, r: float, alpha: float) -> Floats:
    """Return the probability of n purchases in `time` at gamma-distributed rates (r, alpha) if nobody leaves."""
    z = time / (alpha + time)
    return np.exp(gammaln(r + n) - gammaln(r) - gammaln(n + 1) + xlog1py(r, -z) + xlogy(n, z))
