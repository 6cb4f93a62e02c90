"""What each customer is worth over the next 12 months, how sure that is, and which models may say so.

Models are used only if they passed every check. Otherwise the formula takes its place for everybody, and the verdict
names the first check that failed with its figures: numbers of two methods are never mixed in one column.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.clv.baselines import YEAR_DAYS, formula
from analysis.clv.candidates import Origin
from analysis.clv.checks import MIN_REPEATERS
from analysis.clv.choice import against_baseline
from analysis.clv.collapse import Floats
from analysis.clv.intervals import customer_intervals
from analysis.clv.models import PURCHASE_MODELS
from analysis.clv.optimise import MAX_RELATIVE_ERROR
from analysis.clv.outlook import at_risk, drift_at, drifts, outlook, parameter_variances, revenue_by_horizon
from analysis.clv.purchase_model import Moments, PurchaseModel
from analysis.clv.rolling_origin import Backtest
from analysis.clv.selection import Selection, least_certain, select
from analysis.clv.valuation import Valuation, history, kept_share, spend_history

LIFETIME_MONTHS = 12.0  # of the formula: the model's horizon, so that the two compare; no claim
ANNUAL_DISCOUNT_RATE = 0.1  # of the present value shown beside the sum; usual in the literature, no finding
# Time runs from the first purchase. Where the data begin later, the first one seen is any one, and the many
# who left before are missing. Half is where the data-quality page warns, too.
MIN_AGE_KNOWN_SHARE = 0.5


@dataclass(frozen=True)
class Terms:
    """What is assumed, not found: the formula's lifetime, the discount rate, the share of known ages a model needs."""

    lifetime_months: float = LIFETIME_MONTHS
    annual_discount_rate: float = ANNUAL_DISCOUNT_RATE
    min_age_known_share: float = MIN_AGE_KNOWN_SHARE


@dataclass(frozen=True)
class LifetimeValue:
    """CLV per customer with its range, the totals ahead, the fitted models, and the verdict on them.

    Attributes
    ----------
    customers : one row per customer who ever bought, in the given order: customer_id; probability_alive (by BG/NBD
        absent for customers without a repeat purchase, whom it calls alive by assumption);
        expected_purchases_12_months; purchase_probability_12_months (of any); expected_spend (currency per purchase,
        net of refunds); revenue_3_months, revenue_6_months, clv_12_months (expected net revenue; currency, not
        discounted, costs not deducted); clv_12_months_low, clv_12_months_high (90 % range), clv_12_months_variance (by
        chance alone); at_risk_12_months (revenue if still active x probability of not being so; NaN without
        probability_alive); clv_formula (currency over the assumed lifetime). NaN: the model may not be used, or the
        formula does not know.
    outlook : totals of the next 3, 6 and 12 months; see `outlook.outlook`. drift : see `outlook.drifts`.
    models, parameters : see `Selection`. dependence, spend_by_frequency : verdict and by_frequency of
        `SpendDependence`; no rows without a spend model.
    verdict : one row: method (`model`, `formula`: where clv_12_months comes from), reason (key, empty if the models
        are used), and the figures that reasons and choices quote; see `estimate`.
    """

    customers: pd.DataFrame
    outlook: pd.DataFrame
    drift: pd.DataFrame
    models: pd.DataFrame
    parameters: pd.DataFrame
    dependence: pd.DataFrame
    spend_by_frequency: pd.DataFrame
    verdict: pd.DataFrame

    def purchase_model(self) -> PurchaseModel | None:
        """Return the model of purchases that was chosen, in days; also one that was refused. None: none was fitted."""
        key = self.verdict["purchase_model"].iloc[0]
        estimates = self.parameters[self.parameters["model"] == key].set_index("parameter")["estimate"]
        return PURCHASE_MODELS[key].with_parameters(**estimates.to_dict()) if len(estimates) else None


