"""Months, their `as_of`, and what makes one complete. All day arithmetic of the tables is here."""

import datetime as dt
import re
from itertools import pairwise
from math import ceil

from analysis.errors import InputError

COMPLETE_GAP_PERCENT = 99  # a silence rarer than 1 in 100 at the month's end means that data are still to come


def month_start(month: str) -> dt.date:
    """Return the first day of a month `YYYY-MM`.

    Raises
    ------
    InputError : the text is not a month.
    """
    if not re.fullmatch(r"(19|20)\d{2}-(0[1-9]|1[0-2])", month):
        raise InputError(
            "not a month",
            where="MONTH",
            got=repr(month),
            expected="YYYY-MM, such as 2017-11",
            do="Write year, hyphen, two-digit month.",
        )
    return dt.date(int(month[:4]), int(month[5:]), 1)


def shift(month: str, months: int) -> str:
    """Return the month that lies `months` later (earlier if negative)."""
    start = month_start(month)
    year, zero_based = divmod(start.year * 12 + start.month - 1 + months, 12)
    return f"{year:04d}-{zero_based + 1:02d}"


def as_of(month: str) -> dt.date:
    """Return the first day after a month: the first instant that may not influence it."""
    return month_start(shift(month, 1))


def is_complete(month: str, days: list[dt.date], complete_through: str | None) -> bool:
    """Tell whether the records reach the month's end.

    Parameters
    ----------
    days : the distinct days with records, ascending; only those before `as_of` are looked at.
    complete_through : a day the data owner vouches for, `YYYY-MM-DD`; it decides when given.

    Returns
    -------
    True when the silence from the last record to `as_of` is no longer than the gap between days with records
    that 99 % of gaps do not exceed (at least one day).
    """
    end = as_of(month)
    if complete_through is not None:
        return dt.date.fromisoformat(complete_through) >= end - dt.timedelta(days=1)
    known = [day for day in days if day < end]
    if not known or known[-1] < month_start(month):
        return False
    gaps = sorted((later - earlier).days for earlier, later in pairwise(known)) or [1]
    usual = gaps[ceil(COMPLETE_GAP_PERCENT * len(gaps) / 100) - 1]
    return (end - known[-1]).days <= max(usual, 1)


def last_complete_month(days: list[dt.date], complete_through: str | None) -> str | None:
    """Return the last complete month of the data, or None."""
    if not days:
        return None
    month = f"{days[-1]:%Y-%m}"
    first = f"{days[0]:%Y-%m}"
    while month >= first:
        if is_complete(month, days, complete_through):
            return month
        month = shift(month, -1)
    return None


def first_month_with_window(first_day: dt.date, window_days: int) -> str:
    """Return the earliest month whose whole window lies in data that begin on `first_day`."""
    month = f"{first_day:%Y-%m}"
    while as_of(month) - dt.timedelta(days=window_days) < first_day:
        month = shift(month, 1)
    return month
