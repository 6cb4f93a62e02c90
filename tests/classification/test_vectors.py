"""Published definitions and pinned vectors of the scores, the code list, the quadrants and ABC."""

from itertools import product

import pandas as pd
import pytest

from analysis.classification import SCHEMES, SCORES
from analysis.classification.cumulative_share import CumulativeShare
from analysis.classification.schemes import ABC_SHARES, RFM_QUADRANTS, RFM_SEGMENTS
from analysis.classification.scores import Score

ABC = CumulativeShare("value", ABC_SHARES)
VALUE = Score("value")


def scores_of(values: list[int], score: Score = VALUE, fitted_on: list[int] | None = None) -> list[int]:
    cuts = score.fit(pd.DataFrame({score.column: fitted_on or values}))
    return score.assign(pd.DataFrame({score.column: values}), cuts).tolist()


def shares(scores: list[int]) -> list[float]:
    return [100 * scores.count(score) / len(scores) for score in range(1, 6)]


ONE_TIME_BUYERS = [1] * 60 + [2] * 20 + [3] * 10 + [5] * 10


def test_tied_orders_share_a_score_and_leave_others_empty():
    # n = 100: cuts at ranks 20, 40, 60, 80 are 1, 1, 1, 2; score = 1 + cuts strictly below
    assert VALUE.fit(pd.DataFrame({"value": ONE_TIME_BUYERS})) == [1, 1, 1, 2]
    assert dict(zip(ONE_TIME_BUYERS, scores_of(ONE_TIME_BUYERS), strict=True)) == {1: 1, 2: 4, 3: 5, 5: 5}


def test_sixty_equal_customers_get_one_score_in_any_row_order():
    interleaved = ONE_TIME_BUYERS[::2] + ONE_TIME_BUYERS[1::2][::-1]
    scores = scores_of(interleaved)
    assert {score for value, score in zip(interleaved, scores, strict=True) if value == 1} == {1}
    assert sorted(scores) == sorted(scores_of(ONE_TIME_BUYERS))


def test_fewer_days_score_higher():
    days = [3, 10, 10, 20, 40, 60, 60, 90, 200, 400]
    # n = 10: ranks 2, 4, 6, 8 hold 10, 20, 60, 90
    recency = Score("value", low_is_best=True)
    assert recency.fit(pd.DataFrame({"value": days})) == [10, 20, 60, 90]
    assert scores_of(days, recency) == [5, 5, 5, 4, 3, 3, 3, 2, 1, 1]


@pytest.mark.parametrize(
    ("month_2", "expected"),
    [
        pytest.param([2 * value for value in range(1, 101)], [10, 10, 10, 10, 60], id="doubled"),
        pytest.param([value - 10 for value in range(1, 101)], [30, 20, 20, 20, 10], id="ten less, negatives kept"),
    ],
)
def test_frozen_cuts_let_the_shares_of_scores_move(month_2: list[int], expected: list[int]):
    month_1 = list(range(1, 101))
    assert VALUE.fit(pd.DataFrame({"value": month_1})) == [20, 40, 60, 80]
    assert shares(scores_of(month_2, fitted_on=month_1)) == expected
    assert shares(scores_of(month_2)) == [20] * 5  # fitting again would hide the movement


def test_the_code_list_has_the_published_sizes():
    assert list(SCHEMES["rfm_segment"].rule.table([])["cells"]) == [7, 8, 24, 7, 16, 8, 8, 22, 8, 11, 6]


def test_every_code_has_exactly_one_segment():
    codes = [code for listed in RFM_SEGMENTS.values() for code in listed.split()]
    assert sorted(codes) == ["".join(code) for code in product("12345", repeat=3)]


@pytest.mark.parametrize(
    ("code", "segment"),
    [
        ("555", "champions"),
        ("543", "loyal"),
        ("535", "need_attention"),
        ("553", "potential_loyalist"),
        ("422", "new_customers"),
        ("521", "promising"),
        ("321", "about_to_sleep"),
        ("322", "hibernating"),
        ("255", "at_risk"),
        ("144", "cannot_lose_them"),
        ("145", "at_risk"),
        ("113", "cannot_lose_them"),
        ("151", "lost"),
        ("111", "lost"),
    ],
)
def test_published_codes_have_their_segment(code: str, segment: str):
    scored = pd.DataFrame([[int(digit) for digit in code]], columns=["r_score", "f_score", "m_score"])
    assert SCHEMES["rfm_segment"].rule.assign(scored, []).tolist() == [segment]


@pytest.mark.parametrize(
    ("r", "f", "m", "quadrant"),
    [
        (4, 4, 4, "key_value"),
        (3, 4, 4, "key_retain"),
        (4, 3, 4, "key_develop"),
        (3, 3, 4, "key_win_back"),
        (4, 4, 3, "general_value"),
        (3, 4, 3, "general_retain"),
        (4, 3, 3, "general_develop"),
        (3, 3, 3, "general_win_back"),
    ],
)
def test_a_score_at_its_cut_is_high(r: int, f: int, m: int, quadrant: str):
    scored = pd.DataFrame({"r_score": [r], "f_score": [f], "m_score": [m]})
    assert SCHEMES["rfm_quadrant"].rule.assign(scored, [3.5, 4.0, 3.2]).tolist() == [quadrant]


def test_quadrants_cut_at_the_mean_scores():
    scored = pd.DataFrame({"r_score": [1, 2], "f_score": [5, 5], "m_score": [1, 4]})
    # (1 + 2) / 2, (5 + 5) / 2, (1 + 4) / 2
    assert SCHEMES["rfm_quadrant"].rule.fit(scored) == [1.5, 5.0, 2.5]
    assert len(set(RFM_QUADRANTS.values())) == 8


ABC_VECTORS = [
    pytest.param([27000, 24000, 18000, 16000, 6000, 5000, 4000], "a a a a b b c", id="crossing customers are higher"),
    pytest.param([50, 30, 10, 5, 5], "a a b b b", id="tie at the second line"),
    pytest.param([60, 10, 10, 10, 10], "a a a a a", id="tie at the first line"),
    pytest.param([25, 25, 25, 25], "a a a a", id="all equal"),
    pytest.param([90, 5, 3, 2], "a b c c", id="one customer beyond the line keeps a filled"),
    pytest.param([50, 20, 10, 10, 5, 5], "a a a a b b", id="tie across the first line"),
    pytest.param([100, 0, -20], "a c c", id="no value is c"),
    pytest.param([0, 0], "not_available not_available", id="nothing to share"),
]


@pytest.mark.parametrize(("values", "expected"), ABC_VECTORS)
def test_abc_follows_the_pinned_vectors(values: list[int], expected: str):
    frame = pd.DataFrame({"value": values})
    assert ABC.assign(frame, ABC.fit(frame)).tolist() == expected.split()


def test_abc_cuts_are_the_smallest_values_of_b_and_of_a():
    assert ABC.fit(pd.DataFrame({"value": [27000, 24000, 18000, 16000, 6000, 5000, 4000]})) == [5000, 16000]


def test_scores_of_the_schemes_read_these_columns():
    assert {name: (score.column, score.low_is_best) for name, score in SCORES.items()} == {
        "r_score": ("recency_days", True),
        "f_score": ("orders", False),
        "m_score": ("net_revenue_minor", False),
        "breadth_score": ("category_breadth", False),
    }
