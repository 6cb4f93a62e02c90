import tracemalloc

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from analysis.clv import BGNBD, MBGNBD, ParetoNBD, scoring
from analysis.clv.scoring import on_distinct, score
from analysis.errors import InputError
from tests.recovery.simulate import bgnbd_customers

PARAMETERS = {
    BGNBD: {"r": 0.243, "alpha": 30.9, "a": 0.793, "b": 2.426},
    MBGNBD: {"r": 0.525, "alpha": 43.3, "a": 0.891, "b": 1.614},
    ParetoNBD: {"r": 0.553, "alpha": 74.0, "s": 0.606, "beta": 81.7},
}
SCORES = {
    "alive": lambda model, *rows: model.probability_alive(*rows),
    "expected": lambda model, *rows: model.expected_purchases(365, *rows),
    "discounted": lambda model, *rows: model.discounted_residual_purchases(0.1, 1, *rows),
}


def fitted(kind):
    model = kind()
    model.params_ = PARAMETERS[kind]
    return model


def customers(n):
    rng = np.random.default_rng(5)
    x, t_x, age = bgnbd_customers(n, rng, r=0.243, alpha=4.414, a=0.793, b=2.426, weeks=39, acquisition=12)
    return x, np.ceil(7 * t_x), np.ceil(7 * age)


@pytest.mark.parametrize("kind", PARAMETERS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("wanted", SCORES)
def test_scores_in_blocks_equal_those_of_each_customer_alone(monkeypatch, kind, wanted):
    monkeypatch.setattr(scoring, "ROWS", 16)  # 50 customers: three whole blocks and a rest of two
    model, rows = fitted(kind), customers(50)
    alone = [SCORES[wanted](model, *row)[0] for row in zip(*rows, strict=True)]
    assert_allclose(SCORES[wanted](model, *rows), alone, rtol=1e-12)


def test_a_formula_sees_each_distinct_row_of_a_block_once_and_results_keep_their_order(monkeypatch):
    monkeypatch.setattr(scoring, "ROWS", 4)
    seen = []

    def formula(x, t_x, T):
        seen.append(list(zip(x, t_x, T, strict=True)))
        return 100 * x + 10 * t_x + T

    x, t_x, T = [1, 0, 1, 0, 1], [2, 0, 2, 0, 2], [5, 4, 5, 3, 5]
    assert_array_equal(score(formula, x, t_x, T), [125, 4, 125, 3, 125])
    assert seen == [[(0, 0, 3), (0, 0, 4), (1, 2, 5)], [(1, 2, 5)]]


def test_on_distinct_computes_equal_rows_once():
    sizes = []

    def formula(x, T):
        sizes.append(x.size)
        return x + T

    assert_array_equal(on_distinct(formula, np.array([2.0, 1, 2]), np.array([7.0, 7, 7])), [9, 8, 9])
    assert sizes == [2]


def test_an_error_counts_the_impossible_rows_of_all_blocks(monkeypatch):
    monkeypatch.setattr(scoring, "ROWS", 2)
    x, t_x, T = [0, 1, 1, 0, 1, 1], [0, 9, 2, 0, 9, 2], [5, 5, 5, 5, 5, 5]  # rows 2 and 5: t_x after T
    with pytest.raises(InputError, match="lies after T") as one_error:
        fitted(BGNBD).probability_alive(x, t_x, T)
    assert "2 of 6" in str(one_error.value)


@pytest.mark.parametrize(("n_x", "n_T"), [(4, 2), (2, 4), (0, 2)])
def test_columns_of_different_lengths_are_refused_wherever_the_blocks_end(monkeypatch, n_x, n_T):
    monkeypatch.setattr(scoring, "ROWS", 2)
    with pytest.raises(InputError, match="lengths differ"):
        fitted(BGNBD).probability_alive(np.zeros(n_x), np.zeros(n_x), np.full(n_T, 5.0))


@pytest.mark.parametrize("kind", PARAMETERS, ids=lambda kind: kind.__name__)
def test_nobody_gives_no_scores(kind):
    assert SCORES["expected"](fitted(kind), [], [], []).shape == (0,)


@pytest.mark.parametrize("kind", PARAMETERS, ids=lambda kind: kind.__name__)
def test_memory_beside_the_result_does_not_grow_with_customers(monkeypatch, kind):
    monkeypatch.setattr(scoring, "ROWS", 2_000)
    model, rows = fitted(kind), customers(40_000)

    def beside_the_result(n):
        part = [column[:n] for column in rows]
        tracemalloc.start()
        result = model.expected_purchases(365, *part)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak - result.nbytes

    beside_the_result(2_000)  # what is imported or cached on first use
    assert beside_the_result(40_000) < 1.3 * beside_the_result(4_000)
