"""A generated shop of two years: enough customers for every step, quick enough for tests."""

from pathlib import Path

import numpy as np
import pandas as pd

from analysis import cutoffs
from analysis.opening import fit_cut_points
from analysis.tables import Dataset
from tests.shop import make_dataset

START = pd.Timestamp("2023-01-01")


def shop_lines(customers: int = 150, seed: int = 0, days: int = 500) -> pd.DataFrame:
    """Return lines of customers who buy at their own rate, in three categories, with some returns."""
    random = np.random.default_rng(seed)
    first = random.integers(0, days - 120, customers)
    gap = random.gamma(2.0, 15.0, customers) + 2
    rows = []
    for number in range(customers):
        day = float(first[number])
        order = 0
        while day < days and order < 60:
            amount = round(float(random.gamma(3.0, 9.0)), 2)
            rows.append(
                (
                    f"c{number:03d}",
                    START + pd.Timedelta(days=int(day)),
                    f"{number}-{order}",
                    amount,
                    ("tea", "ink", "jam")[int(random.integers(0, 3))],
                )
            )
            if random.random() < 0.05:
                rows.append(
                    (f"c{number:03d}", START + pd.Timedelta(days=int(day) + 3), f"{number}-{order}r", -amount, "tea")
                )
            day += random.exponential(gap[number]) + 1
            order += 1
    return pd.DataFrame(rows, columns=["customer", "time", "order", "amount", "category"])


def make_shop(root: Path, lines: pd.DataFrame, **settings: object) -> Dataset:
    """Write the shop with cut points of its earliest month."""
    dataset = make_dataset(root, lines, **settings)
    cutoffs.save(dataset, fit_cut_points("shop", root=root))
    return dataset
