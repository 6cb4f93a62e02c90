"""Load a playbook, one strategy per class of a scheme, and check it before anybody acts on it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any, TypeVar, get_args

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from analysis.errors import InputError, all_problems
from analysis.strategy.schema import Playbook, Resource, ResourceCell, Strategy, Tier, hole

OWN_PLAYBOOK = Path(__file__).with_name("playbook.yaml")
# An entry that points to another one takes all other keys from there.
REFERENCE_KEYS = {"id", "classes", "fallback_for", "same_as", "source"}

Model = TypeVar("Model", bound=BaseModel)


def load_playbook(path: Path | str | None = None) -> Playbook:
    """Return the checked playbook of a YAML file, or the one that comes with the package.

    The package's own is read once per process; a user's file is read at every call, because it may be in editing.

    Raises: InputError that lists every problem with file, entry and field: unreadable YAML, unknown or missing
    keys, a missing language, a price-type strategy without a ground, an id or class named twice, a reference to
    a metric or a strategy that does not exist, a resource matrix without its nine cells.

    Examples
    --------
    >>> load_playbook().find("rfm_segment", "lapsed").same_as
    'R-STR-01.5'
    """
    return _own_playbook() if path is None else _read(Path(path))


def check_covers(playbook: Playbook, classes_by_scheme: Mapping[str, Sequence[str]]) -> None:
    """Refuse a playbook with a class that has no strategy, or a strategy for a class that does not exist.

    Schemes of the playbook that `classes_by_scheme` does not name are not looked at: their step may be missing.

    Raises: InputError that lists every hole and every surplus class.
    """
    problems = [
        hole(scheme, name)
        for scheme, names in classes_by_scheme.items()
        for name in names
        if not playbook.covers(scheme, name)
    ]
    problems += [
        InputError(
            "the scheme has no such class",
            where=f"playbook, entry {row.id}, classes",
            got=f"{scheme}: {name}",
            expected="one of " + ", ".join(classes_by_scheme[scheme]),
            do="Correct the class or delete the entry.",
        )
        for row in playbook.strategies
        for scheme, name in row.classes.items()
        if scheme in classes_by_scheme and name not in classes_by_scheme[scheme]
    ]
    if problems:
        raise all_problems(problems)


@cache
def _own_playbook() -> Playbook:
    return _read(OWN_PLAYBOOK)


def _read(path: Path) -> Playbook:
    raw = _parse_yaml(path)
    expected_keys = set(Playbook.model_fields)
    if not isinstance(raw, dict) or set(raw) != expected_keys:
        got = sorted(map(str, raw)) if isinstance(raw, dict) else type(raw).__name__
        raise _problem(path.name, "a playbook has four parts", got, sorted(expected_keys))
    entries = _entries(raw["strategies"], f"{path.name}, strategies")
    cells = _entries(raw["resources"], f"{path.name}, resources")
    complete = [entry for entry in entries if "same_as" not in entry]
    _validated(Strategy, complete, path.name)  # before they are referred to: name each mistake once
    strategies = _validated(Strategy, _resolved(entries, path.name), path.name)
    resources = _validated(ResourceCell, cells, path.name)
    whole = {**raw, "strategies": strategies, "resources": resources}
    playbook = _validated(Playbook, [whole], path.name)[0]
    problems = _contradictions(playbook, path.name)
    if problems:
        raise all_problems(problems)
    return playbook


def _parse_yaml(path: Path) -> object:
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise InputError(
            "the playbook cannot be read",
            where=str(path),
            got=" ".join(str(error).split()),
            expected="a YAML file in UTF-8",
            do="Correct the file at the place named, or leave it out to use the built-in playbook.",
        ) from error


def _entries(raw: object, where: str) -> list[dict[str, Any]]:
    if not isinstance(raw, list) or not all(isinstance(entry, dict) for entry in raw):
        raise _problem(
            where, "must be a list of entries", type(raw).__name__, "lines that begin with '- id:'"
        )
    return raw


def _resolved(entries: list[dict[str, Any]], file: str) -> list[dict[str, Any]]:
    """Return the entries with `same_as` filled in from the entry it names."""
    complete = {entry["id"]: entry for entry in entries if "same_as" not in entry}
    resolved, problems = [], []
    for entry in entries:
        where = f"{file}, entry {entry.get('id')}"
        target = complete.get(str(entry.get("same_as")), {})
        surplus = sorted(set(entry) - REFERENCE_KEYS)
        if "same_as" not in entry:
            resolved.append(entry)
        elif not target:
            expected = "the id of an entry with texts of its own"
            problems.append(_problem(f"{where}, same_as", "names no strategy", entry["same_as"], expected))
        elif surplus:
            what = "an entry with same_as takes its other keys from there"
            problems.append(_problem(where, what, ", ".join(surplus), ", ".join(sorted(REFERENCE_KEYS))))
        else:
            resolved.append({**target, "classes": {}, "fallback_for": [], **entry})
    if problems:
        raise all_problems(problems)
    return resolved


def _validated(model: type[Model], entries: list[dict[str, Any]], file: str) -> list[Model]:
    models, problems = [], []
    for entry in entries:
        try:
            models.append(model.model_validate(entry))
        except ValidationError as error:
            where = f"{file}, entry {entry['id']}" if "id" in entry else file
            problems += [_field_problem(detail, where, model) for detail in error.errors()]
    if problems:
        raise all_problems(problems)
    return models


def _field_problem(detail: ErrorDetails, where: str, model: type[BaseModel]) -> InputError:
    """Return what pydantic found, in the words of somebody who edits the file."""
    field = ".".join(str(part) for part in detail["loc"])
    place = f"{where}, {field}" if field else where
    got = repr(detail["input"])[:80]
    context = detail.get("ctx", {})
    match detail["type"]:
        case "missing":
            return _problem(place, "is missing", "nothing", f"a value for {field}")
        case "extra_forbidden":
            keys = "en, zh" if len(detail["loc"]) > 1 else ", ".join(model.model_fields)
            return _problem(place, "is not a key of the playbook", got, f"one of {keys}")
        case "literal_error":
            return _problem(place, "is not a value the report has words for", got, context["expected"])
        case "value_error":
            return _problem(
                place, "is not consistent", "an entry that breaks the rule", str(context["error"])
            )
        case _:
            return _problem(place, "has the wrong form", got, detail["msg"])


def _contradictions(playbook: Playbook, file: str) -> list[InputError]:
    """Return the problems that only show when all rows are seen together."""
    problems = []
    once = {
        "id": Counter(row.id for row in playbook.strategies),
        "class": Counter(
            f"{scheme}: {name}" for row in playbook.strategies for scheme, name in row.classes.items()
        ),
        "fallback_for": Counter(name for row in playbook.strategies for name in row.fallback_for),
        "resource cell": Counter(f"{cell.resource}, {cell.tier}" for cell in playbook.resources),
    }
    for kind, counts in once.items():
        for name, count in counts.items():
            if count > 1:
                problems.append(
                    _problem(f"{file}, {kind} {name}", "is named twice", f"{count} times", "once")
                )
    for row in playbook.strategies:
        for metric in row.judged_by:
            if metric not in playbook.metrics:
                expected = "one of " + ", ".join(playbook.metrics)
                where = f"{file}, entry {row.id}, judged_by"
                problems.append(_problem(where, "names no metric of the playbook", metric, expected))
    for resource, tier in product(get_args(Resource), get_args(Tier)):
        if f"{resource}, {tier}" not in once["resource cell"]:
            where = f"{file}, resources"
            problems.append(
                _problem(where, "a cell is missing", "nothing", f"resource {resource}, tier {tier}")
            )
    return problems


def _problem(where: str, what: str, got: object, expected: object) -> InputError:
    return InputError(what, where=where, got=got, expected=expected, do="Correct the file and run again.")
