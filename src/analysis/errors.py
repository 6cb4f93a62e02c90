"""The one kind of error that is the user's to mend; everything else is a defect of ours."""


class InputError(Exception):
    """A mistake in the user's files, settings or arguments; the command line ends with exit code 2.

    Parameters
    ----------
    what : the rule that was broken, as a clause without a full stop.
    where : file, column, setting or argument that holds the mistake.
    got : what was found there.
    expected : what would have been right.
    do : the step that mends it, as a sentence.

    Examples
    --------
    >>> print(InputError("month lies outside the data", where="MONTH", got="2019-01",
    ...                  expected="2017-03 to 2017-12", do="Name a month of that range."))
    MONTH: month lies outside the data. Got 2019-01; expected 2017-03 to 2017-12. Name a month of that range.
    """

    def __init__(self, what: str, *, where: str, got: object, expected: object, do: str) -> None:
        super().__init__(f"{where}: {what}. Got {got}; expected {expected}. {do}")


class NotebookError(Exception):
    """A cell failed: a defect of ours. The message names notebook, cell, error and the notebook kept for a look."""


def all_problems(problems: list[InputError]) -> InputError:
    """Return one error that lists every problem, so that one round trip mends them all."""
    if len(problems) == 1:
        return problems[0]
    first = InputError("", where="", got="", expected="", do="")
    first.args = ("\n".join(f"{number}. {problem}" for number, problem in enumerate(problems, 1)),)
    return first
