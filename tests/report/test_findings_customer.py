import pandas as pd
import pytest

from analysis.report import findings_customer as say
from analysis.report.wording import Words

NAN = float("nan")


def history(*alive):
    days = pd.date_range("2024-01-30", periods=4)
    return pd.DataFrame({"day": days, "bought": [True, False, True, False], "probability_alive": alive})


@pytest.mark.parametrize(
    ("alive", "english", "chinese"),
    [
        (
            (0.95, 0.9, 0.8, 0.425),
            "Customer 007: no purchase since 1 Feb 2024, and the probability alive has fallen from 80.0% to 42.5%",
            "客户 007：自 2024年2月1日以来未再购买，存活概率已由 80.0% 降至 42.5%",
        ),
        (
            (NAN, NAN, 0.8, 0.7996),
            "Customer 007: last purchase on 1 Feb 2024, probability alive 80.0%",
            "客户 007：最近一次购买在 2024年2月1日，存活概率为 80.0%",
        ),
    ],
    ids=["fell", "stands"],
)
def test_the_title_says_what_became_of_the_probability_since_the_last_purchase(alive, english, chinese):
    key, values = say.alive(history(*alive), "007", 1.5)
    assert Words("en")(key, **values) == english
    assert Words("zh")(key, **values) == chinese


def test_without_a_repeat_purchase_it_says_why_there_is_no_probability():
    key, values = say.alive(history(NAN, NAN, NAN, NAN), "007", 1.5)
    assert Words("en")(key, **values).startswith("Customer 007 bought on one day only, 1 Feb 2024. Until a repeat")


def test_the_subtitle_names_the_days_and_what_is_expected():
    _, values = say.alive(history(NAN, NAN, 0.8, 0.7), "007", 1.5)
    subtitle = Words("en")("guide.alive_subtitle", **values)
    assert "30 Jan 2024 to 2 Feb 2024" in subtitle
    assert subtitle.endswith("Expected in the next 12 months: 1.50 purchase days.")
