"""Opening a month, and fitting the cut points that its classes need."""

import datetime as dt
from pathlib import Path

from analysis import cutoffs, tables
from analysis.errors import InputError
from analysis.month import Month
from analysis.tables import calendar, load_dataset


def open_month(dataset: str, month: str | None = None, *, root: Path | None = None, refresh: bool = False) -> Month:
    """Open a month of a dataset for analysis.

    Parameters
    ----------
    dataset : name of a folder below `data/`.
    month : `YYYY-MM`; None is the last complete month of the data.
    root : the project's folder; default see `tables.dataset.project_root`.
    refresh : extract the tables of databases anew; otherwise the extracts that are there are read.

    Raises
    ------
    InputError : no such dataset, broken settings or files, or a month whose window does not lie in the data.
    """
    loaded = load_dataset(dataset, root)
    accepted = tables.read(loaded, refresh=refresh)
    days = tables.order_days(accepted)
    month = month or calendar.last_complete_month(days, loaded.settings.complete_through) or f"{days[-1]:%Y-%m}"
    opened = Month(loaded, month, accepted, days)
    _check_window(opened, days)
    return opened


def _check_window(opened: Month, days: list[dt.date]) -> None:
    first = calendar.first_month_with_window(days[0], opened.settings.window_days)
    last = f"{days[-1]:%Y-%m}"
    where = f"{opened.dataset.name}, MONTH"
    if opened.month > last or opened.as_of <= days[0]:
        raise InputError(
            "the month lies outside the data",
            where=where,
            got=opened.month,
            expected=f"{first} to {last}" if first <= last else f"data that reach beyond {last}",
            do="Name a month of the data.",
        )
    if opened.window_start < days[0]:
        longest = (opened.as_of - days[0]).days
        raise InputError(
            "the window reaches outside the data",
            where=where,
            got=f"{opened.month} with a window of {opened.settings.window_days} days and data from {days[0]}",
            expected=f"a window of at most {longest} days",
            do=(f"Name {first} or a later month, or set" if first <= last else "Set")
            + f" window_days: {longest} or less in dataset.yaml and fit new cut points.",
        )


def fit_cut_points(
    dataset: str, baseline: str | None = None, *, root: Path | None = None, refresh: bool = False
) -> cutoffs.CutPoints:
    """Fit the cut points of all schemes on a baseline month and return them; `cutoffs.save` keeps them.

    Parameters
    ----------
    baseline : `YYYY-MM`; None is the dataset's `baseline`, else the earliest month whose window lies in the data.
    root, refresh : as for `open_month`.

    Raises
    ------
    InputError : as `open_month`; the baseline fails a data check; or nobody bought in its window.
    """
    loaded = load_dataset(dataset, root)
    days = tables.order_days(tables.read(loaded, refresh=refresh))
    month = (
        baseline or loaded.settings.baseline or calendar.first_month_with_window(days[0], loaded.settings.window_days)
    )
    opened = open_month(dataset, month, root=root)
    tables.stop_on_errors(loaded, opened.quality())
    return cutoffs.fit(loaded, month, opened.customers(), opened.rows_hash)
