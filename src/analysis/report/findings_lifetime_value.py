"""Sentences of the lifetime-value page, picked and filled from its tables."""

import math
from typing import Any

import pandas as pd

from analysis.report.wording import Words

Finding = tuple[str, dict[str, Any]]

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
        models = {"purchases": facts["purchase_model"], "spend": facts["spend_model"]}
        named = {part: words(f"clv_candidate.{key}") for part, key in models.items()}
        return "lifetime_value.why_model", {**{name: facts[name] for name in names}, **named}
    reason, parameter = str(facts["reason"]), str(facts["uncertain_parameter"])
    model = facts["spend_model" if reason.startswith("spend_") else "purchase_model"]
    meaning = words(f"parameter_meaning.{model}_{parameter}") if reason.endswith("flat_ridge") else ""
    return f"lifetime_value.why_{reason}", {**facts, "parameter": parameter, "meaning": meaning}


def choice(verdict: pd.DataFrame, words: Words) -> Finding:
    """Return why this model of purchases was chosen among those that passed."""
    facts = verdict.iloc[0]
    values = {"model": words(f"clv_candidate.{facts['purchase_model']}")}
    if facts["choice"] in ("lowest_error", "simplest"):
        values |= {
            "months": facts["decided_months"],
            "origins": facts["decided_origins"],
            "apart": facts["decided_non_overlapping"],
            "runner_up": words(f"clv_candidate.{facts['runner_up']}"),
            "lead": 1 / (1 - facts["runner_up_lead"]) - 1,  # how much higher the other's error is
        }
    return f"lifetime_value.choice_{facts['choice']}", values


def outcome(verdict: pd.DataFrame, words: Words) -> Finding:
    """Return whether the values in use are better than the best baseline."""
    facts = verdict.iloc[0]
    if facts["outcome"] == "not_backtested":
        return "lifetime_value.outcome_not_backtested", {}
    return f"lifetime_value.outcome_{facts['outcome']}", {
        "months": facts["compared_months"],
        "origins": facts["compared_origins"],
        "apart": facts["compared_non_overlapping"],
        "name": words(f"clv_candidate.{facts['candidate']}"),
        "baseline": words(f"clv_candidate.{facts['baseline']}"),
        "error": facts["model_rmse"],
        "baseline_error": facts["baseline_rmse"],
        "lead": facts["lead"],
    }


def record(forecasts: pd.DataFrame) -> Finding:
    """Return how far what came differed from the longest earlier forecasts."""
    longest = forecasts[forecasts["months"] == forecasts["months"].max()]
    low, high = longest["difference"].min(), longest["difference"].max()
    key = "lifetime_value.record" if len(longest) > 1 else "lifetime_value.record_one"
    return key, {"months": int(longest["months"].iloc[0]), "low": low, "high": high}


def coverage(held: pd.DataFrame) -> Finding:
    """Return how often the ranges that were given held, all horizons together, or that none was given."""
    ranged = held[held["ranges"] > 0]
    if ranged.empty:
        return "lifetime_value.coverage_none", {}
    values = {"inside": ranged["totals_inside"].sum(), "ranges": ranged["ranges"].sum()}
    if ranged["customers_inside"].isna().any():
        return "lifetime_value.coverage_text_totals", values
    inside = (ranged["customers_inside"] * ranged["ranges"]).sum() / values["ranges"]
    return "lifetime_value.coverage_text", {**values, "customers": inside}


def untested(held: pd.DataFrame) -> Finding | None:
    """Return the longest horizon of which no range was given yet; None where all had one, or none had."""
    longest = held.iloc[-1]
    if longest["ranges"] or not held["ranges"].any():
        return None
    return "lifetime_value.coverage_untested", {"months": longest["months"]}


def tenths(table: pd.DataFrame) -> Finding:
    """Return what the tenth with the highest forecasts was expected to bring, and brought."""
    top = table.iloc[-1]
    values = {"expected": top["expected_per_customer"], "actual": top["actual_per_customer"]}
    return "lifetime_value.tenths_title", values


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
        "kept": facts["kept_share"],
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
    everybody = "_all" if facts["purchase_model"] != "bg_nbd" else ""
    return f"lifetime_value.alive_text{everybody}", {"without": facts["n_customers"] - facts["n_repeaters"]}


def alive(bands: pd.DataFrame, verdict: pd.DataFrame) -> Finding:
    """Return how many of them are very probably active, and how many more likely gone than not."""
    everybody = "_all" if verdict["purchase_model"].iloc[0] != "bg_nbd" else ""
    high, low = bands[bands["alive_percent_low"] >= HIGH_PERCENT], bands[bands["alive_percent_high"] <= 50]
    return f"lifetime_value.alive{everybody}", {
        "customers": int(bands["customers"].sum()),
        "high": high["share_of_customers"].sum(),
        "low": low["share_of_customers"].sum(),
    }


def dependence(tested: pd.DataFrame, verdict: pd.DataFrame) -> Finding:
    """Return whether spend depends on frequency, and whether the model of spend that knows it is used.

    Parameters
    ----------
    tested : verdict of `SpendDependence`; no rows without a spend model. verdict : of `LifetimeValue`.
    """
    if tested.empty:
        return "lifetime_value.dependence_absent", {}
    facts = tested.iloc[0]
    known = {"not_significant": "not_significant", "small_change": "small_change"}
    compared = verdict["frequency_outcome"].iloc[0] != "not_backtested"
    used = "used" if verdict["spend_model"].iloc[0] != "gamma_gamma" else "refuted" if compared else "untested"
    key = used if not facts["reason"] else known.get(str(facts["reason"]), "doubtful")
    return f"lifetime_value.dependence_{key}", {
        "rho": facts["spearman"],
        "customers": facts["n_spenders"],
        "p": facts["likelihood_ratio_p"],
        "change": facts["change"],
    }


def censoring(rows: pd.DataFrame | None) -> Finding:
    """Return what customers of unknown age do to the forecast of the longest horizon; rows as in `left_censoring`."""
    if rows is None:
        return "lifetime_value.conditions_absent", {}
    facts = {str(name): fact for name, fact in rows.iloc[-1].to_dict().items()}
    key = facts.pop("key")
    if key == "effect":
        key += "_less" if facts["change"] < 0 else "_more"
    if key == "cannot_tell" and facts["problems"] == "noise":
        key += "_noise"
    return f"lifetime_value.censoring_{key}", {**facts, "months": 12, "change": abs(facts["change"])}


def season(verdict: pd.DataFrame, words: Words) -> Finding:
    """Return whether repeat purchases follow the season, and what it would do to the forecast."""
    facts = {str(name): fact for name, fact in verdict.iloc[0].to_dict().items()}
    if facts["key"] == "seasonal":
        named = {end: words.calendar_month(int(facts[end])) for end in ("highest_month", "lowest_month")}
        facts |= named
    return f"lifetime_value.season_{facts.pop('key')}", facts
