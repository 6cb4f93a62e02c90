"""`python -m analysis new` on a generated CSV file of a gigabyte: seconds and peak memory, in a process of its own."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from analysis.proposal import propose
from bench.processes import measured, tell
from bench.rows import Row

LINES = 14_000_000
LIMIT_SECONDS = 20


def write_export(path: Path, lines: int) -> None:
    """Write generated lines: 400,000 customers over two years, three lines an order, about 74 bytes a line."""
    duckdb.execute("SET enable_progress_bar = false")
    duckdb.execute(f"""
        COPY (
            SELECT 'M' || (hash(i // 3) % 400000)::VARCHAR AS member_no,
                strftime(TIMESTAMP '2022-01-01' + INTERVAL (i // 3 * 15) SECOND, '%Y-%m-%d %H:%M:%S') AS order_time,
                'SO' || (i // 3)::VARCHAR AS order_no, ((hash(i * 17) % 100000) / 100.0)::DECIMAL(10, 2) AS paid_amount,
                1 + hash(i) % 5 AS qty, 'SKU' || (hash(i * 3) % 5000)::VARCHAR AS sku,
                'category ' || (hash(i * 19) % 300)::VARCHAR AS category,
                'shop ' || (hash(i // 3) % 40)::VARCHAR AS store
            FROM range({lines}) AS numbers(i)
        ) TO '{path}'""")


def run() -> list[Row]:
    """Return one row per measurement."""
    with TemporaryDirectory() as text:
        file = Path(text) / "export.csv"
        write_export(file, LINES)
        found = measured(__name__, file, text)
        size = file.stat().st_size / 1e9
    return [Row(f"new, a CSV file of {size:.2f} GB", found["seconds"], LIMIT_SECONDS, found["peak_mb"])]


if __name__ == "__main__":
    tell(lambda: propose("export", [sys.argv[1]], Path(sys.argv[2])))
