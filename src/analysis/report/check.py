"""The data check as text for a terminal or a scheduler's log."""

from typing import TYPE_CHECKING

import pandas as pd

from analysis.report import findings_data_quality as say
from analysis.report.wording import Words
from analysis.tables import set_aside_places

if TYPE_CHECKING:
    from analysis.month import Month

COLUMNS = ("finding", "severity", "rows", "counted", "share", "set_aside", "amount_minor", "places", "remedy")


def check_text(month: "Month", language: str) -> str:
    """Return the gate's verdict, the findings on the rows before `as_of`, a line each, and what lies beyond `as_of`."""
    words, quality = Words(language, month.settings.currency), month.quality()
    key, values = say.verdict(quality)
    gate_key, gate_values = say.gate_in_words(quality, words)
    findings = say.ordered(quality.findings).merge(say.guidance(quality.findings, words), on="finding")
    findings["places"] = findings["finding"].map(_places(set_aside_places(month.accepted, month.as_of)))
    shown = pd.DataFrame(
        {words.heading(name): [words.show(name, value) for value in findings[name]] for name in COLUMNS}
    )
    with pd.option_context("display.unicode.east_asian_width", True, "display.max_colwidth", None):
        table = "" if shown.empty else shown.to_string(index=False, justify="left")
    later_key, later_values = say.later(month.later_lines())
    title = getattr(month.settings.title, language)
    parts = [
        f"{title} ({month.dataset.name}), {words.month(month.month)}",
        words(key, **values),
        words(gate_key, **gate_values),
        table,
    ]
    return "\n".join([*filter(None, parts), words(later_key, **later_values)])


def _places(places: pd.DataFrame) -> "pd.Series[str]":
    """Return the places of each finding's first lines as text: the file and its rows."""
    rows = places["file_row"].astype("str").groupby([places["finding"], places["source_file"]]).agg(", ".join)
    by_file = rows.reset_index()
    text = by_file["source_file"] + ": " + by_file["file_row"]
    return text.groupby(by_file["finding"]).agg("; ".join)
