"""Clusters that are there are found; clusters that are not there are not believed."""

from functools import cache

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

from analysis.clustering.explanation import rules
from analysis.clustering.model import FEATURES, Clustering, cluster

# Centres on the scale of arcsinh, far apart next to a spread of 0.15: recency, orders, average order, categories.
CENTRES = np.array([[1.5, 4.5, 3.5, 4.5], [4.5, 1.5, 3.5, 2.0], [3.0, 3.0, 6.0, 3.0]])


def shop(scaled: np.ndarray) -> pd.DataFrame:
    """Return a customer table of buyers whose features are `scaled` after arcsinh."""
    table = pd.DataFrame(np.sinh(scaled), columns=list(FEATURES))
    table.insert(0, "customer_id", [f"c{number:05d}" for number in range(len(table))])
    revenue = (100 * table["orders"] * table["average_order_value"]).round().astype("int64")
    return table.assign(buyer_status="buyer", net_revenue_minor=revenue)


def cloud(size: int, along: float, seed: int) -> np.ndarray:
    """Return one normal cloud, `along` times longer in one direction than in the others."""
    rng = np.random.default_rng(seed)
    return 4 + along * 0.3 * rng.normal(size=(size, 1)) / 2 + 0.3 * rng.normal(size=(size, 4))


@cache
def blobs() -> tuple[pd.DataFrame, np.ndarray, Clustering]:
    rng = np.random.default_rng(3)
    truth = np.repeat([0, 1, 2], [60, 90, 120])
    customers = shop(CENTRES[truth] + 0.15 * rng.normal(size=(270, 4)))
    others = pd.DataFrame({"customer_id": ["x1", "x2"], "buyer_status": ["lapsed", "never_ordered"]})
    customers = pd.concat([others, customers], ignore_index=True).fillna({"net_revenue_minor": 0})
    return customers, truth, cluster(customers, random_state=1)


def test_separate_blobs_are_recovered_and_called_stable():
    _, truth, found = blobs()
    verdict = found.verdict.iloc[0]
    assert (verdict["key"], verdict["k"], verdict["buyers"]) == ("stable", 3, 270)
    assert adjusted_rand_score(truth, found.labels["cluster"].dropna()) == 1
    assert verdict["stability"] > 0.95
    assert found.criteria.loc[found.criteria["chosen"], "k"].tolist() == [3]


def test_customers_who_are_no_buyers_have_no_cluster():
    customers, _, found = blobs()
    assert found.labels["customer_id"].tolist() == customers["customer_id"].tolist()
    assert found.labels["cluster"].isna().sum() == 2
    assert found.labels["cluster"].iloc[:2].isna().all()


def test_clusters_are_numbered_by_median_net_revenue():
    customers, _, found = blobs()
    medians = customers.groupby(found.labels["cluster"])["net_revenue_minor"].median()
    assert medians.index.tolist() == [1, 2, 3]
    assert medians.is_monotonic_decreasing
    assert found.profile["net_revenue_minor"].tolist() == medians.tolist()


def test_the_profile_holds_every_buyer_in_natural_units():
    customers, _, found = blobs()
    assert found.profile["customers"].sum() == 270
    assert found.profile["share"].sum() == pytest.approx(1)
    first = customers[(found.labels["cluster"] == 1).fillna(False)]
    assert found.profile.loc[0, list(FEATURES)].tolist() == first[list(FEATURES)].median().tolist()


def test_rules_replayed_cover_every_buyer_once_and_name_the_cluster():
    customers, _, found = blobs()
    covered = pd.DataFrame(False, index=customers.index, columns=found.rules["rule"])
    for rule in found.rules.to_dict("records"):
        holds = customers["buyer_status"] == "buyer"
        for feature in FEATURES:
            above, up_to = rule[f"{feature}_above"], rule[f"{feature}_up_to"]
            holds &= ~(customers[feature] <= above) & ~(customers[feature] > up_to)  # NaN is open
        covered[rule["rule"]] = holds
        assert holds.sum() == rule["customers"]
        assert (found.labels.loc[holds, "cluster"] == rule["cluster"]).all()
    assert covered.loc[customers["buyer_status"] == "buyer"].sum(axis=1).eq(1).all()
    assert found.verdict["rules_share_correct"].item() == 1


