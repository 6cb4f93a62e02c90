"""The purchase days of one customer: what an analyst looks at beside a forecast."""

import datetime as dt
from pathlib import Path

import pandas as pd

from analysis.engine import Engine
from analysis.errors import InputError

QUERY = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")


def purchase_days(
    engine: Engine, transactions: Path, customers: Path, *, customer_id: str, as_of: dt.date
) -> pd.DataFrame:
    """Return the days on which a customer bought, the earliest first.

    Parameters
    ----------
    transactions, customers : accepted Parquet files; rows dated at or after `as_of` are not looked at.
    customer_id : as in the customer table, with its leading zeros.
    as_of : first day that may not influence the result.

    Returns
    -------
    day; revenue (currency: the sales of the day less what was returned or cancelled on it, so possibly
    negative). A day on which money only went back is no purchase day.

    Raises
    ------
    InputError : nobody of that id is known at `as_of`, or the customer never bought before it.
    """
    tables = {"transactions": transactions, "customers": customers}
    days = engine.query(QUERY, tables, {"customer_id": customer_id, "as_of": as_of})
    if days.empty:
        raise InputError(
            "no such customer",
            where="customer_id",
            got=customer_id,
            expected=f"a customer known before {as_of}",
            do="Copy an id from the column customer_id of the customer table, leading zeros included.",
        )
    bought = days[days["bought"]]
    if bought.empty:
        raise InputError(
            "the customer never bought",
            where="customer_id",
            got=customer_id,
            expected=f"a customer with a purchase before {as_of}",
            do="Choose one whose buyer_status in the customer table is not never_ordered.",
        )
    return bought[["day", "revenue"]].reset_index(drop=True)
