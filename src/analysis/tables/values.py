"""Raw values as SQL: texts, times, amounts and numbers by a stated rule."""

from analysis.engine.duck import identifier, literal
from analysis.tables.dataset import Dataset

HOURS = ("%H", "%I", "%c", "%X", "%-H", "%-I")  # parts of a format that give a time of day
OFFSET = r":\d{2}(\.\d+)?\s*([zZ]|[+-]\d{2}(:?\d{2})?)$"  # a time of day that ends with its distance from UTC
SQL_TYPES = {"text": "VARCHAR", "time": "TIMESTAMP", "amount": "DECIMAL(18, 4)", "number": "DOUBLE"}


def expression(kind: str, raw: str, found: str, dataset: Dataset, time_format: str | None) -> str:
    """Return the SQL that reads one raw column as a canonical kind; what cannot be read is NULL."""
    column = identifier(raw)
    if kind == "amount":
        return f"TRY_CAST({column} AS DECIMAL(18, 4))"
    if kind == "number":
        return f"TRY_CAST({column} AS DOUBLE)"
    if kind == "time":
        return _local_time(column, found, dataset, time_format)
    text = f"NULLIF(TRIM(CAST({column} AS VARCHAR)), '')"
    if found in ("DOUBLE", "FLOAT"):  # ids that an export turned into numbers: 17850.0 is 17850, NaN is nobody
        return (
            f"CASE WHEN isnan({column}) THEN NULL WHEN {column} = trunc({column}) "
            f"THEN COALESCE(CAST(TRY_CAST({column} AS BIGINT) AS VARCHAR), {text}) ELSE {text} END"
        )
    return text


def _local_time(column: str, found: str, dataset: Dataset, time_format: str | None) -> str:
    """Return the SQL of a time in the reporting time zone.

    A date without a time of day is taken as it stands; a time with an offset says itself when it was.
    """
    source, reporting = dataset.settings.source_time_zone, dataset.settings.reporting_time_zone

    def local(moment: str) -> str:
        return f"timezone({literal(reporting)}, {moment})"

    def shifted(naive: str) -> str:
        return naive if source == reporting else local(f"timezone({literal(source)}, {naive})")

    text = f"TRIM(CAST({column} AS VARCHAR))"
    if time_format is not None:
        parsed = f"TRY_STRPTIME({text}, {literal(time_format)})"
        if "%z" in time_format or "%Z" in time_format:
            return local(parsed)
        return shifted(parsed) if any(hour in time_format for hour in HOURS) else parsed
    if found == "DATE":
        return f"CAST({column} AS TIMESTAMP)"
    if found == "TIMESTAMP WITH TIME ZONE":
        return local(column)
    if found != "VARCHAR":
        return shifted(f"TRY_CAST({column} AS TIMESTAMP)")
    return f"""CASE
        WHEN regexp_matches({text}, {literal(OFFSET)}) THEN {local(f"TRY_CAST({text} AS TIMESTAMPTZ)")}
        WHEN contains({text}, ':') THEN {shifted(f"TRY_CAST({text} AS TIMESTAMP)")}
        ELSE TRY_CAST({text} AS TIMESTAMP) END"""


def shape(column: str) -> str:
    """Return the SQL of a text's shape, which tells how it is written and not what: 31/01/24 is 99/99/99."""
    text = f"CAST({column} AS VARCHAR)"
    return f"left(regexp_replace(regexp_replace({text}, '[0-9]', '9', 'g'), '\\p{{L}}', 'a', 'g'), 40)"
