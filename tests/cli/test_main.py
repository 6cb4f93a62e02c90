"""The command line from outside: exit codes, one message, and nothing half written."""

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from tests.generated_shop import make_shop, shop_lines
from tests.shop import make_dataset

SOURCE = Path(__file__).parents[2] / "src"


def run(root, *arguments):
    return subprocess.run(
        [sys.executable, "-m", "analysis", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"ANALYSIS_ROOT": str(root), "PYTHONPATH": str(SOURCE)},
    )


def write_notebook(root, *sources):
    folder = root / "notebooks"
    folder.mkdir(exist_ok=True)
    parameters = new_code_cell(
        'dataset = "shop"\nmonth = "2024-03"\nlanguage = "en"', id="parameters", metadata={"tags": ["parameters"]}
    )
    cells = [parameters, *(new_code_cell(source, id=f"cell-{n}") for n, source in enumerate(sources))]
    nbformat.write(new_notebook(cells=cells), folder / "01_overview.ipynb")


GOOD = (
    "import analysis\nfrom analysis import report\nopened = analysis.open_month(dataset, month)\n"
    'page = report.open_page("overview", opened, language)',
    "page.title()",
)


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    folder = tmp_path_factory.mktemp("project")
    make_shop(folder, shop_lines(100))
    write_notebook(folder, *GOOD)
    return folder


def test_report_writes_pages_customers_and_lists(root):
    done = run(root, "report", "--dataset", "shop", "--language", "zh")
    assert done.returncode == 0, done.stderr
    assert (root / "reports/shop/2024-04/zh/index.html").exists()
    assert (root / "reports/index.html").exists()
    months = root / "data/shop/months/2024-04"
    assert (months / "customer_lists_zh.xlsx").exists()
    assert pd.read_parquet(months / "customers.parquet")["customer_id"].is_unique
    assert "01_overview" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["report", "--dataset", "shopp"], "Did you mean shop?"),
        (["report", "--dataset", "shop", "--month", "2031-01"], "lies outside the data"),
        (["report", "--dataset", "shop", "--month", "2023-02"], "a window of at most"),
        (["report", "--dataset", "shop", "--month", "March"], "YYYY-MM"),
        (["report", "--dataset", "shop", "--month", "2024-05"], "a partial month"),
        (["cutoffs", "--dataset", "shop", "--baseline", "2022-01"], "lies outside the data"),
        (["report", "--language", "fr"], "invalid choice"),
        (["reprot"], "invalid choice"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_mistake_ends_with_exit_code_2_and_one_message(root, arguments, expected):
    done = run(root, *arguments)
    assert done.returncode == 2
    assert expected in done.stderr
    assert "Traceback" not in done.stderr


def test_a_dataset_without_cut_points_names_the_command_that_makes_them(tmp_path):
    make_dataset(tmp_path, shop_lines(20))
    write_notebook(tmp_path, *GOOD)
    done = run(tmp_path, "report", "--dataset", "shop")
    assert (done.returncode, "make cutoffs DATASET=shop" in done.stderr) == (2, True)
    done = run(tmp_path, "cutoffs", "--dataset", "shop")
    assert (done.returncode, "before: none" in done.stdout) == (0, True)
    assert run(tmp_path, "report", "--dataset", "shop").returncode == 0


def test_a_cell_that_fails_is_named_and_the_report_before_stays(root):
    assert run(root, "report", "--dataset", "shop", "--month", "2024-02").returncode == 0
    page = root / "reports/shop/2024-02/en/index.html"
    before = page.read_bytes()
    write_notebook(root, *GOOD, "1 / 0")
    done = run(root, "report", "--dataset", "shop", "--month", "2024-02")
    write_notebook(root, *GOOD)
    assert done.returncode == 1
    assert "01_overview.ipynb, cell 4: ZeroDivisionError: division by zero" in done.stderr
    assert "Traceback" not in done.stderr
    assert page.read_bytes() == before


def test_check_prints_the_findings_and_ends_with_a_code_for_the_scheduler(tmp_path):
    lines = shop_lines(30)
    lines.loc[5, "customer"] = ""
    make_dataset(tmp_path, lines)
    done = run(tmp_path, "check", "shop")
    assert done.returncode == 0
    assert "Lines without a customer" in done.stdout
    assert not (tmp_path / "reports").exists()
    lines.loc[6:40, "customer"] = ""
    make_dataset(tmp_path, lines)
    assert run(tmp_path, "check", "shop", "--language", "zh").returncode == 0
    assert run(tmp_path, "check", "shop", "--strict").returncode == 2
    lines["time"] = lines["time"].astype(str).mask(lines.index < 80, "never")
    make_dataset(tmp_path, lines)
    done = run(tmp_path, "check", "shop")
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)


def test_clean_removes_what_can_be_made_again_and_nothing_else(tmp_path):
    make_shop(tmp_path, shop_lines(20))
    for folder in ("accepted", "extracts", "months"):
        (tmp_path / "data/shop" / folder).mkdir(exist_ok=True)
    done = run(tmp_path, "clean")
    assert done.returncode == 0
    assert sorted(path.name for path in (tmp_path / "data/shop").iterdir()) == [
        "cutoffs.json",
        "dataset.yaml",
        "lines.csv",
    ]
