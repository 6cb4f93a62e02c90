"""From how long the records reach and how soon customers come back: window, unknown ages, baseline."""

import datetime as dt
from dataclasses import dataclass

from analysis.engine.duck import DuckDB
from analysis.proposal.guess import Guess
from analysis.tables import calendar

# Window presets by the usual gap between two order days of one customer: about three gaps fit into a window.
PRESETS = ((30, 90, "grocery"), (120, 365, "retail"), (240, 730, "B2B"), (100_000, 1095, "long cycles"))
ROOM_DAYS = 62  # besides the window: the first month of a report has a month before it to compare with
SHORTEST, STEP = 7, 30  # days: the shortest window that settings take; shorter windows than 90 are whole 30 days
CENSOR_PART = 4  # customers of the first quarter of a short history may be older than it


@dataclass(frozen=True)
class History:
    """Days with sales, ascending; the median days between two order days of a customer, None if nobody came back."""

    days: list[dt.date]
    gap: float | None

    @property
    def length(self) -> int:
        """Days from the first sale to the end of the last complete month, or to the last sale where none is."""
        month = calendar.last_complete_month(self.days, None)
        end = calendar.as_of(month) if month else self.days[-1]
        return (end - self.days[0]).days


def history(db: DuckDB, lines: str) -> History | None:
    """Return what the sales of `lines` (customer, moment, amount) tell; None where no time can be read."""
    sold = f"SELECT DISTINCT customer, CAST(moment AS DATE) AS day FROM {lines} WHERE moment IS NOT NULL AND amount > 0"
    days = [day for (day,) in db.execute(f"SELECT DISTINCT day FROM ({sold}) ORDER BY day") if isinstance(day, dt.date)]
    if not days:
        return None
    gap = db.execute(
        f"""SELECT MEDIAN(day - before) FROM (
                SELECT day, lag(day) OVER (PARTITION BY customer ORDER BY day) AS before
                FROM ({sold}) WHERE customer IS NOT NULL)
            WHERE before IS NOT NULL"""
    )[0][0]
    return History(days, None if gap is None else float(str(gap)))


def window(history: History) -> Guess:
    """Return the days of the window: the preset of the usual gap, or the longest that the records allow."""
    most = history.length - ROOM_DAYS
    usual = "nobody came back" if history.gap is None else f"customers come back after {history.gap:.0f} days (median)"
    reach = f"the records hold {history.length} days of whole months"
    wanted, name = next((days, name) for gap, days, name in PRESETS if (history.gap or PRESETS[1][0]) <= gap)
    if wanted <= most:
        return Guess(wanted, "likely" if history.gap is not None else "unsure", f"{usual}: the preset for {name}")
    shorter = [(days, name) for _, days, name in PRESETS if days <= most]
    if shorter:
        days, name = shorter[-1]
        return Guess(days, "unsure", f"{usual}, but {reach}: the longest preset that leaves months to compare")
    days = max(most // STEP * STEP, min(STEP, history.length), SHORTEST)
    return Guess(days, "unsure", f"{reach}; use 90 or more when they hold a year")


def left_censor(history: History, window_days: int) -> Guess:
    """Return the first days of the records in which a customer may have been one for long."""
    days = min(window_days, history.length // CENSOR_PART)
    return Guess(days, "likely", "customers first seen in these first days may be older; 0 if all histories begin here")


def baseline(history: History, window_days: int) -> Guess | None:
    """Return the month on which cut points are fitted; None where no complete month has its window in the records."""
    month = calendar.first_month_with_window(history.days[0], window_days)
    last = calendar.last_complete_month(history.days, None)
    if last is None or month > last:
        return None
    return Guess(
        month, "certain", f"the earliest month whose window lies in the records, which begin {history.days[0]}"
    )
