"""One customer over time: how probable a model takes it that the customer was still one, day by day."""

import datetime as dt

import numpy as np
import pandas as pd

from analysis.clv.bgnbd import BGNBD
from analysis.clv.lifetime_value import LifetimeValue
from analysis.clv.purchase_model import PurchaseModel
from analysis.errors import InputError


def model_in_use(value: LifetimeValue) -> PurchaseModel | None:
    """Return the model of purchases behind a month's values, in days; None where no such model may be used."""
    if value.customers["expected_purchases_12_months"].isna().all():
        return None
    return value.purchase_model()


def alive_history(model: PurchaseModel, purchase_days: pd.Series, as_of: dt.date) -> pd.DataFrame:
    """Return the probability alive at the end of each day from the first purchase to the day before `as_of`.

    The history of a row is what was known on its day. The parameters are those of the model throughout: fitted to all
    customers at `as_of`, so a row is no forecast that was made on its day.

    Parameters
    ----------
    model : fitted to times in days.
    purchase_days : days on which the customer bought, in any order; those at or after `as_of` are not looked at.
    as_of : the end of the history, as of the customer table: the last row has its x, t_x and T.

    Returns
    -------
    day; bought (whether on that day); x, t_x, T (repeat purchase days, age at the last one, age at the end of the day:
    1 on the day of the first purchase; days); probability_alive. By BG/NBD that is NaN up to the first repeat
    purchase: it calls everybody alive until then, by assumption.

    Raises
    ------
    InputError : no purchase day lies before `as_of`.
    """
    end = np.datetime64(as_of, "D")
    bought = np.unique(pd.to_datetime(purchase_days).to_numpy("datetime64[D]"))
    bought = bought[bought < end]
    if not bought.size:
        raise InputError(
            "holds no day before as_of",
            where="purchase_days",
            got=f"{len(purchase_days)} days",
            expected=f"at least one before {as_of}",
            do="Choose a customer who bought by then.",
        )
    first, day = bought[0], np.arange(bought[0], end)
    x = np.searchsorted(bought, day, side="right") - 1
    t_x, age = (bought[x] - first).astype(float), (day - first).astype(float) + 1
    alive = model.probability_alive(x, t_x, age)
    assumed = (x == 0) & isinstance(model, BGNBD)
    return pd.DataFrame(
        {
            "day": day,
            "bought": np.isin(day, bought),
            "x": x,
            "t_x": t_x,
            "T": age,
            "probability_alive": np.where(assumed, np.nan, alive),
        }
    )
