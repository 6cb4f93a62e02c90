"""Read, map and validate: from raw files to accepted tables, set-aside rows and findings."""

from analysis.tables.dataset import Dataset, load_dataset
from analysis.tables.findings import Quality, assess, stop_on_errors
from analysis.tables.reading import Accepted, read

__all__ = ["Accepted", "Dataset", "Quality", "assess", "load_dataset", "read", "stop_on_errors"]
