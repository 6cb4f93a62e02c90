"""Load a playbook, one strategy per class of a scheme, and check it before anybody acts on it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from analysis.errors import InputError, all_problems
from analysis.strategy.schema import Playbook, Reference, Resources, Strategy, hole
from analysis.strict import StrictModel, explain, load_yaml

OWN_PLAYBOOK = Path(__file__).with_name("playbook.yaml")


class _File(StrictModel):
    """The file as it is written; its entries are checked by id, so that a message can name them."""

    version: Literal[1]
    metrics: dict[str, str]
    strategies: list[dict[str, Any]]
    resources: Resources


class _Entries(StrictModel):
    strategies: dict[str, Strategy]
    references: dict[str, Reference]


def load_playbook(path: Path | str | None = None) -> Playbook:
    """Return the checked playbook of a YAML file, or the one that comes with the package.

    The package's own is read once per process; a user's file at every call, because it may be in editing.

    Raises: InputError that names file, entry and field: unreadable YAML, unknown or missing keys, a missing
    language, a price-type strategy without a ground, an id or class that two entries claim, a reference to a
    metric or strategy that does not exist, a resource matrix without its nine cells.

    Examples
    --------
    >>> load_playbook().find("rfm_segment", "lapsed").same_as
    'R-STR-01.5'
    """
    return _own_playbook() if path is None else _read(Path(path))


def check_covers(playbook: Playbook, classes_by_scheme: Mapping[str, Sequence[str]]) -> None:
    """Refuse a playbook with a class that has no strategy, or a strategy for a class that does not exist.

    Schemes of the playbook that `classes_by_scheme` does not name are left out: their step may be missing.

    Raises: InputError that lists every hole and every surplus class.
    """
    problems = [
        hole(scheme, name)
        for scheme, names in classes_by_scheme.items()
        for name in names
        if not playbook.covers(scheme, name)
    ]
    problems += [
        _problem(
            "the scheme has no such class",
            f"playbook, entry {row.id}, classes",
            got=f"{scheme}: {name}",
            expected="one of " + ", ".join(classes_by_scheme[scheme]),
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
    file = load_yaml(path, _File)
    entries = _by_id(file.strategies, str(path))
    try:
        checked = _Entries.model_validate(
            {
                "strategies": {name: row for name, row in entries.items() if "same_as" not in row},
                "references": {name: row for name, row in entries.items() if "same_as" in row},
            }
        )
    except ValidationError as error:
        raise explain(error, str(path), _Entries) from None
    problems = _contradictions(checked, file.metrics, str(path))
    if problems:
        raise all_problems(problems)
    resolved = {
        name: checked.strategies[row.same_as].model_copy(update=dict(row)) for name, row in checked.references.items()
    }
    strategies = {**checked.strategies, **resolved}
    return Playbook(
        metrics=file.metrics, strategies=tuple(strategies[name] for name in entries), resources=file.resources
    )


def _by_id(rows: list[dict[str, Any]], path: str) -> dict[str, dict[str, Any]]:
    """Return the entries by id; one without an id goes by its place and is refused later for lacking it."""
    names = [str(row.get("id", f"entry {place}")) for place, row in enumerate(rows, start=1)]
    problems = _claimed_twice("id", names, path)
    if problems:
        raise all_problems(problems)
    return dict(zip(names, rows, strict=True))


def _contradictions(entries: _Entries, metrics: dict[str, str], path: str) -> list[InputError]:
    """Return the problems that show only when all entries are seen together."""
    rows = [*entries.strategies.values(), *entries.references.values()]
    classes = [f"{scheme}: {name}" for row in rows for scheme, name in row.classes.items()]
    fallbacks = [name for row in rows for name in row.fallback_for]
    problems = _claimed_twice("class", classes, path) + _claimed_twice("fallback_for", fallbacks, path)
    problems += [
        _problem(
            "names no strategy of the file",
            f"{path}, entry {row.id}, same_as",
            got=row.same_as,
            expected="the id of an entry without same_as",
        )
        for row in entries.references.values()
        if row.same_as not in entries.strategies
    ]
    problems += [
        _problem(
            "names no metric of the file",
            f"{path}, entry {row.id}, judged_by",
            got=metric,
            expected="one of " + ", ".join(metrics),
        )
        for row in entries.strategies.values()
        for metric in row.judged_by
        if metric not in metrics
    ]
    return problems


def _claimed_twice(kind: str, names: list[str], path: str) -> list[InputError]:
    return [
        _problem("stands in more than one entry", f"{path}, {kind} {name}", f"{count} entries", "one entry")
        for name, count in Counter(names).items()
        if count > 1
    ]


def _problem(what: str, where: str, got: object, expected: object) -> InputError:
    return InputError(what, where=where, got=got, expected=expected, do="Correct or delete the entry.")
