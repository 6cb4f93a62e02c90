"""The draft of the table of transactions: mapping, query, how values are written, marks."""

from collections import Counter
from dataclasses import dataclass, field

from analysis.engine.duck import DuckDB, identifier
from analysis.proposal import amounts, marks, money, refunds
from analysis.proposal.columns import Candidates, Found, candidates
from analysis.proposal.draft import TableDraft
from analysis.proposal.exports import text_of
from analysis.proposal.guess import Guess
from analysis.proposal.plan import Plan
from analysis.proposal.query import filled, priced, shared_out
from analysis.proposal.sample import Sampled, measured, sample
from analysis.proposal.times import Writing, writing
from analysis.tables.schema import TRANSACTIONS
from analysis.tables.times import TimeRules
from analysis.tables.values import Rules

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


def draft_of(db: DuckDB, plan: Plan) -> tuple[TableDraft, Work]:
    """Return the draft and what it rests on; the tables `sampled` and `measured` stay in the database."""
    work = Work(
        db,
        plan,
        candidates("transactions", next(iter(plan.exports.values())).named.name, plan.facts),
        dict(plan.columns),
    )
    _fill_orders(work)
    columns_wanted = [
        found.raw for found in (*work.columns.values(), *(one for all_ in work.options.values() for one in all_))
    ]
    size = sample(db, plan, columns_wanted)
    _choose_money(work)
    in_text = _money_in_text(work)
    mark = money.decimal_mark(money.texts(db, "sampled", in_text))
    times = writing(db, "sampled", work.columns["ordered_at"].raw)
    seen = marks.statuses(db, work.free("status"))
    if seen.column:
        work.columns["status"] = seen.column
    _settle_currency(work, mark.value)
    measured(
        db,
        work.columns,
        Rules(mark.value, work.currency.value, TimeRules(times.assumed, work.zone.value, work.zone.value, "")),
    )
    refunded = _refunds(work, seen)
    if work.doubt and plan.query.last != "with_sign":  # a refund that repeats its sale is no total of an order
        work.warnings.append(work.doubt)
    work.warnings += _passed_over(work)
    work.warnings += [
        f"{raw} tells of orders that are no sale, too; only {seen.column.raw} is mapped."
        for raw in seen.others
        if seen.column
    ]
    table = TableDraft(
        "transactions", {name: export.named.input for name, export in plan.exports.items()}, {}, times=times
    )
    table.columns = _mapping(work)
    table.sql, table.sql_why = plan.query.sql, tuple(work.why)
    table.decimal_mark = mark if in_text else None
    table.marks = _marks(work, seen, size, refunded)
    table.set_aside = _set_aside(work, seen, set(table.columns))
    if "top_ups" in table.set_aside:
        table.marks["top_ups"] = table.set_aside.pop("top_ups")
    table.duplicates = _duplicates(work, times)
    return table, work


def _passed_over(work: Work) -> list[str]:
    """Return which better named column was not taken for the customer."""
    chosen = work.columns["customer_id"]
    numbered = [
        found.raw for found in work.options["customer_id"] if work.plan.facts[found.raw].consecutive and found.exact
    ]
    return [
        f"{raw} numbers the rows, so {chosen.raw} was taken for the customer." for raw in numbered if raw != chosen.raw
    ]


def _fill_orders(work: Work) -> None:
    """Where the facts of an order stand in its first line alone, give them to each of its lines."""
    order = work.raw("order_id")
    if order is None:
        return
    head = "head_of_plan"
    work.db.execute(f"CREATE OR REPLACE TEMP TABLE {head} AS SELECT * FROM {work.plan.query.relation} LIMIT 5000")
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


def _choose_money(work: Work) -> None:
    """Settle on an amount, or on quantity times unit price."""
    has_price = {"quantity", "unit_price"} <= work.columns.keys()
    chosen = amounts.choose(work.db, work.free("amount"), work.raw("order_id"), has_price)
    work.columns.pop("amount", None)
    if chosen.amount:
        work.columns["amount"] = chosen.amount
        work.columns.pop("unit_price", None)
    work.doubt = chosen.warning
    order = work.raw("order_id")
    if chosen.total and order:
        query, price = work.plan.query, work.columns["unit_price"].raw
        query.steps.append(("priced", priced(query.last, work.columns["quantity"].raw, price)))
        query.steps.append(("shared_out", shared_out(query.last, order, chosen.total)))
        work.why.append(
            f"{chosen.total} is the order's; its lines share it by quantity times {price}, so discounts count."
        )
        work.made["amount"] = Guess("counted_share", "likely", f"the line's share of {chosen.total}, made by the query")


