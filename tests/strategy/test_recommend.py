"""Recommendations, the month's first actions and the resource matrix, worked by hand."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from analysis.errors import InputError
from analysis.strategy.playbook import load_playbook
from analysis.strategy.recommend import REASON_FIGURES, for_clusters, recommend, top_actions
from analysis.strategy.resources import resource_matrix

PLAYBOOK = load_playbook()


def segments() -> pd.DataFrame:
    # base 10 + 20 + 0 + 5 + 15 = 50 customers; revenue 600 + 300 + 0 + 0 + 100 = 1,000
    return pd.DataFrame(
        {
            "class": ["champions", "need_attention", "lost", "never_ordered", "lapsed"],
            "customers": [10, 20, 0, 5, 15],
            "share_of_customers": [0.2, 0.4, 0.0, 0.1, 0.3],
            "orders": [30, 20, 0, 0, 0],
            "net_revenue_minor": [600, 300, 0, 0, 100],
            "share_of_revenue": [0.6, 0.3, 0.0, 0.0, 0.1],
            "average_order_value": [0.2, 0.15, np.nan, np.nan, np.nan],
            "median_recency_days": [4.0, 30.0, np.nan, np.nan, 120.0],
        }
    )


def test_customers_of_all_classes_sum_to_the_base_and_empty_classes_stay() -> None:
    result = recommend(segments(), "rfm_segment", PLAYBOOK)
    assert result["class"].tolist() == segments()["class"].tolist()
    assert result["customers"].sum() == 50
    assert result["net_revenue_minor"].sum() == 1000
    assert result["strategy_id"].tolist() == ["R-STR-10.1", "R-STR-10.6", "R-STR-10.11", "R-STR-10.12", "R-STR-10.13"]
    assert result["title_zh"].notna().all()
    assert result["strategy_en"].notna().all()


def test_price_type_rows_carry_their_ground_and_others_none() -> None:
    result = recommend(segments(), "rfm_segment", PLAYBOOK).set_index("class")
    assert result["price_type"].tolist() == [False, True, False, False, False]
    assert "switched off in one step" in result.loc["need_attention", "ground_en"]
    assert "一步关闭" in result.loc["need_attention", "ground_zh"]
    assert result.loc[~result["price_type"], ["ground_en", "ground_zh"]].isna().all(axis=None)
    action = top_actions(result.reset_index(), dt.date(2017, 12, 1)).set_index("class").loc["need_attention"]
    assert action["price_type"]
    assert action["ground_en"] == result.loc["need_attention", "ground_en"]


def test_judging_metrics_come_as_ids_and_as_keys() -> None:
    result = recommend(segments(), "rfm_segment", PLAYBOOK).set_index("class")
    assert result.loc["champions", "judged_by"] == "R-MET-25, R-MET-20"
    assert result.loc["champions", "judged_by_metrics"] == "retention_rate, referral_rate"


def test_a_reason_is_weakened_when_a_figure_it_quotes_is_missing() -> None:
    table = segments()
    table.loc[table["class"] == "need_attention", "average_order_value"] = np.nan
    reasons = recommend(table, "rfm_segment", PLAYBOOK).set_index("class")["reason"]
    assert reasons.to_dict() == {
        "champions": "customer_and_revenue_share",
        "need_attention": "customers_only",  # quotes the average order value, which is missing
        "lost": "no_customers",
        "never_ordered": "customer_share",
        "lapsed": "recency_and_customer_share",
    }


def test_every_reason_of_the_playbook_has_its_figures() -> None:
    assert {row.reason for row in PLAYBOOK.strategies} == set(REASON_FIGURES)


def test_no_segments_give_no_rows_with_the_same_columns() -> None:
    full, empty = (recommend(table, "rfm_segment", PLAYBOOK) for table in (segments(), segments().iloc[:0]))
    assert empty.empty
    assert empty.dtypes.equals(full.dtypes)
    assert top_actions(empty, dt.date(2017, 12, 1)).empty


def test_recommend_leaves_its_input_alone() -> None:
    table = segments()
    recommend(table, "rfm_segment", PLAYBOOK)
    pd.testing.assert_frame_equal(table, segments())


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (segments().drop(columns="share_of_revenue"), "Got share_of_revenue"),
        (pd.concat([segments(), segments().head(1)]), "a class occurs twice. Got champions"),
        (segments().replace({"class": {"lost": "vanished"}}), "no entry for class vanished"),
    ],
    ids=["missing column", "class twice", "class without strategy"],
)
def test_a_table_that_is_no_summary_of_the_scheme_is_refused(table: pd.DataFrame, message: str) -> None:
    with pytest.raises(InputError, match=message):
        recommend(table, "rfm_segment", PLAYBOOK)


def test_first_actions_follow_revenue_and_are_due_after_as_of() -> None:
    actions = top_actions(recommend(segments(), "rfm_segment", PLAYBOOK), dt.date(2017, 12, 1))
    # lost has no customers; never_ordered brings nothing and comes last
    assert actions["class"].tolist() == ["champions", "need_attention", "lapsed", "never_ordered"]
    assert actions["customers"].tolist() == [10, 20, 15, 5]
    # 1 December + 14, 14, 30 and 14 days
    expected = ["2017-12-15", "2017-12-15", "2017-12-31", "2017-12-15"]
    assert actions["due_date"].dt.strftime("%Y-%m-%d").tolist() == expected


def test_equal_revenue_keeps_the_class_order_and_limit_cuts() -> None:
    table = segments().assign(net_revenue_minor=[100, 300, 0, 300, 300])
    actions = top_actions(recommend(table, "rfm_segment", PLAYBOOK), dt.date(2017, 12, 1), limit=3)
    assert actions["class"].tolist() == ["need_attention", "never_ordered", "lapsed"]
    with pytest.raises(InputError, match="negative number"):
        top_actions(recommend(table, "rfm_segment", PLAYBOOK), dt.date(2017, 12, 1), limit=-1)


@pytest.mark.parametrize(
    "as_of",
    [dt.date(2017, 12, 1), pd.Timestamp("2017-12-01", tz="America/New_York"), dt.datetime(2017, 12, 1, tzinfo=dt.UTC)],
    ids=["date", "zoned timestamp", "datetime"],
)
def test_the_calendar_date_of_as_of_counts(as_of: dt.date) -> None:
    actions = top_actions(recommend(segments(), "rfm_segment", PLAYBOOK), as_of, limit=1)
    assert actions["due_date"].tolist() == [pd.Timestamp("2017-12-15")]


def test_what_was_never_measured_is_absent_and_says_why() -> None:
    actions = top_actions(recommend(segments(), "rfm_segment", PLAYBOOK), dt.date(2017, 12, 1))
    assert actions[["expected_effect", "cost_minor"]].isna().all(axis=None)
    assert set(actions["expected_effect_reason"]) == {"no_effect_measured_yet"}
    assert set(actions["cost_reason"]) == {"no_cost_data"}
    assert set(actions["evidence"]) == {"rule_of_thumb"}


def test_a_strategy_without_resources_is_no_action() -> None:
    table = segments().head(2).assign(**{"class": ["not_stable", "stable"]})
    actions = top_actions(recommend(table, "cluster", PLAYBOOK), dt.date(2017, 12, 1))
    assert actions["class"].tolist() == ["stable"]


def test_every_resource_serves_all_customers_of_a_tier() -> None:
    summary = pd.DataFrame({"class": ["high", "mid", "low", "never_ordered"], "customers": [2, 0, 5, 9]})
    matrix = resource_matrix(summary, PLAYBOOK)
    assert len(matrix) == 9
    wide = matrix.pivot_table(index="resource", columns="tier", values="customers")[["high", "mid", "low"]]
    assert wide.loc[["sales", "marketing", "service"]].to_numpy().tolist() == [[2, 0, 5]] * 3
    assert matrix.groupby("resource")["customers"].sum().eq(2 + 0 + 5).all()
    assert matrix["resource_id"].unique().tolist() == ["R-RES-01", "R-RES-02", "R-RES-03"]
    assert matrix["text_zh"].str.contains("[\u4e00-\u9fff]").all()
    assert (matrix["text_en"] != "").all()


def test_a_summary_without_one_row_per_tier_is_refused() -> None:
    summary = pd.DataFrame({"class": ["high", "low", "low", "mid"], "customers": [1, 2, 3, 4]})
    with pytest.raises(InputError, match=r"class low.*Got 2 rows"):
        resource_matrix(summary, PLAYBOOK)
    with pytest.raises(InputError, match=r"class mid.*Got 0 rows"):
        resource_matrix(summary.iloc[:2], PLAYBOOK)


@pytest.mark.parametrize(
    ("verdict", "expected"),
    [("stable", "R-STR-12.1"), ("not_stable", "R-STR-12.2"), ("too_few_customers", "R-STR-12.2")],
)
def test_clusters_are_acted_on_only_when_they_are_stable(verdict: str, expected: str) -> None:
    row = for_clusters(verdict, load_playbook()).iloc[0]
    assert (row["strategy_id"], bool(row["strategy_zh"])) == (expected, True)
