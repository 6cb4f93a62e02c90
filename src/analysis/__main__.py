"""The command line: `python -m analysis report|cutoffs|check|new|clean`; `make` calls it and adds nothing.

Exit codes: 0 done; 2 a mistake in files, settings or arguments, told in one message; 1 a defect of ours.
"""

import argparse
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Any

from analysis import __version__
from analysis.errors import InputError, NotebookError

DEFAULT_DATASET = "complete-journey"


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return its exit code."""
    options = _parser().parse_args(arguments)
    try:
        return options.run(options) or 0
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except NotebookError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("stopped; the previous report is still in place", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m analysis", description="From purchase records to a monthly report per customer group."
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(required=True, metavar="command")

    report = _command(commands, _report, "report", "write a month's report to reports/<dataset>/<month>/<language>/")
    _add_dataset(report)
    _add_month_and_language(report)

    cutoffs = _command(commands, _cutoffs, "cutoffs", "fit the cut points on a baseline month and freeze them")
    _add_dataset(cutoffs)
    baseline = "YYYY-MM (default: the dataset's baseline, else the earliest month whose whole window lies in the data)"
    cutoffs.add_argument("--baseline", help=baseline)

    check = _command(commands, _check, "check", "read and validate a dataset and print the findings; write no report")
    check.add_argument("dataset", nargs="?", default=DEFAULT_DATASET, help="folder below data/ (default %(default)s)")
    check.add_argument("--dataset", dest="dataset", default=argparse.SUPPRESS, help="the same, as for the others")
    _add_month_and_language(check)
    check.add_argument("--strict", action="store_true", help="end with exit code 2 on warnings, too")

    new = _command(commands, _new, "new", "recognise what is in an export and propose data/<name>/dataset.yaml")
    new.add_argument("name", help="of the dataset: small letters, digits and hyphens")
    source = (
        "a CSV, XLSX, Parquet or SQLite file, a pattern, a folder, or env:NAME for the address of a PostgreSQL server"
    )
    new.add_argument("--from", dest="sources", nargs="+", required=True, metavar="FILE", help=source)
    new.add_argument(
        "--table", dest="tables", nargs="+", default=[], help="tables of the database (default: all of a file)"
    )
    new.add_argument("--force", action="store_true", help="replace a dataset.yaml that is there")

    _command(commands, _clean, "clean", "remove what can be made again: results, accepted tables and reports")
    return parser


def _command(commands: Any, run: Callable[..., int | None], name: str, text: str) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(name, help=text, description=text)
    command.set_defaults(run=run)
    return command


def _add_dataset(command: argparse.ArgumentParser) -> None:
    command.add_argument("--dataset", default=DEFAULT_DATASET, help="folder below data/ (default %(default)s)")


def _add_month_and_language(command: argparse.ArgumentParser) -> None:
    command.add_argument("--month", help="YYYY-MM (default: the last complete month of the data)")
    command.add_argument("--language", choices=["en", "zh"], default="en", help="default %(default)s")


def _report(options: argparse.Namespace) -> None:
    from analysis import open_month
    from analysis.report import build
    from analysis.report.lists import write_lists
    from analysis.tables import stop_on_errors
    from analysis.tables.dataset import project_root

    root = project_root()
    with _told(f"reading {options.dataset}"):
        month = open_month(options.dataset, options.month or None, refresh=True)
        stop_on_errors(month.dataset, month.quality())
    # Every step once; the notebooks, which run side by side, then only read.
    for step in ("customers", "classes", "clusters", "lifetime_value", "segments"):
        with _told(f"{month.month}  {step.replace('_', ' ')}"):
            getattr(month, step)()
    scored, lists = month.save_scored(), write_lists(month, options.language)
    index = build(month, options.language, root / "reports", root / "notebooks")
    print(f"scored customers  {scored}\ncustomer lists    {lists}\nreport            {index}")


@contextmanager
def _told(what: str) -> Iterator[None]:
    """Tell on the error stream how long a step took."""
    start = perf_counter()
    yield
    print(f"{what}  {perf_counter() - start:.1f} s", file=sys.stderr, flush=True)


def _cutoffs(options: argparse.Namespace) -> None:
    from analysis import cutoffs
    from analysis.opening import fit_cut_points
    from analysis.tables import load_dataset

    dataset = load_dataset(options.dataset)
    before = cutoffs.stored_version(dataset)
    cut_points = fit_cut_points(options.dataset, options.baseline or None, refresh=True)
    cutoffs.save(dataset, cut_points)
    print(
        f"{cutoffs.cut_file(dataset)}: version {cut_points.version} (before: {before}), "
        f"baseline {cut_points.baseline}, window {cut_points.window_days} days"
    )


def _check(options: argparse.Namespace) -> int:
    from analysis import open_month
    from analysis.report.check import check_text

    month = open_month(options.dataset, options.month or None, refresh=True)
    print(check_text(month, options.language))
    verdict = month.quality().gate["verdict"].iloc[0]
    return 2 if verdict == "stop" or (options.strict and verdict == "warn") else 0


def _new(options: argparse.Namespace) -> int:
    from analysis.proposal import propose
    from analysis.tables.dataset import project_root

    proposal = propose(options.name, options.sources, project_root(), tables=tuple(options.tables), force=options.force)
    print("\n".join([f"written       {proposal.path}", *proposal.summary]))
    print("".join(f"\nlook at this: {warning}" for warning in proposal.warnings))
    if proposal.must_choose:
        print(f"\nOne line must be chosen before a report can run: look for REQUIRED in {proposal.path}")
    then = "Then make" if proposal.must_choose else "Make"
    print(
        f"\n{then} the first report:\n  make cutoffs report DATASET={options.name}\nor, without make:\n"
        f"  python -m analysis cutoffs --dataset {options.name} && python -m analysis report --dataset {options.name}"
    )
    return 2 if proposal.must_choose else 0


def _clean(options: argparse.Namespace) -> None:  # noqa: ARG001
    from analysis.tables.dataset import project_root

    root = project_root()
    made = ("accepted", "extracts", "months")
    for folder in [root / "reports", *(path for name in made for path in root.glob(f"data/*/{name}"))]:
        if folder.is_dir():
            shutil.rmtree(folder)
            print(f"removed {folder}")


if __name__ == "__main__":
    sys.exit(main())
