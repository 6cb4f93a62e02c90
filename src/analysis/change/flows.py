"""The migration matrix in the forms people read."""

import pandas as pd


def migration_table(matrix: pd.DataFrame) -> pd.DataFrame:
    """Return the migration matrix as people read it: a row per class of the month before, a column per class now.

    Parameters
    ----------
    matrix : as `migration` returned it.

    Returns
    -------
    from_class, one column per to_class, customers (the row's sum: the class in the month before). The columns' sums
    are this month. Nobody can go from outside the base to outside the base: that cell is 0.
    """
    order_from, order_to = matrix["from_class"].unique(), matrix["to_class"].unique()
    wide = matrix.pivot_table("customers", "from_class", "to_class", aggfunc="sum")
    wide = wide.reindex(index=order_from, columns=order_to).fillna(0).astype("int64").rename_axis(None, axis=1)
    return wide.assign(customers=wide.sum(axis=1)).reset_index()


def class_flows(matrix: pd.DataFrame) -> pd.DataFrame:
    """Return what became of each class: class, before, gone, come, now; before - gone + come = now.

    Parameters
    ----------
    matrix : as `migration` returned it; entrants have come, leavers are gone.
    """
    stayed = matrix.loc[matrix["from_class"] == matrix["to_class"]].set_index("from_class")["customers"]
    before = matrix.groupby("from_class")["customers"].sum().reindex(stayed.index)
    now = matrix.groupby("to_class")["customers"].sum().reindex(stayed.index)
    table = pd.DataFrame({"before": before, "gone": before - stayed, "come": now - stayed, "now": now})
    return table.rename_axis("class").reset_index()
