"""Cut points of a baseline month, and the class of every customer under frozen cut points."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.classification.cuts import Cuts
from analysis.classification.schemes import BUYER, RFM, SCHEMES, SCORES, Rule
from analysis.classification.scores import Score
from analysis.errors import InputError


@dataclass(frozen=True)
class Classes:
    """Result of `classify`.

    Attributes
    ----------
    customers : one row per customer, in the order given: customer_id; r_score, f_score, m_score (float, 1 to
        5, NaN unless a buyer); one text column per scheme, never null.
    """

    customers: pd.DataFrame


def fit_cutoffs(customers: pd.DataFrame) -> dict[str, Cuts]:
    """Return the cut points of every score and scheme, ready for JSON; learned from buyers only.

    Parameters
    ----------
    customers : the customer table of the baseline month.

    Raises
    ------
    InputError : nobody bought in the baseline's window.
    """
    buyers = customers[customers["buyer_status"] == BUYER]
    if buyers.empty:
        raise InputError(
            "nobody bought in the window of the baseline month",
            where="BASELINE",
            got="0 buyers",
            expected="at least 1",
            do="Name a baseline month in which customers bought.",
        )
    cutoffs = {name: score.fit(buyers) for name, score in SCORES.items()}
    scored = _with_scores(buyers, cutoffs)
    return cutoffs | {name: scheme.rule.fit(scored) for name, scheme in SCHEMES.items()}


def classify(customers: pd.DataFrame, cutoffs: Mapping[str, Any]) -> Classes:
    """Return the scores and the class of every customer in every scheme.

    Parameters
    ----------
    customers : the customer table of any month; no rows give no rows.
    cutoffs : as `fit_cutoffs` returned them, or as JSON read them back; further keys are ignored.

    Raises
    ------
    InputError : cut points of a score or scheme are missing or malformed.
    """
    check_cutoffs(cutoffs)
    status = customers["buyer_status"]
    scored = _with_scores(customers[status == BUYER], cutoffs)
    classes = {
        # Who is no buyer shows no behaviour in the window: the status itself is the class.
        name: scheme.rule.assign(scored, cutoffs[name]).reindex(customers.index).fillna(status)
        for name, scheme in SCHEMES.items()
    }
    scores = scored[list(RFM)].reindex(customers.index).astype(float)
    return Classes(customers[["customer_id"]].join(scores).assign(**classes).reset_index(drop=True))


def check_cutoffs(cutoffs: Mapping[str, Any]) -> None:
    """Refuse cut points that do not fit the scores and schemes.

    Raises
    ------
    InputError : names the first score or scheme whose cut points are missing or malformed.
    """
    parts: dict[str, Score | Rule] = {**SCORES, **{name: scheme.rule for name, scheme in SCHEMES.items()}}
    for name, part in parts.items():
        if not part.accepts(cutoffs.get(name)):
            raise InputError(
                "the cut points are missing or malformed",
                where=f"cutoffs.json, {name}",
                got=cutoffs.get(name, "nothing"),
                expected="the numbers that a fit on the baseline gives",
                do="Fit them with `make cutoffs`.",
            )


def _with_scores(buyers: pd.DataFrame, cutoffs: Mapping[str, Cuts]) -> pd.DataFrame:
    return buyers.assign(**{name: score.assign(buyers, cutoffs[name]) for name, score in SCORES.items()})
