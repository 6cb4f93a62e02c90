"""How much of the value the best buyers hold, with the borders of the ABC classes."""

from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from analysis.charts import theme

if TYPE_CHECKING:
    from analysis.report.wording import Words


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
    shown = classes[classes["share_of_buyers"] > 0]
    for row in shown.itertuples():
        buyers, value = row.cumulative_share_of_buyers, row.cumulative_share_of_value
        inside = df["share_of_buyers"].between(start, buyers)
        axes.fill_between(df["share_of_buyers"], df["share_of_value"], where=inside, color=theme.colour(row[1]),
                          alpha=0.35, linewidth=0)  # fmt: skip
        axes.plot([buyers, buyers], [0, value], color=theme.LINE, linewidth=1.0)
        axes.plot([buyers], [value], "o", color=theme.INK, markersize=4.5)
        text = "\n".join([words.name("abc", row[1]), words.show("share_of_value", row.share_of_value)])
        axes.annotate(text, ((start + buyers) / 2, 0.04), ha="center", va="bottom", fontsize=9, color=theme.INK)
        start = buyers
    percent = FuncFormatter(lambda value, _: words.percent(value, 0))
    axes.xaxis.set_major_formatter(percent)
    axes.yaxis.set_major_formatter(percent)
    axes.set(xlim=(0, 1), ylim=(0, 1.02), xlabel=words.heading("cumulative_share_of_buyers"),
             ylabel=words.heading("cumulative_share_of_value"))  # fmt: skip
    return theme.finish(fig)
