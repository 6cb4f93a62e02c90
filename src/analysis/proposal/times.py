"""How times are written, and whether day and month are proven."""

import re
from dataclasses import dataclass

from analysis.engine.duck import DuckDB, identifier
from analysis.proposal.exports import text_of
from analysis.tables.times import TimeRules, local_time

AS_IT_STANDS = TimeRules((), "UTC", "UTC", "")  # no format, no shift
MOST_SHAPES = 12


@dataclass(frozen=True)
class Writing:
    """How a column writes its times.

    formats : as `time_format` takes them; empty where none is needed. choices : two sets of formats where nothing
    tells day from month; the person chooses one. offsets : times say their distance from UTC. clock : times of day are
    there. why : the reason.
    """

    formats: tuple[str, ...]
    choices: tuple[tuple[str, ...], ...]
    offsets: bool
    clock: bool
    why: str

    @property
    def assumed(self) -> tuple[str, ...]:
        """The formats to measure with: the day first where nothing decides."""
        return self.choices[0] if self.choices else self.formats


@dataclass(frozen=True)
class Shape:
    """How some values look: digits as 9, a year of four or more as Y, the name of a month as b; with an example.

    first, second : the largest of the first two numbers where a value begins with such; 0 elsewhere.
    """

    text: str
    example: str
    first: int
    second: int


def writing(db: DuckDB, table: str, column: str) -> Writing:
    """Return how a column of a table writes its times."""
    found = db.columns(table)[column]
    if found != "VARCHAR":
        return Writing((), (), "TIME ZONE" in found, found != "DATE", f"typed as {found.lower()}")
    shapes = _shapes(db, table, column)
    offsets = any(re.search(r":\d+(\.\d+)?\s*([zZ]|UTC|[+-]\d{2}(:?\d{2})?)$", shape.example) for shape in shapes)
    clock = any(":" in shape.text for shape in shapes)
    if not _unread(db, table, column):
        return Writing((), (), offsets, clock, "year first")
    readings = [_formats(shapes, day_first=day_first) for day_first in (True, False)]
    decided, why = _day_first(shapes) if readings[0] != readings[1] else (True, _such_as(shapes))
    if decided is None:
        return Writing((), (readings[0], readings[1]), offsets, clock, why)
    return Writing(readings[0] if decided else readings[1], (), offsets, clock, why)


def _formats(shapes: list[Shape], *, day_first: bool) -> tuple[str, ...]:
    found = (format_of(shape.text, shape.example, day_first=day_first) for shape in shapes)
    return tuple(dict.fromkeys(form for form in found if form))


def _such_as(shapes: list[Shape]) -> str:
    return f"such as {', '.join(shape.example for shape in shapes[:3])}"


def _day_first(shapes: list[Shape]) -> tuple[bool | None, str]:
    """Return whether the day stands first, None where nothing tells, and why."""
    either_way = [shape for shape in shapes if re.match(r"9[-/.]9[-/.]", shape.text)]
    first, second = (max(getattr(shape, part) for shape in either_way) for part in ("first", "second"))
    if first > 12 and second > 12:
        return None, f"both numbers go above 12, {_such_as(either_way)}"
    if first > 12:
        return True, f"the first number reaches {first}, so it is the day"
    if second > 12:
        return False, f"the second number reaches {second}, so it is the day"
    if all("." in shape.text.split(" ")[0] for shape in either_way):
        return True, f"dates with points put the day first, {_such_as(either_way)}"
    return None, f"no number goes above 12, {_such_as(either_way)}"


def _unread(db: DuckDB, table: str, column: str) -> int:
    """Return how many filled values cannot be read without a format."""
    read = local_time(identifier(column), "VARCHAR", AS_IT_STANDS)
    return int(
        str(db.execute(f"SELECT COUNT(*) FROM {table} WHERE {text_of(column)} IS NOT NULL AND {read} IS NULL")[0][0])
    )


def _shapes(db: DuckDB, table: str, column: str) -> list[Shape]:
    """Return the commonest shapes of a column's texts."""
    text = text_of(column)
    shape = text
    for digits, sign in ((r"[A-Za-z]{3,}", "b"), (r"\d{4,}", "Y"), (r"\d{1,3}", "9")):
        shape = f"regexp_replace({shape}, '{digits}', '{sign}', 'g')"
    first, second = (
        f"TRY_CAST(regexp_extract({text}, '^(\\d{{1,2}})[-/.](\\d{{1,2}})[-/.]', {part}) AS INT)" for part in (1, 2)
    )
    rows = db.execute(
        f"""SELECT {shape} AS shape, MAX({text}), COALESCE(MAX({first}), 0), COALESCE(MAX({second}), 0)
            FROM {table} WHERE {text} IS NOT NULL GROUP BY shape ORDER BY COUNT(*) DESC, shape LIMIT {MOST_SHAPES}"""
    )
    return [Shape(str(a), str(b), int(str(c)), int(str(d))) for a, b, c, d in rows]


def format_of(shape: str, example: str, *, day_first: bool) -> str | None:
    """Return the format of one shape, or None for one that is no time.

    Examples
    --------
    >>> format_of("9/9/Y 9:9", "31/12/2024 08:05", day_first=True)
    '%d/%m/%Y %H:%M'
    >>> format_of("9/9/9 9:9 PM", "12/31/24 8:05 PM", day_first=False)
    '%m/%d/%y %I:%M %p'
    >>> format_of("Y-9-9 9:9:9 +Y", "2024-03-01 10:00:00 +0800", day_first=True)
    '%Y-%m-%d %H:%M:%S %z'
    """
    if shape == "Y":
        return {8: "%Y%m%d", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}.get(len(example))
    clock = re.search(r"[ T,]+9:9.*$", shape)
    date = shape[: clock.start()] if clock else shape
    parts = re.findall(r"[Y9b]|[^Y9b]+", date)
    order = _order(date, example, day_first)
    if sum(part in "Y9b" for part in parts) != len(order):
        return None
    names = iter(order)
    written = "".join(_field(part, next(names)) if part in "Y9b" else part for part in parts)
    return written + (_clock(clock[0]) if clock else "")


def _order(date: str, example: str, day_first: bool) -> tuple[str, str, str]:
    if date.startswith("Y"):
        return "%Y", "%m", "%d"
    if "b" in date:
        word = re.search(r"[A-Za-z]{3,}", example)
        name = "%B" if word and len(word[0]) > 3 else "%b"
        return (name, "%d", "%Y") if date.startswith("b") else ("%d", name, "%Y")
    return ("%d", "%m", "%Y") if day_first else ("%m", "%d", "%Y")


def _field(part: str, name: str) -> str:
    return "%y" if name == "%Y" and part == "9" else name


def _clock(shape: str) -> str:
    """Return the format of a time of day with what stands before it: hours, minutes, seconds, AM or PM, offset."""
    half = re.search(r" ?[AaPp][Mm]$", shape)
    offset = re.search(r" ?[+-](Y|9:9|9)$", shape)
    end = half or offset
    names = iter(("%I" if half else "%H", "%M", "%S", "%f"))
    written = re.sub(r"[9Y]", lambda _: next(names, ""), shape[: end.start()] if end else shape)
    gap = " " if end and end[0].startswith(" ") else ""
    return written + (f"{gap}%p" if half else f"{gap}%z" if offset else "")
