import gzip

import duckdb
import pytest

from analysis.engine.duck import DuckDB
from analysis.errors import InputError
from analysis.tables import load_dataset, read
from analysis.tables.sources import columns_by_file, open_source, opening
from tests.shop import lines, make_dataset
from tests.tables.sources.opened import listed, rows


def write(folder, text, name="a.csv"):
    (folder / name).write_bytes(text.encode())


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"], ids=["comma", "semicolon", "tab", "bar"])
def test_the_heading_row_tells_the_delimiter_and_every_value_stays_text(tmp_path, mark):
    write(tmp_path, mark.join(["id", "amount"]) + "\n" + mark.join(["007", "1.50"]) + "\n")
    assert listed(tmp_path, file="a.csv") == [("007", "1.50", "a.csv")]


def test_delimiters_between_quotes_do_not_count(tmp_path):
    write(tmp_path, '"name, first, last";id\nann;1\n')
    assert list(rows(tmp_path, file="a.csv")) == ["name, first, last", "id", "_file"]


def test_quotes_line_breaks_blank_lines_and_a_byte_order_mark_are_read_as_written(tmp_path):
    write(tmp_path, '\ufeffid,note\r\n1,"a ""b""\r\nc, d"\r\n\r\n2,\r\n3,5" nail')
    assert listed(tmp_path, file="a.csv") == [
        ("1", 'a "b"\r\nc, d', "a.csv"),
        ("2", None, "a.csv"),
        ("3", '5" nail', "a.csv"),
    ]


def test_headings_may_stand_below_a_title(tmp_path):
    write(tmp_path, 'Sales, "2011\n\nid;amount\n1;2\n')
    assert listed(tmp_path, file="a.csv", header_row=3) == [("1", "2", "a.csv")]


def test_outer_spaces_of_headings_go_and_an_empty_heading_is_named_by_its_position(tmp_path):
    write(tmp_path, "id , ,n\n1,x,2\n")
    assert list(rows(tmp_path, file="a.csv")) == ["id", "column2", "n", "_file"]


def test_a_compressed_file_is_read_as_it_is(tmp_path):
    with gzip.open(tmp_path / "a.csv.gz", "wb") as file:
        file.write("id,n\n茶,1\n".encode())
    assert listed(tmp_path, file="a.csv.gz") == [("茶", "1", "a.csv.gz")]
    with gzip.open(tmp_path / "b.csv.gz", "wb") as file:
        file.write("id,n\n茶叶和咖啡,1\n".encode("gb18030"))
    assert listed(tmp_path, file="b.csv.gz", encoding="gb18030") == [("茶叶和咖啡", "1", "b.csv.gz")]
    (tmp_path / "b.csv").write_bytes("id,n\n咖啡,2\n".encode("gb18030"))  # beside it, not instead of it
    both = listed(tmp_path, file="b.*", encoding="gb18030")
    assert sorted(both) == [("咖啡", "2", "b.csv"), ("茶叶和咖啡", "1", "b.csv.gz")]


def test_a_quote_that_never_ends_is_refused_in_whichever_of_many_files(tmp_path):
    for month in range(1, 13):
        lines = [f"{month}-{number};tea;41,50" for number in range(200)]
        if month == 4:
            lines[99] = '4-99;"tea;41,50'
        (tmp_path / f"{month:02d}.csv").write_text("\n".join(["id;what;paid", *lines]), encoding="utf-8")
    with pytest.raises(Exception, match="Line: 101"):
        rows(tmp_path, file="*.csv")


def test_a_name_with_brackets_is_that_file_and_no_pattern(tmp_path):
    (tmp_path / "sales[1].csv").write_text("id\nright\n", encoding="utf-8")
    (tmp_path / "sales1.csv").write_text("id\nwrong\n", encoding="utf-8")
    assert listed(tmp_path, file="sales[1].csv") == [("right", "sales[1].csv")]


