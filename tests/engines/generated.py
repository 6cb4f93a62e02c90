"""Generated shops full of ties, returns, gifts, month ends and customers without orders."""

import datetime as dt
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

AS_OF = dt.date(2024, 3, 1)
SCHEMA = pa.schema(
    [
        ("customer_id", pa.string()),
        ("order_id", pa.string()),
        ("order_date", pa.date32()),
        ("kind", pa.string()),
        ("amount", pa.decimal128(18, 4)),
        ("category", pa.string()),
    ]
)
CUSTOMERS = pa.schema([("customer_id", pa.string()), ("registered_on", pa.timestamp("us"))])


def lines(seed: int, rows: int = 400) -> pd.DataFrame:
    """Return accepted lines around AS_OF: a third of the customers' ids tie on few days, a tenth comes later."""
    random = np.random.default_rng(seed)
    kinds = random.choice(["sale", "sale", "sale", "sale", "return", "cancellation", "gift"], rows)
    cents = random.integers(1, 50_000, rows)
    sign = np.select([kinds == "sale", kinds == "gift"], [1, 0], -1)
    offsets = random.choice([-400, -200, -91, -90, -89, -60, -31, -30, -2, -1, 0, 5], rows)
    return pd.DataFrame(
        {
            "customer_id": [f"c{number:02d}" for number in random.integers(0, 40, rows)],
            "order_id": [f"o{number}" for number in random.integers(0, 60, rows)],
            "order_date": [AS_OF + dt.timedelta(days=int(days)) for days in offsets],
            "kind": kinds,
            "amount": [Decimal(int(value)) / 10_000 * 37 for value in cents * sign],
            "category": random.choice(np.array(["tea", "ink", None], dtype=object), rows),
        }
    )


def write(folder: Path, table: pd.DataFrame, known: list[str]) -> tuple[Path, Path]:
    """Write lines and known customers as accepted Parquet files."""
    transactions, customers = folder / "transactions.parquet", folder / "customers.parquet"
    pq.write_table(pa.Table.from_pandas(table, schema=SCHEMA, preserve_index=False), transactions)
    dates = [dt.datetime(2024, 1, 1)] * len(known) + [None]  # undated: known from the first line, and there is none
    registered = pa.table({"customer_id": [*known, "undated"], "registered_on": dates}, CUSTOMERS)
    pq.write_table(registered, customers)
    return transactions, customers
