"""Formula CLV: average order value x orders per period x lifetime in the same period."""

from typing import Literal, TypeVar, get_args

import pandas as pd

from analysis.errors import InputError

Period = Literal["day", "week", "month", "year"]
Amount = TypeVar("Amount", float, pd.Series)


def formula_clv(
    order_value: Amount, orders: Amount, lifetime: float, *, orders_per: Period, lifetime_in: Period
) -> Amount:
    """Return what a customer is worth if everything goes on as before for a lifetime.

    Parameters
    ----------
    order_value : average order value, currency.
    orders : orders per `orders_per`.
    lifetime : how long the customer stays, in `lifetime_in`; an assumption, to be named beside the result.
    orders_per, lifetime_in : the two units, said aloud so that they can be compared.

    Returns
    -------
    Currency, undiscounted; one value, or one per customer. Negative where refunds exceed purchases.

    Raises
    ------
    InputError
        The units differ or are unknown; the lifetime is negative.

    Examples
    --------
    >>> formula_clv(200.0, 1.5, 24, orders_per="month", lifetime_in="month")
    7200.0
    """
    if orders_per != lifetime_in or orders_per not in get_args(Period):
        raise InputError(
            "frequency and lifetime are in different or unknown units",
            where="orders_per, lifetime_in",
            got=f"orders per {orders_per}, lifetime in {lifetime_in}",
            expected=f"twice the same of {', '.join(get_args(Period))}",
            do="Convert one of the two, for instance orders per year / 12.",
        )
    if not lifetime >= 0:
        raise InputError(
            "is no length of time",
            where="lifetime",
            got=lifetime,
            expected="a number >= 0",
            do="Name how long a customer stays.",
        )
    return order_value * orders * lifetime
