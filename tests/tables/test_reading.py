import duckdb
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis.errors import InputError
from analysis.tables import load_dataset, read
from tests.shop import lines, make_dataset


def accepted(dataset):
    return pd.read_parquet(read(dataset).path("transactions"))


def set_aside(dataset):
    return pd.read_parquet(read(dataset).path("set_aside"))


def test_each_bad_row_is_set_aside_with_its_first_reason(tmp_path):
    dataset = make_dataset(
        tmp_path,
        lines(
            ("ann", "2024-01-01", "1", 10),
            ("ann", "2024-01-01", "1", 10),  # equals the row above in every column
            ("", "2024-01-02", "2", 10),
            ("bob", "yesterday", "3", 10),
            ("bob", "2024-01-03", "4", "ten"),
            ("bob", "2024-01-03", "5", 3, "post"),
            ("", "2024-01-03", "6", 3, "post"),  # two checks fail: the mark comes first
        ),
        transactions={"marks": {"set_aside": {"fee": "category = 'post'"}}},
    )
    kept = set_aside(dataset)
    assert len(accepted(dataset)) == 1
    assert dict(zip(kept["_row"], kept["reason"], strict=True)) == {
        2: "duplicate_line",
        3: "missing_customer",
        4: "unreadable_time",
        5: "unreadable_amount",
        6: "fee",
        7: "fee",
    }
    assert list(kept.set_index("_row")["checks"][7]) == ["fee", "missing_customer"]


def test_money_back_is_kept_and_an_order_that_never_took_place_is_not(tmp_path):
    dataset = make_dataset(
        tmp_path,
        lines(
            ("ann", "2024-01-01", "1", 10),
            ("ann", "2024-01-02", "C1", -10),  # cancellation of a sale: money taken back
            ("ann", "2024-01-03", "C2", 7),  # cancelled before it was paid
            ("ann", "2024-01-04", "4", -2),  # a return
            ("ann", "2024-01-05", "5", 0),  # a gift
        ),
        transactions={"marks": {"cancellations": "starts_with(order_id, 'C')"}},
    )
    assert accepted(dataset)["kind"].tolist() == ["sale", "cancellation", "return", "gift"]
    assert set_aside(dataset)["reason"].tolist() == ["cancelled_order"]


def test_a_positive_return_and_an_unmarked_negative_are_not_guessed_at(tmp_path):
    dataset = make_dataset(
        tmp_path,
        lines(("ann", "2024-01-01", "1", 10), ("ann", "2024-01-02", "R2", 4), ("ann", "2024-01-03", "3", -4)),
        transactions={"marks": {"returns": "starts_with(order_id, 'R')"}},
    )
    assert set_aside(dataset)["reason"].tolist() == ["positive_return", "unmarked_negative"]


def test_times_are_moved_to_the_reporting_zone_and_pure_dates_are_not(tmp_path):
    night = lines(("ann", "2024-01-31 17:00:00", "1", 10))
    dataset = make_dataset(tmp_path, night, source_time_zone="UTC", reporting_time_zone="Asia/Shanghai")
    # 17:00 in London's winter is 01:00 of the next day in Shanghai
    assert str(accepted(dataset)["ordered_at"][0]) == "2024-02-01 01:00:00"
    folder = dataset.folder
    duckdb.sql(
        "COPY (SELECT 'ann' AS customer, DATE '2024-01-31' AS time, '1' AS \"order\", 10 AS amount, "
        f"NULL AS category) TO '{folder / 'days.parquet'}'"
    )
    text = (folder / "dataset.yaml").read_text(encoding="utf-8").replace("lines.csv", "days.parquet")
    (folder / "dataset.yaml").write_text(text, encoding="utf-8")

    assert str(accepted(load_dataset("shop", tmp_path))["ordered_at"][0]) == "2024-01-31 00:00:00"


@pytest.mark.parametrize(
    ("text", "settings", "expected"),
    [
        ("2024-01-01", {}, "2024-01-01 00:00:00"),  # a pure date is taken as it stands
        ("2024-01-01 03:00", {}, "2023-12-31 22:00:00"),  # UTC to New York in winter: five hours
        ("2024-01-01T03:00:00Z", {}, "2023-12-31 22:00:00"),
        ("2024-01-01T03:00:00+08:00", {}, "2023-12-31 14:00:00"),  # 19:00 UTC of the day before
        ("2024-03-10 07:30:00", {}, "2024-03-10 03:30:00"),  # the night in which summer time begins
        ("31/01/2024", {"time_format": "%d/%m/%Y"}, "2024-01-31 00:00:00"),
        ("31/01/2024 03:00", {"time_format": "%d/%m/%Y %H:%M"}, "2024-01-30 22:00:00"),
        ("2024-01-01 03:00 +0800", {"time_format": "%Y-%m-%d %H:%M %z"}, "2023-12-31 14:00:00"),
    ],
)
def test_times_in_text_are_moved_by_what_they_say(tmp_path, text, settings, expected):
    dataset = make_dataset(
        tmp_path,
        lines(("ann", text, "1", 10)),
        transactions=settings,
        source_time_zone="UTC",
        reporting_time_zone="America/New_York",
    )
    table = accepted(dataset)
    assert (str(table["ordered_at"][0]), str(table["order_date"][0])) == (expected, expected[:10])


