"""What notebooks show: each method returns one block of the page in the reader's language.

A block carries the tables behind it in the cell's output, so notebooks write no files; the renderer delivers them as
`tables/<name>.csv`. Texts are keys of the catalogue; tables are DataFrames that some function of the package returned.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.report import components, measures
from analysis.report.components import Masthead, Shown, table_data
from analysis.report.wording import Words

if TYPE_CHECKING:
    from analysis.month import Month

TABLE_NAME = re.compile(r"[a-z][a-z0-9_]*")
WIDTHS = {"full": "", "two_thirds": "two-thirds"}


class Page:
    """One page of a month's report.

    Parameters
    ----------
    name : the page's section of the catalogue, such as `overview`; its title is `<name>.title`.
    language : `en` or `zh`.
    currency : ISO 4217 code of the money shown.
    dataset_title : the dataset's name for readers.
    month : `YYYY-MM`.
    simulated : whether the data are simulated, which the page then says.
    """

    def __init__(
        self,
        name: str,
        language: str,
        *,
        currency: str,
        dataset_title: str = "",
        month: str = "",
        simulated: bool = False,
    ) -> None:
        self.name = name
        self.words = Words(language, currency)
        self.dataset_title = dataset_title
        self.month = month
        self.simulated = simulated

    def title(self, finding: str | None = None, **values: object) -> Shown:
        """Return the page's heading: its `finding` (a key) with the neutral name above it, or the name alone."""
        name = self.words(f"{self.name}.title")
        text = self.words(finding, **values) if finding else name
        html = components.fill("title", self.words, name=name if finding else "", text=text)
        return Shown(_lab_style() + html, page={"title": name} | ({"finding": text} if finding else {}))

    def heading(self, key: str, **values: object) -> Shown:
        """Return a section heading (h2); best a finding."""
        return Shown(components.fill("heading", self.words, text=self.words(key, **values)))

    def text(self, key: str, *, finding: bool = False, **values: object) -> Shown:
        """Return a paragraph; with `finding` it leads the page and stands beside it in the contents."""
        text = self.words(key, **values)
        html = components.fill("text", self.words, text=text, lead=finding)
        return Shown(html, page={"finding": text} if finding else {})

    def notice(self, key: str, **values: object) -> Shown:
        """Return a banner: an absent table, a warning of the data gate, a changed definition."""
        return Shown(components.fill("notice", self.words, text=self.words(key, **values)))

    def notices(self, texts: Sequence[str]) -> Shown:
        """Return a banner for each finished sentence; none for none."""
        return Shown("".join(components.fill("notice", self.words, text=text) for text in texts))

    def table(
        self,
        name: str,
        df: pd.DataFrame,
        *,
        columns: Sequence[str] | None = None,
        scheme: str | None = None,
        caption: str | None = None,
        total: Mapping[str, Any] | bool = False,
        bars: Sequence[str] = (),
        heat: Sequence[str] = (),
        kinds: Mapping[str, Any] | None = None,
        headings: Mapping[str, str] | None = None,
        note: str | None = None,
        limit: int = 20,
        width: str = "full",
        **values: object,
    ) -> Shown:
        """Return a table; all its rows are delivered as `tables/<name>.csv`.

        Parameters
        ----------
        name : file name of the CSV; lower case, digits, underscores; unique in the report.
        columns : which columns, in which order; default all. The first one heads each row. `<name>` stands for
            `<name>_en` or `<name>_zh` where the table holds a text in both languages. A missing value whose row names
            a reason in `<name>_reason` shows that reason (`missing.<reason>`).
        scheme : whose classes the column `class` holds.
        caption : key of the caption; default `<page>.<name>`. `note` : key of a remark below. Both take `values`.
        total : True adds a row with sums of counts, whole amounts and shares; a mapping gives other columns' totals.
        bars, heat : columns with a bar in each cell, or shaded by size (one scale for all of `heat`).
        kinds, headings : for columns that `report/measures.py` does not know: `share`, `number:2`, `class:abc`; a text.
        limit : rows on the page. width : `full`, or `two_thirds` to leave room for notes.
        """
        return components.table(
            self.words,
            _checked(name),
            df,
            caption=self._text(caption or f"{self.name}.{name}", scheme, values),
            columns=columns,
            scheme=scheme,
            kinds=kinds,
            headings=headings,
            total=total,
            bars=bars,
            heat=heat,
            limit=limit,
            note=self._text(note, scheme, values),
            style=WIDTHS[width],
        )

    def chart(
        self,
        name: str,
        draw: Callable[[pd.DataFrame, Words], Any],
        df: pd.DataFrame,
        *,
        title: str | None = None,
        subtitle: str | None = None,
        alt: str | None = None,
        columns: Sequence[str] | None = None,
        scheme: str | None = None,
        kinds: Mapping[str, Any] | None = None,
        headings: Mapping[str, str] | None = None,
        **values: object,
    ) -> Shown:
        """Return a chart of `df` with its finding as title and the numbers folded below it.

        Parameters
        ----------
        draw : `draw(df, words)` gives a matplotlib figure; see `analysis.charts`.
        title : key of the finding; default `<page>.<name>`. `subtitle` : key of what is plotted, unit and period.
        alt : key of the text alternative; default the title. All take `values`.
        columns, scheme, kinds, headings : of the table below, as for `table`.
        """
        from analysis.charts import theme  # matplotlib, only where a page has charts

        image, kind, width = theme.image(draw(df, self.words))
        heading = self._text(title or f"{self.name}.{name}", scheme, values)
        twin = components.table(
            self.words,
            _checked(name),
            df,
            caption=heading,
            columns=columns,
            scheme=scheme,
            kinds=kinds,
            headings=headings,
            hide_caption=True,
        )
        html = components.fill(
            "chart",
            self.words,
            title=heading,
            subtitle=self._text(subtitle, scheme, values),
            alt=self._text(alt, scheme, values) or heading,
            uri=components.data_uri(image, kind),
            width=width,
            twin=twin.html,
        )
        return Shown(html, twin.tables)

    def masthead(self, facts: Masthead) -> Shown:
        """Return the first screen's head: title, and the facts every number on it rests on."""
        title = self.words("masthead.title", month=self.words.month(facts.month))
        compared = [self.words.month(month) for month in facts.compared]
        html = components.fill(
            "masthead",
            self.words,
            title=title,
            facts=facts,
            compared=compared,
            as_of=as_of_text(self.words, facts.as_of, facts.time_zone),
            simulated=self.simulated,
        )
        return Shown(_lab_style() + html, page={"title": self.words(f"{self.name}.title")})

    def headline(self, key: str, **values: object) -> Shown:
        """Return the one sentence of the month: the largest meaningful change, its size, the decision asked."""
        text = self.words(key, **values)
        return Shown(components.fill("headline", self.words, text=text), page={"finding": text})

    def tiles(self, name: str, df: pd.DataFrame, trends: pd.DataFrame | None = None) -> Shown:
        """Return the strip of key figures.

        Parameters
        ----------
        df : one row per tile: `measure` (its kind is in `report/measures.py`, its label `measure.<name>`), `value`;
            and, where present, `previous`, `last_year`, `year_to_date`, `target`, `low`, `high` (of the change),
            `within_noise` (bool), `coverage` (a share), `reason` (key of `missing`, where the value is).
        trends : `measure`, `month` (YYYY-MM), `value` for the small lines; delivered as `tables/<name>_trends.csv`.
        """
        frames = {_checked(name): df} | ({f"{name}_trends": trends} if trends is not None else {})
        return Shown(components.tiles(self.words, df, trends), table_data(**frames))

    def notes(self, *, changed: Sequence[str], why: Sequence[str], to_do: Sequence[str]) -> Shown:
        """Return the three notes beside the segment table; each a few finished sentences (`page.words(...)`)."""
        parts = {"changed": changed, "why": why, "to_do": to_do}
        return Shown(components.fill("notes", self.words, parts=parts))

    def actions(
        self, name: str, df: pd.DataFrame, *, scheme: str | None = None, columns: Sequence[str] | None = None
    ) -> Shown:
        """Return the month's actions, best five; an empty table says that none stands out. Arguments as for `table`.

        Usual columns: `class`, `customers`, `title`, `owner`, `channel`, `due_date`, `expected_effect`, `evidence`.
        """
        table = components.table(
            self.words,
            _checked(name),
            df,
            caption=self.words("action.caption"),
            columns=columns,
            scheme=scheme,
            hide_caption=True,
            style="actions",
        )
        return Shown(components.fill("actions", self.words, table=table.html, empty=df.empty), table.tables)

    def cards(self, name: str, df: pd.DataFrame, *, scheme: str) -> Shown:
        """Return one card per class.

        Columns: `class`, `customers`, `share_of_customers`; and, where present (texts also as `<name>_en` and
        `<name>_zh`), `title`, `strategy`, `rule`, `persona` (a list of lines), `owner`, `channel`, `resource_level`,
        `judged_by_metrics`, `evidence`.
        """
        cards = df.rename(columns=lambda column: str(column).removesuffix(f"_{self.words.language}"))
        html = components.fill(
            "cards",
            self.words,
            cards=cards.to_dict("records"),
            scheme=scheme,
            shown=measures.show,
            of_column=measures.of_column,
        )
        return Shown(html, table_data(**{_checked(name): df}))

    def _text(self, key: str | None, scheme: str | None, values: Mapping[str, object]) -> str:
        """Return a text, with the scheme's name for `{scheme}`; nothing without a key."""
        named = {"scheme": self.words.scheme(scheme)} if scheme else {}
        return self.words(key, **{**named, **values}) if key else ""


def open_page(name: str, opened: "Month", language: str = "en") -> Page:
    """Return the page `name` of an opened month, in the dataset's currency and the reader's language."""
    settings = opened.settings
    return Page(
        name,
        language,
        currency=settings.currency,
        dataset_title=getattr(settings.title, language),
        month=opened.month,
        simulated=settings.simulated,
    )


def as_of_text(words: Words, as_of: date, time_zone: str) -> str:
    """Return the first instant after the month as text."""
    return words("masthead.as_of_text", date=words.date(as_of), zone=words.city(time_zone))


def _checked(name: str) -> str:
    if not TABLE_NAME.fullmatch(name):
        raise ValueError(f"table name {name!r}: lower case letters, digits and underscores, for its CSV file")
    return name


def _lab_style() -> str:
    """Return the components' stylesheet for JupyterLab; the renderer drops it, as pages bring their own."""
    return f"<style>{(Path(__file__).parent / 'template' / 'components.css').read_text(encoding='utf-8')}</style>"
