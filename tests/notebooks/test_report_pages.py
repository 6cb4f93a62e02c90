"""The shipped notebooks on a generated shop: what may and what may not change a page."""

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from analysis import cutoffs
from analysis.opening import fit_cut_points, open_month
from analysis.report import build
from analysis.tables.dataset import project_root
from tests.generated_shop import shop_lines
from tests.shop import make_dataset

MONTH, AS_OF = "2024-03", pd.Timestamp("2024-04-01")
NOTEBOOKS = project_root() / "notebooks"


def build_report(root, lines, monkeypatch, language="en"):
    monkeypatch.setenv("ANALYSIS_ROOT", str(root))
    dataset = make_dataset(root, lines)
    cutoffs.save(dataset, fit_cut_points("shop"))
    index = build(open_month("shop", MONTH), language, root / "reports", NOTEBOOKS)
    return {
        path.relative_to(index.parent).as_posix(): path.read_bytes()
        for path in index.parent.rglob("*")
        if path.is_file() and path.name != "manifest.json"
    }


@pytest.mark.slow
def test_pages_made_anew_are_equal_byte_for_byte_whatever_later_rows_arrive(tmp_path, monkeypatch):
    lines = shop_lines()
    first = build_report(tmp_path / "first", lines, monkeypatch)
    later = pd.DataFrame(
        [
            ("c001", AS_OF, "9-9", 5000.0, "tea"),
            ("new", AS_OF, "9-8", -70.0, "jam"),
            ("", AS_OF + pd.Timedelta(days=3), "9-7", 1.0, None),
        ],
        columns=lines.columns,
    )
    changed = pd.concat([later, lines[lines["time"] < AS_OF].sample(frac=1, random_state=1)])
    second = build_report(tmp_path / "second", changed, monkeypatch)
    assert [name for name in first if first[name] != second.get(name)] == []
    assert set(first) == set(second)
    assert {
        "index.html",
        "data-quality.html",
        "classification.html",
        "clusters.html",
        "lifetime-value.html",
        "segments-and-strategies.html",
        "tables/segments.csv",
    } <= set(first)


@pytest.mark.slow
def test_hostile_text_of_customers_shows_as_text_on_every_page(tmp_path, monkeypatch):
    hostile = "<script>alert(1)</script>"
    lines = shop_lines(60)
    lines["customer"] = lines["customer"].replace({"c001": hostile, "c002": "=1+1", "c003": "‮evil\nname"})
    lines["category"] = lines["category"].replace({"ink": '"><img src=x onerror=alert(1)>'})
    files = build_report(tmp_path, lines, monkeypatch, language="zh")
    for name, content in files.items():
        if name.endswith(".html"):
            page = BeautifulSoup(content.decode(), "html.parser")
            assert page.find("script") is None
            assert not [tag for tag in page.find_all(True) if any(a.startswith("on") for a in tag.attrs)]
            assert page.html["lang"] == "zh-Hans"
            assert len(page.find_all("h1")) == 1
