"""Draw a table that some function returned; compute nothing. Each chart is `draw(df, words)` and gives a figure."""

from analysis.charts.alive_bands import alive_bands
from analysis.charts.alive_history import alive_history
from analysis.charts.bars import bars
from analysis.charts.criteria import criteria
from analysis.charts.forecasts import forecasts, tenths
from analysis.charts.monthly_lines import monthly_lines
from analysis.charts.pareto import pareto
from analysis.charts.value_shares import value_shares

__all__ = [
    "alive_bands",
    "alive_history",
    "bars",
    "criteria",
    "forecasts",
    "monthly_lines",
    "pareto",
    "tenths",
    "value_shares",
]
