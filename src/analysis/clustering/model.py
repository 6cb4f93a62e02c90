"""Clusters of buyers by their purchase behaviour, numbered by what they bring."""

import numpy as np
import pandas as pd
from sklearn.preprocessing import StandardScaler

from analysis.clustering import explanation
from analysis.clustering.kmeans import CRITERIA, criteria, fitted, repeatable, silhouette_of_one_cloud
from analysis.clustering.result import Clustering

# Never missing for a buyer, so nothing is imputed. Net revenue is left out: it is orders times average order
# value, and would count both twice. The purchase interval is left out: one-time buyers have none.
FEATURES = ("recency_days", "orders", "average_order_value", "category_breadth")
REVENUE = "net_revenue_minor"  # numbers the clusters and describes them; see FEATURES
KS = range(2, 9)  # more than eight groups are more than anybody plans for
MIN_BUYERS = 80  # eight clusters of ten, the smallest group whose money pages show
FIT_ROWS = 20_000  # bounds time and memory; all other buyers go to the nearest centre
STABLE_FROM = 0.75  # Hennig (2007): a mean Jaccard similarity below 0.75 is no stable cluster
SEPARATED_FROM = 0.25  # Kaufman and Rousseeuw (1990), Finding Groups in Data: a silhouette up to 0.25 is no structure

STABLE, NOT_STABLE, TOO_FEW_CUSTOMERS = "stable", "not_stable", "too_few_customers"


def cluster(customers: pd.DataFrame, random_state: int) -> Clustering:
    """Return clusters of the buyers and a verdict on whether they can be relied on.

    k-means on FEATURES, made less skewed by arcsinh (like a logarithm, but also for 0 and for the negative
    averages that late returns leave) and standardised. k is the one of KS with the highest silhouette. The
    verdict is `stable` when every cluster is found again in bootstrap resamples (STABLE_FROM), and the silhouette
    is above SEPARATED_FROM and above what k-means reaches on clouds without clusters. Otherwise the
    clusters are still returned, to look at and not to act on. Fewer than MIN_BUYERS buyers are not clustered.

    Time grows linearly with the number of customers: models are fitted to at most FIT_ROWS buyers drawn by
    `random_state`, the silhouette is taken on a sample. Row order, customer ids and the number of threads never
    matter; equal buyers share a cluster.

    Parameters
    ----------
    customers : the customer table.
    random_state : seed of every draw.
    """
    buyers = customers[customers["buyer_status"] == "buyer"]
    if len(buyers) < MIN_BUYERS:
        return _without_clusters(customers, TOO_FEW_CUSTOMERS)
    rng = np.random.default_rng(random_state)
    # Different buyers in sorted order: what follows cannot know rows or ids, nor split equal buyers.
    different, place = np.unique(buyers[list(FEATURES)].to_numpy(dtype=float), axis=0, return_inverse=True)
    rows = np.sort(place if len(place) <= FIT_ROWS else rng.choice(np.sort(place), FIT_ROWS, replace=False))
    ks = [k for k in KS if k < len(np.unique(rows))]
    if not ks:
        return _without_clusters(customers, NOT_STABLE)

    values = np.arcsinh(different)
    points = StandardScaler().fit(values[rows]).transform(values)
    with repeatable():
        models = {k: fitted(points[rows], k, rng) for k in ks}
        table = criteria(points[rows], models, rng)
        best = table.iloc[int(table["silhouette"].argmax())]
        cloud = silhouette_of_one_cloud(points[rows], int(best["k"]), rng)
        found = models[int(best["k"])].predict(points)[place]

    clustered = _numbered(buyers, found)
    rules, rules_share_correct = explanation.rules(clustered.sort_values(list(FEATURES)), FEATURES, rng)
    stable = best["stability"] >= STABLE_FROM and best["silhouette"] > max(SEPARATED_FROM, cloud)
    return Clustering(
        labels=_labels(customers, clustered["cluster"]),
        criteria=table.assign(chosen=table["k"] == best["k"]),
        profile=explanation.profile(clustered, (*FEATURES, REVENUE)),
        rules=rules,
        verdict=_verdict(
            STABLE if stable else NOT_STABLE,
            len(buyers),
            k=int(best["k"]),
            stability=best["stability"],
            silhouette=best["silhouette"],
            silhouette_of_one_cloud=cloud,
            rules_share_correct=rules_share_correct,
        ),
    )


def _numbered(buyers: pd.DataFrame, found: np.ndarray) -> pd.DataFrame:
    """Return the buyers with `cluster`: 1 has the highest median net revenue, whatever number k-means drew."""
    medians = buyers.groupby(found)[[REVENUE, *FEATURES]].median()
    ranked = medians.sort_values([REVENUE, *FEATURES], ascending=False).index
    number = dict(zip(ranked, range(1, len(ranked) + 1), strict=True))
    return buyers.assign(cluster=pd.Series(found, index=buyers.index).map(number).astype("Int64"))


def _labels(customers: pd.DataFrame, clusters: pd.Series) -> pd.DataFrame:
    return customers[["customer_id"]].assign(cluster=clusters).reset_index(drop=True)


def _verdict(key: str, buyers: int, **figures: float) -> pd.DataFrame:
    sought = ("k", "stability", "silhouette", "silhouette_of_one_cloud", "rules_share_correct")
    needed = {"buyers_needed": MIN_BUYERS, "stability_needed": STABLE_FROM, "silhouette_needed": SEPARATED_FROM}
    found = {name: float(figures.get(name, np.nan)) for name in sought}
    return pd.DataFrame([{"key": key, "buyers": buyers, **needed, **found}])


def _without_clusters(customers: pd.DataFrame, key: str) -> Clustering:
    nobody = customers.head(0).assign(cluster=pd.Series(dtype="Int64"))
    return Clustering(
        labels=_labels(customers, nobody["cluster"]),
        criteria=pd.DataFrame(columns=[*CRITERIA, "chosen"], dtype=float),
        profile=explanation.profile(nobody, (*FEATURES, REVENUE)),
        rules=pd.DataFrame(columns=explanation.rule_columns(FEATURES), dtype=float),
        verdict=_verdict(key, int((customers["buyer_status"] == "buyer").sum())),
    )
