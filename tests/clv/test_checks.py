import numpy as np
import pytest

from analysis.clv import BGNBD, GammaGamma
from analysis.errors import InputError

FAIR = (np.arange(40.0), np.arange(40.0), np.full(40, 50.0))  # x, t_x, T of 40 possible customers


def replaced(column: int, value: float) -> list[np.ndarray]:
    columns = [values.copy() for values in FAIR]
    columns[column][[3, 5]] = value
    return columns


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        (0, np.nan, "x: is missing (NaN). Got 2 of 40 rows (first: row 3)"),
        (1, np.inf, "t_x: is infinite. Got 2 of 40 rows"),
        (2, -1, "T: is negative. Got 2 of 40 rows"),
        (0, 1.5, "x: is no whole number. Got 2 of 40 rows"),
        (1, 51, "t_x: lies after T. Got 2 of 40 rows"),
        (0, 0, "t_x: is above 0 without a repeat purchase. Got 2 of 40 rows"),
        (1, 0, "t_x: is 0 in spite of a repeat purchase. Got 2 of 40 rows"),
    ],
)
def test_impossible_rows_are_named_with_their_number(column, value, message):
    for use in (BGNBD().fit, BGNBD().probability_alive, lambda *columns: BGNBD().expected_purchases(1, *columns)):
        with pytest.raises(InputError) as error:
            use(*replaced(column, value))
        assert message in str(error.value)


def test_every_problem_is_in_one_error():
    x, t_x, age = np.array([-1, 0, 2, 3.5]), np.array([0, 4, 0, 9]), np.array([5, 5, 5, np.nan])
    with pytest.raises(InputError) as error:
        BGNBD().fit(x, t_x, age)
    assert [line.split(". Got")[0] for line in str(error.value).splitlines()] == [
        "1. x: is negative",
        "2. T: is missing (NaN)",
        "3. x: is no whole number",
        "4. t_x: is above 0 without a repeat purchase",
        "5. t_x: is 0 in spite of a repeat purchase",
    ]


def test_columns_of_different_length_are_refused():
    with pytest.raises(InputError, match=r"x, t_x, T: lengths differ. Got \[\(2,\), \(1,\), \(2,\)\]"):
        BGNBD().fit([1, 2], [1], [5, 5])


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        (np.ones(39), "weights: lengths differ. Got 39; expected 40"),
        (np.full(40, -1), "weights: is negative. Got 40 of 40 rows"),
        (np.full(40, np.nan), r"weights: is missing \(NaN\). Got 40 of 40 rows"),
        (np.zeros(40), "weights: are all 0"),
    ],
)
def test_useless_weights_are_refused(weights, message):
    with pytest.raises(InputError, match=message):
        BGNBD().fit(*FAIR, weights)
    with pytest.raises(InputError, match=message):
        GammaGamma().fit(np.ones(40), np.ones(40), weights)


@pytest.mark.parametrize("n_repeaters", [0, 29])
def test_too_few_repeat_buyers_are_refused_in_plain_words(n_repeaters):
    x = (np.arange(500) < n_repeaters).astype(int)
    message = rf"bought a second time.* Got {n_repeaters} with x > 0 of 500 rows; expected at least 30"
    with pytest.raises(InputError, match=message):
        BGNBD().fit(x, x, np.full(500, 9))


def test_nobody_is_refused_in_plain_words():
    with pytest.raises(InputError, match="too few customers bought a second time"):
        BGNBD().fit([], [], [])


@pytest.mark.parametrize("horizon", [-1, np.nan, np.inf])
def test_horizon_must_be_a_length_of_time(horizon):
    with pytest.raises(InputError, match="horizon: is no length of time"):
        BGNBD().expected_purchases(horizon, *FAIR)


def test_spend_of_repeat_buyers_must_be_a_number():
    with pytest.raises(InputError, match=r"mean_spend: is missing \(NaN\). Got 1 of 2 rows \(first: row 1\)"):
        GammaGamma().expected_spend([0, 2], [np.nan, np.nan])
