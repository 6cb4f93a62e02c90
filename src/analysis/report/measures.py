"""How each column of a table is shown: its kind and decimals. Its heading, with the unit, is `column.<name>`.

Full precision is in the CSV file beside each table; the decimals here are for reading only.
"""

from dataclasses import dataclass
from typing import Any

from analysis.report.wording import Words, is_missing

NUMERIC_KINDS = (
    "count", "signed_count", "share", "change", "points", "money", "money_minor", "days", "number", "score",
)  # fmt: skip


@dataclass(frozen=True)
class Measure:
    """One way to show a value.

    kind : one of `NUMERIC_KINDS`, or `class` (a class key of `section`, a scheme), `word` or `words` (one key of the
        catalogue's section `section`, or several joined by ", "), `date`, `month`, `text` (as it is), `range` (the
        columns `<section>_low` and `<section>_high`, shown as one).
    """

    kind: str
    decimals: int = 0
    section: str = ""

    @property
    def numeric(self) -> bool:
        """Whether values stand right-aligned."""
        return self.kind in (*NUMERIC_KINDS, "range")


COUNT, SHARE, CHANGE = Measure("count"), Measure("share", 1), Measure("change", 1)
MINOR, MONEY, DAYS = Measure("money_minor"), Measure("money", 2), Measure("days")
NUMBER, SCORE, TEXT, DATE = Measure("number", 2), Measure("score", 1), Measure("text"), Measure("date")

SCHEMES = (
    "rfm_segment", "rfm_quadrant", "abc", "value_tier", "frequency_tier", "need_type", "lifecycle_stage",
    "lifecycle_status", "satisfaction_level", "loyalty_level", "buyer_status",
)  # fmt: skip

MEASURES: dict[str, Measure] = {
    **{scheme: Measure("class", section=scheme) for scheme in SCHEMES},
    # how many
    "customers": COUNT, "buyers": COUNT, "active_customers": COUNT, "orders": COUNT, "rows": COUNT,
    "customers_before": COUNT, "customers_last_year": COUNT, "customers_change": Measure("signed_count"),
    "net_migration": Measure("signed_count"),
    # how much of the whole
    "share": SHARE, "share_of_customers": SHARE, "share_of_revenue": SHARE, "share_of_rows": SHARE,
    "cumulative_share_of_revenue": SHARE, "repurchase_rate": SHARE, "return_rate": SHARE, "retention_rate": SHARE,
    "coverage": SHARE, "probability_alive": SHARE, "churn_risk": SHARE,
    # against another month
    "change": CHANGE, "change_previous": CHANGE, "change_last_year": CHANGE,
    # money
    "net_revenue_minor": MINOR, "history_revenue_minor": MINOR, "revenue_at_risk_minor": MINOR, "cost_minor": MINOR,
    "smallest_value_minor": MINOR, "average_order_value": MONEY, "annual_spend": MONEY, "mean_repeat_spend": MONEY,
    "average_spend_per_buyer": MONEY, "clv_12_months": Measure("money"), "clv_12_months_mean": MONEY,
    "clv_12_months_low": MONEY,
    "clv_12_months_high": MONEY,
    # time
    "recency_days": DAYS, "median_recency_days": DAYS, "purchase_interval_days": DAYS, "tenure_days": DAYS,
    "first_order_date": DATE, "last_order_date": DATE, "due_date": DATE, "month": Measure("month"),
    # other numbers
    "orders_per_buyer": NUMBER, "items_per_order": NUMBER, "category_breadth": SCORE, "satisfaction": SCORE,
    "answers": COUNT, "lift": NUMBER, "value": NUMBER,
    "r_score": Measure("number"), "f_score": Measure("number"), "m_score": Measure("number"),
    # words
    "action": TEXT, "title": TEXT, "strategy": TEXT, "ground": TEXT, "strategy_id": TEXT, "expected_effect": TEXT,
    "rule": TEXT, "reason": TEXT, "clv_range": Measure("range", 0, "clv_12_months"), "action_code": TEXT,
    "persona": TEXT, "judged_by": TEXT, "judged_by_metrics": Measure("words", section="measure"), "file": TEXT,
    "setting": TEXT, "version": TEXT,
    "owner": Measure("word", section="owner"), "channel": Measure("word", section="channel"),
    "resource_level": Measure("word", section="resource_level"),
    "evidence": Measure("word", section="evidence"), "measure": Measure("word", section="measure"),
}  # fmt: skip

PLACEHOLDERS = {
    "count": COUNT, "share": SHARE, "change": CHANGE, "points": Measure("points", 1), "days": DAYS, "number": NUMBER,
    "money": Measure("money_short"), "money_minor": Measure("money_minor_short"), "date": DATE, "score": SCORE,
    "month": Measure("month"), "signed_count": Measure("signed_count"), "number0": Measure("number"),
}  # fmt: skip


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
        case "days" | "number" | "score":
            return words.number(value, measure.decimals)
        case "class":
            return words.name(measure.section, value)
        case "word":
            return words(f"{measure.section}.{value}")
        case "words":
            return words.list([words(f"{measure.section}.{key}") for key in str(value).split(", ")])
        case "date":
            return words.date(value)
        case "month":
            return words.month(value)
        case "range":
            low, high = (words.number(end, measure.decimals) for end in value)
            return words("unit.range", low=low, high=high)
        case "text":
            return str(value)
    raise UnknownMeasureError(f"no kind of measure {measure.kind!r}")
