"""Every displayed string, and every number and date, in the language of the report.

Texts live in `en.yaml` and `zh.yaml` beside this module: nested sections, the same keys and placeholders in both
(a test compares them). A placeholder may say how its value is shown: `{share:share}`, `{revenue:money_minor}`,
`{month:month}`, or a scheme for a class key, `{segment:rfm_segment}`.
"""

import math
import re
import string
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

import pandas as pd
import yaml
from babel import dates, numbers

LANGUAGES = {"en": "en", "zh": "zh_Hans_CN"}  # language of the report: its Babel locale
MINUS = "\N{MINUS SIGN}"  # as wide as a figure, so that columns of numbers line up
STEPS = {"en": (10**12, 10**9, 10**6, 10**3), "zh": (10**8, 10**4)}  # trillion, billion, million, thousand; 亿, 万
BETWEEN_CHINESE = re.compile(r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])")  # a space beside a placeholder, once filled
SIGNIFICANT_FIGURES = 3  # in tiles and running text; tables and CSV files show more


class UnknownTextError(KeyError):
    """A key that the catalogue does not hold, or a placeholder without its value: a defect of ours."""


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """Return the flat catalogue of one language: `section.key` to text."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times faster, and each kernel loads it
    text = files(__package__).joinpath(f"{language}.yaml").read_text(encoding="utf-8")
    return dict(_flat(yaml.load(text, loader)))


def _flat(tree: Mapping[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for key, value in tree.items():
        if isinstance(value, Mapping):
            found += _flat(value, f"{prefix}{key}.")
        else:
            found.append((f"{prefix}{key}", str(value)))
    return found


def is_missing(value: object) -> bool:
    """Return whether a single value is None, NaN, NaT or NA."""
    return value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and math.isnan(value))


class Words:
    """The texts and formats of one language.

    Parameters
    ----------
    language : `en` or `zh`.
    currency : ISO 4217 code of the dataset's money; needed only where money is shown.

    Examples
    --------
    >>> words = Words("en", currency="USD")
    >>> words.percent(0.2149), words.money(1234567.8), words.count(12480), words.number(None)
    ('21.5%', '$1.23M', '12,480', 'not available')
    """

    def __init__(self, language: str, currency: str | None = None) -> None:
        self.language = language
        self.currency = currency
        self.locale = LANGUAGES[language]
        self._texts = catalogue(language)

    def __call__(self, key: str, /, **values: object) -> str:
        """Return the text of a key with its placeholders filled; a missing value reads "not available".

        Raises `UnknownTextError` for an unknown key or a placeholder without a value, and `TypeError` for a float whose
        placeholder does not say how to show it.
        """
        if key not in self._texts:
            raise UnknownTextError(f"no text {key!r} in the {self.language} catalogue")
        try:
            return BETWEEN_CHINESE.sub("", _Filler(self).vformat(self._texts[key], (), values))
        except KeyError as error:
            raise UnknownTextError(f"text {key!r} needs a value for {error}") from None

    def __contains__(self, key: str) -> bool:
        return key in self._texts

    def name(self, scheme: str, class_key: object) -> str:
        """Return the display name of a class: that of its scheme, else one that all schemes share."""
        if is_missing(class_key):
            return self("not_available")
        own = f"class.{scheme}.{class_key}"
        return self(own if own in self else f"class.shared.{class_key}")

    def scheme(self, scheme: str) -> str:
        """Return the display name of a scheme."""
        return self(f"scheme.{scheme}")

    def heading(self, column: str) -> str:
        """Return the heading of a table column, with its unit."""
        return self(f"column.{column}", currency=self.currency or "")

    def show(self, column: str, value: Any) -> str:
        """Return a value of a known table column as tables show it."""
        from analysis.report import measures  # measures shows values by means of Words

        return measures.show(self, value, measures.of_column(column))

    def number(self, value: Any, decimals: int = 0, signed: bool = False) -> str:
        """Return a number with thousands separators and fixed decimals; `signed` shows a plus, too."""
        if is_missing(value):
            return self("not_available")
        pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
        return _sign(numbers.format_decimal(_decimal(value), format=pattern, locale=self.locale), value, signed)

    def count(self, value: Any, signed: bool = False) -> str:
        """Return a whole number."""
        return self.number(value, 0, signed)

    def percent(self, value: Any, decimals: int = 1, signed: bool = False) -> str:
        """Return a share such as 0.215 as 21.5%."""
        if is_missing(value):
            return self("not_available")
        pattern = "#,##0" + ("." + "0" * decimals if decimals else "") + "%"
        return _sign(numbers.format_percent(_decimal(value), format=pattern, locale=self.locale), value, signed)

    def points(self, value: Any, decimals: int = 1, signed: bool = True) -> str:
        """Return the difference of two shares in percentage points: 0.021 as +2.1 pp."""
        if is_missing(value):
            return self("not_available")
        return self("unit.points", value=self.number(100 * value, decimals, signed))

    def money(self, value: Any, currency: str | None = None, exact: bool = False, signed: bool = False) -> str:
        """Return an amount in currency units: short, with three significant figures, or `exact` with its cents."""
        if is_missing(value):
            return self("not_available")
        code = self._currency(currency)
        size = _decimal(abs(value))
        step = next((step for step in STEPS[self.language] if size >= step), None)
        if exact or (step is None and size < 100 and size % 1):
            text = numbers.format_currency(size, code, locale=self.locale)
        elif step is None:
            text = numbers.format_currency(size, code, "¤#,##0", locale=self.locale, currency_digits=False)
        else:
            figures = max(0, SIGNIFICANT_FIGURES - len(str(int(size / step))))
            text = numbers.format_compact_currency(size, code, locale=self.locale, fraction_digits=figures)
        return _sign(text if value >= 0 else MINUS + text, value, signed)

    def minor(self, value: Any, currency: str | None = None) -> float | None:
        """Return whole minor units (cents) as currency units; None when missing."""
        if is_missing(value):
            return None
        return float(value) / 10 ** numbers.get_currency_precision(self._currency(currency))

    def date(self, value: Any) -> str:
        """Return a calendar date."""
        if is_missing(value):
            return self("not_available")
        return dates.format_date(_day(value), format="long" if self.language == "zh" else "d MMM y", locale=self.locale)

    def period(self, first: Any, last: Any) -> str:
        """Return two calendar dates, both included, as one span."""
        if self.language == "zh":
            return dates.format_interval(_day(first), _day(last), "yMMMd", locale=self.locale)
        first, last = _day(first), _day(last)
        same_year, same_month = first.year == last.year, (first.year, first.month) == (last.year, last.month)
        start = "d" if same_month else "d MMM" if same_year else "d MMM y"
        dash = "–" if same_month else " – "
        return dates.format_date(first, start, self.locale) + dash + self.date(last)

    def city(self, time_zone: str) -> str:
        """Return the city that a time zone is named for."""
        return dates.get_timezone_location(time_zone, locale=self.locale, return_city=True)

    def month(self, value: str) -> str:
        """Return a month `YYYY-MM` by its name and year."""
        if is_missing(value):
            return self("not_available")
        return dates.format_skeleton("yMMMM", date.fromisoformat(f"{value}-01"), locale=self.locale)

    def calendar_month(self, number: int) -> str:
        """Return the name of a month of any year, 1 to 12."""
        return dates.get_month_names("wide", context="stand-alone", locale=self.locale)[number]

    def days(self, value: Any, decimals: int = 0) -> str:
        """Return a duration in days."""
        if is_missing(value):
            return self("not_available")
        return self("unit.day" if value == 1 else "unit.days", value=self.number(value, decimals))

    def list(self, items: Sequence[str]) -> str:
        """Return several texts as one enumeration."""
        if len(items) < 2:
            return "".join(items)
        return self("list.last", most=self("list.between").join(items[:-1]), last=items[-1])

    def _currency(self, currency: str | None) -> str:
        code = currency or self.currency
        if code is None:
            raise ValueError("money needs a currency: Words(language, currency=...)")
        return code


class _Filler(string.Formatter):
    """Fill placeholders; the part after the colon is a kind of measure, or a scheme."""

    def __init__(self, words: Words) -> None:
        self.words = words

    def format_field(self, value: Any, format_spec: str) -> str:
        from analysis.report import measures  # measures shows values by means of Words

        if format_spec:
            return measures.show(self.words, value, measures.of_placeholder(format_spec))
        if is_missing(value):
            return self.words("not_available")
        if isinstance(value, float):
            raise TypeError(f"say in the catalogue how to show {value}: {{name:share}}, {{name:number}} ...")
        if isinstance(value, int):
            return self.words.count(value)
        return self.words.date(value) if isinstance(value, date) else str(value)


def _decimal(value: Any) -> Decimal:
    if isinstance(value, Decimal):
        return value
    plain = value.item() if hasattr(value, "item") else value  # numpy scalars print their type
    return Decimal(repr(plain))


def _sign(text: str, value: Any, signed: bool) -> str:
    text = text.replace("-", MINUS)
    if not any(digit in text for digit in "123456789"):
        return text.replace(MINUS, "")  # a rounded zero has no sign
    return f"+{text}" if signed and value > 0 else text


def _day(value: Any) -> date:
    return value.date() if isinstance(value, datetime) else value
