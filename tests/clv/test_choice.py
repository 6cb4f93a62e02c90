import numpy as np
import pandas as pd
import pytest

from analysis.clv.choice import against_baseline, choose_purchases, common_origins, comparison, frequency_helps
from analysis.clv.rolling_origin import Backtest, backtest

NOTHING = backtest([])
MODELS = ["bg_nbd", "mbg_nbd", "pareto_nbd"]


def score(origin, candidate, rmse, *, months=6, target="purchases", problems="", expected=90.0, actual=100.0):
    figures = {"expected": expected, "actual": actual, "mae": rmse / 2, "rmse": rmse, "bias": expected / actual - 1}
    about = {"origin": origin, "months": months, "target": target, "candidate": candidate, "customers": 10}
    return {**about, "problems": problems, **figures, "gini": 0.5, "top_decile": 0.4}


def judged(rows, differences=()) -> Backtest:
    columns = NOTHING.differences.columns
    return Backtest(pd.DataFrame(rows), pd.DataFrame(differences, columns=columns), NOTHING.deciles, NOTHING.ranges)


def compared(rows):
    return comparison(judged(rows))


TWO = ("2020-01", "2020-04")


def test_candidates_are_compared_where_all_of_them_forecast():
    rows = [score(origin, "bg_nbd", 1.0) for origin in ("2019-10", *TWO)]
    rows += [score(origin, "last_period", 3.0) for origin in TWO]
    table = compared(rows).set_index("candidate")
    assert table["origins"].tolist() == [2, 2]
    assert table["forecasts"].to_dict() == {"bg_nbd": 3, "last_period": 2}
    # January and April overlap when looking six months ahead
    assert table["non_overlapping"].tolist() == [1, 1]


def test_rmse_is_averaged_squared_and_bias_is_that_of_the_totals():
    rows = [
        score("2020-01", "bg_nbd", 3.0, expected=50.0),
        score("2020-04", "bg_nbd", 4.0, expected=300.0, actual=400.0),
    ]
    row = compared(rows).iloc[0]
    assert row["rmse"] == pytest.approx(np.sqrt((9 + 16) / 2))
    assert row["bias"] == pytest.approx(350 / 500 - 1)


def test_a_fit_with_problems_makes_no_forecast():
    rows = [score(origin, "bg_nbd", 1.0) for origin in TWO]
    rows += [score("2020-01", "pareto_nbd", 0.1, problems="flat_ridge"), score("2020-04", "pareto_nbd", 2.0)]
    table = compared(rows).set_index("candidate")
    assert table.loc["pareto_nbd", "rmse"] == 2
    assert table["origins"].tolist() == [1, 1]


def test_the_lowest_error_at_the_longest_horizon_with_two_origins_wins():
    rows = [score(origin, name, rmse) for origin in TWO for name, rmse in zip(MODELS, (3.0, 2.0, 2.5), strict=True)]
    rows += [score("2020-01", name, rmse, months=12) for name, rmse in zip(MODELS, (1.0, 9.0, 9.0), strict=True)]
    facts = choose_purchases(compared(rows), MODELS)
    assert (facts["purchase_model"], facts["choice"], facts["decided_months"]) == ("mbg_nbd", "lowest_error", 6)
    assert (facts["runner_up"], facts["runner_up_lead"]) == ("pareto_nbd", pytest.approx(1 - 2 / 2.5))


def test_a_model_that_failed_a_check_is_never_chosen():
    rows = [score(origin, name, rmse) for origin in TWO for name, rmse in zip(MODELS, (3.0, 2.0, 2.5), strict=True)]
    assert choose_purchases(compared(rows), ["bg_nbd", "pareto_nbd"])["purchase_model"] == "pareto_nbd"
    only = choose_purchases(compared(rows), ["bg_nbd"])
    assert (only["purchase_model"], only["choice"], only["runner_up"]) == ("bg_nbd", "only", "")


def test_without_two_origins_the_simplest_is_taken_and_equal_errors_leave_it():
    one = [score("2020-01", name, rmse) for name, rmse in zip(MODELS, (3.0, 2.0, 1.0), strict=True)]
    facts = choose_purchases(compared(one), MODELS)
    assert (facts["purchase_model"], facts["choice"], facts["decided_months"]) == ("bg_nbd", "default", 0)
    equal = [score(origin, name, 2.0) for origin in TWO for name in reversed(MODELS)]
    assert choose_purchases(compared(equal), MODELS)["purchase_model"] == "bg_nbd"


def test_knowing_frequency_must_have_helped_before():
    rows = [score(o, n, r, target="revenue") for o in TWO for n, r in (("bg_nbd", 2.0), ("bg_nbd_by_frequency", 1.9))]
    assert frequency_helps(compared(rows), "bg_nbd", 6)
    assert not frequency_helps(compared(rows), "bg_nbd", 12)
    assert not frequency_helps(compared(rows), "mbg_nbd", 6)


@pytest.mark.parametrize(
    ("difference", "outcome"), [(1.0, "ahead"), (0.2, "as_good"), (-0.2, "as_good"), (-1.0, "behind")]
)
def test_only_a_difference_beyond_chance_counts(difference, outcome):
    # the standard error is .5: 1.645 of them are .82
    rows = [
        score(o, n, r, target="revenue") for o in TWO for n, r in (("bg_nbd", 4.0), ("own_rate", 5.0), ("formula", 9.0))
    ]
    pair = {"target": "revenue", "candidate": "bg_nbd", "other": "own_rate", "difference": difference}
    differences = [{"origin": origin, "months": 6, **pair, "standard_error": 0.5} for origin in TWO]
    facts = against_baseline(judged(rows, differences), compared(rows), "bg_nbd", 6)
    assert (facts["baseline"], facts["outcome"]) == ("own_rate", outcome)
    assert facts["lead"] == pytest.approx(0.2)


def test_the_formula_is_held_against_the_other_baselines():
    rows = [score(o, n, r, target="revenue") for o in TWO for n, r in (("formula", 4.0), ("own_rate", 5.0))]
    assert against_baseline(judged(rows), compared(rows), "formula", 6)["baseline"] == "own_rate"


def test_nothing_tested_gives_no_verdict():
    assert comparison(NOTHING).empty
    assert against_baseline(NOTHING, comparison(NOTHING), "bg_nbd", 0)["outcome"] == "not_backtested"
    assert common_origins(NOTHING.scores) == []
