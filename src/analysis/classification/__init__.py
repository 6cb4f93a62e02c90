"""Classes by rules: scores, RFM segments and quadrants, ABC, value and frequency tiers."""

from analysis.classification.classify import Classes, check_cutoffs, classify, fit_cutoffs
from analysis.classification.details import (
    abc_classes,
    first_order_age,
    rfm_matrix,
    rule_bounds,
    score_thresholds,
    with_rule,
)
from analysis.classification.personas import personas
from analysis.classification.schemes import NOT_BUYERS, SCHEMES, SCORES, Scheme
from analysis.classification.summaries import abc_curve, rfm_grid, rule_table, scheme_inputs, score_table, summary

__all__ = [
    "NOT_BUYERS",
    "SCHEMES",
    "SCORES",
    "Classes",
    "Scheme",
    "abc_classes",
    "abc_curve",
    "check_cutoffs",
    "classify",
    "first_order_age",
    "fit_cutoffs",
    "personas",
    "rfm_grid",
    "rfm_matrix",
    "rule_bounds",
    "rule_table",
    "scheme_inputs",
    "score_table",
    "score_thresholds",
    "summary",
    "with_rule",
]
