"""Which encoding a text file is in, and its way into UTF-8, block by block."""

import codecs
import gzip
import re
import zlib
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from charset_normalizer import from_bytes

from analysis.errors import InputError
from analysis.store import written_whole

BLOCK = 1 << 22  # bytes in memory at a time
SAMPLE_LINES = 2000  # lines beyond ASCII that decide; more change nothing
UTF8 = frozenset({"utf-8", "utf-8-sig"})
BOMS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
# GB 2312, the everyday part of GB 18030: two bytes, both high. A Western accented letter has a plain one beside it.
EVERYDAY_CHINESE = re.compile(rb"[\xa1-\xf7][\xa1-\xfe]")
BEYOND_ASCII = re.compile(rb"[\x80-\xff]")
CHINESE_SHARE = 0.9  # of the bytes beyond ASCII; names with rare characters make up the rest
OTHERS = ["cp1252", "big5", "shift_jis", "euc_kr", "cp1250", "cp1251"]  # the earlier where several fit


def opened(path: Path) -> BinaryIO:
    """Open a file for reading bytes; what is compressed by gzip arrives plain."""
    return gzip.open(path) if path.suffix.lower() == ".gz" else path.open("rb")  # type: ignore[return-value]


def encoding_of(path: Path) -> str:
    """Return the encoding a text file seems to be in, by a name that Python decodes.

    Returns
    -------
    `utf-8` (ASCII and UTF-8 with a byte order mark included), `utf-16` (also `utf-16-le` or `-be` without a mark),
    `gb18030`, `cp1252` (Latin-1 included, but for its control characters), another one that fits, else `latin-1`.
    """
    with opened(path) as file:
        start = next(blocks(file))
    for mark, encoding in BOMS.items():
        if start.startswith(mark):
            return encoding
    if b"\0" in start[:1000]:  # ASCII text in UTF-16: every second byte is 0
        return "utf-16-le" if start[1:1000:2].count(0) >= start[:1000:2].count(0) else "utf-16-be"
    sample = b"\n".join(islice(_lines_beyond_ascii(path), SAMPLE_LINES))
    return "utf-8" if _decodes(sample, "utf-8") else _of_eight_bits(sample)


def into_utf8(path: Path, encoding: str, target: Path, where: str) -> Path:
    """Write a file in another encoding as UTF-8, and return the path written.

    Raises
    ------
    InputError : the file is not in that encoding; names line, bytes and the encoding it seems to be in.
    """
    if target.exists():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    decoder = codecs.getincrementaldecoder(encoding)()
    as_utf8, lines = _Utf8(), 0
    with opened(path) as source, written_whole(target) as part:
        with part.open("wb") as out:
            for block in blocks(source):
                try:
                    text = decoder.decode(block, final=not block)
                except UnicodeError as error:
                    raise _misfit(path, encoding, lines, error, where) from None
                lines += text.count("\n")
                as_utf8.see(block)
                out.write(text.encode())
        if as_utf8.certain(encoding):
            raise InputError(
                "the file is not in the stated encoding",
                where=where,
                got=f"{path.name} in utf-8",
                expected=encoding,
                do="Remove `encoding`, or write encoding: utf-8.",
            )
    return target


def stop_unless_utf8(path: Path, where: str) -> None:
    """Stop when a file is not UTF-8 from its first line to its last; reads it once.

    Raises
    ------
    InputError : names line, bytes, and the encoding the file seems to be in.
    """
    decoder, lines = codecs.getincrementaldecoder("utf-8")(), 0
    with opened(path) as source:
        for block in blocks(source):
            try:
                lines += decoder.decode(block, final=not block).count("\n")
            except UnicodeError as error:
                raise _misfit(path, "utf-8", lines, error, where) from None
    if (seems := encoding_of(path)) not in UTF8:
        raise _wrong(path.name, "utf-8", seems, where)


