"""Cut points on disk: fitted once on a baseline month, then frozen under a version."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.classification import SCHEMES, check_cutoffs, fit_cutoffs, rule_table, scheme_inputs, score_table
from analysis.errors import InputError
from analysis.store import digest, written_whole
from analysis.tables import Dataset


@dataclass(frozen=True)
class CutPoints:
    """Frozen cut points with their provenance.

    version : baseline month and a hash of all that decides a class; see `version_of`.
    baseline, window_days : what they were fitted on. rows_hash : hash of the accepted rows they were fitted on.
    """

    version: str
    baseline: str
    window_days: int
    rows_hash: str
    cuts: dict[str, Any]


def cut_file(dataset: Dataset) -> Path:
    """Return where a dataset's cut points lie."""
    return dataset.folder / "cutoffs.json"


def fit(dataset: Dataset, baseline: str, customers: pd.DataFrame, rows_hash: str) -> CutPoints:
    """Fit all schemes on a baseline month's customer table; nothing is written."""
    cuts = fit_cutoffs(customers)
    return CutPoints(version_of(dataset, baseline, cuts), baseline, dataset.settings.window_days, rows_hash, cuts)


def version_of(dataset: Dataset, baseline: str, cuts: dict[str, Any]) -> str:
    """Return the version of a dataset's classes.

    It changes when a cut, a rule, a weight, the window, the currency or what makes a line a sale does.
    """
    settings = dataset.settings
    rules = [
        score_table(cuts),
        *(part(name, *given) for name in SCHEMES for part, *given in ((rule_table, cuts), (scheme_inputs,))),
    ]
    decides = (
        [rule.to_csv() for rule in rules],
        settings.window_days,
        settings.currency,
        settings.tables.transactions.marks.model_dump(),
    )
    return f"{baseline}-{digest(*decides)[:6]}"


def changed(dataset: Dataset, frozen: CutPoints, cuts: Mapping[str, Any]) -> CutPoints:
    """Return cut points of which some are replaced, under the version they would have; nothing is written.

    Raises
    ------
    InputError : no score or scheme has such a name, or the cut points do not fit it.
    """
    if unknown := [name for name in cuts if name not in frozen.cuts]:
        raise InputError(
            "no score or scheme has this name",
            where=f"{dataset.name}, cut points",
            got=", ".join(unknown),
            expected=", ".join(frozen.cuts),
            do="Correct the name.",
        )
    together = {**frozen.cuts, **cuts}
    check_cutoffs(together)
    return replace(frozen, version=version_of(dataset, frozen.baseline, together), cuts=together)


def save(dataset: Dataset, cut_points: CutPoints) -> None:
    """Write the cut points; the file appears whole or not at all."""
    with written_whole(cut_file(dataset)) as part:
        part.write_text(json.dumps(asdict(cut_points), indent=2) + "\n", encoding="utf-8")


def stored_version(dataset: Dataset) -> str:
    """Return the version on disk, whether it still holds or not; "none" where nothing can be read."""
    try:
        return str(json.loads(cut_file(dataset).read_text(encoding="utf-8"))["version"])
    except (OSError, ValueError, KeyError, TypeError):
        return "none"


def load(dataset: Dataset) -> CutPoints:
    """Read a dataset's cut points.

    Raises
    ------
    InputError : there are none, they cannot be read, or window or rules have changed since they were frozen.
    """
    path, command = cut_file(dataset), f"make cutoffs DATASET={dataset.name}"
    where = f"{dataset.name}/cutoffs.json"
    if not path.exists():
        raise InputError(
            "there are no cut points",
            where=where,
            got="no file",
            expected="frozen cut points",
            do=f"Fit them once with `{command}`.",
        )
    try:
        cut_points = CutPoints(**json.loads(path.read_text(encoding="utf-8")))
        check_cutoffs(cut_points.cuts)
    except (ValueError, TypeError, AttributeError) as error:
        raise InputError(
            "the cut points cannot be read",
            where=where,
            got=str(error)[:200],
            expected=f"the file that `{command}` writes",
            do=f"Fit them anew with `{command}`.",
        ) from None
    _check_still_valid(dataset, cut_points, where, command)
    return cut_points


def _check_still_valid(dataset: Dataset, cut_points: CutPoints, where: str, command: str) -> None:
    """Refuse cut points whose window or rules are no longer those of the dataset."""
    if cut_points.window_days != dataset.settings.window_days:
        raise InputError(
            "the cut points belong to another window",
            where=where,
            got=f"a window of {cut_points.window_days} days",
            expected=f"{dataset.settings.window_days} days as in dataset.yaml",
            do=f"Fit them anew with `{command}`, or restore the window.",
        )
    valid = version_of(dataset, cut_points.baseline, cut_points.cuts)
    if cut_points.version != valid:
        raise InputError(
            "rules, weights or marks have changed since the cut points were frozen",
            where=where,
            got=f"version {cut_points.version}",
            expected=f"version {valid}",
            do=f"Fit them anew with `{command}`; classes of earlier months may then differ.",
        )
