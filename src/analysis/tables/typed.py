"""Typed values as text: the one form in which a number, a day or a time of a typed column stands among text."""

from analysis.engine.duck import literal

FLOATING = ("DOUBLE", "FLOAT")
DIGITS = "DECIMAL(38, 20)"  # of a number too small to be written without an exponent, which no rule of text reads


def as_text(column: str, found: str, mark: str) -> str:
    """Return the SQL of a raw column as the text that is read to the same value as the column itself.

    What a cell says may depend on the cell alone: beside text it has to say the same as in a column of its own kind.

    Parameters
    ----------
    column : its quoted name. found : its type in DuckDB. mark : the source's decimal mark.

    Returns
    -------
    A whole number without a fraction, so that ids stay ids (17850.0 is 17850), any other with the decimal mark; NaN is
    NULL. A day YYYY-MM-DD, a time YYYY-MM-DD HH:MM:SS with as many as six further digits, one with a zone in UTC with
    its offset. Text and all else as DuckDB writes it.
    """
    text = f"CAST({column} AS VARCHAR)"
    if found in FLOATING:
        exponent = f"CAST(TRY_CAST({text} AS {DIGITS}) AS VARCHAR)"
        fraction = f"CASE WHEN contains({text}, 'e') THEN {exponent} ELSE {text} END"
        return f"CASE WHEN NOT isnan({column}) THEN {_number(column, fraction, mark)} END"
    if found.startswith("DECIMAL"):
        return _number(column, text, mark)
    if found.startswith("TIMESTAMP_"):  # nanoseconds, milliseconds, seconds
        return f"CAST(CAST({column} AS TIMESTAMP) AS VARCHAR)"
    return text


def _number(column: str, fraction: str, mark: str) -> str:
    whole = f"TRY_CAST({column} AS HUGEINT)"
    written = fraction if mark == "." else f"replace({fraction}, '.', {literal(mark)})"
    return f"CASE WHEN {column} = {whole} THEN CAST({whole} AS VARCHAR) ELSE {written} END"
