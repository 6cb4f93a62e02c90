"""k-means over a range of k: how well the groups are separated, and whether they come back in resamples."""

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import numpy as np
import pandas as pd
from scipy.stats import norm, rankdata
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import calinski_harabasz_score, davies_bouldin_score, silhouette_score
from sklearn.metrics.cluster import contingency_matrix
from threadpoolctl import threadpool_limits

N_INIT = 3  # restarts; k-means++ on four features rarely needs more, and a low stability would show it
N_RESAMPLES = 20  # bootstrap resamples per k; on 2,300 buyers stability then varies by 0.03 or less between seeds
SILHOUETTE_ROWS = 1_000  # the silhouette takes quadratic time
SILHOUETTE_ERROR = 0.01  # its standard error on so many rows, measured on buyers of three shops
N_NULL_CLOUDS = 19  # exceeding all 19 is a one-sided Monte Carlo test at 1 / (19 + 1) = 5 %
CRITERIA = ("k", "inertia", "silhouette", "calinski_harabasz", "davies_bouldin", "stability")


@contextmanager
def repeatable() -> Iterator[None]:
    """Run with one thread: k-means adds up centres in the order threads finish, so more change the last digits."""
    with threadpool_limits(limits=1), warnings.catch_warnings():
        # A resample may hold fewer different customers than k; the missing cluster then counts as not found.
        warnings.simplefilter("ignore", ConvergenceWarning)
        yield


def fitted(points: np.ndarray, k: int, rng: np.random.Generator, weights: np.ndarray | None = None) -> KMeans:
    """Return k-means fitted to points (n_points, n_features), each counted `weights` times."""
    model = KMeans(n_clusters=k, n_init=N_INIT, random_state=int(rng.integers(2**31)))
    return model.fit(points, sample_weight=weights)


def sampled_silhouette(points: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> float:
    """Return the mean silhouette of at most SILHOUETTE_ROWS points; 0 if all of them share one label."""
    if len(points) > SILHOUETTE_ROWS:
        rows = rng.choice(len(points), SILHOUETTE_ROWS, replace=False)
        points, labels = points[rows], labels[rows]
    return float(silhouette_score(points, labels)) if len(np.unique(labels)) > 1 else 0.0


def stability(points: np.ndarray, labels: np.ndarray, k: int, rng: np.random.Generator) -> float:
    """Return how well the least stable cluster is found again in bootstrap resamples, from 0 to 1.

    For each cluster the largest Jaccard similarity with a cluster of the resample, among the points drawn, is
    averaged over resamples; the smallest average is returned. Source: Hennig (2007), Cluster-wise assessment of
    cluster stability, Computational Statistics & Data Analysis 52.
    """
    similarities = []
    for _ in range(N_RESAMPLES):
        weights = rng.multinomial(len(points), np.full(len(points), 1 / len(points)))
        again = fitted(points, k, rng, weights).labels_
        drawn = weights > 0
        both = contingency_matrix(labels[drawn], again[drawn])
        either = both.sum(axis=1, keepdims=True) + both.sum(axis=0, keepdims=True) - both
        best = np.zeros(k)
        best[np.unique(labels[drawn])] = (both / either).max(axis=1)
        similarities.append(best)
    return float(np.mean(similarities, axis=0).min())


def criteria(points: np.ndarray, models: Mapping[int, KMeans], rng: np.random.Generator) -> pd.DataFrame:
    """Return a row of CRITERIA per k; `models` were fitted to `points`."""
    rows = [
        (
            k,
            model.inertia_,
            sampled_silhouette(points, model.labels_, rng),
            calinski_harabasz_score(points, model.labels_),
            davies_bouldin_score(points, model.labels_),
            stability(points, model.labels_, k, rng),
        )
        for k, model in models.items()
    ]
    return pd.DataFrame(rows, columns=list(CRITERIA))


def silhouette_of_one_cloud(points: np.ndarray, k: int, rng: np.random.Generator) -> float:
    """Return the largest silhouette that k-means reaches on clouds without clusters, plus two standard errors.

    A long or skewed cloud is cut at the same place again and again, so stability alone would call its halves
    clusters. Each cloud has the points' own distribution in every feature, ties and skew included, and their
    correlations of normal scores (a Gaussian copula), and nothing else in common with them.
    """
    size, width = min(len(points), SILHOUETTE_ROWS), points.shape[1]
    scores = norm.ppf((rankdata(points, axis=0) - 0.5) / len(points))
    varied = scores.std(axis=0) > 0
    correlation = np.eye(width)
    correlation[np.ix_(varied, varied)] = np.corrcoef(scores[:, varied], rowvar=False)
    ordered = np.sort(points, axis=0)

    def cloud() -> np.ndarray:
        shares = norm.cdf(rng.multivariate_normal(np.zeros(width), correlation, size))
        return np.take_along_axis(ordered, (shares * len(points)).astype(int), axis=0)

    clouds = (cloud() for _ in range(N_NULL_CLOUDS))
    largest = max(sampled_silhouette(points, fitted(points, k, rng).labels_, rng) for points in clouds)
    return largest + 2 * SILHOUETTE_ERROR  # closer than that, the verdict would be the luck of the sample
