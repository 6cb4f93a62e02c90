from dataclasses import replace
from decimal import Decimal

import pyarrow.parquet as pq
import pytest

from analysis.engine.duck import DuckDB, literal
from analysis.errors import InputError
from analysis.tables import read
from analysis.tables.times import TimeRules, local_time, stop_on_ambiguous_times
from analysis.tables.values import Rules, canonical, foreign_currency, formatted
from tests.shop import lines, make_dataset

ISO = TimeRules((), "UTC", "UTC", "shop/dataset.yaml, tables.transactions")


def ask(texts, *expressions):
    """Return what SQL expressions over the column `raw` give for each text."""
    values = ", ".join(f"({number}, {'NULL' if text is None else literal(text)})" for number, text in enumerate(texts))
    with DuckDB() as db:
        return db.execute(
            f"SELECT {', '.join(expressions)} FROM (VALUES {values}) AS texts(number, raw) ORDER BY number"
        )


def amounts(texts, *, currency="CNY", decimal_mark="."):
    rules = Rules(decimal_mark, currency, ISO)
    return [value for (value,) in ask(texts, canonical("amount", "raw", "VARCHAR", rules))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1234.5", "1234.5"),
        (" 12 ", "12"),
        ("-0.0001", "-0.0001"),
        ("1,234,567.89", "1234567.89"),
        ("1 234.5", "1234.5"),
        ("1\u00a0234\u202f567", "1234567"),
        ("1'234.50", "1234.5"),
        ("¥1,234.50", "1234.5"),
        ("￥ 12", "12"),
        ("CN¥12", "12"),
        ("RMB 12", "12"),
        ("rmb12", "12"),
        ("12元", "12"),
        ("12.50 CNY", "12.5"),
        ("人民币12", "12"),
        ("１２，３４５．６", "12345.6"),
        ("（１２）", "-12"),
        ("(1,234.50)", "-1234.5"),
        ("(¥5)", "-5"),
        ("¥(5)", "-5"),
        ("5-", "-5"),
        ("-¥5", "-5"),
        ("¥-5", "-5"),
        ("−5", "-5"),
        ("¥ -5.00 元", "-5"),
        ("+5", "5"),
        ("¥.5", "0.5"),
    ],
)
def test_an_amount_is_read_as_people_write_it(text, expected):
    assert amounts([text]) == [Decimal(expected)]


@pytest.mark.parametrize(
    "text",
    [
        "12,34", "1,23,456", "1,2345", "1.234.567", "1,234.5.6", "12 34", "1 234,567", "5%", "$5", "US$5", "5 USD",
        "5 kr", "ten", "-", "¥", "", None, "--5", "(5", "5)", "-(5)", "-5-", "(-5)", "5 5", "1元500", "5元/件", "¥¥5",
        "12万", "0x10", "1e3", "1_000",
    ],
)  # fmt: skip
def test_what_no_rule_covers_is_not_read(text):
    assert amounts([text]) == [None]


def test_a_decimal_comma_makes_the_point_a_mark_of_thousands():
    texts = ["1.234,50", "1.234", "12,5", "1234", "1.234.567", "12.5", "1.2345", "1,234.5", "1,5,5", "1 234,5", "-1,5"]
    expected = ["1234.5", "1234", "12.5", "1234", "1234567", None, None, None, None, "1234.5", "-1.5"]
    assert amounts(texts, decimal_mark=",") == [None if text is None else Decimal(text) for text in expected]


