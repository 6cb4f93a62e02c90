import datetime as dt

import pandas as pd
import pytest

from analysis.tables import assess, customer_coverage, inventory, left_censoring, limits, lines_by_month, read
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
