"""The tables that `cluster` returns; apart from it, so that reading a kept result needs no scikit-learn."""

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Clustering:
    """Result of `cluster`.

    Attributes
    ----------
    labels : customer_id, cluster (Int64, 1 has the highest median net revenue; missing unless a buyer, or when
        no clusters were sought), a row per customer in the order given.
    criteria : a row per k: k, inertia, silhouette, calinski_harabasz, davies_bouldin, stability, chosen.
    profile : a row per cluster: cluster, customers, share (of buyers), and medians in natural units of
        recency_days, orders, average_order_value, category_breadth, net_revenue_minor.
    rules : see `analysis.clustering.explanation.rules`.
    verdict : one row: key (stable, not_stable, too_few_customers), buyers, buyers_needed, k, stability,
        stability_needed, silhouette, silhouette_needed, silhouette_of_one_cloud (to be exceeded as well),
        rules_share_correct (of held-out buyers); NaN where nothing was sought.
    """

    labels: pd.DataFrame
    criteria: pd.DataFrame
    profile: pd.DataFrame
    rules: pd.DataFrame
    verdict: pd.DataFrame
