"""Sentences of the page on clusters, from small tables."""

import pandas as pd
import pytest

from analysis.clustering import verdict_checks
from analysis.report import findings_clusters as say

NAN = float("nan")


def verdict(key="not_stable", **figures):
    usual = {
        "key": key,
        "buyers": 100,
        "buyers_needed": 80,
        "k": 2.0,
        "stability": 0.9,
        "stability_needed": 0.75,
        "silhouette": 0.4,
        "silhouette_needed": 0.25,
        "silhouette_of_one_cloud": 0.3,
        "rules_share_correct": 0.9,
    }
    return pd.DataFrame([usual | figures])


@pytest.mark.parametrize(
    ("figures", "reason"),
    [
        ({"stability": 0.5, "silhouette": 0.1}, "stability"),  # the first that failed
        ({"silhouette": 0.2}, "separation"),
        ({"silhouette": 0.28}, "one_cloud"),
        ({"k": NAN, "stability": NAN, "silhouette": NAN, "silhouette_of_one_cloud": NAN}, "alike"),
    ],
)
def test_clusters_that_are_not_stable_name_the_check_that_failed(figures, reason):
    found = verdict(**figures)
    assert say.reason(found, verdict_checks(found))[0] == f"clusters.reason_{reason}"
    assert say.title(found) == ("clusters.finding_not_stable", {})
    assert say.use(found) == "clusters.use_not_stable"
    assert say.profile_caption(found) == "clusters.profile_evidence"


def test_too_few_buyers_say_how_many_are_needed():
    found = verdict("too_few_customers", buyers=79, k=NAN)
    key, values = say.reason(found, verdict_checks(found))
    assert key == "clusters.reason_too_few_customers"
    assert (values["buyers"], values["buyers_needed"]) == (79, 80)


def test_stable_clusters_of_weak_separation_are_called_weak():
    assert say.is_weak(verdict("stable", silhouette=0.5))
    assert not say.is_weak(verdict("stable", silhouette=0.51))
    assert not say.is_weak(verdict("not_stable", silhouette=0.3))


def test_the_chosen_number_and_the_stable_numbers_come_from_the_criteria():
    criteria = pd.DataFrame(
        {"k": [2, 3, 4], "silhouette": [0.3, 0.4, 0.2], "stability": [0.75, 0.9, 0.74], "chosen": [False, True, False]}
    )
    assert say.chosen(criteria)[1] == {"k": 3, "silhouette": 0.4, "fewest": 2, "most": 4}
    assert say.stable_numbers(criteria, verdict())[1] == {"stable": 2, "tried": 3}


def test_the_rules_are_compared_with_naming_the_largest_cluster():
    profile = pd.DataFrame(
        {"cluster": [1, 2], "share": [0.3, 0.7], "orders": [9.0, 1.0], "net_revenue_minor": [900, 90]}
    )
    assert say.fidelity(verdict(), profile)[1] == {"correct": 0.9, "largest": 0.7}
    assert say.contrast(profile)[1]["last_revenue"] == 90
