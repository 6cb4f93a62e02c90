"""What `propose` takes, refuses and warns of."""

import datetime as dt
import gzip
import os
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pandas as pd
import pytest

from analysis.errors import InputError
from analysis.proposal import propose
from analysis.proposal.inputs import inputs_of
from analysis.tables import load_dataset, read
from tests.proposal.exports import refund_column, write_csv

DAYS = [dt.date(2023, 1, 1) + dt.timedelta(days=day) for day in range(400)]


def sales(**columns):
    """Return rows of 400 days: one order a day of 40 customers, with columns replaced or added by functions of n."""
    usual = {
        "customer id": lambda n: f"c{n % 40}",
        "order date": lambda n: DAYS[n].isoformat(),
        "order id": lambda n: 7000 + n,
        "net amount": lambda n: f"{5 + n % 9}.{n % 90 + 10}",
    }
    return [{name: make(n) for name, make in (usual | columns).items()} for n in range(400)]


def propose_rows(tmp_path, rows, **options):
    return propose("shop", write_csv(tmp_path / "export.csv", rows), tmp_path, **options)


def settings(tmp_path):
    return load_dataset("shop", tmp_path).settings


@pytest.mark.parametrize("name", ["Shop", "9lives", "my shop", "", "shop_a", "../shop"])
def test_a_bad_name_is_refused(name, tmp_path):
    with pytest.raises(InputError, match="small letters, digits and hyphens"):
        propose(name, ["nothing.csv"], tmp_path)


def test_a_dataset_that_is_there_stays_unless_forced(tmp_path):
    path = propose_rows(tmp_path, sales()).path
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match="--force"):
        propose_rows(tmp_path, sales())
    assert path.read_text(encoding="utf-8") == "mine"
    propose_rows(tmp_path, sales(), force=True)
    assert settings(tmp_path).currency == "USD"


@pytest.mark.parametrize(
    ("named", "expected"),
    [("nothing.csv", "nothing at"), ("*.csv", "nothing at"), (".", "a folder with notes.md"), ("env:SHOP", "--table")],
)
def test_what_is_not_there_is_named(named, expected, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notes.md").touch()
    with pytest.raises(InputError, match=expected):
        propose("shop", [named], tmp_path)
    assert not (tmp_path / "data").exists()


def test_without_an_amount_each_file_says_what_was_recognised_and_nothing_is_written(tmp_path):
    rows = [{name: value for name, value in row.items() if name != "net amount"} for row in sales()]
    others = write_csv(tmp_path / "stock.csv", [{"sku": "a", "shelf": "top"}, {"sku": "b", "shelf": "low"}])
    with pytest.raises(InputError) as error:
        propose("shop", write_csv(tmp_path / "export.csv", rows) + others, tmp_path)
    message = str(error.value)
    assert (
        "export.csv (customer_id = customer id, ordered_at = order date, order_id = order id; missing amount" in message
    )
    assert "stock.csv (product_id = sku; missing customer_id, ordered_at, amount; not recognised: shelf)" in message
    assert not (tmp_path / "data").exists()


def test_a_file_in_the_dataset_folder_is_named_from_there(tmp_path):
    found = write_csv(tmp_path / "data" / "shop" / "raw" / "export.csv", sales())
    text = propose("shop", found, tmp_path).path.read_text(encoding="utf-8")
    assert "    file: raw/export.csv\n" in text


def test_a_file_in_the_home_folder_is_named_from_there(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path.resolve()))
    assert "    file: ~/export.csv\n" in propose_rows(tmp_path, sales()).path.read_text(encoding="utf-8")


