"""Sentences of the page on classes by rules, from small tables."""

import pandas as pd
import pytest

from analysis.report import findings_classification as say

NAN = float("nan")


@pytest.fixture
def segments():
    return pd.DataFrame(
        {
            "class": ["champions", "lost", "at_risk", "lapsed", "never_ordered"],
            "customers": [2, 5, 1, 1, 1],
            "share_of_customers": [0.2, 0.5, 0.1, 0.1, 0.1],
            "share_of_revenue": [0.6, 0.1, 0.3, 0.0, 0.0],
        }
    )


def test_the_title_is_the_segment_of_most_revenue_or_without_revenue_the_largest(segments):
    assert say.largest_by_revenue(segments) == (
        "classification.finding",
        {"segment": "champions", "customers": 0.2, "revenue": 0.6},
    )
    key, values = say.largest_by_revenue(segments.assign(share_of_revenue=NAN))
    assert (key, values["segment"]) == ("classification.finding_no_revenue", "lost")


def test_the_base_is_buyers_lapsed_and_never_ordered(segments):
    assert say.base(segments)[1] == {"base": 10, "buyers": 8, "lapsed": 1, "never_ordered": 1}


def test_the_three_segments_of_most_revenue_are_named_in_order(segments):
    values = say.top_three(segments)[1]
    assert [values[name] for name in ("first", "second", "third")] == ["champions", "at_risk", "lost"]
    assert values["share"] == pytest.approx(1.0)
    assert say.top_three(segments.assign(share_of_revenue=NAN))[0] == "classification.rfm"


def test_buyers_of_high_recency_and_frequency_are_counted_in_the_corner_of_the_grid():
    matrix = pd.DataFrame(
        {"r_score": [5, 4, 3], "f_score_5": [1, 2, 4], "f_score_4": [8, 16, 32], "customers": [20, 30, 50]}
    )
    assert say.top_scores(matrix)[1] == {"customers": 27, "buyers": 100, "share": 0.27}  # 1 + 2 + 8 + 16
    assert say.top_scores(matrix * 0)[1]["share"] is None


def test_empty_scores_are_counted_and_flat_categories_found():
    thresholds = pd.DataFrame(
        {
            "score": [5, 4, 3, 2, 1],
            "orders_above": [3, 1, 1, 1, NAN],
            "orders_up_to": [NAN, 3, 1, 1, 1],
            "category_breadth_above": [1, 1, 1, 1, NAN],
            "category_breadth_up_to": [NAN, 1, 1, 1, 1],
        }
    )
    assert say.empty_scores(thresholds, "orders") == 2
    assert say.score_note(thresholds) == ("classification.scores_note_empty", {"empty": 5})
    assert say.breadth_is_flat(thresholds)
    assert not say.breadth_is_flat(thresholds.assign(category_breadth_up_to=[NAN, 2, 1, 1, 1]))


def test_the_oddities_are_those_of_the_published_list():
    assert say.oddities() == {
        "code_321": "about_to_sleep",
        "code_322": "hibernating",
        "code_144": "cannot_lose_them",
        "code_145": "at_risk",
        "code_113": "cannot_lose_them",
        "code_151": "lost",
    }


def test_new_customers_without_a_known_first_order_are_said_to_be_so():
    age = pd.DataFrame({"class": ["new_customers"], "customers": [3], "known_age": [0], "median_tenure_days": [NAN]})
    assert say.new_customers(age)[0] == "classification.new_customers_unknown"
    assert say.new_customers(age.assign(known_age=2, median_tenure_days=9.0))[1]["days"] == 9


@pytest.mark.parametrize(
    ("up", "down", "low", "high", "key"),
    [(9, 1, 2, 10, "up"), (1, 9, -10, -2, "down"), (5, 4, -6, 7, "noise"), (0, 0, NAN, NAN, "nobody")],
)
def test_movement_is_up_or_down_only_when_its_range_excludes_zero(up, down, low, high, key):
    counts = {"up": up, "down": down, "net": up - down, "both_months": 50}
    net = pd.DataFrame([counts | {"net_low": low, "net_high": high}])
    assert say.movement(net)[0] == f"classification.moved_{key}"


def test_buyers_without_value_are_mentioned_only_when_there_are_any():
    classes = pd.DataFrame({"class": ["a", "c"], "buyers_without_value": [0.0, NAN]})
    assert say.abc_note(classes)[0] == "classification.abc_note"
    assert say.abc_note(classes.fillna(2))[1]["without"] == 2
