"""A dataset before it is written: every setting a guess with its reason."""

from dataclasses import dataclass, field

from analysis.proposal.guess import Guess
from analysis.proposal.times import Writing
from analysis.tables.dataset import Input


@dataclass
class TableDraft:
    """One table: its inputs by name, the query over them if there is one with its reason, and the mapping.

    marks : conditions by key, such as `cancellations`. set_aside : conditions by the dataset's own reasons.
    """

    table: str
    inputs: dict[str, Input]
    columns: dict[str, Guess]
    sql: str | None = None
    sql_why: tuple[str, ...] = ()
    times: Writing | None = None
    decimal_mark: Guess | None = None
    marks: dict[str, Guess] = field(default_factory=dict)
    set_aside: dict[str, Guess] = field(default_factory=dict)
    duplicates: Guess | None = None

    @property
    def must_choose(self) -> bool:
        """Whether nothing proves which number is the day."""
        return self.times is not None and bool(self.times.choices)


@dataclass
class Draft:
    """All settings in the order of the file."""

    title: str
    settings: dict[str, Guess]
    tables: list[TableDraft]
    warnings: list[str]

    @property
    def must_choose(self) -> bool:
        """Whether a line has to be chosen before the dataset can be read."""
        return any(table.must_choose for table in self.tables)
