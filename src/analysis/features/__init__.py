"""Features: the customer table, purchase histories and the monthly figures, from accepted rows."""

from analysis.features.customer_table import customer_table
from analysis.features.daily_purchases import daily_purchases
from analysis.features.histories import PERIODS, histories, history_counts
from analysis.features.kpis import compare_months, monthly_figures
from analysis.features.purchase_days import purchase_days

__all__ = [
    "PERIODS",
    "compare_months",
    "customer_table",
    "daily_purchases",
    "histories",
    "history_counts",
    "monthly_figures",
    "purchase_days",
]
