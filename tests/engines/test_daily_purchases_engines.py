"""Every engine gives the daily purchases that plain loops give, on generated data."""

import pandas as pd
import pytest

from analysis.engine import DuckDB
from analysis.features import daily_purchases
from tests.engines.generated import AS_OF, lines, write
from tests.engines.reference import daily_rows


def assert_equals_reference(engine, folder, generated):
    transactions, _ = write(folder, generated, [])
    expected = pd.DataFrame(daily_rows(generated, as_of=AS_OF))
    expected["day"] = pd.to_datetime(expected["day"]).astype("datetime64[us]")
    pd.testing.assert_frame_equal(daily_purchases(engine, transactions, as_of=AS_OF), expected)


@pytest.mark.parametrize("seed", range(5))
def test_duckdb_equals_plain_loops(tmp_path, seed):
    with DuckDB() as engine:
        assert_equals_reference(engine, tmp_path, lines(seed))


@pytest.mark.spark
@pytest.mark.filterwarnings("ignore")  # pyspark warns about newer pandas and unclosed sockets of its own
def test_spark_equals_plain_loops(tmp_path):
    pytest.importorskip("pyspark", reason="the extra `spark` is not installed: make test-spark")
    from analysis.engine.spark import Spark, local_session

    session = local_session()
    try:
        assert_equals_reference(Spark(session), tmp_path, lines(5))
    finally:
        session.stop()
