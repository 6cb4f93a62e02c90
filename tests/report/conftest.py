"""Tiny notebooks and a month without data, so that these tests need no dataset."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nbformat
import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_notebook

PARAMETERS = 'dataset = "shop"\nmonth = "2017-11"\nlanguage = "en"'
OPEN = 'from analysis.report import Page\npage = Page("overview", language, currency="USD", month=month)'

WriteNotebook = Callable[..., Path]


@pytest.fixture
def write_notebook(tmp_path: Path) -> WriteNotebook:
    """Write a notebook of a parameters cell and the given cells; its cell ids are fixed, as in version control."""

    def write(name: str, *cells: str, parameters: str | None = PARAMETERS) -> Path:
        folder = tmp_path / "notebooks"
        folder.mkdir(exist_ok=True)
        made = [new_code_cell(source, id=f"cell-{number}") for number, source in enumerate(cells, 1)]
        if parameters is not None:
            made.insert(0, new_code_cell(parameters, id="parameters", metadata={"tags": ["parameters"]}))
        path = folder / f"{name}.ipynb"
        nbformat.write(new_notebook(cells=made), path)
        return path

    return write


class FakeMonth:
    """As much of a month as a report needs."""

    def __init__(self, month: str = "2017-11") -> None:
        self.month = month
        self.as_of = dt.date(2017, 12, 1)
        self.dataset = SimpleNamespace(name="shop")
        self.settings = SimpleNamespace(
            title=SimpleNamespace(en="The <b>Shop</b>", zh="小店"),
            currency="USD",
            simulated=True,
            random_state=7,
            reporting_time_zone="America/New_York",
            model_dump=lambda mode: {"window_days": 90, "as": mode},
        )
        self.cut_points = SimpleNamespace(version="2017-06-abc", baseline="2017-06")
        self.accepted = SimpleNamespace(file_hashes={"transactions.file": "0" * 64})
        self.rows_hash = "1" * 20

    def quality(self) -> Any:
        return SimpleNamespace(gate=pd.DataFrame([{"read": 12, "accepted": 11, "set_aside": 1}]))

    def scored(self) -> pd.DataFrame:
        return pd.DataFrame({"customer_id": ["ann", "bob"], "abc": ["a", "c"]})


@pytest.fixture
def fake_month() -> FakeMonth:
    return FakeMonth()
