"""Finished pages in a real browser, from disk and offline.

`REPORTS_DIR` names the folder of the reports (default `reports/`). Skipped, with the reason, where Chromium or pages
are missing.
"""

import os
import shutil
from importlib.util import find_spec
from pathlib import Path

import pytest

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

ROOT = Path(os.environ.get("REPORTS_DIR") or Path(__file__).resolve().parents[2] / "reports")
PAGES = sorted(ROOT.glob("index.html")) + sorted(path for path in ROOT.glob("*/*/*/*.html"))
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--disable-sync",
]
WIDTHS = [1280, 390]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
    pytest.mark.skipif(not PAGES, reason=f"no finished pages in {ROOT}; make report, or name them by REPORTS_DIR"),
]

# Each Chinese character must differ from the box that stands for a character no font holds.
GLYPHS = """(characters) => {
  const draw = (character) => {
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = 40;
    const pen = canvas.getContext('2d');
    pen.font = '32px ' + getComputedStyle(document.body).fontFamily;
    pen.fillText(character, 2, 32);
    return pen.getImageData(0, 0, 40, 40).data.join();
  };
  const box = draw('\\u{10FFFD}');
  return [...characters].filter((character) => draw(character) === box);
}"""

# Contrast of every text with what lies behind it (WCAG 2, 1.4.3).
CONTRAST = """() => {
  const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = (c) => {
    const [r, g, b] = c.map((v) => { v /= 255; return v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; });
    return .2126 * r + .7152 * g + .0722 * b;
  };
  const behind = (node) => {
    for (; node; node = node.parentElement) {
      const [r, g, b, a = 1] = rgb(getComputedStyle(node).backgroundColor);
      if (a > 0) return [r, g, b];
    }
    return [255, 255, 255];
  };
  const found = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.data.trim(), parent = walker.currentNode.parentElement;
    if (!text || !parent.checkVisibility()) continue;
    const pair = [light(rgb(getComputedStyle(parent).color).slice(0, 3)), light(behind(parent))].sort((x, y) => y - x);
    const ratio = (pair[0] + .05) / (pair[1] + .05);
    if (ratio < 4.5) found.add(`${text.slice(0, 40)}: ${ratio.toFixed(2)}`);
  }
  return [...found];
}"""


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    """Chromium with the Chinese font of the environment, which most readers' systems bring themselves."""
    folder = tmp_path_factory.mktemp("fonts")
    found = find_spec("mplfonts")
    if found is not None and found.origin is not None:
        font = Path(found.origin).parent / "fonts" / "NotoSansCJKsc-Regular.otf"
        (folder / font.name).symlink_to(font)
    (folder / "fonts.conf").write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
        '<include ignore_missing="yes">/etc/fonts/fonts.conf</include>'
        f"<dir>{folder}</dir><cachedir>{folder}/cache</cachedir></fontconfig>"
    )
    with playwright.sync_playwright() as started:
        launched = started.chromium.launch(
            executable_path=CHROMIUM, args=QUIET, env={**os.environ, "FONTCONFIG_FILE": str(folder / "fonts.conf")}
        )
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def context(browser):
    opened = browser.new_context(offline=True)
    yield opened
    opened.close()


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_page_opens_offline_without_requests_errors_overflow_or_missing_glyphs(context, path):
    page = context.new_page()
    requests, errors = [], []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: errors.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("dialog", lambda dialog: (errors.append(f"dialog: {dialog.message}"), dialog.dismiss()))
    try:
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            page.goto(path.resolve().as_uri())
            assert page.evaluate("document.documentElement.scrollWidth") <= width, f"scrolls sideways at {width} px"
        assert [url for url in requests if not url.startswith(("file:", "data:"))] == []
        assert [url for url in requests if url.startswith("file:")] == [path.resolve().as_uri()] * len(WIDTHS)
        assert errors == []
        text = page.evaluate("document.body.innerText")
        assert "\N{REPLACEMENT CHARACTER}" not in text
        chinese = sorted({character for character in text if "\u4e00" <= character <= "\u9fff"})
        assert page.evaluate(GLYPHS, "".join(chinese)) == []
        assert page.evaluate(CONTRAST) == []
        broken = "[...document.images].filter((image) => !image.naturalWidth || !image.alt).length"
        assert page.evaluate(broken) == 0
    finally:
        page.close()


def test_every_link_between_pages_and_files_leads_somewhere(context):
    page = context.new_page()
    for path in PAGES:
        page.goto(path.resolve().as_uri())
        links = page.eval_on_selector_all("a[href]", "found => found.map((link) => link.href)")
        targets = {Path(link.removeprefix("file://").split("#")[0]) for link in links if link.startswith("file:")}
        assert {target for target in targets if not target.exists()} == set(), path
    page.close()
