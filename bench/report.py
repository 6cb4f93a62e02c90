"""`make report` of the default dataset as a user sees it: nothing remembered, then everything remembered."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

ROOT = Path(__file__).parents[1]
LIMITS = {"nothing remembered": 40, "everything remembered": 20}


def run() -> list[dict[str, object]]:
    """Return one row per measurement; the report is written to a folder of its own."""
    rows: list[dict[str, object]] = []
    with TemporaryDirectory() as text:
        root = Path(text)
        for name in ("complete-journey", "cdnow"):
            shutil.copytree(
                ROOT / "data" / name, root / "data" / name, ignore=shutil.ignore_patterns("accepted", "months", "raw")
            )
        shutil.copytree(ROOT / "notebooks", root / "notebooks")
        for what, limit in LIMITS.items():
            start = perf_counter()
            subprocess.run(
                [sys.executable, "-m", "analysis", "report"],
                check=True,
                capture_output=True,
                env=os.environ | {"ANALYSIS_ROOT": str(root)},
            )
            rows.append(
                {
                    "what": f"report of complete-journey, {what}",
                    "seconds": perf_counter() - start,
                    "limit_seconds": limit,
                    "note": "",
                }
            )
    return rows
