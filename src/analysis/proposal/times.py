"""How times are written, and whether day and month are proven."""

import re
from collections.abc import Sequence
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


def writing(db: DuckDB, table: str, column: str) -> Writing:
    """Return how a column of a table writes its times."""
    found = db.columns(table)[column]
    if found != "VARCHAR":
        return Writing((), (), "TIME ZONE" in found, found != "DATE", f"typed as {found.lower()}")
    shapes = _shapes(db, table, column)
    offsets = any(re.search(r":\d+(\.\d+)?\s*([zZ]|UTC|[+-]\d{2}(:?\d{2})?)$", example) for _, example, *_ in shapes)
    clock = any(":" in shape for shape, *_ in shapes)
    if not _unread(db, table, column):
        return Writing((), (), offsets, clock, "year first")
    odd = [shape for shape in shapes if not shape[0].startswith("Y")] or shapes
    first, second = max(shape[2] for shape in odd), max(shape[3] for shape in odd)
    readings = {
        day_first: tuple(dict.fromkeys(form for shape in shapes if (form := format_of(shape[0], shape[1], day_first))))
        for day_first in (True, False)
    }
    examples = ", ".join(shape[1] for shape in odd[:3])
    if readings[True] == readings[False]:
        return Writing(readings[True], (), offsets, clock, f"such as {examples}")
    if any("." in shape[0].split(" ")[0] for shape in odd) and second <= 12:
        return Writing(readings[True], (), offsets, clock, f"dates with points put the day first, such as {examples}")
    if first > 12 >= second:
        return Writing(readings[True], (), offsets, clock, f"the first number reaches {first}, so it is the day")
    if second > 12 >= first:
        return Writing(readings[False], (), offsets, clock, f"the second number reaches {second}, so it is the day")
    choices = (readings[True], readings[False])
    both = "both numbers go above 12" if first > 12 else "no number goes above 12"
    return Writing((), choices, offsets, clock, f"{both}, such as {examples}")


def _unread(db: DuckDB, table: str, column: str) -> int:
    """Return how many filled values cannot be read without a format."""
    read = local_time(identifier(column), "VARCHAR", AS_IT_STANDS)
    return int(
        str(db.execute(f"SELECT COUNT(*) FROM {table} WHERE {text_of(column)} IS NOT NULL AND {read} IS NULL")[0][0])
    )


def _shapes(db: DuckDB, table: str, column: str) -> list[tuple[str, str, int, int]]:
    """Return the commonest shapes: digits as 9, a year of four as Y, a name of a month as its letters, an example,
    and the largest first and second number.
    """
    text = text_of(column)
    shape = f"regexp_replace(regexp_replace(regexp_replace({text}, '[A-Za-z]{{3,}}', 'b', 'g'), '\\d{{4,}}', 'Y', 'g'), '\\d{{1,3}}', '9', 'g')"
    part = "TRY_CAST(regexp_extract({}, '^(\\d{{1,2}})[-/.](\\d{{1,2}})[-/.]', {}) AS INT)"
    rows = db.execute(
        f"""SELECT {shape} AS shape, MAX({text}), COALESCE(MAX({part.format(text, 1)}), 0),
                COALESCE(MAX({part.format(text, 2)}), 0)
            FROM {table} WHERE {text} IS NOT NULL GROUP BY shape ORDER BY COUNT(*) DESC, shape LIMIT {MOST_SHAPES}"""
    )
    return [(str(a), str(b), int(str(c)), int(str(d))) for a, b, c, d in rows]


def format_of(shape: str, example: str, day_first: bool) -> str | None:
    """Return the format of one shape, or None for one that is no time.

    Examples
    --------
    >>> format_of("9/9/Y 9:9", "31/12/2024 08:05", True)
    '%d/%m/%Y %H:%M'
    >>> format_of("9/9/9 9:9 PM", "12/31/24 8:05 PM", False)
    '%m/%d/%y %I:%M %p'
    >>> format_of("9 b Y", "3 Mar 2024", True), format_of("Y", "20240331", True), format_of("Y年9月9日", "2024年3月1日", True)
    ('%d %b %Y', '%Y%m%d', '%Y年%m月%d日')
    """
    if shape == "Y":
        return {8: "%Y%m%d", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}.get(len(example))
    shape, offset = (
        re.sub(r"( ?)[+-](Y|9:9|9)$", r"\1", shape) if ":" in shape else shape,
        re.search(r" ?[+-](Y|9:9|9)$", shape),
    )
    match = re.fullmatch(r"(?P<date>.*?)(?P<gap>[ T,]+(?=9[:时]))?(?P<clock>9[:时]9.*)?", shape)
    date, gap, clock = (match["date"], match["gap"] or "", match["clock"] or "") if match else (shape, "", "")
    order: Sequence[str]
    if date.startswith("Y"):
        order = ("%Y", "%m", "%d")
    elif "b" in date:
        name = "%B" if len(re.findall(r"[A-Za-z]{3,}", example)[0]) > 3 else "%b"
        order = (name, "%d", "%Y") if date.startswith("b") else ("%d", name, "%Y")
    else:
        order = ("%d", "%m", "%Y") if day_first else ("%m", "%d", "%Y")
    parts = re.findall(r"Y|9|b|[^Y9b]+", date)
    fields = [part for part in parts if part in ("Y", "9", "b")]
    if len(fields) != 3:
        return None
    named = iter(("%y" if field == "%Y" and part == "9" else field) for field, part in zip(order, fields, strict=True))
    written = "".join(next(named) if part in ("Y", "9", "b") else part for part in parts)
    return written + gap + _clock(clock)


def _clock(shape: str) -> str:
    half = re.search(r"[AaPp][Mm]$", shape)
    names = iter(("%I" if half else "%H", "%M", "%S", "%f"))
    written = re.sub(r"9", lambda _: next(names, ""), re.sub(r"\s*[AaPp][Mm]$", "", shape))
    return written + (" %p" if half and " " in shape else "%p" if half else "")
