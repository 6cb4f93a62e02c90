"""From classes to recommendations, and from recommendations to the month's first actions."""

import datetime as dt
from collections.abc import Iterable

import numpy as np
import pandas as pd

from analysis.errors import InputError
from analysis.strategy.schema import Playbook, Strategy

# The figures that each reason quotes; a reason is shown only if all of them are known.
REASON_FIGURES: dict[str, tuple[str, ...]] = {
    "customer_share": ("share_of_customers",),
    "customer_and_revenue_share": ("share_of_customers", "share_of_revenue"),
    "order_value_and_revenue_share": ("average_order_value", "share_of_revenue"),
    "recency_and_customer_share": ("median_recency_days", "share_of_customers"),
    "recency_and_order_value": ("median_recency_days", "average_order_value"),
    "recency_and_revenue_share": ("median_recency_days", "share_of_revenue"),
}
PRICE_MARK = "¥ "  # a strategy that works by the price carries it wherever its title stands
FIGURES = ("share_of_customers", "share_of_revenue", "average_order_value", "median_recency_days")
SEGMENT_COLUMNS = ("class", "customers", "net_revenue_minor", *FIGURES)
ACTION_COLUMNS = (
    "class",
    "strategy_id",
    "title_en",
    "title_zh",
    "customers",
    "net_revenue_minor",
    "owner",
    "channel",
    "price_type",
    "ground_en",
    "ground_zh",
    "judged_by",
    "judged_by_metrics",
    "evidence",
)


def recommend(segments: pd.DataFrame, scheme: str, playbook: Playbook) -> pd.DataFrame:
    """Return the strategy of every class of a scheme, with the figures that speak for it.

    Parameters
    ----------
    segments : one row per class in class order; columns class, customers, net_revenue_minor (whole minor
        units), share_of_customers, share_of_revenue (fractions), average_order_value (currency),
        median_recency_days. Figures may be missing; other columns are left out.
    scheme : key of the scheme, such as "rfm_segment".

    Returns
    -------
    DataFrame, one row per row of `segments`, same order, classes without customers included: class, customers,
    net_revenue_minor, the four figures, strategy_id, title_en, title_zh, strategy_en, strategy_zh, owner,
    channel, resource_level, price_type, ground_en, ground_zh (missing unless price_type), judged_by (ids of
    metrics), judged_by_metrics (their keys), evidence, source, due_days, reason. Lists are joined by ", ". The
    reason is a key of `REASON_FIGURES`; "no_customers" where there are none, "customers_only" where a figure it
    needs is missing. Empty in, empty out with the same columns.

    Raises: InputError if a column is missing, a class occurs twice, or the playbook lacks a class.
    """
    _check_segments(segments)
    kept = segments[list(SEGMENT_COLUMNS)].reset_index(drop=True)
    strategies = [playbook.find(scheme, name) for name in kept["class"]]
    rows = pd.DataFrame([_row(strategy, playbook) for strategy in strategies], columns=list(_ROW_DTYPES))
    result = pd.concat([kept, rows.astype(_ROW_DTYPES)], axis=1)
    result["reason"] = _known_reason(result)
    return result


def for_clusters(verdict: str, playbook: Playbook) -> pd.DataFrame:
    """Return the one strategy for a verdict on clusters; any but `stable` is answered as `not_stable`.

    Columns are those that `recommend` adds to a class.
    """
    strategy = playbook.find("cluster", "stable" if verdict == "stable" else "not_stable")
    return pd.DataFrame([_row(strategy, playbook)]).astype(_ROW_DTYPES)


