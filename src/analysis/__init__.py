"""From purchase records to a monthly report per customer group, with recommended strategies."""

from typing import TYPE_CHECKING, Any

from analysis.errors import InputError

if TYPE_CHECKING:
    from analysis.month import Month, open_month

__version__ = "0.1.0"
__all__ = ["InputError", "Month", "open_month"]


def __getattr__(name: str) -> Any:
    """Load the month on first use, so that importing one small module does not import them all."""
    if name in ("Month", "open_month"):
        from analysis import month

        return getattr(month, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
