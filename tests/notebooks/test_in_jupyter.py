"""Every notebook as an analyst runs it: a kernel of its own, started in `notebooks/`, defaults as committed."""

import asyncio

import nbformat
import pytest
from nbclient import NotebookClient

from tests.notebooks.in_process import NOTEBOOKS

PATHS = sorted(NOTEBOOKS.glob("*.ipynb"))
SIDE_BY_SIDE = 2


async def execute_all(paths):
    """Return the executed notebooks; CellExecutionError shows the cell that failed."""
    free = asyncio.Semaphore(SIDE_BY_SIDE)

    async def execute(path):
        notebook = nbformat.read(path, as_version=4)
        client = NotebookClient(notebook, kernel_name="python3", resources={"metadata": {"path": str(path.parent)}})
        async with free:
            return await client.async_execute()

    return await asyncio.gather(*map(execute, paths))


@pytest.mark.slow
def test_every_notebook_runs_from_top_to_bottom_and_shows_blocks_that_jupyter_leaves_as_they_are():
    assert [path.stem[:2] for path in PATHS] == ["00", "01", "02", "03", "04", "05", "06"]
    for path, notebook in zip(PATHS, asyncio.run(execute_all(PATHS)), strict=True):
        outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
        assert {output.output_type for output in outputs} <= {"display_data", "execute_result"}, path.name
        assert any("mathjax_ignore" in output.data.get("text/html", "") for output in outputs), path.name