def _money_in_text(work: Work) -> list[str]:
    """Return the raw columns of money that are text."""
    found = work.db.columns("sampled")
    return [raw for raw in money_headings(work) if found[raw] == "VARCHAR"]


def money_headings(work: Work) -> list[str]:
    """Return the headings of the columns of money."""
    return [work.columns[name].raw for name in ("amount", "unit_price", "refund_amount") if name in work.columns]


def _settle_currency(work: Work, mark: str) -> None:
    def texts(canonical: str) -> Counter[str]:
        raw = work.raw(canonical)
        return money.texts(work.db, "sampled", [raw] if raw else [])

    headings = money_headings(work)
    amounts_ = money.texts(work.db, "sampled", _money_in_text(work))
    found = money.Signs(amounts_, texts("currency"), headings, list(work.plan.facts), texts("country"), mark)
    work.currency = money.currency(found)
    work.zone = money.time_zone(work.currency)


def _refunds(work: Work, seen: marks.Statuses) -> bool:
    """Give refunds without a sign a negative amount; tell whether there were any."""
    amount = work.made["amount"].value if "amount" in work.made else work.raw("amount")
    at = refunds.Money(
        amount, work.raw("quantity"), work.raw("unit_price"), work.columns["ordered_at"].raw, work.raw("order_id")
    )
    done = None
    if "refund_amount" in work.columns:
        done = refunds.in_a_column(work.db, work.columns, seen, at, work.plan.query)
    done = done or refunds.by_status(work.db, seen, at, work.plan.query)
    if done is None:
        return False
    new, said = done
    work.made |= {name: Guess(column, "likely", "made by the query above") for name, column in new.items()}
    work.why.append(said + ".")
    work.warnings.append(said[0].upper() + said[1:] + ".")
    return True


def _mapping(work: Work) -> dict[str, Guess]:
    """Return the canonical columns in the order of the schema."""
    mapped = {}
    for column in TRANSACTIONS:
        if column.name in work.made:
            mapped[column.name] = work.made[column.name]
        elif column.name in work.columns:
            mapped[column.name] = work.plan.guess(column.name, work.columns[column.name])
    if "amount" in mapped:
        mapped.pop("unit_price", None)
    return mapped


def _marks(work: Work, seen: marks.Statuses, size: Sampled, refunded: bool) -> dict[str, Guess]:
    found = {}
    negative = marks.negatives(work.db)
    if negative or refunded:
        why = (
            "refunds get a negative amount by the query above"
            if refunded
            else f"{negative:,} of {size.said} are negative"
        )
        found["returns"] = Guess("amount < 0", "certain", why)
    if prefix := marks.cancelling_prefix(work.db):
        found["cancellations"] = prefix
    elif "cancelled" in seen.by_meaning:
        why = f"{seen.count('cancelled'):,} of {size.said} have this state"
        found["cancellations"] = Guess(seen.condition("cancelled"), "likely", why)
    if "partly_refunded" in seen.by_meaning and not refunded:
        named = ", ".join(seen.by_meaning["partly_refunded"])
        work.warnings.append(
            f"{seen.count('partly_refunded'):,} lines are {named}; no column says how much, so they count in full."
        )
    return found


def _set_aside(work: Work, seen: marks.Statuses, mapped: set[str]) -> dict[str, Guess]:
    found = marks.no_products(work.db, mapped)
    if "unpaid" in seen.by_meaning:
        found["unpaid"] = Guess(seen.condition("unpaid"), "likely", f"{seen.count('unpaid'):,} lines were not paid for")
    return found


def _duplicates(work: Work, times: Writing) -> Guess:
    """Return what happens to lines that repeat another in every column."""
    if "order_id" not in work.columns and not times.clock:
        return Guess("keep", "likely", "lines have neither order nor time of day, so equal lines may be two purchases")
    rows, different = work.db.execute(
        "SELECT COUNT(*), (SELECT COUNT(*) FROM (SELECT DISTINCT * FROM sampled)) FROM sampled"
    )[0]
    repeats = int(str(rows)) - int(str(different))
    said = f"{repeats:,} lines seem to repeat another; keep would count them" if repeats else "no line repeats another"
    return Guess("set_aside", "likely" if repeats else "certain", said)
