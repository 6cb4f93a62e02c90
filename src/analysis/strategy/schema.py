"""What a playbook is made of: strategies, the resource matrix, and the keys that both may use."""

from functools import cached_property
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from analysis.errors import InputError

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
Resource = Literal["sales", "marketing", "service"]
Tier = Literal["high", "mid", "low"]

TITLE_LENGTH = 60  # a title has to fit one line of the action table

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
TitleWords = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=TITLE_LENGTH)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Text(_Frozen):
    """A sentence or two in both languages."""

    en: Words
    zh: Words


class Title(_Frozen):
    """A short imperative in both languages."""

    en: TitleWords
    zh: TitleWords


class Strategy(_Frozen):
    """One row of the playbook; the comment at the top of `playbook.yaml` explains its fields."""

    id: Words
    classes: dict[str, str] = {}
    fallback_for: tuple[str, ...] = ()
    same_as: str | None = None
    title: Title
    strategy: Text
    owner: Owner
    channel: Channel
    resource_level: ResourceLevel
    price_type: bool
    ground: Text | None = None
    judged_by: Annotated[tuple[str, ...], Field(min_length=1)]
    evidence: Evidence
    source: Annotated[tuple[Source, ...], Field(min_length=1)]
    due_days: Annotated[int, Field(ge=0, le=366)]
    reason: Reason

    @model_validator(mode="after")
    def _is_consistent(self) -> "Strategy":
        if self.price_type and self.ground is None:
            raise ValueError("a ground in both languages where price_type is true")
        if self.ground is not None and not self.price_type:
            raise ValueError("no ground where price_type is false")
        if not self.classes and not self.fallback_for:
            raise ValueError("at least one class under classes or fallback_for")
        return self


class ResourceCell(_Frozen):
    """What one value tier gets of one resource."""

    id: Words
    resource: Resource
    tier: Tier
    owner: Owner
    text: Text


class Playbook(_Frozen):
    """All strategies and the resource matrix, references resolved."""

    version: Literal[1]
    metrics: dict[str, str]
    strategies: tuple[Strategy, ...]
    resources: tuple[ResourceCell, ...]

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
        """Return the strategy of one class: its own row, else the row that is the fallback for its key.

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
