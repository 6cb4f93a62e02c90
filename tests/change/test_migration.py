"""Movement between two months, against counts by hand."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from analysis.change.migration import migration, net_migration

CLASSES = ("high", "mid", "low", "lapsed", "never_ordered")
ORDERED = CLASSES[:3]


def month(**classes: str) -> pd.DataFrame:
    return pd.DataFrame({"customer_id": list(classes), "tier": list(classes.values())})


BEFORE = month(ann="mid", bob="low", cyd="high", dan="high", eve="low", fay="never_ordered", gus="mid")
AFTER = month(ann="high", bob="mid", cyd="low", dan="high", eve="lapsed", fay="low", hal="mid")
# up: ann, bob; down: cyd; stays: dan; out of the order: eve (lapsed), gus (gone); into it: fay, hal (new)


def moved(matrix: pd.DataFrame) -> dict[tuple[str, str], int]:
    filled = matrix[matrix["customers"] > 0]
    return dict(zip(zip(filled["from_class"], filled["to_class"], strict=True), filled["customers"], strict=True))


def test_every_customer_of_either_month_is_one_move():
    matrix = migration(BEFORE, AFTER, "tier", CLASSES)
    assert moved(matrix) == {
        ("mid", "high"): 1,
        ("low", "mid"): 1,
        ("high", "low"): 1,
        ("high", "high"): 1,
        ("low", "lapsed"): 1,
        ("never_ordered", "low"): 1,
        ("mid", "no_longer_a_customer"): 1,
        ("not_yet_a_customer", "mid"): 1,
    }
    assert len(matrix) == 6 * 6 - 1  # 5 classes and the outside on each side; from outside to outside is nobody


def test_net_migration_keeps_entrants_and_leavers_apart():
    row = net_migration(migration(BEFORE, AFTER, "tier", CLASSES), ORDERED).iloc[0]
    assert row[["up", "down", "net", "both_months", "joined", "left"]].tolist() == [2, 1, 1, 4, 2, 2]
    assert row["net_share"] == 1 / 4


def test_lapsed_counts_as_lowest_only_when_it_is_named_so():
    row = net_migration(migration(BEFORE, AFTER, "tier", CLASSES), (*ORDERED, "lapsed")).iloc[0]
    assert row[["up", "down", "net", "both_months", "left"]].tolist() == [2, 2, 0, 5, 1]


@pytest.mark.parametrize(("up", "down"), [(0, 5), (5, 0), (7, 3), (40, 60)])
def test_the_interval_is_the_exact_binomial_one(up: int, down: int):
    matrix = pd.DataFrame([("mid", "high", up), ("high", "mid", down)], columns=["from_class", "to_class", "customers"])
    row = net_migration(matrix, ORDERED).iloc[0]
    share = binomtest(up, up + down).proportion_ci(0.95)
    expected = [(up + down) * (2 * share.low - 1), (up + down) * (2 * share.high - 1)]
    assert row[["net_low", "net_high"]].tolist() == pytest.approx(expected)


def test_without_movers_the_interval_is_not_available():
    row = net_migration(migration(BEFORE, BEFORE, "tier", CLASSES), ORDERED).iloc[0]
    assert row[["up", "down", "net"]].tolist() == [0, 0, 0]
    assert row[["net_low", "net_high"]].isna().all()


def test_a_scheme_without_order_has_nobody_who_could_move():
    row = net_migration(migration(BEFORE, AFTER, "tier", CLASSES), ()).iloc[0]
    assert row["both_months"] == 0
    assert pd.isna(row["net_share"])


def test_a_first_month_has_only_entrants():
    matrix = migration(BEFORE.head(0), AFTER, "tier", CLASSES)
    assert matrix.loc[matrix["customers"] > 0, "from_class"].unique().tolist() == ["not_yet_a_customer"]
    assert matrix["customers"].sum() == len(AFTER)


@pytest.mark.parametrize("strange", ["others", None])
def test_a_class_outside_the_scheme_is_refused(strange: str | None):
    with pytest.raises(ValueError, match="tier: classes"):
        migration(BEFORE, AFTER.assign(tier=strange), "tier", CLASSES)


months = st.dictionaries(st.integers(0, 30).map(str), st.sampled_from(CLASSES), max_size=20).map(lambda m: month(**m))


@settings(max_examples=50, derandomize=True, deadline=None, database=None)
@given(months, months)
def test_margins_are_the_two_months(before: pd.DataFrame, after: pd.DataFrame):
    matrix = migration(before, after, "tier", CLASSES)
    for side, customers, outside in (
        ("from_class", before, "not_yet_a_customer"),
        ("to_class", after, "no_longer_a_customer"),
    ):
        margin = matrix.groupby(side)["customers"].sum().drop(outside)
        assert margin.to_dict() == customers["tier"].value_counts().reindex(CLASSES, fill_value=0).to_dict()
    row = net_migration(matrix, ORDERED).iloc[0]
    ids = set(before["customer_id"]) | set(after["customer_id"])
    unordered = matrix[~matrix["from_class"].isin(ORDERED) & ~matrix["to_class"].isin(ORDERED)]["customers"].sum()
    assert row["both_months"] + row["joined"] + row["left"] + unordered == len(ids)
