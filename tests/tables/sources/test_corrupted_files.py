"""Broken CSV files never lose a row: each is refused, or its rows are accepted or set aside, every one of them."""

import csv
import io
import os
import random

import pyarrow.parquet as pq

from analysis.errors import InputError
from analysis.tables import read
from tests.shop import COLUMNS, lines, make_dataset

FILES = int(os.environ.get("CORRUPTED_FILES", "150"))  # 1,000 take about a minute
HEADINGS = list(COLUMNS.values())


def clean(random_):
    """Return a small CSV file, in one of the usual dialects."""
    delimiter, newline = random_.choice(",;\t"), random_.choice(["\n", "\r\n"])
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator=newline)
    writer.writerow(HEADINGS)
    for number in range(random_.randint(1, 30)):
        category = random_.choice(["tea", "café", "茶, 绿", 'a "b"', "two\nlines", ""])
        writer.writerow([f"c{number % 7}", f"2024-01-{1 + number % 28:02}", f"o{number}", f"{number}.50", category])
    return text.getvalue().encode()


def flip(random_, content):
    at = random_.randrange(len(content))
    return content[:at] + bytes([content[at] ^ (1 << random_.randrange(8))]) + content[at + 1 :]


def truncate(random_, content):
    return content[: random_.randrange(len(content))]


def insert(*what):
    def inserted(random_, content):
        at = random_.randrange(len(content) + 1)
        return content[:at] + random_.choice(what) + content[at:]

    return inserted


def other_newlines(random_, content):
    kept = content.split(b"\n")
    return b"".join(line + random_.choice([b"\n", b"\r\n", b"\r", b"\n\n"]) for line in kept)


def drop_a_value(random_, content):
    rows = content.split(b"\n")
    at = random_.randrange(len(rows))
    rows[at] = random_.choice([b",", b";", b"\t"]).join(
        rows[at].replace(b";", b",").replace(b"\t", b",").split(b",")[1:]
    )
    return b"\n".join(rows)


def mix_encodings(random_, content):
    rows = content.split(b"\n")
    at = random_.randrange(len(rows))
    rows[at] = rows[at].decode(errors="replace").encode(random_.choice(["gb18030", "utf-16-le"]), errors="replace")
    return b"\n".join(rows)


def repeat_a_part(random_, content):
    start, end = sorted(random_.randrange(len(content) + 1) for _ in range(2))
    return content[:end] + content[start:]


MUTATIONS = [
    flip, truncate, insert(b'"', b'""', b"'"), insert(b"\0", b"\x1a", b"\xff"), insert(b",", b";", b"\n", b"\r"),
    other_newlines, drop_a_value, mix_encodings, repeat_a_part,
]  # fmt: skip


def corrupted(seed):
    random_ = random.Random(seed)
    content = clean(random_)
    for _ in range(random_.choice([1, 1, 1, 2, 3])):
        if content:
            content = random_.choice(MUTATIONS)(random_, content)
    return content


def rows_held(content):
    """Return the rows below the headings by Python's own reader."""
    text = content.decode("utf-8-sig")
    first = "".join(text.splitlines()[0].split('"')[::2])
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t|", key=first.count))
    return sum(any(row) or len(row) > 1 for row in rows) - 1


def outcome(dataset, content):
    """Return `refused`, or the rows accepted and set aside."""
    (dataset.folder / "lines.csv").write_bytes(content)
    try:
        tables = read(dataset)
    except InputError:
        return "refused"
    return sum(pq.read_metadata(tables.path(name)).num_rows for name in ("transactions", "set_aside"))


def test_a_corrupted_file_is_refused_or_every_row_of_it_is_accounted_for(tmp_path):
    dataset = make_dataset(tmp_path, lines(("ann", "2024-01-01", "1", 5)))
    found = {}
    for seed in range(FILES):
        content = corrupted(seed)
        found[seed] = outcome(dataset, content)
        assert found[seed] == "refused" or found[seed] == rows_held(content), f"seed {seed}"
    read_whole = [seed for seed, result in found.items() if result != "refused"]
    # Both ends occur often: a reader that refused everything, or read anything, would pass without being one.
    assert FILES / 5 < len(read_whole) < FILES * 4 / 5
