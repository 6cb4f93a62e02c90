"""The page on clusters, in its states."""

import pytest

from tests.notebooks.in_process import run, shop

NAME = "04_clusters"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_with_too_few_buyers_the_page_says_so_and_shows_no_clusters(tmp_path, monkeypatch, language):
    name = shop(tmp_path, monkeypatch, 30)
    page, tables = run(NAME, monkeypatch, dataset=name, month="2017-04", language=language)
    needed = {
        "en": "30 customers ordered in the window; clusters are sought from 80 buyers on.",
        "zh": "统计窗口内有 30 位客户下单；至少 80 位才寻找聚类。",
    }
    assert needed[language] in page.text
    assert tables == ["cluster_checks"]


def test_clusters_that_are_not_stable_get_no_strategy_and_point_to_the_primary_scheme(tmp_path, monkeypatch):
    name = shop(tmp_path, monkeypatch, 120, seed=3)  # all buyers order at random, alike
    page, tables = run(NAME, monkeypatch, dataset=name, month="2017-04", language="en")
    assert page.h1.text == "No clusters to rely on: do not use them"
    assert "Use the primary scheme instead: RFM segment." in page.text
    assert "Evidence only, do not act on it" in page.text
    assert "cluster_crosswalk" not in tables


def test_stable_clusters_come_with_their_rules_and_their_spread_over_the_classes(tmp_path, monkeypatch):
    name = shop(tmp_path, monkeypatch, 120, often=60)
    page, tables = run(NAME, monkeypatch, dataset=name, month="2017-04", language="en")
    assert page.h1.text == "Buyers fall into 2 clusters that come back when buyers are resampled"
    assert {"cluster_criteria", "cluster_profile", "cluster_rules", "cluster_crosswalk"} <= set(tables)
    assert "do not act on it" not in page.text
