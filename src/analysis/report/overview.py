"""The first screen's words: masthead, headline, notes, and the order of its segment table."""

import datetime as dt
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.key_figures import comparable
from analysis.report import findings_data_quality
from analysis.report.components import Masthead
from analysis.report.wording import Words
from analysis.tables import Quality, calendar

if TYPE_CHECKING:
    from analysis.month import Month

Sentence = tuple[str, dict[str, Any]]  # key of the catalogue and its values


def masthead_facts(month: "Month", words: Words) -> Masthead:
    """Return what stands above the first screen."""
    quality = month.quality()
    settings, day = month.settings, dt.timedelta(days=1)
    compared = [calendar.shift(month.month, -back) for back in (1, 12) if comparable(month, back)]
    return Masthead(
        month=month.month,
        month_start=calendar.month_start(month.month),
        month_end=month.as_of - day,
        as_of=month.as_of,
        time_zone=settings.reporting_time_zone,
        window_start=month.window_start,
        window_end=month.as_of - day,
        window_days=settings.window_days,
        currency=settings.currency,
        basis="revenue",
        tax=settings.tax,
        scheme=settings.primary_scheme,
        scheme_version=month.cut_points.version,
        compared=compared,
        gate=quality.gate["verdict"].iloc[0],
        gate_text=gate_text(quality, words),
    )


def gate_text(quality: Quality, words: Words) -> str:
    """Return the finding that weighs most where the data gate warns, how many more do, and the rows set aside."""
    gate, found = quality.gate.iloc[0], findings_data_quality.ordered(quality.findings)
    rows = {"read": int(gate["read"]), "set_aside": int(gate["set_aside"])}
    urgent = found[found["severity"].isin(["error", "warn"])]
    if urgent.empty:
        return words("overview.gate", **rows)
    finding = words.show("finding", urgent["finding"].iloc[0])
    more = int((urgent["severity"] == urgent["severity"].iloc[0]).sum()) - 1
    return words("overview.gate_findings" if more else "overview.gate_finding", finding=finding, more=more, **rows)


def warnings(month: "Month", words: Words) -> list[str]:
    """Return the banners above the headline; usually none."""
    banners = [] if month.complete else [words("overview.partial")]
    if month.cut_points_from_later_data:
        banners.append(words("overview.cut_points_from_later_data", baseline=month.cut_points.baseline))
    return banners


def segment_rows(segments: pd.DataFrame, recommendations: pd.DataFrame) -> pd.DataFrame:
    """Return the segments with their strategy, most net revenue first."""
    rows = segments.merge(recommendations[["class", "strategy_id"]], on="class", how="left")
    rows["action_code"] = rows["strategy_id"].str.removeprefix("R-STR-")
    return rows.sort_values("net_revenue_minor", ascending=False, kind="stable").reset_index(drop=True)


def headline(figures: pd.DataFrame, actions: pd.DataFrame, scheme: str, words: Words) -> Sentence:
    """Return the month's one sentence: the largest change beyond noise, and the first decision.

    Sizes are compared as shares of the month before; net migration, which has none, counts where nothing else
    changed.
    """
    change, values = _largest_change(figures)
    finding = words(change, **values)
    if actions.empty:
        return "overview.headline_without_action", {"finding": finding}
    first = actions.iloc[0]
    return "overview.headline", {
        "finding": finding,
        "segment": words.name(scheme, first["class"]),
        "customers": int(first["customers"]),
        "action": first[f"title_{words.language}"],
    }


def _largest_change(figures: pd.DataFrame) -> Sentence:
    changed = figures[~figures["within_noise"].fillna(True)]
    if changed.empty:
        known = figures["within_noise"].notna().any()
        return ("overview.change_quiet" if known else "overview.change_unknown"), {}
    size = (changed["change"] / changed["previous"]).abs().fillna(0)
    row = changed.iloc[int(size.argmax())]
    direction = "up" if row["change"] > 0 else "down"
    values = {name: float(row[name]) for name in ("value", "low", "high")}
    return f"overview.change_{row['measure']}_{direction}", values | {"change": abs(float(row["change"]))}


def what_changed(figures: pd.DataFrame, words: Words) -> list[str]:
    """Return a sentence for each figure that was compared with the month before."""
    compared = figures[figures["within_noise"].notna()]
    if compared.empty:
        return [words("overview.changed_nothing_to_compare")]
    return [
        words(
            f"overview.changed_{row['measure']}_{'quiet' if row['within_noise'] else 'beyond'}",
            change=row["change"],
            low=row["low"],
            high=row["high"],
        )
        for row in compared.to_dict("records")
    ]


def why(month: "Month", figures: pd.DataFrame, words: Words) -> list[str]:
    """Return what the change may come from: definitions, the calendar, the base, or customers themselves."""
    before = month.month_before
    if before is None:
        return [words("overview.why_first" if month.complete else "overview.why_partial")]
    sentences = [words("overview.why_definitions", version=month.cut_points.version)]
    now_days, before_days = ((calendar.as_of(m.month) - calendar.month_start(m.month)).days for m in (month, before))
    revenue = figures.set_index("measure").loc["net_revenue_minor"]
    if now_days != before_days and revenue["previous"] > 0:
        per_day = (revenue["value"] / now_days) / (revenue["previous"] / before_days) - 1
        sentences.append(words("overview.why_days", now=now_days, before=before_days, change=per_day))
    base, base_before = len(month.customers()), len(before.customers())
    return [*sentences, words("overview.why_base", base=base, joined=base - base_before)]


def what_to_do(actions: pd.DataFrame, scheme: str, words: Words) -> list[str]:
    """Return the first two actions as sentences."""
    return [
        words(
            "overview.to_do",
            segment=words.name(scheme, row["class"]),
            customers=int(row["customers"]),
            action=row[f"title_{words.language}"],
            owner=row["owner"],
            due=row["due_date"],
        )
        for row in actions.head(2).to_dict("records")
    ]
