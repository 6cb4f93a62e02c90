"""Sentences of the data-quality page, picked and filled from its tables."""

from typing import Any

import pandas as pd

from analysis.report import measures
from analysis.report.wording import Words
from analysis.tables import Quality

Finding = tuple[str, dict[str, Any]]

SEVERITIES = ("error", "warn", "accepted", "info")  # most urgent first


def verdict(quality: Quality) -> Finding:
    """Return the page's title: the gate's verdict with read = accepted + set aside."""
    gate = quality.gate.iloc[0]
    some = "some" if gate["set_aside"] else "none"
    values = {name: gate[name] for name in ("read", "accepted", "set_aside")}
    share = gate["set_aside"] / gate["read"] if gate["read"] else float("nan")
    return f"data_quality.title_{gate['verdict']}_{some}", {**values, "share": share}


def gate_in_words(quality: Quality, words: Words) -> Finding:
    """Return what the gate decided, and the findings that made it warn or stop."""
    verdict = quality.gate["verdict"].iloc[0]
    severity = {"warn": "warn", "stop": "error"}.get(verdict, "")
    blamed = ordered(quality.findings[quality.findings["severity"] == severity])
    named = [
        words("data_quality.named_month", finding=_name(words, str(row.finding)))
        if row.counted == "month"
        else words(
            "data_quality.named_share",
            finding=_name(words, str(row.finding)),
            rows=row.rows,
            counted=words(f"counted.{row.counted}"),
            share=row.share,
        )
        for row in blamed.itertuples()
    ]
    return f"data_quality.gate_{verdict}", {"findings": words.list(named)} if named else {}


def ordered(findings: pd.DataFrame) -> pd.DataFrame:
    """Return the findings, most urgent first."""
    rank = findings["severity"].map(SEVERITIES.index).astype(float)
    table = findings.assign(rank=rank).sort_values(
        ["rank", "rows"], ascending=[True, False], kind="stable", ignore_index=True
    )
    return table.drop(columns="rank")


def guidance(findings: pd.DataFrame, words: Words) -> pd.DataFrame:
    """Return per finding what it means and what the data owner can do; a mark of the dataset's own has one text."""
    table = ordered(findings)[["finding"]]
    known = [key if f"finding_meaning.{key}" in words else "own_mark" for key in table["finding"]]
    return table.assign(
        meaning=[words(f"finding_meaning.{key}") for key in known],
        remedy=[words(f"finding_remedy.{key}") for key in known],
    )


def found(findings: pd.DataFrame) -> Finding:
    """Return how many kinds of findings there are, and how many of them lie above a limit."""
    if findings.empty:
        return "data_quality.found_none", {}
    urgent = findings["severity"].isin(["error", "warn"])
    return "data_quality.found_some", {"found": len(findings), "urgent": int(urgent.sum())}


def later(lines: pd.DataFrame) -> Finding:
    """Return what plays no part in the month: lines of later days, and those dated beyond the month in progress."""
    row = lines.iloc[0]
    if not row["lines"]:
        return "data_quality.later_none", {}
    key = "data_quality.later_future" if row["future_lines"] else "data_quality.later_some"
    return key, {name: row[name] for name in ("lines", "last_day", "future_lines", "future_from")}


def by_file(files: pd.DataFrame) -> Finding:
    """Return which of the files has the largest share of lines set aside."""
    if not files["set_aside"].sum():
        return "data_quality.by_file_heading_clean", {"files": len(files)}
    share = (files["set_aside"] / files["read"]).set_axis(files["source_file"])
    return "data_quality.by_file_heading", {"files": len(files), "file": share.idxmax(), "share": share.max()}


def why(reasons: pd.DataFrame, by: str, words: Words) -> pd.Series:
    """Return, by file or month, why lines were set aside, in words: each reason with its lines, most lines first.

    Parameters
    ----------
    reasons : as `tables.reasons_by` returned it.
    """
    parts = [
        words("data_quality.why_part", reason=_name(words, reason), rows=rows)
        for reason, rows in zip(reasons["reason"], reasons["rows"], strict=True)
    ]
    return reasons.assign(part=parts).groupby(by)["part"].agg(lambda texts: words.list(list(texts)))


def kinds(kinds: pd.DataFrame) -> Finding:
    """Return the share of sales among the lines read."""
    read = kinds.set_index("kind")["read"]
    if not read.sum():
        return "data_quality.kinds_heading_none", {}
    return "data_quality.kinds_heading", {"share": read["sale"] / read.sum()}


def months(by_month: pd.DataFrame) -> Finding:
    """Return whether a month is without accepted lines, else the months with most and fewest."""
    empty = by_month.loc[by_month["accepted"] == 0, "month"]
    if len(empty):
        return "data_quality.months_gap", {"months": len(empty), "first": empty.iloc[0]}
    if len(by_month) == 1:
        return "data_quality.months_one", {"month": by_month["month"].iloc[0], "most": by_month["accepted"].iloc[0]}
    rows = by_month.set_index("month")["accepted"]
    if rows.min() == rows.max():
        return "data_quality.months_even", {"months": len(rows), "most": rows.max()}
    return "data_quality.months_full", {
        "months": len(rows),
        "high": rows.idxmax(),
        "most": rows.max(),
        "low": rows.idxmin(),
        "fewest": rows.min(),
    }


def censoring(table: pd.DataFrame) -> Finding:
    """Return how many customers may be older than the data, or that the dataset rules this out."""
    row = table.iloc[0]
    if row["left_censor_days"] == 0:
        return "data_quality.censoring_none", {"customers": row["customers"]}
    return "data_quality.censoring_some", {
        name: row[name] for name in ("unknown_age", "customers", "share", "left_censor_days", "known_from")
    }


def inputs(inventory: pd.DataFrame) -> Finding:
    """Return how many of the input tables were read."""
    return "data_quality.inputs", {"read": int((inventory["state"] == "read").sum()), "tables": len(inventory)}


def _name(words: Words, finding: str) -> str:
    return measures.show(words, finding, measures.of_column("finding"))
