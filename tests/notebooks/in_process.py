"""Run a notebook's cells in this process, so that a page can be read in many states without a kernel for each."""

import ast
from pathlib import Path

import IPython.display
import nbformat
import numpy as np
import pandas as pd
from bs4 import BeautifulSoup

from analysis import cutoffs
from analysis.opening import fit_cut_points
from analysis.report.components import TABLE_MIME
from tests.shop import make_dataset

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


def run(name, monkeypatch, **parameters):
    """Return what a notebook shows: the page's HTML, parsed, and the names of its tables."""
    shown = []
    monkeypatch.setattr(IPython.display, "display", lambda *blocks: shown.extend(blocks))
    names = {}
    for cell in nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4).cells:
        body = ast.parse(cell.source).body
        last = body.pop() if isinstance(body[-1], ast.Expr) else None
        exec(compile(ast.Module(body, []), name, "exec"), names)
        value = eval(compile(ast.Expression(last.value), name, "eval"), names) if last else None
        shown += [value] if value is not None else []
        names |= parameters if "parameters" in cell.metadata.get("tags", []) else {}
    bundles = [block._repr_mimebundle_() for block in shown]
    tables = [table for bundle in bundles for table in bundle.get(TABLE_MIME, {})]
    assert len(tables) == len(set(tables))
    return BeautifulSoup("".join(bundle["text/html"] for bundle in bundles), "html.parser"), tables


def shop(root, monkeypatch, buyers, *, often=0, seed=1, baseline="2017-03", **settings):
    """Make a shop of `buyers` customers who order at random from January to April 2017, with its cut points.

    The first `often` of them order some 30 times more, for ten times as much.
    """
    rng = np.random.default_rng(seed)
    number = 6 * buyers
    lines = pd.DataFrame(
        {
            "customer": [
                f"c{who:04d}" for who in np.append(np.arange(buyers), rng.integers(buyers, size=number - buyers))
            ],
            "time": pd.Timestamp("2017-01-01 12:00") + pd.to_timedelta(rng.integers(0, 120, number), unit="D"),
            "order": np.arange(number),
            "amount": rng.gamma(2, 20, number).round(2),
            "category": rng.integers(0, 5, number),
        }
    )
    more = pd.DataFrame(
        {
            "customer": [f"c{who:04d}" for who in np.repeat(np.arange(often), 30)],
            "time": pd.Timestamp("2017-01-01 12:00") + pd.to_timedelta(rng.integers(0, 120, 30 * often), unit="D"),
            "order": np.arange(30 * often) + number + 2,
            "amount": rng.gamma(2, 200, 30 * often).round(2),
            "category": rng.integers(0, 5, 30 * often),
        }
    )
    edges = pd.DataFrame(
        {
            "customer": "c0000",
            "time": pd.to_datetime(["2017-01-01 12:00", "2017-04-30 12:00"]),
            "order": [number, number + 1],
            "amount": 10.0,
            "category": 0,
        }
    )
    dataset = make_dataset(root, pd.concat([lines, more, edges]), window_days=90, **settings)
    monkeypatch.setenv("ANALYSIS_ROOT", str(root))
    cutoffs.save(dataset, fit_cut_points(dataset.name, baseline))
    return dataset.name
