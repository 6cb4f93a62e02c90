"""The blocks of a page as HTML: plain data in, an autoescaping template filled.

Every text that reaches a page passes through the templates in `components/`, which escape it: a customer's name that
holds HTML is shown as text.
"""

import base64
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from analysis.report import measures, tables
from analysis.report.wording import Words, is_missing

HERE = Path(__file__).parent
TABLE_MIME = "application/vnd.analysis.table+json"  # {name: csv}, written by the renderer to tables/<name>.csv
PAGE_MIME = "application/vnd.analysis.page+json"  # title and finding of the page, for contents and metadata
FLOWS = ("net_migration",)  # changes themselves: a change of theirs says little
LOWER_IS_BETTER = ("revenue_at_risk_minor", "return_rate", "churn_rate", "complaint_rate")


@dataclass(frozen=True)
class Shown:
    """What a cell displays: HTML, and the data behind it that the renderer delivers."""

    html: str
    tables: Mapping[str, str] = field(default_factory=dict)
    page: Mapping[str, str] = field(default_factory=dict)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        # JupyterLab reads what stands between two dollar signs as a formula, unless the class tells it not to.
        html = f'<div class="report mathjax_ignore">{self.html}</div>'
        bundle: dict[str, Any] = {"text/html": html, "text/plain": ""}
        if self.tables:
            bundle[TABLE_MIME] = dict(self.tables)
        if self.page:
            bundle[PAGE_MIME] = dict(self.page)
        return bundle


@dataclass(frozen=True)
class Masthead:
    """The facts above the first screen.

    month `YYYY-MM`; month_start, month_end, window_start, window_end: calendar dates, both included; as_of: the first
    instant after the month, midnight of that date in `time_zone`; basis: `revenue` or `margin`; tax: `included`,
    `excluded` or `unknown`; scheme: the primary scheme; compared: months `YYYY-MM` (none: empty); gate: `pass` or
    `warn`; gate_text: its counts, and the most important finding where it warns.
    """

    month: str
    month_start: date
    month_end: date
    as_of: date
    time_zone: str
    window_start: date
    window_end: date
    window_days: int
    currency: str
    basis: str
    tax: str
    scheme: str
    scheme_version: str
    compared: Sequence[str] = ()
    gate: str = "pass"
    gate_text: str = ""


