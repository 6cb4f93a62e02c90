"""`manifest.json`: what a report was made from, and with what, so that it can be made again."""

import hashlib
import platform
import subprocess
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd

from analysis import __version__

MANIFEST = "manifest.json"
PACKAGES = ("duckdb", "matplotlib", "nbconvert", "numpy", "pandas", "papermill", "pyarrow", "scikit-learn", "scipy")


def versions() -> dict[str, str]:
    """Return the versions that can change a number or a byte."""
    return {"analysis": __version__, "python": platform.python_version()} | {name: version(name) for name in PACKAGES}


def commit() -> str | None:
    """Return the commit of the code, marked when files differ from it; None outside a repository."""
    here = Path(__file__).parent
    try:
        head = _git(here, "rev-parse", "HEAD")
        changed = _git(here, "status", "--porcelain", "--untracked-files=no")
    except (OSError, subprocess.CalledProcessError):
        return None
    return f"{head}-changed" if changed else head


def frame_hash(df: pd.DataFrame) -> str:
    """Return a SHA-256 over a table's column names, types and values in their order."""
    total = hashlib.sha256(repr([(name, str(kind)) for name, kind in df.dtypes.items()]).encode())
    total.update(pd.util.hash_pandas_object(df, index=False).to_numpy().tobytes())
    return total.hexdigest()


def file_hashes(files: Mapping[str, bytes]) -> dict[str, str]:
    """Return the SHA-256 of each file of the report."""
    return {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())}


def month_facts(month: Any, language: str) -> dict[str, Any]:
    """Return what the manifest says of an opened month: inputs, parameters, rows, cut points."""
    settings = month.settings
    gate = month.quality().gate.iloc[0]
    return {
        "dataset": month.dataset.name,
        "dataset_title": [settings.title.en, settings.title.zh],
        "month": month.month,
        "language": language,
        "as_of": f"{month.as_of}",
        "parameters": {"dataset": month.dataset.name, "month": month.month, "language": language},
        "settings": settings.model_dump(mode="json"),
        "seeds": {"random_state": settings.random_state},
        "cut_points": {"version": month.cut_points.version, "baseline": month.cut_points.baseline},
        "input_files": dict(sorted(month.accepted.file_hashes.items())),
        "rows_before_as_of": {name: int(gate[name]) for name in ("read", "accepted", "set_aside")},
        "accepted_rows_hash": month.rows_hash,
        "scored_customers": {"rows": len(month.scored()), "hash": frame_hash(month.scored())},
    }


def _git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", "-C", str(folder), *arguments], check=True, capture_output=True, text=True)
    return done.stdout.strip()
