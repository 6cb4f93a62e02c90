import pytest
from pydantic import ValidationError

from analysis.errors import InputError
from analysis.tables import read
from analysis.tables.dataset import Input
from analysis.tables.sources import encoding_of
from analysis.tables.sources.encodings import into_utf8
from tests.shop import lines, make_dataset
from tests.tables.sources.opened import listed

CHINESE = "订单号,会员,品类\n1,张三,茶叶\n2,李四,咖啡\n"
WESTERN = "id,name,city\n1,Jürgen,Köln\n2,Zoë,Genève\n"


@pytest.mark.parametrize(
    ("text", "encoding", "expected"),
    [
        ("id,n\n1,2\n", "ascii", "utf-8"),
        (CHINESE, "utf-8", "utf-8"),
        (CHINESE, "utf-8-sig", "utf-8"),
        (CHINESE, "gb18030", "gb18030"),
        (CHINESE, "utf-16", "utf-16"),
        (WESTERN, "utf-16-le", "utf-16-le"),
        (WESTERN, "utf-16-be", "utf-16-be"),
        (WESTERN, "utf-8", "utf-8"),
        (WESTERN, "cp1252", "cp1252"),
        (WESTERN + "3,x,5 €\n", "cp1252", "cp1252"),
        ("id,name\n1," + "\x81\x8d\x8f\x90\x9d\xff" * 9, "latin-1", "latin-1"),
        ("x,y\n" + "1,2\n" * 2_000_000 + "3,茶叶店\n", "gb18030", "gb18030"),
    ],
    ids=[
        "ascii", "utf-8", "utf-8 with mark", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "western utf-8", "western",
        "euro", "latin-1", "late",
    ],
)  # fmt: skip
def test_the_encoding_of_a_file_is_recognised(tmp_path, text, encoding, expected):
    (tmp_path / "a.csv").write_bytes(text.encode(encoding))
    assert encoding_of(tmp_path / "a.csv") == expected


@pytest.mark.parametrize("encoding", ["gb18030", "gbk", "utf-16", "utf-16-le", "big5", "utf-8-sig"])
def test_a_file_in_the_stated_encoding_is_read(tmp_path, encoding):
    (tmp_path / "a.csv").write_bytes("單號,品類\n1,茶葉\n".encode(encoding))
    assert listed(tmp_path, file="a.csv", encoding=encoding) == [("1", "茶葉", "a.csv")]


def test_a_character_across_two_blocks_stays_whole(tmp_path, monkeypatch):
    monkeypatch.setattr("analysis.tables.sources.encodings.BLOCK", 3)  # bytes; each character has two
    (tmp_path / "a.csv").write_bytes("x茶叶\n".encode("gb18030"))
    assert into_utf8(tmp_path / "a.csv", "gb18030", tmp_path / "b.csv", "here").read_text(encoding="utf-8") == "x茶叶\n"


@pytest.mark.parametrize(
    ("content", "stated", "expected"),
    [
        (CHINESE.encode("gb18030"), "utf-8", "bytes b6 a9 b5 a5 in line 1 of a.csv.*in gb18030.*encoding: gb18030"),
        (b"id,n\n" + b"1,2\n" * 9 + "3,caf\u00e9s\n".encode("cp1252"), "utf-8", r"bytes e9 73 0a in line 11.*cp125"),
        (CHINESE.encode("utf-8"), "gb18030", "encoding.*utf-8"),
        (WESTERN.encode("utf-8"), "cp1252", "a.csv in utf-8"),
        (WESTERN.encode("utf-8"), "utf-16", "utf-8"),
        (CHINESE.encode("utf-16"), "utf-8", "in line 1 of a.csv; it seems to be in utf-16"),
        ("id,n\n1,2\n".encode("utf-16-le"), "utf-8", "it seems to be in utf-16-le"),
        (CHINESE.encode() + "3,王五,茶具\n".encode("gb18030"), "utf-8", "two encodings.*line 4.*utf-8 and gb18030"),
        (CHINESE.encode("gb18030") + "3,\u738b,\ud83d".encode("utf-8", "surrogatepass"), "gb18030", "line 4"),
        ("id,n\n1,2\n3,\u00e9\n".encode("latin-1"), "ascii", "bytes e9 0a in line 3"),
    ],
    ids=[
        "gb18030 as utf-8", "late western", "utf-8 as gb18030", "utf-8 as cp1252", "utf-8 as utf-16",
        "utf-16 as utf-8", "utf-16 of ascii", "mixed", "damaged gb18030", "not ascii",
    ],
)  # fmt: skip
def test_a_file_in_another_encoding_is_refused_by_line_and_bytes(tmp_path, content, stated, expected):
    (tmp_path / "a.csv").write_bytes(content)
    with pytest.raises(InputError, match=expected):
        listed(tmp_path, file="a.csv", encoding=stated)
    assert not [path for path in (tmp_path / "landing").rglob("*") if path.is_file()]


def test_a_wrong_byte_far_below_is_found_while_rows_are_read(tmp_path):
    dataset = make_dataset(tmp_path, lines(*[("ann", "2024-01-01", str(n), 5) for n in range(30_000)]))
    with (dataset.folder / "lines.csv").open("ab") as file:
        file.write("bob,2024-01-01,x,5,caf\u00e9\n".encode("latin-1"))
    with pytest.raises(InputError, match=r"bytes e9 0a in line 30,002 of lines\.csv"):
        read(dataset)
    assert not (dataset.folder / "accepted").exists() or not list((dataset.folder / "accepted").iterdir())


@pytest.mark.parametrize(
    "encoding", ["base64", "rot13", "zlib", "punycode", "idna", "undefined", "unicode_escape", "nonsense"]
)
def test_only_encodings_of_text_files_are_taken(encoding):
    with pytest.raises(ValidationError, match="an encoding such as utf-8"):
        Input(file="a.csv", encoding=encoding)
