"""The first screen's words: masthead, headline, notes, and the order of its segment table."""

import datetime as dt
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.report.components import Masthead
from analysis.report.page import as_of_text
from analysis.report.wording import Words
from analysis.tables import calendar

if TYPE_CHECKING:
    from analysis.month import Month

Sentence = tuple[str, dict[str, Any]]  # key of the catalogue and its values


def masthead_facts(month: "Month", words: Words) -> Masthead:
    """Return what stands above the first screen."""
    gate = month.quality().gate.iloc[0]
    settings, day = month.settings, dt.timedelta(days=1)
    earlier = (month.month_before, month.same_month_last_year)
    return Masthead(
        month=month.month,
        month_start=calendar.month_start(month.month),
        month_end=month.as_of - day,
        as_of=as_of_text(words, month.as_of, settings.reporting_time_zone),
        window_start=month.window_start,
        window_end=month.as_of - day,
        window_days=settings.window_days,
        currency=settings.currency,
        basis="revenue",
        tax=settings.tax,
        scheme=settings.primary_scheme,
        scheme_version=month.cut_points.version,
        compared=[other.month for other in earlier if other is not None],
        gate=gate["verdict"],
        gate_text=words("overview.gate", read=int(gate["read"]), accepted=int(gate["accepted"]),
                        set_aside=int(gate["set_aside"])),
    )


def segment_rows(segments: pd.DataFrame, recommendations: pd.DataFrame) -> pd.DataFrame:
    """Return the segments with their strategy, most net revenue first."""
    rows = segments.merge(recommendations[["class", "strategy_id"]], on="class", how="left")
    return rows.sort_values("net_revenue_minor", ascending=False, kind="stable").reset_index(drop=True)


def headline(figures: pd.DataFrame, actions: pd.DataFrame, scheme: str, language: str) -> Sentence:
    """Return the month's one sentence: the largest change beyond noise, and the first decision.

    Sizes are compared as shares of the month before; a net migration counts only where no figure changed.
    """
    decision: dict[str, Any] = {"decision": "", "class": "", "customers": 0}
    suffix = "" if actions.empty else "_act"
    if not actions.empty:
        first = actions.iloc[0]
        decision = {"decision": first[f"title_{language}"], "segment": (scheme, first["class"]),
                    "customers": int(first["customers"])}
    changed = _beyond_noise(figures)
    if changed.empty:
        known = figures["within_noise"].notna().any()
        return ("overview.headline_quiet" if known else "overview.headline_first") + suffix, decision
    size = (changed["change"] / changed["previous"]).abs().fillna(0)
    row = changed.loc[size.idxmax()]
    direction = "up" if row["change"] > 0 else "down"
    values = {name: abs(float(row[name])) if name == "change" else float(row[name])
              for name in ("value", "change", "low", "high")}
    return f"overview.headline_{row['measure']}_{direction}{suffix}", values | decision


def what_changed(figures: pd.DataFrame) -> list[Sentence]:
    """Return a sentence for each figure that was compared with the month before."""
    compared = figures[figures["within_noise"].notna()]
    if compared.empty:
        return [("overview.changed_nothing_to_compare", {})]
    return [
        (f"overview.changed_{row['measure']}_{'quiet' if row['within_noise'] else 'beyond'}",
         {"change": float(row["change"]), "low": float(row["low"]), "high": float(row["high"])})
        for row in compared.to_dict("records")
    ]


def why(month: "Month", figures: pd.DataFrame) -> list[Sentence]:
    """Return what the change may come from: definitions, the calendar, the base, or customers themselves."""
    before = month.month_before
    if before is None:
        return [("overview.why_first" if month.complete else "overview.why_partial", {})]
    sentences: list[Sentence] = [("overview.why_definitions", {"version": month.cut_points.version})]
    now_days, before_days = ((calendar.as_of(m.month) - calendar.month_start(m.month)).days for m in (month, before))
    revenue = figures.set_index("measure").loc["net_revenue_minor"]
    if now_days != before_days and revenue["previous"] > 0:
        per_day = (revenue["value"] / now_days) / (revenue["previous"] / before_days) - 1
        sentences.append(("overview.why_days", {"now": now_days, "before": before_days, "change": float(per_day)}))
    base, base_before = len(month.customers()), len(before.customers())
    sentences.append(("overview.why_base", {"base": base, "joined": base - base_before}))
    return sentences


def what_to_do(actions: pd.DataFrame, scheme: str, language: str) -> list[Sentence]:
    """Return the first two actions as sentences."""
    return [
        ("overview.to_do", {"segment": (scheme, row["class"]), "customers": int(row["customers"]),
                            "action": row[f"title_{language}"], "owner": row["owner"], "due": row["due_date"]})
        for row in actions.head(2).to_dict("records")
    ]


def _beyond_noise(figures: pd.DataFrame) -> pd.DataFrame:
    return figures[figures["within_noise"].notna() & ~figures["within_noise"].fillna(True)]
