"""Which models to use: the stated rule, applied to what earlier forecasts turned out to be worth.

1. Only models whose fit at the end of the month passed every check may be chosen.
2. Earlier forecasts are compared at origins that all candidates have, at the longest horizon with MIN_ORIGINS of them.
3. The model of purchases with the lowest mean squared error of purchases is chosen, the simplest without a backtest.
4. The spend model that knows frequency is used where `spend_dependence` says so and it forecast revenue better.
5. Ahead of a baseline, or behind it, is only what exceeds what chance does to the difference of squared errors.

Squared error, because it alone is lowest for the forecast of the mean (Gneiting 2011), and a value is a mean.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.clv.candidates import BASELINES, BY_FREQUENCY
from analysis.clv.rolling_origin import FIGURES, Backtest, non_overlapping

MIN_ORIGINS = 2  # one alone may be a lucky or an odd period
AHEAD = 1.645  # standard errors of a difference that chance exceeds once in twenty, to one side


def comparison(tested: Backtest) -> pd.DataFrame:
    """Return how the candidates did on average, at the origins that all of them have.

    Returns
    -------
    months, target, candidate, origins (compared at), non_overlapping (of these), forecasts (all that the candidate
    made), and the figures of `accuracy`: means over origins, of rmse the root of the mean square, of bias that of the
    totals. NaN and 0 origins where there is no common one. A forecast of a fit with problems does not count.
    """
    usable = tested.scores[tested.scores["problems"] == ""]
    return pd.DataFrame(
        [
            {"months": months, "target": target, **row}
            for months in sorted(usable["months"].unique())
            for target, scores in usable[usable["months"] == months].groupby("target")
            for row in _compared(scores, months)
        ],
        columns=["months", "target", "candidate", "origins", "non_overlapping", "forecasts", *FIGURES["scores"]],
    )


def _compared(scores: pd.DataFrame, months: int) -> list[dict[str, object]]:
    common = common_origins(scores)
    apart = non_overlapping(pd.PeriodIndex(common, freq="M"), months)
    rows = []
    for candidate, made in scores.groupby("candidate", sort=False):
        there = made[made["origin"].isin(common)]
        means = there[list(FIGURES["scores"])].mean()
        expected, actual = there[["expected", "actual"]].sum()
        means["rmse"] = np.sqrt(np.square(there["rmse"]).mean())
        means["bias"] = expected / actual - 1 if actual > 0 else np.nan
        counts = {"origins": len(common), "non_overlapping": apart, "forecasts": len(made)}
        rows.append({"candidate": candidate, **counts, **means})
    return rows


def common_origins(scores: pd.DataFrame) -> list[str]:
    """Return the origins, ascending, that every candidate has a row of."""
    made = scores.groupby("origin")["candidate"].nunique()
    return sorted(made.index[made == scores["candidate"].nunique()])


def choose_purchases(compared: pd.DataFrame, eligible: Sequence[str]) -> dict[str, object]:
    """Return which model of purchases is chosen, and what speaks for it.

    Parameters
    ----------
    compared : of `comparison`. eligible : models of purchases that may be used, the simplest first; at least one.

    Returns
    -------
    purchase_model; choice (`default`: no backtest, `only`: no other may be used, `lowest_error`); decided_months,
    decided_origins, decided_non_overlapping (0 by default); runner_up, runner_up_lead (share by which its rmse is
    undercut; NaN without one).
    """
    enough = compared[compared["candidate"].isin(eligible) & (compared["origins"] >= MIN_ORIGINS)]
    enough = enough[(enough["target"] == "purchases") & (enough["months"] == enough["months"].max())]
    if enough.empty:
        facts: dict[str, object] = {"purchase_model": eligible[0], "choice": "default", "decided_months": 0}
        return facts | {"decided_origins": 0, "decided_non_overlapping": 0, "runner_up": "", "runner_up_lead": np.nan}
    simplest_first = enough.sort_values("candidate", key=lambda names: names.map(list(eligible).index))
    ranked = simplest_first.sort_values("rmse", kind="stable")
    errors = ranked["rmse"].tolist()
    return {
        "purchase_model": ranked["candidate"].iloc[0],
        "choice": "lowest_error" if len(ranked) > 1 else "only",
        "decided_months": int(ranked["months"].iloc[0]),
        "decided_origins": int(ranked["origins"].iloc[0]),
        "decided_non_overlapping": int(ranked["non_overlapping"].iloc[0]),
        "runner_up": ranked["candidate"].iloc[1] if len(ranked) > 1 else "",
        "runner_up_lead": 1 - errors[0] / errors[1] if len(ranked) > 1 else np.nan,
    }


def longest_compared(compared: pd.DataFrame, candidate: str) -> int:
    """Return the longest horizon at which a candidate's revenue was compared often enough; 0 without one."""
    enough = compared[(compared["candidate"] == candidate) & (compared["origins"] >= MIN_ORIGINS)]
    months = enough.loc[enough["target"] == "revenue", "months"]
    return int(months.max()) if len(months) else 0


def _revenue_errors(compared: pd.DataFrame, months: int) -> pd.Series:
    """Return the rmse of revenue by candidate."""
    rows = compared[(compared["months"] == months) & (compared["target"] == "revenue")]
    return rows.set_index("candidate")["rmse"]


def frequency_helps(compared: pd.DataFrame, purchase_model: str, months: int) -> bool:
    """Tell whether the spend model that knows frequency forecast revenue better; False where nothing was compared.

    The past alone does not decide: on CDNOW its likelihood is far higher, and its forecasts are worse.
    """
    revenue = _revenue_errors(compared, months)
    with_it, without = (revenue.get(purchase_model + ending, np.nan) for ending in (BY_FREQUENCY, ""))
    return bool(with_it < without)


def against_baseline(tested: Backtest, compared: pd.DataFrame, candidate: str, months: int) -> dict[str, object]:
    """Return how far a candidate is ahead of the best (other) baseline in revenue, and whether chance explains it.

    Returns
    -------
    baseline; model_rmse, baseline_rmse (revenue per customer); lead (share by which the model's is lower); difference
    (of mean squared errors), standard_error; outcome (`ahead`, `as_good`, `behind`; `not_backtested`: the rest is empty
    or NaN).
    """
    revenue = _revenue_errors(compared, months)
    baselines = revenue[revenue.index.isin(set(BASELINES) - {candidate})]
    if candidate not in revenue or baselines.empty:
        numbers = ("model_rmse", "baseline_rmse", "lead", "difference", "standard_error")
        return {"baseline": "", **dict.fromkeys(numbers, np.nan), "outcome": "not_backtested"}
    baseline = str(baselines.idxmin())
    scores = tested.scores[(tested.scores["problems"] == "") & (tested.scores["months"] == months)]
    rows = tested.differences[tested.differences["origin"].isin(common_origins(scores[scores["target"] == "revenue"]))]
    wanted = {"months": months, "target": "revenue", "candidate": candidate, "other": baseline}
    rows = rows[(rows[list(wanted)] == pd.Series(wanted)).all(axis=1)]
    # Origins overlap, and the same customers are in all of them: their mean is taken to be as doubtful as one of them.
    difference, error = rows["difference"].mean(), rows["standard_error"].mean()
    return {
        "baseline": baseline,
        "model_rmse": revenue[candidate],
        "baseline_rmse": revenue[baseline],
        "lead": 1 - revenue[candidate] / revenue[baseline],
        "difference": difference,
        "standard_error": error,
        "outcome": "ahead" if difference > AHEAD * error else "behind" if difference < -AHEAD * error else "as_good",
    }
