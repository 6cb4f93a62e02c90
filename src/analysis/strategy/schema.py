"""What a playbook is made of: strategies, the resource matrix, and the keys that both may use."""

from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, ValidationInfo, field_validator

from analysis.errors import InputError
from analysis.strict import StrictModel

Owner = Literal["sales", "marketing", "service", "product", "store_manager", "analyst"]
Channel = Literal[
    "personal_contact",
    "phone_call",
    "member_programme",
    "campaign_message",
    "automated_message",
    "next_contact",
    "none",
]
ResourceLevel = Literal["high", "mid", "low", "none"]
Evidence = Literal["tested", "observed", "rule_of_thumb"]
Source = Literal["matrix", "three_dimensional", "key_account", "interval", "performance", "own"]
Reason = Literal[
    "customer_share",
    "customer_and_revenue_share",
    "order_value_and_revenue_share",
    "recency_and_customer_share",
    "recency_and_order_value",
    "recency_and_revenue_share",
]

TITLE_LENGTH = 60  # a title has to fit one line of the action table

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
TitleWords = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=TITLE_LENGTH)]


class Text(StrictModel):
    """A sentence or two in both languages."""

    en: Words
    zh: Words


class Title(StrictModel):
    """A short imperative in both languages."""

    en: TitleWords
    zh: TitleWords


class Entry(StrictModel):
    """What every entry says of itself: the classes it answers, and where it comes from."""

    id: Words
    classes: Annotated[dict[str, str], Field(default_factory=dict)]
    fallback_for: Annotated[tuple[str, ...], Field(validate_default=True)] = ()
    same_as: str | None = None
    source: Annotated[tuple[Source, ...], Field(min_length=1)]

    @field_validator("fallback_for")
    @classmethod
    def _answers_something(cls, names: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        if not names and not info.data.get("classes"):
            raise ValueError("at least one class, here or under classes")
        return names


class Reference(Entry):
    """An entry that takes its words and settings from the strategy `same_as`."""

    same_as: Words


class Strategy(Entry):
    """An entry in full; the comment at the top of `playbook.yaml` explains the fields."""

    title: Title
    strategy: Text
    owner: Owner
    channel: Channel
    resource_level: ResourceLevel
    price_type: bool
    ground: Annotated[Text | None, Field(validate_default=True)] = None
    judged_by: Annotated[tuple[str, ...], Field(min_length=1)]
    evidence: Evidence
    due_days: Annotated[int, Field(ge=0, le=366)]
    reason: Reason

    @field_validator("ground")
    @classmethod
    def _belongs_to_prices(cls, ground: Text | None, info: ValidationInfo) -> Text | None:
        if info.data.get("price_type") is True and ground is None:
            raise ValueError("en and zh: why, that equal customers are treated equally, and how to opt out")
        if info.data.get("price_type") is False and ground is not None:
            raise ValueError("no ground, or price_type: true")
        return ground


class ResourceCell(StrictModel):
    """What one value tier gets of one resource."""

    owner: Owner
    text: Text


class ResourceRow(StrictModel):
    """One resource over the value tiers."""

    id: Words
    high: ResourceCell
    mid: ResourceCell
    low: ResourceCell


class Resources(StrictModel):
    """The resource matrix."""

    sales: ResourceRow
    marketing: ResourceRow
    service: ResourceRow


class Playbook(StrictModel):
    """All strategies, references filled in, and the resource matrix."""

    metrics: dict[str, str]
    strategies: tuple[Strategy, ...]
    resources: Resources

    @cached_property
    def _by_class(self) -> dict[tuple[str, str], Strategy]:
        return {(scheme, name): row for row in self.strategies for scheme, name in row.classes.items()}

    @cached_property
    def _fallbacks(self) -> dict[str, Strategy]:
        return {name: row for row in self.strategies for name in row.fallback_for}

    def covers(self, scheme: str, class_name: str) -> bool:
        """Return whether `find` has an answer."""
        return (scheme, class_name) in self._by_class or class_name in self._fallbacks

    def find(self, scheme: str, class_name: str) -> Strategy:
        """Return the strategy of one class: its own, else the one that is the fallback for its key.

        Raises: InputError if the playbook has neither.
        """
        if not self.covers(scheme, class_name):
            raise hole(scheme, class_name)
        own = self._by_class.get((scheme, class_name))
        return own if own is not None else self._fallbacks[class_name]


def hole(scheme: str, class_name: str) -> InputError:
    """Return the error for a class without a strategy."""
    return InputError(
        "every class of a scheme needs a strategy",
        where=f"playbook, scheme {scheme}",
        got=f"no entry for class {class_name}",
        expected=f"an entry with classes: {{{scheme}: {class_name}}}",
        do="Add one, or a short entry with same_as and the id of a strategy that fits.",
    )
