"""Small shops for tests: a dataset folder made from lines that a reader can see."""

from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from analysis.tables import Dataset, load_dataset

COLUMNS = {
    "customer_id": "customer",
    "ordered_at": "time",
    "order_id": "order",
    "amount": "amount",
    "category": "category",
}


def make_dataset(
    root: Path,
    lines: pd.DataFrame,
    *,
    name: str = "shop",
    columns: dict[str, str] | None = None,
    transactions: dict[str, Any] | None = None,
    **settings: Any,
) -> Dataset:
    """Write `lines` as a CSV file with a dataset.yaml beside it, and load the dataset."""
    folder = root / "data" / name
    folder.mkdir(parents=True, exist_ok=True)
    lines.to_csv(folder / "lines.csv", index=False)
    mapping = columns or {key: raw for key, raw in COLUMNS.items() if raw in lines}
    content = {
        "title": {"en": "Shop", "zh": "商店"},
        "currency": "EUR",
        "tax": "included",
        "source_time_zone": "UTC",
        "reporting_time_zone": "UTC",
        "window_days": 90,
        "left_censor_days": 0,
        "tables": {"transactions": {"file": "lines.csv", "columns": mapping, **(transactions or {})}},
        **settings,
    }
    (folder / "dataset.yaml").write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return load_dataset(name, root)


def lines(*rows: tuple[Any, ...]) -> pd.DataFrame:
    """Return lines of (customer, time, order, amount[, category])."""
    names = ["customer", "time", "order", "amount", "category"]
    return pd.DataFrame([row + (None,) * (5 - len(row)) for row in rows], columns=names)
