"""Results on disk: a step's tables as Parquet under a key of everything they depend on.

A result never goes stale, because whatever could change it is in its key; two processes that compute the same
result write the same files, and whichever renames last wins.
"""

import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd

PACKAGE = Path(__file__).parent
IN_USE_SECONDS = 3600
# Nothing below can influence a result: imports point the other way, and a test holds them to it.
DOWNSTREAM = ("report", "charts", "exports")
KEPT_RESULTS = 4  # per step and month, and of accepted tables, so that what-ifs stay at hand and disks do not fill

Step = TypeVar("Step")


def digest(*parts: object) -> str:
    """Return a short hash of values that JSON can write (dates and paths as text)."""
    text = json.dumps(parts, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:20]


@cache
def code_hash() -> str:
    """Return a hash of all code and data of the package that can influence a result, and of the lock."""
    total = hashlib.sha256()
    files = [
        path
        for path in sorted(PACKAGE.rglob("*"))
        if path.suffix in {".py", ".sql", ".yaml"} and path.relative_to(PACKAGE).parts[0] not in DOWNSTREAM
    ]
    lock = PACKAGE.parents[1] / "requirements.lock"
    for path in [*files, *([lock] if lock.exists() else [])]:
        total.update(path.name.encode() + path.read_bytes())
    return total.hexdigest()[:20]


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Give a place beside `path` to write to; it takes the path's name when the block ends without an error.

    A reader sees the old file or the new one, and runs side by side do not disturb each other.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        yield part
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def replace_folder(made: Path, place: Path) -> None:
    """Rename a finished folder into its place; if another process was first, its equal result stays."""
    try:
        made.rename(place)
    except OSError:
        shutil.rmtree(made)
        if not place.is_dir():
            raise


def remember(folder: Path, key: str, kind: type[Step], compute: Callable[[], Step]) -> Step:
    """Return the step's result from `folder`, computing and keeping it when its key is new.

    Parameters
    ----------
    folder : where results of this step are kept, one subfolder per key.
    key : see `digest`.
    kind : a dataclass whose fields are all DataFrames.
    compute : makes the result.
    """
    place = folder / key
    if not place.is_dir():
        result = compute()
        made = folder / f".{key}.{os.getpid()}"
        made.mkdir(parents=True, exist_ok=True)
        for field in fields(kind):  # type: ignore[arg-type]
            getattr(result, field.name).to_parquet(made / f"{field.name}.parquet", index=False)
        replace_folder(made, place)
        forget_oldest(folder)
    used(place)
    tables: dict[str, Any] = {
        field.name: pd.read_parquet(place / f"{field.name}.parquet")
        for field in fields(kind)  # type: ignore[arg-type]
    }
    return kind(**tables)


def used(place: Path) -> None:
    """Note that a kept result was used just now, so that it is forgotten last."""
    os.utime(place)


def forget_oldest(folder: Path) -> None:
    """Remove all but the results used last in a folder; what was used within the hour may be open, and stays."""
    found = sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime_ns)
    whole = [path for path in found if not path.name.startswith(".")]
    left_over = [path for path in found if path.name.startswith(".")]  # of runs that were killed
    for path in [*whole[:-KEPT_RESULTS], *left_over]:
        if time.time() - path.stat().st_mtime > IN_USE_SECONDS:
            shutil.rmtree(path, ignore_errors=True)
