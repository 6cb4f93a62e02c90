"""Small customer tables, and random ones for property tests."""

import pandas as pd
from hypothesis import strategies as st

COLUMNS = ["buyer_status", "recency_days", "orders", "net_revenue_minor", "category_breadth"]


def customer_table(rows: list[tuple[str, float, int, int, int]]) -> pd.DataFrame:
    """Return the columns a classification reads; each row is named in COLUMNS."""
    table = pd.DataFrame(rows, columns=COLUMNS)
    table.insert(0, "customer_id", [f"c{number:04d}" for number in range(len(rows))])
    return table.astype({"recency_days": float, "orders": "int64", "net_revenue_minor": "int64"})


def buyers(count: int, **columns: list[int]) -> pd.DataFrame:
    """Return `count` equal buyers; named columns replace their values."""
    return customer_table([("buyer", 10.0, 1, 1000, 1)] * count).assign(**columns)


# Narrow ranges make ties common, and ties are where classifications go wrong.
buyer_rows = st.tuples(
    st.just("buyer"), st.integers(1, 90).map(float), st.integers(1, 6), st.integers(-300, 3000), st.integers(1, 5)
)
other_rows = st.one_of(
    st.tuples(st.just("lapsed"), st.integers(91, 400).map(float), st.just(0), st.integers(-50, 0), st.just(0)),
    st.just(("never_ordered", float("nan"), 0, 0, 0)),
)
customer_tables = st.tuples(st.lists(buyer_rows, min_size=1, max_size=40), st.lists(other_rows, max_size=8)).map(
    lambda parts: customer_table([*parts[0], *parts[1]])
)