def estimate(origin: Origin, tested: Backtest, terms: Terms = Terms()) -> LifetimeValue:
    """Return the value of each customer over 12 months: purchases x spend by the chosen models, or the formula.

    Parameters
    ----------
    origin : the customers at the end of the month, which is the first day of the month it names; what came next is not
        looked at. tested : how candidates would have forecast before. terms : see `Terms`.

    Notes
    -----
    Reasons, the first that holds: `no_repeaters`, `few_repeaters` (n_repeaters, min_repeaters), `ages_unknown`
    (age_known_share, min_age_known_share), `boundary`, `not_converged`, `flat_ridge` (of the simplest model where none
    passed: uncertain_parameter, largest_relative_error, max_relative_error); then for the spend model `few_spenders`
    (n_spenders, min_repeaters), `spend_boundary`, `spend_not_converged`, `spend_flat_ridge` (the same figures),
    `spend_no_mean`. With a spend reason the purchase model stands: probability_alive and expected_purchases_12_months
    are given.

    A repeater without positive repeat spend (n_zero_spend) is left out of the spend model and gets its population mean.
    The verdict further holds kept_share (of sales, after refunds), parameter_variance (relative, of the total of 12
    months), spend_model, candidate (in the tables of `Backtest`), frequency_outcome, and what `choice` returns.
    """
    selected = select(origin, tested, terms.min_age_known_share)
    valuation = selected.valuation(kept_share(origin.customers))
    drift = drifts(tested, selected.candidate, origin.month)
    revenue, parameters = revenue_by_horizon(valuation, origin), parameter_variances(valuation, origin)
    alive = _alive(selected, origin.customers)
    customers = _customers(origin, selected, valuation, revenue, alive, terms)
    common = parameters[12] + drift_at(drift, 12).variance
    customers["clv_12_months_low"], customers["clv_12_months_high"] = customer_intervals(revenue[12], common)
    verdict = {
        "method": "model" if valuation else "formula",
        "reason": selected.reasons[0] if selected.reasons else "",
        **_counts(origin.customers),
        "min_age_known_share": terms.min_age_known_share,
        **_doubt(selected),
        "parameter_variance": parameters[12],
        "spend_model": selected.spend_model,
        "candidate": selected.candidate,
        **selected.choice,
        **against_baseline(tested, selected.candidate),
        "horizon_days": origin.days[12],
        "lifetime_months": float(terms.lifetime_months),
        "annual_discount_rate": float(terms.annual_discount_rate),
    }
    dependence = selected.dependence
    by_frequency = dependence.by_frequency if dependence else pd.DataFrame({"x_from": []})
    if selected.purchases is None:  # they stood in for a forecast, all alike
        by_frequency = by_frequency.assign(expected_purchases=np.nan)
    return LifetimeValue(
        customers,
        outlook(revenue, alive, parameters, drift, terms.annual_discount_rate),
        drift,
        selected.models(),
        selected.parameters(),
        dependence.verdict if dependence else pd.DataFrame({"spend_model": []}),
        by_frequency,
        pd.DataFrame([verdict]),
    )


def _alive(selected: Selection, customers: pd.DataFrame) -> Floats:
    """Return the probability alive of each customer; NaN without a usable model, or where it is an assumption.

    By BG/NBD everybody without a repeat purchase is alive: no finding, so nothing of theirs is called at risk either.
    """
    if selected.purchases is None:
        return np.full(len(customers), np.nan)
    assumed = (customers["x"] == 0) & (selected.purchase_model == "bg_nbd")
    return np.where(assumed, np.nan, selected.purchases.probability_alive(*history(customers)))


def _customers(
    origin: Origin,
    selected: Selection,
    valuation: Valuation | None,
    revenue: dict[int, Moments],
    alive: Floats,
    terms: Terms,
) -> pd.DataFrame:
    customers, purchases, days = origin.customers, selected.purchases, origin.days[12]
    return pd.DataFrame(
        {
            "customer_id": customers["customer_id"],
            "probability_alive": alive,
            "expected_purchases_12_months": purchases.expected_purchases(days, *history(customers))
            if purchases
            else np.nan,
            "expected_spend": valuation.expected_spend(customers) if valuation else np.nan,
            "purchase_probability_12_months": revenue[12].any,
            "revenue_3_months": revenue[3].mean,
            "revenue_6_months": revenue[6].mean,
            "clv_12_months": revenue[12].mean,
            "clv_12_months_variance": revenue[12].square - revenue[12].mean ** 2,
            "at_risk_12_months": at_risk(revenue[12].mean, alive),
            "clv_formula": formula(customers, YEAR_DAYS * terms.lifetime_months / 12)["revenue"],
        }
    )


def _counts(customers: pd.DataFrame) -> dict[str, object]:
    n_repeaters, n_spenders = (int((x > 0).sum()) for x in (customers["x"], spend_history(customers)[0]))
    return {
        "n_customers": len(customers),
        "n_repeaters": n_repeaters,
        "n_spenders": n_spenders,
        "n_zero_spend": n_repeaters - n_spenders,
        "min_repeaters": MIN_REPEATERS,
        "kept_share": kept_share(customers),
        "age_known_share": float(customers["age_known"].mean()),
    }


def _doubt(selected: Selection) -> dict[str, object]:
    """Return the least certain parameter of the models used, or of the one that was refused."""
    refused = selected.purchase_model if selected.purchase_reasons else selected.spend_model
    names = [refused] if selected.reasons else [selected.purchase_model, selected.spend_model]
    found = [least_certain(selected.fitted[name]) for name in names]
    parameter, error = max(found, key=lambda pair: np.nan_to_num(pair[1], nan=-1.0))
    return {"uncertain_parameter": parameter, "largest_relative_error": error, "max_relative_error": MAX_RELATIVE_ERROR}
