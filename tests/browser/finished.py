"""The finished pages that the browser tests open, and when they can.

`REPORTS_DIR` names the folder of the reports (default `reports/`). Skipped, with the reason, where Chromium or pages
are missing.
"""

import os
import shutil
from pathlib import Path

import pytest

ROOT = Path(os.environ.get("REPORTS_DIR") or Path(__file__).resolve().parents[2] / "reports")
PAGES = sorted(ROOT.glob("index.html")) + sorted(path for path in ROOT.glob("*/*/*/*.html"))
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
WIDTHS = [1280, 390]
ZOOMED = 640  # what a window of 1280 pixels shows at 200 %

MARKS = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
    pytest.mark.skipif(not PAGES, reason=f"no finished pages in {ROOT}; make report, or name them by REPORTS_DIR"),
]
each_page = pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
