"""Earlier forecasts made again, each from what was known at its time, beside what customers then did."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import permutations

import numpy as np
import pandas as pd

from analysis.clv.accuracy import accuracy, calibration
from analysis.clv.candidates import HORIZONS, Origin, fit_all, forecasts
from analysis.clv.collapse import Floats
from analysis.clv.intervals import DRIFTS, Drift, chance, customer_intervals, drift, interval_score, total_interval
from analysis.clv.valuation import Valuation, sample

FORECAST_EVERY = (
    3  # months between two origins; it divides every horizon, so boosted trees find an origin to learn from
)
MEMORY = max(HORIZONS) // FORECAST_EVERY  # origins that the longest horizon reaches back

# Columns of text and whole numbers; those that follow are floats. Tables without rows have them, too.
SCORES = {"origin": "str", "months": "int64", "target": "str", "candidate": "str", "customers": "int64"}
SCORES |= {"problems": "str"}
DIFFERENCES = {"origin": "str", "months": "int64", "target": "str", "candidate": "str", "other": "str"}
DECILES = {"origin": "str", "months": "int64", "target": "str", "candidate": "str", "decile": "int64"}
DECILES |= {"customers": "int64"}
RANGES = {"origin": "str", "months": "int64", "candidate": "str"}
RANGES |= {"earlier_origins": "int64", "non_overlapping": "int64"}
FIGURES = {
    "scores": ("expected", "actual", "mae", "rmse", "bias", "gini", "top_decile"),
    "differences": ("difference", "standard_error"),
    "deciles": ("expected", "actual"),
    "ranges": ("expected", "actual", "explained", "drift", "low", "high", "coverage", "width", "interval_score"),
}
COLUMNS = {"scores": SCORES, "differences": DIFFERENCES, "deciles": DECILES, "ranges": RANGES}


@dataclass(frozen=True)
class Backtest:
    """How every candidate would have forecast.

    A candidate is a model of purchases (a key of `PURCHASE_MODELS`), with BY_FREQUENCY at its end where spend depends
    on frequency, or one of BASELINES. `origin` is the month whose first day a forecast is made on, `months` the 3, 6 or
    12 that it looks ahead.

    Attributes
    ----------
    scores : origin, months, target (`purchases`, `revenue`), candidate, customers, problems (keys, of the fits), and
        the figures of `accuracy`.
    differences : origin, months, target, candidate, other, difference (mean squared error of the other less that of
        the candidate: above 0, the candidate is better), standard_error (customers being independent).
    deciles : origin, months, target, candidate, and the columns of `calibration`.
    ranges : origin, months, candidate (models and the formula; of revenue); earlier_origins, non_overlapping (that the
        drift is seen in), expected, actual, explained (the model's own relative variance of the total), drift (relative
        variance), low, high (of the total); and of single customers coverage (share inside), width, interval_score
        (means, currency). Without an earlier origin low, high and what follows are NaN.
    """

    scores: pd.DataFrame
    differences: pd.DataFrame
    deciles: pd.DataFrame
    ranges: pd.DataFrame


def backtest(origins: Iterable[Origin]) -> Backtest:
    """Return how every candidate would have forecast purchases and revenue from each origin.

    Parameters
    ----------
    origins : ascending, FORECAST_EVERY months apart. One is held at a time, and of those of the last year a sample.

    Notes
    -----
    Models are fitted anew at each origin; one without enough repeat customers is left out there, as is a baseline whose
    past is missing. Boosted trees learn from the origin as many months earlier as the forecast looks ahead: its outcome
    was known. Ranges take their drift from forecasts whose last month ended before this one's first.
    """
    rows: dict[str, list[dict[str, object]]] = {name: [] for name in COLUMNS}
    known: dict[int, pd.DataFrame] = {}
    for place, origin in enumerate(origins):
        valuations = fit_all(origin)
        for months in origin.days if len(origin.customers) else ():
            if origin.customers[f"purchases_next_{months}"].isna().any():
                continue  # reaches beyond the data
            expected = forecasts(valuations, origin, months, known.get(place - months // FORECAST_EVERY))
            ranges = _table("ranges", rows["ranges"])
            for name, found in _judge(expected, origin.customers, months, valuations).items():
                rows[name] += [{"origin": origin.month, "months": months, **row} for row in found]
            for candidate, valuation in {**valuations, "formula": None}.items():
                if candidate in expected["revenue"] and not (valuation and valuation.problems):
                    seen = drift_seen(ranges, candidate, months, origin.month)
                    row = _range(expected["revenue"][candidate], valuation, origin, months, seen)
                    rows["ranges"].append({"origin": origin.month, "months": months, "candidate": candidate, **row})
        known[place] = origin.customers.iloc[sample(len(origin.customers))]
        known.pop(place - MEMORY, None)
    return Backtest(*(_table(name, rows[name]) for name in COLUMNS))


def drift_seen(ranges: pd.DataFrame, candidate: str, months: int, at: str) -> Drift:
    """Return the drift of a candidate's totals of revenue that was known on the first day of the month `at`."""
    known = ranges[(ranges["candidate"] == candidate) & (ranges["months"] == months)]
    known = known[(known["expected"] > 0) & np.isfinite(known["explained"])]  # others have no error to speak of
    origins = pd.PeriodIndex(known["origin"], freq="M")
    known, origins = known[origins + months <= pd.Period(at, "M")], origins[origins + months <= pd.Period(at, "M")]
    # a period without revenue has no logarithm: it counts as the worst drift there is
    errors = np.log(np.maximum(known["actual"] / known["expected"], np.exp(-DRIFTS[-1])))
    return drift(errors.to_numpy(), known["explained"].to_numpy(), non_overlapping(origins, months))


