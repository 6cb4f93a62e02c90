"""The data check as text for a terminal or a scheduler's log."""

from typing import TYPE_CHECKING

import pandas as pd

from analysis.report import findings_data_quality as say
from analysis.report.wording import Words

if TYPE_CHECKING:
    from analysis.month import Month

COLUMNS = ("finding", "severity", "rows", "share", "set_aside", "amount_minor", "first_row", "remedy")


def check_text(month: "Month", language: str) -> str:
    """Return the gate's verdict and the findings on the rows before `as_of`, a line each."""
    words, quality = Words(language, month.settings.currency), month.quality()
    key, values = say.verdict(quality)
    gate_key, gate_values = say.gate_in_words(quality, words)
    findings = say.ordered(quality.findings).merge(say.guidance(quality.findings, words), on="finding")
    shown = pd.DataFrame(
        {words.heading(name): [words.show(name, value) for value in findings[name]] for name in COLUMNS}
    )
    parts = [words.month(month.month), words(key, **values), words(gate_key, **gate_values)]
    with pd.option_context("display.unicode.east_asian_width", True, "display.max_colwidth", None):
        table = "" if shown.empty else shown.to_string(index=False, justify="left")
    return "\n".join([*parts, table]).rstrip()
