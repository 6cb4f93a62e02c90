import re
from itertools import pairwise

import nbformat
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from analysis.report import Page
from analysis.report.render import Edition, render, safe_html

EDITION = Edition("shop", "The <b>Shop</b>", "2017-11", "en", "1 Dec 2017", "USD", previous="2017-10")
ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<img src='https://example.org/x.png'>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<svg onload=alert(1)></svg>",
    "<iframe src='https://example.org'></iframe>",
    "<style>body{display:none}</style>",
    "<p style='background:url(https://example.org)'>x</p>",
    "<div onclick=alert(1)>x</div>",
    "<img src='data:image/svg+xml,<svg onload=alert(1)>'>",
    "<link rel=stylesheet href='https://example.org'>",
    "<form action='https://example.org'><button>x</button></form>",
    "<base href='https://example.org'>",
    "<meta http-equiv=refresh content='0;url=https://example.org'>",
]


@pytest.fixture
def write(tmp_path):
    def make(name, *bundles, more=()):
        outputs = [
            new_output("execute_result", data=getattr(b, "_repr_mimebundle_", lambda b=b: b)(), execution_count=1)
            for b in bundles
        ]
        cells = [new_code_cell("secret_code()", outputs=[output], id=f"c{n}") for n, output in enumerate(outputs)]
        path = tmp_path / f"{name}.ipynb"
        nbformat.write(new_notebook(cells=[*cells, *more]), path)
        return path

    return make


@pytest.fixture
def page():
    return Page("overview", "en", currency="USD")


@pytest.fixture
def table(page):
    df = pd.DataFrame({"abc": ["a", "b"], "customers": [1, 2]})
    return page.table("classes", df, caption="action.caption")


def _page(rendered, name="index.html"):
    return BeautifulSoup(rendered.files[name].decode(), "html.parser")


def test_pages_take_their_names_from_the_notebooks_and_the_first_is_the_index(write, page, table):
    paths = [write("01_overview", page.title()), write("04_three_dimensions", page.title(), table)]
    rendered = render(paths, EDITION)
    assert list(rendered.files) == ["index.html", "three-dimensions.html", "tables/classes.csv"]
    assert rendered.files["tables/classes.csv"].decode("utf-8-sig") == "abc,customers\na,1\nb,2\n"


def test_a_page_shows_blocks_only_and_neither_code_nor_streams_nor_paths(write, page):
    stream = new_code_cell("print(1)", id="s", outputs=[new_output("stream", name="stderr", text="/home/me: Warning")])
    plain = new_code_cell("x", id="p", outputs=[new_output("execute_result", data={"text/plain": "<Month at 0x7f>"})])
    parameters = new_code_cell("month = 'x'", id="i", metadata={"tags": ["injected-parameters"]})
    path = write("01_overview", page.title(), more=[stream, plain, parameters, new_markdown_cell("# A note", id="m")])
    html = render([path], EDITION).files["index.html"].decode()
    for leak in ("secret_code", "/home/me", "0x7f", "A note", "month = "):
        assert leak not in html


def test_a_page_is_whole_by_itself_and_has_its_landmarks(write, page, table):
    shown = _page(render([write("01_overview", page.title(), table)], EDITION))
    assert shown.html["lang"] == "en"
    policy = shown.find("meta", {"http-equiv": "Content-Security-Policy"})["content"]
    assert policy == "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
    assert shown.title.text == "Overview – The <b>Shop</b>: customer report for November 2017"
    assert shown.find("meta", {"name": "month"})["content"] == "2017-11"
    assert shown.find(["script", "iframe"]) is None
    assert [link["href"] for link in shown.find_all("link")] == ["data:,"]
    assert len(shown.find_all("h1")) == len(shown.find_all("main")) == len(shown.find_all("footer")) == 1
    assert shown.find("a", class_="skip")["href"] == f"#{shown.main['id']}"
    assert all(link.get_text(strip=True) for link in shown.find_all("a"))
    assert shown.find("a", rel="prev")["href"] == "../../2017-10/en/index.html"
    assert shown.find("a", rel="next") is None


def test_the_contents_link_every_page_with_its_finding(write, page):
    finding = page.title("tile.target", value="<i>5</i>")
    paths = [write("01_overview", page.title()), write("02_movement", finding), write("03_data_quality", page.title())]
    rendered = render(paths, EDITION)
    links = {link["href"]: link for link in _page(rendered).find(id="contents").find_all("a")}
    assert list(links) == ["movement.html", "data-quality.html"]
    assert links["movement.html"].find_next(class_="finding").text == "Target <i>5</i>"
    current = _page(rendered, "movement.html").find(attrs={"aria-current": "page"})
    assert current.text == "Overview"
    assert _page(rendered, "movement.html").h1.text == "Target <i>5</i>"


def test_chinese_pages_say_so():
    assert Edition("s", "小店", "2017-11", "zh", "x", "CNY").language == "zh"


def test_headings_leave_out_no_level(write, page, table):
    shown = _page(render([write("01_overview", page.title(), page.heading("action.heading"), table)], EDITION))
    levels = [int(found.name[1]) for found in shown.find_all(re.compile(r"^h[1-6]$"))]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_that_runs_loads_or_leaves_passes_the_filter(attack):
    parsed = BeautifulSoup(safe_html(f"before {attack} after"), "html.parser")
    assert parsed.find(["script", "svg", "iframe", "style", "link", "form", "base", "meta"]) is None
    for tag in parsed.find_all(True):
        assert not [name for name in tag.attrs if name.startswith("on")]
        assert "url(" not in tag.get("style", "")
        assert not tag.get("href", "").startswith(("javascript:", "data:"))
        assert re.match(r"data:image/(png|svg\+xml);base64,", tag.get("src", "data:image/png;base64,"))
    assert "alert" not in parsed.get_text()


def test_hostile_outputs_of_other_libraries_are_filtered_on_the_page(write, page):
    rendered = render([write("01_overview", page.title(), {"text/html": "".join(ATTACKS)})], EDITION)
    shown = _page(rendered)
    assert shown.find(["script", "iframe", "form", "base"]) is None
    assert [image for image in shown.find_all("img") if image.get("src")] == []


@pytest.mark.parametrize("blocks", [[], ["title", "title"]], ids=["no title", "two titles"])
def test_a_page_without_title_or_with_two_is_a_defect(write, page, blocks):
    with pytest.raises(ValueError, match=r"01_overview\.ipynb: a page needs"):
        render([write("01_overview", *[page.title() for _ in blocks])], EDITION)


def test_two_different_tables_of_one_name_are_a_defect(write, page, table):
    other = page.table("classes", pd.DataFrame({"abc": ["a"], "customers": [9]}), caption="action.caption")
    with pytest.raises(ValueError, match="classes"):
        render([write("01_overview", page.title(), table, other)], EDITION)
    with pytest.raises(ValueError, match="classes"):
        render([write("01_overview", page.title(), table), write("02_abc", page.title(), other)], EDITION)
