"""Executed notebooks as one self-contained folder of pages: no network, no script, no code."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nh3

from analysis import __version__
from analysis.report.components import PAGE_MIME, TABLE_MIME
from analysis.report.jupyter import nbformat
from analysis.report.wording import Words

TEMPLATE = Path(__file__).parent / "template"
LANGUAGE_TAGS = {"en": "en", "zh": "zh-Hans"}
IMAGE = re.compile(r"data:image/(svg\+xml|png);base64,[A-Za-z0-9+/=]+")
TAGS = {
    "a",
    "abbr",
    "b",
    "br",
    "caption",
    "code",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "em",
    "figcaption",
    "figure",
    "h1",
    "h2",
    "h3",
    "h4",
    "header",
    "i",
    "img",
    "li",
    "ol",
    "p",
    "pre",
    "section",
    "span",
    "strong",
    "sub",
    "summary",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "ul",
}
ATTRIBUTES = {
    "*": {"class", "id", "title", "role", "aria-label", "aria-hidden", "lang"},
    "a": {"href"},
    "div": {"tabindex"},
    "img": {"src", "alt", "width", "height"},
    "span": {"style"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
}
NOTEBOOK_NUMBER = re.compile(r"^\d+_")


@dataclass(frozen=True)
class Edition:
    """What all pages of one month and language share."""

    dataset: str
    dataset_title: str
    month: str
    language: str
    as_of: str
    currency: str
    simulated: bool = False
    previous: str | None = None  # neighbouring months with a report, YYYY-MM
    next: str | None = None


@dataclass(frozen=True)
class PageInfo:
    """A page in the contents: its file, title and finding."""

    file: str
    title: str
    finding: str = ""


@dataclass(frozen=True)
class Rendered:
    """A report's files by their path in its folder, and its pages in order."""

    files: Mapping[str, bytes]
    pages: Sequence[PageInfo] = field(default_factory=tuple)


def render(notebooks: Sequence[Path], edition: Edition) -> Rendered:
    """Return all files of a report from its executed notebooks, in their order; the first is the first screen.

    Equal notebooks outputs and edition give equal bytes.

    Raises
    ------
    ValueError : a page without title or with two, or two tables of one name: a defect of a notebook.
    """
    executed = [(path, nbformat.read(path, as_version=4)) for path in notebooks]
    pages = [_info(path, notebook, first=index == 0) for index, (path, notebook) in enumerate(executed)]
    exporter = _exporter()
    files: dict[str, bytes] = {}
    for index, (path, notebook) in enumerate(executed):
        html, _ = exporter.from_notebook_node(notebook, {"shell": _shell(edition, pages, index)})
        if html.count("<h1>") != 1:
            raise ValueError(f"{path.name}: a page needs exactly one title (page.title() or page.masthead())")
        files[pages[index].file] = re.sub(r"\n\s*\n+", "\n", html).encode()
        for name, text in _data(notebook, TABLE_MIME).items():
            content = text.encode("utf-8-sig")  # the mark lets spreadsheets read Chinese
            if files.setdefault(f"tables/{name}.csv", content) != content:
                raise ValueError(f"{path.name}: another table is called {name!r}, too")
    return Rendered(files, pages)


def safe_html(html: str) -> str:
    """Return HTML with nothing in it that runs, loads or leaves the page."""
    return nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        attribute_filter=_attribute,
        clean_content_tags={"script", "style"},
        url_schemes={"http", "https", "mailto", "data"},
        link_rel="noopener noreferrer",
        filter_style_properties={"width"},
    )


def stylesheet() -> str:
    """Return the one stylesheet of a page."""
    return "".join((TEMPLATE / name).read_text(encoding="utf-8") for name in ("components.css", "page.css"))


def page_name(notebook: Path) -> str:
    """Return a notebook's name without its number: `04_three_dimensions` is `three_dimensions`."""
    return NOTEBOOK_NUMBER.sub("", notebook.stem)


def _info(path: Path, notebook: Any, first: bool) -> PageInfo:
    found = _data(notebook, PAGE_MIME)
    if "title" not in found:
        raise ValueError(f"{path.name}: a page needs a title (page.title() or page.masthead())")
    file = "index.html" if first else page_name(path).replace("_", "-") + ".html"
    return PageInfo(file, found["title"], found.get("finding", ""))


def _data(notebook: Any, mime: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            for name, text in output.get("data", {}).get(mime, {}).items():
                if mime == TABLE_MIME and found.get(name, text) != text:
                    raise ValueError(f"two tables of one page are called {name!r}")
                found.setdefault(name, text)
    return found


def _exporter() -> Any:
    from nbconvert.exporters.templateexporter import TemplateExporter

    exporter = TemplateExporter(
        extra_template_basedirs=[str(TEMPLATE.parent)],
        template_name=TEMPLATE.name,
        file_extension=".html",
        template_extension=".html.j2",
    )
    exporter.register_filter("safe_html", safe_html)
    return exporter


def _shell(edition: Edition, pages: Sequence[PageInfo], index: int) -> SimpleNamespace:
    words = Words(edition.language, edition.currency)
    month = words.month(edition.month)
    report_title = words("ui.report_title", dataset=edition.dataset_title, month=month)
    page = pages[index]
    return SimpleNamespace(
        words=words,
        lang=LANGUAGE_TAGS[edition.language],
        language=edition.language,
        css=stylesheet(),
        dataset=edition.dataset,
        month=edition.month,
        previous=edition.previous,
        next=edition.next,
        version=__version__,
        generator=f"analysis {__version__}",
        simulated=edition.simulated,
        report_title=report_title,
        title=f"{page.title} – {report_title}",
        file=page.file,
        pages=pages,
        page_before=pages[index - 1] if index else None,
        page_after=pages[index + 1] if index + 1 < len(pages) else None,
        footer=words("ui.footer", dataset=edition.dataset_title, month=month, as_of=edition.as_of),
    )


def _attribute(tag: str, attribute: str, value: str) -> Any:
    if (tag, attribute) == ("img", "src"):
        return value if IMAGE.fullmatch(value) else None
    if attribute == "href" and value.strip().lower().startswith("data:"):
        return None
    return value
