"""Inputs and sources as relations of DuckDB: where reading begins, whatever the rows come from."""

import re
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path

import pandas as pd

from analysis.engine.duck import DuckDB, QueryError, WordingError, identifier, literal
from analysis.errors import InputError
from analysis.store import digest
from analysis.tables.dataset import Dataset, Input, Source
from analysis.tables.schema import TABLES
from analysis.tables.sources.delimited import FILE, ROW, stop_on_reserved, stop_on_two_line_ends
from analysis.tables.sources.encodings import UTF8, stop_unless_utf8
from analysis.tables.sources.extracts import extract_of, extract_to, table_of
from analysis.tables.sources.files import Files, locate
from analysis.tables.sources.relations import kind_of, relation

MIXED_LINE_ENDS = "state machine reached an invalid state"  # DuckDB's words for lines that end in several ways


def open_input(db: DuckDB, input_: Input, folder: Path, landing: Path, where: str) -> str:
    """Return a relation with all raw columns of an input, usable after FROM.

    Parameters
    ----------
    input_ : files with `*` are one relation, in natural order of their names, columns united by name.
    folder : relative paths start here.
    landing : a folder for what DuckDB cannot read itself; the relation needs it as long as it is used.
    where : the place of the input in `dataset.yaml`, for errors.

    Returns
    -------
    Columns as in the source and `_file` (short name of the file, or the table of the database). CSV: every value is
    text, an empty one NULL. Workbooks: a column of one kind (integers, numbers, days, times) has its type, any other
    is text. Parquet and databases: their types; numbers of any precision and what has no type here is text.

    Raises
    ------
    InputError : the input cannot be found or read, or files hold headings and no row.
    """
    if input_.database:
        path = landing / f"{digest(input_.database, input_.table, input_.decimal_mark)}.parquet"
        if not path.exists():
            extract_to(path, input_, folder, where)
        return table_of(path, input_, where)
    assert input_.file is not None
    files = locate(input_.file, folder, where)
    try:
        sql = relation(db, files, input_, landing, where)
        if not db.execute(f"SELECT 1 FROM {sql} LIMIT 1"):
            raise InputError(
                "there is no row below the headings",
                where=where,
                got=f"headings only in {', '.join(path.name for path in files.paths[:3])}",
                expected="at least one row",
                do="Export it again.",
            )
    except QueryError as error:
        raise explained(error, [input_], folder, where) from None
    return sql


def open_source(db: DuckDB, source: Source, dataset: Dataset, table: str, landing: Path) -> str:
    """Make the view `raw_<table>` of a source, its rows numbered from 1; return the view's name.

    Returns
    -------
    A view with the raw columns, `_row` (from 1, over the whole source) and `_file` (as in `open_input`; of a query the
    file where there is only one, else NULL).

    Raises
    ------
    InputError : an input cannot be read, the query fails, or a mapped column does not exist.
    """
    where = f"{dataset.name}/dataset.yaml, tables.{table}"
    view = f"raw_{table}"
    opened = {
        name: _opened(db, input_, dataset, f"{table}.{name}", landing, where) for name, input_ in source.inputs.items()
    }
    try:
        if source.sql:
            for name, sql in opened.items():
                db.execute(f"CREATE OR REPLACE TEMP VIEW {identifier(name)} AS SELECT * EXCLUDE ({FILE}) FROM {sql}")
            # A query's rows come in any order; sorted by everything, they have the same numbers every time.
            query = source.sql.rstrip().rstrip(";")
            stop_on_reserved(db.columns(f"({query}\n)"), f"{where}.sql")
            rows = f"SELECT *, {_only_file(source)} AS {FILE} FROM ({query}\n) ORDER BY ALL"  # it may end in a comment
        else:
            rows = f"FROM {opened['source']}"
        db.execute(f"CREATE OR REPLACE TEMP VIEW {view} AS SELECT *, row_number() OVER () AS {ROW} FROM ({rows})")
        found = db.columns(view)
    except QueryError as error:
        raise explained(error, source.inputs.values(), dataset.folder, where) from None
    _stop_on_missing_columns(source, found, where)
    return view


def stop_on_files_without_columns(file_columns: pd.DataFrame, source: Source, table: str, where: str) -> None:
    """Stop when a file lacks a column without which none of its rows can be accepted, though the other files have it.

    Parameters
    ----------
    file_columns : as `columns_by_file` returned it.

    Raises
    ------
    InputError : names the files with what they lack.
    """
    if source.sql:  # the query makes the columns
        return
    needed = {column.name for column in TABLES[table] if column.required} | {"amount", "quantity", "unit_price"}
    raw = {name for canonical, name in source.columns.items() if canonical in needed}
    lacking = []
    for file, columns in file_columns.groupby("file", sort=False)["column"]:
        held = {str(column).casefold() for column in columns}
        missing = sorted(name for name in raw if name.casefold() not in held)
        if missing:
            spare = [str(column) for column in columns if column not in source.columns.values()]
            near = get_close_matches(missing[0], spare, n=1) or spare[:3]
            lacking.append(f"{file} has no {', '.join(missing)}; it has {', '.join(near) or 'no other column'}")
    if lacking:
        raise InputError(
            "a file lacks columns that every row needs",
            where=where,
            got="; ".join(lacking[:3]) + (f"; and {len(lacking) - 3} more files" if len(lacking) > 3 else ""),
            expected=f"{', '.join(sorted(raw))} in every file",
            do="Export these files again with the headings of the others, or unite both headings in a query (sql).",
        )


