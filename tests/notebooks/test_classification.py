"""The page on classes by rules, in its states."""

import pytest

from tests.notebooks.in_process import run, shop

NAME = "03_classification"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_first_month_shows_levels_and_says_when_movement_starts(tmp_path, monkeypatch, language):
    name = shop(tmp_path, monkeypatch, 30)
    page, tables = run(NAME, monkeypatch, dataset=name, month="2017-03", language=language)
    starts = {"en": "Movement starts next month", "zh": "变动分析从下月开始"}[language]
    assert starts in page.find_all(class_="notice")[-1].text
    assert "value_moves" not in tables
    assert "value_tiers" in tables


def test_a_later_month_shows_movement_and_every_total_equals_the_base(tmp_path, monkeypatch):
    name = shop(tmp_path, monkeypatch, 30)
    page, tables = run(NAME, monkeypatch, dataset=name, month="2017-04", language="en")
    assert {"value_moves", "rfm_flows"} <= set(tables)
    totals = {table.caption.text: table.tfoot.find_all(["th", "td"]) for table in page.find_all("table") if table.tfoot}
    of_base = [
        cells[1 if "hold" in caption else -1].text
        for caption, cells in totals.items()
        if caption.startswith(("What each RFM", "RFM segments: who"))
    ]
    assert of_base == ["30", "30"]


def test_a_month_before_the_baseline_says_that_its_cut_points_are_from_later_data(tmp_path, monkeypatch):
    name = shop(tmp_path, monkeypatch, 30, baseline="2017-04")
    page, _ = run(NAME, monkeypatch, dataset=name, month="2017-03", language="en")
    assert "Cut points from later data" in page.find(class_="notice").text


def test_a_finding_is_the_title_and_every_chart_has_its_finding_as_alternative(tmp_path, monkeypatch):
    name = shop(tmp_path, monkeypatch, 30)
    page, _ = run(NAME, monkeypatch, dataset=name, month="2017-04", language="en")
    assert "% of net revenue" in page.h1.text
    for chart in page.find_all("figure"):
        assert chart.img["alt"] == chart.figcaption.strong.text != ""
