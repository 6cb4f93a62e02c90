"""One row per measurement: what, seconds, peak memory, ratio to a peer, and the limit of each."""

from dataclasses import dataclass

HEADINGS = ("", "seconds", "limit", "peak MB", "limit", "ratio", "at least")
WIDTHS = (66, 9, 7, 9, 7, 7, 9)


@dataclass(frozen=True)
class Row:
    """A measurement; None: not measured, or no limit. `ratio` is a peer's seconds over ours."""

    what: str
    seconds: float | None = None
    limit_seconds: float | None = None
    peak_mb: float | None = None
    limit_mb: float | None = None
    ratio: float | None = None
    least_ratio: float | None = None
    note: str = ""

    def failures(self) -> list[str]:
        """Return what is beyond its limit."""
        beyond = {
            "TOO SLOW": _above(self.seconds, self.limit_seconds),
            "TOO MUCH MEMORY": _above(self.peak_mb, self.limit_mb),
            "TOO NEAR THE PEER": _above(self.least_ratio, self.ratio),
        }
        return [name for name, failed in beyond.items() if failed]

    def __str__(self) -> str:
        cells = (
            self.what,
            _cell(self.seconds, ".2f"),
            _cell(self.limit_seconds, "g"),
            _cell(self.peak_mb, ",.0f"),
            _cell(self.limit_mb, ",g"),
            _cell(self.ratio, ",.1f"),
            _cell(self.least_ratio, ",g"),
        )
        return "  ".join([line(cells), *self.failures(), self.note]).rstrip()


def line(cells: tuple[str, ...]) -> str:
    """Return the cells in columns: the first to the left, figures to the right."""
    first, *figures = zip(cells, WIDTHS, strict=True)
    return f"{first[0]:<{first[1]}}" + "".join(f"{figure:>{width}}" for figure, width in figures)


def _cell(value: float | None, form: str) -> str:
    return "" if value is None else format(value, form)


def _above(value: float | None, limit: float | None) -> bool:
    return value is not None and limit is not None and value > limit
