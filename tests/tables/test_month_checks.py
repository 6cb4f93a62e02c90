"""Checks over many rows, each on a small shop in which a reader can count."""

import datetime as dt

import pandas as pd
import pytest

from analysis.errors import InputError
from analysis.tables import assess, read
from tests.shop import lines, make_dataset

AS_OF = dt.date(2024, 7, 1)
COLUMNS = {
    "customer_id": "customer",
    "ordered_at": "time",
    "order_id": "order",
    "amount": "amount",
    "category": "category",
}


def quality(dataset, as_of=AS_OF):
    return assess(dataset, read(dataset), as_of, complete=True, minor_units=2)


def finding(dataset, name, as_of=AS_OF):
    found = quality(dataset, as_of).findings.set_index("finding")
    return found.loc[name] if name in found.index else None


def every_day(first, days, amount=10.0):
    """One line a day of one customer."""
    start = pd.Timestamp(first)
    return lines(*[("ann", f"{start + pd.Timedelta(days=n):%Y-%m-%d}", f"{first}{n}", amount) for n in range(days)])


def with_tables(root, frame, **files):
    """A shop with further tables: name=(DataFrame, columns)."""
    folder = root / "data" / "shop"
    folder.mkdir(parents=True)
    tables = {"transactions": {"file": "lines.csv", "columns": COLUMNS | {"product_id": "category"}}}
    for name, (table, columns) in files.items():
        table.to_csv(folder / f"{name}.csv", index=False)
        tables[name] = {"file": f"{name}.csv", "columns": columns}
    return make_dataset(root, frame, tables=tables)


CANCELLED = {"marks": {"cancellations": "starts_with(order_id, 'C')"}}


def test_a_sale_cancelled_on_its_own_day_is_set_aside_with_its_mirror(tmp_path):
    frame = lines(
        ("ann", "2024-01-01", "1", 10.0, "tea"),
        ("ann", "2024-01-01", "2", 10.0, "tea"),  # bought twice, cancelled once: one stays
        ("ann", "2024-01-01", "C3", -10.0, "tea"),
        ("bob", "2024-01-01", "C4", -10.0, "tea"),  # another customer's
        ("ann", "2024-01-02", "C5", -10.0, "tea"),  # on a later day: money back on that day
        ("ann", "2024-01-03", "C6", -9.0, "tea"),
    )
    dataset = make_dataset(tmp_path, frame, transactions=CANCELLED)
    kept = pd.read_parquet(read(dataset).path("transactions"))
    assert kept["order_id"].tolist() == ["2", "C4", "C5", "C6"]
    aside = pd.read_parquet(read(dataset).path("set_aside"))
    assert aside[["order_id", "reason"]].to_numpy().tolist() == [
        ["1", "same_day_cancellation"],
        ["C3", "same_day_cancellation"],
    ]
    # order 2 was cancelled a day later, by C5
    assert finding(dataset, "mirrored_cancellation")["rows"] == 1
    assert finding(dataset, "mirrored_cancellation")["amount_minor"] == -1000


def test_a_later_cancellation_changes_nothing_that_was_known_before(tmp_path):
    frame = lines(("ann", "2024-01-31", "1", 10.0), ("ann", "2024-02-01", "C1", -10.0))
    dataset = make_dataset(tmp_path, frame, transactions=CANCELLED)
    assert quality(dataset, dt.date(2024, 2, 1)).gate["accepted"].tolist() == [1]
    assert finding(dataset, "mirrored_cancellation", dt.date(2024, 2, 1)) is None


def test_days_that_can_only_be_placeholders_are_set_aside(tmp_path):
    frame = lines(("ann", "2024-01-01", "1", 10), ("ann", "1900-01-01", "2", 10), ("ann", "2999-12-31", "3", 10))
    dataset = make_dataset(tmp_path, frame)
    aside = pd.read_parquet(read(dataset).path("set_aside"))
    assert aside["reason"].tolist() == ["implausible_date"] * 2


