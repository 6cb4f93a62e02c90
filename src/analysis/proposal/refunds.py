"""Refunds that carry no sign: in a column beside what was paid, or told by the state of the order."""

from dataclasses import dataclass

from analysis.engine.duck import DuckDB, identifier
from analysis.proposal.columns import Found
from analysis.proposal.exports import text_of
from analysis.proposal.marks import Statuses
from analysis.proposal.plan import listed
from analysis.proposal.query import Query, negated, not_zero, with_refunds, with_sign

ON_THE_ORDERS_DATE = "a refund without a date of its own counts on the date of its order"
SEPARATE = 0.5  # share of refunded lines with another line in the same order: then they are refunds, not refunded sales


@dataclass(frozen=True)
class Money:
    """The raw columns of a line's money and time as the query has them so far."""

    amount: str | None
    quantity: str | None
    unit_price: str | None
    ordered_at: str
    order: str | None


def in_a_column(
    db: DuckDB, columns: dict[str, Found], seen: Statuses, money: Money, query: Query
) -> tuple[dict[str, str], str] | None:
    """Add a line for each refund that stands in a column beside what was paid; orders that never took place have none.

    Returns
    -------
    The canonical columns that the query makes anew, and the sentence that says what was done; None without refunds.
    """
    refund, refunded_at = columns["refund_amount"], columns.get("refunded_at")
    found = db.columns("sampled")
    lines, negative = (
        int(str(count))
        for count in db.execute(
            "SELECT COUNT(*) FILTER (refund_amount <> 0), COUNT(*) FILTER (refund_amount < 0) FROM measured "
            f"WHERE TRUE{_but_void(seen, 'status')}"
        )[0]
    )
    if not lines:
        return None
    column = refund.raw
    back = identifier(column) if negative * 2 > lines else negated(column, found[column])
    ordered = f"CAST({identifier(money.ordered_at)} AS VARCHAR)"
    own_date = f"COALESCE({text_of(refunded_at.raw)}, {ordered})" if refunded_at else None
    once = money.order if money.order and _repeats(db, money.order, column) else None
    condition = not_zero(column, found[column]) + _but_void(seen, identifier(seen.column.raw) if seen.column else "")
    made = _made(money, back, found, own_date)
    query.steps.append(("with_refunds", with_refunds(query.last, *made, condition, once)))
    said = (
        f"{lines:,} refunds stand without a sign in {column}; they become lines of their own with a negative amount; "
        + (f"they count on the date in {refunded_at.raw}" if refunded_at else ON_THE_ORDERS_DATE)
    )
    return {name: f"counted_{name}" for name in made_names(made[0])}, said


def _but_void(seen: Statuses, status: str) -> str:
    """Return what leaves out the refunds of cancelled and unpaid orders: their sales do not count either."""
    void = [value for name in ("cancelled", "unpaid") for value in seen.by_meaning.get(name, [])]
    return f"\n  AND COALESCE(TRIM({status}), '') NOT IN {listed(void)}" if void else ""


def made_names(sale: dict[str, str]) -> list[str]:
    """Return the canonical names of new columns called `counted_<name>`."""
    return [name.removeprefix("counted_") for name in sale]


def _made(
    money: Money, back: str, found: dict[str, str], own_date: str | None
) -> tuple[dict[str, str], dict[str, str]]:
    """Return the SQL of the new columns in lines of sales and of refunds."""
    if money.amount:
        if found.get(money.amount, "DECIMAL") != "VARCHAR" and back.startswith("'-'"):
            back = f"-TRY_CAST({back.removeprefix(chr(39) + '-' + chr(39) + ' || ')} AS DECIMAL(18, 4))"
        sale, refund = {"counted_amount": identifier(money.amount)}, {"counted_amount": back}
    else:
        assert money.quantity
        assert money.unit_price
        one = "'1'" if found[money.quantity] == "VARCHAR" else "1"
        sale = {"counted_quantity": identifier(money.quantity), "counted_unit_price": identifier(money.unit_price)}
        refund = {"counted_quantity": one, "counted_unit_price": back}
    if own_date:
        sale["counted_ordered_at"] = f"CAST({identifier(money.ordered_at)} AS VARCHAR)"
        refund["counted_ordered_at"] = own_date
    return sale, refund


def _repeats(db: DuckDB, order: str, column: str) -> bool:
    """Tell whether the lines of an order repeat one refund."""
    several, same = (
        int(str(count))
        for count in db.execute(
            f"""SELECT COUNT(*), COUNT(*) FILTER (lines = filled AND different = 1)
                FROM (SELECT COUNT(*) AS lines, COUNT({text_of(column)}) AS filled,
                          COUNT(DISTINCT {text_of(column)}) AS different, MAX(abs(TRY_CAST(regexp_replace(
                          {text_of(column)}, '[^0-9]', '', 'g') AS DOUBLE))) AS largest
                      FROM sampled GROUP BY {identifier(order)})
                WHERE lines > 1 AND largest > 0"""
        )[0]
    )
    return several >= 5 and same * 10 >= several * 9


def by_status(db: DuckDB, seen: Statuses, money: Money, query: Query) -> tuple[dict[str, str], str] | None:
    """Give refunds that only the state of a line tells a negative amount; see `in_a_column` for what is returned."""
    if not seen.column or "refunded" not in seen.by_meaning:
        return None
    words = listed(seen.by_meaning["refunded"])
    positive, paired = (
        int(str(count))
        for count in db.execute(
            f"""SELECT COUNT(*), COUNT(*) FILTER (order_id IN
                    (SELECT order_id FROM measured WHERE status IS NULL OR status NOT IN {words}))
                FROM measured WHERE status IN {words} AND amount > 0"""
        )[0]
    )
    if not positive:
        return None
    condition = f"TRIM({identifier(seen.column.raw)}) IN {words}"
    named = ", ".join(seen.by_meaning["refunded"])
    found = db.columns("sampled")
    column = money.amount or money.quantity
    assert column
    name = "amount" if money.amount else "quantity"
    if paired >= SEPARATE * positive:
        query.steps.append(
            ("with_sign", with_sign(query.last, column, found.get(column, "DOUBLE"), condition, f"counted_{name}"))
        )
        return {name: f"counted_{name}"}, f"{positive:,} lines of refunds ({named}) carry no sign; they become negative"
    back = negated(column, found.get(column, "DOUBLE"))
    new = f"counted_{name}"
    query.steps.append(
        ("with_refunds", with_refunds(query.last, {new: identifier(column)}, {new: back}, condition, None))
    )
    said = (
        f"{positive:,} lines were refunded ({named}) without a line that takes the money back; one is added for each; "
    )
    return {name: new}, said + ON_THE_ORDERS_DATE
