"""Run the notebooks of a report side by side, each in a kernel of its own.

papermill runs a misspelt parameter with its default and only warns; here names and types are checked before anything
runs. A failing cell keeps its notebook, so that the month is rescued fast.
"""

import ast
import logging
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from difflib import get_close_matches
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from analysis.errors import InputError, NotebookError, all_problems
from analysis.report.jupyter import nbformat

WORKERS = 2  # kernels side by side; each holds its own copy of pandas
FRIENDLY_TYPES = {str: "a text", int: "a whole number", float: "a number", bool: "True or False"}


@dataclass(frozen=True)
class Finished:
    """How one notebook ended; `error` is the name of the exception of cell `cell`, empty when all went well."""

    notebook: Path
    executed: Path
    seconds: float
    cell: int = 0
    error: str = ""
    message: str = ""


def list_notebooks(folder: Path) -> list[Path]:
    """Return the notebooks of a report in the order of their numbers; the first is the first screen.

    Number 0 is the analyst's guide, which is no page.

    Raises
    ------
    InputError : there is none.
    """
    numbered = {path: int(path.stem.split("_")[0]) for path in folder.glob("[0-9]*_*.ipynb")}
    found = sorted((path for path, number in numbered.items() if number), key=lambda path: (numbered[path], path.name))
    if not found:
        raise InputError(
            "no notebooks to run",
            where=str(folder),
            got="no file of the form 01_name.ipynb",
            expected="the notebooks of the report",
            do="Restore them, or name their folder.",
        )
    return found


def run_notebooks(
    notebooks: Sequence[Path], parameters: Mapping[str, Any], folder: Path, *, kept: Path, workers: int = WORKERS
) -> list[Path]:
    """Run all notebooks with the same parameters and return the executed ones, in the same order.

    Parameters
    ----------
    parameters : each must stand in every notebook's cell tagged `parameters`, with a value of its type.
    folder : where executed notebooks go. kept : where a failed one is kept.
    workers : notebooks that run at the same time.

    Raises
    ------
    InputError : a wrong parameter or a missing tag, before anything runs; or a cell met a mistake of the user's.
    NotebookError : a cell failed otherwise.
    """
    check_parameters(notebooks, parameters)
    folder.mkdir(parents=True, exist_ok=True)
    finished: dict[Path, Finished] = {}
    # A socket's path holds 107 characters at most, and folders below a deep home folder exceed them.
    runtime = tempfile.mkdtemp(prefix="nb")
    try:
        with ProcessPoolExecutor(min(workers, len(notebooks)), mp_context=get_context("spawn")) as pool:
            runs = [pool.submit(_run, path, dict(parameters), folder / path.name, runtime) for path in notebooks]
            for run in as_completed(runs):
                done = run.result()
                finished[done.notebook] = done
                print(f"{done.notebook.stem}  {done.seconds:.1f} s  {done.error or 'done'}", file=sys.stderr)
                if done.error:
                    pool.shutdown(cancel_futures=True)
                    raise _failure(done, kept)
    finally:
        shutil.rmtree(runtime, ignore_errors=True)
    return [finished[path].executed for path in notebooks]


def check_parameters(notebooks: Sequence[Path], parameters: Mapping[str, Any]) -> None:
    """Compare names and types with the cell tagged `parameters` of each notebook; all problems are told at once."""
    problems = []
    for path in notebooks:
        defaults = read_defaults(path)
        for name, value in parameters.items():
            if name not in defaults:
                nearest = get_close_matches(name, defaults, n=1)
                problems.append(
                    InputError(
                        "unknown parameter",
                        where=path.name,
                        got=name,
                        expected=", ".join(defaults) or "no parameter",
                        do=f"Did you mean {nearest[0]}?" if nearest else "Add it to the cell tagged parameters.",
                    )
                )
            elif not _fits(value, defaults[name]):
                kind = type(defaults[name])
                problems.append(
                    InputError(
                        "a parameter has the wrong type",
                        where=f"{path.name}, {name}",
                        got=repr(value),
                        expected=FRIENDLY_TYPES.get(kind, kind.__name__),
                        do="Correct the value.",
                    )
                )
    if problems:
        raise all_problems(problems)


