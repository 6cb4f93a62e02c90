"""One relation of an export, opened: its columns, and what the first rows show of each."""

from dataclasses import dataclass
from pathlib import Path

from analysis.engine.duck import DuckDB, identifier
from analysis.proposal.inputs import Named
from analysis.tables.sources import FILE, open_input

HEAD_ROWS = 5_000  # enough to tell ids from classes and dates from numbers; cheap with 300 columns
AT_ONCE = 40  # columns measured by one query

# What a text is; the whole value must fit. Money may carry signs of currencies and marks of thousands.
NUMBER = r"[-+(]?\s*[^\d\s,.;:/]{0,4}\s*[-+]?\d[\d.,'\s]*\s*[^\d\s,.;:/]{0,4}\)?-?"
DECIMAL = r".*\d[.,](\d{2,4}|[1-9])\D*"  # 17850.0 is an id that a tool wrote as a number
DATE = (
    r"(\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?|\d{1,2}[-/.]\d{1,2}[-/.](\d{4}|\d{2})|(19|20)\d{6}(\d{6})?"
    r"|\d{1,2}[- ][A-Za-z]{3,9}[- ,]+\d{2,4}|[A-Za-z]{3,9} \d{1,2},? \d{4})"
    r"([ T,]+\d{1,2}[:时]\d{2}.*)?"
)
EMAIL = r"[^@\s]+@[^@\s]+\.[^@\s]+"
PHONE = r"(\+?86[- ]?)?1[3-9]\d{9}|\+\d[\d -]{8,14}"
MASKED = r".*\*{2,}.*"


@dataclass(frozen=True)
class Facts:
    """One column in the first rows: counts of rows, and of filled values by what they look like.

    consecutive : the values are whole numbers that go up by one from row to row.
    """

    found: str
    rows: int
    filled: int
    distinct: int
    numbers: int
    decimals: int
    dates: int
    emails: int
    phones: int
    masked: int
    consecutive: bool

    def share(self, of: int) -> float:
        """Return a count as a share of the filled values; 0 where nothing is filled."""
        return of / self.filled if self.filled else 0.0

    @property
    def is_time(self) -> bool:
        """Whether nearly all values are dates or times."""
        return self.found.startswith(("DATE", "TIMESTAMP")) or self.share(self.dates) >= 0.8

    @property
    def is_number(self) -> bool:
        """Whether nearly all values are numbers, and they are no dates."""
        return not self.is_time and self.share(self.numbers) >= 0.8


@dataclass(frozen=True)
class Export:
    """An opened input: `relation` stands after FROM; `facts` by raw column, in the order of the columns."""

    label: str
    named: Named
    relation: str
    head: str
    facts: dict[str, Facts]

    @property
    def rows(self) -> int:
        """Rows measured."""
        return max((facts.rows for facts in self.facts.values()), default=0)


def open_export(db: DuckDB, named: Named, number: int, folder: Path, landing: Path) -> Export:
    """Open an input and look at its first rows.

    Raises
    ------
    InputError : it cannot be read.
    """
    relation = open_input(db, named.input, folder, landing, f"--from {named.label}")
    head = f"head_{number}"
    db.execute(f"CREATE OR REPLACE TEMP TABLE {head} AS SELECT * FROM {relation} LIMIT {HEAD_ROWS}")
    return Export(named.label, named, relation, head, facts_of(db, head))


def facts_of(db: DuckDB, table: str) -> dict[str, Facts]:
    """Return what the columns of a table show, by name."""
    columns = {name: found for name, found in db.columns(table).items() if name != FILE}
    names = list(columns)
    facts: dict[str, Facts] = {}
    for start in range(0, len(names), AT_ONCE):
        part = names[start : start + AT_ONCE]
        counts = db.execute(f"SELECT COUNT(*), {', '.join(_measures(name) for name in part)} FROM {table}")[0]
        rows, width = int(str(counts[0])), (len(counts) - 1) // len(part)
        for place, name in enumerate(part):
            *numbers, lowest, highest = counts[1 + place * width : 1 + (place + 1) * width]
            filled, distinct, as_numbers, decimals, dates, emails, phones, masked = (int(str(n)) for n in numbers)
            steps = lowest is not None and int(str(highest)) - int(str(lowest)) + 1 == distinct
            consecutive = bool(steps) and rows == filled == distinct == as_numbers and rows > 1
            looks = (as_numbers, decimals, dates, emails, phones, masked)
            facts[name] = Facts(columns[name], rows, filled, distinct, *looks, consecutive=consecutive)

    return facts


def text_of(name: str) -> str:
    """Return the SQL of a raw column as trimmed text, NULL where empty."""
    return f"NULLIF(TRIM(CAST({identifier(name)} AS VARCHAR)), '')"


def _measures(name: str) -> str:
    text = text_of(name)
    looks = (NUMBER, DECIMAL, DATE, EMAIL, PHONE, MASKED)
    counts = ", ".join(
        f"COUNT(*) FILTER (regexp_full_match({text}, '{look.replace(chr(39), chr(39) * 2)}'))" for look in looks
    )
    whole = f"TRY_CAST({text} AS BIGINT)"
    return f"COUNT({text}), COUNT(DISTINCT {text}), {counts}, MIN({whole}), MAX({whole})"
