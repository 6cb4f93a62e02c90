"""The pages of a month: wording, components, running the notebooks, rendering, publishing.

This module stays light because each notebook imports it; `build`, with the runner and the renderer, loads on first use.
"""

from typing import TYPE_CHECKING, Any

from analysis.report.components import Masthead
from analysis.report.page import Page, open_page
from analysis.report.wording import Words

if TYPE_CHECKING:
    from analysis.report.edition import build

__all__ = ["Masthead", "Page", "Words", "build", "open_page"]


def __getattr__(name: str) -> Any:
    if name == "build":
        from analysis.report import edition

        return edition.build
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
