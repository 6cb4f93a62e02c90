"""The query of `dataset.yaml` where columns alone do not do: joined files, filled orders, refunds without a sign."""

from dataclasses import dataclass, field

from analysis.engine.duck import identifier


@dataclass
class Query:
    """Named steps, each reading the one before; without steps the table is its one file as it stands."""

    steps: list[tuple[str, str]] = field(default_factory=list)

    @property
    def last(self) -> str:
        """The relation that the next step reads."""
        return self.steps[-1][0] if self.steps else "source"

    @property
    def sql(self) -> str | None:
        """The whole query, or None where a file will do."""
        if not self.steps:
            return None
        # No indents: they would get into names of columns that hold a line break.
        named = ",\n".join(f"{name} AS (\n{sql}\n)" for name, sql in self.steps)
        return f"WITH {named}\nSELECT * FROM {self.last}"

    @property
    def relation(self) -> str:
        """What stands after FROM to read the rows so far."""
        return f"({self.sql})" if self.sql else "source"


def joined(lines: str, orders: str, keys: tuple[str, str], added: list[str]) -> str:
    """Return the step that puts an order's columns on each of its lines; a line without an order keeps empty ones.

    Parameters
    ----------
    keys : the columns of the order's id in both.
    """
    columns = "".join(f", {orders}.{identifier(name)}" for name in added)
    mine, theirs = (
        f"TRIM(CAST({table}.{identifier(key)} AS VARCHAR))" for table, key in zip((lines, orders), keys, strict=True)
    )
    return f"SELECT {lines}.*{columns}\nFROM {lines} LEFT JOIN {orders}\n  ON {mine} = {theirs}"


def filled(before: str, order: str, columns: list[str]) -> str:
    """Return the step that gives every line of an order what stands in its first line alone."""
    replaced = ",\n  ".join(
        f"COALESCE({name}, max({name}) OVER (PARTITION BY {identifier(order)})) AS {name}"
        for name in map(identifier, columns)
    )
    return f"SELECT * REPLACE (\n  {replaced})\nFROM {before}"


def priced(before: str, quantity: str, price: str) -> str:
    """Return the step that makes `counted_value`, quantity times price."""
    return (
        f"SELECT *,\n  TRY_CAST({identifier(quantity)} AS DOUBLE) * TRY_CAST({identifier(price)} AS DOUBLE)"
        f" AS counted_value\nFROM {before}"
    )


def shared_out(before: str, order: str, total: str) -> str:
    """Return the step that makes `counted_share`: the order's total, shared out by `counted_value`."""
    whole = f"TRY_CAST(max({identifier(total)}) OVER in_order AS DOUBLE)"
    return (
        f"SELECT *, CAST(counted_value * COALESCE(\n"
        f"  {whole} / NULLIF(SUM(counted_value) OVER in_order, 0), 1) AS DECIMAL(18, 4)) AS counted_share\n"
        f"FROM {before} WINDOW in_order AS (PARTITION BY {identifier(order)})"
    )


def negated(column: str, found: str) -> str:
    """Return the SQL of a column with a minus; text keeps its way of writing."""
    return f"'-' || TRIM({identifier(column)})" if found == "VARCHAR" else f"-{identifier(column)}"


def not_zero(column: str, found: str) -> str:
    """Return the condition that a column holds an amount other than 0, however it is written."""
    name = identifier(column)
    return f"regexp_matches({name}, '[1-9]')" if found == "VARCHAR" else f"{name} <> 0"


def with_refunds(before: str, sale: dict[str, str], refund: dict[str, str], condition: str, once: str | None) -> str:
    """Return the step that adds a line for each refund.

    Parameters
    ----------
    sale, refund : the SQL of each new column in lines of sales, and in those of refunds.
    condition : which lines were refunded. once : the order column, where its lines repeat one refund.
    """
    new = ",\n  ".join(f"{sql} AS {name}" for name, sql in sale.items())
    back = ",\n  ".join(f"{sql} AS {name}" for name, sql in refund.items())
    single = f"\nQUALIFY row_number() OVER (PARTITION BY {identifier(once)}) = 1" if once else ""
    return (
        f"SELECT *,\n  {new}\nFROM {before}\nUNION ALL\nSELECT *,\n  {back}\nFROM {before}\nWHERE {condition}{single}"
    )


def with_sign(before: str, column: str, found: str, condition: str, name: str) -> str:
    """Return the step that makes the column `name`: another one, negative in lines of refunds."""
    return (
        f"SELECT *, CASE WHEN {condition} THEN {negated(column, found)} ELSE {identifier(column)} END AS {name}\n"
        f"FROM {before}"
    )
