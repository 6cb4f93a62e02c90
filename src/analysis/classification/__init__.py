"""Classes by rules: scores, RFM segments and quadrants, ABC, value and frequency tiers."""

from analysis.classification.classify import Classes, check_cutoffs, classify, fit_cutoffs
from analysis.classification.schemes import NOT_BUYERS, SCHEMES, SCORES, Scheme
from analysis.classification.summaries import (
    abc_curve,
    rfm_grid,
    rule_table,
    scheme_inputs,
    score_table,
    summary,
)

__all__ = [
    "NOT_BUYERS",
    "SCHEMES",
    "SCORES",
    "Classes",
    "Scheme",
    "abc_curve",
    "check_cutoffs",
    "classify",
    "fit_cutoffs",
    "rfm_grid",
    "rule_table",
    "scheme_inputs",
    "score_table",
    "summary",
]
