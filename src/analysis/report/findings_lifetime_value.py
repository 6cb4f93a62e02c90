"""Sentences of the lifetime-value page, picked and filled from its tables."""

import math
from typing import Any

import pandas as pd

from analysis.report.wording import Words, is_missing

Finding = tuple[str, dict[str, Any]]

# Readings of a rank correlation: Cohen (1988) calls .1 small and .3 medium. Ours to read by, no test.
WEAK, MARKED = 0.1, 0.3
MOVED = 0.005  # half a point: below, the two shares read alike with one decimal or nearly so
HIGH_PERCENT = 80  # "very probably active": the last two bands


def title(by_class: pd.DataFrame, verdict: pd.DataFrame, scheme: str, words: Words) -> Finding:
    """Return the value of all customers, the class that holds most of it, and which method says so."""
    total = by_class["clv_12_months"].sum()
    method = verdict["method"].iloc[0]
    if not total > 0:
        return "lifetime_value.title_nothing", {}
    top = by_class.nlargest(1, "share_of_clv").iloc[0]
    return f"lifetime_value.title_{method}", {
        "total": float(total),
        "segment": words.name(scheme, top["class"]),
        "share": top["share_of_clv"],
        "share_of_customers": top["customers"] / by_class["customers"].sum(),
    }


def why(verdict: pd.DataFrame, words: Words) -> Finding:
    """Return which method gave the value and why, with the figures of the reason."""
    facts = {str(name): fact for name, fact in verdict.iloc[0].to_dict().items()}
    if facts["method"] == "model":
        names = ("n_customers", "n_repeaters", "largest_relative_error", "max_relative_error")
        return "lifetime_value.why_model", {name: facts[name] for name in names}
    reason, parameter = str(facts["reason"]), str(facts["uncertain_parameter"])
    model = "gamma_gamma" if reason.startswith("spend_") else "bg_nbd"
    meaning = words(f"parameter_meaning.{model}_{parameter}") if reason.endswith("flat_ridge") else ""
    return f"lifetime_value.why_{reason}", {**facts, "parameter": parameter, "meaning": meaning}


def model(verdict: pd.DataFrame, parameters: pd.DataFrame) -> Finding:
    """Return how to read the parameters: used, refused, of the purchase model alone, or absent."""
    facts = verdict.iloc[0].to_dict()
    if parameters.empty:
        return "lifetime_value.model_absent", {}
    if facts["method"] == "formula":
        spend = str(facts["reason"]).startswith("spend_") or facts["reason"] == "few_spenders"
        return f"lifetime_value.model_{'spend_' if spend else ''}refused_text", {}
    return "lifetime_value.model_text", {
        "horizon_days": facts["horizon_days"],
        "n_customers": facts["n_customers"],
        "without": facts["n_customers"] - facts["n_repeaters"],
    }


def past_and_future(by_class: pd.DataFrame, scheme: str, words: Words) -> Finding:
    """Return the classes whose share of the coming value exceeds, and falls short of, their past share most.

    Where no share moves by `MOVED` or more, the class that holds most; where no class has a value, that.
    """
    if by_class["share_of_clv"].isna().all():
        return "lifetime_value.shares_none", {}
    moves = by_class.assign(change=by_class["share_of_clv"] - by_class["share_of_history"])
    if not moves["change"].max() >= MOVED:
        top = by_class.nlargest(1, "share_of_clv").iloc[0]
        values = {"segment": words.name(scheme, top["class"]), "share": top["share_of_clv"]}
        return "lifetime_value.shares_alike", values
    up, down = moves.nlargest(1, "change").iloc[0], moves.nsmallest(1, "change").iloc[0]
    return "lifetime_value.shares_move", {
        "up": words.name(scheme, up["class"]),
        "up_past": up["share_of_history"],
        "up_next": up["share_of_clv"],
        "down": words.name(scheme, down["class"]),
        "down_past": down["share_of_history"],
        "down_next": down["share_of_clv"],
    }


def formula(by_class: pd.DataFrame, verdict: pd.DataFrame, words: Words) -> Finding:
    """Return how the formula compares with the model, or that it repeats the past, or counts silent customers."""
    facts = verdict.iloc[0]
    total = float(by_class["clv_formula"].sum())
    if facts["method"] == "model":
        model = float(by_class["clv_12_months"].sum())
        times = total / model if model > 0 else float("nan")
        return "lifetime_value.formula_beside_model", {"formula": total, "model": model, "times": times}
    valued = by_class["clv_formula"].notna()
    history = words.minor(by_class.loc[valued, "history_revenue_minor"].sum())
    lapsed = float(by_class.loc[by_class["class"] == "lapsed", "clv_formula"].sum())
    values = {"lapsed": lapsed, "share": lapsed / total if total > 0 else float("nan")}
    if history is not None and math.isclose(total, history, rel_tol=1e-9, abs_tol=0.005):
        return "lifetime_value.formula_is_history", {**values, "lifetime_months": facts["lifetime_months"]}
    return ("lifetime_value.formula_lapsed", values) if lapsed > 0 else ("lifetime_value.formula_no_lapsed", {})


def alive_basis(verdict: pd.DataFrame, bands: pd.DataFrame) -> Finding:
    """Return whom the probability of being active is about, or that there is none."""
    if bands.empty:
        return "lifetime_value.alive_none", {}
    facts = verdict.iloc[0]
    return "lifetime_value.alive_text", {"without": facts["n_customers"] - facts["n_repeaters"]}


def alive(bands: pd.DataFrame) -> Finding:
    """Return how many repeat customers are very probably active, and how many more likely gone than not."""
    high, low = bands[bands["alive_percent_low"] >= HIGH_PERCENT], bands[bands["alive_percent_high"] <= 50]
    return "lifetime_value.alive", {
        "customers": int(bands["customers"].sum()),
        "high": high["share_of_customers"].sum(),
        "low": low["share_of_customers"].sum(),
    }


def independence(verdict: pd.DataFrame) -> Finding:
    """Return the reading of the rank correlation of frequency and spend, which the spend model takes as none."""
    rho = verdict["spearman_x_spend"].iloc[0]
    if is_missing(rho):
        return "lifetime_value.spearman_none", {}
    size = "marked" if abs(rho) >= MARKED else "weak" if abs(rho) >= WEAK else "slight"
    sign = "" if size == "slight" else "_positive" if rho > 0 else "_negative"
    return f"lifetime_value.spearman_{size}{sign}", {"rho": float(rho), "customers": verdict["n_spenders"].iloc[0]}
