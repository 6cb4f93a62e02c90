"""How numbers are written, in which currency, and where: the mark of decimals, the currency, the time zone."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from analysis.engine.duck import DuckDB
from analysis.proposal.exports import text_of
from analysis.proposal.guess import Guess
from analysis.proposal.vocabulary import is_chinese, plain, vocabulary

MOST_VALUES = 20_000  # distinct texts looked at in a column
MOSTLY = 0.5  # share of a country's rows above which its currency is likely


def texts(db: DuckDB, table: str, columns: Iterable[str]) -> Counter[str]:
    """Return the commonest texts of some columns with their counts."""
    counts: Counter[str] = Counter()
    for column in columns:
        text = text_of(column)
        for value, count in db.execute(
            f"SELECT {text}, COUNT(*) FROM {table} WHERE {text} IS NOT NULL "
            f"GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {MOST_VALUES}"
        ):
            counts[str(value)] += int(str(count))
    return counts


def decimal_mark(numbers: Iterable[str]) -> Guess:
    """Return the mark between units and fractions of some numbers in text.

    Examples
    --------
    >>> decimal_mark(["1.234,50", "7"]).value, decimal_mark(["12.50"]).value
    (',', '.')
    >>> decimal_mark(["1,234", "5,678"])
    Guess(value='.', sure='unsure', why='1,234 could be thousands or a fraction; thousands are assumed')
    """
    proven: dict[str, str] = {}
    open_: str | None = None
    for number in numbers:
        bare = re.sub(r"[^\d.,]", "", number).strip(".,")
        for mark, other in ((",", "."), (".", ",")):
            fraction = re.search(rf"\{mark}(\d+)$", bare)
            if fraction and bare.count(mark) == 1 and (len(fraction[1]) != 3 or other in bare or bare.startswith("0")):
                proven.setdefault(mark, number)
            elif bare.count(mark) > 1:
                proven.setdefault(other, number)
            elif fraction and other not in bare:
                open_ = open_ or number
    if len(proven) == 2:
        return Guess(".", "unsure", f"both are there, such as {proven['.']} and {proven[',']}")
    if proven:
        mark, example = next(iter(proven.items()))
        return Guess(mark, "certain", f"such as {example}")
    if open_ is None:
        return Guess(".", "certain", "no number has a fraction")
    if "," in open_:
        return Guess(".", "unsure", f"{open_} could be thousands or a fraction; thousands are assumed")
    return Guess(".", "likely", f"{open_} could be thousands or a fraction; a fraction is assumed")


@dataclass(frozen=True)
class Signs:
    """Where a currency may be named.

    amounts : texts of the amounts. named, countries : values of columns of currencies and countries. money_headings,
    headings : those of columns of money, and all. mark : the mark of decimals.
    """

    amounts: Counter[str]
    named: Counter[str]
    money_headings: list[str]
    headings: list[str]
    countries: Counter[str]
    mark: str


def currency(signs: Signs) -> Guess:
    """Return the currency, from the strongest sign there is."""
    words = vocabulary().currencies
    chinese = any(is_chinese(heading) for heading in signs.headings)
    codes = Counter(
        {code.strip().upper(): count for code, count in signs.named.items() if re.fullmatch(r"\s*[A-Za-z]{3}\s*", code)}
    )
    if codes:
        code, count = codes.most_common(1)[0]
        if len(codes) == 1:
            return Guess(code, "certain", "the column of currencies says so")
        others = ", ".join(sorted(set(codes) - {code}))
        return Guess(code, "unsure", f"{count / codes.total():.0%} of the rows; the others are in {others}")
    written = " ".join([*signs.amounts, *signs.money_headings])
    for code in sorted(words.zones):
        if re.search(rf"(?<![A-Za-z]){code}(?![A-Za-z])", written) or any(
            plain(h).endswith(code.lower()) for h in signs.money_headings
        ):
            return Guess(code, "certain", f"{code} is written in the headings or amounts")
    for sign, code in sorted(words.symbols.items(), key=lambda item: -len(item[0])):
        if sign in written:
            if sign in "¥￥" and not chinese:
                return Guess(code, "unsure", f"{sign} is written there; it stands for yen, too")
            return Guess(code, "likely" if sign == "$" else "certain", f"{sign} is written in the headings or amounts")
    if chinese:
        return Guess("CNY", "likely", "the headings are Chinese")
    if signs.countries:
        country, count = signs.countries.most_common(1)[0]
        code_ = words.countries.get(country.strip().casefold())
        if code_ and count / signs.countries.total() > MOSTLY:
            return Guess(code_, "likely", f"{count / signs.countries.total():.0%} of the rows are of {country}")
    if signs.mark == ",":
        return Guess("EUR", "unsure", "nothing names a currency; decimals are written with a comma")
    return Guess("USD", "unsure", "nothing names a currency")


def time_zone(currency: Guess) -> Guess:
    """Return the zone where most of a currency is spent."""
    zone = vocabulary().currencies.zones.get(currency.value, "UTC")
    one_zone = currency.value in ("CNY", "GBP", "JPY", "INR") and currency.sure != "unsure"
    return Guess(zone, "likely" if one_zone else "unsure", f"the currency is {currency.value}")


def tax(headings: list[str], currency: Guess) -> Guess:
    """Return whether amounts hold tax, from a heading that says so, else from what is usual for the currency."""
    for heading in headings:
        text = heading.casefold()
        if re.search(r"含税|incl|gross|brutto", text) and not re.search(r"不含税", text):
            return Guess("included", "likely", f"a heading reads {heading}")
        if re.search(r"不含税|未税|excl|\bnet\b|netto", text):
            return Guess("excluded", "unsure" if "net" in text else "likely", f"a heading reads {heading}")
    if currency.value in ("USD", "CAD"):
        return Guess("excluded", "unsure", "usual in this currency; stated on the page, never computed with")
    return Guess("included", "unsure", "usual in this currency; stated on the page, never computed with")
