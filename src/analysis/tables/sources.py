"""Where a table's raw rows come from: files, installed packages, one query over several files."""

from difflib import get_close_matches
from importlib.util import find_spec
from pathlib import Path

from analysis.engine.duck import DuckDB, QueryError, identifier, literal
from analysis.errors import InputError
from analysis.tables.dataset import Dataset, Source

ROW = "_row"  # position of a line in its source, from 1


def locate(file: str, dataset: Dataset, key: str) -> Path:
    """Return the path of a file named in `dataset.yaml`.

    Raises
    ------
    InputError : the file, or the package that should hold it, does not exist or the file is empty.
    """
    where = f"{dataset.name}/dataset.yaml, {key}"
    if file.startswith("package:"):
        package, _, inside = file.removeprefix("package:").partition("/")
        spec = find_spec(package) if package.isidentifier() else None
        if spec is None or spec.origin is None:
            raise InputError(
                "the package that holds the file is not installed",
                where=where,
                got=package,
                expected="an installed Python package",
                do=f"Install {package}, or name another file.",
            )
        path = Path(spec.origin).parent / inside
    else:
        path = dataset.folder / Path(file).expanduser()
    if not path.is_file():
        raise InputError(
            "the file does not exist",
            where=where,
            got=f"nothing at {path}",
            expected="a CSV or Parquet file",
            do="Put the file there, or correct the path.",
        )
    if path.stat().st_size == 0:
        raise InputError(
            "the file is empty",
            where=where,
            got=f"0 bytes in {path}",
            expected="a CSV file with a header, or a Parquet file",
            do="Export it again.",
        )
    return path


def files_of(source: Source, dataset: Dataset, table: str) -> dict[str, Path]:
    """Return the paths of a table's files by the name they have in its query."""
    named = {"source": source.file} if source.file else source.files
    return {name: locate(file, dataset, f"tables.{table}") for name, file in named.items()}


def _scan(path: Path) -> str:
    """Return the table function that reads a file; CSV as text, so that no value is guessed at."""
    if path.suffix.lower() in {".parquet", ".pq"}:
        return f"read_parquet({literal(path)})"
    return f"read_csv({literal(path)}, all_varchar = true, header = true, strict_mode = true)"


def open_source(db: DuckDB, source: Source, dataset: Dataset, table: str) -> str:
    """Make the view `raw_<table>` of a source, its rows numbered from 1; return the view's name.

    Raises
    ------
    InputError : a file cannot be read, the query fails, or a mapped column does not exist.
    """
    where = f"{dataset.name}/dataset.yaml, tables.{table}"
    paths = files_of(source, dataset, table)
    view = f"raw_{table}"
    try:
        for name, path in paths.items():
            db.execute(f"CREATE OR REPLACE TEMP VIEW {identifier(name)} AS SELECT * FROM {_scan(path)}")
        # A query's rows come in any order; sorted by everything, they have the same numbers every time.
        rows = f"SELECT * FROM ({source.sql.rstrip().rstrip(';')}) ORDER BY ALL" if source.sql else "FROM source"
        db.execute(f"CREATE OR REPLACE TEMP VIEW {view} AS SELECT *, row_number() OVER () AS {ROW} FROM ({rows})")
        found = db.columns(view)
    except QueryError as error:
        raise InputError(
            "the table cannot be read",
            where=where,
            got=" ".join(str(error).split())[:300],
            expected="a readable CSV or Parquet file, or a query that DuckDB runs",
            do="Mend the file or the query.",
        ) from None
    missing = [raw for raw in source.columns.values() if raw not in found]
    if missing:
        near = {raw: get_close_matches(raw, found, n=1) for raw in missing}
        hints = [f"{raw} -> {match[0]}" for raw, match in near.items() if match]
        raise InputError(
            "mapped columns do not exist",
            where=f"{where}.columns",
            got=", ".join(missing),
            expected=", ".join(name for name in found if name != ROW),
            do=f"Did you mean {'; '.join(hints)}?" if hints else "Correct the mapping.",
        )
    return view
