import datetime as dt
import sqlite3
import traceback
from contextlib import closing
from decimal import Decimal

import pandas as pd
import pyarrow.parquet as pq
import pytest

from analysis.engine.databases import extract
from analysis.errors import InputError
from analysis.tables import load_dataset, read
from tests.shop import lines, make_dataset
from tests.tables.sources.conftest import PASSWORD
from tests.tables.sources.opened import listed, rows


def sqlite(path, *statements):
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def test_sqlite_cells_keep_what_they_are_whatever_their_column_says(tmp_path):
    sqlite(
        tmp_path / "shop.db",
        "CREATE TABLE lines (code TEXT, customer REAL, amount REAL, n INT, mixed NUMERIC, empty TEXT)",
        "INSERT INTO lines VALUES ('007', 17850.0, 0.1, 3, 1234.567, NULL), ('a', 17851.0, 12, NULL, 'x', NULL),"
        " ('', 17852.5, 1234.567, 5, 17850.0, NULL)",
    )
    table = rows(tmp_path, database="shop.db", table="lines")
    assert table["code"].tolist()[:2] == ["007", "a"]
    assert pd.isna(table["code"][2])
    assert table["customer"].tolist() == [17850, 17851, 17852.5]
    assert table["amount"].tolist() == [0.1, 12, 1234.567]
    assert table["n"].tolist()[::2] == [3, 5]
    assert table["mixed"].tolist() == ["1234.567", "x", "17850"]
    comma = rows(tmp_path, database="shop.db", table="lines", decimal_mark=",")
    assert comma["mixed"].tolist() == ["1234,567", "x", "17850"]  # among text, by the rule that reads the text
    assert comma["amount"].tolist() == [0.1, 12, 1234.567]
    assert table["empty"].isna().all()
    assert set(table["_file"]) == {"lines"}


def test_text_that_begins_after_many_numbers_and_gaps_is_read(tmp_path):
    sqlite(
        tmp_path / "shop.db",
        "CREATE TABLE t (late, gap)",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000) "
        "INSERT INTO t SELECT i, NULL FROM n",
        "INSERT INTO t VALUES ('C536379', 2.5)",
    )
    table = rows(tmp_path, database="shop.db", table="t")
    assert (len(table), table["late"].iloc[-1], table["gap"].iloc[-1]) == (200_001, "C536379", 2.5)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"database": "shop.db", "table": "line"}, "no such table.*Did you mean lines"),
        ({"database": "shop.db", "table": "zzz"}, "no such table.*expected lines"),
        ({"database": "nowhere.db", "table": "lines"}, "the file does not exist"),
        ({"database": "text.db", "table": "lines"}, "cannot be read from the database.*file is not a database"),
        ({"database": "env:NO_SUCH_VARIABLE", "table": "t"}, "NO_SUCH_VARIABLE.*export NO_SUCH_VARIABLE"),
    ],
    ids=["near name", "other name", "no file", "no database", "no variable"],
)
def test_a_database_that_cannot_be_read_says_why(tmp_path, settings, expected):
    sqlite(tmp_path / "shop.db", "CREATE TABLE lines (a)")
    (tmp_path / "text.db").write_text("no database" * 100, encoding="utf-8")
    with pytest.raises(InputError, match=expected):
        rows(tmp_path, **settings)


def database_shop(root, amount=5):
    """Make a dataset whose lines lie in a SQLite file, one line of the given amount."""
    dataset = make_dataset(
        root, lines(("x", "2024-01-01", "1", 1)), transactions={"file": None, "database": "shop.db", "table": "lines"}
    )
    path = dataset.folder / "shop.db"
    path.unlink(missing_ok=True)
    sqlite(
        path,
        'CREATE TABLE lines (customer, time, "order", amount, category)',
        f"INSERT INTO lines VALUES ('ann', '2024-01-01 10:00:00', 1, {amount}, 'tea')",
    )
    return dataset


def test_an_extract_is_made_once_and_anew_only_when_asked_for(tmp_path):
    def amount(accepted):
        return str(pd.read_parquet(accepted.path("transactions"))["amount"][0])

    first = read(database_shop(tmp_path, 5))
    assert amount(first) == "5.0000"
    changed = database_shop(tmp_path, 6)
    assert read(changed).key == first.key
    anew = read(changed, refresh=True)
    assert (amount(anew), anew.key == first.key) == ("6.0000", False)
    assert read(changed).key == anew.key
    assert list(anew.file_hashes) == ["transactions.source"]
    assert len(list((changed.folder / "extracts").iterdir())) == 1


