"""The rows that the guesses rest on: all lines of some customers, and the numbers and times in them."""

from dataclasses import dataclass

from analysis.engine.duck import DuckDB, identifier
from analysis.proposal.columns import Found
from analysis.proposal.exports import text_of
from analysis.proposal.plan import Plan
from analysis.proposal.times import moment

MOST_ROWS = 800_000  # above it, one in several customers is taken; their histories stay whole


@dataclass(frozen=True)
class Sampled:
    """How much of the table was looked at: rows in memory, and that it is the lines of one in `part` customers."""

    rows: int
    part: int

    @property
    def said(self) -> str:
        """The rows as comments call them."""
        return f"{self.rows:,} lines" + (f" of one in {self.part} customers" if self.part > 1 else "")


def sample(db: DuckDB, plan: Plan, wanted: list[str]) -> Sampled:
    """Make the table `sampled` of the raw columns wanted, in one pass over the file; return its size.

    A line without a customer is taken by its order, else by its time.
    """
    part = max(1, -(-_rows(db, plan) // MOST_ROWS))
    keys = [text_of(plan.columns[name].raw) for name in ("customer_id", "order_id", "ordered_at") if name in plan.columns]
    names = ", ".join(identifier(name) for name in dict.fromkeys(wanted))
    chosen = f" WHERE hash(COALESCE({', '.join(keys)}, '')) % {part} = 0" if part > 1 else ""
    db.execute(f"CREATE OR REPLACE TEMP TABLE sampled AS SELECT {names} FROM {plan.query.relation}{chosen}")
    return Sampled(int(str(db.execute("SELECT COUNT(*) FROM sampled")[0][0])), part)


def _rows(db: DuckDB, plan: Plan) -> int:
    """Return about how many rows the plan's largest relation has, without reading it where its size tells."""
    export = max(plan.exports.values(), key=lambda export: export.named.size)
    if not (export.named.input.file or "").lower().endswith((".csv", ".txt", ".tsv")):
        return int(str(db.execute(f"SELECT COUNT(*) FROM {export.relation}")[0][0]))
    columns = " + ".join(f"COALESCE(strlen(CAST({identifier(name)} AS VARCHAR)), 0) + 1" for name in export.facts)
    width = float(str(db.execute(f"SELECT COALESCE(AVG({columns}), 1) FROM {export.head}")[0][0]))
    return int(export.named.size / width)


def number(raw: str, found: str, mark: str) -> str:
    """Return the SQL that reads a raw column as a number to measure with; NULL where it cannot."""
    if found != "VARCHAR":
        return f"TRY_CAST({identifier(raw)} AS DOUBLE)"
    bare = f"regexp_replace({identifier(raw)}, '[^0-9{mark}-]', '', 'g')"
    return f"TRY_CAST(replace({bare}, '{mark}', '.') AS DOUBLE)"


def measured(db: DuckDB, columns: dict[str, Found], formats: tuple[str, ...], mark: str) -> None:
    """Make the view `measured` over `sampled`: customer, order_id, product_id and others as text, moment, amount.

    A column that is not there is NULL; the amount is that of the line, from quantity and price where needed.
    """
    found = db.columns("sampled")

    def text(canonical: str) -> str:
        return text_of(columns[canonical].raw) if canonical in columns else "CAST(NULL AS VARCHAR)"

    def amount(canonical: str) -> str:
        raw = columns[canonical].raw if canonical in columns else None
        return number(raw, found[raw], mark) if raw else "CAST(NULL AS DOUBLE)"

    when = columns["ordered_at"].raw
    texts = ("order_id", "product_id", "product_name", "category", "status", "cancelled_at")
    parts = [f"{text(name)} AS {name}" for name in texts]
    numbers = [f"{amount(name)} AS {name}" for name in ("quantity", "unit_price", "refund_amount")]
    money = amount("amount") if "amount" in columns else f"{amount('quantity')} * {amount('unit_price')}"
    db.execute(
        f"CREATE OR REPLACE TEMP VIEW measured AS SELECT {text('customer_id')} AS customer, "
        f"{moment(identifier(when), found[when], formats)} AS moment, {money} AS amount, {', '.join(parts + numbers)} "
        "FROM sampled"
    )
