"""Which file holds the transactions, which the optional tables: by their columns, and by keys that join."""

from dataclasses import dataclass

from analysis.engine.duck import DuckDB, literal
from analysis.errors import InputError
from analysis.proposal.columns import Found, assign, by_content, candidates, guess
from analysis.proposal.exports import HEAD_ROWS, Export, Facts, facts_of, text_of
from analysis.proposal.guess import Guess
from analysis.proposal.query import Query, joined
from analysis.tables.schema import KEYS, TABLES, TRANSACTIONS
from analysis.tables.sources import FILE

NEEDED = ("customer_id", "ordered_at")
SIDE_TABLES = ("products", "customers", "contacts", "feedback")
KEYS_COMPARED = 5_000  # distinct keys of the sales looked for in another file
JOINS = 0.5  # share of them found there from which on the file belongs to the sales
UNIQUE = 0.98  # share of distinct keys in a table that has one row per key


@dataclass(frozen=True)
class Plan:
    """The table of transactions before anything is known of its values.

    exports : its relations by the name they have in the query. query : the steps so far. facts : of the relation that
    the query gives, in its first rows. columns : raw by canonical column. by_values : canonical columns that no heading
    names.
    """

    exports: dict[str, Export]
    query: Query
    facts: dict[str, Facts]
    columns: dict[str, Found]
    by_values: frozenset[str]

    def guess(self, canonical: str, found: Found) -> Guess:
        """Return the mapping of a canonical column with its reason."""
        return guess(found, self.facts[found.raw], by_values=canonical in self.by_values)


@dataclass(frozen=True)
class SideTable:
    """An optional table: its export and mapping, and the share of the sales' keys that it knows."""

    table: str
    export: Export
    columns: dict[str, Guess]
    share: float


def plan_of(db: DuckDB, exports: list[Export]) -> Plan:
    """Return the plan of the transactions.

    Raises
    ------
    InputError : no file, and no two files by a common order id, have customer, time and amount.
    """
    plans = [_alone(export) for export in exports]
    complete = [plan for plan in plans if not _missing(plan.columns)]
    if complete:
        best = max(
            complete, key=lambda plan: (-len(plan.by_values), len(plan.columns), plan.exports["source"].named.size)
        )
    else:
        best = _together(db, plans) or _nothing(plans)
    _name(db, best.exports)
    return best


def _alone(export: Export) -> Plan:
    columns = assign(candidates("transactions", export.named.name, export.facts))
    guessed = by_content(export.facts, columns) if columns else {}
    return Plan({"source": export}, Query(), export.facts, columns | guessed, frozenset(guessed))


def _missing(columns: dict[str, Found]) -> list[str]:
    """Return what a table of transactions needs and these columns do not give."""
    missing = [name for name in NEEDED if name not in columns]
    return missing if "amount" in columns or {"quantity", "unit_price"} <= columns.keys() else [*missing, "amount"]


def _together(db: DuckDB, plans: list[Plan]) -> Plan | None:
    """Return the plan of lines that find customer and time in a file of orders; None where no two files fit."""
    for heads in plans:
        for items in plans:
            if items is not heads and (plan := _joined(db, heads, items)):
                return plan
    return None


def _joined(db: DuckDB, heads: Plan, items: Plan) -> Plan | None:
    """Return the plan of one file's lines with another's orders; None where they lack a key or a column."""
    of_orders = {name: heads.columns[name] for name in NEEDED if name in heads.columns}
    if "order_id" not in heads.columns.keys() & items.columns.keys() or _missing(items.columns | of_orders):
        return None
    keys = (items.columns["order_id"].raw, heads.columns["order_id"].raw)
    key = heads.facts[keys[1]]
    if key.distinct < UNIQUE * key.filled:
        return None
    exports = {"lines": items.exports["source"], "orders": heads.exports["source"]}
    _name(db, exports)
    taken = {name.casefold() for name in items.facts}
    added = [name for name in heads.facts if name.casefold() not in taken]
    query = Query([("joined", joined("lines", "orders", keys, added))])
    db.execute(f"CREATE OR REPLACE TEMP TABLE head_joined AS SELECT * FROM {query.relation} LIMIT {HEAD_ROWS}")
    facts = facts_of(db, "head_joined")
    columns = assign(candidates("transactions", "lines", facts))
    return None if _missing(columns) else Plan(exports, query, facts, columns, frozenset())