def test_a_cluster_too_small_for_a_rule_leaves_one_rule_for_everybody():
    clustered = pd.DataFrame({"orders": [9] + [1] * 999, "cluster": [1] + [2] * 999})
    table, _ = rules(clustered, ["orders"], np.random.default_rng(0))
    assert table[["cluster", "customers"]].to_numpy().tolist() == [[2, 1000]]
    assert table[["orders_above", "orders_up_to"]].isna().all(axis=None)


def test_row_order_and_ids_never_matter():
    customers, _, found = blobs()
    order = np.random.default_rng(5).permutation(len(customers))
    moved = customers.iloc[order].assign(customer_id=[f"renamed{place}" for place in range(len(order))])
    again = cluster(moved, random_state=1)
    assert again.labels["cluster"].tolist() == found.labels["cluster"].iloc[order].tolist()
    for table in ("criteria", "profile", "rules", "verdict"):
        pd.testing.assert_frame_equal(getattr(again, table), getattr(found, table), check_exact=True)


def test_another_seed_draws_other_resamples_but_finds_the_same_blobs():
    customers, _, found = blobs()
    again = cluster(customers, random_state=2)
    assert again.labels["cluster"].equals(found.labels["cluster"])
    assert not again.criteria["stability"].equals(found.criteria["stability"])


@pytest.mark.parametrize("seed", [0, 1])
def test_a_round_cloud_is_not_stable(seed: int):
    verdict = cluster(shop(cloud(300, along=0, seed=seed)), random_state=seed).verdict.iloc[0]
    assert verdict["key"] == "not_stable"
    assert verdict["stability"] < verdict["stability_needed"]


def test_the_halves_of_one_long_cloud_come_back_but_are_no_clusters():
    verdict = cluster(shop(cloud(300, along=6, seed=0)), random_state=0).verdict.iloc[0]
    assert verdict["stability"] > verdict["stability_needed"]
    assert verdict["silhouette"] <= verdict["silhouette_of_one_cloud"]
    assert verdict["key"] == "not_stable"


@pytest.mark.parametrize("seed", range(4))
def test_buyers_who_all_order_at_random_alike_are_no_clusters(seed: int):
    # Skewed, tied and correlated, as purchases are: orders are Poisson with gamma rates, the rest follows from them.
    rng = np.random.default_rng(seed)
    orders = rng.poisson(rng.gamma(2.0, 3.0, 300)) + 1
    recency = rng.exponential(90 / orders).round() + 1
    features = [recency, orders, rng.gamma(4.0, 10.0, 300), np.minimum(orders, rng.poisson(orders) + 1)]
    assert cluster(shop(np.arcsinh(np.column_stack(features))), random_state=0).verdict["key"][0] == "not_stable"


@pytest.mark.parametrize("count", [0, 1, 79])
def test_few_buyers_are_not_clustered(count: int):
    found = cluster(shop(cloud(count, along=0, seed=0)), random_state=0)
    assert found.verdict["key"].item() == "too_few_customers"
    assert found.verdict[["buyers", "buyers_needed"]].iloc[0].tolist() == [count, 80]
    assert found.labels["cluster"].isna().all()
    assert len(found.labels) == count


def test_results_without_clusters_have_the_columns_of_results_with_clusters():
    _, _, full = blobs()
    empty = cluster(shop(cloud(1, along=0, seed=0)), random_state=0)
    for table in ("labels", "criteria", "profile", "rules", "verdict"):
        assert list(getattr(empty, table).columns) == list(getattr(full, table).columns)


def test_customers_who_are_all_equal_are_one_group():
    found = cluster(shop(np.full((100, 4), 3.0)), random_state=0)
    assert found.verdict["key"].item() == "not_stable"
    assert found.labels["cluster"].isna().all()


def test_equal_buyers_share_a_cluster_and_a_constant_feature_is_harmless():
    rng = np.random.default_rng(0)
    kinds = CENTRES[rng.integers(3, size=20)] + 0.2 * rng.normal(size=(20, 4))
    kinds[:, 3] = 2.0
    kind = rng.integers(20, size=200)
    found = cluster(shop(kinds[kind]), random_state=0)
    assert found.labels.groupby(kind)["cluster"].nunique().eq(1).all()


def test_buyers_beyond_the_fitted_sample_get_the_nearest_cluster(monkeypatch: pytest.MonkeyPatch):
    customers, _, found = blobs()
    monkeypatch.setattr("analysis.clustering.model.FIT_ROWS", 100)
    assert cluster(customers, random_state=1).labels["cluster"].equals(found.labels["cluster"])
