import datetime as dt

import pandas as pd
import pytest

from analysis.tables import (
    assess,
    customer_coverage,
    inventory,
    later_lines,
    left_censoring,
    limits,
    lines_by_file,
    lines_by_month,
    read,
    reasons_by,
    set_aside_places,
)
from tests.shop import lines, make_dataset

AS_OF = dt.date(2024, 4, 1)
SHOP = lines(
    ("ann", "2024-01-05", "1", 10.00, "tea"),
    ("bob", "2024-01-20", "2", 6.00, None),
    ("", "2024-01-21", "3", 4.00, "tea"),  # set aside: no customer
    ("cyd", "2024-03-30", "4", 9.00, "tea"),  # nothing in February
    ("dan", "never", "5", 1.00, None),  # set aside: no readable time
    ("eve", "2024-04-01", "6", 70.00, "tea"),  # at as_of
)
# ann and bob have an age; fay registered without buying; gus registers at as_of; one row has no customer
PEOPLE = pd.DataFrame(
    {
        "id": ["ann", "bob", "fay", "gus", None],
        "age": ["30", "40", None, "50", "60"],
        "since": ["2023-01-01", "2023-02-01", "2024-03-31", "2024-04-01", "2023-01-01"],
    }
)
CALLS = pd.DataFrame({"id": ["ann", "ann", "cyd"], "at": ["2024-01-01", "2024-03-31", "2024-04-01"]})


def shop(root, frame=SHOP, people=PEOPLE, calls=CALLS):
    folder = root / "data" / "shop"
    folder.mkdir(parents=True)
    people.to_csv(folder / "people.csv", index=False)
    calls.to_csv(folder / "calls.csv", index=False)
    columns = {"customer_id": "customer", "ordered_at": "time", "order_id": "order", "amount": "amount"}
    tables = {
        "transactions": {"file": "lines.csv", "columns": columns},
        "customers": {
            "file": "people.csv",
            "columns": {"customer_id": "id", "age_band": "age", "registered_on": "since"},
        },
        "contacts": {"file": "calls.csv", "columns": {"customer_id": "id", "contacted_at": "at"}},
    }
    return make_dataset(root, frame, left_censor_days=10, tables=tables)


def test_every_input_table_is_listed_with_its_rows_before_as_of(tmp_path):
    dataset = shop(tmp_path)
    table = inventory(dataset, read(dataset), AS_OF).set_index("table")
    assert table["state"].to_dict() == {
        "transactions": "read",
        "products": "not_supplied",
        "customers": "read",
        "contacts": "read",
        "feedback": "not_supplied",
        "identities": "not_supplied",
        "measures": "not_read_yet",
        "actions": "not_read_yet",
    }
    # ann, bob, cyd accepted; no customer and no time set aside
    assert table.loc["transactions", ["rows", "set_aside"]].tolist() == [3, 2]
    assert table.loc["customers", ["rows", "set_aside"]].tolist() == [3, 1]
    assert table.loc["contacts", ["rows", "set_aside"]].tolist() == [2, 0]
    assert table.loc["transactions", "last_day"] == pd.Timestamp("2024-03-30")
    assert table.loc[["products", "feedback"], ["rows", "set_aside", "first_day"]].isna().all(axis=None)


def test_a_month_without_lines_is_shown_with_none(tmp_path):
    dataset = shop(tmp_path)
    assert lines_by_month(read(dataset), AS_OF).to_numpy().tolist() == [
        ["2024-01", 2, 1],
        ["2024-02", 0, 0],
        ["2024-03", 1, 0],
    ]


def test_coverage_counts_customers_with_evidence_among_all_known_at_as_of(tmp_path):
    dataset = shop(tmp_path)
    table = customer_coverage(dataset, read(dataset), AS_OF).set_index("field")
    # base: ann, bob, cyd bought; fay registered
    assert table["base"].unique().tolist() == [4]
    assert table["customers"].to_dict() == {"age_band": 2, "registered_on": 3, "contact": 1}
    assert table.loc["age_band", "share"] == 2 / 4


def test_without_customers_and_contacts_there_is_no_coverage_to_show(tmp_path):
    dataset = make_dataset(tmp_path, SHOP)
    assert customer_coverage(dataset, read(dataset), AS_OF).empty


