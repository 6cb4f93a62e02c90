"""Sentences about one customer, for the analyst's guide; no page of the report shows a single customer."""

from typing import Any

import pandas as pd

Finding = tuple[str, dict[str, Any]]

MOVED = 0.0005  # below, two probabilities read alike with one decimal


def alive(history: pd.DataFrame, customer_id: str, expected_purchases: float) -> Finding:
    """Return how the probability alive moved since the last purchase, or why the model in use has none.

    Parameters
    ----------
    history : of `clv.alive_history`.
    expected_purchases : purchase days in the next 12 months.
    """
    last, now = history[history["bought"]].iloc[-1], history.iloc[-1]
    if pd.isna(now["probability_alive"]):
        state = "single"
    else:
        state = "fell" if last["probability_alive"] - now["probability_alive"] >= MOVED else "stands"
    return f"guide.alive_{state}", {
        "customer": customer_id,
        "first": history["day"].iloc[0],
        "last": last["day"],
        "until": now["day"],
        "then": last["probability_alive"],
        "now": now["probability_alive"],
        "purchases": expected_purchases,
    }
