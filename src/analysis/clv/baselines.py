"""Forecasts that need no model of customers: what a model must beat to be worth its trouble."""

import pandas as pd
from threadpoolctl import threadpool_limits

from analysis.clv.collapse import Floats
from analysis.clv.valuation import kept_share, sample

TARGETS = ("purchases", "revenue")
LAST = [f"{target}_last_{months}" for target in TARGETS for months in (3, 6, 12)]
YEAR_DAYS = 365.0  # a shorter history is not extrapolated: its first purchases would be repeated without an end
FEATURES = ["x", "t_x", "T", "mean_repeat_spend", "sold", "revenue", *LAST]


def last_period(customers: pd.DataFrame, months: int) -> dict[str, Floats]:
    """Return each customer's purchases and revenue of the last period, as a forecast of the next one as long.

    Nothing where that period begins before the data.
    """
    columns = {target: customers[f"{target}_last_{months}"].to_numpy() for target in TARGETS}
    return columns if customers[f"purchases_last_{months}"].notna().all() else {}


def own_rate(customers: pd.DataFrame, days: float) -> dict[str, Floats]:
    """Return purchases and revenue if each customer goes on at the rate of repeat purchases so far; x days / T.

    A customer of today alone (T = 0) has no rate yet: 0.
    """
    purchases = (customers["x"] * days / customers["T"].where(customers["T"] > 0)).fillna(0.0)
    spend = customers["mean_repeat_spend"].fillna(0.0) * kept_share(customers)
    return {"purchases": purchases.to_numpy(), "revenue": (purchases * spend).to_numpy()}


def formula(customers: pd.DataFrame, days: float) -> dict[str, Floats]:
    """Return the revenue of the formula: net revenue so far, spread over the history or a year if that is longer."""
    return {"revenue": (customers["revenue"] * days / customers["T"].clip(lower=YEAR_DAYS)).to_numpy()}


def gradient_boosting(customers: pd.DataFrame, months: int, known: pd.DataFrame) -> dict[str, Floats]:
    """Return purchases and revenue by boosted trees that learnt from an earlier origin.

    Parameters
    ----------
    customers : to forecast; see `features.histories`.
    known : the customers of an origin so much earlier that what they did next was known at this one; `SAMPLE` of them
        are learnt from.
    """
    from sklearn.ensemble import HistGradientBoostingRegressor  # .4 s, and only backtests need it

    learnt = known.iloc[sample(len(known))]
    features = [name for name in FEATURES if learnt[name].notna().any()]  # trees accept gaps, but no empty column
    forecasts = {}
    for target in TARGETS:
        trees = HistGradientBoostingRegressor(
            loss="poisson", max_iter=100, max_leaf_nodes=8, early_stopping=False, random_state=0
        )
        # A mean of net revenue may not be negative under this loss; months of refunds alone count as 0.
        outcome = learnt[f"{target}_next_{months}"].clip(lower=0)
        if not outcome.sum() > 0:
            return {}
        with threadpool_limits(1):  # of so few rows: threads that wait for each other take five times as long
            forecasts[target] = trees.fit(learnt[features], outcome).predict(customers[features])
    return forecasts
