import datetime as dt

import pytest

from analysis.errors import InputError
from analysis.tables import calendar

DAYS = [dt.date(2024, 1, 1) + dt.timedelta(days=n) for n in range(59)]  # 1 January to 28 February 2024


def test_as_of_is_the_first_day_after_the_month():
    assert calendar.as_of("2024-02") == dt.date(2024, 3, 1)
    assert calendar.as_of("2024-12") == dt.date(2025, 1, 1)


@pytest.mark.parametrize(("months", "expected"), [(0, "2024-01"), (-1, "2023-12"), (-13, "2022-12"), (12, "2025-01")])
def test_months_are_shifted_over_years(months, expected):
    assert calendar.shift("2024-01", months) == expected


@pytest.mark.parametrize("text", ["2024", "2024-13", "2024-1", "24-01", "2024-01-01", ""])
def test_what_is_no_month_is_refused(text):
    with pytest.raises(InputError, match="YYYY-MM"):
        calendar.month_start(text)


def test_a_month_is_complete_when_records_reach_its_end():
    assert calendar.is_complete("2024-01", DAYS, None)
    # daily records: the usual gap is one day, but February ends on the 29th, two days before as_of
    assert not calendar.is_complete("2024-02", DAYS, None)
    assert not calendar.is_complete("2024-03", DAYS, None)


def test_weekend_gaps_are_usual_where_they_recur():
    workdays = [day for day in DAYS if day.weekday() < 5]  # the last is Wednesday 28 February
    assert calendar.is_complete("2024-02", workdays, None)


def test_later_days_do_not_decide_whether_a_month_is_complete():
    gap = [day for day in DAYS if day < dt.date(2024, 1, 25)]
    later = [dt.date(2024, 2, 20)]
    assert not calendar.is_complete("2024-01", gap, None)
    assert not calendar.is_complete("2024-01", gap + later, None)


def test_the_data_owner_may_vouch_for_a_month():
    assert calendar.is_complete("2024-02", DAYS, "2024-02-29")
    assert not calendar.is_complete("2024-01", DAYS, "2024-01-30")


def test_the_last_complete_month():
    assert calendar.last_complete_month(DAYS, None) == "2024-01"
    assert calendar.last_complete_month([], None) is None


def test_the_first_month_with_a_whole_window():
    # 90 days before 1 April 2024 is 2 January; before 31 March there are only 90 days from 1 January
    assert calendar.first_month_with_window(dt.date(2024, 1, 1), 90) == "2024-03"
    assert calendar.first_month_with_window(dt.date(2024, 1, 3), 90) == "2024-04"