def test_ids_that_an_export_turned_into_numbers_are_whole_again_and_not_a_number_is_nobody(tmp_path):
    dataset = make_dataset(tmp_path, lines(("ann", "2024-01-01", "1", 10)))
    duckdb.sql(
        "COPY (SELECT unnest([17850.0, 'NaN'::DOUBLE]) AS customer, DATE '2024-01-31' AS time, '1' AS \"order\", "
        f"unnest([10, 20]) AS amount, NULL AS category) TO '{dataset.folder / 'lines.parquet'}'"
    )
    path = dataset.folder / "dataset.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("lines.csv", "lines.parquet"), encoding="utf-8")
    changed = load_dataset("shop", tmp_path)
    assert accepted(changed)["customer_id"].tolist() == ["17850"]
    assert set_aside(changed)["reason"].tolist() == ["missing_customer"]


@pytest.mark.parametrize("known", ["2024-01-05", ""], ids=["dated", "without a date"])
def test_a_later_registration_of_a_customer_changes_nothing_that_was_known_before(tmp_path, known):
    folder = tmp_path / "data" / "shop"
    folder.mkdir(parents=True)
    (folder / "people.csv").write_text(f"id,since,age\np1,2024-06-01,old\np1,{known},young\n", encoding="utf-8")
    dataset = make_dataset(
        tmp_path,
        lines(("ann", "2024-01-01", "1", 10)),
        tables={
            "transactions": {
                "file": "lines.csv",
                "columns": {"customer_id": "customer", "ordered_at": "time", "amount": "amount"},
            },
            "customers": {
                "file": "people.csv",
                "columns": {"customer_id": "id", "registered_on": "since", "age_band": "age"},
            },
        },
    )
    assert pd.read_parquet(read(dataset).path("customers"))["age_band"].tolist() == ["young"]


def test_a_quantity_that_is_no_number_is_set_aside(tmp_path):
    table = pd.DataFrame(
        {"customer": ["ann"] * 3, "time": ["2024-01-01"] * 3, "n": ["3", "1e16", "nan"], "price": ["1"] * 3}
    )
    dataset = make_dataset(
        tmp_path,
        table,
        columns={"customer_id": "customer", "ordered_at": "time", "quantity": "n", "unit_price": "price"},
    )
    assert set_aside(dataset)["reason"].tolist() == ["unreadable_amount"] * 2


def test_a_side_table_that_breaks_off_names_itself(tmp_path):
    folder = tmp_path / "data" / "shop"
    folder.mkdir(parents=True)
    rows = "".join(f"p{n},tea\n" for n in range(40_000))
    (folder / "products.csv").write_bytes(b"sku,group\n" + rows.encode() + "p,caf\u00e9\n".encode("latin-1"))
    dataset = make_dataset(
        tmp_path,
        lines(("ann", "2024-01-01", "1", 10)),
        tables={
            "transactions": {
                "file": "lines.csv",
                "columns": {"customer_id": "customer", "ordered_at": "time", "amount": "amount"},
            },
            "products": {"file": "products.csv", "columns": {"product_id": "sku", "category": "group"}},
        },
    )
    with pytest.raises(InputError, match=r"tables\.products"):
        read(dataset)


def test_without_order_id_an_order_is_one_customer_and_day(tmp_path):
    dataset = make_dataset(
        tmp_path,
        lines(
            ("ann", "2024-01-01 09:00", None, 1), ("ann", "2024-01-01 18:00", None, 2), ("ann", "2024-01-02", None, 3)
        ),
        columns={"customer_id": "customer", "ordered_at": "time", "amount": "amount"},
    )
    assert accepted(dataset)["order_id"].tolist() == ["ann|2024-01-01", "ann|2024-01-01", "ann|2024-01-02"]


def test_amount_is_quantity_times_unit_price_in_exact_decimals(tmp_path):
    table = pd.DataFrame({"customer": ["ann"], "time": ["2024-01-01"], "n": [3], "price": ["0.1"]})
    dataset = make_dataset(
        tmp_path,
        table,
        columns={"customer_id": "customer", "ordered_at": "time", "quantity": "n", "unit_price": "price"},
    )
    assert str(accepted(dataset)["amount"][0]) == "0.3000"