def test_stored_value_is_no_sale_and_a_gift_is_counted(tmp_path):
    frame = lines(
        ("ann", "2024-01-01", "1", 500, "top-up"), ("ann", "2024-01-02", "2", 20, "tea"), ("ann", "2024-01-02", "2", 0)
    )
    dataset = make_dataset(tmp_path, frame, transactions={"marks": {"top_ups": "category = 'top-up'"}})
    found = quality(dataset)
    assert found.findings.set_index("finding").loc["top_up", ["set_aside", "amount_minor"]].tolist() == [1, 50000]
    assert found.findings.set_index("finding").loc["zero_price_gift", "rows"] == 1
    assert found.kinds.set_index("kind").loc["sale", "accepted_minor"] == 2000


def test_an_amount_two_orders_of_magnitude_above_the_rest_is_found(tmp_path):
    # 99 % of 201 sale lines are 10.00 or less, so more than 1,000.00 is extreme
    frame = pd.concat([every_day("2023-12-01", 200), lines(("bob", "2024-06-01", "x", 1000.01))])
    row = finding(make_dataset(tmp_path, frame), "extreme_amount")
    assert (row["rows"], row["amount_minor"], row["severity"]) == (1, 100001, "warn")
    frame.loc[frame["customer"] == "bob", "amount"] = 1000.00
    assert finding(make_dataset(tmp_path / "b", frame), "extreme_amount") is None


def test_a_month_in_cents_is_found_with_all_its_lines(tmp_path):
    months = [every_day(first, 30) for first in ("2024-01-01", "2024-01-31", "2024-04-01")]
    cents = every_day("2024-03-02", 30, amount=1000.0)
    row = finding(make_dataset(tmp_path, pd.concat([*months, cents])), "amount_scale")
    assert (row["rows"], row["severity"]) == (30, "warn")
    few = finding(make_dataset(tmp_path / "b", pd.concat([*months, cents[:29]])), "amount_scale")
    assert few is None  # the median of fewer than 30 lines says little


def test_a_long_silence_is_told_by_its_days(tmp_path):
    frame = pd.concat([every_day("2024-01-01", 20), every_day("2024-01-28", 20)])  # 21 to 27 January are missing
    dataset = make_dataset(tmp_path, frame)
    row = finding(dataset, "days_without_records")
    assert (row["rows"], row["share"]) == (7, pytest.approx(7 / 47))
    examples = quality(dataset).examples
    shown = examples[examples["finding"] == "days_without_records"]
    assert shown["day"].dt.strftime("%m-%d").tolist() == ["01-21", "01-22", "01-23"]
    short = pd.concat([every_day("2024-01-01", 20), every_day("2024-01-27", 20)])
    assert finding(make_dataset(tmp_path / "b", short), "days_without_records") is None  # 7 days on, not more


def test_products_contacts_and_answers_that_belong_to_nothing_are_counted(tmp_path):
    frame = lines(("ann", "2024-01-01", "1", 10, "p1"), ("ann", "2024-01-02", "2", 5, "p9"))
    dataset = with_tables(
        tmp_path,
        frame,
        products=(pd.DataFrame({"sku": ["p1"], "group": ["tea"]}), {"product_id": "sku", "category": "group"}),
        contacts=(
            pd.DataFrame({"who": ["ann", "zoe", "zoe"], "at": ["2024-01-05", "2024-01-06", "2024-08-01"]}),
            {"customer_id": "who", "contacted_at": "at"},
        ),
        feedback=(
            pd.DataFrame({"who": ["yan", "ann"], "at": ["2024-01-05", "2024-01-06"], "score": [9, 10]}),
            {"customer_id": "who", "given_at": "at", "score": "score"},
        ),
    )
    found = quality(dataset).findings.set_index("finding")
    assert found.loc["unknown_product", ["rows", "amount_minor"]].tolist() == [1, 500]
    assert found.loc["orphan_contact", ["rows", "share", "counted"]].tolist() == [1, 0.5, "contacts"]  # July is later
    assert found.loc["orphan_feedback", ["rows", "share", "counted"]].tolist() == [1, 0.5, "answers"]


