"""The first screen's figures: six tiles, their course over twelve months, and what stands out."""

import pandas as pd

from analysis.month import Month
from analysis.tables import calendar

VALUE_SCHEME = "value_tier"  # the ordered scheme whose moves count as up and down
TREND_MONTHS = 12
COLUMNS = (
    "measure",
    "value",
    "previous",
    "last_year",
    "year_to_date",
    "change",
    "low",
    "high",
    "within_noise",
    "reason",
)


def key_figures(month: Month) -> pd.DataFrame:
    """Return one row per tile of the first screen.

    Returns
    -------
    measure; value, previous, last_year, year_to_date (in the measure's unit); change on the month before with
    its 95 % interval low to high, and within_noise (the interval holds 0); reason (key) where value is missing.
    Active customers and net revenue are of the calendar month, the repurchase rate of the window.
    """
    figures = month.figures().set_index("month_start")
    changes = month.changes()
    changes = changes[changes["against"] == "month_before"].set_index("measure")
    now = figures.loc[pd.Timestamp(calendar.month_start(month.month))]
    rows = [_of_month(month, measure, figures, changes) for measure in ("active_customers", "net_revenue_minor")]
    rows.append(
        {
            "measure": "repurchase_rate",
            "value": now["repurchase_rate"],
            "previous": _at(month, figures, "repurchase_rate", 1),
            "last_year": _at(month, figures, "repurchase_rate", TREND_MONTHS),
        }
    )
    rows.append({"measure": "revenue_at_risk_minor", "reason": "no_churn_warning"})
    answered = month.settings.tables.feedback is not None
    rows.append({"measure": "satisfaction", "reason": "no_satisfaction" if answered else "no_feedback"})
    rows.append(_net_migration(month))
    table = pd.DataFrame(rows).reindex(columns=COLUMNS)
    return table.assign(within_noise=table["within_noise"].astype("boolean"))


def trends(month: Month) -> pd.DataFrame:
    """Return the tiles' course over the last twelve months: measure, month (YYYY-MM), value.

    The month in which the data begin has no value unless they begin on its first day.
    """
    figures = month.figures().tail(TREND_MONTHS)
    figures = figures.where(figures["month_start"] >= pd.Timestamp(month.data_start)).assign(
        month_start=figures["month_start"]
    )
    names = figures["month_start"].dt.strftime("%Y-%m")
    measures = ["active_customers", "net_revenue_minor", "repurchase_rate"]
    return figures.assign(month=names).melt("month", measures, "measure", "value")[["measure", "month", "value"]]


def comparable(month: Month, months_back: int) -> bool:
    """Tell whether a month's figures are compared with those of so many months before.

    Both must be complete and lie in the data from their first day; the month before also with its whole window,
    so that a first month compares with nothing.
    """
    if months_back == 1:
        return month.month_before is not None
    return month.complete and month.reaches_back(months_back)


def _at(month: Month, figures: pd.DataFrame, column: str, months_back: int) -> float:
    """Return a figure of an earlier month; missing where the two months cannot be compared."""
    start = calendar.month_start(calendar.shift(month.month, -months_back))
    known = comparable(month, months_back)
    return float(figures[column].loc[pd.Timestamp(start)]) if known else float("nan")


def _of_month(month: Month, measure: str, figures: pd.DataFrame, changes: pd.DataFrame) -> dict[str, object]:
    now = pd.Timestamp(calendar.month_start(month.month))
    change = changes.loc[measure].to_dict()
    year_start = now.replace(month=1)
    whole_year = measure == "net_revenue_minor" and year_start >= pd.Timestamp(month.data_start)
    compared = comparable(month, 1)
    return {
        "measure": measure,
        "value": float(figures[measure].loc[now]),
        "previous": _at(month, figures, measure, 1),
        "last_year": _at(month, figures, measure, TREND_MONTHS),
        "year_to_date": figures.loc[figures.index >= year_start, measure].sum() if whole_year else float("nan"),
        "change": change["change"] if compared else float("nan"),
        "low": change["low"] if compared else float("nan"),
        "high": change["high"] if compared else float("nan"),
        "within_noise": not change["beyond_noise"] if compared else None,
    }


def _net_migration(month: Month) -> dict[str, object]:
    moves = month.moves(VALUE_SCHEME)
    if moves is None:
        return {"measure": "net_migration", "reason": "starts_next_month" if month.complete else "partial_month"}
    net = moves[1].iloc[0]
    return {
        "measure": "net_migration",
        "value": net["net"],
        "change": net["net"],
        "low": net["net_low"],
        "high": net["net_high"],
        "within_noise": not (net["net_low"] > 0 or net["net_high"] < 0),
    }
