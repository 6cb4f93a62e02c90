"""Customer lifetime value: one model per module, the formula, and the estimate that chooses between them."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analysis.clv.bgnbd import BGNBD as BGNBD
    from analysis.clv.formula import formula_clv as formula_clv
    from analysis.clv.gamma_gamma import GammaGamma as GammaGamma
    from analysis.clv.lifetime_value import LifetimeValue as LifetimeValue
    from analysis.clv.lifetime_value import estimate as estimate

_HOME = {
    "BGNBD": "bgnbd",
    "GammaGamma": "gamma_gamma",
    "LifetimeValue": "lifetime_value",
    "estimate": "lifetime_value",
    "formula_clv": "formula",
}


def __getattr__(name: str) -> object:
    """Load a name on first use: SciPy takes a quarter of a second, and most notebooks need no model."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
