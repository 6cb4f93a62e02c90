"""`dataset.yaml`: where a dataset's tables are and how they are to be read."""

import codecs
import datetime as dt
import os
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import available_timezones

from babel.numbers import list_currencies
from pydantic import AfterValidator, Field, model_validator

from analysis.errors import InputError
from analysis.strict import StrictModel, load_yaml
from analysis.tables.limits import LIMITS, PARTIAL_MONTH
from analysis.tables.schema import TABLES

# Encodings of single names or of program text.
NOT_OF_FILES = frozenset({"punycode", "idna", "unicode-escape", "raw-unicode-escape"})


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("a time zone name such as Europe/London or Asia/Shanghai")
    return name


def _real_date(text: str) -> str:
    try:
        return dt.date.fromisoformat(text).isoformat()
    except ValueError:
        raise ValueError("a date YYYY-MM-DD") from None


def _known_currency(code: str) -> str:
    if code not in list_currencies():
        raise ValueError("an ISO 4217 code such as CNY, EUR or USD")
    return code


def _known_encoding(name: str) -> str:
    """Return the usual name of an encoding of text files; Python knows others, such as base64 and punycode."""
    try:
        "".encode(name)  # stops on what does not make bytes of text
        if (usual := codecs.lookup(name).name) not in NOT_OF_FILES:
            return usual
    except (LookupError, UnicodeError):
        pass
    raise ValueError("an encoding such as utf-8, gb18030 or cp1252")


