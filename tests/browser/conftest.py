"""One offline Chromium per module of browser tests."""

import os
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.browser.finished import CHROMIUM

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    """Chromium with the Chinese font of the environment, which most readers' systems bring themselves."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
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


@pytest.fixture
def page(context):
    opened = context.new_page()
    yield opened
    opened.close()
