"""Sentences of the page on clusters: each function picks a text and its values from a table shown."""

from typing import Any

import pandas as pd

from analysis.report.wording import Words

Finding = tuple[str, dict[str, Any]]
# Kaufman and Rousseeuw (1990), Finding Groups in Data: a silhouette up to 0.50 is a weak structure.
WEAK_UP_TO = 0.50
MEDIANS = {"cluster": "text", "orders": "figure:1", "recency_days": "figure:1", "category_breadth": "figure:1"}


def title(verdict: pd.DataFrame) -> Finding:
    """Return the page's title: the verdict."""
    row = verdict.iloc[0]
    return f"clusters.finding_{row['key']}", {"k": row["k"]} if row["key"] == "stable" else {}


def reason(verdict: pd.DataFrame, checks: pd.DataFrame) -> Finding:
    """Return why the verdict is what it is, with figures and thresholds; the first check that failed decides.

    Parameters
    ----------
    verdict, checks : as `Clustering.verdict` and `clustering.verdict_checks`.
    """
    row = verdict.iloc[0]
    values = {
        "buyers": int(row["buyers"]),
        "buyers_needed": int(row["buyers_needed"]),
        "k": row["k"],
        "stability": row["stability"],
        "stability_needed": row["stability_needed"],
        "silhouette": row["silhouette"],
        "silhouette_needed": row["silhouette_needed"],
        "cloud": row["silhouette_of_one_cloud"],
    }
    if row["key"] != "not_stable":
        return f"clusters.reason_{row['key']}", values
    if pd.isna(row["k"]):
        return "clusters.reason_alike", values
    failed = checks.loc[~checks["met"].astype(bool), "check"].iloc[0]
    return f"clusters.reason_{failed}", values


def use(verdict: pd.DataFrame) -> str:
    """Return what to do with the clusters: without a stable result, use the primary scheme."""
    return "clusters.use_stable" if verdict["key"].iloc[0] == "stable" else "clusters.use_not_stable"


def profile_caption(verdict: pd.DataFrame) -> str:
    """Return the caption of the profile; it is only evidence when the clusters are not stable."""
    return "clusters.profile" if verdict["key"].iloc[0] == "stable" else "clusters.profile_evidence"


def is_weak(verdict: pd.DataFrame) -> bool:
    """Tell whether stable clusters still blend into one another."""
    row = verdict.iloc[0]
    return bool(row["key"] == "stable" and row["silhouette"] <= WEAK_UP_TO)


def stable_numbers(criteria: pd.DataFrame, verdict: pd.DataFrame) -> Finding:
    """Return for how many numbers of clusters all of them come back in resamples."""
    stable = int((criteria["stability"] >= verdict["stability_needed"].iloc[0]).sum())
    return "clusters.stable_ks", {"stable": stable, "tried": len(criteria)}


def chosen(criteria: pd.DataFrame) -> Finding:
    """Return which number of clusters is separated best."""
    row = criteria[criteria["chosen"].astype(bool)].iloc[0]
    tried = {"fewest": criteria["k"].min(), "most": criteria["k"].max()}
    return "clusters.criteria", {"k": row["k"], "silhouette": row["silhouette"], **tried}


def contrast(profile: pd.DataFrame) -> Finding:
    """Return the clusters of most and of least net revenue side by side."""
    values: dict[str, Any] = {}
    for name, row in (("first", profile.iloc[0]), ("last", profile.iloc[-1])):
        values |= {
            name: int(row["cluster"]),
            f"{name}_share": row["share"],
            f"{name}_orders": row["orders"],
            f"{name}_revenue": row["net_revenue_minor"],
        }
    return "clusters.contrast", values


def fidelity(verdict: pd.DataFrame, profile: pd.DataFrame) -> Finding:
    """Return how often the rules are right on buyers they were not made from, and what a blind guess would reach."""
    values = {"correct": verdict["rules_share_correct"].iloc[0], "largest": profile["share"].max()}
    return "clusters.fidelity", values


def cluster_look(table: pd.DataFrame, words: Words) -> dict[str, Any]:
    """Return how `Page.table` shows the columns `cluster_1`, `cluster_2` ... of `clustering.cluster_by_class`."""
    names = [str(name) for name in table if str(name).startswith("cluster_")]
    numbers = {name: words("clusters.number", number=int(name.removeprefix("cluster_"))) for name in names}
    return {"headings": numbers, "kinds": dict.fromkeys(names, "count"), "heat": names}
