"""Sentences of the page on classes by rules: each function picks a text and its values from a table shown."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from analysis.classification import NOT_BUYERS, rule_table
from analysis.classification.schemes import ABC_SHARES, TIER_SHARES
from analysis.report.wording import Words

Finding = tuple[str, dict[str, Any]]
TOP_SCORES = (4, 5)  # the upper two of five
KEY = "key_"  # quadrants of large spend
GRADES = dict.fromkeys(("r_score", "f_score", "m_score"), "word:grade")  # how quadrants show their rule


def largest_by_revenue(segments: pd.DataFrame) -> Finding:
    """Return the page's title: the segment that brings most net revenue, or the largest where there is none."""
    if segments["share_of_revenue"].isna().all():
        row = segments.iloc[segments["customers"].argmax()]
        return "classification.finding_no_revenue", {"segment": row["class"], "customers": row["share_of_customers"]}
    row = segments.iloc[segments["share_of_revenue"].argmax()]
    values = {"segment": row["class"], "customers": row["share_of_customers"], "revenue": row["share_of_revenue"]}
    return "classification.finding", values


def base(segments: pd.DataFrame) -> Finding:
    """Return how many of the base ordered in the window, and where the others are."""
    outside = segments[segments["class"].isin(NOT_BUYERS)].set_index("class")["customers"]
    total = int(segments["customers"].sum())
    others = {name: int(outside[name]) for name in NOT_BUYERS}
    return "classification.base", {"base": total, "buyers": total - sum(others.values()), **others}


def largest_group(segments: pd.DataFrame) -> Finding:
    """Return the largest segment by customers."""
    row = segments.iloc[segments["customers"].argmax()]
    return "classification.segment_sizes", {
        "segment": row["class"],
        "customers": int(row["customers"]),
        "base": int(segments["customers"].sum()),
        "share": row["share_of_customers"],
    }


def top_three(segments: pd.DataFrame) -> Finding:
    """Return the three segments that bring most net revenue."""
    if segments["share_of_revenue"].isna().all():
        return "classification.rfm", {}
    best = segments.nlargest(3, "share_of_revenue")
    names = dict(zip(("first", "second", "third"), best["class"], strict=True))
    return "classification.rfm_top", {**names, "share": best["share_of_revenue"].sum()}


def top_scores(matrix: pd.DataFrame) -> Finding:
    """Return how many buyers score high on recency and frequency at once."""
    columns = [f"f_score_{score}" for score in TOP_SCORES]
    high = int(matrix.loc[matrix["r_score"].isin(TOP_SCORES), columns].to_numpy().sum())
    buyers = int(matrix["customers"].sum())
    return "classification.rfm_grid", {"customers": high, "buyers": buyers, "share": high / buyers if buyers else None}


def best_score(thresholds: pd.DataFrame) -> Finding:
    """Return what a customer needs for the best score in all three."""
    row = thresholds.iloc[thresholds["score"].argmax()]
    return "classification.thresholds", {
        "score": int(row["score"]),
        "days": row["recency_days_up_to"],
        "orders": int(row["orders_above"]) + 1,
        "revenue": row["net_revenue_minor_above"],
    }


def empty_scores(thresholds: pd.DataFrame, column: str) -> int:
    """Return how many scores of an input no value has, because baseline values were tied."""
    return int((thresholds[f"{column}_above"] >= thresholds[f"{column}_up_to"]).sum())


def score_note(thresholds: pd.DataFrame) -> Finding:
    """Return the remark below the thresholds; with empty scores it explains them."""
    inputs = [name.removesuffix("_above") for name in map(str, thresholds) if name.endswith("_above")]
    empty = sum(empty_scores(thresholds, name) for name in inputs)
    return ("classification.scores_note_empty", {"empty": empty}) if empty else ("classification.scores_note", {})


def breadth_is_flat(thresholds: pd.DataFrame) -> bool:
    """Tell whether all cut points of category breadth are the same, so that it hardly tells buyers apart."""
    return empty_scores(thresholds, "category_breadth") == len(thresholds) - 2


