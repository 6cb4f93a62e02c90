"""CDNOW: the purchases of 23,570 new customers of a music shop, January 1997 to June 1998.

The classic cohort for customer-lifetime-value models: everybody made the first purchase in the first quarter
of 1997. The lines come from the files `CDNOW_master.txt` and `CDNOW_sample.txt` in the PyPI wheel `lifetimes`
0.11.3 (MIT). The wheel is read by path, never imported: it needs packages that current set-ups no longer
have.
"""

import zipfile
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

FOLDER = "lifetimes/datasets/"
SCHEMA = pa.schema(
    {
        "customer_id": pa.string(),  # five digits, as in the master file
        "in_sample": pa.bool_(),  # customer of the 1/10 sample that the papers use
        "order_date": pa.date32(),
        "cds": pa.int32(),  # pieces on the line
        "amount": pa.decimal128(18, 2),  # US dollars
    }
)


def write_transactions(wheel: Path, target: Path) -> pa.Table:
    """Write the CDNOW lines of the wheel to one Parquet file and return them.

    Parameters
    ----------
    wheel : path of `Lifetimes-0.11.3-py3-none-any.whl`.
    target : Parquet file to write.

    Returns
    -------
    Table with the columns of `SCHEMA`: 69,659 lines as they are, exact duplicates and zero amounts included,
    sorted by all columns so that the same wheel gives the same file.
    """
    with zipfile.ZipFile(wheel) as files:
        lines = _read(files, "CDNOW_master.txt", ["customer_id", "order_date", "cds", "amount"], skiprows=1)
        sample = _read(files, "CDNOW_sample.txt", ["customer_id", "sample_id", "order_date", "cds", "amount"])
    lines["in_sample"] = lines["customer_id"].isin(sample["customer_id"])
    lines["order_date"] = pd.to_datetime(lines["order_date"], format="%Y%m%d").dt.date
    table = pa.table(
        [pa.array(lines[field.name].tolist()).cast(field.type) for field in SCHEMA], schema=SCHEMA
    ).sort_by([(name, "ascending") for name in ("customer_id", "order_date", "cds", "amount")])
    pq.write_table(table, target, compression="zstd", compression_level=19)
    return table


def _read(files: zipfile.ZipFile, name: str, columns: list[str], skiprows: int = 0) -> pd.DataFrame:
    """Read one blank-separated file; ids and amounts stay text, so that no digit is lost."""
    with files.open(FOLDER + name) as file:
        return pd.read_csv(file, sep=r"\s+", names=columns, skiprows=skiprows, dtype=str).astype({"cds": int})
