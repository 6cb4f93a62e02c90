import datetime as dt
import functools
import io

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from analysis.charts import theme
from analysis.charts.bars import bars
from analysis.report import Masthead, Page
from analysis.report.components import TABLE_MIME, sparkline, unbroken
from analysis.report.measures import UnknownMeasureError
from analysis.report.wording import UnknownTextError

HOSTILE = [
    '<script>alert("x")</script>',
    "<img src=x onerror=alert(1)>",
    "</td></table><h1>taken over</h1>",
    "=1+1",
    "+49 151",
    "@SUM(A1)",
    "-2",
    "\ttab",
    "quote \" and ' mark",
    "two\nlines",
    "right \u202eto left",
    "{{ 7 * 7 }}",
    "a, b; c",
    "\x00nul",
]


@pytest.fixture
def page():
    return Page("overview", "en", currency="USD", dataset_title="Shop", month="2017-11")


@pytest.fixture
def segments():
    return pd.DataFrame(
        {
            "class": ["champions", "lost", "never_ordered"],
            "customers": [3, 2, 1],
            "share_of_customers": [3 / 6, 2 / 6, 1 / 6],
            "net_revenue_minor": [123_456, 1_000, 0],
            "average_order_value": [41.152, 10.0, None],
        }
    )


def _parsed(shown):
    return BeautifulSoup(shown._repr_mimebundle_()["text/html"], "html.parser")


def _csv(shown, name):
    return pd.read_csv(io.StringIO(shown._repr_mimebundle_()[TABLE_MIME][name]), dtype=str, keep_default_na=False)


def test_a_table_has_caption_headed_columns_headed_rows_and_a_total(page, segments):
    shown = _parsed(page.table("segments", segments, scheme="rfm_segment", total={"average_order_value": 31.1}))
    assert shown.caption.text == "RFM segment: most net revenue in the window first"
    assert [head.text for head in shown.thead.find_all("th", scope="col")] == [
        "RFM segment",
        "Customers",
        "% of customers",
        "Net revenue, USD",
        "Average order, USD",
    ]
    rows = [[cell.text for cell in row.find_all(["th", "td"])] for row in shown.find_all("tr")[1:]]
    assert rows == [
        ["Champions", "3", "50.0%", "1,235", "41.15"],  # 123,456 cents are 1,234.56
        ["Lost", "2", "33.3%", "10", "10.00"],
        ["Never ordered", "1", "16.7%", "0", "–not available"],
        ["Total", "6", "100.0%", "1,245", "31.10"],
    ]
    assert all(row.th["scope"] == "row" for row in shown.tbody.find_all("tr"))
    assert shown.find(class_="scroll")["tabindex"] == "0"


def test_the_csv_holds_keys_and_full_precision(page, segments):
    shown = page.table("segments", segments, scheme="rfm_segment", columns=["class", "share_of_customers"])
    assert _csv(shown, "segments").to_numpy().tolist() == [
        ["champions", "0.5"],
        ["lost", "0.3333333333333333"],
        ["never_ordered", "0.16666666666666666"],
    ]


def test_a_bar_is_as_long_as_its_share_of_the_largest_value(page, segments):
    shown = _parsed(page.table("segments", segments, scheme="rfm_segment", bars=["customers"]))
    assert [bar["style"] for bar in shown.find_all(class_="bar-fill")] == ["width:100.0%", "width:66.7%", "width:33.3%"]


def test_a_long_table_shows_its_first_rows_and_delivers_all(page):
    orders = pd.DataFrame({"month": [f"2017-{m:02d}" for m in range(1, 13)] * 2, "orders": range(24)})
    shown = page.table("orders", orders, caption="action.caption", limit=5)
    assert len(_parsed(shown).tbody.find_all("tr")) == 5
    assert "First 5 of 24 rows" in _parsed(shown).text
    assert len(_csv(shown, "orders")) == 24


def test_a_text_kept_in_both_languages_shows_that_of_the_reader(segments):
    actions = segments.head(1).assign(
        title_en="Call", title_zh="致电", expected_effect=float("nan"), expected_effect_reason="no_effect_measured_yet"
    )
    columns = ["class", "title", "expected_effect"]
    expected = {"en": ["Champions", "Call", "not measured yet"], "zh": ["冠军客户", "致电", "尚未测得"]}
    for language, texts in expected.items():
        shown = _parsed(
            Page("overview", language, currency="USD").actions(
                "actions", actions, scheme="rfm_segment", columns=columns
            )
        )
        assert [cell.text for cell in shown.tbody.tr.find_all(["th", "td"])] == texts


