"""Which models to use: the stated rule, applied to what earlier forecasts turned out to be worth.

1. Only models whose fit at the end of the month passed every check may be chosen.
2. Two candidates are compared at the origins that both have, at the longest horizon with MIN_ORIGINS of them.
3. The simplest model of purchases stands; a less simple one takes its place only where it forecast purchases better
   beyond chance. Without a backtest the simplest is used.
4. The spend model that knows frequency is used where `spend_dependence` says so and it forecast revenue better beyond
   chance.
5. The best baseline is the one that the choice is least ahead of. Ahead or behind is only what exceeds chance.

Squared error, because it alone is lowest for the forecast of the mean (Gneiting 2011), and a value is a mean.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from analysis.clv.candidates import BASELINES, BY_FREQUENCY, HORIZONS
from analysis.clv.rolling_origin import FIGURES, Backtest, non_overlapping

MIN_ORIGINS = 2  # one alone may be a lucky or an odd period
AHEAD = 1.645  # standard errors of a difference that chance exceeds once in twenty, to one side
LONGEST_FIRST = HORIZONS[::-1]  # a value is one of 12 months


class Pair(NamedTuple):
    """Two candidates at the origins that both have.

    origins, non_overlapping : how many. rmse, other_rmse : root mean squared errors per customer. difference : mean
    squared error of the other less that of the first; standard_error : of it.
    """

    origins: int
    non_overlapping: int
    rmse: float
    other_rmse: float
    difference: float
    standard_error: float

    @property
    def lead(self) -> float:
        """Share by which the first one's error is lower; below 0 it is higher."""
        return 1 - self.rmse / self.other_rmse

    @property
    def outcome(self) -> str:
        """Say whether the first is `ahead` or `behind` beyond chance, or `as_good`; `not_backtested`: too few."""
        if self.origins < MIN_ORIGINS:
            return "not_backtested"
        border = AHEAD * self.standard_error
        return "ahead" if self.difference > border else "behind" if self.difference < -border else "as_good"


NOT_COMPARED = Pair(0, 0, np.nan, np.nan, np.nan, np.nan)


def pair(tested: Backtest, target: str, months: int, candidate: str, other: str) -> Pair:
    """Return how a candidate compares with another; forecasts of fits with problems do not count.

    Notes
    -----
    The standard error has two parts: customers at one origin, of which the mean is taken, because the same customers
    are in all of them; and periods, by the spread of the differences between origins over those that do not overlap.
    """
    scores = _usable(tested, target, months)
    scores = scores[scores["candidate"].isin([candidate, other])]
    common = common_origins(scores) if scores["candidate"].nunique() == 2 else []
    apart = non_overlapping(pd.PeriodIndex(common, freq="M"), months)
    if not common:
        return NOT_COMPARED
    squares = np.square(scores[scores["origin"].isin(common)].groupby("candidate")["rmse"].apply(list).map(np.array))
    rows = tested.differences[tested.differences["origin"].isin(common)]
    wanted = {"months": months, "target": target, "candidate": candidate, "other": other}
    rows = rows[(rows[list(wanted)] == pd.Series(wanted)).all(axis=1)]
    periods = rows["difference"].var() / apart if len(rows) > 1 else 0.0
    error = np.sqrt(rows["standard_error"].mean() ** 2 + periods)
    rmse, other_rmse = (float(np.sqrt(squares[name].mean())) for name in (candidate, other))
    return Pair(len(common), apart, rmse, other_rmse, float(rows["difference"].mean()), float(error))


def _usable(tested: Backtest, target: str, months: int) -> pd.DataFrame:
    scores = tested.scores[(tested.scores["problems"] == "") & (tested.scores["target"] == target)]
    return scores[scores["months"] == months]


def comparison(tested: Backtest) -> pd.DataFrame:
    """Return how the candidates did on average, at the origins that all of them have.

    Returns
    -------
    months, target, candidate, origins (compared at), non_overlapping (of these), forecasts (all that the candidate
    made), and the figures of `accuracy`: means over origins, of rmse the root of the mean square, of bias that of the
    totals. NaN and 0 origins where there is no common one. A forecast of a fit with problems does not count; a
    candidate with fewer than MIN_ORIGINS forecasts is left out where others have more.
    """
    return pd.DataFrame(
        [
            {"months": months, "target": target, **row}
            for months in HORIZONS
            for target in ("purchases", "revenue")
            for row in _compared(_usable(tested, target, months), months)
        ],
        columns=["months", "target", "candidate", "origins", "non_overlapping", "forecasts", *FIGURES["scores"]],
    )


