"""How a raw value becomes a canonical one, as SQL: ids, amounts and numbers here, times in `times`.

A value is read by the rule that `dataset.yaml` states, or not at all: what no rule covers is NULL, never repaired.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from babel.numbers import get_currency_symbol, list_currencies

from analysis.engine.duck import identifier, literal
from analysis.tables.dataset import Settings, Source
from analysis.tables.times import TimeRules, local_time
from analysis.tables.typed import FLOATING, as_text

SQL_TYPES = {"text": "VARCHAR", "time": "TIMESTAMP", "amount": "DECIMAL(18, 4)", "number": "DOUBLE"}
# Full-width forms, the typographic minus and apostrophe, and every kind of space, as their plain forms.
UNUSUAL = "０１２３４５６７８９．，－＋（）￥＄￡−’\u3000\u00a0\u2007\u2009\u202f"
PLAIN = "0123456789.,-+()¥$£-'     "
# How currencies are written beside their code and their symbol in English and Chinese.
DOLLARS_AND_PESOS = (
    "ARS AUD BBD BMD BND BSD BZD CAD CLP COP CUP DOP FJD GYD HKD "
    "JMD KYD LRD MXN NAD NZD SBD SGD SRD TTD TWD USD UYU XCD"
)
WORDS = dict.fromkeys(DOLLARS_AND_PESOS.split(), ("$",)) | {
    "AED": ("Dhs", "Dh", "د.إ"), "ALL": ("lekë", "Lek"), "AMD": ("֏",), "AZN": ("₼",), "BAM": ("KM",),
    "BDT": ("৳", "Tk"), "BGN": ("лв.", "лв"), "BYN": ("Br", "руб."), "CHF": ("SFr.", "Fr.", "Fr"),
    "CNY": ("RMB", "人民币", "元", "圆"), "CRC": ("₡",), "CZK": ("Kč",), "DKK": ("kr.", "kr"),
    "EGP": ("E£", "LE", "ج.م"), "ETB": ("Br",), "EUR": ("欧元",), "GBP": ("英镑",), "GEL": ("₾",),
    "GHS": ("GH₵", "₵"), "HKD": ("$", "港元", "港币"), "HUF": ("Ft",), "IDR": ("Rp.", "Rp"), "INR": ("Rs.", "Rs"),
    "ISK": ("kr.", "kr"), "JPY": ("円", "日元"), "KES": ("KSh", "Ksh"), "KHR": ("៛",), "KRW": ("원", "韩元"),
    "KZT": ("₸",), "LAK": ("₭",), "LKR": ("Rs.", "Rs"), "MDL": ("lei",), "MNT": ("₮",), "MOP": ("MOP$", "澳门元"),
    "MYR": ("RM",), "NGN": ("₦",), "NOK": ("kr.", "kr"), "NPR": ("Rs.", "Rs"), "PEN": ("S/.", "S/"), "PHP": ("₱",),
    "PKR": ("Rs.", "Rs"), "PLN": ("zł",), "PYG": ("₲",), "RON": ("lei",), "RSD": ("din.", "дин."),
    "RUB": ("₽", "руб.", "руб"), "SAR": ("SR", "ر.س", "﷼"), "SEK": ("kr.", "kr"), "SGD": ("$", "S$", "新元"),
    "THB": ("฿", "บาท"), "TRY": ("₺", "TL"), "TWD": ("$", "新台币"), "UAH": ("₴", "грн.", "грн"),
    "USD": ("$", "美元"), "UZS": ("soʻm", "so'm"), "VND": ("₫", "đ"), "XAF": ("F CFA", "CFA"),
    "XOF": ("F CFA", "CFA"), "ZAR": ("R",), "ZMW": ("ZK",),
}  # fmt: skip


@dataclass(frozen=True)
class Rules:
    """How a source writes numbers and times."""

    decimal_mark: str
    currency: str
    times: TimeRules

    @classmethod
    def of(cls, source: Source, settings: Settings, where: str) -> "Rules":
        """Return the rules of a source; `where` names it in errors."""
        return cls(source.decimal_mark, settings.currency, TimeRules.of(source, settings, where))


def canonical(kind: str, raw: str, found: str, rules: Rules) -> str:
    """Return the SQL that reads one raw column as a canonical kind; what cannot be read is NULL.

    Parameters
    ----------
    kind : text, time, amount or number. raw : the column's name. found : its type in DuckDB.
    """
    column = identifier(raw)
    if kind == "time":
        return local_time(column, found, rules.times)
    if kind == "text":
        return f"NULLIF(TRIM({as_text(column, found, rules.decimal_mark)}), '')"
    if found in FLOATING:  # by the digits it is written with, as beside text: its binary form rounds halves either way
        return f"TRY_CAST(CAST({column} AS VARCHAR) AS {SQL_TYPES[kind]})"
    if found != "VARCHAR":
        return f"TRY_CAST({column} AS {SQL_TYPES[kind]})"
    written = _unusual_made_plain(column)
    bare = _without_marks(written, _own_marks(rules.currency)) if kind == "amount" else written
    plain = _plain_number(column, kind, rules)
    # CASE, because DuckDB computes what stands twice in a COALESCE for every row, plain or not.
    return f"CASE WHEN {plain} IS NOT NULL THEN {plain} ELSE {_written_number(bare, kind, rules)} END"


def formatted(amounts: dict[str, str], rules: Rules) -> str:
    """Return the SQL that tells whether an amount of a row could be read, but is no plain number: `¥1,234.50`, `(5)`.

    Parameters
    ----------
    amounts : the raw columns of amounts and their types; only text can be formatted.
    """

    def readable(text: str) -> str:
        return f"{_written_number(_without_marks(text, _own_marks(rules.currency)), 'amount', rules)} IS NOT NULL"

    return _any_of(amounts, rules, readable)


def foreign_currency(amounts: dict[str, str], rules: Rules) -> str:
    """Return the SQL that tells whether an amount of a row is written with another currency's sign or code."""

    def foreign(text: str) -> str:
        own, bare = _without_marks(text, _own_marks(rules.currency)), _without_marks(text, _every_mark())
        return f"NOT {_is_number(own, rules)} AND {_is_number(bare, rules)}"

    return _any_of(amounts, rules, foreign)


