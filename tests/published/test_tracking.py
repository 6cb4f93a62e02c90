"""Cumulative repeat purchases of the CDNOW cohort, expected by each model at the end of weeks 39 and 78.

Actual: sample 2,457 and 4,339, master 24,337 and 44,021. The expected ones are sums over customers of E[X(t)], the
models fitted to the calibration period; the papers draw them as tracking plots. They were computed by other programs,
which stop at other points of a flat optimum: that moves the 42,116.4 by 0.5.
"""

import numpy as np
import pytest

from analysis.clv import BGNBD, MBGNBD, ParetoNBD
from analysis.errors import InputError
from tests.clv.cdnow import customers, history

EXPECTED = {
    (BGNBD, True): (2_494.0, 4_160.6),
    (MBGNBD, True): (2_475.6, 4_050.0),
    (ParetoNBD, True): (2_524.9, 4_270.0),
    (BGNBD, False): (24_451.9, 41_301.1),
    (MBGNBD, False): (24_241.5, 39_985.2),
    (ParetoNBD, False): (24_580.5, 42_116.4),
}


@pytest.mark.parametrize(("model", "sample"), EXPECTED, ids=lambda part: getattr(part, "__name__", str(part)))
def test_cumulative_purchases_of_the_cohort(model, sample):
    fitted = model().fit(*history(sample=sample, unit=7))
    ages = customers(sample=sample)["T"].to_numpy() / 7
    totals = [fitted.cumulative_purchases_of_new(ages + weeks).sum() for weeks in (0, 39)]
    assert totals == pytest.approx(EXPECTED[model, sample], rel=1.5e-5, abs=0.06)


@pytest.mark.parametrize("model", [BGNBD, MBGNBD, ParetoNBD], ids=lambda model: model.__name__)
def test_many_times_at_once_are_each_time_alone(model):
    fitted = model().fit(*history(unit=7))
    times = np.array([78.0, 0, 0.1429, 39])
    alone = [fitted.expected_purchases_of_new(time) for time in times]
    np.testing.assert_allclose(fitted.cumulative_purchases_of_new(times), alone, rtol=1e-12)
    assert fitted.cumulative_purchases_of_new([]).shape == (0,)
    for wrong in ([-1, 2], [np.nan, 1], [1, np.inf]):
        with pytest.raises(InputError, match="is no length of time"):
            fitted.cumulative_purchases_of_new(wrong)
