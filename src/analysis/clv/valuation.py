"""What customers will bring in: a model of purchases, one of spend, and what refunds leave of it."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.clv.collapse import Floats
from analysis.clv.delta_method import variance_of_log
from analysis.clv.gamma_gamma import GammaGamma
from analysis.clv.purchase_model import Moments, PurchaseModel

# Customers, drawn at random, that are enough for a share or for a slope of the total: each to about a hundredth of it.
SAMPLE = 10_000


@dataclass(frozen=True)
class Valuation:
    """Fitted models whose product is a customer's revenue.

    purchases, spend : fitted models. kept : share of sales that refunds leave.
    """

    purchases: PurchaseModel
    spend: GammaGamma
    kept: float

    @property
    def problems(self) -> tuple[str, ...]:
        """Keys of the reasons not to use it; those of the spend model begin with `spend_`."""
        return (*self.purchases.problems_, *(f"spend_{key}" for key in self.spend.problems_))

    def expected_spend(self, customers: pd.DataFrame) -> Floats:
        """Return the expected revenue (n_customers,) per purchase, net of refunds; currency."""
        return self.kept * self.spend.expected_spend(*spend_history(customers))

    def revenue(self, days: float, customers: pd.DataFrame) -> Moments:
        """Return P(any), mean and mean square of each customer's revenue in the next `days`; currency.

        Parameters
        ----------
        customers : x, t_x, T (days), mean_repeat_spend; see `features.histories`.

        Notes
        -----
        Given N purchases at a customer's own gamma-distributed rate, their sum S has E[S^2] = (N^2 + N / p) m^2
        (q' - 1) / (q' - 2): m is the expected spend, q' = p x + q the updated shape. Own derivation from the
        densities of note 025. Where q' <= 2 the mean square does not exist: infinite.
        """
        purchases = self.purchases.purchase_moments(days, *history(customers))
        x, _ = spend_history(customers)
        p, shape = self.spend.params_["p"], self.spend.params_["p"] * x + self.spend.params_["q"]
        spend = self.expected_spend(customers)
        spread = np.divide(shape - 1, shape - 2, out=np.full_like(shape, np.inf), where=shape > 2)
        square = (purchases.square + purchases.mean / p) * spend**2
        return Moments(purchases.any, purchases.mean * spend, np.where(square > 0, square * spread, 0.0))

    def relative_variance(self, days: float, customers: pd.DataFrame) -> float:
        """Return the variance of the expected total over its square, from the uncertainty of all parameters.

        See `delta_method`; NaN where a fit has no covariance. A `sample` says it nearly as well as all customers.
        """
        spend = self.spend.expected_spend(*spend_history(customers))
        purchases = self.purchases.expected_purchases(days, *history(customers))

        def by_purchases(model: PurchaseModel) -> float:
            return float(model.expected_purchases(days, *history(customers)) @ spend)

        def by_spend(model: GammaGamma) -> float:
            return float(model.expected_spend(*spend_history(customers)) @ purchases)

        return variance_of_log(self.purchases, by_purchases) + variance_of_log(self.spend, by_spend)


def kept_share(customers: pd.DataFrame) -> float:
    """Return the share of all sales so far that refunds left, at least 0; 1 where nothing was sold."""
    sold = customers["sold"].sum()
    return max(0.0, float(customers["revenue"].sum() / sold)) if sold > 0 else 1.0


def history(customers: pd.DataFrame) -> tuple[Floats, Floats, Floats]:
    """Return x, t_x and T."""
    return customers["x"].to_numpy(), customers["t_x"].to_numpy(), customers["T"].to_numpy()


def spend_history(customers: pd.DataFrame) -> tuple[Floats, Floats]:
    """Return x, 0 where the repeat purchases brought in nothing, and the mean spend, 0 there."""
    spend = customers["mean_repeat_spend"].to_numpy()
    paid = spend > 0
    return np.where(paid, customers["x"].to_numpy(), 0.0), np.where(paid, spend, 0.0)


def sample(n: int) -> np.ndarray:
    """Return the rows, ascending, of at most `SAMPLE` out of n customers; the same ones for the same n."""
    return np.sort(np.random.default_rng(0).permutation(n)[:SAMPLE])
