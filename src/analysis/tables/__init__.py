"""Read, map and validate: from raw files to accepted tables, set-aside rows and findings."""

from analysis.tables.dataset import Dataset, load_dataset
from analysis.tables.findings import Quality, assess, stop_on_errors
from analysis.tables.reading import Accepted, order_days, read, rows_hash
from analysis.tables.summaries import (
    customer_coverage,
    inventory,
    later_lines,
    left_censoring,
    limits,
    lines_by_file,
    lines_by_month,
    reasons_by,
    set_aside_places,
)

__all__ = [
    "Accepted",
    "Dataset",
    "Quality",
    "assess",
    "customer_coverage",
    "inventory",
    "later_lines",
    "left_censoring",
    "limits",
    "lines_by_file",
    "lines_by_month",
    "load_dataset",
    "order_days",
    "read",
    "reasons_by",
    "rows_hash",
    "set_aside_places",
    "stop_on_errors",
]