def test_another_table_of_the_settings_is_another_extract(tmp_path):
    dataset = database_shop(tmp_path)
    read(dataset)
    sqlite(
        dataset.folder / "shop.db",
        'CREATE VIEW recent AS SELECT customer, time, "order", 7 AS amount, category FROM lines',
    )
    text = (dataset.folder / "dataset.yaml").read_text(encoding="utf-8").replace("table: lines", "table: recent")
    (dataset.folder / "dataset.yaml").write_text(text, encoding="utf-8")
    accepted = pd.read_parquet(read(load_dataset("shop", tmp_path)).path("transactions"))
    assert str(accepted["amount"][0]) == "7.0000"


def test_a_query_may_join_a_table_of_a_database_with_a_file(tmp_path):
    dataset = make_dataset(
        tmp_path,
        lines(("ann", "2024-01-01", "1", 1)),
        transactions={
            "file": None,
            "files": {"lines": "lines.csv", "people": {"database": "shop.db", "table": "people"}},
            "sql": "SELECT * REPLACE (name AS customer) FROM lines JOIN people ON customer = nick",
        },
    )
    sqlite(dataset.folder / "shop.db", "CREATE TABLE people (nick, name)", "INSERT INTO people VALUES ('ann', 'Anna')")
    assert pd.read_parquet(read(dataset).path("transactions"))["customer_id"].tolist() == ["Anna"]


def test_text_of_a_sqlite_table_that_is_not_utf8_is_named_with_its_table(tmp_path):
    sqlite(tmp_path / "shop.db", "CREATE TABLE people (id, name)", "INSERT INTO people VALUES (1, CAST(x'C3' AS TEXT))")
    with pytest.raises(InputError, match=r"not UTF-8.*column name of table people"):
        rows(tmp_path, database="shop.db", table="people")
    assert not list(tmp_path.rglob("*.parquet"))


def test_what_reading_adds_is_reserved_in_tables_of_databases(tmp_path):
    sqlite(tmp_path / "shop.db", "CREATE TABLE t (_file, n)", "INSERT INTO t VALUES (1, 2)")
    with pytest.raises(InputError, match=r"name is reserved.*_file"):
        rows(tmp_path, database="shop.db", table="t")


# PostgreSQL, on a server that the fixture starts.
@pytest.fixture(scope="module")
def filled(postgres):
    postgres.run(
        "CREATE TABLE orders (id numeric, amount numeric(12, 2), price double precision, at timestamp,"
        " moment timestamptz, day date, code text, tags int[], ok boolean)",
        "INSERT INTO orders VALUES"
        " (12345678901234567890.5, 0.10, 0.1, '2011-03-04 10:00',"
        "  '2011-03-04 10:00+08', '2011-03-04', '007', '{1,2}', true),"
        " (1234.567, NULL, NULL, 'infinity', NULL, 'infinity', NULL, NULL, NULL)",
        "CREATE SCHEMA archive",
        'CREATE TABLE archive."Old orders" (n int)',
        'INSERT INTO archive."Old orders" VALUES (1), (2)',
        "CREATE TABLE many AS SELECT i AS id, 'customer ' || i AS customer FROM generate_series(1, 1000000) AS i",
        "CREATE ROLE reader LOGIN PASSWORD 'r'",
        "CREATE TABLE broken (n text)",
        "INSERT INTO broken VALUES ('1'), ('x')",
        "CREATE VIEW failing AS SELECT n::int AS n FROM broken",
    )
    return postgres


@pytest.fixture
def shop(filled, monkeypatch):
    """Set the environment variable SHOP to an address of the server, changed as asked for."""

    def set_address(**changed):
        monkeypatch.setenv("SHOP", filled.address(**changed))

    set_address()
    return set_address


