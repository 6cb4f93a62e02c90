"""How each column of a table is shown: its kind and decimals. Its heading, with the unit, is `column.<name>`.

Full precision is in the CSV file beside each table; the decimals here are for reading only.
"""

import math
from dataclasses import dataclass
from typing import Any

from analysis.report.wording import Words, is_missing

NUMERIC_KINDS = (
    "count",
    "signed_count",
    "share",
    "change",
    "points",
    "money",
    "money_minor",
    "days",
    "number",
    "score",
    "duration",
    "figure",
)


@dataclass(frozen=True)
class Measure:
    """One way to show a value.

    kind : one of `NUMERIC_KINDS` (`days` is a bare number for a column that names the unit, `duration` names it itself,
        `figure` has decimals only where the value has), or `class` (a class key of `section`, a scheme), `word` or
        `words` (one key of the catalogue's section `section`, or several joined by ", "), `name` (a key of `section` if
        it is there, else the value itself), `date`, `month`, `calendar_month` (1 to 12), `text` (as it is), `range` (of
        the columns `<section>_low` and `<section>_high`, shown as one), `interval` (`<section>_above` and
        `<section>_up_to`: above < value, and value <= up_to; missing is open).
    """

    kind: str
    decimals: int = 0
    section: str = ""

    @property
    def numeric(self) -> bool:
        """Whether values stand right-aligned."""
        return self.kind in (*NUMERIC_KINDS, "range", "interval")


COUNT, SHARE, CHANGE = Measure("count"), Measure("share", 1), Measure("change", 1)
MINOR, MONEY, DAYS = Measure("money_minor"), Measure("money", 2), Measure("days")
NUMBER, SCORE, TEXT, DATE = Measure("number", 2), Measure("score", 1), Measure("text"), Measure("date")

SCHEMES = (
    "rfm_segment",
    "rfm_quadrant",
    "abc",
    "value_tier",
    "frequency_tier",
    "need_type",
    "lifecycle_stage",
    "lifecycle_status",
    "satisfaction_level",
    "loyalty_level",
    "buyer_status",
)

