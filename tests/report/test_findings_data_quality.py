import pandas as pd
import pytest

from analysis.report import findings_data_quality as say
from analysis.report import measures
from analysis.report.wording import Words
from analysis.tables import Quality
from analysis.tables.findings import KINDS, LIMITS
from analysis.tables.schema import DATED_BY
from analysis.tables.summaries import NOT_READ_YET


def quality(verdict="warn", read=100, set_aside=25, findings=()):
    columns = ["finding", "severity", "counted", "rows", "set_aside", "share", "amount_minor"]
    gate = pd.DataFrame([{"verdict": verdict, "read": read, "accepted": read - set_aside, "set_aside": set_aside}])
    nothing = pd.DataFrame()
    return Quality(pd.DataFrame(list(findings), columns=columns), nothing, nothing, nothing, gate)


FINDINGS = [
    ("fee", "info", "lines", 30, 5, 0.3, 1_000),
    ("missing_customer", "warn", "lines", 20, 20, 0.2, 400),
    ("left_censored", "warn", "customers", 60, 0, 0.6, None),
    ("partial_month", "error", "month", None, None, None, None),
]


@pytest.mark.parametrize(
    ("verdict", "set_aside", "told"),
    [
        ("pass", 0, "The data can be used: all 100 lines read were accepted"),
        ("warn", 25, "The data can be used with care: of 100 lines read, 75 were accepted and 25 (25.0%) set aside"),
        (
            "stop",
            25,
            "The data cannot be used as they are: of 100 lines read, 75 were accepted and 25 (25.0%) set aside",
        ),
    ],
)
def test_the_title_says_the_verdict_and_that_read_is_accepted_plus_set_aside(verdict, set_aside, told):
    key, values = say.verdict(quality(verdict, set_aside=set_aside))
    assert Words("en")(key, **values) == told


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("verdict", ["pass", "warn", "stop"])
def test_every_verdict_has_a_title_and_a_sentence(language, verdict):
    words = Words(language)
    for set_aside in (0, 25):
        key, values = say.verdict(quality(verdict, set_aside=set_aside))
        assert words(key, **values)
    key, values = say.gate_in_words(quality(verdict, findings=FINDINGS), words)
    assert words(key, **values)


def test_the_gate_names_the_findings_behind_its_verdict_with_what_they_count():
    words = Words("en")
    key, values = say.gate_in_words(quality("warn", findings=FINDINGS[:3]), words)
    assert key == "data_quality.gate_warn"
    # more customers than lines match, so they come first
    assert values["findings"] == (
        "“Customers older than the data” (60 customers, 60.0%) and “Lines without a customer” (20 lines, 20.0%)"
    )
    assert say.gate_in_words(quality("stop", findings=FINDINGS), words)[1] == {"findings": "“Month not complete”"}
    assert say.gate_in_words(quality("pass", findings=FINDINGS[:1]), words) == ("data_quality.gate_pass", {})


def test_findings_come_most_urgent_first_with_what_they_count():
    table = say.ordered(quality(findings=FINDINGS).findings)
    assert table[["finding", "counted"]].to_numpy().tolist() == [
        ["partial_month", "month"],
        ["left_censored", "customers"],
        ["missing_customer", "lines"],
        ["fee", "lines"],
    ]


def test_a_mark_of_the_datasets_own_shows_its_name_and_the_text_of_all_such_marks():
    words = Words("en")
    findings = quality(findings=[("staff_sale", "info", "lines", 1, 1, 0.1, 0)]).findings
    assert measures.show(words, "staff_sale", measures.of_column("finding")) == "staff sale"
    assert say.guidance(findings, words)["meaning"].tolist() == [words("finding_meaning.own_mark")]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_check_kind_and_input_table_has_its_words(language):
    words = Words(language)
    for key in (*LIMITS, "partial_month", "fee", "non_product", "stock_write_off"):
        assert all(words(f"{section}.{key}") for section in ("finding", "finding_meaning", "finding_remedy"))
    assert all(words(f"line_kind.{kind}") for kind in KINDS)
    assert all(
        words(f"{section}.{table}") for table in (*DATED_BY, *NOT_READ_YET) for section in ("input_table", "input_adds")
    )
    assert all(words(f"severity.{severity}") for severity in say.SEVERITIES)


