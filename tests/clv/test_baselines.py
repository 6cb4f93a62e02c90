import numpy as np
import pandas as pd
import pytest

from analysis.clv.baselines import formula, gradient_boosting, last_period, own_rate
from tests.clv.shop import customer_table


def test_the_last_period_is_repeated_where_it_lies_in_the_data():
    table = customer_table(2, purchases_last_3=[1.0, 0.0], revenue_last_3=[20.0, 0.0])
    assert {name: values.tolist() for name, values in last_period(table, 3).items()} == {
        "purchases": [1, 0],
        "revenue": [20, 0],
    }
    assert last_period(table, 12) == {}


def test_the_own_rate_goes_on_net_of_refunds():
    # 4 in 200 days are 2 in 100 days, at 15.00 of which nine tenths were kept; a customer of today has no rate
    columns = {"x": [4.0, 0.0], "T": [200.0, 0.0], "mean_repeat_spend": [15.0, np.nan]}
    table = customer_table(2, **columns, sold=[100.0, 100.0], revenue=[90.0, 90.0])
    found = own_rate(table, 100)
    assert found["purchases"].tolist() == [2, 0]
    assert found["revenue"].tolist() == pytest.approx([27, 0])


def test_the_formula_spreads_a_history_over_its_years_at_least_one():
    table = customer_table(2, T=[100.0, 730.0], revenue=[90.0, 300.0])
    assert formula(table, 73)["revenue"].tolist() == pytest.approx([90 * 73 / 365, 300 * 73 / 730])


@pytest.fixture
def known() -> pd.DataFrame:
    x = np.resize([0.0, 1.0, 6.0], 300)
    return customer_table(300, x=x, purchases_next_6=x / 2, revenue_next_6=x * 10.0, purchases_next_3=0.0)


def test_boosted_trees_learn_the_outcome_that_was_known(known):
    found = gradient_boosting(customer_table(3, x=[0.0, 1.0, 6.0], purchases_next_6=99.0), 6, known)
    assert found["purchases"] == pytest.approx([0, 0.5, 3], abs=0.05)
    assert found["revenue"] == pytest.approx([0, 10, 60], abs=1)


def test_boosted_trees_do_not_see_what_comes_next(known):
    now = customer_table(3, x=[0.0, 1.0, 6.0])
    blind, told = (gradient_boosting(now.assign(purchases_next_6=after), 6, known) for after in (0.0, 50.0))
    assert blind["purchases"].tolist() == told["purchases"].tolist()


def test_boosted_trees_count_refunds_as_nothing_and_need_an_outcome(known):
    refunds = known.assign(revenue_next_6=known["revenue_next_6"].where(known["x"] > 0, -5.0))
    assert (gradient_boosting(known[:3], 6, refunds)["revenue"] >= 0).all()
    assert gradient_boosting(known[:3], 3, known.assign(revenue_next_3=0.0)) == {}
