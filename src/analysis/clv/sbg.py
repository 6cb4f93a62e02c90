"""sBG: customers under contract renew at the end of each period, or are seen to leave, by a chance of their own.

Fader and Hardie (2007), "How to Project Customer Retention", Journal of Interactive Marketing 21(1), 76-90:
probability of loss eq. 5, survivor eq. 6, retention rate eq. 8; residual lifetime: Fader and Hardie (2010),
"Customer-Base Valuation in a Contractual Setting", Marketing Science 29(1), 85-93, eq. 6. The chance of not
renewing is beta distributed (alpha, beta); whoever is likely to leave does so early, so retention rises.
"""

from typing import Self

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betaln, hyp2f1, psi

from analysis.clv import checks
from analysis.clv.collapse import Floats, collapse, distinct_rows
from analysis.clv.discount import continuous_rate
from analysis.clv.hypergeometric import beside_singular
from analysis.clv.optimise import Fitted, Objective, maximise


class SBG(Fitted):
    """Shifted beta-geometric model of renewals, fitted by maximum likelihood.

    After `fit`: `params_` (alpha, beta; without a unit), `standard_errors_`, `log_likelihood_`, `converged_`,
    `problems_`; see `Fitted`. Everywhere a customer is described by the renewals completed: 0 in the first
    period of the contract.
    """

    def fit(self, renewals: ArrayLike, lost: ArrayLike, weights: ArrayLike | None = None) -> Self:
        """Fit the model and return it.

        Parameters
        ----------
        renewals : array (n_customers,), renewals completed so far (count).
        lost : whether the customer did not renew after them; False: still under contract.
        weights : customers that a row stands for; None: one each.

        Raises
        ------
        InputError
            A row breaks a rule (all rules and their counts in one error), or fewer than `checks.MIN_LOST`
            customers were lost. A doubtful fit raises nothing: read `problems_`.
        """
        columns = checks.contracts(renewals, lost)
        weight = checks.weights(weights, len(columns[0]))
        checks.enough_lost(columns[1], weight)
        (renewals_, lost_), n = collapse(*columns, weights=weight)
        chance = (n @ lost_) / (n @ (renewals_ + lost_))  # of not renewing, were it the same for everybody
        start = np.array([1, max(1 / chance - 1, 0.1)])
        maximum = maximise(_objective(renewals_, lost_, n), start, n.sum())
        self._keep(maximum, {"alpha": 1.0, "beta": 1.0}, float(n.sum() * maximum.mean_log_likelihood))
        return self

    def survival(self, renewals: ArrayLike) -> Floats:
        """Return the probability that a new customer completes so many renewals; 1 for 0.

        Check: alpha .668, beta 3.806; 8 -> .4604.
        """
        alpha, beta = self.params_.values()
        return np.exp(betaln(alpha, beta + checks.renewals(renewals)) - betaln(alpha, beta))

    def retention_rate(self, renewals: ArrayLike) -> Floats:
        """Return the probability that a customer with so many renewals completed renews once more.

        Check: alpha .668, beta 3.806; 0 -> .8507, 7 -> .9418.
        """
        alpha, beta = self.params_.values()
        completed = checks.renewals(renewals)
        return (beta + completed) / (alpha + beta + completed)

    def expected_renewals(self, horizon: int, renewals: ArrayLike) -> Floats:
        """Return the expected further renewals of each customer under contract at the next `horizon` occasions.

        Parameters
        ----------
        horizon : occasions to renew (count); 0 gives 0.
        renewals : array (n_customers,), completed so far.

        Returns
        -------
        Same order, from 0 to `horizon`; empty in, empty out.

        Raises
        ------
        AttributeError before `fit`; InputError for what is no count.
        """
        checks.count("horizon", horizon, "Give the number of occasions to renew.")
        alpha, beta = self.params_.values()
        completed = checks.renewals(renewals)
        if not completed.size:
            return completed
        (distinct,), row = distinct_rows(completed)
        now, renewed = betaln(alpha, beta + distinct), np.zeros_like(distinct)
        for occasion in range(1, int(horizon) + 1):
            renewed += np.exp(betaln(alpha, beta + distinct + occasion) - now)
        return renewed[row]

    def discounted_residual_renewals(self, annual_rate: float, days_per_period: float, renewals: ArrayLike) -> Floats:
        """Return the discounted expected residual lifetime (DERL): all renewals to come of customers under contract.

        Parameters
        ----------
        annual_rate : annual effective discount rate, > 0: 0.1 is 10 % a year.
        days_per_period : days from one renewal to the next: 365, 365 / 12; the rate is converted by it once.
        renewals : array (n_customers,), completed so far. The next renewal is due now and not discounted.

        Returns
        -------
        Array (n_customers,), in renewals at today's worth; times the margin of a period it is the residual
        lifetime value.

        Raises
        ------
        AttributeError before `fit`; InputError for rate, period or what is no count.

        Check: alpha .668, beta 3.806; 10 % a year, yearly renewals; 7 completed -> 7.530.
        """
        rate = continuous_rate(annual_rate, days_per_period)
        alpha, beta = self.params_.values()
        completed = checks.renewals(renewals)

        def at(alpha: float) -> Floats:
            either = alpha + beta + completed
            return (beta + completed) / either * hyp2f1(1, beta + completed + 1, either + 1, np.exp(-rate))

        return beside_singular(at, alpha, alpha - round(alpha))


def _objective(renewals: Floats, lost: Floats, n: Floats) -> Objective:
    """Return the mean log-likelihood of distinct rows with its gradient, as a function of the log-parameters."""
    customers, decisions = n.sum(), renewals + lost

    def objective(log_parameters: Floats) -> tuple[float, Floats]:
        alpha, beta = np.exp(log_parameters)
        log_likelihood = n @ betaln(alpha + lost, beta + renewals) - customers * betaln(alpha, beta)
        either = customers * psi(alpha + beta) - n @ psi(alpha + beta + decisions)
        slopes = [
            n @ psi(alpha + lost) - customers * psi(alpha) + either,
            n @ psi(beta + renewals) - customers * psi(beta) + either,
        ]
        return log_likelihood / customers, np.array(slopes) * np.exp(log_parameters) / customers

    return objective
