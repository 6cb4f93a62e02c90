"""What makes a line no sale: cancelled and unpaid orders, returns, fees, money paid in for later."""

import re
from dataclasses import dataclass, replace

from analysis.engine.duck import DuckDB, literal
from analysis.proposal.columns import Found
from analysis.proposal.guess import Guess
from analysis.proposal.plan import listed, values
from analysis.proposal.vocabulary import meaning, plain, vocabulary

MOSTLY = 0.9  # share of the orders with a letter before the number that are negative, when the letter marks them
MOST_PRODUCTS = 20  # product ids named one by one; more are no list that a person checks


@dataclass(frozen=True)
class Statuses:
    """The column of states, its values by what they mean, and the columns that mean something and were not taken."""

    column: Found | None
    by_meaning: dict[str, list[str]]
    lines: dict[str, int]
    others: tuple[str, ...] = ()

    def condition(self, name: str) -> str:
        """Return the condition over the canonical status."""
        return f"status IN {listed(self.by_meaning[name])}"

    def count(self, name: str) -> int:
        """Return the number of lines."""
        return sum(self.lines[value] for value in self.by_meaning.get(name, []))


def statuses(db: DuckDB, options: list[Found]) -> Statuses:
    """Return the column whose values say most about orders that are no sale; else the first, without a meaning."""
    found = [_meanings(db, option) for option in options]
    telling = sorted((one for one in found if one.by_meaning), key=lambda one: -len(one.by_meaning))
    if not telling:
        return Statuses(options[0] if options else None, {}, {})
    others = tuple(one.column.raw for one in telling[1:] if one.column)
    return replace(telling[0], others=others)


def _meanings(db: DuckDB, option: Found) -> Statuses:
    lines = values(db, "sampled", option.raw)
    by_meaning: dict[str, list[str]] = {}
    for value in sorted(lines):
        if (name := meaning(value, vocabulary().statuses)) and name != "no_matter":
            by_meaning.setdefault(name, []).append(value)
    return Statuses(option, by_meaning, lines)


def cancelling_prefix(db: DuckDB) -> Guess | None:
    """Return the condition for orders whose number begins with a letter when they take money back, such as C536379."""
    rows = db.execute(
        """SELECT regexp_extract(order_id, '^([A-Za-z]{1,3})\\d+$', 1) AS prefix, COUNT(*),
               COUNT(*) FILTER (amount < 0 OR quantity < 0), MIN(order_id)
           FROM measured WHERE order_id IS NOT NULL GROUP BY prefix ORDER BY 2 DESC"""
    )
    total = sum(int(str(count)) for _, count, *_ in rows)
    for prefix, count, negative, example in rows:
        lines, back = int(str(count)), int(str(negative))
        if prefix and lines * 2 < total and back >= MOSTLY * lines:
            why = f"{lines:,} lines have orders such as {example}, and {back:,} of them are negative"
            return Guess(f"starts_with(order_id, {literal(prefix)})", "likely", why)
    return None


def negatives(db: DuckDB) -> int:
    """Return the number of lines with a negative amount."""
    return int(str(db.execute("SELECT COUNT(*) FROM measured WHERE amount < 0")[0][0]))


def no_products(db: DuckDB, mapped: set[str]) -> dict[str, Guess]:
    """Return the conditions for fees, entries that are no product, and money paid in for later, by name.

    Parameters
    ----------
    mapped : canonical columns that a condition may name.
    """
    found: dict[str, Guess] = {}
    for name in ("fees", "non_products", "top_ups"):
        words = {plain(word) for word in vocabulary().products[name]}
        if guess := _products_like(db, words, mapped):
            found[name] = guess
    return found


def _products_like(db: DuckDB, words: set[str], mapped: set[str]) -> Guess | None:
    """Return the condition for lines whose category, product or name is one of some words, in the simplest column."""
    for column in ("category", "product_id"):
        if column not in mapped:
            continue
        named = [value for value in _distinct(db, column) if _is_one(value, words)]
        if 0 < len(named) <= MOST_PRODUCTS:
            return Guess(
                f"{column} IN {listed(named)}", "likely", f"{', '.join(named[:6])}: no product that a customer chose"
            )
    if "product_id" not in mapped:
        return None
    names = [value for value in _distinct(db, "product_name") if _is_one(value, words)]
    if not names:
        return None
    ids = [
        str(value)
        for (value,) in db.execute(
            f"SELECT DISTINCT product_id FROM measured WHERE product_name IN {listed(names)} "
            f"AND product_id IS NOT NULL ORDER BY 1 LIMIT {MOST_PRODUCTS + 1}"
        )
    ]
    if not 0 < len(ids) <= MOST_PRODUCTS:
        return None
    return Guess(f"product_id IN {listed(ids)}", "likely", f"these are called {', '.join(names[:6])}")


def _distinct(db: DuckDB, column: str) -> list[str]:
    rows = db.execute(f"SELECT DISTINCT {column} FROM measured WHERE {column} IS NOT NULL ORDER BY 1")
    return [str(value) for (value,) in rows]


def _is_one(value: str, words: set[str]) -> bool:
    """Tell whether a value is one of the words, also with an amount or a number behind it: 充值100元, `gift_0001`."""
    return plain(value) in words or (
        bool(bare := re.sub(r"[\d\W_]+.*$", "", value)) and plain(bare) in words - {"m", "s", "b", "c", "d"}
    )