@pytest.mark.parametrize(
    ("currency", "own"),
    [
        ("EUR", "5,00 €"), ("GBP", "£5,00"), ("USD", "US$5,00"), ("USD", "$5,00"), ("JPY", "¥5,00"),
        ("CHF", "CHF 5,00"), ("CAD", "CA$5,00"), ("CAD", "$ 5,00"), ("INR", "₹5,00"), ("EUR", "EUR 5,00"),
        ("USD", "＄5,00"), ("SEK", "5,00 kr"), ("PLN", "5,00 zł"), ("TRY", "₺5,00"), ("RUB", "5,00 ₽"),
        ("JPY", "5円"), ("SEK", "5,00 kr."), ("CHF", "Fr. 5"), ("CHF", "5 SFr."), ("UAH", "₴5"), ("NGN", "₦5"),
        ("THB", "฿5"), ("SGD", "S$5"), ("SGD", "$5"), ("MXN", "$5"), ("KRW", "5원"), ("ZAR", "R 5"),
        ("BRL", "R$ 5"), ("TWD", "NT$5"), ("XOF", "5 F CFA"),
    ],
)  # fmt: skip
def test_each_currency_has_its_own_marks(currency, own):
    assert amounts([own], currency=currency, decimal_mark=",") == [Decimal(5)]


def test_numbers_have_no_currency_and_typed_values_no_format():
    rules = Rules(".", "CNY", ISO)
    assert ask(["1,200", "¥5", "2.5"], canonical("number", "raw", "VARCHAR", rules)) == [(1200.0,), (None,), (2.5,)]
    assert ask(["0.1"], canonical("amount", "raw", "DOUBLE", rules)) == [(Decimal("0.1"),)]
    assert formatted({"raw": "DOUBLE"}, rules) == foreign_currency({}, rules) == "FALSE"


def test_formatted_amounts_and_those_of_another_currency_are_told_apart():
    rules = Rules(".", "CNY", ISO)
    # 999999999999999 has more digits than an amount holds; a single letter is the mark of no other currency
    unread = ["ten", "5%", "", None, "¥5/件", "999999999999999", "999,999,999,999,999", "5R", "5k"]
    texts = ["5", "¥1,234.50", "5元", "$5", "HK$ 5", "5 USD", "5 kr", *unread]
    told = ask(texts, formatted({"raw": "VARCHAR"}, rules), foreign_currency({"raw": "VARCHAR"}, rules))
    assert [text for text, (is_formatted, _) in zip(texts, told, strict=True) if is_formatted] == ["¥1,234.50", "5元"]
    assert [text for text, (_, foreign) in zip(texts, told, strict=True) if foreign] == ["$5", "HK$ 5", "5 USD", "5 kr"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2011-03-04", "2011-03-04 00:00:00"),
        ("2011/3/4", "2011-03-04 00:00:00"),
        ("20110304", "2011-03-04 00:00:00"),
        ("2011年3月4日", "2011-03-04 00:00:00"),
        ("2011.03.04", "2011-03-04 00:00:00"),
        # with a time of day, from Shanghai's to London's in winter: eight hours back
        ("2011/03/04 12:30", "2011-03-04 04:30:00"),
        ("2011-03-04T12:30:15.5", "2011-03-04 04:30:15.500000"),
        ("2011年3月4日 12:30", "2011-03-04 04:30:00"),
        ("20110304 12:30:15", "2011-03-04 04:30:15"),
        ("2011-03-04 12:30:00 UTC", "2011-03-04 12:30:00"),
        ("2011-03-04T12:30:00+01:00", "2011-03-04 11:30:00"),
        # a day that is none, a year of two digits, words that would go unheard, an Excel serial number in text
        ("2011-02-30", "None"),
        ("11-03-04", "None"),
        ("2011-03-04 1:30 PM", "None"),
        ("2011-03-04 12:30 CET", "None"),
        ("40606", "None"),
        ("infinity", "None"),
        ("2011-03-04 (BC)", "None"),
        ("", "None"),
    ],
)
def test_times_year_first_need_no_format(text, expected):
    rules = replace(ISO, source_zone="Asia/Shanghai", reporting_zone="Europe/London")
    assert [str(time) for (time,) in ask([text], local_time("raw", "VARCHAR", rules))] == [expected]


