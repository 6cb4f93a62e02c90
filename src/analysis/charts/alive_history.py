"""A line: the probability that one customer is still one, day by day, above the days of purchases."""

from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.dates import AutoDateLocator, num2date
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from analysis.charts import theme

if TYPE_CHECKING:
    from analysis.report.wording import Words

MOST_DATES = 6  # written out, that fit side by side in either language


def alive_history(df: pd.DataFrame, words: "Words") -> Figure:
    """Draw the line with its last value, and a tick below for each purchase day.

    Parameters
    ----------
    df : day, probability_alive (NaN: no line), bought; one row per day, at least one.
    words : names and formats of the report's language.
    """
    fig = theme.figure(height=3.2)
    axes, ticks = fig.subplots(2, sharex=True, height_ratios=[10, 1])
    theme.bare(axes, grid="y")
    axes.plot(df["day"], df["probability_alive"], color=theme.ACCENT, clip_on=False)
    last = df.iloc[-1]
    if pd.notna(last["probability_alive"]):
        axes.annotate(
            words.percent(last["probability_alive"]),
            (last["day"], last["probability_alive"]),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            fontsize=9,
            annotation_clip=False,
        )
    axes.set(ylim=(0, 1), yticks=[0, 0.25, 0.5, 0.75, 1])
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: words.percent(value, 0)))
    theme.bare(ticks)
    days = df.loc[df["bought"], "day"]
    ticks.plot(days, [0] * len(days), "|", color=theme.INK, markersize=11, markeredgewidth=1.2, clip_on=False)
    ticks.set_yticks([0], [words("guide.purchase_days_axis")], fontsize=9)
    ticks.xaxis.set_major_locator(AutoDateLocator(minticks=2, maxticks=MOST_DATES))
    ticks.xaxis.set_major_formatter(FuncFormatter(lambda value, _: words.date(num2date(value))))
    ticks.tick_params(axis="x", labelsize=8)
    ticks.margins(x=0.01)
    return fig
