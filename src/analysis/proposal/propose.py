"""From files to a written proposal: what `python -m analysis new` does."""

import re
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml

from analysis.engine.duck import DuckDB, QueryError
from analysis.errors import InputError
from analysis.proposal import advice, history, money
from analysis.proposal.draft import Draft, TableDraft
from analysis.proposal.exports import Export, open_export
from analysis.proposal.guess import Guess
from analysis.proposal.inputs import inputs_of
from analysis.proposal.plan import SideTable, plan_of, side_tables
from analysis.proposal.text import text_of
from analysis.proposal.times import writing
from analysis.proposal.transactions import draft_of
from analysis.proposal.work import Work
from analysis.store import written_whole
from analysis.tables.dataset import Settings
from analysis.tables.sources import explained

NAME = r"[a-z][a-z0-9-]*"
TIMES_OF = {"customers": "registered_on", "contacts": "contacted_at", "feedback": "given_at"}


@dataclass(frozen=True)
class Proposal:
    """A dataset that was written.

    summary : one line per table and important setting. warnings : what to look at before trusting a report.
    must_choose : a line of the file has to be chosen before anything can be read.
    """

    path: Path
    summary: list[str]
    warnings: list[str]
    must_choose: bool


def propose(
    name: str, sources: list[str], root: Path, *, tables: tuple[str, ...] = (), force: bool = False
) -> Proposal:
    """Recognise what is in some files and write `data/<name>/dataset.yaml`.

    Parameters
    ----------
    name : of the dataset: small letters, digits and hyphens. sources : see `inputs.inputs_of`.
    root : the project's folder. tables : wanted of a database. force : replace a dataset.yaml that is there.

    Raises
    ------
    InputError : the name is bad or taken, a file cannot be read, or none can be the transactions; nothing is written.
    """
    folder = root / "data" / name
    _check_name(name, folder / "dataset.yaml", force)
    with DuckDB() as db, TemporaryDirectory() as landing:
        named = inputs_of(sources, tables)
        try:
            opened = [open_export(db, one, number, folder, Path(landing)) for number, one in enumerate(named)]
            draft = _draft(db, name, opened)
        except QueryError as error:  # a file that breaks off is noticed when it is looked through
            raise explained(error, [one.input for one in named], folder, "--from") from None
    text = text_of(draft, folder.resolve())
    Settings.model_validate(yaml.safe_load(text))  # a proposal that does not load back is a defect of ours
    path = folder / "dataset.yaml"
    folder.mkdir(parents=True, exist_ok=True)
    with written_whole(path) as part:
        part.write_text(text, encoding="utf-8")
    return Proposal(path, _summary(draft), draft.warnings, draft.must_choose)


def _check_name(name: str, path: Path, force: bool) -> None:
    if not re.fullmatch(NAME, name):
        raise InputError(
            "not a name for a dataset",
            where="NAME",
            got=repr(name),
            expected="small letters, digits and hyphens, a letter first, such as my-shop",
            do="Choose such a name.",
        )
    if path.exists() and not force:
        raise InputError(
            "the dataset is there already",
            where="NAME",
            got=str(path),
            expected="a new name",
            do="Choose another name, or add --force to replace its dataset.yaml.",
        )


def _draft(db: DuckDB, name: str, exports: list[Export]) -> Draft:
    plan = plan_of(db, exports)
    transactions, work = draft_of(db, plan)
    sides = side_tables(db, plan, exports)
    _category(transactions, sides)
    settings = _settings(db, work, transactions)
    warnings = [
        *work.warnings,
        *advice.on_customers(db, work.columns["customer_id"], plan.facts[work.columns["customer_id"].raw]),
    ]
    warnings += [
        *advice.on_reading(db),
        *advice.on_columns(set(transactions.columns) | {column for side in sides for column in side.columns}),
        *_unsure_settings(settings),
    ]
    used = {export.label for export in plan.exports.values()} | {side.export.label for side in sides}
    if unused := [export.label for export in exports if export.label not in used]:
        warnings.append(f"Not used: {', '.join(unused)}.")
    draft = Draft(
        name.replace("-", " ").capitalize(),
        settings,
        [transactions, *(_side_draft(db, side) for side in sides)],
        warnings,
    )
    for table in draft.tables:
        if table.times and table.times.choices:
            warnings.insert(0, f"{table.table}: day and month could be either way round ({table.times.why}).")
    return draft


def _category(transactions: TableDraft, sides: list[SideTable]) -> None:
    """Let products stand for their categories where nothing names categories."""
    known = any(side.table == "products" for side in sides) or "category" in transactions.columns
    product = transactions.columns.get("product_id")
    if product and not known:
        why = "there are no categories; breadth then counts different products"
        transactions.columns["category"] = Guess(product.value, "unsure", why)


def _settings(db: DuckDB, work: Work, transactions: TableDraft) -> dict[str, Guess]:
    """Return the settings of the dataset beside its tables, in the order of the file."""
    currency, zone = work.currency, work.zone
    offsets = transactions.times is not None and transactions.times.offsets
    source = Guess(
        zone.value,
        zone.sure,
        f"{zone.why}; " + ("times say their offset themselves" if offsets else "times as a shop there writes them"),
    )
    settings = {
        "currency": currency,
        "tax": money.tax(work.money_headings, currency),
        "source_time_zone": source,
        "reporting_time_zone": zone,
    }
    past = history.history(db, "measured")
    if past is None:
        unknown = "no time can be read yet"
        return settings | {
            "window_days": Guess(90, "unsure", unknown),
            "left_censor_days": Guess(90, "unsure", unknown),
        }
    window = history.window(past)
    settings |= {"window_days": window, "left_censor_days": history.left_censor(past, window.value)}
    baseline = history.baseline(past, window.value)
    if baseline and not transactions.must_choose:
        settings["baseline"] = baseline
    return settings


def _unsure_settings(settings: dict[str, Guess]) -> list[str]:
    return [
        f"{key} is a guess: {guess.value} ({guess.why})."
        for key, guess in settings.items()
        if guess.sure == "unsure" and key in ("currency", "window_days")
    ]


def _side_draft(db: DuckDB, side: SideTable) -> TableDraft:
    table = TableDraft(side.table, {"source": side.export.named.input}, dict(side.columns))
    dated = side.columns.get(TIMES_OF.get(side.table, ""))
    if dated:
        table.times = writing(db, side.export.head, dated.value)
    return table


def _summary(draft: Draft) -> list[str]:
    lines = []
    for table in draft.tables:
        inputs = ", ".join(Path(str(one.file or f"{one.database} {one.table}")).name for one in table.inputs.values())
        mapped = ", ".join(f"{name} = {guess.value}" for name, guess in table.columns.items())
        lines.append(f"{table.table:<13} {inputs}: {mapped}")
    said = ", ".join(f"{key} {guess.value} ({guess.sure})" for key, guess in draft.settings.items())
    return [*lines, f"{'settings':<13} {said}"]
