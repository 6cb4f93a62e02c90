"""Every engine gives the histories that plain pandas gives, on generated data."""

import datetime as dt

import pandas as pd
import pytest

from analysis.engine import DuckDB
from analysis.features import histories, history_counts
from tests.engines.generated import lines, write
from tests.engines.reference import history_rows

KNOWN_FROM, DATA_START = dt.date(2023, 5, 1), dt.date(2022, 11, 1)
SPANS = {  # of origin and end
    "both sides": (dt.date(2023, 11, 1), dt.date(2024, 5, 1)),
    "much history": (dt.date(2024, 3, 1), dt.date(2024, 6, 1)),
    "nothing next": (dt.date(2024, 3, 1), dt.date(2024, 3, 1)),
}


def assert_equals_reference(engine, folder, generated, span):
    transactions, _ = write(folder, generated, [])
    dates = dict(zip(("origin", "as_of"), SPANS[span], strict=True), known_from=KNOWN_FROM)
    table = histories(engine, transactions, **dates, data_start=DATA_START)
    expected = pd.DataFrame(history_rows(generated, **dates, data_start=DATA_START))
    expected = expected[table.columns].astype(table.dtypes.to_dict())
    pd.testing.assert_frame_equal(table, expected, check_exact=False, rtol=1e-12)
    key = ["age_known", "x", "t_x", "T"]
    counts = expected.groupby(key).size().rename("customers").reset_index()
    pd.testing.assert_frame_equal(history_counts(engine, transactions, **dates), counts)


@pytest.mark.parametrize("span", SPANS)
@pytest.mark.parametrize("seed", range(3))
def test_duckdb_equals_plain_pandas(tmp_path, seed, span):
    with DuckDB() as engine:
        assert_equals_reference(engine, tmp_path, lines(seed), span)


@pytest.mark.spark
@pytest.mark.filterwarnings("ignore")  # pyspark warns about newer pandas and unclosed sockets of its own
@pytest.mark.parametrize("span", SPANS)
def test_spark_equals_plain_pandas(tmp_path, span, spark):
    assert_equals_reference(spark, tmp_path, lines(3), span)