def test_files_named_one_by_one_become_one_pattern_when_they_are_months_of_one_table(tmp_path):
    rows = sales()
    files = [write_csv(tmp_path / f"sales-{n + 1}.csv", rows[n * 100 : n * 100 + 100])[0] for n in range(4)]
    write_csv(tmp_path / "people.csv", [{"customer id": f"c{n}", "city": "Leeds"} for n in range(40)])
    proposal = propose("shop", [*files, str(tmp_path / "people.csv")], tmp_path)
    tables = settings(tmp_path).tables
    assert (tables.transactions.file, tables.customers.file) == (
        f"{tmp_path.resolve()}/sales-*.csv",
        f"{tmp_path.resolve()}/people.csv",
    )
    assert read(load_dataset("shop", tmp_path)).path("customers").exists()
    assert not any("Not used" in told for told in proposal.warnings)


def test_a_file_whose_keys_do_not_join_is_not_used(tmp_path):
    others = write_csv(tmp_path / "people.csv", [{"customer id": f"x{n}", "city": "Leeds"} for n in range(40)])
    proposal = propose("shop", write_csv(tmp_path / "export.csv", sales()) + others, tmp_path)
    assert settings(tmp_path).tables.customers is None
    assert "Not used: people.csv." in proposal.warnings


def test_only_the_named_table_of_a_database_is_read(tmp_path):
    with closing(sqlite3.connect(tmp_path / "shop.db")) as base, base:
        pd.DataFrame(sales()).to_sql("sales", base, index=False)
        pd.DataFrame(sales()).to_sql("sales_backup", base, index=False)
    assert [one.name for one in inputs_of([str(tmp_path / "shop.db")], ())] == ["sales", "sales_backup"]
    propose("shop", [str(tmp_path / "shop.db")], tmp_path, tables=("sales",))
    assert settings(tmp_path).tables.transactions.table == "sales"


@pytest.mark.parametrize(
    ("columns", "warning"),
    [
        ({"customer id": lambda n: n + 1}, "the values number the rows"),
        ({"customer id": lambda n: f"o{n * 13}"}, "nearly every order has an id of its own"),
        ({"customer id": lambda n: f"138{n % 40:08d}"}, "phone numbers"),
        ({"customer id": lambda _: "walk-in"}, "only one customer"),
        ({"customer id": lambda n: f"c{n % 40}" if n % 3 else ""}, "34% of the lines have no customer"),
        ({"currency": lambda n: "EUR" if n % 4 else "CHF"}, "currency is a guess: EUR"),
        ({"status": lambda n: "partially refunded" if n % 9 == 0 else "paid"}, "45 lines are partially refunded"),
    ],
    ids=["row numbers", "order ids", "phones", "one customer", "no customer", "currencies", "partly refunded"],
)  # fmt: skip
def test_doubtful_ids_and_money_are_warned_of(columns, warning, tmp_path):
    assert any(warning in told for told in propose_rows(tmp_path, sales(**columns)).warnings)


def test_few_lines_are_warned_of(tmp_path):
    assert any("only 50 lines" in told for told in propose_rows(tmp_path, sales()[:50]).warnings)


def test_an_orders_total_on_each_of_its_lines_gives_way_to_quantity_times_price(tmp_path):
    columns = {
        "order id": lambda n: n // 2,
        "net amount": lambda n: f"{n // 2 % 7 + 3}0.00",
        "qty": lambda n: n % 2 + 1,
        "unit price": lambda _: "10.00",
    }
    propose_rows(tmp_path, sales(**columns))
    mapped = settings(tmp_path).tables.transactions.columns
    assert (mapped["quantity"], mapped["unit_price"], "amount" in mapped) == ("qty", "unit price", False)


def test_an_orders_total_on_each_of_its_lines_is_warned_of_when_nothing_else_is_there(tmp_path):
    columns = {
        "order id": lambda n: n // 2,
        "net amount": lambda n: f"{n // 2 % 7 + 3}0.00",
        "sku": lambda n: f"p{n % 5}",
    }
    assert any("counts several times" in told for told in propose_rows(tmp_path, sales(**columns)).warnings)


