"""`dataset.yaml` as text: each guess with a comment that says why and how sure it is."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from analysis.proposal.draft import Draft, TableDraft
from analysis.proposal.guess import Guess
from analysis.tables.dataset import Input

HEAD = """\
# Proposed by `python -m analysis new` from the files named below; nothing was copied. Behind each guess stands how sure
# it is (certain, likely, unsure) and why. Correct what is wrong: every setting is explained in docs/own-data.md.
"""
COMMENT_AT = 40  # column where comments begin, unless the value is longer


def text_of(draft: Draft, folder: Path) -> str:
    """Return the text of the file for a dataset in `folder`."""
    title = [f"  {language}: {_scalar(draft.title)}" for language in ("en", "zh")]
    settings = [_line(0, key, guess) for key, guess in draft.settings.items()]
    tables = [line for table in draft.tables for line in _table(table, folder)]
    return HEAD + "\n".join(["title:", *title, *settings, "", "tables:", *tables]) + "\n"


def _scalar(value: Any) -> str:
    """Return a value as YAML writes it in one line; text that would mean something else is quoted."""
    written = yaml.safe_dump(value, allow_unicode=True, width=float("inf"), default_flow_style=True)
    return written.removesuffix("\n").removesuffix("\n...")


def _line(depth: int, key: str, guess: Guess) -> str:
    setting = f"{'  ' * depth}{key}: {_scalar(guess.value)}"
    return f"{setting:<{COMMENT_AT}}  # {_one_line(guess.comment)}"


def _one_line(text: str) -> str:
    """Return a text that stays one comment, whatever an export's values hold."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def _table(table: TableDraft, folder: Path) -> Iterator[str]:
    yield f"  {table.table}:"
    if table.sql is None:
        yield from _input(table.inputs["source"], folder, 2)
    else:
        yield "    files:"
        for name, input_ in table.inputs.items():
            yield f"      {name}:"
            yield from _input(input_, folder, 4)
        yield from (f"    # {_one_line(why)}" for why in table.sql_why)
        yield "    sql: |"
        yield from (f"      {line}" for line in table.sql.splitlines())
    yield "    columns:"
    yield from (_line(3, name, guess) for name, guess in table.columns.items())
    yield from _writing(table)
    if table.duplicates:
        yield _line(2, "duplicates", table.duplicates)
    if table.marks or table.set_aside:
        yield "    marks:"
        yield from (_line(3, key, guess) for key, guess in table.marks.items())
    if table.set_aside:
        yield "      set_aside:"
        yield from (_line(4, name, guess) for name, guess in table.set_aside.items())


def _input(input_: Input, folder: Path, depth: int) -> Iterator[str]:
    for key, value in input_.model_dump(exclude_defaults=True).items():
        shown = _place(value, folder) if key in ("file", "database") else value
        yield f"{'  ' * depth}{key}: {_scalar(shown)}"


def _place(file: str, folder: Path) -> str:
    """Return a path as the dataset names it: below its folder, below the home folder, or whole."""
    path = Path(file)
    if path.is_relative_to(folder):
        return path.relative_to(folder).as_posix()
    if path.is_relative_to(Path.home()):
        return f"~/{path.relative_to(Path.home()).as_posix()}"
    return file


def _writing(table: TableDraft) -> Iterator[str]:
    times = table.times
    if times and times.formats:
        only = times.formats[0] if len(times.formats) == 1 else list(times.formats)
        yield _line(2, "time_format", Guess(only, "certain", times.why))
    if times and times.choices:
        yield f"    # REQUIRED: {_one_line(times.why)}. Choose one line and remove its #:"
        for said, formats in zip(("the day first", "the month first"), times.choices, strict=True):
            only = formats[0] if len(formats) == 1 else list(formats)
            yield f"    # time_format: {_scalar(only)}   # {said}"
    if table.decimal_mark:
        yield _line(2, "decimal_mark", table.decimal_mark)
