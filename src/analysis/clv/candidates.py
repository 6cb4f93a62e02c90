"""All ways to forecast customers from one day: every model, each spend model, and the baselines."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from analysis.clv.baselines import formula, gradient_boosting, last_period, own_rate
from analysis.clv.checks import MIN_REPEATERS
from analysis.clv.collapse import Floats
from analysis.clv.gamma_gamma import GammaGamma, GammaGammaByFrequency
from analysis.clv.models import PURCHASE_MODELS, fit_counts
from analysis.clv.purchase_model import PurchaseModel
from analysis.clv.valuation import Valuation, history, kept_share, spend_history

HORIZONS = (3, 6, 12)  # months looked ahead
BASELINES = ("last_period", "own_rate", "formula", "gradient_boosting")
BY_FREQUENCY = "_by_frequency"  # ends the name of a candidate whose spend model knows frequency


class Origin(NamedTuple):
    """The first day of a month, what was known then, and what came next.

    month : `YYYY-MM`. counts, customers : of `features.history_counts` and `features.histories` at that day. days :
    length of the next 3, 6 and 12 months.
    """

    month: str
    counts: pd.DataFrame
    customers: pd.DataFrame
    days: dict[int, int]


def fit_purchases(kind: str, counts: pd.DataFrame) -> PurchaseModel | None:
    """Return a model of purchases fitted to collapsed histories; None with fewer repeat customers than it needs."""
    if counts.loc[counts["x"] > 0, "customers"].sum() < MIN_REPEATERS:
        return None
    return fit_counts(PURCHASE_MODELS[kind], counts)


def fit_spend(model: type[GammaGamma], customers: pd.DataFrame) -> GammaGamma | None:
    """Return a model of spend fitted to those with repeat spend; None with fewer of them than it needs."""
    x, spend = spend_history(customers)
    paid = x > 0
    return model().fit(x[paid], spend[paid]) if paid.sum() >= MIN_REPEATERS else None


def fit_all(origin: Origin) -> dict[str, Valuation]:
    """Return every model of purchases with either model of spend, by candidate; nothing of too few customers."""
    spends = {
        "": fit_spend(GammaGamma, origin.customers),
        BY_FREQUENCY: fit_spend(GammaGammaByFrequency, origin.customers),
    }
    kept = kept_share(origin.customers)
    purchases = {kind: fit_purchases(kind, origin.counts) for kind in PURCHASE_MODELS}
    return {
        kind + ending: Valuation(model, spend, kept)
        for ending, spend in spends.items()
        for kind, model in purchases.items()
        if model and spend
    }


def forecasts(
    valuations: dict[str, Valuation], origin: Origin, months: int, known: pd.DataFrame | None
) -> dict[str, dict[str, Floats]]:
    """Return what each candidate expects of each customer in the next `months`.

    Parameters
    ----------
    valuations : of `fit_all`. known : the customers of the origin so many months earlier; None: there is none.

    Returns
    -------
    target (`purchases`, `revenue`) to candidate to array (n_customers,). Purchases do not depend on the spend model:
    they stand under the name without BY_FREQUENCY alone. A candidate without a finite forecast of everybody is absent.
    """
    customers, days = origin.customers, origin.days[months]
    found: dict[str, dict[str, Floats]] = {"purchases": {}, "revenue": {}}
    for name, valuation in valuations.items():
        if not name.endswith(BY_FREQUENCY):
            found["purchases"][name] = valuation.purchases.expected_purchases(days, *history(customers))
        purchases = found["purchases"][name.removesuffix(BY_FREQUENCY)]
        found["revenue"][name] = purchases * valuation.expected_spend(customers)
    baselines = {
        "last_period": last_period(customers, months),
        "own_rate": own_rate(customers, days),
        "formula": formula(customers, days),
        "gradient_boosting": {} if known is None else gradient_boosting(customers, months, known),
    }
    for name, expected in baselines.items():
        for target, values in expected.items():
            found[target][name] = values
    return {
        target: {name: values for name, values in named.items() if np.isfinite(values).all()}
        for target, named in found.items()
    }