def test_a_refund_counts_on_its_own_date_where_there_is_one(tmp_path):
    columns = {
        "refund amount": lambda n: "1.00" if n % 50 == 0 else "",
        "refund date": lambda n: (DAYS[n] + dt.timedelta(days=9)).isoformat() if n % 50 == 0 else "",
    }
    proposal = propose_rows(tmp_path, sales(**columns))
    assert any("they count on the date in refund date" in told for told in proposal.warnings)
    lines = pd.read_parquet(read(load_dataset("shop", tmp_path)).path("transactions"))
    returns = lines[lines["kind"] == "return"].sort_values("order_date")
    assert list(pd.to_datetime(returns["order_date"]).dt.date) == [
        DAYS[n] + dt.timedelta(days=9) for n in range(0, 400, 50)
    ]
    assert list(returns["amount"].astype(float)) == [-1.0] * 8


@pytest.mark.parametrize(
    ("every", "days", "window"),
    [(10, 1500, 90), (60, 1500, 365), (150, 1500, 730), (300, 1500, 1095), (300, 700, 365), (10, 120, 30)],
)
def test_the_window_is_the_preset_of_the_usual_gap_that_fits_into_the_records(every, days, window, tmp_path):
    first = dt.date(2020, 1, 1)
    rows = [
        {
            "customer id": f"c{day % every}",
            "order date": (first + dt.timedelta(days=day)).isoformat(),
            "net amount": "5.50",
        }
        for day in range(days)
    ]
    propose_rows(tmp_path, rows)
    assert settings(tmp_path).window_days == window


def test_times_with_an_offset_and_lines_without_order_and_time_of_day(tmp_path):
    without = [{name: row[name] for name in ("customer id", "order date", "net amount")} for row in sales()]
    propose_rows(tmp_path, without)
    assert settings(tmp_path).tables.transactions.duplicates == "keep"


def test_values_decide_where_no_heading_does(tmp_path):
    rows = [
        {"a": row["customer id"], "b": row["order date"], "order id": row["order id"], "c": row["net amount"]}
        for row in sales()
    ]
    text = propose_rows(tmp_path, rows).path.read_text(encoding="utf-8")
    assert settings(tmp_path).tables.transactions.columns == {
        "customer_id": "a", "ordered_at": "b", "order_id": "order id", "amount": "c"
    }  # fmt: skip
    assert text.count("unsure: no heading says so") == 3


def test_values_that_would_break_the_file_stay_inside_their_quotes_and_comments(tmp_path):
    rows = [
        {"customer id": row["customer id"], "order date": row["order date"], "net amount: #1": row["net amount"],
         "status": "cancelled" if place % 20 == 0 else "it's: done # {x}\nyes"}
        for place, row in enumerate(sales())
    ]  # fmt: skip
    propose_rows(tmp_path, rows)
    found = settings(tmp_path).tables.transactions
    assert (found.columns["amount"], found.marks.cancellations) == ("net amount: #1", "status IN ('cancelled')")


def test_the_online_retail_file_needs_no_edit(tmp_path):
    file = os.environ.get("ONLINE_RETAIL") or "data/online-retail/raw/online_retail.parquet"
    if not os.path.exists(file):
        pytest.skip("the UCI file is not here: name it in ONLINE_RETAIL")
    propose("shop", [file], tmp_path)
    found = settings(tmp_path)
    assert (found.currency, found.window_days, found.baseline) == ("GBP", 90, "2011-02")
    assert found.tables.transactions.columns["customer_id"] == "CustomerID"
    assert found.tables.transactions.marks.cancellations == "starts_with(order_id, 'C')"
    accepted = read(load_dataset("shop", tmp_path))
    accepted_rows, aside = (len(pd.read_parquet(accepted.path(table))) for table in ("transactions", "set_aside"))
    assert accepted_rows + aside == 541_909


def test_an_export_is_not_touched(tmp_path):
    (named,) = refund_column(tmp_path)
    before = Path(named).read_bytes(), os.stat(named).st_mtime_ns
    propose("shop", [named], tmp_path)
    assert (Path(named).read_bytes(), os.stat(named).st_mtime_ns) == before
    assert sorted(path.name for path in (tmp_path / "data" / "shop").iterdir()) == ["dataset.yaml"]


