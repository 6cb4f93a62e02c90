import pytest

from bench.rows import HEADINGS, Row, line


@pytest.mark.parametrize(
    ("row", "failures"),
    [
        (Row("at its limits", 2.0, 2, 500, 500, 50, 50), []),
        (Row("slow", 2.01, 2), ["TOO SLOW"]),
        (Row("large", 1.0, 2, 501, 500), ["TOO MUCH MEMORY"]),
        (Row("peer as fast", 10.0, ratio=49.9, least_ratio=50), ["TOO NEAR THE PEER"]),
        (Row("no limits", 1e3, peak_mb=1e5, ratio=0.1), []),
        (Row("a peer that is missing"), []),
    ],
    ids=lambda value: value.what if isinstance(value, Row) else "",
)
def test_a_row_fails_beyond_its_limits_only(row, failures):
    assert row.failures() == failures


def test_a_row_stands_under_its_headings_and_ends_with_verdict_and_note():
    row = str(Row("fit", 0.514, 0.3, 1147.2, ratio=78.94, note="a note"))
    ends = {name: line(HEADINGS).index(name) + len(name) for name in ("seconds", "peak MB", "ratio")}
    assert [row[: ends[name]].split()[-1] for name in ends] == ["0.51", "1,147", "78.9"]
    assert row.endswith("TOO SLOW  a note")
