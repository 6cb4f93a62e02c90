"""Columns: lines read per month, accepted and set aside."""

from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from analysis.charts import theme

if TYPE_CHECKING:
    from analysis.report.wording import Words

ASIDE = "#d9785b"
LABELS = 12  # month names that fit side by side


def monthly_lines(df: pd.DataFrame, words: "Words") -> Figure:
    """Draw one column per month, the lines set aside on top of those accepted.

    Parameters
    ----------
    df : month (`YYYY-MM`), accepted, set_aside.
    words : names and formats of the report's language.
    """
    fig = theme.figure(height=2.9)
    axes = theme.bare(fig.subplots(), grid="y")
    places = list(range(len(df)))
    axes.bar(places, df["accepted"], width=0.7, color=theme.BAR, label=words.heading("accepted"))
    if df["set_aside"].any():
        axes.bar(
            places,
            df["set_aside"],
            width=0.7,
            bottom=df["accepted"],
            color=ASIDE,
            hatch="//",
            edgecolor="white",
            linewidth=0,
            label=words.heading("set_aside"),
        )
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, fontsize=9, borderaxespad=0.2)
    every = -(-len(df) // LABELS)
    axes.set_xticks(places[::every], list(df["month"])[::every], fontsize=8)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: words.count(value)))
    axes.margins(x=0.02)
    return fig
