"""Charts of the pages on classes and clusters: what is drawn is what the table says."""

import pandas as pd
import pytest

from analysis.charts import bars, criteria, pareto, theme
from analysis.report.wording import Words

NAN = float("nan")
CURVE = pd.DataFrame({"share_of_buyers": [0.0, 0.5, 0.9, 1.0], "share_of_value": [0.0, 0.8, 0.98, 1.0]})
CLASSES = pd.DataFrame(
    {
        "class": ["a", "b", "c", "lapsed"],
        "share_of_buyers": [0.5, 0.4, 0.1, NAN],
        "share_of_value": [0.8, 0.18, 0.02, NAN],
        "cumulative_share_of_buyers": [0.5, 0.9, 1.0, NAN],
        "cumulative_share_of_value": [0.8, 0.98, 1.0, NAN],
    }
)


def texts(fig):
    return [text.get_text() for axes in fig.axes for text in axes.texts]


def test_the_curve_names_each_class_and_its_shares_where_there_is_room():
    fig = pareto(CURVE, Words("en"), classes=CLASSES)
    assert texts(fig) == ["A\n50.0% of buyers\n80.0% of value", "B\n40.0% of buyers\n18.0% of value", "C"]
    ends = [line.get_xydata()[0].tolist() for line in fig.axes[0].lines[1:]]
    assert ends == [[0.5, 0.8], [0.9, 0.98], [1.0, 1.0]]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_criteria_mark_the_number_chosen_and_every_threshold(language):
    table = pd.DataFrame({"k": [2, 3], "silhouette": [0.4, 0.3], "stability": [0.9, 0.6], "chosen": [True, False]})
    checks = pd.DataFrame(
        {"check": ["buyers", "stability", "separation", "one_cloud"], "needed": [80, 0.75, 0.25, 0.33]}
    )
    fig = criteria(table, Words(language), checks=checks)
    levels = [line.get_ydata()[0] for axes in fig.axes for line in axes.lines if line.get_linestyle() == "--"]
    assert levels == [0.25, 0.33, 0.75]
    assert [text for text in texts(fig) if text in ("0.40", "0.90")] == ["0.40", "0.90"]
    assert theme.image(fig)[1] == "svg+xml"  # every character has a glyph


def test_bars_write_a_share_behind_the_value():
    df = pd.DataFrame({"class": ["a", "b"], "customers": [3, 1], "share_of_customers": [0.75, 0.25]})
    fig = bars(df, Words("en"), by="class", measure="customers", share="share_of_customers", scheme="abc")
    assert texts(fig) == ["3 · 75.0%", "1 · 25.0%"]
