"""Discount rates: annual effective rates outside, converted once to the model's unit of time."""

import numpy as np

from analysis.errors import InputError, all_problems

DAYS_PER_YEAR = 365  # the year of the 12 months of lifetime value


def continuous_rate(annual_rate: float, days_per_unit: float) -> float:
    """Return the continuous rate per unit of time that makes annual_rate a year: ln(1 + rate) x unit / year.

    Parameters
    ----------
    annual_rate : annual effective rate, > 0; 0.1 is 10 % a year.
    days_per_unit : length of the model's unit of time in days, > 0: 1, 7, 365 / 12, 365.

    Raises
    ------
    InputError
        A number is not above 0, or not finite. Without discount, purchases without an end have no sum.

    Examples
    --------
    >>> round(continuous_rate(0.1, 365), 6), round(continuous_rate(0.1, 7), 6)
    (0.09531, 0.001828)
    """
    given = {
        "annual_rate": (annual_rate, "Give the annual effective rate, 0.1 for 10 % a year."),
        "days_per_unit": (days_per_unit, "Give the days in one unit of time of the model, 7 for weeks."),
    }
    problems = [
        InputError("is not above 0", where=name, got=value, expected="a finite number > 0", do=do)
        for name, (value, do) in given.items()
        if not 0 < value < np.inf
    ]
    if problems:
        raise all_problems(problems)
    return float(np.log1p(annual_rate) * days_per_unit / DAYS_PER_YEAR)
