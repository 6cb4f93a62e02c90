"""Features: the customer table and the monthly figures, from accepted rows."""

from analysis.features.customer_table import customer_table
from analysis.features.kpis import compare_months, monthly_figures

__all__ = ["compare_months", "customer_table", "monthly_figures"]
