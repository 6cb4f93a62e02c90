"""From purchase records to a monthly report per customer group, with recommended strategies."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from analysis.errors import InputError

if TYPE_CHECKING:
    from analysis.month import Month
    from analysis.opening import open_month

__version__ = "0.1.0"
__all__ = ["InputError", "Month", "open_month"]
_HOME = {"Month": "month", "open_month": "opening"}


def __getattr__(name: str) -> Any:
    """Load the month on first use, so that importing one small module does not import them all."""
    if name in _HOME:
        return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
