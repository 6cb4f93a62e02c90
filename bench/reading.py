"""Reading and validating raw lines, CSV and Parquet: seconds, peak memory and how both grow; beside plain pandas.

The lines are as messy as real ones: one in a thousand has no customer, no time, no amount or stands twice.
"""

import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pandas as pd
import yaml

from analysis.tables import load_dataset, read
from bench.processes import measured, tell
from bench.rows import Row

LINES = 10_000_000
LIMITS = {"csv": (60, 3_000), "parquet": (20, 3_000)}  # seconds and MB


def write_dataset(root: Path, lines: int, kind: str) -> None:
    """Write generated raw lines as one file, and the dataset.yaml that maps them."""
    folder = root / "data" / "generated"
    folder.mkdir(parents=True, exist_ok=True)
    duckdb.execute("SET enable_progress_bar = false")
    duckdb.execute(f"""
        COPY (
            SELECT CASE WHEN i % 1000 <> 1 THEN 'c' || hash(i) % {lines // 20} END AS customer,
                'o' || hash(i * 7) % {lines // 3} AS order_number,
                CASE WHEN i % 1000 = 2 THEN 'unknown' ELSE strftime(
                    TIMESTAMP '2023-01-01' + INTERVAL 1 SECOND * (hash(i * 13) % 63158400)::BIGINT, '%Y-%m-%d %H:%M:%S')
                END AS ordered,
                CASE WHEN i % 1000 = 3 THEN 'n/a' WHEN i % 50 = 0 THEN '-5.00'
                     ELSE ((1 + hash(i * 17) % 10000) / 100.0)::DECIMAL(18, 2)::VARCHAR END AS paid,
                'sku ' || hash(i * 23) % 5000 AS sku,
                'category ' || hash(i * 19) % 300 AS category,
                'store ' || hash(i * 29) % 40 AS store
            FROM range({lines}) AS numbers(n), LATERAL (SELECT n - (n % 1000 = 4)::INT AS i)
        ) TO '{folder / f"lines.{kind}"}'""")
    columns = {
        "customer_id": "customer",
        "order_id": "order_number",
        "ordered_at": "ordered",
        "amount": "paid",
        "product_id": "sku",
        "category": "category",
        "channel": "store",
    }
    settings = {
        "title": {"en": "Generated", "zh": "生成"},
        "currency": "EUR",
        "tax": "included",
        "source_time_zone": "UTC",
        "reporting_time_zone": "UTC",
        "window_days": 90,
        "left_censor_days": 90,
        "tables": {"transactions": {"file": f"lines.{kind}", "columns": columns}},
    }
    (folder / "dataset.yaml").write_text(yaml.safe_dump(settings, allow_unicode=True), encoding="utf-8")


def ours(root: Path) -> None:
    """Read, map, validate and write all lines."""
    read(load_dataset("generated", root))


def pandas(root: Path) -> None:
    """Do a part of it the way a notebook would: parse times and amounts, drop what is missing or stands twice."""
    lines = pd.read_csv(root / "data" / "generated" / "lines.csv", dtype="str")
    lines["ordered"] = pd.to_datetime(lines["ordered"], errors="coerce")
    lines["paid"] = pd.to_numeric(lines["paid"], errors="coerce")
    lines.dropna(subset=["customer", "ordered", "paid"]).drop_duplicates().to_parquet(root / "kept.parquet")


def run(lines: int = LINES) -> Iterator[Row]:
    """Yield one row per measurement."""
    for number in (lines // 10, lines):
        for kind, (limit_seconds, limit_mb) in LIMITS.items():
            with TemporaryDirectory() as text:
                root = Path(text)
                write_dataset(root, number, kind)
                found = measured(__name__, "ours", root)
                peer = measured(__name__, "pandas", root) if (kind, number) == ("csv", lines // 10) else None
            limits = (limit_seconds, limit_mb) if number == lines else (None, None)
            what = f"reading and validating {number:,} lines of {kind}"
            yield Row(what, found["seconds"], limits[0], found["peak_mb"], limits[1])
            if peer:
                yield Row(
                    f"peer, part of it: pandas, {number:,} lines of {kind}",
                    peer["seconds"],
                    peak_mb=peer["peak_mb"],
                    ratio=peer["seconds"] / found["seconds"],
                )


if __name__ == "__main__":
    tell(partial({"ours": ours, "pandas": pandas}[sys.argv[1]], Path(sys.argv[2])))
