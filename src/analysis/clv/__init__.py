"""Customer lifetime value: one model per module, the formula, and the estimate that chooses between them."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analysis.clv.bgnbd import BGNBD as BGNBD
    from analysis.clv.candidates import Origin as Origin
    from analysis.clv.censoring import left_censoring as left_censoring
    from analysis.clv.choice import comparison as comparison
    from analysis.clv.customer_history import alive_history as alive_history
    from analysis.clv.customer_history import model_in_use as model_in_use
    from analysis.clv.formula import formula_clv as formula_clv
    from analysis.clv.gamma_gamma import GammaGamma as GammaGamma
    from analysis.clv.gamma_gamma import GammaGammaByFrequency as GammaGammaByFrequency
    from analysis.clv.independence import SpendDependence as SpendDependence
    from analysis.clv.independence import spend_dependence as spend_dependence
    from analysis.clv.lifetime_value import LifetimeValue as LifetimeValue
    from analysis.clv.lifetime_value import Terms as Terms
    from analysis.clv.lifetime_value import estimate as estimate
    from analysis.clv.mbgnbd import MBGNBD as MBGNBD
    from analysis.clv.pareto_nbd import ParetoNBD as ParetoNBD
    from analysis.clv.rolling_origin import FORECAST_EVERY as FORECAST_EVERY
    from analysis.clv.rolling_origin import Backtest as Backtest
    from analysis.clv.rolling_origin import backtest as backtest
    from analysis.clv.sbg import SBG as SBG
    from analysis.clv.seasonality import Seasonality as Seasonality
    from analysis.clv.seasonality import purchase_seasonality as purchase_seasonality
    from analysis.clv.summaries import alive_bands as alive_bands
    from analysis.clv.summaries import formula_parts as formula_parts
    from analysis.clv.summaries import parameter_table as parameter_table
    from analysis.clv.summaries import spend_bands as spend_bands
    from analysis.clv.summaries import value_by_class as value_by_class
    from analysis.clv.track_record import coverage as coverage
    from analysis.clv.track_record import forecasts_made as forecasts_made
    from analysis.clv.track_record import tenths as tenths

_HOME = {
    "BGNBD": "bgnbd",
    "Backtest": "rolling_origin",
    "GammaGamma": "gamma_gamma",
    "GammaGammaByFrequency": "gamma_gamma",
    "LifetimeValue": "lifetime_value",
    "MBGNBD": "mbgnbd",
    "Origin": "candidates",
    "FORECAST_EVERY": "rolling_origin",
    "ParetoNBD": "pareto_nbd",
    "SBG": "sbg",
    "Seasonality": "seasonality",
    "SpendDependence": "independence",
    "Terms": "lifetime_value",
    "alive_bands": "summaries",
    "alive_history": "customer_history",
    "backtest": "rolling_origin",
    "comparison": "choice",
    "coverage": "track_record",
    "estimate": "lifetime_value",
    "forecasts_made": "track_record",
    "formula_clv": "formula",
    "formula_parts": "summaries",
    "left_censoring": "censoring",
    "model_in_use": "customer_history",
    "parameter_table": "summaries",
    "purchase_seasonality": "seasonality",
    "spend_bands": "summaries",
    "spend_dependence": "independence",
    "tenths": "track_record",
    "value_by_class": "summaries",
}


def __getattr__(name: str) -> object:
    """Load a name on first use: SciPy takes a quarter of a second, and most notebooks need no model."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
