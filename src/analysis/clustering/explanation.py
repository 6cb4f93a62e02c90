"""What the clusters are: their medians, and a small tree that tells them apart in plain thresholds."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from sklearn.tree import DecisionTreeClassifier

MAX_DEPTH = 3  # at most eight rules of at most three conditions: what a colleague can keep in mind
MIN_RULE_SHARE = 0.01  # a rule for fewer customers is noise
HELD_OUT_SHARE = 0.3  # of the customers, to judge the rules on customers they were not made from


def profile(clustered: pd.DataFrame, features: Sequence[str]) -> pd.DataFrame:
    """Return a row per cluster: cluster, customers, share (of the clustered), the median of each feature."""
    groups = clustered.groupby("cluster")
    sizes = groups.size()
    table = groups[list(features)].median()
    table.insert(0, "customers", sizes)
    table.insert(1, "share", sizes / len(clustered))
    return table.reset_index()


def rules(clustered: pd.DataFrame, features: Sequence[str], rng: np.random.Generator) -> tuple[pd.DataFrame, float]:
    """Return the leaves of a shallow decision tree as rules, and their share correct on held-out customers.

    Parameters
    ----------
    clustered : one row per customer: the features and `cluster`.
    features : columns a rule may use.
    rng : draws the held-out customers.

    Returns
    -------
    A row per rule, by cluster: rule (1, 2, ...), cluster, customers, share_correct (of the held-out customers
    that the rule covers; NaN if there are none), and per feature `<feature>_above` and `<feature>_up_to`: the
    rule holds where above < value <= up_to, NaN is open. Every customer is covered by exactly one rule.
    """
    values, clusters = clustered[list(features)].to_numpy(), clustered["cluster"].to_numpy(dtype=int)
    held_out = rng.permutation(len(values)) < HELD_OUT_SHARE * len(values)
    tree = DecisionTreeClassifier(max_depth=MAX_DEPTH, min_samples_leaf=MIN_RULE_SHARE, random_state=0)
    tree.fit(values[~held_out], clusters[~held_out])
    correct = pd.Series(tree.predict(values) == clusters)
    per_leaf = pd.DataFrame(
        {
            "customers": correct.groupby(tree.apply(values)).size(),
            "share_correct": correct[held_out].groupby(tree.apply(values[held_out])).mean(),
        }
    )
    leaves = _leaf_bounds(tree, features)
    bounds = pd.DataFrame(list(leaves.values()), index=list(leaves))
    table = bounds.join(per_leaf).assign(cluster=tree.classes_[tree.tree_.value[bounds.index, 0].argmax(axis=1)])
    table = table.sort_values("cluster", kind="stable", ignore_index=True)
    table["rule"] = range(1, len(table) + 1)
    return table.reindex(columns=rule_columns(features)), float(correct[held_out].mean())


def rule_columns(features: Sequence[str]) -> list[str]:
    """Return the columns of a table of rules."""
    ends = [f"{feature}_{end}" for feature in features for end in ("above", "up_to")]
    return ["rule", "cluster", "customers", "share_correct", *ends]


def _leaf_bounds(tree: DecisionTreeClassifier, features: Sequence[str]) -> dict[int, dict[str, float]]:
    """Return the bounds of each leaf, walking down from the root: a deeper bound is tighter and replaces others."""
    nodes, found = tree.tree_, {}
    ahead: list[tuple[int, dict[str, float]]] = [(0, {})]
    for node, bounds in ahead:  # grows while it is walked
        left, right = nodes.children_left[node], nodes.children_right[node]
        if left == right:  # both are -1: a leaf
            found[node] = bounds
        else:
            name, threshold = features[nodes.feature[node]], nodes.threshold[node]
            ahead += [(left, bounds | {f"{name}_up_to": threshold}), (right, bounds | {f"{name}_above": threshold})]
    return found