def blocks(source: BinaryIO) -> Iterator[bytes]:
    """Yield the blocks of a file, and an empty one at its end.

    Raises
    ------
    InputError : a compressed file is damaged.
    """
    try:
        while block := source.read(BLOCK):
            yield block
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise InputError(
            "the compressed file is damaged",
            where=source.name,
            got=str(error),
            expected="a file that gzip unpacks to its end",
            do="Copy or export it again.",
        ) from None
    yield b""


class _Utf8:
    """Whether bytes that were decoded by another rule are UTF-8 after all."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._valid, self._plain, self._zero = True, True, False

    def see(self, block: bytes) -> None:
        self._plain &= block.isascii()
        self._zero |= b"\0" in block
        try:
            self._decoder.decode(block, final=not block)
        except UnicodeError:
            self._valid = False

    def certain(self, encoding: str) -> bool:
        """UTF-16 of any text holds bytes 0; other encodings beside UTF-8 hardly ever form its sequences."""
        differs = not self._plain or encoding.startswith(("utf-16", "utf_16"))
        return self._valid and differs and not self._zero


def _misfit(path: Path, encoding: str, lines_before: int, error: UnicodeError, where: str) -> InputError:
    if not isinstance(error, UnicodeDecodeError):  # UTF-16 without its mark
        return _wrong(f"no byte order mark in {path.name}", encoding, _seems(path, encoding), where)
    before = error.object[: error.start].decode(error.encoding, errors="replace")
    line = lines_before + before.count("\n") + 1
    bytes_there = error.object[error.start : error.start + 4].hex(" ")
    return _wrong(f"bytes {bytes_there} in line {line:,} of {path.name}", encoding, _seems(path, encoding), where)


def _wrong(got: str, encoding: str, seems: str, where: str) -> InputError:
    mixed = " and " in seems
    return InputError(
        "the file has lines in two encodings" if mixed else "the file is not in the stated encoding",
        where=where,
        got=f"{got}; it seems to be in {seems}",
        expected=encoding,
        do="Export it again in one encoding."
        if mixed
        else f"Write encoding: {seems}."
        if seems != encoding
        else "Mend that line, or export the file again.",
    )


def _seems(path: Path, encoding: str) -> str:
    found = encoding_of(path)
    if found.startswith("utf-16"):
        return found
    kinds: dict[bool, list[bytes]] = {True: [], False: []}
    for line in _lines_beyond_ascii(path):
        kind = kinds[_decodes(line, "utf-8")]
        if len(kind) < SAMPLE_LINES:
            kind.append(line)
    if kinds[True] and kinds[False]:
        other = _of_eight_bits(b"\n".join(kinds[False]))
        return f"utf-8 and {other}"
    return found if found != "utf-8" or not kinds[False] else encoding


def _of_eight_bits(sample: bytes) -> str:
    high = len(BEYOND_ASCII.findall(sample))
    everyday = 2 * len(EVERYDAY_CHINESE.findall(sample))
    if everyday >= CHINESE_SHARE * high and _decodes(sample, "gb18030"):
        return "gb18030"
    matches = from_bytes(sample, cp_isolation=OTHERS)
    likeliest = [match for match in matches if match.chaos == min(match.chaos for match in matches)]
    fitting = {name for match in likeliest for name in match.could_be_from_charset}
    return next((name for name in OTHERS if name in fitting), "latin-1")


def _decodes(sample: bytes, encoding: str) -> bool:
    try:
        sample.decode(encoding)
    except UnicodeError:
        return False
    return True


def _lines_beyond_ascii(path: Path) -> Iterator[bytes]:
    """Yield the lines that hold more than ASCII; blocks of plain ASCII cost next to nothing."""
    rest = b""
    with opened(path) as source:
        for block in blocks(source):
            *lines, rest = (rest + block).split(b"\n") if block else (rest, b"")
            if not all(map(bytes.isascii, lines)):
                yield from (line for line in lines if not line.isascii())