def test_a_range_is_shown_as_one_and_delivered_as_two_columns(page, segments):
    ranged = segments.assign(clv_12_months_low=[10.4, 2.0, None], clv_12_months_high=[1200.6, 3.0, None])
    shown = page.table("segments", ranged, scheme="rfm_segment", columns=["class", "clv_range"])
    assert [cell.text for cell in _parsed(shown).tbody.find_all("td")] == ["10–1,201", "2–3", "–not available"]
    assert list(_csv(shown, "segments").columns) == ["class", "clv_12_months_low", "clv_12_months_high"]


def test_an_unknown_column_text_or_table_name_is_refused(page, segments):
    with pytest.raises(UnknownMeasureError, match="mood"):
        page.table("segments", segments.assign(mood=1), scheme="rfm_segment")
    with pytest.raises(UnknownTextError, match=r"overview\.other"):
        page.table("other", segments, scheme="rfm_segment")
    with pytest.raises(ValueError, match="table name"):
        page.table("../evil", segments, scheme="rfm_segment")


def test_hostile_text_is_shown_as_text_in_cells_columns_and_captions(page):
    hostile = pd.DataFrame({"reason": HOSTILE, "count": range(len(HOSTILE))}).rename(columns={"count": HOSTILE[0]})
    shown = page.table(
        "hostile",
        hostile,
        caption="tile.target",
        value=HOSTILE[0],
        limit=99,
        kinds={HOSTILE[0]: "count"},
        headings={HOSTILE[0]: HOSTILE[0]},
    )
    parsed = _parsed(shown)
    assert parsed.find(["script", "img", "h1"]) is None
    assert [row.th.text for row in parsed.tbody.find_all("tr")] == HOSTILE
    assert parsed.thead.find_all("th")[1].text == HOSTILE[0]
    assert parsed.caption.text == f"Target {HOSTILE[0]}"


def test_text_that_begins_like_a_formula_is_marked_in_the_csv_and_numbers_are_not(page):
    df = pd.DataFrame({"reason": HOSTILE, "customers_change": [-1] * len(HOSTILE)})
    written = _csv(page.table("hostile", df, caption="action.caption"), "hostile")
    assert [text for text in written["reason"] if text.startswith("'")] == [
        "'=1+1",
        "'+49 151",
        "'@SUM(A1)",
        "'-2",
        "'\ttab",
        "'\x00nul",
    ]
    assert set(written["customers_change"]) == {"-1"}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_chart_has_its_finding_as_alternative_text_and_a_table_twin(language):
    classes = pd.DataFrame({"class": ["a", "lapsed"], "share_of_customers": [0.8, 0.2]})
    page = Page("overview", language, currency="USD")
    draw = functools.partial(bars, by="class", measure="share_of_customers", scheme="abc")
    shown = page.chart("shares", draw, classes, title="tile.target", value="80%", scheme="abc")
    parsed = _parsed(shown)
    assert parsed.img["src"].startswith("data:image/svg+xml;base64,")
    assert parsed.img["alt"] == parsed.figcaption.strong.text == page.words("tile.target", value="80%")
    assert len(parsed.details.tbody.find_all("tr")) == 2
    assert shown.html == page.chart("shares", draw, classes, title="tile.target", value="80%", scheme="abc").html


def test_many_marks_make_a_png_and_few_an_svg():
    kinds = []
    for points in (10, theme.MARKS_AS_VECTOR + 1):
        fig = theme.figure()
        fig.subplots().scatter(range(points), range(points))
        kinds.append(theme.image(fig)[1])
    assert kinds == ["svg+xml", "png"]


def test_a_character_that_no_font_holds_stops_the_chart():
    fig = theme.figure()
    fig.text(0.5, 0.5, "\ue000")  # for private use, in neither font
    with pytest.raises(UserWarning, match="missing from"):
        theme.image(fig)


def test_every_class_has_a_colour_of_its_scheme():
    from analysis.classification import SCHEMES

    for scheme in SCHEMES.values():
        colours = [theme.COLOURS[key] for key in scheme.rule.classes]
        assert len(set(colours)) == len(colours)