# A registry reads best with one kind to a block.
# fmt: off
MEASURES: dict[str, Measure] = {
    **{scheme: Measure("class", section=scheme) for scheme in SCHEMES},
    # how many
    "customers": COUNT, "buyers": COUNT, "active_customers": COUNT, "orders": COUNT, "rows": COUNT,
    "customers_change": Measure("signed_count"), "net_migration": Measure("signed_count"),
    # how much of the whole
    "share": SHARE, "share_of_customers": SHARE, "share_of_revenue": SHARE,
    "repurchase_rate": SHARE, "return_rate": SHARE, "coverage": SHARE, "probability_alive": SHARE,
    # against another month
    "change": CHANGE, "change_previous": CHANGE, "change_last_year": CHANGE,
    # money
    "net_revenue_minor": MINOR, "history_revenue_minor": MINOR, "revenue_at_risk_minor": MINOR, "cost_minor": MINOR,
    "average_order_value": MONEY, "annual_spend": MONEY, "mean_repeat_spend": MONEY,
    "revenue": MONEY, "clv_12_months": Measure("money"), "clv_12_months_mean": MONEY,
    "clv_12_months_low": MONEY, "clv_12_months_high": MONEY,
    # time
    "recency_days": DAYS, "median_recency_days": DAYS, "purchase_interval_days": DAYS, "tenure_days": DAYS,
    "x": COUNT, "t_x": DAYS, "T": DAYS,
    "first_order_date": DATE, "last_order_date": DATE, "due_date": DATE, "month": Measure("month"),
    # other numbers
    "category_breadth": SCORE, "satisfaction": SCORE, "answers": COUNT, "lift": NUMBER, "value": NUMBER,
    "r_score": Measure("number"), "f_score": Measure("number"), "m_score": Measure("number"),
    "codes": TEXT, "score": Measure("number"), "weight": Measure("number"), "cells": COUNT,
    "cluster": Measure("number"),
    **{f"f_score_{score}": COUNT for score in range(5, 0, -1)},
    # intervals of a rule
    "recency_days_interval": Measure("interval", section="recency_days"),
    "orders_interval": Measure("interval", section="orders"),
    "net_revenue_minor_interval": Measure("interval", 2, section="net_revenue_minor"),
    "category_breadth_interval": Measure("interval", section="category_breadth"),
    "weighted_sum_interval": Measure("interval", section="weighted_sum"),
    "average_order_value_interval": Measure("interval", 2, section="average_order_value"),
    # classes: their value, age and movement
    "share_of_buyers": SHARE, "share_of_value": SHARE, "cumulative_share_of_buyers": SHARE,
    "cumulative_share_of_value": SHARE, "buyers_without_value": COUNT, "known_age": COUNT,
    "median_tenure_days": DAYS, "input": Measure("word", section="input"),
    "reading": Measure("word", section="classification.reading"),
    # clusters
    "k": Measure("number"), "silhouette": NUMBER, "stability": NUMBER, "davies_bouldin": NUMBER,
    "calinski_harabasz": Measure("number"), "inertia": Measure("number"), "share_correct": SHARE,
    "check": Measure("word", section="clusters.check"), "found": Measure("figure", 2), "needed": Measure("figure", 2),
    "met": Measure("word", section="clusters.met"), "chosen": Measure("word", section="clusters.chosen"),
    # movement between classes
    "before": COUNT, "gone": COUNT, "come": COUNT, "now": COUNT,
    # words
    "action": TEXT, "title": TEXT, "strategy": TEXT, "ground": TEXT, "strategy_id": TEXT, "expected_effect": TEXT,
    "rule": TEXT, "reason": TEXT, "clv_range": Measure("range", 0, "clv_12_months"), "action_code": TEXT,
    "customer_id": TEXT, "history_orders": COUNT, "resource": Measure("word", section="resource"),
    "attribute": TEXT, "share_in_base": SHARE, "text": TEXT,
    "persona": TEXT, "judged_by": TEXT, "judged_by_metrics": Measure("words", section="measure"), "file": TEXT,
    "setting": TEXT, "version": TEXT,
    "owner": Measure("word", section="owner"), "channel": Measure("word", section="channel"),
    "resource_level": Measure("word", section="resource_level"),
    "evidence": Measure("word", section="evidence"), "measure": Measure("word", section="measure"),
    # data quality
    "finding": Measure("name", section="finding"), "severity": Measure("word", section="severity"),
    "counted": Measure("word", section="counted"), "set_aside": COUNT, "amount_minor": MINOR,
    "day": DATE, "order_id": TEXT, "product_id": TEXT, "note": TEXT, "source_file": TEXT, "why": TEXT, "places": TEXT,
    "kind": Measure("word", section="line_kind"), "read": COUNT, "accepted": COUNT,
    "accepted_minor": MINOR, "set_aside_minor": MINOR, "field": Measure("name", section="field"), "filled": COUNT,
    "table": Measure("word", section="input_table"), "state": Measure("word", section="input_state"),
    "adds": Measure("word", section="input_adds"), "first_day": DATE, "last_day": DATE, "base": COUNT,
    "known_from": DATE, "left_censor_days": DAYS, "unknown_age": COUNT, "warn_above": SHARE, "stop_above": SHARE,
    "meaning": TEXT, "remedy": TEXT,
    # lifetime value
    "share_of_clv": SHARE, "share_of_history": SHARE, "clv_formula": Measure("money"), "clv_formula_mean": MONEY,
    "orders_per_month": Measure("number", 3), "lifetime_months": Measure("number"),
    "model": Measure("word", section="clv_model"),
    "parameter": TEXT, "parameter_meaning": Measure("word", section="parameter_meaning"),
    "estimate": Measure("number", 4), "standard_error": Measure("number", 4), "relative_error": SHARE,
    "repeat_customers": COUNT, "min_repeaters": COUNT, "age_known_share": SHARE, "min_age_known_share": SHARE,
    "uncertain_parameter": TEXT, "largest_relative_error": SHARE, "max_relative_error": SHARE,
    "model_state": Measure("word", section="model_state"), "log_likelihood": Measure("number", 1),
    "alive_percent": Measure("range", 0, "alive_percent"),
    # lifetime value: what lies ahead, and how earlier forecasts did
    "months": COUNT, "expected": Measure("money"), "expected_low": MONEY, "expected_high": MONEY,
    "expected_range": Measure("range", 0, "expected"), "at_risk": Measure("money"), "present_value": Measure("money"),
    "backtested": Measure("word", section="lifetime_value.backtested"), "forecasts": COUNT, "non_overlapping": COUNT,
    "revenue_3_months": Measure("money"), "revenue_6_months": Measure("money"), "at_risk_12_months": Measure("money"),
    "origin": Measure("month"), "actual": Measure("money"), "difference": CHANGE, "ranges": COUNT,
    "totals_inside": COUNT, "total_width": SHARE, "total_interval_score": SHARE, "customers_inside": SHARE,
    "customer_width": MONEY, "customer_interval_score": MONEY, "decile": COUNT, "expected_per_customer": MONEY,
    "actual_per_customer": MONEY, "candidate": Measure("word", section="clv_candidate"), "origins": COUNT, "mae": MONEY,
    "rmse": MONEY, "bias": CHANGE, "gini": Measure("number", 3), "top_decile": SHARE,
    "calendar_month": Measure("calendar_month"), "index": NUMBER,
    "repeat_purchases_interval": Measure("interval", section="repeat_purchases"), "expected_purchases": COUNT,
    "expected_spend_independent": MONEY, "expected_spend_dependent": MONEY,
}

