"""One look for every chart: fonts, colours, one way to become an image.

Charts are drawn on a `Figure` of their own (`figure()`), never through pyplot, whose global state leaks from one
notebook cell to the next.
"""

import io
import warnings
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from cycler import cycler
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure

INK, SOFT, LINE, ACCENT, BAR = "#1b2730", "#55636e", "#dfe5e8", "#0f5c6e", "#4f8fa0"
WIDTH = 8.0  # inches; 768 px on the page
MARKS_AS_VECTOR = 1000  # above, an SVG weighs more than a PNG and is slower to scroll
PNG_DPI = 192  # twice the page's 96, for sharp screens
CHINESE_FONT = ("mplfonts", "fonts/NotoSansCJKsc-Regular.otf")

# For series without a class: Okabe and Ito's palette, which colour-blind readers can tell apart, darkened for white.
SERIES = ("#0f5c6e", "#d08a1d", "#7b5ea7", "#2f8f6b", "#b5502f", "#4b6b99", "#8a8f2a")

# One colour per class in every chart and month. Teal buys, blue is new, ochre fades, red leaves, grey is gone; within
# a family, lightness tells the classes apart, and every chart labels them as well.
# fmt: off
COLOURS = {
    "champions": "#0b4a59", "loyal": "#1f7286", "potential_loyalist": "#5fa3b2", "new_customers": "#3f6fb0",
    "promising": "#8fb0da", "need_attention": "#e3b85c", "about_to_sleep": "#c48a1a", "at_risk": "#d9785b",
    "cannot_lose_them": "#a33a22", "hibernating": "#8d979e", "lost": "#5d676e", "never_ordered": "#c7ced2",
    "lapsed": "#aab3b8",
    "key_value": "#0b4a59", "key_retain": "#a33a22", "key_develop": "#3f6fb0", "key_win_back": "#c48a1a",
    "general_value": "#5fa3b2", "general_retain": "#d9a08c", "general_develop": "#8fb0da",
    "general_win_back": "#e3c98f",
    "a": "#0b4a59", "b": "#5fa3b2", "c": "#b9d3da", "high": "#0b4a59", "mid": "#5fa3b2", "low": "#b9d3da",
    "introduction": "#8fb0da", "growth": "#3f6fb0", "maturity": "#0b4a59", "decline": "#c48a1a",
    "prospect": "#c7ced2", "new": "#3f6fb0", "active": "#5fa3b2", "silent": "#c48a1a",
    "satisfied": "#1f7286", "neutral": "#e3b85c", "dissatisfied": "#a33a22",
    "product": "#0f5c6e", "service": "#d08a1d", "combined": "#7b5ea7",
    "unknown": "#c7ced2", "not_enough_evidence": "#c7ced2", "not_available": "#c7ced2", "other": "#aab3b8",
}

STYLE: dict[Any, Any] = {
    "font.size": 10, "text.color": INK, "axes.labelcolor": SOFT, "axes.edgecolor": LINE, "axes.linewidth": 0.8,
    "axes.spines.top": False, "axes.spines.right": False, "axes.axisbelow": True, "axes.unicode_minus": True,
    "axes.prop_cycle": cycler(color=SERIES), "grid.color": "#edf0f2", "grid.linewidth": 0.8,
    "xtick.color": LINE, "ytick.color": LINE, "xtick.labelcolor": SOFT, "ytick.labelcolor": INK,
    "lines.linewidth": 2.0, "legend.frameon": False, "figure.facecolor": "white", "savefig.facecolor": "white",
    "svg.hashsalt": "analysis", "svg.fonttype": "path",  # fixed ids; glyphs as paths need no font at the reader's
}
# fmt: on


# A mark of what was, or was expected, beside a filled one of what is, or came.
HOLLOW: dict[str, Any] = {"markerfacecolor": "white", "markeredgecolor": SOFT, "markeredgewidth": 1.4}


@cache
def apply() -> None:
    """Set the theme for this process; the Chinese font is registered by its file, which costs 11 ms."""
    package, file = CHINESE_FONT
    found = find_spec(package)  # importing it would rewrite matplotlib's configuration
    families = ["DejaVu Sans"]  # comes with matplotlib and holds what the other lacks
    if found is not None and found.origin is not None:
        path = Path(found.origin).parent / file
        font_manager.fontManager.addfont(path)
        families.insert(0, font_manager.FontProperties(fname=path).get_name())  # its Latin letters suit its Chinese
    mpl.rcParams.update({**STYLE, "font.family": families})


def figure(height: float = 3.6, width: float = WIDTH) -> Figure:
    """Return an empty figure in the theme, sizes in inches."""
    apply()
    return Figure(figsize=(width, height), layout="constrained")


def colour(class_key: object) -> str:
    """Return the fixed colour of a class; clusters and other keys without one share a neutral."""
    return COLOURS.get(str(class_key), BAR)


def bare(axes: Axes, grid: str | None = None) -> Axes:
    """Remove frame and tick marks; `grid` is `x`, `y` or None."""
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    if grid:
        axes.grid(True, axis="x" if grid == "x" else "y")
    return axes


def image(fig: Figure) -> tuple[bytes, str, int]:
    """Return the figure as bytes, their kind (`svg+xml`, or `png` for many marks), and its width in CSS pixels.

    The same figure always gives the same bytes. Raises UserWarning when no font holds one of its characters.
    """
    if len(fig.axes) > 1:
        _settle(fig)
    vector = marks(fig) <= MARKS_AS_VECTOR
    target = io.BytesIO()
    with warnings.catch_warnings():
        warnings.filterwarnings("error", message=".*missing from.*font")
        if vector:
            fig.savefig(target, format="svg", metadata={"Date": None, "Creator": None})
        else:
            fig.savefig(target, format="png", dpi=PNG_DPI, metadata={"Software": None})
    return target.getvalue(), "svg+xml" if vector else "png", round(fig.get_figwidth() * 96)


def _settle(fig: Figure) -> None:
    """Fix the places of several axes to six digits: the solver of the layout leaves the last ones to chance."""
    fig.draw_without_rendering()
    fig.set_layout_engine("none")
    for axes in fig.axes:
        axes.set_position(np.round(axes.get_position().bounds, 6).tolist())


def marks(fig: Figure) -> int:
    """Return how many points and shapes the figure draws."""
    total = 0
    for axes in fig.axes:
        points = [np.shape(line.get_xydata())[0] for line in axes.lines]
        spots = [np.shape(c.get_offsets())[0] for c in axes.collections if isinstance(c, PathCollection)]
        total += len(axes.patches) + sum(points) + sum(spots)
    return total
