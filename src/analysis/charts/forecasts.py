"""Earlier forecasts beside what came: totals with their ranges, and tenths of the customers."""

from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from analysis.charts import theme

if TYPE_CHECKING:
    from analysis.report.wording import Words


def forecasts(df: pd.DataFrame, words: "Words") -> Figure:
    """Draw one panel per horizon: for each origin the forecast with its range, and what came.

    Parameters
    ----------
    df : months, origin (`YYYY-MM`), expected, expected_low, expected_high (NaN: no range), actual.
    words : names and formats of the report's language.
    """
    horizons = sorted(df["months"].unique())
    fig = theme.figure(height=3.1)
    widths = [max(2, int((df["months"] == months).sum())) for months in horizons]
    panels = fig.subplots(1, len(horizons), squeeze=False, width_ratios=widths)[0]
    for axes, months in zip(panels, horizons, strict=True):
        rows = df[df["months"] == months].reset_index(drop=True)
        theme.bare(axes, grid="y")
        axes.vlines(rows.index, rows["expected_low"], rows["expected_high"], color="#b9c4ca", linewidth=5)
        axes.plot(rows.index, rows["expected"], "o", markersize=7, **theme.HOLLOW, label=words.heading("expected"))
        axes.plot(rows.index, rows["actual"], "D", markersize=6, color=theme.ACCENT, label=words.heading("actual"))
        axes.set_title(words("lifetime_value.months_ahead", months=months), fontsize=10, loc="left")
        axes.set_xticks(rows.index, rows["origin"], rotation=45, ha="right", fontsize=8)
        axes.set_xlim(-0.6, max(len(rows) - 0.4, 0.6))
        axes.set_ylim(0, 1.1 * rows[["expected", "expected_high", "actual"]].max(axis=None))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: words.money(value)))
    handles, labels = panels[0].get_legend_handles_labels()
    fig.legend(handles, labels, loc="outside upper left", ncols=2, fontsize=9)
    return fig


def tenths(df: pd.DataFrame, words: "Words") -> Figure:
    """Draw what each tenth of the customers was expected to bring (hollow) and brought (filled), per customer.

    Parameters
    ----------
    df : decile, expected_per_customer, actual_per_customer.
    words : names and formats of the report's language.
    """
    fig = theme.figure(height=3.0)
    axes = theme.bare(fig.subplots(), grid="y")
    axes.bar(
        df["decile"], df["actual_per_customer"], width=0.7, color=theme.BAR, label=words.heading("actual_per_customer")
    )
    axes.plot(
        df["decile"],
        df["expected_per_customer"],
        "o",
        markersize=8,
        **theme.HOLLOW,
        label=words.heading("expected_per_customer"),
    )
    axes.set_xticks(df["decile"], [words.count(decile) for decile in df["decile"]])
    axes.set_xlabel(words("lifetime_value.tenths_axis"))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: words.number(value, 0)))
    axes.legend(loc="upper left", fontsize=9)
    return fig