def test_several_formats_are_tried_in_their_order_then_year_first_and_nothing_else_is():
    rules = replace(ISO, formats=("%d/%m/%Y", "%d/%m/%Y %H:%M", "%d %b %Y"), reporting_zone="Asia/Shanghai")
    texts = ["3/4/2011", "03/04/2011 17:00", "4 Mar 2011", "2011-03-04", "3/4/11"]
    # a day stays where it is, a time moves to Shanghai; a year of two digits is no year of the first century
    expected = ["2011-04-03 00:00:00", "2011-04-04 01:00:00", "2011-03-04 00:00:00", "2011-03-04 00:00:00", "None"]
    assert [str(time) for (time,) in ask(texts, local_time("raw", "VARCHAR", rules))] == expected


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (
            ["03/04/2011", "05/06/2011", "07/08/2011", "09/10/2011"],
            r"03/04/2011, 05/06/2011, 07/08/2011; written as 99/99/9999 \(4 rows\).*'%d/%m/%Y' \(day first\) or "
            r"time_format: '%m/%d/%Y' \(month first\)\. Both fit every value",
        ),
        (["03/04/2011 10:00", "13/04/2011 10:00"], "'%d/%m/%Y %H:%M'.*Only day first fits every value"),
        (["3-4-11", "4-13-11"], "'%m-%d-%y'.*Only month first fits every value"),
        (["13/04/2011", "04/13/2011"], "Neither fits every value"),
        (["2011-03-04", "03.04.2011"], r"\['%Y-%m-%d', '%d\.%m\.%Y'\]"),
    ],
    ids=["either", "day first", "month first", "both orders", "two forms"],
)
def test_a_column_whose_days_could_be_months_is_refused(texts, expected):
    values = ", ".join(f"({literal(text)})" for text in texts)
    with DuckDB() as db, pytest.raises(InputError, match=expected):
        stop_on_ambiguous_times(db, f"(VALUES {values}) AS texts(raw)", "raw", "VARCHAR", ISO)


def test_a_stated_format_or_a_typed_column_is_never_ambiguous():
    with DuckDB() as db:
        relation = "(VALUES ('03/04/2011')) AS texts(raw)"
        stop_on_ambiguous_times(db, relation, "raw", "VARCHAR", replace(ISO, formats=("%d/%m/%Y",)))
        stop_on_ambiguous_times(db, relation, "raw", "DATE", ISO)


def test_an_ambiguous_column_stops_the_reading_before_anything_is_written(tmp_path):
    rows = [("ann", "2024-01-01", str(n), 5) for n in range(5)]
    dataset = make_dataset(tmp_path, lines(*rows, ("ann", "03/04/2024", "x", 5)))
    with pytest.raises(InputError, match=r"tables\.transactions, column time: day and month could be either way round"):
        read(dataset)
    assert list((dataset.folder / "accepted").iterdir()) == []


@pytest.mark.parametrize(
    "formats",
    [
        ["%d/%m/%Y", "%m/%d/%Y"],
        ["%m/%d/%Y", "%d/%m/%Y %H:%M"],
        ["%d.%m.%Y", "%m-%d-%y"],
        ["%Y-%m-%d", "%Y-%d-%m"],
        ["%y/%m/%d", "%d/%m/%y"],
    ],
)
def test_formats_of_opposite_order_of_day_and_month_are_refused(tmp_path, formats):
    dataset = make_dataset(tmp_path, lines(("ann", "03/04/2024", "1", 5)), transactions={"time_format": formats})
    with pytest.raises(InputError, match="two formats take day and month in opposite order"):
        read(dataset)


def test_formats_that_no_value_fits_both_of_may_differ_in_order(tmp_path):
    formats = ["%d/%m/%Y", "%Y-%m-%d", "%b %d, %Y"]
    dataset = make_dataset(tmp_path, lines(("ann", "03/04/2024", "1", 5)), transactions={"time_format": formats})
    assert str(pq.read_table(read(dataset).path("transactions"))["order_date"][0]) == "2024-04-03"
