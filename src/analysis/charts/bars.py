"""Horizontal bars: one measure per class, labelled."""

from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.figure import Figure

from analysis.charts import theme

if TYPE_CHECKING:
    from analysis.report.wording import Words


def bars(
    df: pd.DataFrame, words: "Words", *, by: str, measure: str, scheme: str | None = None, share: str | None = None
) -> Figure:
    """Draw one bar per row, in the order of the table, each with its value.

    Parameters
    ----------
    df : columns `by` (class keys of `scheme`; its name by default) and `measure` (see `report/measures.py`); missing
        values get no bar and say "not available".
    share : a second measure, written behind the value.
    words : names and formats of the report's language.
    """
    fig = theme.figure(height=0.5 + 0.31 * max(1, len(df)))
    axes = theme.bare(fig.subplots())
    values = df[measure].astype(float).fillna(0)
    positions = range(len(df))
    axes.barh(positions, values, color=[theme.colour(key) for key in df[by]], height=0.66)
    axes.set_yticks(positions, [words.name(scheme or by, key) for key in df[by]])
    axes.invert_yaxis()
    axes.xaxis.set_visible(False)
    axes.margins(x=0.12, y=0.02)
    axes.axvline(0, color=theme.LINE, linewidth=0.8)
    behind = [f" · {words.show(share, value)}" for value in df[share]] if share else [""] * len(df)
    for position, value, drawn, more in zip(positions, df[measure], values, behind, strict=True):
        text = words.show(measure, value) + more
        place = (max(drawn, 0), position)
        axes.annotate(text, place, xytext=(5, 0), textcoords="offset points", va="center", fontsize=9)
    return fig