def test_equal_lines_are_kept_where_the_dataset_says_so(tmp_path):
    dataset = make_dataset(
        tmp_path,
        lines(("ann", "2024-01-01", "1", 5), ("ann", "2024-01-01", "1", 5)),
        transactions={"duplicates": "keep"},
    )
    assert len(accepted(dataset)) == 2


def test_a_category_comes_from_the_first_of_two_product_rows_and_multiplies_no_line(tmp_path):
    folder = tmp_path / "data" / "shop"
    folder.mkdir(parents=True)
    (folder / "products.csv").write_text("sku,group\np1,tea\np1,coffee\n,none\n", encoding="utf-8")
    table = pd.DataFrame({"customer": ["ann"], "time": ["2024-01-01"], "amount": [5], "sku": ["p1"]})
    dataset = make_dataset(
        tmp_path,
        table,
        tables={
            "transactions": {
                "file": "lines.csv",
                "columns": {"customer_id": "customer", "ordered_at": "time", "amount": "amount", "product_id": "sku"},
            },
            "products": {"file": "products.csv", "columns": {"product_id": "sku", "category": "group"}},
        },
    )
    assert accepted(dataset)["category"].tolist() == ["tea"]
    aside = pd.read_parquet(read(dataset).path("products_set_aside"))
    assert aside["reason"].tolist() == ["duplicate_key", "missing_key"]


CELLS = st.sampled_from(["", "ann", "bob", "2024-01-01", "2024-13-01", "5", "-5", "1e999", "nan", "x", "0", None])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(CELLS, CELLS, CELLS, CELLS), min_size=1, max_size=12))
def test_every_row_read_is_either_accepted_or_set_aside(tmp_path, rows):
    good = ("ann", "2024-01-01", "0", "1")
    dataset = make_dataset(tmp_path, lines(good, *rows))
    tables = read(dataset)
    counts = [len(pd.read_parquet(tables.path(name))) for name in ("transactions", "set_aside")]
    assert sum(counts) == 1 + len(rows)


def test_reading_again_finds_what_was_read_and_a_changed_file_is_read_anew(tmp_path):
    dataset = make_dataset(tmp_path, lines(("ann", "2024-01-01", "1", 5)))
    first = read(dataset)
    assert read(dataset).key == first.key
    changed = make_dataset(tmp_path, lines(("ann", "2024-01-01", "1", 6)))
    assert read(changed).key != first.key


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            {"columns": {"customer_id": "custommer", "ordered_at": "time", "amount": "amount"}},
            "Did you mean custommer -> customer",
        ),
        ({"transactions": {"file": "missing.csv"}}, "the file does not exist"),
        ({"transactions": {"marks": {"returns": "amonut < 0"}}}, "cannot be judged"),
        (
            {"transactions": {"file": None, "files": {"source": "lines.csv"}, "sql": "SELEC * FROM source"}},
            "cannot be read",
        ),
    ],
    ids=["wrong column", "missing file", "broken mark", "broken query"],
)
def test_a_mistake_in_the_mapping_says_what_to_do(tmp_path, change, expected):
    dataset = make_dataset(tmp_path, lines(("ann", "2024-01-01", "1", 5)), **change)
    with pytest.raises(InputError, match=expected):
        read(dataset)


def test_an_empty_file_and_a_file_without_one_good_line_are_refused(tmp_path):
    dataset = make_dataset(tmp_path, lines(("", "2024-01-01", "1", 5)))
    with pytest.raises(InputError, match="1 missing_customer"):
        read(dataset)
    (dataset.folder / "lines.csv").write_bytes(b"")
    with pytest.raises(InputError, match="the file is empty"):
        read(dataset)


def test_a_mark_that_fails_on_a_row_names_the_marks(tmp_path):
    frame = lines(("ann", "2024-01-01", "1", 10), ("ann", "2024-01-02", "x", 10))
    marks = {"returns": "CAST(order_id AS INTEGER) > 5"}
    with pytest.raises(InputError, match=r"tables\.transactions\.marks"):
        read(make_dataset(tmp_path, frame, transactions={"marks": marks}))


def test_a_mark_may_end_in_a_comment(tmp_path):
    frame = lines(("ann", "2024-01-01", "1", 10), ("ann", "2024-01-02", "2", 0))
    dataset = make_dataset(tmp_path, frame, transactions={"marks": {"gifts": "amount = 0 -- given away"}})
    assert accepted(dataset)["kind"].tolist() == ["sale", "gift"]


@pytest.mark.parametrize("name", ["partial_month", "extreme_amount", "missing_customer"])
def test_an_own_reason_may_not_take_the_name_of_a_finding(tmp_path, name):
    frame = lines(("ann", "2024-01-01", "1", 10))
    with pytest.raises(InputError, match=f"{name} is a finding of every dataset"):
        make_dataset(tmp_path, frame, transactions={"marks": {"set_aside": {name: "amount > 5"}}})
