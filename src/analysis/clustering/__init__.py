"""Groups of buyers found by a model, with the proof of whether they can be relied on."""

from typing import Any

from analysis.clustering.evidence import cluster_by_class, rules_with_reasons, verdict_checks
from analysis.clustering.result import Clustering

__all__ = ["Clustering", "cluster", "cluster_by_class", "rules_with_reasons", "verdict_checks"]


def __getattr__(name: str) -> Any:
    """Load the model on first use: scikit-learn takes a second, and reading a kept result needs none of it."""
    if name == "cluster":
        from analysis.clustering.model import cluster

        return cluster
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
