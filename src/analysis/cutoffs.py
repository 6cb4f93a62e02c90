"""Cut points on disk: fitted once on a baseline month, then frozen under a version."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.classification import check_cutoffs, fit_cutoffs
from analysis.errors import InputError
from analysis.store import digest
from analysis.tables import Dataset


@dataclass(frozen=True)
class CutPoints:
    """Frozen cut points with their provenance.

    version : baseline month and a hash of the cuts; it changes exactly when a class could.
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
    window_days = dataset.settings.window_days
    return CutPoints(f"{baseline}-{digest(cuts, window_days)[:6]}", baseline, window_days, rows_hash, cuts)


def save(dataset: Dataset, cut_points: CutPoints) -> None:
    """Write the cut points; the file appears whole or not at all."""
    path = cut_file(dataset)
    part = path.with_suffix(".part")
    part.write_text(json.dumps(asdict(cut_points), indent=2) + "\n", encoding="utf-8")
    part.replace(path)


def load(dataset: Dataset) -> CutPoints:
    """Read a dataset's cut points.

    Raises
    ------
    InputError : there are none, they cannot be read, or they were fitted with another window.
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
    except (json.JSONDecodeError, TypeError, AttributeError) as error:
        raise InputError(
            "the cut points cannot be read",
            where=where,
            got=str(error)[:200],
            expected=f"the file that `{command}` writes",
            do=f"Fit them anew with `{command}`.",
        ) from None
    if cut_points.window_days != dataset.settings.window_days:
        raise InputError(
            "the cut points belong to another window",
            where=where,
            got=f"a window of {cut_points.window_days} days",
            expected=f"{dataset.settings.window_days} days as in dataset.yaml",
            do=f"Fit them anew with `{command}`, or restore the window.",
        )
    return cut_points