def test_findings_are_counted_and_their_absence_is_said():
    assert say.found(quality(findings=FINDINGS).findings) == ("data_quality.found_some", {"found": 4, "urgent": 3})
    assert say.found(quality().findings)[0] == "data_quality.found_none"


def test_the_months_sentence_names_a_gap_before_anything_else():
    months = pd.DataFrame({"month": ["2024-01", "2024-02", "2024-03"], "accepted": [5, 9, 7], "set_aside": 0})
    assert say.months(months) == (
        "data_quality.months_full",
        {"months": 3, "high": "2024-02", "most": 9, "low": "2024-01", "fewest": 5},
    )
    gap = say.months(months.assign(accepted=[5, 0, 7]))
    assert gap == ("data_quality.months_gap", {"months": 1, "first": "2024-02"})
    assert say.months(months[:1])[0] == "data_quality.months_one"


def test_share_of_sales_and_no_lines_at_all():
    kinds = pd.DataFrame({"kind": KINDS, "read": [6, 2, 0, 0]})
    assert say.kinds(kinds) == ("data_quality.kinds_heading", {"share": 0.75})
    assert say.kinds(kinds.assign(read=0))[0] == "data_quality.kinds_heading_none"


def test_a_dataset_that_rules_out_older_customers_says_so():
    table = pd.DataFrame(
        [
            {
                "left_censor_days": 0,
                "customers": 8,
                "unknown_age": 0,
                "share": 0.0,
                "known_from": pd.Timestamp("2024-01-01"),
            }
        ]
    )
    assert say.censoring(table) == ("data_quality.censoring_none", {"customers": 8})
    key, values = say.censoring(table.assign(left_censor_days=90, unknown_age=2, share=0.25))
    assert Words("en")(key, **values).startswith("2 of 8 customers (25.0%) were first seen in the first 90 days")


FILES = pd.DataFrame({"source_file": ["jan.csv", "feb.csv"], "read": [10, 4], "accepted": [8, 3], "set_aside": [2, 1]})


def test_the_source_with_the_largest_share_set_aside_is_named():
    key, values = say.by_file(FILES)  # 2 of 10, and 1 of 4
    assert Words("en")(key, **values) == "Sources read: 2; most set aside in feb.csv: 25.0% of its lines"
    key, values = say.by_file(FILES.assign(set_aside=0))
    assert Words("zh")(key, **values) == "共读取 2 个来源，没有剔除任何明细"


def test_why_lines_were_set_aside_is_told_with_their_number():
    reasons = pd.DataFrame(
        {"month": ["2024-01", "2024-01", None], "reason": ["missing_customer", "fee", "fee"], "rows": [3, 1, 7]}
    )
    assert say.why(reasons, "month", Words("en")).to_dict() == {
        "2024-01": "Lines without a customer: 3 and Shipping, fees and charges: 1"
    }


@pytest.mark.parametrize(
    ("lines", "future", "told"),
    [
        (0, 0, "No line is dated after this month."),
        (5, 0, "5 lines are dated after this month, up to 9 Dec 2024; they play no part in it."),
        (
            5,
            2,
            "! 5 lines are dated after this month; 2 of them on or after 1 Jan 2025, beyond the month in progress: "
            "check their dates.",
        ),
    ],
)
def test_what_is_dated_later_is_told_and_beyond_the_month_in_progress_doubted(lines, future, told):
    later = pd.DataFrame(
        [
            {
                "lines": lines,
                "last_day": pd.Timestamp("2024-12-09"),
                "future_lines": future,
                "future_from": pd.Timestamp("2025-01-01"),
            }
        ]
    )
    key, values = say.later(later)
    assert Words("en")(key, **values) == told