def test_tiles_compare_in_words_and_sign_and_say_what_is_absent(page):
    tiles = pd.DataFrame(
        [
            {"measure": "active_customers", "value": 110, "previous": 100, "last_year": None},
            {"measure": "repurchase_rate", "value": 0.40, "previous": 0.42, "within_noise": True},
            {"measure": "revenue_at_risk_minor", "value": 120_000, "previous": 100_000},
            {"measure": "net_migration", "value": -3, "previous": -3},
            {"measure": "satisfaction", "value": None, "reason": "no_feedback"},
        ]
    )
    shown = _parsed(page.tiles("key_figures", tiles))
    texts = [[line.get_text(" ", strip=True) for line in tile.find_all("li")] for tile in shown.find_all(class_="tile")]
    assert texts == [
        ["▲ up 10.0% on last month", "last year: not available"],
        ["▼ down 2.0 pp on last month", "last year: not available"],
        ["▲ up 20.0% on last month", "last year: not available"],
        [],  # a net movement is a change itself
        [],
    ]
    moods = [tile.li["class"] for tile in shown.find_all(class_="tile")[:3]]
    assert moods == [["good"], ["quiet"], ["bad"]]
    assert [value.text for value in shown.find_all(class_="tile-value")] == [
        "110",
        "40.0%",
        "$1.2K",
        "\N{MINUS SIGN}3",
        "Not available",
    ]
    assert "surveys would fill it" in shown.text


def test_a_line_does_not_break_within_an_amount_or_a_version():
    joiner, space = "\N{WORD JOINER}", "\N{NO-BREAK SPACE}"
    assert unbroken("+$5, −US$2.3万, 489 位, 2017-06-b0f, time-limited") == (
        f"+{joiner}$5, −{joiner}US$2.3{joiner}万, 489{space}位, 2017-{joiner}06-{joiner}b0f, time-limited"
    )


def test_a_growth_rate_on_nothing_is_not_available(page):
    tiles = pd.DataFrame([{"measure": "active_customers", "value": 5, "previous": 0}])
    assert "last month: not available" in _parsed(page.tiles("key_figures", tiles)).text


def test_a_small_line_breaks_where_a_month_is_missing():
    assert sparkline([1, 2, None, 4, 3]).decode().count("M") == 2


def test_the_masthead_says_what_every_number_rests_on():
    facts = Masthead(
        month="2017-11",
        month_start=dt.date(2017, 11, 1),
        month_end=dt.date(2017, 11, 30),
        as_of=dt.date(2017, 12, 1),
        time_zone="America/New_York",
        window_start=dt.date(2017, 9, 2),
        window_end=dt.date(2017, 11, 30),
        window_days=90,
        currency="USD",
        basis="revenue",
        tax="excluded",
        scheme="rfm_segment",
        scheme_version="2017-06",
        compared=["2017-10", "2016-11"],
        gate="warn",
        gate_text="3 rows set aside",
    )
    page = Page("overview", "en", currency="USD", dataset_title="Shop", month="2017-11", simulated=True)
    masthead = _parsed(page.masthead(facts))
    text = masthead.get_text(" ", strip=True)
    for part in (
        "Customers in November 2017",
        "Simulated data",
        "1–30 Nov 2017",
        "1 Dec 2017, 00:00 (New York)",
        "2 Sep – 30 Nov 2017 (90 days)",
        "October 2017 and November 2016",
        "net revenue, tax excluded, USD",
        "RFM segment, cut points 2017-06",
        "passed, with warnings",
        "3 rows set aside",
    ):
        assert part in text
    gate = masthead.find(class_="gate").a
    assert (gate.text, gate["href"]) == ("Data: passed, with warnings", "data-quality.html")


def test_a_card_shows_what_its_class_has_and_leaves_out_the_rest(page):
    cards = pd.DataFrame(
        [
            {
                "class": "champions",
                "customers": 3,
                "share_of_customers": 0.5,
                "title_en": "Call",
                "title_zh": "致电",
                "owner": "sales",
                "channel": None,
                "persona": ["<b>young</b>"],
                "judged_by_metrics": "retention_rate, recency",
            }
        ]
    )
    parsed = _parsed(page.cards("cards", cards, scheme="rfm_segment"))
    assert parsed.h2.text == "Champions"
    assert [term.text for term in parsed.find_all("dt")] == ["Who they are", "Action", "Owner", "Judged by"]
    assert parsed.li.text == "<b>young</b>"
    assert parsed.find_all("dd")[-1].text == "Retention rate and recency"
