"""How times in text are read, as SQL; and what is refused because day and month could be either way round."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from analysis.engine.duck import DuckDB, identifier, literal
from analysis.errors import InputError
from analysis.tables.dataset import Settings, Source
from analysis.tables.typed import as_text

HOURS = ("%H", "%I", "%c", "%X", "%-H", "%-I")  # parts of a format that give a time of day
ISO_DAY = r"\d{4}[-/]\d{1,2}[-/]\d{1,2}"
ISO_TIME = ISO_DAY + r"[ T]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?"
OFFSET = ISO_DAY + r"[ T].*:\d{2}(\.\d+)?\s*([zZ]|UTC|GMT|[+-]\d{2}(:?\d{2})?)"  # ends with its distance from UTC
# Further ways to write a time, year first, so that no reader can take the day for the month.
OTHER_DAYS = ("%Y%m%d", "%Y年%m月%d日", "%Y.%m.%d")
OTHER_TIMES = tuple(f"{day} {clock}" for day in OTHER_DAYS for clock in ("%H:%M", "%H:%M:%S"))
EITHER_WAY = r"^\d{1,2}[-/.]\d{1,2}[-/.](\d{4}|\d{2})(\D|$)"
DAY_PARTS = re.compile(r"(\d{1,4})([-/.])(\d{1,2})[-/.](\d{1,4})(?:([ T])\d{1,2}:\d{2}(:\d{2})?)?")
FIRST_YEAR = 1000  # a two-digit year read as a whole one lies before it
SHOWN = 3


@dataclass(frozen=True)
class TimeRules:
    """How a source writes times: formats (none: ISO 8601), the zone they are in and the one they are reported in."""

    formats: tuple[str, ...]
    source_zone: str
    reporting_zone: str
    where: str

    @classmethod
    def of(cls, source: Source, settings: Settings, where: str) -> "TimeRules":
        """Return the rules of a source.

        Raises
        ------
        InputError : two formats take day and month in opposite order.
        """
        given = source.time_format or ()
        formats = (given,) if isinstance(given, str) else given
        seen: dict[str, tuple[str, str]] = {}
        for text in formats:
            year, order = _order(text)
            other, before = seen.setdefault(year, (text, order)) if order else (text, order)
            if order != before:
                raise InputError(
                    "two formats take day and month in opposite order",
                    where=f"{where}.time_format",
                    got=f"{other} and {text}",
                    expected="one order: a value could fit both",
                    do="Remove one; if the source mixes both orders, split it by file.",
                )
        return cls(formats, settings.source_time_zone, settings.reporting_time_zone, where)


def _order(written: str) -> tuple[str, str]:
    """Return whether a format begins with the whole year, and the order of day and month; none without both as numbers.

    A value that begins with a whole year fits no format that does not, so only formats that begin alike are compared.

    >>> _order("%d/%m/%Y"), _order("%m/%d/%y %H:%M"), _order("%Y-%m-%d"), _order("%d %b %Y")
    (('', 'dm'), ('', 'md'), ('Y', 'md'), ('', ''))
    """
    parts = "".join(re.findall(r"%-?([dmyY])", written))
    order = re.sub("[yY]", "", parts)
    return "Y" if parts.startswith("Y") else "", order if len(order) == 2 else ""


def local_time(column: str, found: str, rules: TimeRules) -> str:
    """Return the SQL of a time in the reporting time zone; what cannot be read is NULL.

    A date without a time of day is taken as it stands; a time with an offset says itself when it was. Formats come
    first; what none of them fits may still be written year first, as days and times of typed columns are.
    """

    def local(moment: str) -> str:
        return f"timezone({literal(rules.reporting_zone)}, {moment})"

    def shifted(naive: str) -> str:
        same = rules.source_zone == rules.reporting_zone
        return naive if same else local(f"timezone({literal(rules.source_zone)}, {naive})")

    def parsed(text: str, written: str) -> str:
        time = f"TRY_STRPTIME({text}, {literal(written)})"
        time = f"CASE WHEN year({time}) >= {FIRST_YEAR} THEN {time} END"
        if "%z" in written or "%Z" in written:
            return local(time)
        return shifted(time) if any(hour in written for hour in HOURS) else time

    if found == "DATE":
        return f"CAST({column} AS TIMESTAMP)"
    if found == "TIMESTAMP WITH TIME ZONE":
        return local(column)
    if found.startswith("TIMESTAMP"):
        return shifted(f"TRY_CAST({column} AS TIMESTAMP)")
    text = f"TRIM({as_text(column, found, '.')})"
    if rules.formats:
        tried = [parsed(text, written) for written in rules.formats]
        given = " ".join(f"WHEN {time} IS NOT NULL THEN {time}" for time in tried)
        return f"CASE {given} ELSE {_year_first(text, local, shifted)} END"
    return _year_first(text, local, shifted)


def _year_first(text: str, local: Callable[[str], str], shifted: Callable[[str], str]) -> str:
    """Return the SQL of a time written year first, which no reader can take the wrong way round."""
    # The two usual forms first, by their length and marks: a pattern for every value would double the time of reading.
    return f"""CASE
        WHEN length({text}) = 19 AND substr({text}, 5, 1) = '-' AND substr({text}, 17, 1) = ':'
            THEN {shifted(f"TRY_CAST({text} AS TIMESTAMP)")}
        WHEN length({text}) = 10 AND substr({text}, 5, 1) = '-' THEN TRY_CAST({text} AS TIMESTAMP)
        WHEN regexp_full_match({text}, {literal(ISO_DAY)}) THEN TRY_CAST({text} AS TIMESTAMP)
        WHEN regexp_full_match({text}, {literal(ISO_TIME)}) THEN {shifted(f"TRY_CAST({text} AS TIMESTAMP)")}
        WHEN regexp_full_match({text}, {literal(OFFSET)}) THEN {local(f"TRY_CAST({text} AS TIMESTAMPTZ)")}
        WHEN NOT regexp_matches({text}, '^\\d{{4}}') THEN NULL
        WHEN contains({text}, ':') THEN {shifted(f"TRY_STRPTIME({text}, {_list(OTHER_TIMES)})")}
        WHEN length({text}) >= 8 THEN TRY_STRPTIME({text}, {_list(OTHER_DAYS)}) END"""


def _list(texts: tuple[str, ...]) -> str:
    return f"[{', '.join(map(literal, texts))}]"


def stop_on_ambiguous_times(db: DuckDB, relation: str, raw: str, found: str, rules: TimeRules) -> None:
    """Stop when a column of times could be read day first or month first and no format says which.

    Raises
    ------
    InputError : shows three such values, the forms that occur, and the lines one could add to `dataset.yaml`.
    """
    if rules.formats or found != "VARCHAR":
        return
    text = f"TRIM({identifier(raw)})"
    either_way = f"regexp_matches({text}, {literal(EITHER_WAY)})"
    examples = [str(row[0]) for row in db.execute(f"SELECT {text} FROM {relation} WHERE {either_way} LIMIT {SHOWN}")]
    if not examples:
        return
    first, second = (f"TRY_CAST(regexp_extract({text}, '^(\\d+)\\D(\\d+)', {part}) AS INTEGER)" for part in (1, 2))
    (highest,) = db.execute(f"SELECT MAX({first}), MAX({second}) FROM {relation} WHERE {either_way}")
    forms = db.execute(
        f"SELECT regexp_replace({text}, '\\d', '9', 'g') AS form, COUNT(*) AS rows, MIN({text}) FROM {relation} "
        f"WHERE {text} <> '' GROUP BY form ORDER BY rows DESC, form LIMIT 8"
    )
    lines = [_line([str(example) for _, _, example in forms], day_first=day_first) for day_first in (True, False)]
    raise InputError(
        "day and month could be either way round",
        where=f"{rules.where}, column {raw}",
        got=f"{', '.join(examples)}; written as " + ", ".join(f"{form} ({rows:,} rows)" for form, rows, _ in forms),
        expected="year first (2011-03-04), or a time_format that says which comes first",
        do=f"Add to dataset.yaml one of these: {lines[0]} (day first) or {lines[1]} (month first). "
        + _which_fits(*(int(str(part)) for part in highest)),
    )


def _line(examples: list[str], *, day_first: bool) -> str:
    formats = sorted({written for example in examples if (written := _format_of(example, day_first=day_first))})
    return f"time_format: {formats[0]!r}" if len(formats) == 1 else f"time_format: {formats}"


def _format_of(example: str, *, day_first: bool) -> str | None:
    """Return the format that an example is written in.

    >>> _format_of("3/4/2011 10:05", day_first=True)
    '%d/%m/%Y %H:%M'
    """
    match = DAY_PARTS.fullmatch(example)
    if not match:
        return None
    first, mark, _, last, gap, seconds = match.groups()
    if len(first) == 4:
        day = ["%Y", "%m", "%d"]
    else:
        day = ["%d", "%m"] if day_first else ["%m", "%d"]
        day.append("%Y" if len(last) == 4 else "%y")
    return mark.join(day) + (f"{gap}%H:%M{':%S' if seconds else ''}" if gap else "")


def _which_fits(first: int, second: int) -> str:
    if first > 12 and second > 12:
        return "Neither fits every value: some have a first, some a second part above 12; split the source by file."
    if first > 12:
        return f"Only day first fits every value (one begins with {first})."
    if second > 12:
        return f"Only month first fits every value (one has {second} in second place)."
    return "Both fit every value: ask whoever made the export."
