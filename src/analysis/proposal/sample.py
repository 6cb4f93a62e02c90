"""The rows that the guesses rest on: all lines of some customers, and the numbers and times in them."""

from dataclasses import dataclass

from analysis.engine.duck import DuckDB, identifier
from analysis.proposal.columns import Found
from analysis.proposal.exports import text_of
from analysis.proposal.plan import Plan
from analysis.tables.values import SQL_TYPES, Rules, canonical

MOST_ROWS = 600_000  # above it, one in several customers is taken; their histories stay whole


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
    keys = [
        text_of(plan.columns[name].raw) for name in ("customer_id", "order_id", "ordered_at") if name in plan.columns
    ]
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


def measured(db: DuckDB, columns: dict[str, Found], rules: Rules) -> None:
    """Make the table `measured` of `sampled`: customer, order_id, product_id and others as text, moment, amount.

    A column that is not there is NULL; the amount is that of the line, from quantity and price where needed.
    """
    found = db.columns("sampled")

    def read(kind: str, name: str) -> str:
        if name not in columns:
            return f"CAST(NULL AS {SQL_TYPES[kind]})"
        return canonical(kind, columns[name].raw, found[columns[name].raw], rules)

    money = (
        read("amount", "amount")
        if "amount" in columns
        else f"{read('number', 'quantity')} * {read('amount', 'unit_price')}"
    )
    texts = ("order_id", "product_id", "product_name", "category", "status")
    parts = [f"{read('text', name)} AS {name}" for name in texts]
    db.execute(
        f"CREATE OR REPLACE TEMP TABLE measured AS SELECT {read('text', 'customer_id')} AS customer, "
        f"{read('time', 'ordered_at')} AS moment, {money} AS amount, {read('number', 'quantity')} AS quantity, "
        f"{read('amount', 'refund_amount')} AS refund_amount, {', '.join(parts)} FROM sampled"
    )
