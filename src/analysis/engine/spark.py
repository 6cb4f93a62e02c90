"""Spark, for customer tables larger than one machine; needs the extra `spark` and Java 17."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import sqlglot
from pyspark.sql import SparkSession
from pyspark.sql.types import DateType, StringType


class Spark:
    """A Spark session that runs the same queries as DuckDB, transpiled from its dialect.

    Parameters
    ----------
    session : a running session; its time zone must be UTC.
    """

    def __init__(self, session: SparkSession) -> None:
        self._session = session

    def query(self, sql: str, tables: Mapping[str, Path], parameters: Mapping[str, object]) -> pd.DataFrame:
        """Return the rows of `sql` over Parquet files; see `Engine.query`."""
        for name, path in tables.items():
            self._session.read.parquet(str(path)).createOrReplaceTempView(name)
        rows = self._session.sql(transpile(sql), args=dict(parameters))
        frame = rows.toPandas()
        for field in rows.schema.fields:
            if isinstance(field.dataType, DateType):
                frame[field.name] = pd.to_datetime(frame[field.name]).astype("datetime64[us]")
            elif isinstance(field.dataType, StringType):
                frame[field.name] = frame[field.name].astype("str")
        return frame


def transpile(sql: str) -> str:
    """Return a query of DuckDB's dialect in Spark's; its hints on materialising are DuckDB's alone."""
    tree = sqlglot.parse_one(sql, read="duckdb")
    for part in tree.find_all(sqlglot.exp.CTE):
        part.set("materialized", None)
    return tree.sql("spark")


def local_session() -> SparkSession:
    """Return a session on this machine alone: two threads, no web page, nothing listening beyond loopback."""
    settings = {
        "spark.ui.enabled": "false",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.shuffle.partitions": "2",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
    }
    builder = SparkSession.builder.master("local[2]").appName("analysis")
    for name, value in settings.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()