def _only_file(source: Source) -> str:
    """Return as SQL the file that all rows of a query come from; NULL where it is one of several."""
    files = [input_.file for input_ in source.inputs.values()]
    one = files[0] if len(files) == 1 and files[0] and "*" not in files[0] else None
    return literal(Path(one).name) if one else "CAST(NULL AS VARCHAR)"


def _opened(db: DuckDB, input_: Input, dataset: Dataset, name: str, landing: Path, where: str) -> str:
    if input_.database:
        return table_of(extract_of(input_, dataset, name, where), input_, where)
    return open_input(db, input_, dataset.folder, landing, where)


def files_of(source: Source, dataset: Dataset, table: str, *, refresh: bool = False) -> dict[str, Path]:
    """Return every file behind a source by a name that is the same on every machine.

    Parameters
    ----------
    refresh : extract tables of databases anew; otherwise the extract that is there counts, and a missing one is made.
    """
    where = f"{dataset.name}/dataset.yaml, tables.{table}"
    found: dict[str, Path] = {}
    for name, input_ in source.inputs.items():
        if input_.database:
            found[name] = extract_of(input_, dataset, f"{table}.{name}", where, refresh=refresh)
        elif input_.file:
            files = locate(input_.file, dataset.folder, where)
            many = "*" in input_.file
            found |= {f"{name}/{files.name(path)}" if many else name: path for path in files.paths}
    return found


def columns_by_file(db: DuckDB, source: Source, dataset: Dataset, table: str, landing: Path) -> pd.DataFrame:
    """Return which file holds which column, to see where an export changed its shape.

    Returns
    -------
    input (its name in the query, else `source`), file (as in `_file`), column; in the order of files and columns.
    """
    where = f"{dataset.name}/dataset.yaml, tables.{table}"
    rows = []
    for name, input_ in source.inputs.items():
        if input_.database:
            found = db.columns(_opened(db, input_, dataset, f"{table}.{name}", landing, where))
            rows += [(name, str(input_.table), column) for column in found if column != FILE]
        elif input_.file:
            files = locate(input_.file, dataset.folder, where)
            for path in files.paths:
                single = relation(db, Files(files.root, (path,)), input_, landing, where)
                rows += [(name, files.name(path), column) for column in db.columns(single) if column != FILE]
    return pd.DataFrame(rows, columns=["input", "file", "column"])


def explained(error: QueryError, inputs: Iterable[Input], folder: Path, where: str) -> InputError:
    """Return what an error of DuckDB means for the user; what is wrong with a text file is looked for in the file."""
    try:
        for input_ in () if isinstance(error, WordingError) else inputs:
            _stop_on_broken_text(input_, folder, where, lines_end=MIXED_LINE_ENDS in str(error))
    except InputError as found:
        return found
    return InputError(
        "the table cannot be read",
        where=where,
        got=_said(error),
        expected="a readable file, every line with the same columns, or a query that DuckDB runs",
        do="Mend the file at that place, or the query.",
    )


def _stop_on_broken_text(input_: Input, folder: Path, where: str, *, lines_end: bool) -> None:
    for path in locate(input_.file, folder, where).paths if input_.file else ():
        if kind_of(path) == "csv":
            if input_.encoding in UTF8:
                stop_unless_utf8(path, f"{where}, {path.name}")
            if lines_end:
                stop_on_two_line_ends(path, input_.encoding, where)


def _said(error: QueryError) -> str:
    """Return what DuckDB found and in which file, without its advice, which is for those who write queries."""
    found, *_ = re.split(r"\n\s*Possible |\nThis can happen", str(error))
    file = re.search(r"^\s*file = (.+)$", str(error), re.MULTILINE)
    return " ".join(found.split())[:300] + (f" ({Path(file[1]).name})" if file else "")


def _stop_on_missing_columns(source: Source, found: dict[str, str], where: str) -> None:
    missing = [raw for raw in source.columns.values() if raw not in found or raw in (ROW, FILE)]
    if missing:
        near = {raw: get_close_matches(raw, found, n=1) for raw in missing}
        hints = [f"{raw} -> {match[0]}" for raw, match in near.items() if match]
        raise InputError(
            "mapped columns do not exist",
            where=f"{where}.columns",
            got=", ".join(missing),
            expected=", ".join(name for name in found if name not in (ROW, FILE)),
            do=f"Did you mean {'; '.join(hints)}?" if hints else "Correct the mapping.",
        )
