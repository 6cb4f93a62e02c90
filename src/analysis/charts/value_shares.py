"""Two dots per class: its share of the revenue so far, and of the value to come."""

from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from analysis.charts import theme

if TYPE_CHECKING:
    from analysis.report.wording import Words


def value_shares(df: pd.DataFrame, words: "Words", *, scheme: str) -> Figure:
    """Draw one row per class that has a share of both, in the order of the table; both shares are written beside it.

    Parameters
    ----------
    df : class, share_of_history (hollow), share_of_clv (filled).
    words : names and formats of the report's language.
    scheme : the scheme of the classes.
    """
    drawn = df.dropna(subset=["share_of_history", "share_of_clv"])
    fig = theme.figure(height=0.9 + 0.31 * max(1, len(drawn)))
    axes = theme.bare(fig.subplots(), grid="x")
    rows = list(range(len(drawn)))
    axes.hlines(rows, drawn["share_of_history"], drawn["share_of_clv"], color="#b9c4ca", linewidth=2, zorder=1)
    axes.plot(
        drawn["share_of_history"], rows, "o", markersize=7, **theme.HOLLOW, label=words.heading("share_of_history")
    )
    axes.plot(drawn["share_of_clv"], rows, "o", markersize=8, color=theme.ACCENT, label=words.heading("share_of_clv"))
    both = zip(rows, drawn["share_of_history"], drawn["share_of_clv"], strict=True)
    for row, past, value in both:
        axes.annotate(
            f"{words.show('share_of_history', past)} → {words.show('share_of_clv', value)}",
            (max(past, value), row),
            xytext=(8, 0),
            textcoords="offset points",
            va="center",
            fontsize=9,
        )
    axes.set_yticks(rows, [words.name(scheme, key) for key in drawn["class"]])
    axes.invert_yaxis()
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: words.percent(value, 0)))
    axes.margins(x=0.16, y=0.04)
    axes.set_xlim(left=min(0, drawn["share_of_history"].min(), drawn["share_of_clv"].min()) - 0.02)
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, fontsize=9, borderaxespad=0.2)
    return fig
