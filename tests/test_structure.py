"""The rules of the package's structure, held by reading its sources."""

import ast
import json
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "analysis"

LAYERS = [
    {"errors", "strict", "store"},
    {"engine"},
    {"tables"},
    {"features", "proposal"},
    {"classification", "clustering", "clv", "change"},
    {"strategy"},
    {"cutoffs", "month", "opening"},
    {"key_figures"},
    {"charts", "report", "exports", "examples"},
    {"__main__"},
]
SIBLINGS_MAY_IMPORT = {"errors", "strict", "store", "cutoffs", "month", "opening", "key_figures"}
SIBLINGS_MAY_IMPORT |= {"charts", "report", "exports"}
ONLY_IN = {
    "matplotlib": "charts",
    "seaborn": "charts",
    "papermill": "report",
    "nbconvert": "report",
    "duckdb": "engine",
    "adbc_driver_manager": "engine",
    "adbc_driver_postgresql": "engine",
    "adbc_driver_sqlite": "engine",
    "pyspark": "engine",
    "sqlglot": "engine",
}


def imported_modules(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def room_of(path):
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def layer(room):
    return next(number for number, rooms in enumerate(LAYERS) if room in rooms)


SOURCES = sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")


def test_every_room_has_its_layer():
    assert {room_of(path) for path in SOURCES} == set().union(*LAYERS)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_one_way(path):
    room = room_of(path)
    names = {name.split(".")[1] for name in imported_modules(path) if name.startswith("analysis.")}
    rooms = {name for name in names if any(name in layer_rooms for layer_rooms in LAYERS)} - {room}
    wrong = {
        other
        for other in rooms
        if layer(other) > layer(room) or (layer(other) == layer(room) and not {room, other} <= SIBLINGS_MAY_IMPORT)
    }
    assert not wrong, f"{room} must not import {wrong}"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_drivers_and_renderers_stay_in_their_rooms(path):
    tops = {name.split(".")[0] for name in imported_modules(path)}
    wrong = {top for top in tops if ONLY_IN.get(top, room_of(path)) != room_of(path)}
    assert not wrong


@pytest.mark.parametrize(
    ("name", "fewest_pins"),
    [("requirements.lock", 100), ("requirements-spark.lock", 100), ("requirements-peers.lock", 6)],
)
def test_lock_files_have_hashes_and_no_addresses(name, fewest_pins):
    text = (ROOT / name).read_text(encoding="utf-8")
    pins = [line for line in text.splitlines() if "==" in line and not line.startswith(" ")]
    assert "://" not in text
    assert text.count("--hash=sha256:") >= len(pins) > fewest_pins


def test_conda_takes_its_packages_from_the_lock():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    assert environment["dependencies"][-1] == {"pip": ["-r requirements.lock"]}


NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_notebooks_are_thin_and_committed_without_outputs(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)
    assert all(cell["metadata"] in ({}, {"tags": ["parameters"]}) for cell in code)
    assert len({cell["id"] for cell in cells}) == len(cells)
    sources = ["".join(cell["source"]) for cell in code]
    assert all(len(source.splitlines()) <= 15 for source in sources)
    assert not any(
        isinstance(node, ast.FunctionDef | ast.ClassDef) for source in sources for node in ast.walk(ast.parse(source))
    )