def _name(db: DuckDB, exports: dict[str, Export]) -> None:
    """Give relations the names that they have in the query."""
    for name, export in exports.items():
        db.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS SELECT * EXCLUDE ({FILE}) FROM {export.relation}")


def _nothing(plans: list[Plan]) -> Plan:
    """Stop: say of each file what was recognised and what is missing."""
    told = []
    for plan in plans:
        export = plan.exports["source"]
        known = ", ".join(
            f"{column.name} = {plan.columns[column.name].raw}" for column in TRANSACTIONS if column.name in plan.columns
        )
        others = [raw for raw in export.facts if raw not in {found.raw for found in plan.columns.values()}]
        told.append(
            f"{export.label} ({known or 'no column recognised'}; missing {', '.join(_missing(plan.columns))}; "
            f"not recognised: {', '.join(others[:12]) or 'none'})"
        )
    raise InputError(
        "no file can be the table of transactions",
        where="--from",
        got="; ".join(told) or "no table",
        expected="one file with columns for customer, time and amount (or quantity and unit price)",
        do="Name the file that holds them, or write dataset.yaml by hand from data/online-retail/dataset.yaml.",
    )


def side_tables(db: DuckDB, plan: Plan, exports: list[Export]) -> list[SideTable]:
    """Return the optional tables among the other exports; each export and each table serves once."""
    used = {export.label for export in plan.exports.values()}
    possible = [
        found
        for export in exports
        if export.label not in used
        for table in SIDE_TABLES
        if (found := _side_table(db, plan, export, table))
    ]
    chosen: dict[str, SideTable] = {}
    for found in sorted(possible, key=lambda found: (-len(found.columns), -found.share)):
        if found.table not in chosen and found.export.label not in {one.export.label for one in chosen.values()}:
            chosen[found.table] = found
    return [chosen[table] for table in SIDE_TABLES if table in chosen]


def _side_table(db: DuckDB, plan: Plan, export: Export, table: str) -> SideTable | None:
    columns = assign(candidates(table, export.named.name, export.facts))
    key = KEYS.get(table, ("customer_id",))[0]
    required = {column.name for column in TABLES[table] if column.required}
    if not required <= columns.keys() or key not in plan.columns or len(columns) < 2:
        return None
    facts = export.facts[columns[key].raw]
    if table in KEYS and facts.distinct < UNIQUE * facts.filled:
        return None
    share = _known(db, plan, key, export, columns[key].raw)
    if share < JOINS:
        return None
    ordered = [column.name for column in TABLES[table] if column.name in columns]
    guesses = {name: guess(columns[name], export.facts[columns[name].raw]) for name in ordered}
    joins = f"{share:.0%} of the sales' values are found here; {guesses[key].why}"
    return SideTable(table, export, guesses | {key: Guess(columns[key].raw, "certain", joins)}, share)


def _known(db: DuckDB, plan: Plan, key: str, export: Export, raw: str) -> float:
    """Return the share of the sales' distinct keys that stand in a column of another export."""

    def same(name: str) -> str:  # 17850.0 and 17850 are one id
        return f"regexp_replace({text_of(name)}, '\\.0$', '')"

    mine = same(plan.columns[key].raw)
    share = db.execute(
        f"""SELECT AVG(CAST(key IN (SELECT {same(raw)} FROM {export.relation}) AS DOUBLE))
            FROM (SELECT DISTINCT {mine} AS key FROM sampled WHERE {mine} IS NOT NULL
                  ORDER BY 1 LIMIT {KEYS_COMPARED})"""
    )[0][0]
    return float(str(share)) if share is not None else 0.0


def values(db: DuckDB, table: str, raw: str, most: int = 200) -> dict[str, int]:
    """Return the commonest values of a raw column with their counts."""
    text = text_of(raw)
    rows = db.execute(
        f"SELECT {text}, COUNT(*) FROM {table} WHERE {text} IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {most}"
    )
    return {str(value): int(str(count)) for value, count in rows}


def listed(values: list[str]) -> str:
    """Return values as an SQL list."""
    return f"({', '.join(literal(value) for value in values)})"
