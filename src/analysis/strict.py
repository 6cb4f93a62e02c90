"""Settings files: YAML read into frozen models that refuse what they do not know."""

from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from analysis.errors import InputError, all_problems


class StrictModel(BaseModel):
    """Base of all settings: frozen, and a misspelt key never means the default."""

    model_config = ConfigDict(frozen=True, extra="forbid")


Model = TypeVar("Model", bound=BaseModel)


class _Loader(yaml.SafeLoader):
    """YAML that refuses a key given twice, where the plain loader would silently keep the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                raise yaml.constructor.ConstructorError(None, None, f"the key {key!r} stands twice", node.start_mark)
        return dict(super().construct_mapping(node, deep))


def load_yaml(path: Path, model: type[Model]) -> Model:
    """Read one YAML file into a model; every mistake in it is reported at once.

    Raises
    ------
    InputError : the file is missing, is not YAML, or breaks a rule of the model.
    """
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)
    except FileNotFoundError:
        raise InputError(
            "the file does not exist",
            where=path.name,
            got=f"nothing at {path}",
            expected="a YAML file",
            do="Create it or correct its name.",
        ) from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InputError(
            "the file is not valid YAML",
            where=str(path),
            got=" ".join(str(error).split()),
            expected="YAML in UTF-8",
            do="Mend that line; a colon, quote or indent is often the cause.",
        ) from None
    try:
        return model.model_validate(content)
    except ValidationError as error:
        raise explain(error, str(path), model) from None


def explain(error: ValidationError, where: str, model: type[BaseModel]) -> InputError:
    """Turn pydantic's findings into one message in our form."""
    return all_problems([_problem(item, where, model) for item in error.errors()])


def _problem(item: Any, where: str, model: type[BaseModel]) -> InputError:
    key = ".".join(str(part) for part in item["loc"]) or "the whole file"
    if item["type"] == "extra_forbidden":
        names = sorted(_valid_names(model, item["loc"]))
        nearest = get_close_matches(str(item["loc"][-1]), names, n=1)
        return InputError(
            "unknown key",
            where=f"{where}, {key}",
            got=item["loc"][-1],
            expected=", ".join(names) or "no key",
            do=f"Did you mean {nearest[0]}?" if nearest else "Remove it or use one of these.",
        )
    if item["type"] == "missing":
        return InputError(
            "a required key is missing",
            where=f"{where}, {key}",
            got="nothing",
            expected=f"a value for {item['loc'][-1]}",
            do="Add the key.",
        )
    message = item["msg"].removeprefix("Value error, ")
    return InputError(
        "the value breaks a rule",
        where=f"{where}, {key}",
        got=repr(item.get("input"))[:120],
        expected=message,
        do="Correct the value.",
    )


def _valid_names(model: type[BaseModel], location: tuple[Any, ...]) -> set[str]:
    """Return the field names valid at the place where an unknown key stood."""
    names, current = set(model.model_fields), model
    for part in location[:-1]:
        field = current.model_fields.get(str(part))
        inner = _inner_model(field.annotation) if field else None
        if inner is None and field is None:
            continue  # a key of a mapping: the model stays the one of its values
        if inner is None:
            return set()
        current, names = inner, set(inner.model_fields)
    return names


def _inner_model(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in getattr(annotation, "__args__", ()):
        if (inner := _inner_model(argument)) is not None:
            return inner
    return None
