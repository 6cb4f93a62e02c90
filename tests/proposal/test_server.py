"""A table of a PostgreSQL server becomes a dataset; its address stays in the environment."""

from analysis.proposal import propose
from analysis.tables import load_dataset, read
from tests.tables.sources.conftest import PASSWORD, postgres  # noqa: F401


def test_a_table_of_a_server_is_proposed_without_its_address(postgres, tmp_path, monkeypatch):  # noqa: F811
    postgres.run(
        "CREATE TABLE shop_orders AS SELECT n AS order_id, 'c' || n % 40 AS customer_id, "
        "timestamp '2023-01-01' + n * interval '1 day' AS ordered_at, (5 + n % 9)::numeric(12, 2) AS net_amount "
        "FROM generate_series(0, 399) AS n"
    )
    monkeypatch.setenv("SHOP_DB", postgres.address())
    text = propose("shop", ["env:SHOP_DB"], tmp_path, tables=("shop_orders",)).path.read_text(encoding="utf-8")
    assert "    database: env:SHOP_DB\n    table: shop_orders\n" in text
    assert PASSWORD not in text
    assert read(load_dataset("shop", tmp_path)).path("transactions").exists()
