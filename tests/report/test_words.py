import datetime as dt
import re
from string import Formatter

import numpy as np
import pandas as pd
import pytest
import yaml

from analysis.report import measures, wording
from analysis.report.wording import UnknownTextError, Words, catalogue

HERE = wording.files(wording.__package__)


def _placeholders(text: str) -> set[tuple[str, str]]:
    return {(name, spec or "") for _, name, spec, _ in Formatter().parse(text) if name is not None}


def test_both_languages_have_the_same_keys_and_no_empty_text():
    english, chinese = catalogue("en"), catalogue("zh")
    assert sorted(english) == sorted(chinese)
    assert not [key for texts in (english, chinese) for key, text in texts.items() if not text.strip()]


def test_both_languages_fill_the_same_placeholders():
    english, chinese = catalogue("en"), catalogue("zh")
    differing = {key for key in english if _placeholders(english[key]) != _placeholders(chinese[key])}
    assert differing == set()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_key_is_written_twice(language):
    def check(node):
        if isinstance(node, yaml.MappingNode):
            keys = [key.value for key, _ in node.value]
            assert len(keys) == len(set(keys)), sorted(key for key in keys if keys.count(key) > 1)
            for _, value in node.value:
                check(value)

    check(yaml.compose((HERE / f"{language}.yaml").read_text(encoding="utf-8")))


def test_chinese_texts_use_chinese_punctuation():
    halfwidth = re.compile(r"[\u4e00-\u9fff][,;:!?()]|[,;:!?()][\u4e00-\u9fff]")
    assert {key: text for key, text in catalogue("zh").items() if halfwidth.search(text)} == {}


def test_every_placeholder_says_a_known_way_to_show_its_value():
    specs = {spec for text in catalogue("en").values() for _, spec in _placeholders(text) if spec}
    assert {measures.of_placeholder(spec).kind for spec in specs} <= {
        *measures.NUMERIC_KINDS,
        "class",
        "date",
        "month",
        "word",
        "money_short",
        "money_minor_short",
        "signed_money_minor_short",
    }


def test_every_measure_has_a_heading_and_every_heading_a_measure():
    headings = {key.removeprefix("column.") for key in catalogue("en") if key.startswith("column.")}
    assert headings == set(measures.MEASURES)


@pytest.mark.parametrize(("key", "values"), [("no.such_text", {}), ("ui.rows_shown", {"shown": 1})])
def test_a_missing_text_or_value_names_the_key(key, values):
    with pytest.raises(UnknownTextError, match=key):
        Words("en")(key, **values)


def test_a_number_without_a_way_to_show_it_is_refused():
    with pytest.raises(TypeError, match="say in the catalogue"):
        Words("en")("tile.target", value=0.2149)


@pytest.mark.parametrize("missing", [None, float("nan"), np.nan, pd.NaT, pd.NA])
def test_a_missing_value_is_said_to_be_missing_and_never_zero(missing):
    words = Words("en", "USD")
    shown = {
        words.number(missing),
        words.money(missing),
        words.percent(missing),
        words.date(missing),
        words.days(missing),
        words.name("abc", missing),
        words("tile.target", value=missing),
    }
    assert shown == {"not available", "Target not available"}


@pytest.mark.parametrize(
    ("amount", "english", "chinese"),
    [
        (0, "$0", "US$0"),
        (23.45, "$23.45", "US$23.45"),
        (-312.4, "\N{MINUS SIGN}$312", "\N{MINUS SIGN}US$312"),
        (12_480, "$12.5K", "US$1.25万"),
        (1_234_567.8, "$1.23M", "US$123万"),
        (123_456_789, "$123M", "US$1.23亿"),
    ],
)
def test_short_money_has_three_significant_figures_in_the_steps_of_the_language(amount, english, chinese):
    assert (Words("en", "USD").money(amount), Words("zh", "USD").money(amount)) == (english, chinese)


def test_minor_units_follow_the_currency():
    assert (Words("en", "USD").minor(12345), Words("en", "JPY").minor(12345)) == (123.45, 12345)


def test_numbers_and_dates_are_in_the_language_of_the_report():
    english, chinese = Words("en"), Words("zh")
    assert english.percent(0.2149) == "21.5%"
    assert english.percent(np.float64(-0.061), signed=True) == "\N{MINUS SIGN}6.1%"
    assert english.points(0.021) == "+2.1 pp"
    assert chinese.points(0.021) == "+2.1 个百分点"
    assert english.days(1) == "1 day"
    assert english.period(dt.date(2017, 9, 2), dt.date(2017, 11, 30)) == "2 Sep – 30 Nov 2017"
    assert english.period(dt.date(2017, 11, 1), dt.date(2017, 11, 30)) == "1–30 Nov 2017"
    assert english.period(dt.date(2016, 12, 1), dt.date(2017, 1, 3)) == "1 Dec 2016 – 3 Jan 2017"
    assert chinese.period(dt.date(2017, 11, 1), dt.date(2017, 11, 30)) == "2017年11月1日至30日"
    assert (english.month("2017-11"), chinese.month("2017-11")) == ("November 2017", "2017年11月")
    assert english.number(-0.001, 1) == "0.0"
    assert english.list(["a", "b", "c"]) == "a, b and c"


def test_no_space_is_left_between_chinese_characters_beside_a_filled_placeholder():
    interval = Words("zh", "USD")("tile.interval", low="US$2.3万", high="39")
    assert interval == "变化 US$2.3万至 39（95%）"


def test_a_class_of_one_scheme_takes_its_own_name_and_shared_classes_theirs():
    assert Words("en").name("rfm_segment", "lost") == "Lost"
    assert Words("zh").name("lifecycle_status", "lost") == "流失客户"
    assert Words("zh").name("abc", "lapsed") == "窗口内未下单"


def test_every_class_of_every_scheme_has_a_name():
    from analysis.classification import SCHEMES

    for language in ("en", "zh"):
        words = Words(language)
        assert all(words.name(scheme, key) for scheme, declared in SCHEMES.items() for key in declared.rule.classes)
        assert all(words.scheme(scheme) for scheme in SCHEMES)
