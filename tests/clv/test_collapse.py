import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from analysis.clv.collapse import collapse, distinct_rows

steady = settings(derandomize=True, deadline=None)

whole_days = st.integers(0, 5).map(float)
any_time = st.one_of(whole_days, st.floats(0, 1e9))


@steady
@given(st.lists(st.tuples(whole_days, any_time, any_time), min_size=1))
def test_distinct_rows_are_those_of_numpy_and_lead_back_to_the_rows(rows):
    table = np.array(rows)
    columns, row = distinct_rows(*table.T)
    distinct, counts = np.unique(table, axis=0, return_counts=True)
    assert_array_equal(np.column_stack(columns), distinct)
    assert_array_equal(np.column_stack(columns)[row], table)
    assert_array_equal(collapse(*table.T)[1], counts)


def test_weights_of_equal_rows_add_up():
    columns, weights = collapse(np.array([2.0, 1, 2]), np.array([0.5, 7, 0.5]), weights=np.array([1.0, 10, 2.5]))
    assert_array_equal(np.column_stack(columns), [[1, 7], [2, 0.5]])
    assert_array_equal(weights, [10, 3.5])