TimeZone = Annotated[str, AfterValidator(_known_zone)]
MonthText = Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]
DateText = Annotated[str, AfterValidator(_real_date)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class Input(StrictModel):
    """What one relation is read from: files, sheets of workbooks, or a table of a database.

    file : a path below the dataset's folder, an absolute path, `~/…`, or `package:<module>/<path>` for a file inside
        an installed Python package. `*` and `**` stand for any names: a folder of monthly files is one relation.
    sheet : the sheet of a workbook; default the first. header_row : where its headings stand, or those of a CSV file.
    encoding : of a CSV file; anything Python decodes, such as gb18030.
    decimal_mark : of numbers in text; the other of `.` and `,` then groups thousands.
    database : a SQLite file (paths as for `file`), or `env:NAME` for the environment variable that holds the address
        of a PostgreSQL server. table : the table or view in it.
    """

    file: str | None = None
    sheet: str | None = None
    header_row: Annotated[int, Field(ge=1)] = 1
    encoding: Annotated[str, AfterValidator(_known_encoding)] = "utf-8"
    decimal_mark: Literal[".", ","] = "."
    database: str | None = None
    table: str | None = None

    @model_validator(mode="after")
    def _table_of_a_database(self) -> "Input":
        if (self.database is None) != (self.table is None):
            raise ValueError("`database` and `table` together, or neither")
        return self


class Source(Input):
    """One table: an input, or one SQL query (DuckDB) over several; and its canonical columns.

    files : the query's relations by name, each a file or an input. sql : the query.
    time_format : how times in text are written (strptime), one format or several; year first needs none.
    """

    files: dict[Name, str | Input] = {}
    sql: str | None = None
    columns: dict[str, str]
    time_format: str | tuple[str, ...] | None = None

    @model_validator(mode="after")
    def _one_origin(self) -> "Source":
        if (self.file is not None) + (self.database is not None) + (self.sql is not None) != 1:
            raise ValueError("exactly one of `file`, `database` with `table`, or `sql` with `files`")
        if reserved := [name for name in self.files if name.startswith("raw_")]:
            raise ValueError(f"names under `files` that do not begin with raw_, such as {reserved[0][4:] or 'orders'}")
        if bool(self.files) != bool(self.sql):
            raise ValueError("`files` that name the tables of `sql`, and both together")
        return self

    @property
    def inputs(self) -> dict[str, Input]:
        """The inputs by the name they have in the query; a single one is `source`."""
        if self.sql is None:
            return {"source": Input(**{name: getattr(self, name) for name in Input.model_fields})}
        return {name: self._input(found) for name, found in self.files.items()}

    def _input(self, given: str | Input) -> Input:
        """Return one of the files; it writes numbers as the query's result does, unless it says otherwise."""
        found = Input(file=given) if isinstance(given, str) else given
        return found.model_copy(update={"decimal_mark": self.decimal_mark} | found.model_dump(exclude_unset=True))


class Marks(StrictModel):
    """SQL conditions over the canonical columns that say what a line is.

    A line is the first of: a named reason of `set_aside`; money paid in for later (`top_ups`: what it buys is the
    sale); a cancellation (of a negative amount: money taken back; of a positive amount: an order that never took
    place); a return; a gift; else a sale.
    """

    returns: str = "amount < 0"
    cancellations: str = "FALSE"
    gifts: str = "amount = 0"
    top_ups: str = "FALSE"
    set_aside: dict[Name, str] = {}

    @model_validator(mode="after")
    def _own_names(self) -> "Marks":
        if taken := sorted({*LIMITS, PARTIAL_MONTH} & set(self.set_aside)):
            raise ValueError(f"names of your own for set_aside; {', '.join(taken)} is a finding of every dataset")
        return self


class Transactions(Source):
    """The one required table."""

    marks: Marks = Marks()
    duplicates: Literal["set_aside", "keep"] = "set_aside"


class Tables(StrictModel):
    """The tables of a dataset; only transactions is required."""

    transactions: Transactions
    products: Source | None = None
    customers: Source | None = None
    contacts: Source | None = None
    feedback: Source | None = None
    identities: Source | None = None

    @model_validator(mode="after")
    def _canonical_columns(self) -> "Tables":
        for table, columns in TABLES.items():
            source = getattr(self, table)
            if source is not None:
                _check_columns(
                    table, set(source.columns), {c.name for c in columns}, {c.name for c in columns if c.required}
                )
        mapped = set(self.transactions.columns)
        if ("amount" in mapped) == ({"quantity", "unit_price"} <= mapped):
            raise ValueError("for transactions either `amount`, or both `quantity` and `unit_price`")
        return self


def _check_columns(table: str, mapped: set[str], known: set[str], required: set[str]) -> None:
    for name in sorted(mapped - known):
        nearest = get_close_matches(name, known, n=1)
        hint = f" (did you mean {nearest[0]}?)" if nearest else ""
        raise ValueError(f"columns of {table} among {', '.join(sorted(known))}; not {name}{hint}")
    if required - mapped:
        raise ValueError(f"{table} also needs columns {', '.join(sorted(required - mapped))}")


class Title(StrictModel):
    """The dataset's name for readers."""

    en: str
    zh: str


class Settings(StrictModel):
    """Everything that differs from one dataset to the next."""

    title: Title
    currency: Annotated[str, AfterValidator(_known_currency)]
    tax: Literal["included", "excluded"]
    source_time_zone: TimeZone
    reporting_time_zone: TimeZone
    window_days: Annotated[int, Field(ge=7, le=3660)]
    left_censor_days: Annotated[int, Field(ge=0)]
    baseline: MonthText | None = None
    complete_through: DateText | None = None
    allow_partial: bool = False
    accept_findings: tuple[Name, ...] = ()
    primary_scheme: Literal["rfm_segment", "value_tier", "abc"] = "rfm_segment"
    formula_lifetime_months: Annotated[float, Field(gt=0)] = 12
    annual_discount_rate: Annotated[float, Field(ge=0, lt=1)] = 0.1
    random_state: Annotated[int, Field(ge=0)] = 0
    simulated: bool = False
    tables: Tables


@dataclass(frozen=True)
class Dataset:
    """A dataset's name, folder and settings."""

    name: str
    folder: Path
    settings: Settings


def project_root() -> Path:
    """Return the project's folder: `ANALYSIS_ROOT` where set, else the one this package lies in."""
    return Path(os.environ.get("ANALYSIS_ROOT") or Path(__file__).resolve().parents[3])


def dataset_names(root: Path) -> list[str]:
    """Return the names of the datasets below `root`, sorted."""
    return sorted(path.parent.name for path in root.glob("data/*/dataset.yaml"))


def load_dataset(name: str, root: Path | None = None) -> Dataset:
    """Read `data/<name>/dataset.yaml`.

    Raises
    ------
    InputError : there is no such dataset, or its settings are wrong.
    """
    root = root or project_root()
    names = dataset_names(root)
    if name not in names:
        nearest = get_close_matches(name, names, n=1)
        raise InputError(
            "there is no such dataset",
            where="DATASET",
            got=name,
            expected=" or ".join(names) or "a dataset",
            do=f"Did you mean {nearest[0]}?" if nearest else f"Create {root / 'data' / name / 'dataset.yaml'}.",
        )
    folder = root / "data" / name
    return Dataset(name, folder, load_yaml(folder / "dataset.yaml", Settings))