def test_customers_of_the_first_days_have_an_unknown_age(tmp_path):
    dataset = shop(tmp_path)
    row = left_censoring(dataset, read(dataset), AS_OF).iloc[0]
    # ten days from 5 January: known from the 15th; ann is older, bob and cyd are not
    assert (row["known_from"], row["customers"], row["unknown_age"]) == (pd.Timestamp("2024-01-15"), 3, 1)
    assert row["share"] == pytest.approx(1 / 3)


def test_left_censoring_agrees_with_the_finding(tmp_path):
    dataset = shop(tmp_path)
    findings = assess(dataset, read(dataset), AS_OF, complete=True, minor_units=2).findings.set_index("finding")
    row = left_censoring(dataset, read(dataset), AS_OF).iloc[0]
    assert findings.loc["left_censored", ["rows", "share"]].tolist() == [row["unknown_age"], row["share"]]


def test_limits_show_every_check_with_what_it_found_and_none_as_zero():
    findings = pd.DataFrame({"finding": ["missing_customer", "fee"], "share": [0.25, 0.1]})
    table = limits(findings).set_index("finding")
    assert table.loc["missing_customer"].tolist() == [0.25, 0.01, 0.5]
    assert table.loc["duplicate_line", "share"] == 0
    assert "fee" not in table.index
    assert pd.isna(table.loc["left_censored", "stop_above"])


def test_rows_at_or_after_as_of_change_none_of_the_tables(tmp_path):
    with_later = shop(tmp_path / "a")
    without = shop(tmp_path / "b", SHOP.iloc[:5], PEOPLE[PEOPLE["id"] != "gus"], CALLS.iloc[:2])
    for table in (inventory, customer_coverage, left_censoring):
        pd.testing.assert_frame_equal(table(with_later, read(with_later), AS_OF), table(without, read(without), AS_OF))
    pd.testing.assert_frame_equal(lines_by_month(read(with_later), AS_OF), lines_by_month(read(without), AS_OF))


def monthly_shop(root):
    """Two files of one shop; the second has a line without a customer, one without a time, and one of May."""
    folder = root / "data" / "shop" / "months"
    folder.mkdir(parents=True)
    lines(("ann", "2024-01-05", "1", 1.0), ("bob", "2024-01-06", "2", 2.0)).to_csv(folder / "1.csv", index=False)
    late = lines(("ann", "2024-02-05", "3", 1.0), ("", "2024-02-06", "4", 2.0), ("bob", "?", "5", 3.0),
                 ("bob", "2024-05-01", "6", 4.0))  # fmt: skip
    late.to_csv(folder / "2.csv", index=False)
    columns = {"customer_id": "customer", "ordered_at": "time", "order_id": "order", "amount": "amount"}
    return make_dataset(root, SHOP, tables={"transactions": {"file": "months/*.csv", "columns": columns}})


def test_lines_are_counted_by_file_with_the_reasons_why_some_were_set_aside(tmp_path):
    found = read(monthly_shop(tmp_path))
    files = lines_by_file(found, AS_OF)
    assert files[["source_file", "read", "accepted", "set_aside"]].to_numpy().tolist() == [
        ["1.csv", 2, 2, 0],
        ["2.csv", 3, 1, 2],  # the line of May is later
    ]
    by_file = reasons_by(found, AS_OF, "source_file")
    assert by_file.to_numpy().tolist() == [["2.csv", "missing_customer", 1], ["2.csv", "unreadable_time", 1]]
    by_month = reasons_by(found, AS_OF, "month")
    assert by_month.fillna("").to_numpy().tolist() == [["2024-02", "missing_customer", 1], ["", "unreadable_time", 1]]


def test_the_place_of_a_line_is_its_row_in_its_own_file(tmp_path):
    places = set_aside_places(read(monthly_shop(tmp_path)), AS_OF)
    assert places.to_numpy().tolist() == [["missing_customer", "2.csv", 3], ["unreadable_time", "2.csv", 4]]


def test_lines_of_later_days_are_counted_and_those_beyond_a_day_apart(tmp_path):
    found = read(monthly_shop(tmp_path))
    row = later_lines(found, dt.date(2024, 2, 1), dt.date(2024, 4, 1)).iloc[0]
    # of February one accepted and one set aside, of May one; the line without a time belongs to no day
    assert (row["lines"], row["future_lines"]) == (3, 1)
