"""The customer table of generated lines in Parquet: seconds and peak memory, beside plain pandas on a tenth of them."""

import datetime as dt
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pandas as pd

from analysis.engine import DuckDB
from analysis.features import customer_table
from bench.processes import measured, tell
from bench.rows import Row

LINES = 10_000_000
LIMIT_SECONDS, LIMIT_MB = 10, 2_000
AS_OF = dt.date(2025, 1, 1)


def write_lines(folder: Path, lines: int) -> None:
    """Write generated accepted lines: about 20 lines a customer over two years, 300 categories."""
    duckdb.execute("SET enable_progress_bar = false")
    duckdb.execute(f"""
        COPY (
            SELECT 'c' || (hash(i) % {lines // 20})::VARCHAR AS customer_id,
                'o' || (hash(i * 7) % {lines // 3})::VARCHAR AS order_id,
                DATE '2023-01-01' + (hash(i * 13) % 731)::INT AS order_date,
                CASE WHEN i % 50 = 0 THEN 'return' ELSE 'sale' END AS kind,
                CAST((1 + hash(i * 17) % 10000) / 100.0 * CASE WHEN i % 50 = 0 THEN -1 ELSE 1 END AS DECIMAL(18, 4))
                    AS amount,
                'category ' || (hash(i * 19) % 300)::VARCHAR AS category
            FROM range({lines}) AS numbers(i)
        ) TO '{folder / "transactions.parquet"}'""")
    duckdb.execute(f"""COPY (SELECT '' AS customer_id, NULL::TIMESTAMP AS registered_on WHERE FALSE)
                       TO '{folder / "customers.parquet"}'""")


def ours(folder: Path) -> pd.DataFrame:
    """Return the whole customer table."""
    with DuckDB() as engine:
        return customer_table(
            engine,
            folder / "transactions.parquet",
            folder / "customers.parquet",
            as_of=AS_OF,
            window_days=90,
            known_from=dt.date(2023, 1, 1),
            minor_units=2,
        )


def pandas(folder: Path) -> pd.DataFrame:
    """Return a part of it, the way a notebook would: orders, money, recency, x, t_x, T, mean repeat spend."""
    lines = pd.read_parquet(folder / "transactions.parquet")
    lines["amount"] = lines["amount"].astype(float)
    recent = lines[lines["order_date"] >= AS_OF - dt.timedelta(days=90)]
    sales = lines[lines["kind"] == "sale"]
    days = sales.groupby(["customer_id", "order_date"])["amount"].sum().reset_index()
    first = days.groupby("customer_id")["order_date"].transform("min")
    rhythm = days.groupby("customer_id")["order_date"].agg(["min", "max", "size"])
    return rhythm.join(
        [
            recent[recent["kind"] == "sale"].groupby("customer_id")["order_id"].nunique(),
            recent.groupby("customer_id")["amount"].sum().rename("net_revenue"),
            days[days["order_date"] > first].groupby("customer_id")["amount"].mean().rename("mean_repeat_spend"),
        ]
    )


def run() -> Iterator[Row]:
    """Yield one row per measurement."""
    with TemporaryDirectory() as text:
        folder = Path(text)
        write_lines(folder, LINES)
        large = measured(__name__, "ours", folder)
        yield Row(f"customer table, {LINES:,} lines", large["seconds"], LIMIT_SECONDS, large["peak_mb"], LIMIT_MB)
        write_lines(folder, LINES // 10)
        small, peer = measured(__name__, "ours", folder), measured(__name__, "pandas", folder)
        yield Row(f"customer table, {LINES // 10:,} lines", small["seconds"], peak_mb=small["peak_mb"])
        yield Row(
            f"peer, a third of the columns: pandas, {LINES // 10:,} lines",
            peer["seconds"],
            peak_mb=peer["peak_mb"],
            ratio=peer["seconds"] / small["seconds"],
        )


if __name__ == "__main__":
    tell(partial({"ours": ours, "pandas": pandas}[sys.argv[1]], Path(sys.argv[2])))