def _compared(scores: pd.DataFrame, months: int) -> list[dict[str, object]]:
    forecasts = scores.groupby("candidate")["origin"].size()
    scores = scores[scores["candidate"].isin(forecasts.index[forecasts >= min(MIN_ORIGINS, forecasts.max())])]
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


def choose_purchases(tested: Backtest, eligible: Sequence[str]) -> dict[str, object]:
    """Return which model of purchases is chosen, and what speaks for it.

    Parameters
    ----------
    eligible : models of purchases that may be used, the simplest first; at least one.

    Returns
    -------
    purchase_model; choice (`default`: no backtest; `only`: no other may be used and can be judged; `simplest`: no other
    was better beyond chance; `lowest_error`: it was); decided_months (0 by default); runner_up (the best of the
    others), runner_up_lead (share by which its rmse is undercut; below 0 it was lower), decided_origins,
    decided_non_overlapping (that both have); empty, NaN and 0 without one.
    """
    made = {months: _usable(tested, "purchases", months)["candidate"].value_counts() for months in LONGEST_FIRST}
    judged = {
        months: [name for name in eligible if counts.get(name, 0) >= MIN_ORIGINS] for months, counts in made.items()
    }
    months = next((months for months in LONGEST_FIRST if judged[months]), 0)
    if not months:
        facts: dict[str, object] = {"purchase_model": eligible[0], "choice": "default", "decided_months": 0}
        return facts | {"decided_origins": 0, "decided_non_overlapping": 0, "runner_up": "", "runner_up_lead": np.nan}
    simplest, *others = judged[months]
    chosen = simplest
    for challenger in others:
        if pair(tested, "purchases", months, challenger, chosen).outcome == "ahead":
            chosen = challenger
    against = {name: pair(tested, "purchases", months, chosen, name) for name in judged[months] if name != chosen}
    against = {name: found for name, found in against.items() if found.origins}
    runner_up = min(against, key=lambda name: against[name].lead, default="")
    found = against.get(runner_up, NOT_COMPARED)
    return {
        "purchase_model": chosen,
        "choice": "only" if not others else "simplest" if chosen == simplest else "lowest_error",
        "decided_months": months,
        "decided_origins": found.origins,
        "decided_non_overlapping": found.non_overlapping,
        "runner_up": runner_up,
        "runner_up_lead": found.lead,
    }


def frequency_outcome(tested: Backtest, purchase_model: str) -> str:
    """Return how the spend model that knows frequency forecast revenue beside the other; an outcome of `Pair`.

    The past alone does not decide: on CDNOW its likelihood is far higher, and its forecasts are worse.
    """
    pairs = (pair(tested, "revenue", months, purchase_model + BY_FREQUENCY, purchase_model) for months in LONGEST_FIRST)
    return next((found.outcome for found in pairs if found.origins >= MIN_ORIGINS), "not_backtested")


def against_baseline(tested: Backtest, candidate: str) -> dict[str, object]:
    """Return how far a candidate is ahead of the best (other) baseline in revenue, and whether chance explains it.

    Returns
    -------
    compared_months, compared_origins, compared_non_overlapping; baseline; model_rmse, baseline_rmse (revenue per
    customer); lead (share by which the model's is lower); difference (of mean squared errors), standard_error; outcome
    (`ahead`, `as_good`, `behind`; `not_backtested`: the rest is 0, empty or NaN).
    """
    best, name, months = NOT_COMPARED, "", 0
    for horizon in LONGEST_FIRST:
        pairs = {base: pair(tested, "revenue", horizon, candidate, base) for base in BASELINES if base != candidate}
        enough = {base: found for base, found in pairs.items() if found.origins >= MIN_ORIGINS}
        if enough:
            name, months = min(enough, key=lambda base: enough[base].lead), horizon
            best = enough[name]
            break
    return {
        "compared_months": months,
        "compared_origins": best.origins,
        "compared_non_overlapping": best.non_overlapping,
        "baseline": name,
        "model_rmse": best.rmse,
        "baseline_rmse": best.other_rmse,
        "lead": best.lead,
        "difference": best.difference,
        "standard_error": best.standard_error,
        "outcome": best.outcome,
    }
