"""Groups of buyers found by a model, with the proof of whether they can be relied on.

Import from `analysis.clustering.cluster`; this file stays empty because scikit-learn is slow to import.
"""
