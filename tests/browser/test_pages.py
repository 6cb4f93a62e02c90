"""Finished pages in a real browser, from disk and offline."""

from pathlib import Path

from tests.browser.finished import MARKS, PAGES, WIDTHS, ZOOMED, each_page

pytestmark = MARKS

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


@each_page
def test_a_page_opens_offline_without_requests_errors_overflow_or_missing_glyphs(page, path):
    requests, errors = [], []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: errors.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("dialog", lambda dialog: (errors.append(f"dialog: {dialog.message}"), dialog.dismiss()))
    for width in [*WIDTHS, ZOOMED]:
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(path.resolve().as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= width, f"scrolls sideways at {width} px"
    assert [url for url in requests if not url.startswith(("file:", "data:"))] == []
    assert [url for url in requests if url.startswith("file:")] == [path.resolve().as_uri()] * (len(WIDTHS) + 1)
    assert errors == []
    text = page.evaluate("document.body.innerText")
    assert "\N{REPLACEMENT CHARACTER}" not in text
    chinese = sorted({character for character in text if "\u4e00" <= character <= "\u9fff"})
    assert page.evaluate(GLYPHS, "".join(chinese)) == []
    assert page.evaluate(CONTRAST) == []
    broken = "[...document.images].filter((image) => !image.naturalWidth || !image.alt).length"
    assert page.evaluate(broken) == 0


def test_every_link_between_pages_and_files_leads_somewhere(page):
    for path in PAGES:
        page.goto(path.resolve().as_uri())
        links = page.eval_on_selector_all("a[href]", "found => found.map((link) => link.href)")
        targets = {Path(link.removeprefix("file://").split("#")[0]) for link in links if link.startswith("file:")}
        assert {target for target in targets if not target.exists()} == set(), path
