import pandas as pd
import pytest

from analysis.charts import alive_history, theme
from analysis.report.wording import Words

NAN = float("nan")
HISTORY = pd.DataFrame(
    {
        "day": pd.date_range("2024-01-30", periods=5),
        "bought": [True, False, True, False, False],
        "probability_alive": [NAN, NAN, 0.9, 0.7, 0.425],
    }
)


@pytest.mark.parametrize(
    ("language", "axis", "date"), [("en", "Purchases", "1 Feb 2024"), ("zh", "购买日", "2024年2月1日")]
)
def test_the_line_begins_with_the_first_probability_and_purchases_are_ticks_below(language, axis, date):
    fig = alive_history(HISTORY, Words(language))
    line, ticks = fig.axes
    assert pd.Series(line.lines[0].get_ydata()).tolist()[2:] == [0.9, 0.7, 0.425]
    assert pd.isna(line.lines[0].get_ydata()[:2]).all()
    assert line.get_ylim() == (0, 1)
    assert [text.get_text() for text in line.texts] == ["42.5%"]
    assert pd.to_datetime(ticks.lines[0].get_xdata()).day.tolist() == [30, 1]
    assert theme.image(fig)[1] == "svg+xml"  # every character has a glyph
    assert [label.get_text() for label in ticks.get_yticklabels()] == [axis]
    assert date in [label.get_text() for label in ticks.get_xticklabels()]


def test_without_a_probability_at_the_end_nothing_is_labelled():
    line = alive_history(HISTORY[:2], Words("en")).axes[0]
    assert not line.texts
