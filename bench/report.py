"""`make report` of the default dataset as a user sees it: nothing remembered, then everything remembered."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from bench.rows import Row

ROOT = Path(__file__).parents[1]
LIMITS = {"nothing remembered": 40, "everything remembered": 20}


def run() -> Iterator[Row]:
    """Yield one row per measurement; the report is written to a folder of its own."""
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
            yield Row(f"report of complete-journey, {what}", perf_counter() - start, limit)
