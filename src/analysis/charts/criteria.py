"""How well clusters hold for each number of them, against what is needed."""

from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from analysis.charts import theme

if TYPE_CHECKING:
    from analysis.report.wording import Words


def criteria(df: pd.DataFrame, words: "Words", *, checks: pd.DataFrame) -> Figure:
    """Draw separation and stability over the number of clusters, side by side, their thresholds as dashed lines.

    Parameters
    ----------
    df : k, silhouette, stability, chosen (bool).
    words : names and formats of the report's language.
    checks : check, needed; as `clustering.verdict_checks` returns them.
    """
    fig = theme.figure(height=3.4)
    needed = checks.set_index("check")["needed"]
    halves = fig.subplots(1, 2, gridspec_kw={"wspace": 0.06})  # the left one's notes keep clear of the right one's axis
    for axes, measure, marks in zip(
        halves, ("silhouette", "stability"), (("separation", "one_cloud"), ("stability",)), strict=True
    ):
        theme.bare(axes, grid="y")
        axes.plot(df["k"], df[measure], marker="o", markersize=5, color=theme.ACCENT)
        best = df[df["chosen"]]
        axes.plot(best["k"], best[measure], "o", markersize=10, markerfacecolor="none", markeredgecolor=theme.ACCENT)
        top = 1.05 * max(df[measure].max(), *(needed[mark] for mark in marks))
        for _, row in best.iterrows():
            under_a_mark = any(0 <= needed[mark] - row[measure] < 0.08 * top for mark in marks)
            axes.annotate(
                words.show(measure, row[measure]),
                (row["k"], row[measure]),
                xytext=(2, -18) if under_a_mark else (9, 5),
                textcoords="offset points",
                ha="right" if under_a_mark else "left",
                fontsize=9,
            )
        for mark in marks:
            axes.axhline(needed[mark], color=theme.SERIES[1], linestyle="--", linewidth=1.1)
            text = f"{words(f'clusters.mark.{mark}')}\n{words.show(measure, needed[mark])}"
            axes.annotate(
                text,
                (1, needed[mark]),
                xycoords=("axes fraction", "data"),
                xytext=(4, 0),
                textcoords="offset points",
                va="center",
                fontsize=8,
                color=theme.SOFT,
            )
        axes.set_ylim(0, top)
        axes.margins(x=0.08)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.yaxis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 5, 10]))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: words.number(value, 1)))
        axes.set_xlabel(words.heading("k"))
        axes.set_title(words.heading(measure), loc="left", fontsize=10, color=theme.INK)
    return fig
