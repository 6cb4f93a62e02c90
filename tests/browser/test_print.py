"""Finished pages on paper: A4, nothing cut, the first screen on page one."""

import re

import pytest

from tests.browser.finished import MARKS, PAGES, ROOT, each_page

pytestmark = MARKS

MILLIMETRE = 96 / 25.4  # CSS pixels
WIDTH, HEIGHT = (210 - 2 * 11) * MILLIMETRE, (297 - 2 * 12) * MILLIMETRE  # of A4 within the margins of page.css
FIRST_SCREENS = [path for path in PAGES if path.name == "index.html" and path.parent != ROOT]

# What must stay whole, and is not told so or does not fit; what sticks out at the side.
BREAKABLE = """(height) => [...document.querySelectorAll('tr, .card, .chart, .tiles, .table-block')]
  .filter((node) => node.checkVisibility())
  .filter((node) => getComputedStyle(node).breakInside !== 'avoid' || node.getBoundingClientRect().height > height)
  .map((node) => node.outerHTML.slice(0, 90))"""
STICKING_OUT = """(width) => [...document.querySelectorAll('table, img, p, h1, h2, .card')]
  .filter((node) => node.checkVisibility() && node.getBoundingClientRect().right > width + 1)
  .map((node) => node.outerHTML.slice(0, 90))"""
HEADS = """() => [...document.querySelectorAll('thead')].filter((node) => node.checkVisibility())
  .every((node) => getComputedStyle(node).display === 'table-header-group')"""
WRITTEN_OUT = """() => [...document.querySelectorAll('a.csv, .overview-after a')]
  .filter((node) => node.checkVisibility())
  .filter((node) => !getComputedStyle(node, '::after').content.includes(node.getAttribute('href')))
  .map((node) => node.outerHTML.slice(0, 90))"""


@pytest.fixture
def printed(page):
    page.emulate_media(media="print")
    page.set_viewport_size({"width": int(WIDTH), "height": int(HEIGHT)})
    return page


@each_page
def test_nothing_is_cut_and_heads_repeat_and_links_are_written_out(printed, path):
    printed.goto(path.resolve().as_uri())
    assert printed.evaluate(BREAKABLE, HEIGHT) == []
    assert printed.evaluate(STICKING_OUT, int(WIDTH)) == []
    assert printed.evaluate(HEADS)
    assert printed.evaluate(WRITTEN_OUT) == []


@pytest.mark.parametrize("path", FIRST_SCREENS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_the_first_screen_is_on_page_one(printed, path):
    printed.goto(path.resolve().as_uri())
    assert printed.evaluate("document.querySelector('main').getBoundingClientRect().bottom") <= HEIGHT
    pdf = printed.pdf(prefer_css_page_size=True)
    boxes = set(re.findall(rb"/MediaBox \[\s*0 0 ([\d.]+) ([\d.]+)\s*\]", pdf))
    assert {(round(float(width)), round(float(height))) for width, height in boxes} == {(595, 842)}  # A4 in points
    assert len(re.findall(rb"/Type /Page\b", pdf)) <= 2  # the contents may follow on a second sheet
