"""The purchase models by the keys that tables use, the simplest first, and their fit to collapsed counts."""

import pandas as pd

from analysis.clv.bgnbd import BGNBD
from analysis.clv.mbgnbd import MBGNBD
from analysis.clv.pareto_nbd import ParetoNBD
from analysis.clv.purchase_model import PurchaseModel

PURCHASE_MODELS: dict[str, type[PurchaseModel]] = {"bg_nbd": BGNBD, "mbg_nbd": MBGNBD, "pareto_nbd": ParetoNBD}


def fit_counts(model: type[PurchaseModel], counts: pd.DataFrame) -> PurchaseModel:
    """Return a model fitted to the counts of `features.history_counts`: x, t_x, T (days), customers."""
    return model().fit(counts["x"], counts["t_x"], counts["T"], counts["customers"])
