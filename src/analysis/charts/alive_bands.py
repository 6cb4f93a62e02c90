"""Columns: repeat customers by the probability that they are still active."""

from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.figure import Figure

from analysis.charts import theme

if TYPE_CHECKING:
    from analysis.report.wording import Words


def alive_bands(df: pd.DataFrame, words: "Words") -> Figure:
    """Draw one column per band, each with its number of customers.

    Parameters
    ----------
    df : alive_percent_low, alive_percent_high, customers.
    words : names and formats of the report's language.
    """
    fig = theme.figure(height=2.7)
    axes = theme.bare(fig.subplots())
    middle = (df["alive_percent_low"] + df["alive_percent_high"]) / 2
    width = df["alive_percent_high"] - df["alive_percent_low"]
    axes.bar(middle, df["customers"], width=width * 0.92, color=theme.BAR)
    for place, customers in zip(middle, df["customers"], strict=True):
        axes.annotate(
            words.count(customers),
            (place, customers),
            xytext=(0, 3),
            textcoords="offset points",
            ha="center",
            fontsize=9,
        )
    edges = [*df["alive_percent_low"], *df["alive_percent_high"][-1:]]
    axes.set_xticks(edges, [words.percent(edge / 100, 0) for edge in edges])
    axes.set_xlabel(words("lifetime_value.alive_axis"))
    axes.yaxis.set_visible(False)
    axes.margins(x=0.01, y=0.12)
    return fig
