import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from analysis.errors import InputError, NotebookError
from analysis.report.notebooks import list_notebooks, read_defaults, run_notebooks

GIVEN = {"dataset": "shop", "month": "2017-11", "language": "en"}


def _run(notebooks, tmp_path, parameters=GIVEN):
    return run_notebooks(notebooks, parameters, tmp_path / "executed", kept=tmp_path / "kept")


@pytest.fixture
def nothing_runs(monkeypatch):
    def refuse(*_, **__):
        raise AssertionError("a notebook ran")

    monkeypatch.setattr("analysis.report.notebooks.ProcessPoolExecutor", refuse)


@pytest.mark.usefixtures("nothing_runs")
def test_an_unknown_parameter_stops_before_anything_runs_and_names_the_nearest(write_notebook, tmp_path):
    with pytest.raises(InputError, match=r"01_a\.ipynb: unknown parameter\. Got mont; .*Did you mean month\?"):
        _run([write_notebook("01_a", "1")], tmp_path, {"mont": "2017-11"})


@pytest.mark.usefixtures("nothing_runs")
def test_a_value_of_another_type_stops_before_anything_runs(write_notebook, tmp_path):
    with pytest.raises(InputError, match=r"01_a\.ipynb, month: .*wrong type\. Got 201711; expected a text"):
        _run([write_notebook("01_a", "1")], tmp_path, {"month": 201711})


@pytest.mark.usefixtures("nothing_runs")
@pytest.mark.parametrize(
    ("parameters", "told"),
    [
        (None, "exactly one cell tagged parameters. Got 0"),
        ("import os", "only set names to plain values"),
        ("month = max(months)", "only set names to plain values"),
        ("month = ", "only set names to plain values"),
    ],
    ids=["no tag", "import", "call", "not Python"],
)
def test_a_cell_of_parameters_that_is_missing_or_does_more_is_refused(write_notebook, tmp_path, parameters, told):
    with pytest.raises(InputError, match=told):
        _run([write_notebook("01_a", "1", parameters=parameters)], tmp_path)


@pytest.mark.usefixtures("nothing_runs")
def test_all_problems_of_all_notebooks_are_told_at_once(write_notebook, tmp_path):
    notebooks = [write_notebook("01_a", "1"), write_notebook("02_b", "1")]
    with pytest.raises(InputError, match=r"(?s)1\. 01_a.*2\. 02_b"):
        _run(notebooks, tmp_path, {"mont": "2017-11"})


def test_defaults_are_read_without_running(write_notebook):
    path = write_notebook("01_a", parameters='a, b = "x", -2\nrate: float = 0.5\nnames = ["x"]\nnothing = None')
    assert read_defaults(path) == {"a": "x", "b": -2, "rate": 0.5, "names": ["x"], "nothing": None}


def test_notebooks_come_in_the_order_of_their_numbers(write_notebook):
    for name in ("10_late", "02_early", "notes", "01_first"):
        path = write_notebook(name)
    assert [found.stem for found in list_notebooks(path.parent)] == ["01_first", "02_early", "10_late"]


def test_the_guide_numbered_zero_is_no_page_of_the_report(write_notebook):
    write_notebook("00_guide", "1")
    path = write_notebook("01_first", "1")
    assert list_notebooks(path.parent) == [path]


def test_a_folder_without_notebooks_is_an_input_error(tmp_path):
    with pytest.raises(InputError, match="no notebooks to run"):
        list_notebooks(tmp_path)


def test_notebooks_run_side_by_side_from_any_folder_with_one_line_each_and_no_warning(write_notebook, tmp_path):
    shown = "from pathlib import Path\nprint(month, Path.cwd().name)"
    notebooks = [write_notebook("01_a", shown), write_notebook("02_b", shown)]
    script = tmp_path / "run.py"
    script.write_text(
        "from pathlib import Path\nfrom analysis.report.notebooks import run_notebooks\n"
        "if __name__ == '__main__':\n"
        f"    run_notebooks([Path(p) for p in {[str(p) for p in notebooks]}], {GIVEN | {'month': '2017-10'}},\n"
        f"                  Path({str(tmp_path / 'executed')!r}), kept=Path({str(tmp_path / 'kept')!r}))\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error::DeprecationWarning:__main__", str(script)],
        cwd="/",
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == ""
    lines = re.sub(r"\d+\.\d s", "1.0 s", done.stderr).splitlines()
    assert sorted(lines) == ["01_a  1.0 s  done", "02_b  1.0 s  done"]
    for path in notebooks:
        executed = nbformat.read(tmp_path / "executed" / path.name, as_version=4)
        outputs = [output for cell in executed.cells for output in cell.outputs]
        assert [output.text for output in outputs] == ["2017-10 notebooks\n"]


def test_a_failing_cell_names_notebook_cell_and_error_and_keeps_the_notebook(write_notebook, tmp_path):
    broken = write_notebook("03_broken", "1", "1 / 0")
    with pytest.raises(NotebookError, match=r"03_broken\.ipynb, cell 3: ZeroDivisionError") as raised:
        _run([broken], tmp_path)
    kept = Path(str(raised.value).rsplit(" ", 1)[1])
    assert kept == tmp_path / "kept" / "03_broken.ipynb"
    assert "ZeroDivisionError" in kept.read_text(encoding="utf-8")


def test_a_kernel_that_dies_names_notebook_and_cell(write_notebook, tmp_path):
    broken = write_notebook("03_broken", "1", "import os\nos._exit(9)")
    with pytest.raises(NotebookError, match=r"03_broken\.ipynb, cell 3: DeadKernelError"):
        _run([broken], tmp_path)


def test_a_mistake_of_the_user_met_in_a_cell_stays_one(write_notebook, tmp_path):
    cell = "from analysis.errors import InputError\nraise InputError('x', where='MONTH', got=1, expected=2, do='Do.')"
    with pytest.raises(InputError, match=r"^MONTH: x\. Got 1; expected 2\. Do\.$"):
        _run([write_notebook("01_a", cell)], tmp_path)
    assert not (tmp_path / "kept").exists()
