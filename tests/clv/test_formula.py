import pandas as pd
import pytest

from analysis.clv import formula_clv
from analysis.errors import InputError


def test_formula_by_hand():
    assert formula_clv(200, 1.5, 24, orders_per="month", lifetime_in="month") == 200 * 1.5 * 24 == 7_200


def test_formula_of_many_customers_keeps_refunds():
    value = formula_clv(pd.Series([10.0, -5.0]), pd.Series([2.0, 1.0]), 3, orders_per="year", lifetime_in="year")
    assert value.tolist() == [60, -15]


@pytest.mark.parametrize(("orders_per", "lifetime_in"), [("year", "month"), ("month", "year"), ("moon", "moon")])
def test_different_or_unknown_units_are_refused(orders_per, lifetime_in):
    with pytest.raises(InputError, match=f"Got orders per {orders_per}, lifetime in {lifetime_in}"):
        formula_clv(200, 18, 24, orders_per=orders_per, lifetime_in=lifetime_in)


def test_lifetime_must_be_a_length_of_time():
    with pytest.raises(InputError, match=r"lifetime: is no length of time\. Got -1"):
        formula_clv(200, 1.5, -1, orders_per="month", lifetime_in="month")
