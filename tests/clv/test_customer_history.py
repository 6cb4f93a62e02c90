"""One customer day by day. All parameters are 1, so that the odds of having left are plain fractions."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from analysis.clv.bgnbd import BGNBD
from analysis.clv.customer_history import alive_history, model_in_use
from analysis.clv.lifetime_value import LifetimeValue
from analysis.clv.mbgnbd import MBGNBD
from analysis.clv.pareto_nbd import ParetoNBD
from analysis.engine import DuckDB
from analysis.errors import InputError
from analysis.features import customer_table, purchase_days
from analysis.tables import read
from tests.shop import lines, make_dataset

NAN = float("nan")
AS_OF = dt.date(2024, 1, 6)
BOUGHT = pd.Series(
    pd.to_datetime(["2024-01-03", "2024-01-01", "2024-01-03", "2024-01-06"])
)  # the last is not known yet
BETA_GEOMETRIC, PARETO = {"r": 1, "alpha": 1, "a": 1, "b": 1}, {"r": 1, "alpha": 1, "s": 1, "beta": 1}


def test_rows_are_days_and_what_was_known_at_their_end():
    history = alive_history(BGNBD.with_parameters(**BETA_GEOMETRIC), BOUGHT, AS_OF)
    assert history["day"].dt.strftime("%d").tolist() == ["01", "02", "03", "04", "05"]
    assert history["bought"].tolist() == [True, False, True, False, False]
    assert history["x"].tolist() == [0, 0, 1, 1, 1]
    assert history["t_x"].tolist() == [0, 0, 2, 2, 2]
    assert history["T"].tolist() == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("model", "odds_of_having_left"),
    [
        # a / (b + x - 1) ((alpha + T) / (alpha + t_x))^(r + x) = ((1 + T) / 3)^2 at x = 1; x = 0: no evidence
        (BGNBD.with_parameters(**BETA_GEOMETRIC), [NAN, NAN, 16 / 9, 25 / 9, 36 / 9]),
        # a / (b + x) ((alpha + T) / (alpha + t_x))^(r + x): 1 + T at x = 0, half of ((1 + T) / 3)^2 at x = 1
        (MBGNBD.with_parameters(**BETA_GEOMETRIC), [2, 3, 8 / 9, 25 / 18, 2]),
        # (1 + T)^(2 + x) int (1 + u)^-(3 + x), u from t_x to T: (((1 + T) / (1 + t_x))^(2 + x) - 1) / (2 + x)
        (ParetoNBD.with_parameters(**PARETO), [3 / 2, 8 / 2, (64 / 27 - 1) / 3, (125 / 27 - 1) / 3, 7 / 3]),
    ],
    ids=["BG/NBD", "MBG/NBD", "Pareto/NBD"],
)
def test_probability_alive_by_hand(model, odds_of_having_left):
    alive = alive_history(model, BOUGHT, AS_OF)["probability_alive"]
    np.testing.assert_allclose(alive, 1 / (1 + np.array(odds_of_having_left)), rtol=1e-9)


def test_the_last_row_is_the_customer_at_as_of(tmp_path):
    shop = lines(
        ("ann", "2024-01-01", "1", 10.00), ("ann", "2024-02-10", "2", 5.00), ("ann", "2024-03-05", "3", 5.00),
        ("ann", "2024-03-20", "3", -5.00), ("ann", "2024-04-01", "4", 9.00),
    )  # fmt: skip
    accepted, as_of = read(make_dataset(tmp_path, shop)), dt.date(2024, 4, 1)
    paths = accepted.path("transactions"), accepted.path("customers")
    with DuckDB() as engine:
        days = purchase_days(engine, *paths, customer_id="ann", as_of=as_of)
        about = {"as_of": as_of, "window_days": 90, "known_from": dt.date(2024, 1, 1), "minor_units": 2}
        customer = customer_table(engine, *paths, **about).iloc[0]
    model = MBGNBD.with_parameters(r=0.5, alpha=40, a=0.9, b=1.6)
    last = alive_history(model, days["day"], as_of).iloc[-1]
    assert last[["x", "t_x", "T"]].tolist() == customer[["x", "t_x", "T"]].tolist() == [2, 64, 91]
    assert last["probability_alive"] == model.probability_alive(2, 64, 91)[0]


def test_a_customer_without_a_purchase_by_then_has_no_history():
    with pytest.raises(InputError, match=r"holds no day before as_of. Got 1 days; expected at least one before 2024-"):
        alive_history(BGNBD.with_parameters(**BETA_GEOMETRIC), BOUGHT[3:], AS_OF)


def lifetime_value(expected_purchases):
    nothing = pd.DataFrame()
    parameters = pd.DataFrame(
        [("bg_nbd", name, 9.0) for name in BETA_GEOMETRIC]
        + [("pareto_nbd", name, number) for number, name in enumerate(PARETO, 2)]
        + [("gamma_gamma", "p", 6.0)],
        columns=["model", "parameter", "estimate"],
    )
    customers = pd.DataFrame({"customer_id": ["ann", "bob"], "expected_purchases_12_months": expected_purchases})
    verdict = pd.DataFrame({"purchase_model": ["pareto_nbd"]})
    return LifetimeValue(customers, nothing, nothing, nothing, parameters, nothing, nothing, verdict)


def test_the_model_in_use_is_the_one_the_verdict_names():
    model = model_in_use(lifetime_value([0.5, 0.0]))
    assert isinstance(model, ParetoNBD)
    assert model.params_ == {"r": 2, "alpha": 3, "s": 4, "beta": 5}


def test_a_refused_model_is_not_in_use_although_its_parameters_are_kept():
    assert model_in_use(lifetime_value([NAN, NAN])) is None
