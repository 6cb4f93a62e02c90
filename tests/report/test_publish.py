import json
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from analysis.errors import InputError
from analysis.report import publish
from analysis.report.publish import aside_place, building_place, neighbours, publishing, repair, write_library


def _fill(folder: Path, text: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("index.html", "manifest.json"):
        (folder / name).write_text(text)


def _edition(place: Path) -> set[str]:
    """Return the texts of an edition's files: one text when it is whole."""
    return {(place / name).read_text() for name in ("index.html", "manifest.json")}


def _clean(place: Path) -> bool:
    return not aside_place(place).exists() and not building_place(place).exists()


@pytest.fixture
def place(tmp_path):
    return tmp_path / "shop" / "2017-11" / "en"


def test_a_new_edition_takes_the_place_of_the_old(place):
    for text in ("old", "new"):
        with publishing(place) as folder:
            _fill(folder, text)
    assert (_edition(place), _clean(place)) == ({"new"}, True)


def test_an_error_while_building_leaves_the_old_edition(place):
    _fill(place, "old")
    with pytest.raises(FileNotFoundError), publishing(place) as folder:
        (folder / "index.html").write_text((folder / "absent.html").read_text())
    assert (_edition(place), _clean(place)) == ({"old"}, True)


@pytest.mark.parametrize("renames", [0, 1, 2], ids=["before the swap", "old one aside", "both renamed"])
def test_after_a_crash_the_next_start_finds_a_whole_edition(place, monkeypatch, renames):
    class Crash(BaseException):
        """The machine stops; nothing is cleaned up."""

    _fill(place, "old")
    building = building_place(place)
    _fill(building, "new")
    done = []

    def rename(path, target, real=Path.rename):
        if len(done) == renames:
            raise Crash
        done.append(target)
        return real(path, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", rename)
        patched.setattr(publish.shutil, "rmtree", lambda *_, **__: (_ for _ in ()).throw(Crash))
        with pytest.raises(Crash):
            publish.swap(building, place)
    repair(place)
    assert (_edition(place), _clean(place)) == ({"new" if renames == 2 else "old"}, True)


def test_a_crash_while_the_old_edition_is_removed_leaves_the_new_one(place):
    _fill(place, "new")
    aside = aside_place(place)
    aside.mkdir()
    (aside / "index.html").write_text("old")  # its manifest is gone already
    repair(place)
    assert (_edition(place), _clean(place)) == ({"new"}, True)


def test_two_runs_cannot_build_the_same_edition_at_once(place):
    with publishing(place) as folder:
        _fill(folder, "first")
        with pytest.raises(InputError, match="another run is building"), publishing(place):
            pass
    assert _edition(place) == {"first"}


def test_neighbours_are_the_nearest_months_with_a_report_in_the_language(tmp_path):
    for month, language in (("2017-08", "en"), ("2017-09", "en"), ("2017-10", "zh"), ("2018-01", "en")):
        _fill(tmp_path / month / language, "x")
    assert neighbours(tmp_path, "2017-11", "en") == ("2017-09", "2018-01")
    assert neighbours(tmp_path, "2017-11", "zh") == ("2017-10", None)


def test_the_library_lists_every_edition_on_disk_newest_first(tmp_path):
    for month, language, headline in (
        ("2017-10", "en", "Nothing <b>moved</b>."),
        ("2017-11", "en", "Up."),
        ("2017-11", "zh", "上升。"),
    ):
        folder = tmp_path / "shop" / month / language
        _fill(folder, "x")
        facts = {
            "dataset": "shop",
            "dataset_title": ["Shop & Co", "小店"],
            "month": month,
            "language": language,
            "headline": headline,
        }
        (folder / "manifest.json").write_text(json.dumps(facts))
    _fill(building_place(tmp_path / "shop" / "2017-12" / "en"), "{}")  # an edition in the making is not listed
    shown = BeautifulSoup(write_library(tmp_path).read_text(encoding="utf-8"), "html.parser")
    rows = [[cell.text for cell in row.find_all(["th", "td"])] for row in shown.tbody.find_all("tr")]
    assert shown.h2.text == "Shop & Co"
    assert rows == [["November 2017", "English · 中文", "Up."], ["October 2017", "English", "Nothing <b>moved</b>."]]
    assert all((tmp_path / link["href"]).exists() for link in shown.main.find_all("a"))


def test_a_library_without_reports_says_so(tmp_path):
    assert "No report has been built yet." in write_library(tmp_path).read_text(encoding="utf-8")