# Columns of whole numbers (amounts in minor units): above 4 up to 8 is 5 to 8.
WHOLE_NUMBERS = ("recency_days", "orders", "category_breadth", "net_revenue_minor", "weighted_sum", "repeat_purchases")

PLACEHOLDERS = {
    "count": COUNT, "share": SHARE, "change": CHANGE, "points": Measure("points", 1), "days": DAYS, "number": NUMBER,
    "money": Measure("money_short"), "money_minor": Measure("money_minor_short"),
    "signed_money_minor": Measure("signed_money_minor_short"), "date": DATE, "score": SCORE,
    "month": Measure("month"), "signed_count": Measure("signed_count"), "number0": Measure("number"),
    "figure": Measure("figure", 1), "duration": Measure("duration"),
}
# fmt: on


class UnknownMeasureError(KeyError):
    """A column that says nowhere how it is shown: a defect of ours."""


def of_column(name: str) -> Measure:
    """Return how a column is shown."""
    if name not in MEASURES:
        raise UnknownMeasureError(f"column {name!r} is not in report/measures.py; add it there or pass kinds=")
    return MEASURES[name]


def of_placeholder(spec: str) -> Measure:
    """Return how a placeholder of the catalogue is shown: `{share:share}`, `{segment:rfm_segment}`."""
    if spec in PLACEHOLDERS:
        return PLACEHOLDERS[spec]
    return of_column(spec)


def parse(kind: "str | Measure") -> Measure:
    """Return the measure of a short form: `share`, `number:3` (decimals), `class:abc`, `word:owner`."""
    if isinstance(kind, Measure):
        return kind
    name, _, rest = kind.partition(":")
    if name in ("class", "word"):
        return Measure(name, section=rest)
    usual = {**PLACEHOLDERS, "money": MONEY, "money_minor": MINOR, "text": TEXT}
    if name not in usual:
        raise UnknownMeasureError(f"no kind of measure {kind!r}")
    return Measure(usual[name].kind, int(rest)) if rest else usual[name]


def show(words: Words, value: Any, measure: Measure) -> str:
    """Return a value as text; a missing one reads "not available", never 0."""
    if is_missing(value):
        return words("not_available")
    match measure.kind:
        case "count":
            return words.count(value)
        case "signed_count":
            return words.count(value, signed=True)
        case "share":
            return words.percent(value, measure.decimals)
        case "change":
            return words.percent(value, measure.decimals, signed=True)
        case "points":
            return words.points(value, measure.decimals)
        case "money":  # the unit stands in the heading
            return words.number(value, measure.decimals)
        case "money_minor":
            return words.number(words.minor(value), measure.decimals)
        case "money_short":
            return words.money(value)
        case "money_minor_short":
            return words.money(words.minor(value))
        case "signed_money_minor_short":
            return words.money(words.minor(value), signed=True)
        case "days" | "number" | "score":
            return words.number(value, measure.decimals)
        case "duration":
            return words.days(value, measure.decimals)
        case "figure":
            return words.number(value, 0 if float(value).is_integer() else measure.decimals)
        case "class":
            return words.name(measure.section, value)
        case "word":
            return words(f"{measure.section}.{value}")
        case "name":  # of something a dataset may have named itself
            known = f"{measure.section}.{value}"
            return words(known) if known in words else str(value).replace("_", " ")
        case "words":
            first, *others = (words(f"{measure.section}.{key}") for key in str(value).split(", "))
            return words.list([first, *(text[:1].lower() + text[1:] for text in others)])
        case "date":
            return words.date(value)
        case "month":
            return words.month(value)
        case "calendar_month":
            return words.calendar_month(int(value))
        case "range":
            low, high = (words.number(end, measure.decimals) for end in value)
            return words("unit.range", low=low, high=high)
        case "interval":
            return _interval(words, value, measure)
        case "text":
            return str(value)
    raise UnknownMeasureError(f"no kind of measure {measure.kind!r}")


def _interval(words: Words, bounds: tuple[Any, Any], measure: Measure) -> str:
    """Return above < value <= up_to in words; for whole numbers both ends are values that belong to it."""
    above, up_to = bounds
    if not is_missing(above) and not is_missing(up_to) and above >= up_to:
        return words("unit.no_value")
    whole = measure.section in WHOLE_NUMBERS
    low, high = _end(words, above, measure, int(whole)), _end(words, up_to, measure, 0)
    match low, high:
        case "", _:
            return words("unit.up_to", value=high)
        case _, "":
            return words("unit.at_least" if whole else "unit.above", value=low)
    return low if low == high else words("unit.range" if whole else "unit.above_up_to", low=low, high=high)


def _end(words: Words, end: Any, measure: Measure, next_value: int) -> str:
    """Return one end of an interval, empty where it is open."""
    if is_missing(end):
        return ""
    value = math.floor(end) + next_value if measure.section in WHOLE_NUMBERS else end
    return words.number(words.minor(value) if measure.section.endswith("_minor") else value, measure.decimals)
