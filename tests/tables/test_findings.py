import datetime as dt

import pandas as pd
import pytest

from analysis.errors import InputError
from analysis.tables import assess, read, stop_on_errors
from tests.shop import lines, make_dataset

AS_OF = dt.date(2024, 2, 1)
SHOP = lines(
    ("ann", "2024-01-01", "1", 10.00, "tea"),
    ("ann", "2024-01-01", "1", 10.00, "tea"),  # duplicate
    ("", "2024-01-02", "2", 4.00, "tea"),  # no customer
    ("", "2024-01-02", "2", 4.00, "tea"),  # no customer, and a duplicate: that is the first reason
    ("bob", "2024-01-30", "3", 6.00, None),
    ("bob", "2024-01-31", "4", -2.50, None),
    ("bob", "never", "5", 1.00, None),
    ("cyd", "2024-02-01", "6", 70.00, "tea"),  # at as_of
    ("", "2024-02-02", "7", 80.00, "tea"),  # later
)


def quality(dataset, complete=True):
    return assess(dataset, read(dataset), AS_OF, complete=complete, minor_units=2)


def test_every_check_is_counted_with_its_value_before_as_of(tmp_path):
    findings = quality(make_dataset(tmp_path, SHOP)).findings.set_index("finding")
    # 7 rows are before as_of or have no readable time
    expected = {"duplicate_line": (2, 2, 1400), "missing_customer": (2, 1, 800), "unreadable_time": (1, 1, 100)}
    for name, (rows, set_aside, amount_minor) in expected.items():
        row = findings.loc[name]
        assert (row["rows"], row["set_aside"], row["amount_minor"]) == (rows, set_aside, amount_minor)
        assert row["share"] == pytest.approx(rows / 7)


def test_read_is_accepted_plus_set_aside_by_kind_and_in_total(tmp_path):
    found = quality(make_dataset(tmp_path, SHOP))
    assert (found.kinds["read"] == found.kinds["accepted"] + found.kinds["set_aside"]).all()
    gate = found.gate.iloc[0]
    assert (gate["read"], gate["accepted"], gate["set_aside"]) == (7, 3, 4)
    kinds = found.kinds.set_index("kind")
    assert kinds.loc["sale", "accepted_minor"] == 1600
    assert kinds.loc["return", ["read", "accepted_minor"]].tolist() == [1, -250]


def test_rows_at_or_after_as_of_change_no_finding(tmp_path):
    first = quality(make_dataset(tmp_path / "a", SHOP))
    second = quality(make_dataset(tmp_path / "b", SHOP.iloc[:7]))
    for table in ("findings", "kinds", "coverage", "gate"):
        assert getattr(first, table).equals(getattr(second, table))


def test_customers_first_seen_in_the_first_days_are_left_censored(tmp_path):
    findings = quality(make_dataset(tmp_path, SHOP, left_censor_days=10)).findings.set_index("finding")
    assert findings.loc["left_censored", ["rows", "share"]].tolist() == [1, 0.5]  # ann of ann and bob


def test_a_broken_export_stops_the_run_unless_the_finding_is_accepted(tmp_path):
    found = quality(make_dataset(tmp_path, SHOP))
    assert found.gate["verdict"].tolist() == ["stop"]
    with pytest.raises(InputError, match=r"duplicate_line.*accept_findings"):
        stop_on_errors(make_dataset(tmp_path, SHOP), found)
    accepted = make_dataset(tmp_path, SHOP, accept_findings=["duplicate_line", "unreadable_time"])
    found = quality(accepted)
    stop_on_errors(accepted, found)
    assert set(found.findings["severity"]) == {"accepted", "warn"}


def test_a_partial_month_stops_the_run_unless_allowed(tmp_path):
    clean = SHOP.iloc[[0, 4]]
    dataset = make_dataset(tmp_path, clean)
    with pytest.raises(InputError, match="allow_partial"):
        stop_on_errors(dataset, quality(dataset, complete=False))
    allowed = make_dataset(tmp_path, clean, allow_partial=True)
    stop_on_errors(allowed, quality(allowed, complete=False))


def test_an_unknown_accepted_finding_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"Did you mean duplicate_line\?"):
        quality(make_dataset(tmp_path, SHOP, accept_findings=["duplicate_lines"]))


def test_coverage_counts_filled_fields_of_accepted_lines(tmp_path):
    coverage = quality(make_dataset(tmp_path, SHOP)).coverage.set_index("field")
    assert coverage.loc["category", ["filled", "rows"]].tolist() == [1, 3]


def test_the_first_examples_of_a_finding_are_shown_by_day_without_naming_a_customer(tmp_path):
    examples = quality(make_dataset(tmp_path, SHOP)).examples
    shown = examples[examples["finding"] == "missing_customer"]
    assert shown["order_id"].tolist() == ["2", "2"]
    assert shown["amount_minor"].tolist() == [400, 400]
    # a text that could not be read shows how it is written, not what it says
    unread = examples[examples["finding"] == "unreadable_time"].iloc[0]
    assert (unread["note"], pd.isna(unread["day"])) == ("aaaaa", True)


def test_an_order_made_of_customer_and_day_is_no_example(tmp_path):
    """Neither where orders have no number, nor where one line lacks it: the page would name the customer."""
    unnumbered = lines(
        ("secret", "2024-01-06", None, "ten"), ("bob", "2024-01-07", "7", "ten"), ("ann", "2024-01-01", "1", 10)
    )
    examples = quality(make_dataset(tmp_path, unnumbered)).examples
    shown = examples[examples["finding"] == "unreadable_amount"]
    assert shown["order_id"].fillna("").tolist() == ["", "7"]
    assert not examples.astype("str").apply(lambda column: column.str.contains("secret")).any(axis=None)
    columns = {"customer_id": "customer", "ordered_at": "time", "amount": "amount"}
    assert quality(make_dataset(tmp_path / "b", SHOP, columns=columns)).examples["order_id"].isna().all()