def test_customers_of_several_ids_become_one_and_can_be_told_apart_again(tmp_path):
    frame = lines(("ann", "2024-01-01", "1", 10), ("web-7", "2024-01-02", "2", 5), ("till-3", "2024-01-03", "3", 1))
    pairs = pd.DataFrame(
        {
            "alias": ["web-7", "till-3", "till-3", "app", "app", "x", "y"],
            "one": ["ann", "ann", "ann", "ann", "bob", "y", "z"],
        }
    )  # till-3 twice the same; app is two customers; x is y, which is z: a chain
    dataset = with_tables(tmp_path, frame, identities=(pairs, {"alias_id": "alias", "customer_id": "one"}))
    kept = pd.read_parquet(read(dataset).path("transactions"))
    assert kept["customer_id"].tolist() == ["ann"] * 3
    assert kept["merged_from"].fillna("").tolist() == ["", "web-7", "till-3"]
    aside = pd.read_parquet(read(dataset).path("identities_set_aside"))
    assert aside["reason"].tolist() == ["duplicate_key", *["conflicting_identity"] * 2, "chained_identity"]
    assert finding(dataset, "merged_customers")[["rows", "amount_minor"]].tolist() == [2, 600]


def test_an_alias_of_two_customers_is_no_alias(tmp_path):
    frame = lines(("app", "2024-01-01", "1", 10), ("ann", "2024-01-02", "2", 5))
    pairs = pd.DataFrame({"alias": ["app", "app"], "one": ["ann", "bob"]})
    dataset = with_tables(tmp_path, frame, identities=(pairs, {"alias_id": "alias", "customer_id": "one"}))
    assert pd.read_parquet(read(dataset).path("transactions"))["customer_id"].tolist() == ["app", "ann"]
    found = finding(dataset, "side_rows_set_aside")
    assert (found["rows"], found["counted"], found["share"]) == (2, "rows", 1.0)


def test_a_value_of_a_side_table_that_cannot_be_read_sets_its_row_aside(tmp_path):
    frame = lines(("ann", "2024-01-01", "1", 10, "p1"))
    dataset = with_tables(
        tmp_path,
        frame,
        customers=(
            pd.DataFrame({"who": ["new", "old", "ann"], "since": ["20th of May", "2024-01-05", None]}),
            {"customer_id": "who", "registered_on": "since"},
        ),
        feedback=(
            pd.DataFrame({"who": ["ann"] * 3, "at": ["2024-01-05"] * 3, "score": ["9", "inf", "good"]}),
            {"customer_id": "who", "given_at": "at", "score": "score"},
        ),
    )
    assert set(pd.read_parquet(read(dataset).path("customers"))["customer_id"]) == {"old", "ann"}
    assert pd.read_parquet(read(dataset).path("feedback"))["score"].tolist() == [9]
    aside = [pd.read_parquet(read(dataset).path(f"{name}_set_aside"))["reason"] for name in ("customers", "feedback")]
    assert [list(reasons) for reasons in aside] == [["unreadable_value"], ["unreadable_value"] * 2]
    examples = quality(dataset).examples
    shown = examples[examples["finding"] == "side_rows_set_aside"]["note"]
    assert set(shown) == {"customers: unreadable_value", "feedback: unreadable_value"}


def test_a_word_for_nobody_is_pointed_out(tmp_path):
    frame = lines(("NULL", "2024-01-01", "1", 10), ("游客", "2024-01-02", "2", 5), ("ann", "2024-01-02", "3", 1))
    assert finding(make_dataset(tmp_path, frame), "placeholder_customer")["rows"] == 2


def test_headings_that_differ_in_case_alone_are_no_drift(tmp_path):
    folder = tmp_path / "data" / "shop" / "months"
    folder.mkdir(parents=True)
    frame = lines(("ann", "2024-01-05", "1", 1.0, "tea"))
    frame.to_csv(folder / "1.csv", index=False)
    frame.rename(columns={"customer": "Customer"}).to_csv(folder / "2.csv", index=False)
    tables = {"transactions": {"file": "months/*.csv", "columns": COLUMNS, "duplicates": "keep"}}
    assert finding(make_dataset(tmp_path, frame, tables=tables), "schema_drift") is None
    frame.drop(columns="category").to_csv(folder / "2.csv", index=False)
    dataset = make_dataset(tmp_path, frame, tables=tables)
    assert finding(dataset, "schema_drift")[["rows", "share", "severity"]].tolist() == [1, 0.5, "warn"]
    shown = quality(dataset).examples.set_index("finding").loc["schema_drift", "note"]
    assert shown == "2.csv: category"