def read_defaults(notebook: Path) -> dict[str, Any]:
    """Return names and defaults of a notebook's parameters without running it.

    Raises
    ------
    InputError : no cell, or several, tagged `parameters`; or one that does more than set names to plain values.
    """
    cells = [
        cell
        for cell in nbformat.read(notebook, as_version=4).cells
        if "parameters" in cell.get("metadata", {}).get("tags", [])
    ]
    if len(cells) != 1:
        raise InputError(
            "a notebook needs exactly one cell tagged parameters",
            where=notebook.name,
            got=f"{len(cells)} such cells",
            expected="1",
            do="Tag the cell that sets dataset, month and language (JupyterLab: Property Inspector).",
        )
    defaults: dict[str, Any] = {}
    try:
        for statement in ast.parse(cells[0].source).body:
            defaults |= _assigned(statement)
    except (SyntaxError, ValueError):
        raise InputError(
            "the cell tagged parameters may only set names to plain values",
            where=notebook.name,
            got=cells[0].source.strip(),
            expected='lines such as month = "2017-11"',
            do="Move the rest to another cell.",
        ) from None
    return defaults


def _assigned(statement: ast.stmt) -> dict[str, Any]:
    match statement:
        case ast.Assign(targets=[target], value=given) | ast.AnnAssign(target=target, value=ast.expr() as given):
            value = ast.literal_eval(given)
        case _:
            raise ValueError(statement)
    if isinstance(target, ast.Name):
        return {target.id: value}
    if isinstance(target, ast.Tuple) and all(isinstance(part, ast.Name) for part in target.elts):
        return dict(zip((part.id for part in target.elts if isinstance(part, ast.Name)), value, strict=True))
    raise ValueError(statement)


def _fits(value: object, default: object) -> bool:
    if default is None or type(value) is type(default):
        return True
    return isinstance(default, float) and type(value) is int


def _run(notebook: Path, parameters: dict[str, Any], executed: Path, runtime: str) -> Finished:
    """Run one notebook, in a process of its own because papermill changes the working directory."""
    os.environ["JUPYTER_RUNTIME_DIR"] = runtime
    os.environ["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"  # a debugger's warning in every kernel's log
    logging.getLogger("papermill").setLevel(logging.ERROR)
    from jupyter_client.manager import AsyncKernelManager
    from papermill import execute_notebook
    from papermill.exceptions import PapermillExecutionError

    class PrivateKernelManager(AsyncKernelManager):
        """Talks to its kernel through files only this user can open; over TCP any user of the machine could."""

        transport = "ipc"
        ip = f"{tempfile.mkdtemp(dir=runtime)}/k"  # beginning of its sockets' paths; the default is the same for all

    began = time.perf_counter()
    cell, error, message = 0, "", ""
    try:
        execute_notebook(
            notebook,
            executed,
            parameters,
            kernel_name="python3",
            language="python",
            progress_bar=False,
            cwd=notebook.parent,
            kernel_manager_class=PrivateKernelManager,
            # Closing a kernel interrupts it first; now and then it logs that as an error on the operator's screen.
            extra_arguments=["--IPKernelApp.log_level=CRITICAL"],
        )
    except PapermillExecutionError as failure:
        cell, error, message = failure.cell_index, failure.ename, failure.evalue
    except Exception as failure:  # the kernel died, out of memory for one, or did not start
        cell, error, message = _last_started(executed), type(failure).__name__, str(failure)
    return Finished(notebook, executed, time.perf_counter() - began, cell, error, message)


def _last_started(executed: Path) -> int:
    """Return the position of the cell that ran when its kernel died, as far as papermill had written it down."""
    if not executed.exists():
        return 0
    cells = nbformat.read(executed, as_version=4).cells
    cells = [cell for cell in cells if "injected-parameters" not in cell.metadata.get("tags", [])]
    done = [n for n, c in enumerate(cells, 1) if c.metadata.get("papermill", {}).get("status") == "completed"]
    return min(max(done, default=0) + 1, len(cells))


def _failure(done: Finished, kept: Path) -> Exception:
    if done.error == "InputError":
        told = InputError("", where="", got="", expected="", do="")
        told.args = (done.message,)  # already in its form; the user's mistake is the same wherever it was met
        return told
    kept.mkdir(parents=True, exist_ok=True)
    copy = kept / done.notebook.name
    shutil.copyfile(done.executed if done.executed.exists() else done.notebook, copy)
    return NotebookError(
        f"{done.notebook.name}, cell {done.cell}: {done.error}: {done.message}\nNo report was written. "
        f"The notebook up to that cell, with its traceback, is kept at {copy}"
    )