def shape(raw: str) -> str:
    """Return the SQL of a text's shape, which tells how it is written and not what: 31/01/24 is 99/99/99."""
    text = f"CAST({identifier(raw)} AS VARCHAR)"
    return rf"left(regexp_replace(regexp_replace({text}, '[0-9]', '9', 'g'), '\p{{L}}', 'a', 'g'), 40)"


def _any_of(amounts: dict[str, str], rules: Rules, condition: Callable[[str], str]) -> str:
    """Return whether the condition holds for the text of any amount that is no plain number."""
    parts = [
        f"CASE WHEN {_plain_number(column, 'amount', rules)} IS NULL "
        f"THEN COALESCE({condition(_unusual_made_plain(column))}, FALSE) ELSE FALSE END"
        for raw, found in amounts.items()
        if found == "VARCHAR"
        for column in [identifier(raw)]
    ]
    return " OR ".join(parts) or "FALSE"


def _plain_number(column: str, kind: str, rules: Rules) -> str:
    """Return the SQL of what nearly every value is, digits with a decimal mark; all others are NULL."""
    if rules.decimal_mark == ",":
        column = f"CASE WHEN NOT contains({column}, '.') THEN replace({column}, ',', '.') END"
    # DuckDB also takes 1_000 and 1e3 for numbers, which nobody writes as an amount on purpose.
    odd = " OR ".join(f"contains({column}, '{mark}')" for mark in "_eE")
    return f"CASE WHEN NOT ({odd}) THEN TRY_CAST({column} AS {SQL_TYPES[kind]}) END"


def _written_number(bare: str, kind: str, rules: Rules) -> str:
    """Return the SQL of a number with thousands in threes, a sign behind it or parentheses around it."""
    mark = rules.decimal_mark
    digits = f"replace(regexp_replace({bare}, '[^0-9{mark}]', '', 'g'), '{mark}', '.')"
    sign = f"CASE WHEN regexp_matches({bare}, '[-(]') THEN '-' ELSE '' END"
    return f"CASE WHEN {_is_number(bare, rules)} THEN TRY_CAST({sign} || {digits} AS {SQL_TYPES[kind]}) END"


def _is_number(bare: str, rules: Rules) -> str:
    mark = re.escape(rules.decimal_mark)
    grouped = "|".join(
        rf"\d{{1,3}}(?:{group}\d{{3}})+" for group in (re.escape({".": ",", ",": "."}[rules.decimal_mark]), " ", "''")
    )
    number = rf"(?:(?:{grouped}|\d+)(?:{mark}\d*)?|{mark}\d+)"
    return rf"regexp_full_match({bare}, ' *(?:[-+]? *{number}|{number} *-|\( *{number} *\)) *')"


def _unusual_made_plain(column: str) -> str:
    return f"translate({column}, {literal(UNUSUAL)}, {literal(PLAIN)})"


def _without_marks(text: str, marks: str) -> str:
    """Return the SQL of a text without one currency mark before it and one behind it, signs left where they are."""
    leading = rf"regexp_replace({text}, {literal(rf'^( *[-+(]? *)(?i:{marks})')}, '\1')"
    return rf"regexp_replace({leading}, {literal(rf'(?i:{marks})( *[-)]? *)$')}, '\1')"


@cache
def _own_marks(currency: str) -> str:
    """Return the pattern of a currency's own marks: its code, its symbols in English and Chinese, their bare sign."""
    symbols = {get_currency_symbol(currency, locale) for locale in ("en", "zh")}
    signs = {symbol[-1] for symbol in symbols if not symbol[-1].isalnum()}
    return _pattern({currency, *symbols, *signs, *WORDS.get(currency, ())})


@cache
def _every_mark() -> str:
    """Return the pattern of any currency's mark; a sign may have letters before it: `HK$`."""
    # A single letter is a mark of its own currency alone: elsewhere 5R or 5 k may mean anything.
    words = {word for own in WORDS.values() for word in own if len(word) > 1 or not word.isascii()}
    return rf"[A-Z]{{0,3}}\p{{Sc}}|{_pattern({*list_currencies(), *words})}"


def _pattern(marks: set[str]) -> str:
    return "|".join(re.escape(mark) for mark in sorted(marks, key=lambda mark: (-len(mark), mark)))
