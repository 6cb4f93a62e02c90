"""Finished pages for readers with a keyboard, a screen reader or a large zoom: WCAG 2.2, level AA."""

from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import pytest

from tests.browser.finished import MARKS, WIDTHS, ZOOMED, each_page

pytestmark = MARKS

LINE = 30  # pixels; a table's link to its file may stand at the right of the heading above it
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE_RUN = """async (tags) => {
  document.querySelectorAll('details').forEach((box) => { box.open = true; });
  const found = await axe.run({runOnly: {type: 'tag', values: tags}});
  return found.violations.map((rule) => `${rule.impact} ${rule.id}: ${rule.nodes.map((node) => node.html)[0]}`);
}"""

# What a Tab key must reach, in the order of the document.
FOCUSABLE = """() => [...document.querySelectorAll('a[href], summary, [tabindex="0"]')]
  .filter((node) => node.checkVisibility()).map((node, place) => { node.dataset.place = place; return place; })"""
FOCUSED = """() => {
  const node = document.activeElement, box = node.getBoundingClientRect();
  const outline = () => {
    const {outlineStyle, outlineWidth} = getComputedStyle(node);
    return outlineStyle === 'none' ? 0 : parseFloat(outlineWidth);
  };
  const focused = outline();
  node.blur();
  const plain = outline();
  node.focus();
  return {place: Number(node.dataset.place), name: node.outerHTML.slice(0, 90), visible: focused >= 2 && plain === 0,
          left: box.left, right: box.right, top: box.top + scrollY};
}"""

# Links and folds below 24 pixels, and boxes that scroll but cannot be focused.
SMALL = """() => [...document.querySelectorAll('a[href]:not(.skip), summary')].filter((node) => {
  const box = node.getBoundingClientRect();
  return node.checkVisibility() && (box.height < 24 || box.width < 24);
}).map((node) => node.outerHTML.slice(0, 90))"""
UNREACHABLE = """() => [...document.querySelectorAll('main *')]
  .filter((node) => node.scrollWidth > node.clientWidth + 1 && node.tabIndex < 0
    && ['auto', 'scroll'].includes(getComputedStyle(node).overflowX))
  .map((node) => node.outerHTML.slice(0, 90))"""
OUTLINE = """() => ({
  headings: [...document.querySelectorAll('h1, h2, h3, h4, h5, h6')].map((node) => Number(node.tagName[1])),
  language: document.documentElement.lang,
  mains: document.querySelectorAll('main').length,
})"""


@pytest.fixture(scope="module")
def examined(browser):
    """A page that lets the examining script in, which the pages' own policy refuses."""
    found = find_spec("axe_playwright_python")
    if found is None or found.origin is None:
        pytest.skip("axe-playwright-python is not installed")
    context = browser.new_context(offline=True, bypass_csp=True)
    context.add_init_script(path=Path(found.origin).parent / "axe.min.js")
    yield context.new_page()
    context.close()


@each_page
def test_axe_finds_no_violation_with_all_folds_open(examined, path):
    for width in WIDTHS:
        examined.set_viewport_size({"width": width, "height": 800})
        examined.goto(path.resolve().as_uri())
        assert examined.evaluate(AXE_RUN, AXE_TAGS) == [], f"at {width} px"


@each_page
def test_tab_visits_everything_in_reading_order_and_shows_where_it_is(page, path):
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(path.resolve().as_uri())
    expected = page.evaluate(FOCUSABLE)
    stops = []
    for _ in expected:
        page.keyboard.press("Tab")
        stops.append(page.evaluate(FOCUSED))
    assert [stop["place"] for stop in stops] == expected
    assert [stop["name"] for stop in stops if not stop["visible"]] == []
    for before, after in pairwise(stops[1:]):  # the skip link lies aside until it is focused
        down, next_column = after["top"] >= before["top"] - LINE, after["left"] >= before["right"] - 1
        assert down or next_column, f"{before['name']} before {after['name']}"


@each_page
def test_the_skip_link_comes_first_and_leads_past_the_navigation(page, path):
    page.goto(path.resolve().as_uri())
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.evaluate("document.activeElement.getBoundingClientRect().left") >= 0
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


@each_page
def test_targets_are_large_enough_and_scrolling_boxes_take_the_keyboard(page, path):
    page.goto(path.resolve().as_uri())
    page.evaluate("document.querySelectorAll('details').forEach((box) => { box.open = true; })")
    for width in [*WIDTHS, ZOOMED]:
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate(SMALL) == [], f"at {width} px"
        assert page.evaluate(UNREACHABLE) == [], f"at {width} px"


@each_page
def test_headings_have_one_top_and_no_gaps_and_the_page_names_its_language(page, path):
    page.goto(path.resolve().as_uri())
    outline = page.evaluate(OUTLINE)
    levels = outline["headings"]
    assert levels.count(1) == 1
    assert all(deeper <= level + 1 for level, deeper in pairwise([0, *levels]))
    assert outline["language"] == ("zh-Hans" if path.parent.name == "zh" else "en")
    assert outline["mains"] == 1
