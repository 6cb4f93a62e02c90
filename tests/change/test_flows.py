"""The migration matrix as people read it, against counts by hand."""

import pandas as pd

from analysis.change import class_flows, migration, migration_table

CLASSES = ("high", "low", "lapsed")


def matrix():
    before = pd.DataFrame({"customer_id": list("abcd"), "tier": ["high", "high", "low", "low"]})
    after = pd.DataFrame({"customer_id": list("abce"), "tier": ["high", "low", "low", "high"]})
    return migration(before, after, "tier", CLASSES)  # b falls, d leaves, e is new


def test_rows_sum_to_the_month_before_and_columns_to_this_month():
    table = migration_table(matrix()).set_index("from_class")
    assert table.loc["high"].tolist() == [1, 1, 0, 0, 2]  # a stays, b falls
    assert table["customers"].to_dict() == {"not_yet_a_customer": 1, "high": 2, "low": 2, "lapsed": 0}
    this_month = table.drop(columns="customers").sum().to_dict()
    assert this_month == {"high": 2, "low": 2, "lapsed": 0, "no_longer_a_customer": 1}


def test_what_was_less_who_left_plus_who_joined_is_what_is():
    table = class_flows(matrix()).set_index("class")
    assert table.loc["high"].to_dict() == {"before": 2, "gone": 1, "come": 1, "now": 2}  # b out, e in
    assert table.loc["low"].to_dict() == {"before": 2, "gone": 1, "come": 1, "now": 2}  # d out, b in
    assert table.loc["lapsed"].to_dict() == {"before": 0, "gone": 0, "come": 0, "now": 0}
