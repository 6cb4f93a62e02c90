"""What the first screen says of the data."""

import pandas as pd
import pytest

from analysis.report.overview import gate_text
from analysis.report.wording import Words
from analysis.tables import Quality


def quality(verdict, *findings):
    gate = pd.DataFrame([{"verdict": verdict, "read": 1_000, "accepted": 980, "set_aside": 20}])
    columns = ["finding", "severity", "rows", "share"]
    nothing = pd.DataFrame()
    return Quality(pd.DataFrame(list(findings), columns=columns), nothing, nothing, nothing, gate)


FEE = ("fee", "info", 900, 0.9)
NO_CUSTOMER = ("missing_customer", "warn", 300, 0.3)
OLDER = ("left_censored", "warn", 600, 0.6)


@pytest.mark.parametrize(
    ("verdict", "findings", "told"),
    [
        ("pass", [FEE], "20 of 1,000 rows set aside"),
        ("warn", [FEE, NO_CUSTOMER], "{missing_customer}; 20 of 1,000 rows set aside"),
        ("warn", [NO_CUSTOMER, OLDER, FEE], "{left_censored} and 1 more; 20 of 1,000 rows set aside"),
    ],
    ids=["nothing-warns", "one-warns", "the-largest-of-two"],
)
def test_the_gate_names_the_finding_that_weighs_most_and_counts_the_others(verdict, findings, told):
    words = Words("en")
    names = {name: words(f"finding.{name}") for name in ("missing_customer", "left_censored")}
    assert gate_text(quality(verdict, *findings), words) == told.format(**names)


def test_the_gate_is_told_in_chinese_too():
    words = Words("zh")
    told = gate_text(quality("warn", NO_CUSTOMER, OLDER), words)
    assert told == f"{words('finding.left_censored')}，另有 1 项；读取 1,000 行，剔除 20 行"
