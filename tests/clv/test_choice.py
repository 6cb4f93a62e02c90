import numpy as np
import pandas as pd
import pytest

from analysis.clv.choice import against_baseline, choose_purchases, common_origins, comparison, frequency_outcome, pair
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


def test_a_fit_with_problems_makes_no_forecast_and_one_forecast_bars_no_others():
    rows = [score(origin, "bg_nbd", 1.0) for origin in TWO]
    rows += [score("2020-01", "pareto_nbd", 0.1, problems="flat_ridge"), score("2020-04", "pareto_nbd", 2.0)]
    table = compared(rows)
    assert table["candidate"].tolist() == ["bg_nbd"]
    assert table["origins"].tolist() == [2]
    assert compared(rows[2:])["rmse"].tolist() == [2]


def gap(candidate, other, difference, *, origins=TWO, months=6, target="purchases", error=0.5):
    """Return both directions of a difference of mean squared errors."""
    about = {"months": months, "target": target, "standard_error": error}
    pairs = ((candidate, other, difference), (other, candidate, -difference))
    return [
        {"origin": origin, "candidate": one, "other": two, "difference": value, **about}
        for origin in origins
        for one, two, value in pairs
    ]


def errors(rmse, **about):
    return [score(origin, name, value, **about) for origin in TWO for name, value in rmse.items()]


def test_the_simplest_stands_unless_another_is_better_beyond_chance():
    rows = errors({"bg_nbd": 3.0, "mbg_nbd": 2.9, "pareto_nbd": 2.0})
    near, far = gap("mbg_nbd", "bg_nbd", 0.2), gap("pareto_nbd", "bg_nbd", 5.0)
    facts = choose_purchases(judged(rows, [*near, *far]), MODELS)
    assert (facts["purchase_model"], facts["choice"], facts["decided_months"]) == ("pareto_nbd", "lowest_error", 6)
    assert (facts["runner_up"], facts["runner_up_lead"]) == ("mbg_nbd", pytest.approx(1 - 2 / 2.9))
    facts = choose_purchases(judged(rows, [*near, *gap("pareto_nbd", "bg_nbd", 0.8)]), MODELS)
    assert (facts["purchase_model"], facts["choice"], facts["runner_up"]) == ("bg_nbd", "simplest", "pareto_nbd")
    assert facts["runner_up_lead"] == pytest.approx(1 - 3 / 2)


def test_a_model_that_failed_a_check_is_never_chosen_and_bars_no_other():
    rows = [*errors({"bg_nbd": 3.0, "mbg_nbd": 2.0}, months=12), score("2020-01", "pareto_nbd", 0.1, months=12)]
    differences = gap("mbg_nbd", "bg_nbd", 5.0, months=12)
    facts = choose_purchases(judged(rows, differences), ["bg_nbd", "mbg_nbd"])
    assert (facts["purchase_model"], facts["decided_months"], facts["decided_origins"]) == ("mbg_nbd", 12, 2)
    only = choose_purchases(judged(rows, differences), ["bg_nbd"])
    assert (only["purchase_model"], only["choice"], only["runner_up"]) == ("bg_nbd", "only", "")


def test_without_two_origins_the_simplest_is_taken():
    one = [score("2020-01", name, rmse) for name, rmse in zip(MODELS, (3.0, 2.0, 1.0), strict=True)]
    facts = choose_purchases(judged(one), MODELS)
    assert (facts["purchase_model"], facts["choice"], facts["decided_months"]) == ("bg_nbd", "default", 0)


def test_knowing_frequency_must_have_helped_before_beyond_chance():
    rows = errors({"bg_nbd": 2.0, "bg_nbd_by_frequency": 1.9}, target="revenue")
    better, level = (gap("bg_nbd_by_frequency", "bg_nbd", by, target="revenue") for by in (2.0, 0.1))
    assert frequency_outcome(judged(rows, better), "bg_nbd") == "ahead"
    assert frequency_outcome(judged(rows, level), "bg_nbd") == "as_good"
    assert frequency_outcome(judged(rows[:2], better), "bg_nbd") == "not_backtested"
    assert frequency_outcome(judged(rows, better), "mbg_nbd") == "not_backtested"


def test_two_candidates_are_compared_where_both_forecast():
    rows = [*errors({"bg_nbd": 3.0}), score("2020-10", "bg_nbd", 9.0), *errors({"own_rate": 4.0})]
    found = pair(judged(rows, gap("bg_nbd", "own_rate", 7.0)), "purchases", 6, "bg_nbd", "own_rate")
    assert (found.origins, found.non_overlapping) == (2, 1)
    assert (found.rmse, found.other_rmse, found.lead) == pytest.approx((3, 4, 0.25))
    assert (found.difference, found.standard_error) == (7, 0.5)


def test_periods_that_differ_widen_the_standard_error():
    # differences 2 and 6: variance 8 over one origin without overlap, and .5 squared of the customers
    differences = gap("bg_nbd", "own_rate", 2.0, origins=TWO[:1]) + gap("bg_nbd", "own_rate", 6.0, origins=TWO[1:])
    found = pair(judged(errors({"bg_nbd": 3.0, "own_rate": 4.0}), differences), "purchases", 6, "bg_nbd", "own_rate")
    assert found.standard_error == pytest.approx(np.sqrt(8 + 0.25))
    assert found.outcome == "as_good"


@pytest.mark.parametrize(
    ("difference", "outcome"), [(1.0, "ahead"), (0.2, "as_good"), (-0.2, "as_good"), (-1.0, "behind")]
)
def test_only_a_difference_beyond_chance_counts(difference, outcome):
    # the standard error is .5: 1.645 of them are .82
    rows = errors({"bg_nbd": 4.0, "own_rate": 5.0, "formula": 9.0}, target="revenue")
    facts = against_baseline(judged(rows, gap("bg_nbd", "own_rate", difference, target="revenue")), "bg_nbd")
    assert (facts["baseline"], facts["outcome"]) == ("own_rate", outcome)
    assert facts["lead"] == pytest.approx(0.2)


def test_the_formula_is_held_against_the_other_baselines_and_one_origin_is_not_enough():
    rows = errors({"formula": 4.0, "own_rate": 5.0}, target="revenue")
    differences = gap("formula", "own_rate", 1.0, target="revenue")
    assert against_baseline(judged(rows, differences), "formula")["baseline"] == "own_rate"
    assert against_baseline(judged(rows[:2], differences), "formula")["outcome"] == "not_backtested"


def test_nothing_tested_gives_no_verdict():
    assert comparison(NOTHING).empty
    assert against_baseline(NOTHING, "bg_nbd")["outcome"] == "not_backtested"
    assert common_origins(NOTHING.scores) == []
