"""The verdict taken apart, against figures by hand."""

import pandas as pd

from analysis.clustering import cluster_by_class, rules_with_reasons, verdict_checks

NAN = float("nan")


def verdict(**figures):
    usual = {
        "key": "stable",
        "buyers": 100,
        "buyers_needed": 80,
        "k": 2.0,
        "stability": 0.75,
        "stability_needed": 0.75,
        "silhouette": 0.3,
        "silhouette_needed": 0.25,
        "silhouette_of_one_cloud": 0.2,
    }
    return pd.DataFrame([usual | figures])


def test_stability_may_reach_its_threshold_and_separation_must_exceed_its():
    checks = verdict_checks(verdict(silhouette=0.25, silhouette_of_one_cloud=0.25)).set_index("check")
    assert checks["met"].to_dict() == {"buyers": True, "stability": True, "separation": False, "one_cloud": False}


def test_what_was_not_sought_is_neither_met_nor_failed():
    checks = verdict_checks(verdict(buyers=79, stability=NAN, silhouette=NAN, silhouette_of_one_cloud=NAN))
    assert not checks["met"][0]
    assert checks["met"][1:].isna().all()


def test_a_rule_that_does_not_look_at_a_feature_says_any_value():
    rules = pd.DataFrame({"rule": [1, 2], "orders_above": [NAN, 2.5], "orders_up_to": [NAN, NAN]})
    reasons = rules_with_reasons(rules)["orders_interval_reason"]
    assert reasons[0] == "any_value"
    assert pd.isna(reasons[1])


def test_clusters_spread_over_all_classes_and_customers_in_none_are_left_out():
    customers = pd.DataFrame({"abc": ["a", "a", "b", "lapsed"], "cluster": pd.array([1, 2, 2, None], "Int64")})
    table = cluster_by_class(customers, "abc", ("a", "b", "c", "lapsed")).set_index("class")
    assert table.loc["a"].to_dict() == {"cluster_1": 1, "cluster_2": 1, "customers": 2}
    assert table["customers"].tolist() == [2, 1, 0, 0]
