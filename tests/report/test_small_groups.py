import pandas as pd
from bs4 import BeautifulSoup

from analysis.report import Page
from analysis.report.small_groups import withhold

GROUPS = pd.DataFrame({
    "abc": ["a", "b", "c", "lapsed"], "customers": [40, 12, 9, 0], "net_revenue_minor": [900, 300, 100, 0],
    "share_of_customers": [0.66, 0.2, 0.14, 0.0], "median_recency_days": [1.0, 2.0, 3.0, float("nan")],
})  # fmt: skip


def test_money_of_a_small_group_is_withheld_with_the_next_smallest_so_that_no_total_gives_it_away():
    shown = withhold(GROUPS)
    assert shown["customers"].tolist() == [40, 12, 9, 0]
    assert shown["net_revenue_minor"].fillna(-1).tolist() == [900, -1, -1, 0]
    assert shown["net_revenue_minor_reason"].dropna().tolist() == ["small_group", "small_group"]
    assert shown["share_of_customers"].equals(GROUPS["share_of_customers"])


def test_two_small_groups_hide_each_other():
    shown = withhold(GROUPS.assign(customers=[40, 30, 9, 2]))
    assert shown["net_revenue_minor"].isna().tolist() == [False, False, True, True]


def test_groups_of_ten_and_tables_without_groups_pass_unchanged():
    large = GROUPS.assign(customers=[40, 12, 10, 0])
    assert withhold(large).equals(large)
    assert withhold(GROUPS.drop(columns="customers")).equals(GROUPS.drop(columns="customers"))


def test_a_shared_page_marks_what_is_withheld_and_shows_neither_it_nor_the_total():
    columns = ["abc", "customers", "net_revenue_minor"]
    for shared in (False, True):
        page = Page("overview", "en", currency="USD", shared=shared)
        shown = page.table("groups", GROUPS, columns=columns, caption="action.caption", total=True)
        text = BeautifulSoup(shown.html, "html.parser").get_text(" ", strip=True)
        assert ("withheld, small group" in text) == shared
        assert ("13" in text) == (not shared)  # the total, 1300 cents
        assert ("c,9,100" in shown.tables["groups"]) == (not shared)
