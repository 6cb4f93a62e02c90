"""What headings and values mean in exports, English and Chinese: the words of `recognition.yaml`."""

import re
import unicodedata
from functools import cache
from pathlib import Path

from analysis.strict import StrictModel, load_yaml

Words = tuple[str, ...]
CHINESE = re.compile(r"[一-鿿]")
SHORTEST_PART = 5  # Latin letters: a shorter word inside a longer heading means too little ("item" in "item note")


class Currencies(StrictModel):
    """Signs and countries that stand for a currency, and the zone where most of it is spent."""

    symbols: dict[str, str]
    countries: dict[str, str]
    zones: dict[str, str]


class Vocabulary(StrictModel):
    """Names of columns by table, names of tables, words for states of an order and for what is no product."""

    headings: dict[str, dict[str, Words]]
    tables: dict[str, Words]
    statuses: dict[str, Words]
    products: dict[str, Words]
    currencies: Currencies
    beside_the_sale: Words


@cache
def vocabulary() -> Vocabulary:
    """Return the words, read once."""
    return load_yaml(Path(__file__).with_name("recognition.yaml"), Vocabulary)


def plain(text: str) -> str:
    """Return a text as it is compared: without case, spaces, punctuation and what stands in brackets.

    Examples
    --------
    >>> plain("Customer_ID"), plain("实付金额（元）"), plain("INVOICE No.")
    ('customerid', '实付金额', 'invoiceno')
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    bare = re.sub(r"\([^)]*\)|\[[^]]*\]", "", folded)
    return re.sub(r"[\W_]+", "", bare) or re.sub(r"[\W_]+", "", folded)


def is_chinese(text: str) -> bool:
    """Tell whether a text holds a Chinese character."""
    return bool(CHINESE.search(text))


def holds(text: str, word: str) -> bool:
    """Tell whether a word stands in a longer text; short Latin words must be the whole of it.

    Both are compared as `plain`.
    """
    if text == word:
        return True
    long_enough = len(word) >= (2 if is_chinese(word) else SHORTEST_PART)
    return long_enough and word in text


def meaning(value: str, lists: dict[str, Words]) -> str | None:
    """Return the name of the first list with a word that equals a value, or that a Chinese value holds."""
    text = plain(value)
    for name, words in lists.items():
        if any(text == plain(word) for word in words):
            return name
    if is_chinese(text):
        for name, words in lists.items():
            if any(is_chinese(word) and plain(word) in text for word in words):
                return name
    return None
