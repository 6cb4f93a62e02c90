"""How much of the value the best buyers hold, with the borders of the ABC classes."""

from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter

from analysis.charts import theme

if TYPE_CHECKING:
    from analysis.report.wording import Words

ROOM_FOR_SHARES = 0.14  # of the width; narrower areas carry their name only


def pareto(df: pd.DataFrame, words: "Words", *, classes: pd.DataFrame) -> Figure:
    """Draw the curve of cumulative value and mark where each class ends.

    Parameters
    ----------
    df : share_of_buyers, share_of_value (both 0 to 1, ascending).
    words : names and formats of the report's language.
    classes : class, share_of_buyers, share_of_value, cumulative_share_of_buyers, cumulative_share_of_value, best first;
        rows without shares, or of nobody, are left out.
    """
    fig = theme.figure(height=4.0)
    axes = theme.bare(fig.subplots(), grid="y")
    axes.plot(df["share_of_buyers"], df["share_of_value"], color=theme.INK, linewidth=1.8)
    start = 0.0
    for row in classes[classes["share_of_buyers"] > 0].to_dict("records"):
        end = row["cumulative_share_of_buyers"]
        area = axes.fill_between(
            df["share_of_buyers"], df["share_of_value"], color=theme.colour(row["class"]), alpha=0.35, linewidth=0
        )
        area.set_clip_path(Rectangle((start, 0), end - start, 1.02, transform=axes.transData))
        axes.plot([end], [row["cumulative_share_of_value"]], "o", color=theme.INK, markersize=4.5, clip_on=False)
        label = words.name("abc", row["class"])
        if end - start >= ROOM_FOR_SHARES:
            label += "\n" + words("classification.area", buyers=row["share_of_buyers"], value=row["share_of_value"])
        axes.annotate(
            label, ((start + end) / 2, 0.04), ha="center", va="bottom", fontsize=9, color=theme.INK, linespacing=1.35
        )
        start = end
    axes.tick_params(pad=6)
    percent = FuncFormatter(lambda value, _: words.percent(value, 0))
    axes.xaxis.set_major_formatter(percent)
    axes.yaxis.set_major_formatter(percent)
    axes.set(
        xlim=(0, 1),
        ylim=(0, 1.02),
        xlabel=words.heading("cumulative_share_of_buyers"),
        ylabel=words.heading("cumulative_share_of_value"),
    )
    return fig
