"""The words of the page on segments and strategies: cards, reasons, and the page's finding."""

from typing import Any

import pandas as pd

from analysis.report.wording import Words


def finding(segments: pd.DataFrame, scheme: str, words: Words) -> tuple[str, dict[str, Any]]:
    """Return the sentence on the class that holds most net revenue: key and values."""
    if not (segments["net_revenue_minor"] > 0).any():
        return "segments.finding_none", {}
    first = segments.sort_values("net_revenue_minor", kind="stable").iloc[-1]
    return "segments.finding", {
        "segment": words.name(scheme, first["class"]),
        "share": first["share_of_revenue"],
        "customers_share": first["share_of_customers"],
    }


def cards(recommendations: pd.DataFrame, personas: pd.DataFrame, scheme: str, words: Words) -> pd.DataFrame:
    """Return one row per class, most net revenue first, with the texts that its card shows."""
    rows = recommendations.sort_values("net_revenue_minor", ascending=False, kind="stable").reset_index(drop=True)
    lines = _persona_lines(personas, words)
    return rows.assign(
        rule=[_rule(scheme, key, words) for key in rows["class"]],
        persona=pd.Series([lines.get(key, []) for key in rows["class"]], dtype=object),
        reason=reasons(rows, words),
    )[
        [
            "class",
            "customers",
            "share_of_customers",
            "rule",
            "persona",
            f"title_{words.language}",
            f"strategy_{words.language}",
            "reason",
            "owner",
            "channel",
            "resource_level",
            "evidence",
            "judged_by_metrics",
            "strategy_id",
        ]
    ]


def reasons(recommendations: pd.DataFrame, words: Words) -> list[str]:
    """Return the sentence with the figures that speak for each recommendation."""
    return [words(f"reason.{row['reason']}", **row_figures(row)) for row in recommendations.to_dict("records")]


def row_figures(row: dict[Any, Any]) -> dict[str, Any]:
    """Return the figures that a reason may quote."""
    names = ("customers", "share_of_customers", "share_of_revenue", "average_order_value", "median_recency_days")
    return {name: row[name] for name in names}


def persona_table(personas: pd.DataFrame, words: Words) -> pd.DataFrame:
    """Return the personas with the attribute's displayed name."""
    return personas.assign(attribute=[words(f"attribute.{name}") for name in personas["attribute"]])


def _persona_lines(personas: pd.DataFrame, words: Words) -> dict[str, list[str]]:
    lines: dict[str, list[str]] = {}
    for row in personas.to_dict("records"):
        text = words(
            "segments.persona_line",
            attribute=words(f"attribute.{row['attribute']}"),
            value=row["value"],
            share=row["share"],
            share_in_base=row["share_in_base"],
            customers=row["customers"],
        )
        lines.setdefault(row["class"], []).append(text)
    return lines


def _rule(scheme: str, class_key: str, words: Words) -> str:
    own = f"rule.{scheme}.{class_key}"
    return words(own if own in words else f"rule.shared.{class_key}")
