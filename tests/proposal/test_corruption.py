"""Whatever happens to an export on its way, a proposal reads all of its rows, or says what is wrong."""

import csv
import io
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from analysis.engine import DuckDB
from analysis.errors import InputError
from analysis.proposal import propose
from analysis.tables import load_dataset, read
from tests.proposal.exports import EXPORTS

FILES = ["taobao", "european", "utf16", "refund_rows", "top_ups", "statuses", "shopify"]


@cache
def export(name):
    """Return name and bytes of an export's file."""
    with TemporaryDirectory() as folder:
        (file,) = EXPORTS[name](Path(folder))
        return Path(file).name, Path(file).read_bytes()


def damaged(content, kind, place, other):
    """Return an export's bytes after one accident; `place` and `other` are shares of its length."""
    at, to = sorted((int(place * len(content)), int(other * len(content))))
    head, *lines = content.split(b"\n")
    line = int(place * (len(lines) - 1))
    return {
        "a line twice": lambda: b"\n".join([head, *lines[: line + 1], *lines[line:]]),
        "a line lost": lambda: b"\n".join([head, *lines[:line], *lines[line + 1 :]]),
        "lines in another order": lambda: b"\n".join([head, *lines[line:-1], *lines[:line], lines[-1]]),
        "cut off": lambda: content[:at],
        "a byte lost": lambda: content[:at] + content[at + 1 :],
        "a byte changed": lambda: content[:at] + bytes([(content[at] + 7) % 256]) + content[at + 1 :],
        "a part twice": lambda: content[:to] + content[at:to] + content[to:],
        "a part lost": lambda: content[:at] + content[to:],
        "a quote": lambda: content[:at] + b'"' + content[at:],
        "a line break": lambda: content[:at] + b"\n" + content[at:],
        "zero bytes": lambda: content[:at] + b"\0\0" + content[at:],
        "another encoding": lambda: content + "é¤\n".encode(),
    }[kind]()


WHOLE = ("a line twice", "a line lost", "lines in another order")  # no reason to refuse the file
KINDS = [*WHOLE, "cut off", "a byte lost", "a byte changed", "a part twice", "a part lost", "a quote", "a line break",
         "zero bytes", "another encoding"]  # fmt: skip


def rows_in(file, text):
    """Return the rows of a file by Python's own reader, in the encoding and with the headings that were proposed."""
    source = yaml.safe_load(text)["tables"]["transactions"]
    source = source.get("files", {}).get("source", source)
    lines = file.read_bytes().decode(source.get("encoding", "utf-8-sig")).lstrip("\ufeff")
    body = io.StringIO(lines, newline="")
    for _ in range(source.get("header_row", 1) - 1):
        body.readline()
    head = body.readline()
    body.seek(len(lines) - len(lines[lines.index(head) :]))
    mark = max(",;\t|", key=head.count)
    return sum(1 for row in csv.reader(body, delimiter=mark) if row) - 1


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],  # a damaged file shrinks to nothing simpler
    suppress_health_check=list(HealthCheck),
)
@given(st.sampled_from(FILES), st.sampled_from(KINDS), st.floats(0, 0.999), st.floats(0, 0.999))
def test_a_damaged_export_is_read_whole_or_refused(name, kind, place, other):
    with TemporaryDirectory() as folder:
        root = Path(folder)
        file_name, content = export(name)
        file = root / file_name
        file.write_bytes(damaged(content, kind, place, other))
        try:
            text = propose("shop", [str(file)], root).path.read_text(encoding="utf-8")
            accepted = read(load_dataset("shop", root))
        except InputError:
            assert kind not in WHOLE
            return
        parts = [f"SELECT amount FROM '{accepted.path(table)}'" for table in ("transactions", "set_aside")]
        with DuckDB() as db:
            count = "SELECT COUNT(*), COUNT(*) FILTER (amount < 0) FROM"
            rows, refunds = db.execute(f"{count} ({' UNION ALL '.join(parts)})")[0]
        if "UNION ALL" in text:  # a line was added for each refund
            assert rows - refunds <= rows_in(file, text) <= rows
        else:
            assert rows == rows_in(file, text)
