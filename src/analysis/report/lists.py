"""The workbook of the segments' customers, with real ids: kept beside the month's data, linked from no page."""

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from analysis.exports.excel import customer_lists
from analysis.report.measures import MEASURES
from analysis.report.wording import Words

if TYPE_CHECKING:
    from analysis.month import Month

COLUMNS = (
    "customer_id",
    "rfm_segment",
    "value_tier",
    "abc",
    "frequency_tier",
    "recency_days",
    "orders",
    "net_revenue_minor",
    "average_order_value",
    "purchase_interval_days",
    "category_breadth",
    "first_order_date",
    "last_order_date",
    "history_orders",
    "history_revenue_minor",
    "clv_12_months",
    "probability_alive",
    "cluster",
)


def write_lists(month: "Month", language: str) -> Path:
    """Write `customer_lists_<language>.xlsx` into the month's folder: a sheet per segment, most revenue first."""
    words, scheme = Words(language, month.settings.currency), month.settings.primary_scheme
    scored = month.scored().sort_values(["net_revenue_minor", "customer_id"], ascending=[False, True])
    listed = scored[[scheme, *(column for column in COLUMNS if column != scheme)]].copy()
    for column in COLUMNS:
        measure = MEASURES[column]
        if measure.kind == "money_minor":
            listed[column] = listed[column] / 10**month.minor_units
        elif measure.kind == "class" and column != scheme:
            listed[column] = [words.name(measure.section, key) for key in listed[column]]
    shown = [column for column in COLUMNS if column != scheme]
    headings = {column: words.heading(column) for column in shown}
    return customer_lists(
        listed,
        scheme,
        month.folder / f"customer_lists_{language}.xlsx",
        headings,
        {key: words.name(scheme, key) for key in month.segments()["class"]},
        _definitions(month, words, shown),
        first_sheet=words("lists.first_sheet"),
    )


def _definitions(month: "Month", words: Words, columns: list[str]) -> pd.DataFrame:
    about = [
        (words("masthead.month"), words.month(month.month)),
        (words("ui.dataset"), getattr(month.settings.title, words.language)),
        (words("masthead.scheme_version"), month.cut_points.version),
    ]
    meanings = [(words.heading(column), words(f"lists.meaning.{column}")) for column in columns]
    return pd.DataFrame(about + meanings, columns=[words("lists.column"), words("lists.meaning_heading")])
