"""One DataFrame as an accessible HTML table, and as CSV for people."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.exports.csv import people_safe
from analysis.report import measures
from analysis.report.measures import Measure
from analysis.report.wording import Words, is_missing

ROWS_SHOWN = 20  # longer tables are read in the CSV file
HEAT_STEPS = 8  # as many shades as the stylesheet has


@dataclass(frozen=True)
class Cell:
    """One cell, ready for the template; `bar` is a length and `shade` a step, where the column has them."""

    text: str
    numeric: bool = False
    missing: bool = False
    reason: bool = False  # the text says why the value is missing
    bar: float | None = None
    shade: int | None = None


@dataclass(frozen=True)
class Column:
    """One column, ready for the template."""

    name: str
    heading: str
    measure: Measure
    sources: tuple[str, ...]  # columns of the data


def columns_of(
    words: Words,
    df: pd.DataFrame,
    names: Sequence[str] | None,
    scheme: str | None,
    kinds: Mapping[str, str | Measure],
    headings: Mapping[str, str],
) -> list[Column]:
    """Return the columns to show; one without measure, heading or data is a defect (KeyError).

    `scheme` says whose classes a column `class` holds. A text kept as `<name>_en` and `<name>_zh` is one column
    `<name>`; a range is made of two.
    """
    known = dict(kinds) | ({"class": f"class:{scheme}"} if scheme else {})
    titles = ({"class": words.scheme(scheme)} if scheme else {}) | dict(headings)
    found = []
    for name in names if names is not None else list(df.columns):
        measure = measures.parse(known[name]) if name in known else measures.of_column(name)
        sources: tuple[str, ...] = (name if name in df else f"{name}_{words.language}",)
        if measure.kind == "range":
            sources = (f"{measure.section}_low", f"{measure.section}_high")
        elif measure.kind == "interval":
            sources = (f"{measure.section}_above", f"{measure.section}_up_to")
        found.append(Column(name, titles[name] if name in titles else words.heading(name), measure, sources))
    return found


def body(
    words: Words, df: pd.DataFrame, columns: Sequence[Column], bars: Sequence[str], heat: Sequence[str]
) -> list[list[Cell]]:
    """Return the cells of every row."""
    by_column = []
    for column in columns:
        values = values_of(df, column)
        texts = [measures.show(words, value, column.measure) for value in values]
        largest = max((abs(v) for v in values if column.name in bars and not is_missing(v)), default=0)
        heat_largest = float(df[list(heat)].abs().max().max()) if column.name in heat else 0.0
        reasons = list(df[f"{column.name}_reason"]) if f"{column.name}_reason" in df else [None] * len(df)
        by_column.append(
            [
                Cell(
                    text=words(f"missing.{reason}") if is_missing(value) and not is_missing(reason) else text,
                    reason=is_missing(value) and not is_missing(reason),
                    numeric=column.measure.numeric,
                    missing=is_missing(value),
                    bar=_length(value, largest) if column.name in bars else None,
                    shade=_shade(value, heat_largest) if column.name in heat else None,
                )
                for value, text, reason in zip(values, texts, reasons, strict=True)
            ]
        )
    return [list(row) for row in zip(*by_column, strict=True)]


def values_of(df: pd.DataFrame, column: Column) -> list[Any]:
    """Return a column's values; a range is a pair, missing where one of its ends is, an interval where both are."""
    if len(column.sources) == 1:
        return list(df[column.sources[0]])
    ends = zip(*(df[source] for source in column.sources), strict=True)
    absent = all if column.measure.kind == "interval" else any
    return [None if absent(map(is_missing, pair)) else pair for pair in ends]


def delivered(df: pd.DataFrame, columns: Sequence[Column]) -> pd.DataFrame:
    """Return the data behind the columns shown, for the CSV file."""
    return df[list(dict.fromkeys(source for column in columns for source in column.sources))]


def total_row(
    words: Words, df: pd.DataFrame, columns: Sequence[Column], given: Mapping[str, Any] | bool
) -> list[Cell] | None:
    """Return the total: sums of counts, whole amounts and shares, and what is `given` for other columns."""
    if given is False:
        return None
    values = dict(given) if isinstance(given, Mapping) else {}
    cells = [Cell(words("ui.total"))]
    for column in columns[1:]:
        summed = column.measure.kind in ("count", "money_minor", "share", "signed_count")
        if column.name in values:
            value = values[column.name]
            cells.append(Cell(measures.show(words, value, column.measure), column.measure.numeric, is_missing(value)))
        elif summed and not df[column.sources[0]].isna().any():
            cells.append(Cell(measures.show(words, df[column.sources[0]].sum(), column.measure), True))
        else:
            cells.append(Cell("", column.measure.numeric))
    return cells


def csv_text(df: pd.DataFrame) -> str:
    """Return the table as CSV for people: full precision, and no cell that a spreadsheet runs as a formula."""
    flat = df.copy()
    for name in flat.columns[flat.map(lambda value: isinstance(value, list | tuple)).any()]:
        flat[name] = flat[name].map("; ".join)
    return people_safe(flat).to_csv(index=False, lineterminator="\n")


def _length(value: Any, largest: float) -> float | None:
    return None if is_missing(value) or not largest else round(100 * max(0.0, value) / largest, 1)


def _shade(value: Any, largest: float) -> int | None:
    return None if is_missing(value) or not largest else math.ceil(HEAT_STEPS * abs(value) / largest)
