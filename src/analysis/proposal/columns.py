"""Raw columns to canonical ones: by their headings first, then by what the values look like."""

import re
from dataclasses import dataclass

from analysis.proposal.exports import Facts
from analysis.proposal.guess import Guess
from analysis.proposal.vocabulary import Words, holds, is_chinese, plain, vocabulary

IDS = ("customer_id", "order_id", "product_id", "campaign_id")
TIMES = ("ordered_at", "registered_on", "contacted_at", "given_at", "refunded_at", "cancelled_at")
NUMBERS = ("amount", "quantity", "unit_price", "refund_amount", "score")
OFTEN_EMPTY = ("refund_amount", "refunded_at")  # rare in the first rows, and still what they say
KEY_OF = {"transactions": "order_id", "customers": "customer_id", "products": "product_id"}
LOOSE = "~"  # in a list of names: those behind it often mean something else
CODE = r"(?i)[ _-]?(?<![a-z])(usd|eur|gbp|cny|rmb|jpy|cad|aud|hkd|inr|chf)$"  # a currency behind a heading
MOST_DECIMALS = 0.05  # share of values with decimals above which a column is a measure and no id


@dataclass(frozen=True)
class Found:
    """A raw column that may be a canonical one.

    exact : its heading is a known name of it. loose : a name that often means something else. rank : the best is 0.
    """

    raw: str
    exact: bool
    rank: int
    loose: bool = False


Candidates = dict[str, list[Found]]


def candidates(table: str, name: str, facts: dict[str, Facts]) -> Candidates:
    """Return for each canonical column the raw ones whose heading and values fit, the best first.

    Parameters
    ----------
    name : of the file, sheet or table, which says what a column called `id` is.
    """
    own_key = KEY_OF.get(table) if _is_called(name, table) else None
    found: Candidates = {}
    for canonical, names in vocabulary().headings[table].items():
        fitting = [
            match
            for raw, seen in facts.items()
            if fits(canonical, seen) and (match := _match(raw, names, is_own_key=own_key == canonical))
        ]
        ranked = [(_spoiled(canonical, facts[match.raw]), not match.exact, match.rank) for match in fitting]
        found[canonical] = [match for _, match in sorted(zip(ranked, fitting, strict=True), key=lambda pair: pair[0])]
    return found


def _is_called(name: str, table: str) -> bool:
    bare = plain(re.sub(r"\d", "", name))
    words = vocabulary().tables.get(table, ())
    return any(bare == plain(word) or (is_chinese(word) and word in bare) for word in words)


def _match(raw: str, names: Words, *, is_own_key: bool) -> Found | None:
    words = [plain(name) for name in names]
    loose_from = names.index(LOOSE) if LOOSE in names else len(names)
    if is_own_key and plain(raw) in ("id", "编号"):
        return Found(raw, True, 0)
    headings = (plain(raw), plain(re.sub(CODE, "", raw)))
    for heading in headings:
        if heading and heading in words:
            return Found(raw, True, words.index(heading), words.index(heading) > loose_from)
    if any(plain(word) in headings[0] for word in vocabulary().beside_the_sale):
        return None
    inside = [rank for rank, word in enumerate(words) if word and holds(headings[0], word)]
    return Found(raw, False, min(inside)) if inside else None


def _spoiled(canonical: str, facts: Facts) -> bool:
    """Tell whether the values speak against an id of customers: row numbers, or digits hidden by stars."""
    return canonical == "customer_id" and (facts.consecutive or facts.masked > 0)


def fits(canonical: str, facts: Facts) -> bool:
    """Tell whether a column's values can be those of a canonical column."""
    if not facts.filled:
        return canonical in OFTEN_EMPTY
    if canonical in TIMES:
        return facts.is_time
    if canonical in NUMBERS:
        return facts.is_number
    if canonical in IDS:
        return not facts.is_time and facts.share(facts.decimals) <= MOST_DECIMALS
    return True


def assign(found: Candidates) -> dict[str, Found]:
    """Return one raw column for each canonical one; a raw column serves once, where its heading fits best."""
    taken: dict[str, Found] = {}
    ranked = sorted(
        (
            (not match.exact, place, match.rank, canonical, match)
            for canonical, list_ in found.items()
            for place, match in enumerate(list_)
        ),
        key=lambda item: item[:4],
    )
    for *_, canonical, match in ranked:
        if canonical not in taken and all(match.raw != other.raw for other in taken.values()):
            taken[canonical] = match
    return taken


def by_content(facts: dict[str, Facts], taken: dict[str, Found]) -> dict[str, Found]:
    """Return what the values alone say of the columns that a table of transactions needs and no heading names."""
    free = {
        raw: seen for raw, seen in facts.items() if raw not in {match.raw for match in taken.values()} and seen.filled
    }
    found: dict[str, Found] = {}

    def take(canonical: str, raws: list[str]) -> None:
        if canonical not in taken and raws:
            found[canonical] = Found(raws[0], False, 0)
            free.pop(raws[0])

    take("ordered_at", [raw for raw, seen in free.items() if seen.is_time])
    if not {"quantity", "unit_price"} <= taken.keys():
        take(
            "amount",
            [raw for raw, seen in free.items() if seen.is_number and seen.share(seen.decimals) > MOST_DECIMALS],
        )
    # Customers come back: fewer than rows, and yet many.
    ids = [raw for raw, seen in free.items() if fits("customer_id", seen) and 10 < seen.distinct < 0.9 * seen.filled]
    take("customer_id", sorted(ids, key=lambda raw: -free[raw].distinct))
    return found


def guess(match: Found, facts: Facts, *, by_values: bool = False) -> Guess:
    """Return a mapping with its reason."""
    seen = f"{facts.distinct:,} distinct value{'s' * (facts.distinct != 1)} in {facts.rows:,} rows"
    if facts.filled < facts.rows:
        seen += f", {1 - facts.filled / facts.rows:.1%} empty"
    if by_values:
        return Guess(match.raw, "unsure", f"no heading says so, the values look like it; {seen}")
    if not match.exact:
        return Guess(match.raw, "unsure", f"part of the heading says so; {seen}")
    return Guess(match.raw, "likely" if match.loose else "certain", f"the heading says so; {seen}")
