"""All models fitted at the end of a month: which are used, and the reasons against them."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.clv.candidates import BY_FREQUENCY, Origin, fit_purchases
from analysis.clv.checks import MIN_REPEATERS
from analysis.clv.choice import choose_purchases, frequency_outcome
from analysis.clv.gamma_gamma import GammaGamma
from analysis.clv.independence import SpendDependence, spend_dependence
from analysis.clv.models import PURCHASE_MODELS
from analysis.clv.optimise import MAX_RELATIVE_ERROR, Fitted
from analysis.clv.purchase_model import PurchaseModel
from analysis.clv.rolling_origin import Backtest
from analysis.clv.valuation import Valuation, history, spend_history

SPEND = "gamma_gamma"  # key of the spend model; with BY_FREQUENCY at its end, of that which knows frequency
PARAMETERS = {"model": "str", "parameter": "str", "estimate": "float64", "standard_error": "float64"}


@dataclass(frozen=True)
class Selection:
    """The models of one month, and what is used of them.

    fitted : by key; None could not be fitted. repeaters : customers that each was or would be fitted to. dependence :
    whether spend depends on frequency; None without a spend model. choice : see
    `choice.choose_purchases`; with frequency_outcome.
    purchase_model, spend_model : keys of those chosen. purchase_reasons, spend_reasons : against their use.
    """

    fitted: dict[str, Fitted | None]
    repeaters: dict[str, int]
    dependence: SpendDependence | None
    choice: dict[str, object]
    purchase_model: str
    spend_model: str
    purchase_reasons: tuple[str, ...]
    spend_reasons: tuple[str, ...]

    @property
    def reasons(self) -> tuple[str, ...]:
        """Keys of what speaks against a value by models, the first that counts first."""
        return self.purchase_reasons + self.spend_reasons

    @property
    def purchases(self) -> PurchaseModel | None:
        """The model of purchases; None where none may be used."""
        model = self.fitted[self.purchase_model]
        return model if isinstance(model, PurchaseModel) and not self.purchase_reasons else None

    def valuation(self, kept: float) -> Valuation | None:
        """Return both models together, `kept` being what refunds leave; None where one may not be used."""
        purchases, spend = self.purchases, self.fitted[self.spend_model]
        if purchases is None or not isinstance(spend, GammaGamma) or self.spend_reasons:
            return None
        return Valuation(purchases, spend, kept)

    @property
    def candidate(self) -> str:
        """Where the values come from: a name in the tables of `Backtest`."""
        return "formula" if self.reasons else self.purchase_model + self.spend_model.removeprefix(SPEND)

    def parameters(self) -> pd.DataFrame:
        """Return model, parameter, estimate, standard_error of the chosen models, also where they are refused."""
        rows = [
            (name, parameter, estimate, model.standard_errors_[parameter])
            for name in (self.purchase_model, self.spend_model)
            if (model := self.fitted[name])
            for parameter, estimate in model.params_.items()
        ]
        return pd.DataFrame(rows, columns=list(PARAMETERS)).astype(PARAMETERS)

    def models(self) -> pd.DataFrame:
        """Return one row per model: what it was fitted to, how sure it is, and whether it is used.

        Returns
        -------
        model; repeat_customers, min_repeaters; uncertain_parameter, largest_relative_error (standard error / estimate),
        max_relative_error; log_likelihood; model_state (`used`; `refused`: a check failed; `not_fitted`: too few
        customers; `not_chosen`).
        """
        rows = []
        for name, model in self.fitted.items():
            parameter, error = least_certain(model)
            rows.append(
                {
                    "model": name,
                    "repeat_customers": self.repeaters[name],
                    "min_repeaters": MIN_REPEATERS,
                    "uncertain_parameter": parameter,
                    "largest_relative_error": error,
                    "max_relative_error": MAX_RELATIVE_ERROR,
                    "log_likelihood": model.log_likelihood_ if model else np.nan,
                    "model_state": self._state(name),
                }
            )
        return pd.DataFrame(rows)

    def _state(self, name: str) -> str:
        model = self.fitted[name]
        if model is None:
            return "not_fitted"
        ages_unknown = "ages_unknown" in self.purchase_reasons and not name.startswith(SPEND)
        if model.problems_ or ages_unknown:
            return "refused"
        unused = self.purchase_reasons if name.startswith(SPEND) else ()
        return "used" if name in (self.purchase_model, self.spend_model) and not unused else "not_chosen"


def least_certain(model: Fitted | None) -> tuple[str, float]:
    """Return the parameter with the largest standard error for its size, and that ratio; empty and NaN without one."""
    errors = {name: error / model.params_[name] for name, error in model.standard_errors_.items()} if model else {}
    known = {name: error for name, error in errors.items() if not np.isnan(error)}
    return max(known.items(), key=lambda item: item[1], default=("", np.nan))


def select(origin: Origin, tested: Backtest, min_age_known_share: float) -> Selection:
    """Return all models fitted to the customers of a month's end, and the choice between them.

    Parameters
    ----------
    origin : the customers; what came next is not looked at. tested : earlier forecasts. min_age_known_share :
        below this share of customers whose first purchase is in the data no model is used.
    """
    customers = origin.customers
    purchases = {kind: fit_purchases(kind, origin.counts) for kind in PURCHASE_MODELS}
    eligible = [kind for kind, model in purchases.items() if model and not model.problems_]
    choice = choose_purchases(tested, eligible or list(purchases)[:1])
    kind = str(choice["purchase_model"])
    choice["frequency_outcome"] = frequency_outcome(tested, kind)
    purchase_reasons = _purchase_reasons(customers, purchases[kind], min_age_known_share)

    usable = None if purchase_reasons else purchases[kind]
    dependence = _dependence(origin, usable)
    independent = dependence is None or bool(dependence.verdict["reason"].iloc[0])
    spend_model = SPEND if independent or choice["frequency_outcome"] != "ahead" else SPEND + BY_FREQUENCY
    spends = {
        SPEND: dependence.independent if dependence else None,
        SPEND + BY_FREQUENCY: dependence.dependent if dependence else None,
    }
    spend = spends[spend_model]
    n_repeaters, n_spenders = (int((x > 0).sum()) for x in (customers["x"], spend_history(customers)[0]))
    return Selection(
        fitted={**purchases, **spends},
        repeaters={**dict.fromkeys(purchases, n_repeaters), **dict.fromkeys(spends, n_spenders)},
        dependence=dependence,
        choice=choice,
        purchase_model=kind,
        spend_model=spend_model,
        purchase_reasons=purchase_reasons,
        spend_reasons=tuple(f"spend_{key}" for key in spend.problems_) if spend else ("few_spenders",),
    )


def _purchase_reasons(
    customers: pd.DataFrame, model: PurchaseModel | None, min_age_known_share: float
) -> tuple[str, ...]:
    if model is None:
        return ("few_repeaters" if (customers["x"] > 0).any() else "no_repeaters",)
    ages_unknown = customers["age_known"].mean() < min_age_known_share
    return (*(("ages_unknown",) if ages_unknown else ()), *model.problems_)


def _dependence(origin: Origin, purchases: PurchaseModel | None) -> SpendDependence | None:
    """Return whether spend depends on frequency, weighted by expected purchases, or all alike without a model."""
    x, spend = spend_history(origin.customers)
    if (x > 0).sum() < MIN_REPEATERS:
        return None
    if purchases is None:
        return spend_dependence(x, spend, np.ones(len(x)))
    return spend_dependence(x, spend, purchases.expected_purchases(origin.days[12], *history(origin.customers)))