def oddities() -> dict[str, str]:
    """Return the segments of the codes that the page names as examples of what the published list is not."""
    rules = rule_table("rfm_segment", {"rfm_segment": []})
    of_code = {code: row["class"] for _, row in rules.iterrows() for code in row["codes"].split()}
    return {f"code_{code}": of_code[code] for code in ("321", "322", "144", "145", "113", "151")}


def new_customers(age: pd.DataFrame) -> Finding:
    """Return how long ago the first order of the new customers lies, as far as it is known."""
    row = age.loc[age["class"] == "new_customers"].iloc[0]
    values = {"customers": int(row["customers"]), "known": int(row["known_age"]), "days": row["median_tenure_days"]}
    return ("classification.new_customers" if row["known_age"] else "classification.new_customers_unknown"), values


def key_quadrants(quadrants: pd.DataFrame) -> Finding:
    """Return what the four quadrants of large spend hold together."""
    key = quadrants[quadrants["class"].str.startswith(KEY)]
    values = {"customers": key["share_of_customers"].sum(), "revenue": key["share_of_revenue"].sum(min_count=1)}
    return "classification.quadrants", values


def high_from(quadrants: pd.DataFrame) -> Finding:
    """Return from which score on each of the three counts as high."""
    row = quadrants.dropna(subset="r_score_high_from").iloc[0]
    return "classification.quadrants_note", {name: row[f"{name}_score_high_from"] for name in ("r", "f", "m")}


def best_class(classes: pd.DataFrame) -> Finding:
    """Return how much of the value the buyers of class A hold; or that there is no value to share."""
    row = classes.iloc[0]
    if pd.isna(row["share_of_value"]):
        return "classification.abc_not_available", {}
    return "classification.abc_curve", {"buyers": row["share_of_buyers"], "value": row["share_of_value"]}


def abc_note(classes: pd.DataFrame) -> Finding:
    """Return the shares at which the cuts were set, and how many buyers have no value."""
    shares = {name: percent / 100 for name, percent in ABC_SHARES.items()}
    without = int(classes["buyers_without_value"].sum())
    return "classification.abc_note" + ("_without" if without else ""), {**shares, "without": without}


def tier_shares() -> dict[str, float]:
    """Return the shares of the baseline's buyers at which tiers were cut."""
    return {name: percent / 100 for name, percent in TIER_SHARES.items()}


def best_tier(tiers: pd.DataFrame, scheme: str) -> Finding:
    """Return what the highest tier of a scheme holds."""
    row = tiers.iloc[0]
    return f"classification.{scheme}", {"customers": row["share_of_customers"], "revenue": row["share_of_revenue"]}


def movement(net: pd.DataFrame) -> Finding:
    """Return the net migration of the value tier with its interval; without movers, that nobody moved."""
    row = net.iloc[0]
    values: Mapping[str, Any] = {name: row[name] for name in ("up", "down", "net")}
    if row["up"] + row["down"] == 0:
        return "classification.moved_nobody", {"both": int(row["both_months"])}
    key = "up" if row["net_low"] > 0 else "down" if row["net_high"] < 0 else "noise"
    counts = {name: int(value) for name, value in values.items()}
    return f"classification.moved_{key}", {**counts, "low": row["net_low"], "high": row["net_high"]}


def matrix_look(table: pd.DataFrame, words: Words, scheme: str) -> dict[str, Any]:
    """Return how `Page.table` shows a migration table: classes by name in rows and heads, cells shaded by size."""
    classes = [str(name) for name in table.columns[1:-1]]
    headings = {name: words.name(scheme, name) for name in classes}
    return {
        "headings": {**headings, "from_class": words.scheme(scheme), "customers": words("ui.total")},
        "kinds": {**dict.fromkeys(classes, "count"), "from_class": f"class:{scheme}"},
        "heat": classes,
    }
