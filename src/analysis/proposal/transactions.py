"""The draft of the table of transactions: mapping, query, how values are written, marks."""

from collections import Counter
from typing import NamedTuple

from analysis.engine.duck import DuckDB
from analysis.proposal import amounts, marks, money, refunds
from analysis.proposal.columns import candidates
from analysis.proposal.draft import TableDraft
from analysis.proposal.guess import Guess
from analysis.proposal.plan import Plan
from analysis.proposal.query import priced, shared_out
from analysis.proposal.sample import Sampled, measured, sample
from analysis.proposal.times import Writing, writing
from analysis.proposal.work import Work, fill_orders
from analysis.tables.schema import TRANSACTIONS
from analysis.tables.times import TimeRules
from analysis.tables.values import Rules


class Read(NamedTuple):
    """How the values of a table are written and what the states of its orders mean."""

    mark: Guess
    times: Writing
    statuses: marks.Statuses


def draft_of(db: DuckDB, plan: Plan) -> tuple[TableDraft, Work]:
    """Return the draft and what it rests on; the tables `sampled` and `measured` stay in the database."""
    first = next(iter(plan.exports.values()))
    work = Work(db, plan, candidates("transactions", first.named.name, plan.facts), dict(plan.columns))
    fill_orders(work)
    size = sample(db, plan, work.wanted)
    _choose_money(work)
    read = _read(work)
    refunded = _refunds(work, read.statuses)
    _warn(work, read.statuses)
    table = TableDraft("transactions", {name: one.named.input for name, one in plan.exports.items()}, _mapping(work))
    table.sql, table.sql_why = plan.query.sql, tuple(work.why)
    table.times, table.decimal_mark = read.times, read.mark if work.money_in_text else None
    table.duplicates = _duplicates(work, read.times)
    table.marks = _marks(work, read.statuses, size, refunded)
    table.set_aside = _set_aside(work, read.statuses, set(table.columns))
    if "top_ups" in table.set_aside:
        table.marks["top_ups"] = table.set_aside.pop("top_ups")
    return table, work


def _read(work: Work) -> Read:
    """Settle how values are written, and make the table `measured` with them."""
    mark = money.decimal_mark(money.texts(work.db, "sampled", work.money_in_text))
    times = writing(work.db, "sampled", work.columns["ordered_at"].raw)
    seen = marks.statuses(work.db, work.free("status"))
    if seen.column:
        work.columns["status"] = seen.column
    _settle_currency(work, mark.value)
    zone = TimeRules(times.assumed, work.zone.value, work.zone.value, "")
    measured(work.db, work.columns, Rules(mark.value, work.currency.value, zone))
    return Read(mark, times, seen)


def _warn(work: Work, seen: marks.Statuses) -> None:
    """Say what may be wrong with the columns that were chosen."""
    if work.doubt and work.plan.query.last != "with_sign":  # a refund that repeats its sale is no total of an order
        work.warnings.append(work.doubt)
    chosen = work.columns["customer_id"].raw
    numbered = (one.raw for one in work.options["customer_id"] if one.exact and work.plan.facts[one.raw].consecutive)
    work.warnings += [
        f"{raw} numbers the rows, so {chosen} was taken for the customer." for raw in numbered if raw != chosen
    ]
    mapped = seen.column.raw if seen.column else ""
    work.warnings += [f"{raw} tells of orders that are no sale, too; only {mapped} is mapped." for raw in seen.others]


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


def _settle_currency(work: Work, mark: str) -> None:
    def texts(canonical: str) -> Counter[str]:
        raw = work.raw(canonical)
        return money.texts(work.db, "sampled", [raw] if raw else [])

    headings = work.money_headings
    amounts_ = money.texts(work.db, "sampled", work.money_in_text)
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