def top_actions(
    recommendations: pd.DataFrame, as_of: dt.date | dt.datetime | pd.Timestamp, limit: int = 5
) -> pd.DataFrame:
    """Return the first actions of the month: classes with customers, most net revenue at stake first.

    Parameters
    ----------
    recommendations : result of `recommend`.
    as_of : first instant after the month, in the reporting time zone; its calendar date counts.
    limit : number of actions at most.

    Returns
    -------
    DataFrame with `ACTION_COLUMNS`, then due_date (datetime64, as_of date + due_days), expected_effect and
    cost_minor (both missing: neither was measured), each with its reason key: expected_effect_reason
    "no_effect_measured_yet", cost_reason "no_cost_data". Equal revenue keeps the class order. Classes whose
    resource level is "none" ask for no action and are left out.

    Raises: InputError if `limit` is negative.
    """
    if limit < 0:
        raise InputError(
            "cannot show a negative number of actions",
            where="top_actions, limit",
            got=limit,
            expected="0 or more",
            do="Pass the number of actions to show.",
        )
    asked = (recommendations["customers"] > 0) & (recommendations["resource_level"] != "none")
    ordered = recommendations[asked].sort_values("net_revenue_minor", ascending=False, kind="stable")
    first = ordered.head(limit).reset_index(drop=True)
    start = pd.Timestamp(as_of).tz_localize(None).normalize()
    actions = first[list(ACTION_COLUMNS)].copy()
    actions["due_date"] = start.to_datetime64() + first["due_days"].to_numpy().astype("timedelta64[D]")
    actions["expected_effect"] = np.nan
    actions["expected_effect_reason"] = pd.Series("no_effect_measured_yet", index=first.index, dtype="str")
    actions["cost_minor"] = np.nan
    actions["cost_reason"] = pd.Series("no_cost_data", index=first.index, dtype="str")
    return actions


_ROW_DTYPES = {
    "strategy_id": "str",
    "title_en": "str",
    "title_zh": "str",
    "strategy_en": "str",
    "strategy_zh": "str",
    "owner": "str",
    "channel": "str",
    "resource_level": "str",
    "price_type": "bool",
    "ground_en": "str",
    "ground_zh": "str",
    "judged_by": "str",
    "judged_by_metrics": "str",
    "evidence": "str",
    "source": "str",
    "due_days": "int64",
    "reason": "str",
}


def _row(strategy: Strategy, playbook: Playbook) -> dict[str, object]:
    ground = strategy.ground
    return {
        "strategy_id": strategy.id,
        "title_en": PRICE_MARK * strategy.price_type + strategy.title.en,
        "title_zh": PRICE_MARK * strategy.price_type + strategy.title.zh,
        "strategy_en": strategy.strategy.en,
        "strategy_zh": strategy.strategy.zh,
        "owner": strategy.owner,
        "channel": strategy.channel,
        "resource_level": strategy.resource_level,
        "price_type": strategy.price_type,
        "ground_en": ground.en if ground else None,
        "ground_zh": ground.zh if ground else None,
        "judged_by": ", ".join(strategy.judged_by),
        "judged_by_metrics": ", ".join(playbook.metrics[metric] for metric in strategy.judged_by),
        "evidence": strategy.evidence,
        "source": ", ".join(strategy.source),
        "due_days": strategy.due_days,
        "reason": strategy.reason,
    }


def _known_reason(rows: pd.DataFrame) -> pd.Series:
    """Return the reason of each row, or the weaker one that its figures allow."""
    unknown = pd.Series(False, index=rows.index)
    for reason, figures in REASON_FIGURES.items():
        unknown |= (rows["reason"] == reason) & rows[list(figures)].isna().any(axis=1)
    return rows["reason"].mask(unknown, "customers_only").mask(rows["customers"] == 0, "no_customers")


def _check_segments(segments: pd.DataFrame) -> None:
    missing = [name for name in SEGMENT_COLUMNS if name not in segments.columns]
    if missing:
        raise _wrong("columns are missing", ", ".join(missing), ", ".join(SEGMENT_COLUMNS))
    twice = segments.loc[segments["class"].duplicated(), "class"]
    if len(twice):
        raise _wrong("a class occurs twice", _listed(twice), "one row per class")


def _listed(values: Iterable[object]) -> str:
    return ", ".join(map(str, values))


def _wrong(what: str, got: str, expected: str) -> InputError:
    return InputError(what, where="segments", got=got, expected=expected, do="Pass the summary of one scheme by class.")
