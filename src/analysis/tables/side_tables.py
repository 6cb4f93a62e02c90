"""The optional tables: rows with a key are accepted, others are set aside with their reason."""

from pathlib import Path

from analysis.engine.duck import DuckDB, literal
from analysis.tables.schema import KEYS, TABLES
from analysis.tables.sources import ROW
from analysis.tables.values import SQL_TYPES


def write_absent(db: DuckDB, table: str, folder: Path) -> None:
    """Write a table that the dataset does not have as an empty one, so that queries need no second form."""
    nothing = ", ".join(f"CAST(NULL AS {SQL_TYPES[column.kind]}) AS {column.name}" for column in TABLES[table])
    db.write_parquet(f"SELECT {nothing} WHERE FALSE", folder / f"{table}.parquet")


def write_side_table(db: DuckDB, table: str, canonical: str, folder: Path) -> None:
    """Write an optional table: accepted rows, and those set aside with their reason in `<table>_set_aside`.

    Set aside are rows with a time or number that cannot be read (`unreadable_value`), rows without key, and further
    rows of a key. Of customers the row without a date stays, else the one registered first, so that a later row cannot
    change what was known before it. Customers known under several ids get the one that `identities` names; where that
    could only be guessed, because an id stands for two customers (`conflicting_identity`) or for one that is itself
    an alias (`chained_identity`), the row is set aside.

    Parameters
    ----------
    canonical : query of the table's canonical columns, `_unread` (a value could not be read) and `_row`.
    """
    names = [column.name for column in TABLES[table]]
    keys = KEYS.get(table, ())
    rows = f"({canonical}) AS canonical"
    if "customer_id" in names and table != "identities":
        rows = f"""(
            SELECT canonical.* REPLACE (COALESCE(merged.customer_id, canonical.customer_id) AS customer_id)
            FROM {rows} LEFT JOIN read_parquet({literal(folder / "identities.parquet")}) AS merged
                ON merged.alias_id = canonical.customer_id)"""
    missing = " OR ".join(f"{c.name} IS NULL" for c in TABLES[table] if c.required and c.name != "category")
    first = f"registered_on NULLS FIRST, {ROW}" if "registered_on" in names else ROW
    again = f"row_number() OVER (PARTITION BY {', '.join(keys)} ORDER BY {first}) > 1" if keys else "FALSE"
    db.execute(
        f"CREATE OR REPLACE TEMP TABLE {table}_read AS "
        f"SELECT *, CASE WHEN _unread THEN 'unreadable_value' WHEN {missing} THEN 'missing_key' "
        f"WHEN {again} THEN 'duplicate_key' END AS reason FROM {rows}"
    )
    if table == "identities":
        db.execute(
            "UPDATE identities_read SET reason = 'conflicting_identity' WHERE alias_id IN ("
            "SELECT alias_id FROM identities_read GROUP BY alias_id HAVING COUNT(DISTINCT customer_id) > 1)"
        )
        db.execute(
            "UPDATE identities_read SET reason = 'chained_identity' WHERE reason IS NULL "
            "AND customer_id <> alias_id AND customer_id IN (SELECT alias_id FROM identities_read "
            "WHERE alias_id <> customer_id)"
        )
    order = ", ".join(keys) or ", ".join(names)
    db.write_parquet(
        f"SELECT {', '.join(names)} FROM {table}_read WHERE reason IS NULL ORDER BY {order}",
        folder / f"{table}.parquet",
    )
    db.write_parquet(
        f"SELECT * FROM {table}_read WHERE reason IS NOT NULL ORDER BY {ROW}", folder / f"{table}_set_aside.parquet"
    )