@pytest.mark.parametrize("cut", [slice(0, -9), slice(5, None)], ids=["cut off", "no gzip"])
def test_a_damaged_compressed_file_is_refused(tmp_path, cut):
    content = gzip.compress(b"id,n\n" + bytes(range(48, 58)) * 5000)
    (tmp_path / "a.csv.gz").write_bytes(content[cut])
    with pytest.raises(InputError, match="the compressed file is damaged"):
        rows(tmp_path, file="a.csv.gz")
    with pytest.raises(InputError, match="the compressed file is damaged"):
        rows(tmp_path, file="a.csv.gz", encoding="gb18030")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("id,amount,ID\n1,2,3\n", "two columns have the same heading.*id, ID"),
        ("id,_row\n1,2\n", "name is reserved.*_row"),
        ("id,amount\n", "no row below the headings"),
        ("id,amount\n\n \n", "cannot be read|no row below"),
        ("\nid,amount\n1,2\n", "no headings where they should stand.*header_row"),
        (
            "id,amount\n1,2,3\n",
            r"cannot be read.*Line: 2 .*Expected Number of Columns: 2 Found: 3 \(a\.csv\); expected",
        ),
        ('id,amount\n"1,2\n3,4\n', "cannot be read"),
    ],
    ids=["twice", "reserved", "headings only", "blank below", "blank first line", "ragged", "open quote"],
)
def test_a_broken_file_says_what_is_wrong(tmp_path, text, expected):
    write(tmp_path, text)
    with pytest.raises(InputError, match=expected):
        rows(tmp_path, file="a.csv")


def test_files_with_other_columns_are_united_by_name_in_the_order_of_their_names(tmp_path):
    write(tmp_path, "id,n\n1,2\n", "m1.csv")
    write(tmp_path, "n;id\n3;4\n", "m2.csv")
    write(tmp_path, "id,n,shop\n5,6,north\n", "m10.csv")
    table = rows(tmp_path, file="m*.csv")
    assert list(table) == ["id", "n", "_file", "shop"]
    assert table["id"].tolist() == ["1", "4", "5"]
    assert table["shop"].isna().tolist() == [True, True, False]


def test_which_file_holds_which_column_is_told(tmp_path):
    dataset = make_dataset(tmp_path, lines(("ann", "2024-01-01", "1", 5)), transactions={"file": "m*.csv"})
    header = "customer,time,order,amount,category"
    write(dataset.folder, f"{header}\na,2024-01-01,1,5,x\n", "m1.csv")
    write(dataset.folder, f"{header},shop\na,2024-01-01,1,5,x,y\n", "m2.csv")
    with DuckDB() as db:
        found = columns_by_file(db, dataset.settings.tables.transactions, dataset, "transactions", tmp_path)
    assert found[found["column"] == "shop"].to_dict("records") == [
        {"input": "source", "file": "m2.csv", "column": "shop"}
    ]
    assert found.groupby("file").size().to_dict() == {"m1.csv": 5, "m2.csv": 6}


def test_rows_of_many_files_are_numbered_in_their_order(tmp_path):
    dataset = make_dataset(tmp_path, lines(("ann", "2024-01-01", "1", 5)), transactions={"file": "m*.csv"})
    for part in range(1, 13):
        extra = ",more" if part % 2 else ""
        text = "".join(f"c{part},2024-01-01,{row},1,x{',y' if extra else ''}\n" for row in range(3000))
        write(dataset.folder, f"customer,time,order,amount,category{extra}\n{text}", f"m{part}.csv")
    with DuckDB() as db:
        view = open_source(db, dataset.settings.tables.transactions, dataset, "transactions", tmp_path)
        wrong = db.execute(
            f"SELECT COUNT(*) FROM {view} "
            'WHERE (_row - 1) // 3000 + 1 <> CAST(substr(customer, 2) AS INT) OR (_row - 1) % 3000 <> "order"::INT'
        )
    assert wrong == [(0,)]


def test_parquet_folders_give_their_partitions_as_columns(tmp_path):
    for year, value in ((2012, 2), (2011, 1)):
        folder = tmp_path / "sales" / f"year={year}"
        folder.mkdir(parents=True)
        duckdb.sql(f"COPY (SELECT {value} AS n) TO '{folder / 'part.parquet'}'")
    table = rows(tmp_path, file="sales/**/*.parquet")
    assert table.to_dict("list") == {
        "n": [1, 2],
        "_file": ["year=2011/part.parquet", "year=2012/part.parquet"],
        "year": ["2011", "2012"],  # as the folders write it: month=01 is the same beside month=unknown
    }


