"""One report of one month and language: run, render, record, publish."""

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from analysis.report.components import as_json
from analysis.report.manifest import MANIFEST, commit, file_hashes, month_facts, versions
from analysis.report.notebooks import WORKERS, list_notebooks, run_notebooks
from analysis.report.page import as_of_text
from analysis.report.publish import neighbours, publishing, repair_all, write_library
from analysis.report.render import Edition, Rendered, render
from analysis.report.wording import Words


def build(month: Any, language: str, reports: Path, notebooks: Path, *, workers: int = WORKERS) -> Path:
    """Build and publish the report of an opened month; return its first page.

    Parameters
    ----------
    month : from `analysis.open_month`. language : `en` or `zh`.
    reports : the report goes to `<dataset>/<month>/<language>/` below it. notebooks : folder of the notebooks to run.
    workers : notebooks that run at the same time.

    Raises
    ------
    InputError : the user's input is wrong, or another run builds the same report; nothing was published.
    NotebookError : a cell failed; nothing was published, the notebook is kept in `reports/.failed/`.
    """
    name = month.dataset.name
    place = reports / name / month.month / language
    kept = reports / ".failed" / f"{name}_{month.month}_{language}"
    shutil.rmtree(kept, ignore_errors=True)
    parameters = {"dataset": name, "month": month.month, "language": language}
    repair_all(reports)
    with publishing(place) as folder, tempfile.TemporaryDirectory(prefix="report-") as work:
        facts = month_facts(month, language)
        executed = run_notebooks(list_notebooks(notebooks), parameters, Path(work), kept=kept, workers=workers)
        rendered = render(executed, edition_of(month, language, reports))
        write_files(folder, rendered, facts)
    write_library(reports)
    return place / "index.html"


def edition_of(month: Any, language: str, reports: Path) -> Edition:
    """Return what all pages of the month share."""
    settings = month.settings
    before, after = neighbours(reports / month.dataset.name, month.month, language)
    return Edition(
        dataset=month.dataset.name,
        dataset_title=getattr(settings.title, language),
        month=month.month,
        language=language,
        as_of=as_of_text(Words(language), month.as_of, settings.reporting_time_zone),
        currency=settings.currency,
        simulated=settings.simulated,
        previous=before,
        next=after,
    )


def write_files(folder: Path, rendered: Rendered, facts: Mapping[str, Any]) -> None:
    """Write pages, tables and manifest into the folder of the edition."""
    for name, content in rendered.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    manifest = {
        **facts,
        "headline": rendered.pages[0].finding,
        "pages": [page.file for page in rendered.pages],
        "files": file_hashes(rendered.files),
        "versions": versions(),
        "commit": commit(),
    }
    (folder / MANIFEST).write_text(as_json(manifest), encoding="utf-8")
