"""Which files an input names: paths, patterns, files inside installed packages; and whether they stay as they are."""

import glob
import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from importlib.util import find_spec
from pathlib import Path

from analysis.errors import InputError

SHOWN = 8  # names that an error lists; more would hide its point

State = dict[Path, tuple[int, int]]


@dataclass(frozen=True)
class Files:
    """The files of one input in natural order, and the folder that their short names start from."""

    root: Path
    paths: tuple[Path, ...]

    def name(self, path: Path) -> str:
        """Return the short name of one of the files, the same on every machine."""
        return path.relative_to(self.root).as_posix()


def locate(file: str, folder: Path, where: str) -> Files:
    """Return the files that a path or a pattern with `*` and `**` names.

    Parameters
    ----------
    file : see `Input`. folder : relative paths start here. where : the place of the setting, for errors.

    Raises
    ------
    InputError : nothing is there, a folder is, a package is not installed, or a file is empty.
    """
    try:
        path = _inside_package(file, where) if file.startswith("package:") else folder / Path(file).expanduser()
        path.exists()
    except (RuntimeError, OSError) as error:  # no such user after ~, or a name too long for any file
        raise InputError(
            "the path leads nowhere",
            where=where,
            got=f"{file[:100]}: {getattr(error, 'strerror', None) or error}",
            expected="the path of a file",
            do="Correct the path.",
        ) from None
    if "*" in str(path):
        return _matching(path, where)
    if path.is_dir():
        raise InputError(
            "a folder stands where a file should",
            where=where,
            got=f"{path} with {_listed(path)}",
            expected="a file, or a pattern for the files in the folder",
            do=f"Write {file.rstrip('/')}/*{_usual_suffix(path)}.",
        )
    if not path.is_file():
        near = get_close_matches(path.name, _names_in(path.parent), n=1)
        raise InputError(
            "the file does not exist",
            where=where,
            got=f"nothing at {path}",
            expected=f"a file; {path.parent} holds {_listed(path.parent)}",
            do=f"Did you mean {near[0]}?" if near else "Put the file there, or correct the path.",
        )
    return _none_empty(Files(path.parent, (path,)), where)


def state_of(paths: Iterable[Path]) -> State:
    """Return size and time of change of each file, to be compared after it was read."""
    return {path: (found.st_size, found.st_mtime_ns) for path in paths for found in [path.stat()]}


def stop_if_changed(before: State) -> None:
    """Stop when a file is not what it was.

    Raises
    ------
    InputError : names the first file that was written to, or removed, since `before`.
    """
    for path, state in before.items():
        if not path.exists() or state_of([path])[path] != state:
            raise InputError(
                "the file changed while it was read",
                where=str(path),
                got="another size or time of change than before reading",
                expected="a finished file",
                do="Wait until the export has ended, then run again; nothing was kept.",
            )


def natural(name: str) -> list[tuple[int, int, str]]:
    """Return a key that sorts numbers in names by value: 2011-2 before 2011-10."""
    parts = re.findall(r"\d+|\D+", name)
    return [(0, int(part), part) if part.isdecimal() else (1, 0, part.casefold()) for part in parts]


def _inside_package(file: str, where: str) -> Path:
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
    return Path(spec.origin).parent / inside


def _matching(pattern: Path, where: str) -> Files:
    parts = pattern.parts
    fixed = next(number for number, part in enumerate(parts) if "*" in part)
    root = Path(*parts[:fixed])
    # Only `*` is a pattern here; brackets and question marks are parts of names.
    escaped = re.sub(r"([\[?])", r"[\1]", str(pattern))
    found = [Path(name) for name in glob.glob(escaped, recursive=True)]
    files = [path for path in found if path.is_file() and not path.name.startswith("~$")]  # ~$: open in Excel
    if not files:
        raise InputError(
            "no file matches the pattern",
            where=where,
            got=str(pattern),
            expected=f"at least one file; {root} holds {_listed(root)}",
            do="Put the files there, or correct the pattern.",
        )
    ordered = sorted(files, key=lambda path: natural(path.relative_to(root).as_posix()))
    return _none_empty(Files(root, tuple(ordered)), where)


def _none_empty(files: Files, where: str) -> Files:
    for path in files.paths:
        if path.stat().st_size == 0:
            raise InputError(
                "the file is empty",
                where=where,
                got=f"0 bytes in {path}",
                expected="a file with headings and rows",
                do="Export it again.",
            )
    return files


def _names_in(folder: Path) -> list[str]:
    return sorted((path.name for path in folder.iterdir()), key=natural) if folder.is_dir() else []


def _listed(folder: Path) -> str:
    if not folder.is_dir():
        return "nothing, it does not exist"
    names = _names_in(folder)
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return (", ".join(names[:SHOWN]) or "nothing") + more


def _usual_suffix(folder: Path) -> str:
    suffixes = [Path(name).suffix for name in _names_in(folder) if Path(name).suffix]
    return max(suffixes, key=suffixes.count) if suffixes else ".csv"
