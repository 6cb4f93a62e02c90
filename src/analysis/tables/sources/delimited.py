"""CSV files as a relation: every value text, headings and delimiter taken from the heading row."""

import csv
import io
import shutil
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from analysis.engine.duck import literal, path_literal
from analysis.errors import InputError
from analysis.store import written_whole
from analysis.tables.sources.encodings import opened, stop_unless_utf8

DELIMITERS = ",;\t|"
LINE_ENDS = {"\r\n": "CRLF", "\n": "LF", "\r": "CR"}
LONGEST_LINE = 1 << 20  # characters; what goes on for longer is no row of headings
ROW = "_row"  # position of a row in its source, from 1
FILE = "_file"  # short name of the file, or the table, that a row came from


class Layout(NamedTuple):
    """What the heading row of a file says, and the lines down to its end as they are written."""

    headings: tuple[str, ...]
    delimiter: str
    head: tuple[str, ...]

    @property
    def several_line_ends(self) -> bool:
        """Whether the lines down to the headings' end in several ways, as where a heading was broken in Excel."""
        return len({_line_end(line) for line in self.head}) > 1


def layout(path: Path, header_row: int, where: str) -> Layout:
    """Return headings and delimiter of a CSV file in UTF-8.

    The delimiter is the one of `, ; tab |` that stands most often in the heading row outside quotes. An empty heading
    is named `column<position>`.

    Raises
    ------
    InputError : no such row, not UTF-8, or a heading stands twice.
    """
    try:
        with io.TextIOWrapper(opened(path), encoding="utf-8-sig", newline="") as text:
            *titles, first = (text.readline(LONGEST_LINE) for _ in range(header_row))
            delimiter, lines = _delimiter(first), list[str]()
            row = next(csv.reader(_kept(chain([first], text), lines), delimiter=delimiter), [])
    except (UnicodeError, csv.Error, OSError, EOFError, zlib.error) as error:
        stop_unless_utf8(path, where)
        raise _no_headings(path, header_row, where, str(error)) from None
    if not any(heading.strip() for heading in row):
        raise _no_headings(path, header_row, where, "an empty line")
    if any("\0" in heading for heading in row):
        stop_unless_utf8(path, where)
    return Layout(named(row, f"{where}, {path.name}"), delimiter, (*titles, *lines))


def named(row: list[str], where: str) -> tuple[str, ...]:
    """Return headings without outer spaces, empty ones named by their position.

    Raises
    ------
    InputError : two columns have the same heading (upper and lower case count as the same), or one is reserved.
    """
    names = tuple(heading.strip() or f"column{position}" for position, heading in enumerate(row, 1))
    counts = Counter(name.casefold() for name in names)
    stop_on_reserved(names, where)
    if twice := [name for name in names if counts[name.casefold()] > 1]:
        raise InputError(
            "two columns have the same heading",
            where=where,
            got=", ".join(twice),
            expected="headings that differ in more than upper and lower case",
            do="Rename or remove one of the columns.",
        )
    return names


def stop_on_reserved(names: Iterable[str], where: str) -> None:
    """Stop when a source has a column that reading itself adds.

    Raises
    ------
    InputError : names the column.
    """
    if reserved := [name for name in names if name.casefold() in (ROW, FILE)]:
        raise InputError(
            "a column's name is reserved",
            where=where,
            got=reserved[0],
            expected=f"any name but {ROW} and {FILE}",
            do="Rename the column.",
        )


def stop_on_two_line_ends(path: Path, encoding: str, where: str) -> None:
    """Stop when lines of a CSV file end in more than one way; breaks inside quotes are no ends. Reads the file once.

    Raises
    ------
    InputError : names the first line that ends in another way than the first line.
    """
    usual, quoted = "", False
    with io.TextIOWrapper(opened(path), encoding=encoding, errors="replace", newline="") as text:
        for number, line in enumerate(text, 1):
            quoted ^= line.count('"') % 2 == 1
            if quoted or not (found := _line_end(line)):
                continue
            usual = usual or found
            if found != usual:
                raise InputError(
                    "lines of the file end in two ways",
                    where=where,
                    got=f"{LINE_ENDS[found]} after line {number:,} of {path.name}, {LINE_ENDS[usual]} before it",
                    expected="one kind of line end in the whole file",
                    do="Export it again, or let an editor save it with one kind of line end.",
                )


def with_plain_head(path: Path, target: Path, found: Layout, header_row: int) -> Path:
    """Write a file with a heading row of one plain line, in the same place, and return the path written.

    DuckDB takes the first line break for the one that ends every line. Where it stands inside a quoted heading, and
    the rows end in another one, all rows of the file would be lost without a word.
    """
    if target.exists():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    end = _line_end(found.head[-1])
    with (
        io.TextIOWrapper(opened(path), encoding="utf-8-sig", errors="surrogateescape", newline="") as text,
        written_whole(target) as part,
        part.open("w", encoding="utf-8", errors="surrogateescape", newline="") as out,
    ):
        text.read(sum(map(len, found.head)))
        out.write(end * (header_row - 1) + found.delimiter.join(map(str, range(len(found.headings)))) + end)
        shutil.copyfileobj(text, out, LONGEST_LINE)
    return target


def scan(path: Path, found: Layout, header_row: int) -> str:
    """Return the table function that reads one file.

    Nothing is left to detection: the same bytes are the same rows, whatever stands further down in the file. Each file
    is read by a function of its own: given a list, DuckDB 2.0 loses the rest of a file after a quote that never ends.
    """
    columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in found.headings)
    return (
        f"read_csv({path_literal(path)}, auto_detect = false, columns = {{{columns}}}, "
        f"delim = {literal(found.delimiter)}, quote = '\"', escape = '\"', header = true, skip = {header_row - 1}, "
        f"strict_mode = true, hive_partitioning = false)"
    )


def _kept(lines: Iterable[str], seen: list[str]) -> Iterator[str]:
    """Yield lines, and keep those that were asked for."""
    for line in lines:
        seen.append(line)
        yield line


def _line_end(line: str) -> str:
    return line[len(line.rstrip("\r\n")) :]


def _delimiter(line: str) -> str:
    """Return the likeliest delimiter of a heading row; what stands between quotes does not count."""
    outside = "".join(line.split('"')[::2])
    return max(DELIMITERS, key=outside.count)


def _no_headings(path: Path, header_row: int, where: str, got: str) -> InputError:
    return InputError(
        "the file has no headings where they should stand",
        where=where,
        got=f"{got} in line {header_row} of {path.name}",
        expected="a line with the names of the columns",
        do="Name the line of the headings as header_row, or export the file again.",
    )
