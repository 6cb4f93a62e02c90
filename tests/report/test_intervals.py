"""Thresholds as people read them."""

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from analysis.report import Page, measures
from analysis.report.wording import Words

NAN = float("nan")


@pytest.mark.parametrize(
    ("column", "bounds", "english", "chinese"),
    [
        ("orders_interval", (4, 8), "5–8", "5–8"),  # above 4 up to 8, in whole orders
        ("orders_interval", (18.5, 29.5), "19–29", "19–29"),  # a tree cuts between whole numbers
        ("orders_interval", (4, 5), "5", "5"),
        ("orders_interval", (NAN, 4), "up to 4", "不超过 4"),
        ("orders_interval", (25, NAN), "26 or more", "26 及以上"),
        ("orders_interval", (1, 1), "no value", "无对应取值"),
        ("net_revenue_minor_interval", (43_329, 80_335), "433.30–803.35", "433.30–803.35"),
        ("average_order_value_interval", (12.5, NAN), "above 12.50", "高于 12.50"),
        ("average_order_value_interval", (12.5, 20), "above 12.50, up to 20.00", "高于 12.50，不超过 20.00"),
    ],
)
def test_an_interval_names_the_values_that_belong_to_it(column, bounds, english, chinese):
    measure = measures.of_column(column)
    assert measures.show(Words("en", "USD"), bounds, measure) == english
    assert measures.show(Words("zh", "USD"), bounds, measure) == chinese


def test_a_table_shows_an_interval_as_one_column_and_delivers_both_ends():
    rules = pd.DataFrame(
        {"class": ["high", "low", "lapsed"], "orders_above": [3, NAN, NAN], "orders_up_to": [NAN, 3, NAN]}
    )
    page = Page("overview", "en", currency="USD")
    shown = page.table(
        "rules", rules, scheme="frequency_tier", caption="action.caption", columns=["class", "orders_interval"]
    )
    cells = [cell.text for cell in BeautifulSoup(shown.html, "html.parser").tbody.find_all("td")]
    assert cells == ["4 or more", "up to 3", "–not available"]
    assert shown.tables["rules"].splitlines()[0] == "class,orders_above,orders_up_to"


def test_a_duration_names_its_unit_and_a_figure_has_decimals_only_where_it_needs_them():
    words = Words("en")
    assert measures.show(words, 1, measures.parse("duration")) == "1 day"
    assert [measures.show(words, value, measures.parse("figure:2")) for value in (80.0, 0.75)] == ["80", "0.75"]
