"""CSV for people, who open it in a spreadsheet that would run a text as a formula."""

import pandas as pd

# A spreadsheet takes a cell that begins like this for a formula (OWASP, CSV injection; CWE-1236).
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\0")


def people_safe(df: pd.DataFrame) -> pd.DataFrame:
    """Return a copy whose texts, column names included, open as text in a spreadsheet.

    A text that begins with = + - @ tab, carriage return or NUL gets a leading apostrophe. Numbers (also those
    in a column of mixed types), dates, truth values and missing values stay as they are. The index is left
    alone: write with `index=False`. Not for files that a program reads: there the apostrophe becomes data.

    Examples
    --------
    >>> people_safe(pd.DataFrame({"name": ["=1+1", "Li"], "balance": [-5, 3]}))["name"].tolist()
    ["'=1+1", 'Li']
    """
    safe = df.copy()
    for position in range(df.shape[1]):
        column = df.iloc[:, position]
        if isinstance(column.dtype, pd.CategoricalDtype):
            column = column.astype(object)
        if not (pd.api.types.is_object_dtype(column) or pd.api.types.is_string_dtype(column)):
            continue
        risky = column.map(lambda value: isinstance(value, str) and value.startswith(FORMULA_STARTS)).astype(bool)
        if risky.any():
            safe.isetitem(position, column.mask(risky, "'" + column[risky].astype("str")).array)
    safe.columns = pd.Index(
        [f"'{name}" if isinstance(name, str) and name.startswith(FORMULA_STARTS) else name for name in df.columns]
    )
    return safe
