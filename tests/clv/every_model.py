"""What tests of all models of purchases share."""

import pytest
from hypothesis import settings
from hypothesis import strategies as st

from analysis.clv import BGNBD, MBGNBD, ParetoNBD

MODELS = [BGNBD, MBGNBD, ParetoNBD]

steady = settings(derandomize=True, deadline=None)
positive = st.floats(0.05, 20)
every_model = pytest.mark.parametrize("kind", MODELS, ids=lambda kind: kind.__name__)


def with_parameters(kind, *values):
    return kind.with_parameters(**dict(zip(kind._NAMES, values, strict=True)))