def test_titles_above_the_headings_of_a_csv_file_are_stepped_over(tmp_path):
    (file,) = write_csv(tmp_path / "export.csv", sales())
    Path(file).write_text(
        "Sales of 2023,,,\nall stores,,,\n" + Path(file).read_text(encoding="utf-8"), encoding="utf-8"
    )
    propose("shop", [file], tmp_path)
    assert settings(tmp_path).tables.transactions.header_row == 3
    assert len(pd.read_parquet(read(load_dataset("shop", tmp_path)).path("transactions"))) == 400


def test_a_compressed_file_is_read_as_it_is(tmp_path):
    (file,) = write_csv(tmp_path / "export.csv", sales())
    Path(f"{file}.gz").write_bytes(gzip.compress(Path(file).read_bytes()))
    propose("shop", [f"{file}.gz"], tmp_path)
    assert len(pd.read_parquet(read(load_dataset("shop", tmp_path)).path("transactions"))) == 400


def test_a_workbook_of_an_old_kind_is_refused_with_its_reason(tmp_path):
    (tmp_path / "export.xls").write_bytes(b"\xd0\xcf\x11\xe0 something")
    with pytest.raises(InputError, match=r"export\.xls"):
        propose("shop", [str(tmp_path / "export.xls")], tmp_path)


def test_headings_with_line_breaks_and_names_of_the_query_itself_survive_a_query(tmp_path):
    columns = {"refund\namount": lambda n: "1.00" if n % 50 == 0 else "", "line_amount": lambda _: "7.00"}
    rows = [{name: value for name, value in row.items() if name != "net amount"} for row in sales(**columns)]
    pd.DataFrame(rows).to_excel(tmp_path / "export.xlsx", index=False)
    propose("shop", [str(tmp_path / "export.xlsx")], tmp_path)
    assert settings(tmp_path).tables.transactions.sql
    lines = pd.read_parquet(read(load_dataset("shop", tmp_path)).path("transactions"))
    assert lines["amount"].astype(float).sum() == 400 * 7 - 8


def test_answers_of_customers_become_the_feedback_table(tmp_path):
    answers = [{"customer id": f"c{n}", "survey date": DAYS[n * 9].isoformat(), "rating": n % 5 + 1} for n in range(40)]
    found = write_csv(tmp_path / "answers.csv", answers) + write_csv(tmp_path / "export.csv", sales())
    propose("shop", found, tmp_path)
    mapped = settings(tmp_path).tables.feedback.columns
    assert mapped == {"customer_id": "customer id", "given_at": "survey date", "score": "rating"}


def test_a_second_column_of_states_is_not_passed_over_silently(tmp_path):
    columns = {
        "订单状态": lambda n: "交易关闭" if n % 20 == 0 else "交易成功",
        "退款状态": lambda n: "退款成功" if n % 30 == 0 else "没有申请退款",
    }
    told = propose_rows(tmp_path, sales(**columns)).warnings
    assert "退款状态 tells of orders that are no sale, too; only 订单状态 is mapped." in told


def test_of_many_lines_all_those_of_some_customers_are_looked_at(tmp_path, monkeypatch):
    columns = {"net amount": lambda n: "-5.50" if n % 11 == 0 else "7.50"}
    whole = propose_rows(tmp_path, sales(**columns)).path.read_text(encoding="utf-8")
    monkeypatch.setattr("analysis.proposal.sample.MOST_ROWS", 100)
    part = propose_rows(tmp_path, sales(**columns), force=True).path.read_text(encoding="utf-8")
    assert "37 of 400 lines are negative" in whole
    assert re.search(r"\d of \d\d lines of one in 5 customers are negative", part)
    assert "after 40 days (median)" in whole  # one order a day, 40 customers in turn
    assert "after 40 days (median)" in part
