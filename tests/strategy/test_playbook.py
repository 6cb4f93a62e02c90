"""The playbook: every class of every scheme has a strategy in both languages, and mistakes are named."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from analysis.classification.schemes import SCHEMES
from analysis.errors import InputError
from analysis.strategy.playbook import OWN_PLAYBOOK, check_covers, load_playbook

CLASSES = {name: scheme.classes for name, scheme in SCHEMES.items()} | {"cluster": ("stable", "not_stable")}
EVERY_CLASS = [(scheme, name) for scheme, names in CLASSES.items() for name in names]
PRICE_TYPE = {"R-STR-01.2", "R-STR-01.3", "R-STR-03.2", "R-STR-03.3", "R-STR-10.6"}  # all that name a price


@pytest.fixture
def edited(tmp_path: Path) -> Callable[[Callable[[dict[str, Any]], object]], Path]:
    """Return a function that changes a copy of the built-in playbook and gives the path of the copy."""

    def write(change: Callable[[dict[str, Any]], object]) -> Path:
        content = yaml.safe_load(OWN_PLAYBOOK.read_text(encoding="utf-8"))
        change(content)
        path = tmp_path / "mine.yaml"
        path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
        return path

    return write


def entry(content: dict[str, Any], name: str) -> dict[str, Any]:
    return next(row for row in content["strategies"] if row["id"] == name)


@pytest.mark.parametrize(("scheme", "name"), EVERY_CLASS, ids=[f"{s}-{c}" for s, c in EVERY_CLASS])
def test_every_class_of_every_scheme_has_a_strategy_in_both_languages(scheme: str, name: str) -> None:
    row = load_playbook().find(scheme, name)
    assert len(row.title.en) <= 60
    assert len(row.title.zh) <= 60
    for english, chinese in [(row.title.en, row.title.zh), (row.strategy.en, row.strategy.zh)]:
        assert english.isascii()
        assert re.search("[\u4e00-\u9fff]", chinese)
        assert not re.search("[,;:?!]", chinese), "Chinese text takes Chinese punctuation"
    assert row.judged_by
    assert row.source
    assert row.owner


def test_the_schemes_and_the_playbook_know_the_same_classes() -> None:
    check_covers(load_playbook(), CLASSES)


def test_price_type_rows_are_the_marked_ones_and_state_ground_equality_and_opt_out() -> None:
    priced = [row for row in load_playbook().strategies if row.price_type]
    assert {row.id for row in priced} == PRICE_TYPE
    for row in priced:
        assert row.ground is not None
        assert re.search("same|equal", row.ground.en)
        assert "switched off in one step" in row.ground.en
        assert re.search("相同|一致", row.ground.zh)
        assert "一步关闭" in row.ground.zh


@pytest.mark.parametrize(
    ("reference", "target"),
    [
        ("R-STR-03.5", "R-STR-01.4"),
        ("R-STR-03.6", "R-STR-01.5"),
        ("R-STR-10.12", "R-STR-01.4"),
        ("R-STR-10.13", "R-STR-01.5"),
        ("R-STR-11.9", "R-STR-01.4"),
        ("R-STR-11.10", "R-STR-01.5"),
    ],
)
def test_a_reference_takes_words_and_settings_from_its_target(reference: str, target: str) -> None:
    rows = {row.id: row for row in load_playbook().strategies}
    own = {"id", "classes", "same_as", "fallback_for", "source"}
    assert rows[reference].same_as == target
    assert rows[reference].model_dump(exclude=own) == rows[target].model_dump(exclude=own)
    assert rows[reference].classes != rows[target].classes


@pytest.mark.parametrize(
    ("name", "expected"), [("unknown", "R-STR-00.1"), ("never_ordered", "R-STR-01.4"), ("lapsed", "R-STR-01.5")]
)
def test_a_scheme_without_rows_of_its_own_falls_back(name: str, expected: str) -> None:
    assert load_playbook().find("need_type", name).id == expected


def test_chosen_rows_keep_the_metrics_that_judge_them() -> None:
    judged_by = {row.id: row.judged_by for row in load_playbook().strategies}
    assert judged_by["R-STR-01.1"] == ("R-MET-25", "R-MET-16")
    assert judged_by["R-STR-01.3"] == ("R-MET-11", "R-MET-10", "R-MET-40")
    assert judged_by["R-STR-10.9"] == ("R-MET-43", "R-MET-41")
    assert judged_by["R-STR-12.2"] == ("R-MET-44",)


def test_texts_hold_no_percentages_amounts_or_product_names() -> None:
    text = OWN_PLAYBOOK.read_text(encoding="utf-8").lower()
    assert not re.search(r"\d\s*%|\d\s*percent|[$€¥]\s*\d|zoho|fxiaoke|纷享|salesforce|hubspot", text)


def test_the_built_in_playbook_is_read_once_and_a_users_file_each_time(edited: Any) -> None:
    assert load_playbook() is load_playbook()
    path = edited(lambda content: entry(content, "R-STR-10.1").update(due_days=3))
    assert load_playbook(path).find("rfm_segment", "champions").due_days == 3
    edited(lambda content: entry(content, "R-STR-10.1").update(due_days=4))
    assert load_playbook(path).find("rfm_segment", "champions").due_days == 4


def test_a_hole_and_a_surplus_class_are_both_named() -> None:
    with pytest.raises(InputError) as caught:
        check_covers(load_playbook(), {"abc": ("a", "b", "d"), "rfm_quadrant": CLASSES["rfm_quadrant"]})
    message = str(caught.value)
    assert "scheme abc: every class of a scheme needs a strategy. Got no entry for class d" in message
    assert "entry R-STR-01.3, classes: the scheme has no such class. Got abc: c" in message


MISTAKES: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "language": (lambda c: entry(c, "R-STR-10.2")["title"].pop("zh"), r"10\.2\.title\.zh: a required key"),
    "empty text": (lambda c: entry(c, "R-STR-10.2")["title"].update(en=" "), r"R-STR-10\.2\.title\.en"),
    "long title": (lambda c: entry(c, "R-STR-10.2")["title"].update(en="x" * 61), r"at most 60 characters"),
    "no ground": (lambda c: entry(c, "R-STR-10.6").pop("ground"), r"R-STR-10\.6\.ground.*how to opt out"),
    "needless ground": (
        lambda c: entry(c, "R-STR-10.1").update(ground={"en": "why", "zh": "因为"}),
        r"R-STR-10\.1\.ground.*price_type: true",
    ),
    "unknown key": (lambda c: entry(c, "R-STR-10.1").update(ownr="sales"), r"ownr.*Did you mean owner\?"),
    "unknown owner": (lambda c: entry(c, "R-STR-10.1").update(owner="boss"), r"10\.1\.owner.*'store_manager'"),
    "unknown metric": (lambda c: c["metrics"].pop("R-MET-20"), r"R-STR-10\.1, judged_by.*Got R-MET-20"),
    "dangling reference": (
        lambda c: entry(c, "R-STR-10.12").update(same_as="R-STR-99"),
        r"R-STR-10\.12, same_as: names no strategy",
    ),
    "reference to a reference": (
        lambda c: entry(c, "R-STR-10.12").update(same_as="R-STR-03.5"),
        r"R-STR-10\.12, same_as: names no strategy",
    ),
    "reference with text": (
        lambda c: entry(c, "R-STR-10.12").update(owner="sales"),
        r"R-STR-10\.12\.owner: unknown key",
    ),
    "id twice": (lambda c: entry(c, "R-STR-10.2").update(id="R-STR-10.1"), r"id R-STR-10\.1: stands in more"),
    "class twice": (
        lambda c: entry(c, "R-STR-10.2").update(classes={"rfm_segment": "champions"}),
        r"class rfm_segment: champions: stands in more than one entry",
    ),
    "fallback twice": (
        lambda c: entry(c, "R-STR-10.2").update(fallback_for=["lapsed"]),
        r"fallback_for lapsed: stands in more than one entry",
    ),
    "no class": (lambda c: entry(c, "R-STR-10.2").pop("classes"), r"10\.2\.fallback_for.*at least one class"),
    "no id": (lambda c: entry(c, "R-STR-10.2").pop("id"), r"entry \d+\.id: a required key"),
    "missing cell": (lambda c: c["resources"]["sales"].pop("mid"), r"resources\.sales\.mid: a required key"),
    "other version": (lambda c: c.update(version=2), r"version"),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_a_mistake_in_a_users_playbook_is_named_with_file_and_entry(case: str, edited: Any) -> None:
    change, expected = MISTAKES[case]
    with pytest.raises(InputError) as caught:
        load_playbook(edited(change))
    assert "mine.yaml" in str(caught.value)
    assert re.search(expected, str(caught.value)), str(caught.value)


def test_several_mistakes_are_reported_at_once(edited: Any) -> None:
    def change(content: dict[str, Any]) -> None:
        entry(content, "R-STR-10.1").update(owner="boss")
        entry(content, "R-STR-11.1").pop("title")

    with pytest.raises(InputError, match=r"(?s)R-STR-10\.1.*R-STR-11\.1"):
        load_playbook(edited(change))


def test_a_missing_or_broken_file_is_the_users_to_mend(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        load_playbook(tmp_path / "none.yaml")
    broken = tmp_path / "broken.yaml"
    broken.write_text("strategies: [", encoding="utf-8")
    with pytest.raises(InputError, match="not valid YAML"):
        load_playbook(str(broken))
