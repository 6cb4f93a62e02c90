"""Every engine gives the customer table that plain pandas gives, on generated data."""

import datetime as dt

import pandas as pd
import pytest

from analysis.engine import DuckDB
from analysis.features import compare_months, customer_table, monthly_figures
from tests.engines.generated import AS_OF, lines, write
from tests.engines.reference import customer_rows

KNOWN_FROM = AS_OF - dt.timedelta(days=300)
DATES = ["first_order_date", "last_order_date"]


def on_engine(engine, transactions, customers):
    return customer_table(
        engine, transactions, customers, as_of=AS_OF, window_days=90, known_from=KNOWN_FROM, minor_units=2
    )


def assert_equals_reference(table, generated, known):
    rows = customer_rows(generated, known, as_of=AS_OF, window_days=90, known_from=KNOWN_FROM)
    expected = pd.DataFrame(rows).astype(table.drop(columns=DATES).dtypes.to_dict())
    for date in DATES:
        expected[date] = pd.to_datetime(expected[date]).astype("datetime64[us]")
    pd.testing.assert_frame_equal(table, expected, check_exact=False, rtol=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_duckdb_equals_plain_pandas(tmp_path, seed):
    generated, known = lines(seed), ["c01", "newcomer"]
    with DuckDB() as engine:
        assert_equals_reference(on_engine(engine, *write(tmp_path, generated, known)), generated, known)


@pytest.mark.spark
@pytest.mark.filterwarnings("ignore")  # pyspark warns about newer pandas and unclosed sockets of its own
@pytest.mark.parametrize("seed", range(2))
def test_spark_equals_plain_pandas(tmp_path, seed, spark):
    generated, known = lines(seed), ["c01", "newcomer"]
    assert_equals_reference(on_engine(spark, *write(tmp_path, generated, known)), generated, known)


@pytest.mark.spark
@pytest.mark.filterwarnings("ignore")  # as above
def test_spark_and_duckdb_give_equal_monthly_figures_and_comparisons(tmp_path, spark):
    transactions, _ = write(tmp_path, lines(7), [])
    months = dict(
        first_month=dt.date(2023, 1, 1), as_of=AS_OF, data_start=dt.date(2023, 1, 1), window_days=90, minor_units=2
    )
    spans = dict(
        now=dt.date(2024, 2, 1),
        as_of=AS_OF,
        before=dt.date(2024, 1, 1),
        last_year=dt.date(2023, 2, 1),
        data_start=dt.date(2023, 1, 1),
        minor_units=2,
    )
    with DuckDB() as duck:
        pd.testing.assert_frame_equal(
            monthly_figures(duck, transactions, **months), monthly_figures(spark, transactions, **months)
        )
        pd.testing.assert_frame_equal(
            compare_months(duck, transactions, **spans), compare_months(spark, transactions, **spans)
        )


@pytest.mark.parametrize("engine_name", ["duckdb", pytest.param("spark", marks=pytest.mark.spark)])
@pytest.mark.filterwarnings("ignore")  # as above
def test_row_order_and_later_rows_change_nothing(tmp_path, engine_name, request):
    generated = lines(3)
    shuffled = generated.sample(frac=1, random_state=0)
    before = generated[[day < AS_OF for day in generated["order_date"]]]
    tables = []
    engine = DuckDB() if engine_name == "duckdb" else request.getfixturevalue("spark")
    for number, version in enumerate((generated, shuffled, before)):
        folder = tmp_path / str(number)
        folder.mkdir()
        tables.append(on_engine(engine, *write(folder, version, [])))
    pd.testing.assert_frame_equal(tables[0], tables[1])
    pd.testing.assert_frame_equal(tables[0], tables[2])
