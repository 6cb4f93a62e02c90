import json

import pytest
from bs4 import BeautifulSoup

from analysis.errors import NotebookError
from analysis.report import build
from analysis.report.manifest import frame_hash

OPEN = 'from analysis.report import Page\npage = Page("overview", language, currency="USD", month=month)'
TABLE = (
    "import functools\nimport pandas as pd\nfrom analysis.charts.bars import bars\n"
    'df = pd.DataFrame({"abc": ["a", "b"], "customers": [1, 2]})\n'
    'page.chart("classes", functools.partial(bars, by="abc", measure="customers"), df, title="action.caption")'
)
HEADLINE = 'page.headline("tile.target", value="<5>")'


@pytest.fixture
def build_again(write_notebook, fake_month, tmp_path):
    folder = write_notebook("01_overview", OPEN, "page.title()", HEADLINE, TABLE).parent
    return lambda language="en", reports="reports": build(fake_month, language, tmp_path / reports, folder)


def test_a_report_holds_pages_tables_and_manifest_and_is_equal_byte_for_byte_when_made_again(build_again, tmp_path):
    index = build_again(reports="first")
    assert index == tmp_path / "first" / "shop" / "2017-11" / "en" / "index.html"
    build_again(reports="second")
    first, second = (
        {
            path.relative_to(tmp_path / name): path.read_bytes()
            for path in (tmp_path / name).rglob("*")
            if path.is_file()
        }
        for name in ("first", "second")
    )
    assert first == second
    files = sorted(path.relative_to(index.parent).as_posix() for path in index.parent.rglob("*") if path.is_file())
    assert files == ["index.html", "manifest.json", "tables/classes.csv"]
    manifest = json.loads((index.parent / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["headline"] == "Target <5>"
    assert manifest["rows_before_as_of"] == {"read": 12, "accepted": 11, "set_aside": 1}
    assert manifest["seeds"] == {"random_state": 7}
    assert set(manifest["files"]) == {"index.html", "tables/classes.csv"}
    shown = BeautifulSoup((tmp_path / "first" / "index.html").read_text(encoding="utf-8"), "html.parser")
    assert shown.tbody.find_all("td")[-1].text == "Target <5>"


def test_a_report_that_fails_leaves_the_one_before(build_again, write_notebook, tmp_path):
    index = build_again()
    before = index.read_bytes()
    write_notebook("02_broken", "raise RuntimeError('no')")
    with pytest.raises(NotebookError, match=r"02_broken\.ipynb, cell 2: RuntimeError: no"):
        build_again()
    assert index.read_bytes() == before
    assert (tmp_path / "reports" / ".failed" / "shop_2017-11_en" / "02_broken.ipynb").exists()
    assert [path.name for path in index.parent.parent.iterdir() if not path.name.endswith(".lock")] == ["en"]


def test_the_hash_of_the_scored_customers_changes_with_any_value_name_or_order(fake_month):
    scored = fake_month.scored()
    others = [scored.assign(abc=["a", "b"]), scored.rename(columns={"abc": "xyz"}), scored[::-1]]
    assert frame_hash(scored) == frame_hash(fake_month.scored())
    assert len({frame_hash(scored), *map(frame_hash, others)}) == 4
