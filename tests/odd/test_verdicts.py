"""Whatever the data: a fit is refused in words, or is at a maximum, or says that it is not."""

from functools import partial
from typing import NamedTuple

import numpy as np
import pytest

from analysis.clv import BGNBD, MBGNBD, SBG, GammaGamma, ParetoNBD, gamma_gamma, sbg
from analysis.errors import InputError
from tests.odd import data, likelihood
from tests.odd.verify import Likelihood, faults

_gamma_gamma = partial(gamma_gamma._objective, exponents_of=GammaGamma._exponents)


class Kind(NamedTuple):
    """A model, its data, and its likelihood a second time."""

    model: type
    columns: object
    log_likelihood: object
    objective: object
    scale: tuple[int, ...]  # power of the unit of the last column in each parameter


KINDS = {
    "BG/NBD": Kind(BGNBD, data.history, likelihood.bgnbd, BGNBD()._objective, (0, 1, 0, 0)),
    "MBG/NBD": Kind(MBGNBD, data.history, likelihood.mbgnbd, MBGNBD()._objective, (0, 1, 0, 0)),
    "Pareto/NBD": Kind(ParetoNBD, data.history, likelihood.pareto_nbd, ParetoNBD()._objective, (0, 1, 0, 1)),
    "Gamma-Gamma": Kind(GammaGamma, data.spend, likelihood.gamma_gamma, _gamma_gamma, (0, 0, 1)),
    "sBG": Kind(SBG, data.contracts, likelihood.sbg, sbg._objective, (0, 0)),
}
CASES = [
    pytest.param(range(60), id="first 60"),
    pytest.param(range(60, 1_000), id="the other 940", marks=pytest.mark.simulation),
]


def case_faults(kind: Kind, case: int) -> list[str]:
    columns, weights = kind.columns(case)
    try:
        model = kind.model().fit(*columns, weights)
    except InputError:
        return []
    n = np.ones(len(columns[0])) if weights is None else weights
    unit = np.average(columns[-1], weights=n) if any(kind.scale) else 1.0
    scaled = [
        column if position == 0 or not any(kind.scale) else column / unit for position, column in enumerate(columns)
    ]
    second = Likelihood(
        summed=lambda point: float(n @ kind.log_likelihood(np.exp(point), *columns)),
        objective=kind.objective(*scaled, n),
        units=unit ** np.array(kind.scale, dtype=float),
    )
    return faults(model, second, np.random.default_rng([4, case]))


@pytest.mark.parametrize("cases", CASES)
@pytest.mark.parametrize("name", KINDS)
def test_odd_data_are_refused_or_fitted_or_doubted(name, cases):
    wrong = {case: found for case in cases if (found := case_faults(KINDS[name], case))}
    assert not wrong