def test_ids_that_differ_by_zeros_or_case_alone_are_pointed_out(tmp_path):
    frame = lines(
        ("0017", "2024-01-01", "1", 1), ("17", "2024-01-02", "2", 1), ("A1", "2024-01-02", "3", 1),
        ("a1", "2024-01-03", "4", 1), ("b2", "2024-01-03", "5", 1),
    )  # fmt: skip
    row = finding(make_dataset(tmp_path, frame), "similar_customer_ids")
    assert (row["rows"], row["share"]) == (4, 0.8)


def test_text_decoded_with_the_wrong_encoding_is_pointed_out(tmp_path):
    frame = lines(("ann", "2024-01-01", "1", 1, "cafÃ©"), ("ann", "2024-01-02", "2", 1, "café"))
    assert finding(make_dataset(tmp_path, frame), "garbled_text")["rows"] == 1


def test_later_rows_change_no_finding(tmp_path):
    frame = every_day("2024-01-01", 100)
    later = pd.concat([frame, lines(("bob", "2024-07-01", "x", 1e6, "cafÃ©"), ("BOB", "2024-12-01", "y", -5))])
    first, second = quality(make_dataset(tmp_path / "a", frame)), quality(make_dataset(tmp_path / "b", later))
    for table in ("findings", "examples", "kinds", "coverage", "gate"):
        pd.testing.assert_frame_equal(getattr(first, table), getattr(second, table))


def monthly(root, *frames):
    """A shop with one Parquet file a month, each with the types of its own frame."""
    folder = root / "data" / "shop" / "months"
    folder.mkdir(parents=True)
    for number, frame in enumerate(frames, 1):
        frame.to_parquet(folder / f"{number}.parquet")
    columns = {"customer_id": "customer", "ordered_at": "time", "order_id": "order", "amount": "amount"}
    table = {"file": "months/*.parquet", "columns": columns, "decimal_mark": ","}
    return make_dataset(
        root,
        every_day("2024-01-01", 1),
        tables={"transactions": table},
        source_time_zone="UTC",
        reporting_time_zone="America/New_York",
    )


def test_the_types_of_a_later_file_change_nothing_that_an_earlier_one_says(tmp_path):
    january = pd.DataFrame(
        {
            "customer": [17850.0, 17851.0],
            "time": [dt.date(2024, 1, 1), dt.date(2024, 1, 2)],
            "order": [1, 2],
            "amount": [10.503, 234.5],
        }
    )
    february = pd.DataFrame(
        {
            "customer": ["17850", "A1"],
            "time": pd.to_datetime(["2024-02-01 12:00", "2024-02-02 12:00"]),
            "order": ["3", "C4"],
            "amount": ["1.234,50", "x"],
        }
    )
    columns = ["customer_id", "order_date", "order_id", "amount"]
    alone = pd.read_parquet(read(monthly(tmp_path / "a", january)).path("transactions"))[columns]
    both = pd.read_parquet(read(monthly(tmp_path / "b", january, february)).path("transactions"))[columns]
    pd.testing.assert_frame_equal(alone, both.head(2))
    assert both["customer_id"].tolist() == ["17850", "17851", "17850"]
    assert [str(amount) for amount in both["amount"]] == ["10.5030", "234.5000", "1234.5000"]


def test_a_file_without_a_column_that_every_row_needs_is_refused_by_name(tmp_path):
    january, february = every_day("2024-01-01", 3), every_day("2024-02-01", 3)
    with pytest.raises(InputError, match=r"2\.parquet has no customer; it has client"):
        read(monthly(tmp_path, january, february.rename(columns={"customer": "client"})))
