"""What is known of a table of transactions while it is being recognised, and the first step: orders made whole."""

from dataclasses import dataclass, field

from analysis.engine.duck import DuckDB, identifier
from analysis.proposal.columns import Candidates, Found
from analysis.proposal.exports import HEAD_ROWS, text_of
from analysis.proposal.guess import Guess
from analysis.proposal.plan import Plan
from analysis.proposal.query import filled

FACTS_OF_ORDERS = ("customer_id", "ordered_at", "status", "channel", "currency", "country")
STRAY = 0.1  # share of an order's further lines that may be filled when its facts stand in the first line alone
UNKNOWN = Guess(None, "unsure", "not looked at yet")


@dataclass
class Work:
    """What is known so far; the steps below add to it in order.

    made : raw columns that the query makes, by canonical column. why : sentences about the query.
    doubt : why the amount may be wrong. currency, zone : known once `_settle_currency` has run.
    """

    db: DuckDB
    plan: Plan
    options: Candidates
    columns: dict[str, Found]
    made: dict[str, Guess] = field(default_factory=dict)
    why: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    doubt: str | None = None
    currency: Guess = UNKNOWN
    zone: Guess = UNKNOWN

    def raw(self, canonical: str) -> str | None:
        """Return the raw column of a canonical one."""
        return self.columns[canonical].raw if canonical in self.columns else None

    def free(self, canonical: str) -> list[Found]:
        """Return the raw column chosen, then the others that fit and serve nowhere else."""
        chosen = [self.columns[canonical]] if canonical in self.columns else []
        taken = {found.raw for found in self.columns.values()}
        return chosen + [found for found in self.options[canonical] if found.raw not in taken]

    @property
    def wanted(self) -> list[str]:
        """The raw columns that any guess may need."""
        return [one.raw for one in (*self.columns.values(), *(one for all_ in self.options.values() for one in all_))]

    @property
    def money_headings(self) -> list[str]:
        """The raw columns of money."""
        return [self.columns[name].raw for name in ("amount", "unit_price", "refund_amount") if name in self.columns]

    @property
    def money_in_text(self) -> list[str]:
        """Those of them that are text; `sampled` has to be there."""
        found = self.db.columns("sampled")
        return [raw for raw in self.money_headings if found[raw] == "VARCHAR"]


def fill_orders(work: Work) -> None:
    """Where the facts of an order stand in its first line alone, give them to each of its lines."""
    order = work.raw("order_id")
    if order is None:
        return
    head = "head_of_plan"
    work.db.execute(
        f"CREATE OR REPLACE TEMP TABLE {head} AS SELECT * FROM {work.plan.query.relation} LIMIT {HEAD_ROWS}"
    )
    raws = [work.columns[name].raw for name in FACTS_OF_ORDERS if name in work.columns]
    blank = [raw for raw in raws if _in_first_line_alone(work.db, head, order, raw)]
    if blank:
        work.plan.query.steps.append(("filled", filled(work.plan.query.last, order, blank)))
        work.why.append(f"{', '.join(blank)} stand in the first line of an order alone; all its lines get them.")


def _in_first_line_alone(db: DuckDB, head: str, order: str, raw: str) -> bool:
    """Tell whether orders of several lines have a value once, and hardly ever in their further lines."""
    lines, values, orders, with_value = (
        int(str(count or 0))
        for count in db.execute(
            f"""SELECT SUM(lines), SUM(filled), COUNT(*), COUNT(*) FILTER (filled > 0)
                FROM (SELECT COUNT(*) AS lines, COUNT({text_of(raw)}) AS filled FROM {head}
                      WHERE {identifier(order)} IS NOT NULL GROUP BY {identifier(order)})
                WHERE lines > 1"""
        )[0]
    )
    return with_value > 0 and values - with_value <= STRAY * (lines - orders)
