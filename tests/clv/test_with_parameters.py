"""Models restored from their parameters."""

import numpy as np
import pytest

from analysis.clv.bgnbd import BGNBD
from analysis.clv.models import PURCHASE_MODELS
from analysis.errors import InputError
from tests.clv.cdnow import history

X, T_X, T = [0, 1, 6], [0, 30, 200], [250, 250, 250]


@pytest.mark.parametrize("kind", PURCHASE_MODELS.values(), ids=PURCHASE_MODELS)
def test_a_restored_model_forecasts_as_the_fitted_one_whatever_the_order_of_the_names(kind):
    fitted = kind().fit(*history())
    restored = kind.with_parameters(**dict(reversed(fitted.params_.items())))
    assert restored.params_ == fitted.params_
    np.testing.assert_array_equal(restored.probability_alive(X, T_X, T), fitted.probability_alive(X, T_X, T))
    np.testing.assert_array_equal(
        restored.expected_purchases(365, X, T_X, T), fitted.expected_purchases(365, X, T_X, T)
    )


@pytest.mark.parametrize("name", ["standard_errors_", "log_likelihood_", "problems_", "converged_"])
def test_what_only_a_fit_knows_is_said_to_be_absent(name):
    restored = BGNBD.with_parameters(r=0.24, alpha=4.4, a=0.8, b=2.4)
    with pytest.raises(AttributeError, match=f"BGNBD has no {name}: it was given its parameters, and only fit gives"):
        getattr(restored, name)


def test_a_misspelt_attribute_is_not_blamed_on_the_fit():
    with pytest.raises(AttributeError, match=r"BGNBD has no parameters_$"):
        _ = BGNBD.with_parameters(r=0.24, alpha=4.4, a=0.8, b=2.4).parameters_


def test_every_wrong_parameter_is_named_in_one_error():
    with pytest.raises(InputError) as error:
        BGNBD.with_parameters(r=0, alpha=float("inf"), a=float("nan"), s=0.6)
    above_0 = "expected a finite number > 0. Give every parameter as it was estimated."
    assert str(error.value).splitlines() == [
        "1. BGNBD, s: is no parameter of the model. Got s = 0.6; expected r, alpha, a, b. "
        "Check the name, and that the parameters belong to this model.",
        f"2. BGNBD, r: is no parameter above 0. Got 0; {above_0}",
        f"3. BGNBD, alpha: is no parameter above 0. Got inf; {above_0}",
        f"4. BGNBD, a: is no parameter above 0. Got nan; {above_0}",
        f"5. BGNBD, b: is no parameter above 0. Got none; {above_0}",
    ]
