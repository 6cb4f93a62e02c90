"""CSV files as a relation: every value text, headings and delimiter taken from the heading row."""

import csv
import io
import zlib
from collections import Counter
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from analysis.engine.duck import literal, path_literal
from analysis.errors import InputError
from analysis.tables.sources.encodings import opened, stop_unless_utf8

DELIMITERS = ",;\t|"
LONGEST_LINE = 1 << 20  # characters; what goes on for longer is no row of headings
ROW = "_row"  # position of a row in its source, from 1
FILE = "_file"  # short name of the file, or the table, that a row came from


class Layout(NamedTuple):
    """What the heading row of a file says."""

    headings: tuple[str, ...]
    delimiter: str


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
            *_, first = (text.readline(LONGEST_LINE) for _ in range(header_row))
            delimiter = _delimiter(first)
            row = next(csv.reader(chain([first], text), delimiter=delimiter), [])
    except (UnicodeError, csv.Error, OSError, EOFError, zlib.error) as error:
        stop_unless_utf8(path, where)
        raise _no_headings(path, header_row, where, str(error)) from None
    if not any(heading.strip() for heading in row):
        raise _no_headings(path, header_row, where, "an empty line")
    if any("\0" in heading for heading in row):
        stop_unless_utf8(path, where)
    return Layout(named(row, f"{where}, {path.name}"), delimiter)


def named(row: list[str], where: str) -> tuple[str, ...]:
    """Return headings without outer spaces, empty ones named by their position.

    Raises
    ------
    InputError : two columns have the same heading (upper and lower case count as the same), or one is reserved.
    """
    names = tuple(heading.strip() or f"column{position}" for position, heading in enumerate(row, 1))
    counts = Counter(name.casefold() for name in names)
    if reserved := [name for name in names if name.casefold() in (ROW, FILE)]:
        raise InputError(
            "a heading is reserved",
            where=where,
            got=reserved[0],
            expected=f"any name but {ROW} and {FILE}",
            do="Rename the column.",
        )
    if twice := [name for name in names if counts[name.casefold()] > 1]:
        raise InputError(
            "two columns have the same heading",
            where=where,
            got=", ".join(twice),
            expected="headings that differ in more than upper and lower case",
            do="Rename or remove one of the columns.",
        )
    return names


def scan(path: Path, found: Layout, header_row: int) -> str:
    """Return the table function that reads one file.

    Nothing is left to detection: the same bytes are the same rows, whatever stands further down in the file. Each file
    is read by a function of its own: given a list, DuckDB 2.0 loses the rest of a file after a quote that never ends.
    """
    columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in found.headings)
    return (
        f"read_csv({path_literal(path)}, auto_detect = false, columns = {{{columns}}}, "
        f"delim = {literal(found.delimiter)}, quote = '\"', escape = '\"', header = true, skip = {header_row - 1}, "
        f"strict_mode = true, filename = {literal(FILE)}, hive_partitioning = false)"
    )


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
