"""A report appears whole or not at all.

An edition is built in a folder beside its place. Then the old edition is renamed aside, the new one renamed in, and the
old one removed. Whatever step a crash interrupts, `repair` finds either the whole old or the whole new edition.
"""

import fcntl
import json
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from analysis.errors import InputError
from analysis.report.components import environment
from analysis.report.manifest import MANIFEST
from analysis.report.render import LANGUAGE_TAGS, TEMPLATE, stylesheet
from analysis.report.wording import LANGUAGES, Words
from analysis.store import written_whole


def building_place(place: Path) -> Path:
    """Return where an edition is built before it is published."""
    return place.with_name(f".{place.name}.building")


def aside_place(place: Path) -> Path:
    """Return where the old edition waits while the new one is renamed in."""
    return place.with_name(f".{place.name}.old")


@contextmanager
def publishing(place: Path) -> Iterator[Path]:
    """Give an empty folder to build the edition in; publish it at `place` when the block ends without an error.

    Raises
    ------
    InputError : another run is building this edition.
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    with _alone(place):
        repair(place)
        building = building_place(place)
        building.mkdir()
        try:
            yield building
        except BaseException:
            shutil.rmtree(building, ignore_errors=True)
            raise
        swap(building, place)


def swap(building: Path, place: Path) -> None:
    """Put a finished folder in its place; the old one goes aside first, and away last."""
    aside = aside_place(place)
    if place.exists():
        place.rename(aside)
    building.rename(place)
    shutil.rmtree(aside, ignore_errors=True)


def repair(place: Path) -> None:
    """Bring the place of an edition in order after a run that was interrupted."""
    aside = aside_place(place)
    if aside.exists() and not place.exists():
        aside.rename(place)  # interrupted between the two renames
    shutil.rmtree(aside, ignore_errors=True)
    shutil.rmtree(building_place(place), ignore_errors=True)


def repair_all(reports: Path) -> None:
    """Bring every edition in order whose run was interrupted, whichever is built next."""
    for aside in reports.glob("*/*/.*.old"):
        place = aside.with_name(aside.name.removeprefix(".").removesuffix(".old"))
        with _alone(place):
            repair(place)


def write_library(reports: Path) -> Path:
    """Write `reports/index.html`, the list of all editions on disk, newest first, from their manifests."""
    datasets: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for manifest in sorted(reports.glob(f"*/*/*/{MANIFEST}")):
        if manifest.parent.name in LANGUAGES:
            try:
                facts = json.loads(manifest.read_text(encoding="utf-8"))
            except ValueError:  # a broken edition must not keep the sound ones from the list
                print(f"left out of the list, its manifest cannot be read: {manifest}", file=sys.stderr)
                continue
            datasets.setdefault(facts["dataset_title"][0], {}).setdefault(facts["month"], []).append(facts)
    words, chinese = Words("en"), Words("zh")
    shown = {
        title: [_library_month(month, editions) for month, editions in sorted(months.items(), reverse=True)]
        for title, months in sorted(datasets.items())
    }
    html = (
        environment()
        .from_string((TEMPLATE / "library.html.j2").read_text(encoding="utf-8"))
        .render(words=words, chinese=chinese, css=stylesheet(), datasets=shown)
    )
    index = reports / "index.html"
    with written_whole(index) as part:
        part.write_text(html, encoding="utf-8")
    return index


def neighbours(dataset_folder: Path, month: str, language: str) -> tuple[str | None, str | None]:
    """Return the nearest months before and after that have a report in this language."""
    months = sorted(path.parent.parent.name for path in dataset_folder.glob(f"*/{language}/index.html"))
    before, after = [m for m in months if m < month], [m for m in months if m > month]
    return before[-1] if before else None, after[0] if after else None


def _library_month(month: str, editions: list[dict[str, Any]]) -> dict[str, Any]:
    first = editions[0]
    languages = [
        {
            "path": f"{e['dataset']}/{e['month']}/{e['language']}/index.html",
            "lang": LANGUAGE_TAGS[e["language"]],
            "name": Words(e["language"])("ui.language_name"),
        }
        for e in editions
    ]
    return {
        "month": month,
        "languages": languages,
        "headline": first["headline"],
        "headline_lang": LANGUAGE_TAGS[first["language"]],
    }


@contextmanager
def _alone(place: Path) -> Iterator[None]:
    with place.with_name(f".{place.name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise InputError(
                "another run is building this report",
                where=str(place),
                got="a report in the making",
                expected="one run at a time",
                do="Wait until it has finished.",
            ) from None
        yield
