"""What each customer is worth over the next 12 months, and whether a model may say so.

A fitted model is used only if it passed every check. Otherwise the formula takes its place for everybody, and
the verdict names the first check that failed with its figures: numbers of two methods are never mixed in one
column.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.clv.bgnbd import BGNBD
from analysis.clv.checks import MIN_REPEATERS
from analysis.clv.formula import formula_clv
from analysis.clv.gamma_gamma import GammaGamma
from analysis.clv.optimise import MAX_RELATIVE_ERROR

HORIZON_DAYS = 365  # "12 months" everywhere in this package
LIFETIME_MONTHS = 12.0  # of the formula: the model's horizon, so that the two compare; no claim
# Time runs from the first purchase. Where the data begin later, the first one seen is any one, and the many
# who left before are missing. Half is where the data-quality page warns, too.
MIN_AGE_KNOWN_SHARE = 0.5


@dataclass(frozen=True)
class LifetimeValue:
    """CLV per customer, the fitted parameters, and the verdict on them.

    Attributes
    ----------
    customers : one row per customer, in the given order: customer_id; probability_alive (absent for customers
        without a repeat purchase, whom the model calls alive by assumption); expected_purchases_12_months;
        expected_spend (currency per purchase day); clv_12_months (currency: revenue of the next 365 days, not
        discounted, costs not deducted); clv_formula (currency over the assumed lifetime). NaN: never ordered,
        or the model may not be used.
    parameters : model, parameter, estimate, standard_error; of every model that could be fitted, usable or
        not.
    verdict : one row: method (`model`, `formula`: where clv_12_months comes from), reason (key, empty if the
        model is used), and the figures that reasons quote; see `estimate`.
    """

    customers: pd.DataFrame
    parameters: pd.DataFrame
    verdict: pd.DataFrame


def estimate(
    customers: pd.DataFrame,
    *,
    minor_units: int,
    lifetime_months: float = LIFETIME_MONTHS,
    min_age_known_share: float = MIN_AGE_KNOWN_SHARE,
) -> LifetimeValue:
    """Return the value of each customer over the next 12 months: BG/NBD x Gamma-Gamma, or the formula.

    Parameters
    ----------
    customers : the customer table (customer_id, age_known, x, t_x, T in days, mean_repeat_spend,
        history_orders, history_revenue_minor); T is NaN for customers who never ordered.
    minor_units : decimals of the currency (2: a minor unit is a hundredth).
    lifetime_months : assumed lifetime in `clv_formula`; clv_12_months always covers 12 months.
    min_age_known_share : below this share of customers whose first purchase is in the data, no model is used.

    Notes
    -----
    Reasons, the first that holds: `no_repeaters`, `few_repeaters` (n_repeaters, min_repeaters),
    `ages_unknown` (age_known_share, min_age_known_share), `boundary`, `not_converged`, `flat_ridge`
    (uncertain_parameter, largest_relative_error, max_relative_error); then for the spend model `few_spenders`
    (n_spenders, min_repeaters), `spend_boundary`, `spend_not_converged`, `spend_flat_ridge` (the same
    figures), `spend_no_mean`. With a spend reason the purchase model stands: probability_alive and
    expected_purchases_12_months are given.

    A repeater without positive repeat spend (n_zero_spend) is left out of the spend model and gets its
    population mean. The formula spreads the history over its years, at least one, so a short one is not
    extrapolated.
    """
    customers = customers.reset_index(drop=True)
    buyers = customers[customers["T"].notna()]
    repeaters = buyers[buyers["x"] > 0]
    spenders = repeaters[repeaters["mean_repeat_spend"] > 0]
    age_known_share = float(buyers["age_known"].mean())

    purchases = BGNBD().fit(*_history(buyers)) if len(repeaters) >= MIN_REPEATERS else None
    spend = GammaGamma().fit(*_spend(spenders)) if len(spenders) >= MIN_REPEATERS else None
    too_few = "few_repeaters" if len(repeaters) else "no_repeaters"
    ages = ["ages_unknown"] if age_known_share < min_age_known_share else []
    purchase_reasons = [*ages, *purchases.problems_] if purchases else [too_few]
    spend_reasons = [f"spend_{key}" for key in spend.problems_] if spend else ["few_spenders"]
    reasons = purchase_reasons + spend_reasons

    values = pd.DataFrame({"customer_id": customers["customer_id"]}).join(
        _predictions(buyers, None if purchase_reasons else purchases, None if spend_reasons else spend)
    )
    by_model = values["expected_purchases_12_months"] * values["expected_spend"]
    values["clv_12_months"] = _formula(buyers, 12, minor_units) if reasons else by_model
    values["clv_formula"] = _formula(buyers, lifetime_months, minor_units)
    parameters = _parameters({"bg_nbd": purchases, "gamma_gamma": spend})
    doubted = "bg_nbd" if purchase_reasons else "gamma_gamma"
    verdict = {
        "method": "formula" if reasons else "model",
        "reason": reasons[0] if reasons else "",
        "n_customers": len(buyers),
        "n_repeaters": len(repeaters),
        "n_spenders": len(spenders),
        "n_zero_spend": len(repeaters) - len(spenders),
        "min_repeaters": MIN_REPEATERS,
        "age_known_share": age_known_share,
        "min_age_known_share": min_age_known_share,
        **_largest_error(parameters if not reasons else parameters[parameters["model"] == doubted]),
        "log_likelihood": purchases.log_likelihood_ if purchases else np.nan,
        "spend_log_likelihood": spend.log_likelihood_ if spend else np.nan,
        # Gamma-Gamma takes frequency and spend as independent: a figure to read beside it, no reason to
        # refuse.
        "spearman_x_spend": spenders[["x", "mean_repeat_spend"]].corr("spearman").iloc[0, 1],
        "horizon_days": HORIZON_DAYS,
        "lifetime_months": float(lifetime_months),
    }
    return LifetimeValue(values, parameters, pd.DataFrame([verdict]))


def _history(buyers: pd.DataFrame) -> list[pd.Series]:
    return [buyers["x"], buyers["t_x"], buyers["T"]]


def _spend(buyers: pd.DataFrame) -> list[pd.Series]:
    """Return x, 0 where the repeat purchases brought in nothing, and the mean spend."""
    return [buyers["x"].where(buyers["mean_repeat_spend"] > 0, 0), buyers["mean_repeat_spend"]]


def _predictions(buyers: pd.DataFrame, purchases: BGNBD | None, spend: GammaGamma | None) -> pd.DataFrame:
    """Return what the usable models expect of each buyer; NaN where there is no usable model."""
    values = pd.DataFrame(np.nan, buyers.index, ["probability_alive", "expected_purchases_12_months", "expected_spend"])
    if purchases:
        alive = purchases.probability_alive(*_history(buyers))
        values["probability_alive"] = np.where(buyers["x"] > 0, alive, np.nan)
        values["expected_purchases_12_months"] = purchases.expected_purchases(HORIZON_DAYS, *_history(buyers))
    if spend:
        values["expected_spend"] = spend.expected_spend(*_spend(buyers))
    return values


def _formula(buyers: pd.DataFrame, lifetime_months: float, minor_units: int) -> pd.Series:
    """Return the formula CLV of each buyer in currency, from the whole history."""
    years = (buyers["T"] / HORIZON_DAYS).clip(lower=1)
    return formula_clv(
        buyers["history_revenue_minor"] / 10**minor_units / buyers["history_orders"],
        buyers["history_orders"] / (12 * years),
        lifetime_months,
        orders_per="month",
        lifetime_in="month",
    )


def _parameters(models: dict[str, BGNBD | GammaGamma | None]) -> pd.DataFrame:
    """Return one row per parameter of every model that was fitted."""
    rows = [
        (name, parameter, estimate, model.standard_errors_[parameter])
        for name, model in models.items()
        if model
        for parameter, estimate in model.params_.items()
    ]
    return pd.DataFrame(rows, columns=["model", "parameter", "estimate", "standard_error"]).astype(
        {"estimate": float, "standard_error": float}
    )


def _largest_error(parameters: pd.DataFrame) -> dict[str, object]:
    """Return the parameter with the largest standard error for its size, that ratio, and its limit."""
    errors = parameters.assign(error=parameters["standard_error"] / parameters["estimate"])
    worst = errors.dropna().nlargest(1, "error")
    return {
        "uncertain_parameter": "".join(worst["parameter"]),
        "largest_relative_error": worst["error"].max(),
        "max_relative_error": MAX_RELATIVE_ERROR,
    }