@pytest.mark.usefixtures("shop")
def test_postgresql_values_arrive_exactly(tmp_path):
    first, second = listed(tmp_path, database="env:SHOP", table="orders")
    noon = dt.datetime(2011, 3, 4, 10)
    assert first[:4] == ("12345678901234567890.5", "0.10", 0.1, noon)
    assert first[4].astimezone(dt.UTC) == dt.datetime(2011, 3, 4, 2, tzinfo=dt.UTC)
    assert first[5:] == (dt.date(2011, 3, 4), "007", "{1,2}", True, "orders")
    assert second == ("1234.567", *[None] * 8, "orders")  # what is infinite is no time
    assert listed(tmp_path, database="env:SHOP", table="orders", decimal_mark=",")[1][0] == "1234,567"
    assert Decimal(first[1]) == Decimal("0.1")


@pytest.mark.usefixtures("shop")
def test_a_table_of_another_schema_is_named_with_it(tmp_path):
    assert listed(tmp_path, database="env:SHOP", table="archive.Old orders") == [
        (1, "archive.Old orders"),
        (2, "archive.Old orders"),
    ]


@pytest.mark.usefixtures("shop")
def test_a_table_arrives_in_batches(tmp_path):
    extract("env:SHOP", "many", tmp_path / "many.parquet", "here")
    file = pq.ParquetFile(tmp_path / "many.parquet")
    assert file.metadata.num_rows == 1_000_000
    assert file.metadata.num_row_groups > 1


@pytest.mark.parametrize(
    ("changed", "table", "expected"),
    [
        ({"password": "wrong-secret"}, "orders", "refuses user or password"),
        ({"user": "nobody_known"}, "orders", "refuses user or password"),
        ({"database": "no_such"}, "orders", "no such database"),
        ({"port": 1}, "orders", "does not answer"),
        ({}, "oders", "no such table.*Did you mean orders"),
        ({}, "Old orders", r"no such table.*archive\.Old orders"),
        ({"user": "reader", "password": "r"}, "orders", "no such table that may be read"),
        ({}, "failing", "cannot be read from the database.*failing: .*invalid input syntax"),
    ],
    ids=["password", "user", "database", "port", "near name", "schema", "no access", "failing view"],
)
def test_what_a_server_refuses_is_told_without_its_address(tmp_path, shop, filled, changed, table, expected):
    shop(**changed)
    with pytest.raises(InputError, match=expected) as caught:
        rows(tmp_path, database="env:SHOP", table=table)
    shown = "".join(traceback.format_exception(caught.value))
    secrets = [filled.address(**changed), PASSWORD, "wrong-secret", "p%40ss", "127.0.0.1", str(filled.port)]
    assert not [secret for secret in secrets if secret in shown]
    assert not list(tmp_path.rglob("*.parquet"))


def test_an_address_of_another_form_works_and_one_that_is_none_is_not_shown(tmp_path, filled, monkeypatch):
    monkeypatch.setenv("SHOP", f"host=127.0.0.1 port={filled.port} user=shop password='{PASSWORD}' dbname=postgres")
    assert len(listed(tmp_path, database="env:SHOP", table="archive.Old orders")) == 2
    monkeypatch.setenv("SHOP", "mysql+driver://shop:hidden@db.example/x")
    with pytest.raises(InputError, match="postgresql://user:password@host:port/database") as caught:
        rows(tmp_path / "again", database="env:SHOP", table="orders")
    assert not {"hidden", "db.example"} & set(str(caught.value).replace("@", " ").replace(":", " ").split())


@pytest.mark.usefixtures("shop")
def test_lines_of_a_server_are_accepted(tmp_path, filled):
    filled.run(
        'CREATE TABLE sales (customer bigint, time timestamptz, "order" text, amount numeric(10, 3), category text)',
        "INSERT INTO sales VALUES (17850, '2024-01-01 23:30+00', 'A1', 1234.567, 'tea')",
    )
    source = {"file": None, "database": "env:SHOP", "table": "sales"}
    dataset = make_dataset(
        tmp_path, lines(("x", "2024-01-01", "1", 1)), transactions=source, reporting_time_zone="Asia/Shanghai"
    )
    table = pd.read_parquet(read(dataset, refresh=True).path("transactions"))
    assert (table["customer_id"][0], str(table["amount"][0])) == ("17850", "1234.5670")
    assert str(table["ordered_at"][0]) == "2024-01-02 07:30:00"  # eight hours later in Shanghai
