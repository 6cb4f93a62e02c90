"""The schemes, each one declaration; a scheme with a hole or an overlap fails when this module loads."""

from dataclasses import dataclass
from typing import Protocol

import pandas as pd

from analysis.classification.code_list import CodeList
from analysis.classification.cumulative_share import NOT_AVAILABLE, CumulativeShare
from analysis.classification.cuts import Cuts
from analysis.classification.scores import Score
from analysis.classification.tiers import Tiers
from analysis.classification.truth_table import TruthTable

BUYER = "buyer"
NOT_BUYERS = ("lapsed", "never_ordered")  # values of buyer_status that are classes of every scheme


class Rule(Protocol):
    """A kind of rule: cut points are learned from a baseline's scored buyers, then assigned without it."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Input columns: of the customer table, or scores."""

    @property
    def classes(self) -> tuple[str, ...]:
        """Classes in display order."""

    def fit(self, scored: pd.DataFrame, /) -> Cuts:
        """Return the cut points; `scored` has at least one buyer."""

    def accepts(self, cuts: object, /) -> bool:
        """Tell whether `cuts`, as read from a file, can be cut points of this rule."""

    def assign(self, scored: pd.DataFrame, cuts: Cuts, /) -> pd.Series:
        """Return one class per buyer under the buyers' index."""

    def table(self, cuts: Cuts, /) -> pd.DataFrame:
        """Return the rule in numbers, a row per class in display order."""


@dataclass(frozen=True)
class Scheme:
    """A classification of all customers.

    Parameters
    ----------
    name : the scheme's column.
    rule : how buyers get a class; it knows its input columns and its classes in display order.
    ordered : the rule's classes run from best to worst; else they are only names.
    missing : classes that say why a buyer has none of the rule's classes.
    """

    name: str
    rule: Rule
    ordered: bool = False
    missing: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a class that two parts of the scheme claim."""
        if len(set(self.classes)) < len(self.classes):
            raise ValueError(f"{self.name}: a class is declared twice in {self.classes}")

    @property
    def classes(self) -> tuple[str, ...]:
        """Every class, in display order."""
        return (*self.rule.classes, *self.missing, *NOT_BUYERS)

    @property
    def ordered_classes(self) -> tuple[str, ...]:
        """Classes from best to worst; none in a nominal scheme."""
        return self.rule.classes if self.ordered else ()


SCORES = {
    "r_score": Score("recency_days", low_is_best=True),
    "f_score": Score("orders"),
    "m_score": Score("net_revenue_minor"),
    "breadth_score": Score("category_breadth"),
}
RFM = ("r_score", "f_score", "m_score")

# The list published by Spotler Activate / Squeezely ("RFM app", default segments), kept with its oddities:
# 321 is about_to_sleep and 322, which spends more, hibernating. It is why these names are no order.
RFM_SEGMENTS = {
    "champions": "555 554 545 544 455 454 445",
    "loyal": "543 444 435 355 354 345 344 335",
    "potential_loyalist": "553 552 551 542 541 533 532 531 453 452 451 442 "
    "441 433 432 431 423 353 352 351 342 341 333 323",
    "new_customers": "512 511 422 421 412 411 311",
    "promising": "525 524 523 522 521 515 514 513 425 424 415 414 413 315 314 313",
    "need_attention": "535 534 443 434 343 334 325 324",
    "about_to_sleep": "331 321 312 251 241 231 221 213",
    "at_risk": "255 254 253 252 245 244 243 242 235 234 225 224 153 152 145 143 142 135 134 133 125 124",
    "cannot_lose_them": "215 214 155 154 144 115 114 113",
    "hibernating": "332 322 233 232 223 222 212 211 132 123 122",
    "lost": "151 141 131 121 112 111",
}
# M decides key or general; R and F decide HH value, LH retain, HL develop, LL win back.
RFM_QUADRANTS = {
    "key_value": "HHH",
    "key_retain": "LHH",
    "key_develop": "HLH",
    "key_win_back": "LLH",
    "general_value": "HHL",
    "general_retain": "LHL",
    "general_develop": "HLL",
    "general_win_back": "LLL",
}
ABC_SHARES = {"a": 80, "b": 95, "c": 100}  # cumulative percent of value: the usual Pareto reading
# Cumulative percent of buyers. No cuts are published for tiers; heavy, medium and light buyers are commonly
# the top 20 %, the next 30 % and the rest.
TIER_SHARES = {"high": 20, "mid": 50, "low": 100}
# No weights are published either; equal ones claim least about which behaviour matters more.
VALUE_WEIGHTS = {"f_score": 1, "m_score": 1, "breadth_score": 1}

SCHEMES = {
    scheme.name: scheme
    for scheme in (
        Scheme("rfm_segment", CodeList(RFM, RFM_SEGMENTS)),
        Scheme("rfm_quadrant", TruthTable(RFM, RFM_QUADRANTS)),
        Scheme("abc", CumulativeShare("net_revenue_minor", ABC_SHARES), ordered=True, missing=(NOT_AVAILABLE,)),
        Scheme("value_tier", Tiers(VALUE_WEIGHTS, TIER_SHARES), ordered=True),
        Scheme("frequency_tier", Tiers({"orders": 1}, TIER_SHARES), ordered=True),
    )
}
