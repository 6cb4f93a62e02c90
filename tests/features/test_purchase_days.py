"""The purchase days of one customer: sales make a day, returns of the same day reduce it."""

import datetime as dt

import pandas as pd
import pytest

from analysis.engine import DuckDB
from analysis.errors import InputError
from analysis.features import purchase_days
from analysis.tables import read
from tests.shop import lines, make_dataset

AS_OF = dt.date(2024, 4, 1)
SHOP = lines(
    ("007", "2024-03-31", "13", 15.00),
    ("007", "2024-03-31", "13", -6.00),  # returned the same day
    ("007", "2024-01-02", "11", 10.00),
    ("007", "2024-01-02", "12", 20.50),
    ("007", "2024-02-01", "14", -5.00),  # only money back
    ("007", "2024-04-01", "15", 99.00),  # not known yet
    ("8", "2024-01-02", "21", 1.00),
    ("refund_only", "2024-02-01", "31", -8.00),
    ("later", "2024-04-01", "41", 9.00),
)


@pytest.fixture
def days_of(tmp_path):
    folder = tmp_path / "data" / "shop"
    folder.mkdir(parents=True)
    registered = pd.DataFrame({"id": ["visitor", "newcomer"], "since": ["2024-03-31", "2024-04-01"]})
    registered.to_csv(folder / "people.csv", index=False)
    people = {"file": "people.csv", "columns": {"customer_id": "id", "registered_on": "since"}}
    names = {"customer_id": "customer", "ordered_at": "time", "order_id": "order", "amount": "amount"}
    sources = {"transactions": {"file": "lines.csv", "columns": names}, "customers": people}
    accepted = read(make_dataset(tmp_path, SHOP, tables=sources))

    def look(customer_id):
        with DuckDB() as engine:
            paths = accepted.path("transactions"), accepted.path("customers")
            return purchase_days(engine, *paths, customer_id=customer_id, as_of=AS_OF)

    return look


def test_a_day_with_a_sale_is_a_purchase_day_with_its_net_revenue(days_of):
    days = days_of("007")
    assert days["day"].dt.strftime("%m-%d").tolist() == ["01-02", "03-31"]
    assert days["revenue"].tolist() == [10.00 + 20.50, 15.00 - 6.00]


@pytest.mark.parametrize("unknown", ["nobody", "7", 7, "later", "newcomer"])
def test_an_id_unknown_at_as_of_is_named_with_what_to_do(days_of, unknown):
    with pytest.raises(InputError) as error:
        days_of(unknown)
    assert str(error.value) == (
        f"customer_id: no such customer. Got {unknown}; expected a customer known before 2024-04-01. "
        "Copy an id from the column customer_id of the customer table, leading zeros included."
    )


@pytest.mark.parametrize("known", ["refund_only", "visitor"])
def test_a_known_customer_who_never_bought_is_refused_for_that(days_of, known):
    with pytest.raises(InputError, match=f"customer_id: the customer never bought. Got {known}; expected a customer"):
        days_of(known)