@cache
def environment() -> Environment:
    """Return the templates of the components; every value put into them is escaped."""
    made = Environment(
        loader=FileSystemLoader(HERE / "components"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.tests["missing"] = is_missing
    made.filters["unbroken"] = unbroken
    return made


def fill(template: str, words: Words, **values: Any) -> str:
    """Return a component's HTML."""
    return environment().get_template(f"{template}.html.j2").render(words=words, **values).strip()


def unbroken(text: str) -> str:
    """Return a text whose signs stay with their amounts, Chinese units with their numbers, versions in one piece."""
    joined = re.sub(r"(?<=[−+])|(?=[万亿])|(?<=\d-)(?=\w)", "\N{WORD JOINER}", text)
    return re.sub(r"(?<=\d) (?=[位行天个])", "\N{NO-BREAK SPACE}", joined)


def data_uri(content: bytes, kind: str) -> str:
    """Return an image as a `data:` address, so that a page needs no other file."""
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"


def table(
    words: Words,
    name: str,
    df: pd.DataFrame,
    *,
    caption: str,
    columns: Sequence[str] | None = None,
    scheme: str | None = None,
    kinds: Mapping[str, Any] | None = None,
    headings: Mapping[str, str] | None = None,
    total: Mapping[str, Any] | bool = False,
    bars: Sequence[str] = (),
    heat: Sequence[str] = (),
    note: str = "",
    limit: int = tables.ROWS_SHOWN,
    style: str = "",
    hide_caption: bool = False,
) -> Shown:
    """Return a table with caption, column heads, optional bars, shades and total, and the link to its CSV file."""
    shown = tables.columns_of(words, df, columns, scheme, kinds or {}, headings or {})
    rows = tables.body(words, df, shown, bars, heat)
    html = fill(
        "table",
        words,
        name=name,
        caption=caption,
        columns=shown,
        rows=rows[:limit],
        all_rows=len(rows),
        total=tables.total_row(words, df, shown, total),
        note=note,
        style=style,
        hide_caption=hide_caption,
    )
    return Shown(html, table_data(**{name: tables.delivered(df, shown)}))


def tiles(words: Words, df: pd.DataFrame, trends: pd.DataFrame | None) -> str:
    """Return the strip of key figures; see `Page.tiles` for the columns."""
    shown = []
    for record in df.to_dict("records"):
        row = {str(key): value for key, value in record.items()}
        name = str(row["measure"])
        trend = [] if trends is None else list(trends.loc[trends["measure"] == name].sort_values("month")["value"])
        shown.append(_tile(words, name, row, trend))
    return fill("tiles", words, tiles=shown)


def _tile(words: Words, name: str, row: Mapping[str, Any], trend: Sequence[Any]) -> dict[str, Any]:
    value = row["value"]
    tile: dict[str, Any] = {
        "name": name,
        "label": words(f"measure.{name}"),
        "details": [],
        "changes": [],
        "value": "",
        "reason": "",
        "trend": "",
        "trend_alt": "",
    }
    if is_missing(value):
        reason = row.get("reason")
        return tile | {"reason": "" if is_missing(reason) else words(f"missing.{reason}")}
    quiet = row.get("within_noise") is True
    against = () if name in FLOWS else ("previous", "last_year")
    changes = [_change(words, name, value, row.get(column), column, quiet) for column in against]
    details = [words("tile.noise")] if quiet else []
    if not is_missing(row.get("low")) and not is_missing(row.get("high")):
        low, high = (_short(words, name, row[end]) for end in ("low", "high"))
        details.append(words("tile.interval", low=low, high=high))
    given = [column for column in ("year_to_date", "target") if not is_missing(row.get(column))]
    details += [words(f"tile.{column}", value=_short(words, name, row[column])) for column in given]
    if not is_missing(row.get("coverage")):
        details.append(words("tile.coverage", value=words.percent(row["coverage"], 0)))
    while trend and is_missing(trend[0]):  # before the data begin
        trend = trend[1:]
    known = [v for v in trend if not is_missing(v)]
    if len(known) > 1:
        show = {
            key: _short(words, name, v)
            for key, v in {"first": known[0], "last": known[-1], "low": min(known), "high": max(known)}.items()
        }
        alt = words("tile.trend", months=len(trend), **show)
        tile |= {"trend": data_uri(sparkline(trend), "svg+xml"), "trend_alt": alt}
    return tile | {"value": _short(words, name, value), "changes": changes, "details": details}


def _short(words: Words, name: str, value: Any) -> str:
    measure = measures.of_column(name)
    if measure.kind == "money_minor":
        return words.money(words.minor(value))
    return words.money(value) if measure.kind == "money" else measures.show(words, value, measure)


def _change(words: Words, name: str, value: float, before: Any, against: str, quiet: bool) -> dict[str, str]:
    """Return the comparison in words and sign: relative for counts and money, in points for shares, else absolute."""
    if is_missing(before):
        return {"sign": "", "text": words(f"tile.{against}_none"), "mood": "absent"}
    kind, difference = measures.of_column(name).kind, value - before
    if kind in ("count", "money", "money_minor"):
        if before <= 0:  # a share of nothing says nothing
            return {"sign": "", "text": words(f"tile.{against}_none"), "mood": "absent"}
        size = words.percent(abs(difference) / before)
    elif kind == "share":
        size = words.points(abs(difference), signed=False)
    else:
        size = words.number(abs(difference), measures.of_column(name).decimals)
    if not any(digit in size for digit in "123456789"):
        return {"sign": "=", "text": words(f"tile.{against}_same"), "mood": "quiet"}
    up = difference > 0
    mood = "quiet" if quiet else "good" if up != (name in LOWER_IS_BETTER) else "bad"
    text = words(f"tile.{against}_{'up' if up else 'down'}", change=size)
    return {"sign": "▲" if up else "▼", "text": text, "mood": mood}


def sparkline(values: Sequence[Any], months: int = 12, width: int = 96, height: int = 26) -> bytes:
    """Return up to twelve months as a small line, its last point marked; missing months interrupt it."""
    known = [float(v) for v in values if not is_missing(v)]
    low, spread = min(known), (max(known) - min(known)) or 1.0
    step = (width - 8) / (max(months, len(values)) - 1)
    points = [
        None if is_missing(v) else (4 + i * step, height - 4 - (float(v) - low) / spread * (height - 8))
        for i, v in enumerate(values)
    ]
    path, pen = [], "M"
    for point in points:
        if point is not None:
            path.append(f"{pen}{point[0]:.1f} {point[1]:.1f}")
        pen = "M" if point is None else "L"
    last = next(point for point in reversed(points) if point is not None)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">'
        f'<path d="{"".join(path)}" fill="none" stroke="#6b8793" stroke-width="1.5" stroke-linejoin="round"/>'
        f'<circle cx="{last[0]:.1f}" cy="{last[1]:.1f}" r="2.6" fill="#0f5c6e"/></svg>'
    ).encode()


def table_data(**frames: pd.DataFrame) -> dict[str, str]:
    """Return the CSV text of each table shown."""
    return {name: tables.csv_text(frame) for name, frame in frames.items()}


def as_json(value: Mapping[str, Any]) -> str:
    """Return JSON with sorted keys, so that equal content gives equal bytes."""
    return json.dumps(value, sort_keys=True, indent=2, ensure_ascii=False, default=str) + "\n"
