"""Which column is the money of a line: an order's total on each of its lines would count several times."""

from dataclasses import dataclass

from analysis.engine.duck import DuckDB, identifier
from analysis.proposal.columns import Found
from analysis.proposal.exports import text_of

ENOUGH_ORDERS = 5  # orders of several lines from which on they prove anything
NEARLY_ALL = 0.9  # share of such orders that behave alike


@dataclass(frozen=True)
class Amount:
    """The columns of the money: `amount`, or None for quantity times unit price.

    total : an order's total that stands in its first line alone. warning : why the choice may be wrong.
    """

    amount: Found | None
    total: str | None = None
    warning: str | None = None


def choose(db: DuckDB, options: list[Found], order: str | None, has_price: bool) -> Amount:
    """Return the money of a line in the table `sampled`.

    Parameters
    ----------
    options : raw columns that may be the amount, the best first. order : the raw column of orders.
    has_price : quantity and unit price are there, too.
    """
    looks = {option.raw: _look(db, option.raw, order) for option in options}
    whole = next(
        (option for option in options if looks[option.raw] == "line" and (option.exact or not has_price)), None
    )
    if whole:
        return Amount(whole)
    first_only = [option.raw for option in options if looks[option.raw] == "first line"]
    if has_price:
        return Amount(None, total=first_only[0] if first_only else None)
    if not options:
        return Amount(None)
    repeated = (
        f"{options[0].raw} is the same on all lines of an order: if it is the order's total, it counts several times."
    )
    return Amount(options[0], warning=repeated if looks[options[0].raw] == "every line" else None)


def _look(db: DuckDB, raw: str, order: str | None) -> str:
    """Return how an amount stands in orders of several lines: per `line`, in the `first line`, on `every line`."""
    if order is None:
        return "line"
    several, first_only, same = (
        int(str(count))
        for count in db.execute(
            f"""SELECT COUNT(*), COUNT(*) FILTER (filled = 1), COUNT(*) FILTER (filled = lines AND different = 1)
                FROM (SELECT COUNT(*) AS lines, COUNT({text_of(raw)}) AS filled,
                          COUNT(DISTINCT {text_of(raw)}) AS different
                      FROM sampled WHERE {identifier(order)} IS NOT NULL GROUP BY {identifier(order)})
                WHERE lines > 1"""
        )[0]
    )
    if several < ENOUGH_ORDERS:
        return "line"
    if first_only >= NEARLY_ALL * several:
        return "first line"
    return "every line" if same >= NEARLY_ALL * several else "line"
