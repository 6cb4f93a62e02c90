"""A guess with its reason: what `dataset.yaml` will say, why, and how sure that is."""

from dataclasses import dataclass
from typing import Any, Literal

Sure = Literal["certain", "likely", "unsure"]


@dataclass(frozen=True)
class Guess:
    """A value, how sure it is, and why: a clause that the person who checks it understands."""

    value: Any
    sure: Sure
    why: str

    @property
    def comment(self) -> str:
        """The remark behind the value in `dataset.yaml`."""
        return f"{self.sure}: {self.why}"