def non_overlapping(origins: pd.PeriodIndex, months: int) -> int:
    """Return how many of the origins, taken in order, look at months that no one taken before looks at."""
    taken, free_from = 0, None
    for origin in origins.sort_values():
        if free_from is None or origin >= free_from:
            taken, free_from = taken + 1, origin + months
    return taken


def _judge(
    expected: dict[str, dict[str, Floats]], customers: pd.DataFrame, months: int, valuations: dict[str, Valuation]
) -> dict[str, list[dict[str, object]]]:
    """Return the rows of scores, differences and deciles of one origin and horizon."""
    rows: dict[str, list[dict[str, object]]] = {"scores": [], "differences": [], "deciles": []}
    for target, named in expected.items():
        actual = customers[f"{target}_next_{months}"].to_numpy()
        for candidate, values in named.items():
            about = {"target": target, "candidate": candidate}
            problems = _problems(valuations.get(candidate), target)
            figures = accuracy(values, actual)
            rows["scores"].append({**about, "customers": len(actual), "problems": problems, **figures})
            rows["deciles"] += calibration(values, actual).assign(**about).to_dict("records")  # type: ignore[arg-type]
        rows["differences"] += [{"target": target, **row} for row in _differences(named, actual)]
    return rows


def _problems(valuation: Valuation | None, target: str) -> str:
    """Return the keys of what speaks against a forecast; purchases do not depend on the spend model."""
    if valuation is None:
        return ""
    return " ".join(valuation.purchases.problems_ if target == "purchases" else valuation.problems)


def _differences(named: dict[str, Floats], actual: Floats) -> list[dict[str, object]]:
    """Return how much larger the mean squared error of each other candidate is, with its standard error."""
    errors = np.square(np.array(list(named.values())) - actual)
    mean, spread = errors.mean(axis=1), np.atleast_2d(np.cov(errors)) / len(actual)
    return [
        {
            "candidate": one,
            "other": other,
            "difference": mean[j] - mean[i],
            "standard_error": np.sqrt(max(spread[i, i] + spread[j, j] - 2 * spread[i, j], 0.0)),
        }
        for (i, one), (j, other) in permutations(enumerate(named), 2)
    ]


def _range(
    forecast: Floats, valuation: Valuation | None, origin: Origin, months: int, seen: Drift
) -> dict[str, object]:
    """Return the range of the total and, of a model, how the ranges of single customers did; of these a sample."""
    actual, expected = origin.customers[f"revenue_next_{months}"].to_numpy(), forecast.sum()
    days, some = origin.days[months], origin.customers.iloc[sample(len(actual))]
    parameters = explained = 0.0  # the formula says nothing of chance: all of its error is drift
    if valuation:
        revenue = valuation.revenue(days, origin.customers)
        parameters = valuation.relative_variance(days, some)
        explained = parameters + chance(float((revenue.square - revenue.mean**2).sum()), expected)
    row = {
        "earlier_origins": seen.origins,
        "non_overlapping": seen.non_overlapping,
        "expected": expected,
        "actual": actual.sum(),
        "explained": explained,
        "drift": seen.variance,
    }
    if not seen.origins:
        return row
    row["low"], row["high"] = total_interval(expected, explained, seen)
    return row | (_customer_ranges(valuation, some, months, days, parameters + seen.variance) if valuation else {})


def _customer_ranges(
    valuation: Valuation, customers: pd.DataFrame, months: int, days: float, common: float
) -> dict[str, object]:
    """Return the share of customers inside their range, its mean width and mean interval score."""
    actual = customers[f"revenue_next_{months}"].to_numpy()
    low, high = customer_intervals(valuation.revenue(days, customers), common)
    return {
        "coverage": ((low <= actual) & (actual <= high)).mean(),
        "width": (high - low).mean(),
        "interval_score": interval_score(low, high, actual).mean(),
    }


def _table(name: str, rows: list[dict[str, object]]) -> pd.DataFrame:
    columns = COLUMNS[name] | dict.fromkeys(FIGURES[name], "float64")
    return pd.DataFrame(rows, columns=list(columns)).astype(columns)
