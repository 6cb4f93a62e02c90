"""The verdict on the clusters, taken apart for people; it reads kept results and needs no scikit-learn."""

import pandas as pd

ANY_VALUE = "any_value"


def verdict_checks(verdict: pd.DataFrame) -> pd.DataFrame:
    """Return what the verdict rests on: check, found, needed, met.

    Parameters
    ----------
    verdict : one row, as in `Clustering.verdict`.

    Returns
    -------
    A row per check: `buyers` and `stability` (at least `needed`), `separation` (a silhouette above the usual floor) and
    `one_cloud` (a silhouette above what buyers without groups reach). `met` is missing where nothing was sought.
    """
    row = verdict.iloc[0]
    table = pd.DataFrame(
        [
            ("buyers", row["buyers"], row["buyers_needed"], row["buyers"] >= row["buyers_needed"]),
            ("stability", row["stability"], row["stability_needed"], row["stability"] >= row["stability_needed"]),
            ("separation", row["silhouette"], row["silhouette_needed"], row["silhouette"] > row["silhouette_needed"]),
            (
                "one_cloud",
                row["silhouette"],
                row["silhouette_of_one_cloud"],
                row["silhouette"] > row["silhouette_of_one_cloud"],
            ),
        ],
        columns=["check", "found", "needed", "met"],
    )
    return table.assign(met=table["met"].astype("boolean").mask(table["found"].isna()))


def rules_with_reasons(rules: pd.DataFrame) -> pd.DataFrame:
    """Return the rules with `<feature>_interval_reason`, `any_value` where a rule does not look at the feature."""
    names = [str(name).removesuffix("_above") for name in rules.columns if str(name).endswith("_above")]
    free = {name: rules[[f"{name}_above", f"{name}_up_to"]].isna().all(axis=1) for name in names}
    reasons = {f"{name}_interval_reason": open_both.map({True: ANY_VALUE}) for name, open_both in free.items()}
    return rules.assign(**reasons)


def cluster_by_class(customers: pd.DataFrame, scheme: str, classes: tuple[str, ...]) -> pd.DataFrame:
    """Return how the clusters spread over the classes of a scheme, so that readers see what they add to it.

    Parameters
    ----------
    customers : the scheme's column and `cluster` (missing: in none).
    scheme, classes : the column, and its classes in display order.

    Returns
    -------
    A row per class: class, `cluster_1`, `cluster_2` ... (customers), customers (their sum, in any cluster).
    """
    clustered = customers.dropna(subset="cluster").astype({"cluster": "int64"})
    counts = pd.crosstab(clustered[scheme], clustered["cluster"]).reindex(classes, fill_value=0)
    counts = counts.add_prefix("cluster_").rename_axis("class").rename_axis(None, axis=1)
    return counts.assign(customers=counts.sum(axis=1)).reset_index()
