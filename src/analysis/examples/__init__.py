"""Example datasets: fetched from their public source, or simulated with known truth."""