def test_a_table_of_300_columns_is_read(tmp_path):
    dataset = make_dataset(tmp_path, lines(("ann", "2024-01-01", "1", 5), ("bob", "2024-01-02", "2", 6)))
    path = dataset.folder / "lines.csv"
    first, *rest = path.read_text(encoding="utf-8").splitlines()
    wide = [first + "".join(f",extra{n}" for n in range(300)), *(line + ",x" * 300 for line in rest)]
    path.write_text("\n".join(wide), encoding="utf-8")
    accepted = read(load_dataset("shop", tmp_path)).path("transactions")
    assert duckdb.sql(f"SELECT COUNT(*) FROM '{accepted}'").fetchall() == [(2,)]


@pytest.mark.parametrize("inside", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF rows", "CRLF rows"])
def test_a_line_break_inside_a_heading_loses_no_row_of_any_file(tmp_path, inside, end):
    write(tmp_path, end.join(["id,n", "1,2", ""]), "m1.csv")
    write(tmp_path, end.join([f'id,"n{inside}(pieces)"', "3,4", "5,6"]), "m2.csv")
    table = rows(tmp_path, file="m*.csv")
    assert table["id"].tolist() == ["1", "3", "5"]
    assert table[f"n{inside}(pieces)"].tolist()[1:] == ["4", "6"]
    assert table["_file"].tolist() == ["m1.csv", "m2.csv", "m2.csv"]


def test_a_title_that_ends_in_another_way_than_the_rows_loses_none(tmp_path):
    write(tmp_path, "Sales\n\nid;n\r\n1;2\r\n3;4\r\n")
    assert listed(tmp_path, file="a.csv", header_row=3) == [("1", "2", "a.csv"), ("3", "4", "a.csv")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_rows_that_end_in_two_ways_are_named(tmp_path, encoding):
    (tmp_path / "a.csv").write_bytes('id,n\r\n1,"x\ny"\r\n3,4\n5,6\r\n'.encode(encoding))
    with pytest.raises(InputError, match=r"end in two ways\. Got LF after line 4 of a\.csv, CRLF before it"):
        rows(tmp_path, file="a.csv", encoding=encoding)


@pytest.mark.parametrize(
    ("name", "expected"), [("a.zip", r"got a\.zip.*Unpack it"), ("a.json", r"got a\.json.*Export its rows as CSV")]
)
def test_files_that_are_no_tables_are_named(tmp_path, name, expected):
    (tmp_path / name).write_bytes(b"PK\x03\x04")
    with pytest.raises(InputError, match=f"(?i){expected}"):
        rows(tmp_path, file=name)


@pytest.mark.parametrize("name", ["_file", "_ROW"])
def test_what_reading_adds_is_reserved_in_parquet_files_and_queries(tmp_path, name):
    duckdb.sql(f"COPY (SELECT 1 AS {name}, 2 AS n) TO '{tmp_path / 'a.parquet'}'")
    with pytest.raises(InputError, match=f"name is reserved.*{name}"):
        rows(tmp_path, file="a.parquet")
    query = {"file": None, "files": {"l": "lines.csv"}, "sql": f"SELECT *, 1 AS {name} FROM l -- all of them"}
    dataset = make_dataset(tmp_path, lines(("ann", "2024-01-01", "1", 5)), transactions=query)
    with pytest.raises(InputError, match=f"name is reserved.*{name}"):
        read(dataset)


def test_a_query_may_end_in_a_comment_and_a_slip_in_it_is_told_without_reading_files(tmp_path, monkeypatch):
    def query(sql):
        source = {"file": None, "files": {"l": "lines.csv"}, "sql": sql}
        return make_dataset(tmp_path, lines(("ann", "2024-01-01", "1", 5)), transactions=source)

    assert read(query("SELECT * FROM l -- all of them")).path("transactions").exists()
    monkeypatch.setattr(opening, "stop_unless_utf8", lambda *_: pytest.fail("read a file"))
    with pytest.raises(InputError, match=r"cannot be read.*custommer"):
        read(query("SELECT *, custommer FROM l"))


def test_a_relation_of_a_query_is_not_called_like_its_result(tmp_path):
    source = {"file": None, "files": {"raw_transactions": "lines.csv"}, "sql": "SELECT * FROM raw_transactions"}
    with pytest.raises(InputError, match="do not begin with raw_"):
        make_dataset(tmp_path, lines(("ann", "2024-01-01", "1", 5)), transactions=source)
