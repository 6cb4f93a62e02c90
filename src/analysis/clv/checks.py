"""Input checks of the models: every broken rule with its number of rows, in one error."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.clv.collapse import Floats
from analysis.errors import InputError, all_problems

# The spread of the dropout and of the spend is learnt from customers with a second purchase alone. Below 30
# of them the standard errors rest on a normal approximation that no longer holds, so nothing would show how
# bad the fit is.
MIN_REPEATERS = 30
MIN_LOST = 30  # contracts: what differs between customers is learnt from those who left, in the same way


class Rule(NamedTuple):
    """A rule and the rows that break it."""

    argument: str
    what: str
    broken: NDArray[np.bool_]
    expected: str
    do: str


def history(x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> tuple[Floats, Floats, Floats]:
    """Return x, t_x and T as float arrays of one length; a single number is an array of one.

    Raises
    ------
    InputError
        Lengths differ; a value is missing, infinite or negative; x is no whole number; t_x > T; x = 0 with
        t_x > 0; x > 0 with t_x = 0.
    """
    columns = _columns(x=x, t_x=t_x, T=T)
    x_, t_x_, T_ = columns.values()
    _raise_broken(
        [
            *_numbers(columns),
            _whole_purchases(x_),
            Rule("t_x", "lies after T", t_x_ > T_, "t_x <= T", "Give both in one unit."),
            Rule(
                "t_x",
                "is above 0 without a repeat purchase",
                (x_ == 0) & (t_x_ > 0),
                "t_x = 0 where x = 0",
                "t_x is the time from the first to the last purchase.",
            ),
            Rule(
                "t_x",
                "is 0 in spite of a repeat purchase",
                (x_ > 0) & (t_x_ == 0),
                "t_x > 0 where x > 0",
                "Purchases on the day of the first one are no repeat: merge them.",
            ),
        ]
    )
    return x_, t_x_, T_


def spend(x: ArrayLike, mean_spend: ArrayLike) -> tuple[Floats, Floats]:
    """Return x and mean spend as float arrays of one length; customers without a repeat get mean spend 0.

    Raises
    ------
    InputError
        Lengths differ; x is missing, infinite, negative or no whole number; mean spend is missing or infinite
        although x > 0.
    """
    columns = _columns(x=x, mean_spend=mean_spend)
    x_, spend_ = columns.values()
    columns["mean_spend"] = spend_ = np.where(x_ == 0, 0.0, spend_)
    _raise_broken([*_numbers(columns), _whole_purchases(x_)])
    return x_, spend_


def expected_purchases(values: ArrayLike, x: Floats) -> Floats:
    """Return expected purchases as a float array, one per customer; refuse what is missing, infinite or negative."""
    columns = _columns(x=x, expected_purchases=values)
    _raise_broken([*_numbers(columns)])
    return columns["expected_purchases"]


def contracts(renewals: ArrayLike, lost: ArrayLike) -> tuple[Floats, Floats]:
    """Return renewals and lost (1 or 0) as float arrays of one length.

    Raises
    ------
    InputError
        Lengths differ; a value is missing, infinite or negative; renewals is no whole number; lost is neither
        true nor false.
    """
    columns = _columns(renewals=renewals, lost=lost)
    renewals_, lost_ = columns.values()
    either = Rule("lost", "is neither true nor false", lost_ > 1, "true or false", "Say who did not renew.")
    _raise_broken([*_numbers(columns), _renewals(renewals_), either])
    return renewals_, lost_


def renewals(values: ArrayLike) -> Floats:
    """Return numbers of renewals as a float array; refuse what is no count."""
    columns = _columns(renewals=values)
    _raise_broken([*_numbers(columns), _renewals(columns["renewals"])])
    return columns["renewals"]


def positive_spend(x: Floats, mean_spend: Floats) -> None:
    """Refuse rows the spend model cannot be fitted to: no repeat purchase, or no money in them."""
    do = "Leave them out of the fit and count them."
    _raise_broken(
        [
            Rule("x", "is 0", x == 0, "x > 0: the model is about repeat purchases", do),
            Rule("mean_spend", "is 0", (x > 0) & (mean_spend == 0), "mean_spend > 0: a gamma variable", do),
        ]
    )


def weights(values: ArrayLike | None, n_rows: int) -> Floats | None:
    """Return the weights as a float array; None stays None and counts every row once."""
    if values is None:
        return None
    columns = _columns(weights=values)
    array = columns["weights"]
    if len(array) != n_rows:
        raise InputError(
            "lengths differ",
            where="weights",
            got=f"{len(array):,}",
            expected=f"{n_rows:,}",
            do="Give one weight per row.",
        )
    _raise_broken([*_numbers(columns)])
    if not array.any():
        raise InputError(
            "are all 0",
            where="weights",
            got="nobody to fit",
            expected="a positive weight",
            do="A weight is the number of customers that a row stands for.",
        )
    return array


def enough_repeaters(x: Floats, weight: Floats | None) -> None:
    """Refuse a fit to too few customers with a repeat purchase."""
    repeaters = float(np.count_nonzero(x) if weight is None else weight[x > 0].sum())
    if repeaters < MIN_REPEATERS:
        raise InputError(
            "too few customers bought a second time for a model",
            where="x",
            got=f"{repeaters:,.0f} with x > 0 of {len(x):,} rows",
            expected=f"at least {MIN_REPEATERS}",
            do="Use the formula, or a longer history.",
        )


def enough_lost(lost: Floats, weight: Floats | None) -> None:
    """Refuse a fit to too few contracts that ended."""
    ended = float(lost.sum() if weight is None else lost @ weight)
    if ended < MIN_LOST:
        raise InputError(
            "too few customers were lost for a model",
            where="lost",
            got=f"{ended:,.0f} lost of {len(lost):,} rows",
            expected=f"at least {MIN_LOST}",
            do="Take a longer history.",
        )


def horizon(value: float) -> None:
    """Refuse a forecast horizon that is no length of time."""
    if not 0 <= value < np.inf:
        raise InputError(
            "is no length of time",
            where="horizon",
            got=value,
            expected="a finite number >= 0",
            do="Give it in the unit of t_x and T.",
        )


def count(name: str, value: float, do: str) -> None:
    """Refuse a number that is no count."""
    if not 0 <= value < np.inf or value != np.floor(value):
        raise InputError("is no count", where=name, got=value, expected="a whole number >= 0", do=do)


def parameters(model: str, names: Sequence[str], given: Mapping[str, float]) -> None:
    """Refuse parameters that are not those of the model, or no numbers above 0."""
    problems = [
        InputError(
            "is no parameter of the model",
            where=f"{model}, {name}",
            got=f"{name} = {given[name]}",
            expected=", ".join(names),
            do="Check the name, and that the parameters belong to this model.",
        )
        for name in given
        if name not in names
    ]
    problems += [
        InputError(
            "is no parameter above 0",
            where=f"{model}, {name}",
            got=given.get(name, "none"),
            expected="a finite number > 0",
            do="Give every parameter as it was estimated.",
        )
        for name in names
        if not 0 < given.get(name, 0) < np.inf
    ]
    if problems:
        raise all_problems(problems)


def _columns(**given: ArrayLike) -> dict[str, Floats]:
    """Return the arguments as float arrays of one length."""
    columns = {name: np.atleast_1d(np.asarray(values, dtype=float)) for name, values in given.items()}
    shapes = {name: array.shape for name, array in columns.items()}
    if len(set(shapes.values())) > 1 or any(len(shape) > 1 for shape in shapes.values()):
        raise InputError(
            "lengths differ",
            where=", ".join(shapes),
            got=list(shapes.values()),
            expected="flat arrays of one length",
            do="Give one value per customer.",
        )
    return columns


def _numbers(columns: dict[str, Floats]) -> Iterable[Rule]:
    """Return the rules that hold for every column: present, finite, not negative."""
    for name, values in columns.items():
        yield Rule(name, "is missing (NaN)", np.isnan(values), "a number", "Leave them out and count them.")
        yield Rule(name, "is infinite", np.isinf(values), "a finite number", "Look for a division by 0.")
        yield Rule(name, "is negative", values < 0, ">= 0", "Look for swapped dates or refunds.")


def _whole(name: str, values: Floats, do: str) -> Rule:
    return Rule(name, "is no whole number", values != np.floor(values), "a count", do)


def _whole_purchases(x: Floats) -> Rule:
    return _whole("x", x, "Count days with a repeat purchase.")


def _renewals(values: Floats) -> Rule:
    return _whole("renewals", values, "Count the renewals that a customer has completed.")


def _raise_broken(rules: list[Rule]) -> None:
    problems = [
        InputError(
            rule.what,
            where=rule.argument,
            expected=rule.expected,
            do=rule.do,
            got=f"{rule.broken.sum():,} of {len(rule.broken):,} rows (first: row {rule.broken.argmax()})",
        )
        for rule in rules
        if rule.broken.any()
    ]
    if problems:
        raise all_problems(problems)
