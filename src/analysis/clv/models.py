"""The purchase models by the keys that tables use, the simplest first."""

from analysis.clv.bgnbd import BGNBD
from analysis.clv.mbgnbd import MBGNBD
from analysis.clv.pareto_nbd import ParetoNBD
from analysis.clv.purchase_model import PurchaseModel

PURCHASE_MODELS: dict[str, type[PurchaseModel]] = {"bg_nbd": BGNBD, "mbg_nbd": MBGNBD, "pareto_nbd": ParetoNBD}
