import sys

import pytest

from analysis.errors import InputError
from analysis.tables.sources.files import locate, natural, state_of, stop_if_changed
from tests.tables.sources.opened import listed


def write(folder, files):
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def test_numbers_in_names_sort_by_value():
    names = ["2011-10.csv", "2011-2.csv", "2011-1.csv", "a10", "a9", "A1"]
    assert sorted(names, key=natural) == ["2011-1.csv", "2011-2.csv", "2011-10.csv", "A1", "a9", "a10"]


def test_a_pattern_names_all_its_files_and_finds_a_new_one_without_an_edit(tmp_path):
    for month in (10, 2):
        (tmp_path / f"2011-{month}.csv").write_text(f"id,n\nm{month},1\n", encoding="utf-8")
    assert listed(tmp_path, file="*.csv") == [("m2", "1", "2011-2.csv"), ("m10", "1", "2011-10.csv")]
    (tmp_path / "2011-11.csv").write_text("id,n\nm11,1\n", encoding="utf-8")
    assert [row[0] for row in listed(tmp_path, file="*.csv")] == ["m2", "m10", "m11"]


def test_two_stars_reach_into_folders_and_names_tell_where_a_row_came_from(tmp_path):
    write(tmp_path, {"sales/2011/a.csv": "id\n1\n", "sales/2012/a.csv": "id\n2\n"})
    assert listed(tmp_path, file="sales/**/*.csv") == [("1", "2011/a.csv"), ("2", "2012/a.csv")]


def test_brackets_and_question_marks_are_parts_of_names(tmp_path):
    (tmp_path / "sales [2011]?.csv").write_text("id\n1\n", encoding="utf-8")
    assert listed(tmp_path, file="sales [2011]?.csv") == [("1", "sales [2011]?.csv")]
    assert listed(tmp_path, file="*[2011]?.csv") == [("1", "sales [2011]?.csv")]


def test_a_pattern_leaves_out_what_excel_keeps_beside_an_open_workbook(tmp_path):
    write(tmp_path, {"~$a.csv": "", "a.csv": "id\n1\n"})
    assert [path.name for path in locate("*.csv", tmp_path, "here").paths] == ["a.csv"]


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("*.xlsx", r"no file matches the pattern.*holds a\.csv, b\.csv, sub"),
        ("nowhere/*.csv", "nowhere holds nothing, it does not exist"),
        ("sub", r"a folder stands where a file should.*Write sub/\*\.txt"),
        ("a.cvs", r"the file does not exist.*Did you mean a\.csv"),
        ("b.csv", "the file is empty"),
        ("*.csv", "the file is empty.*b.csv"),
        ("package:no_such_package/a.csv", "not installed"),
        ("~no_such_user/a.csv", "the path leads nowhere.*home directory"),
        ("a" * 300 + ".csv", "the path leads nowhere.*File name too long"),
    ],
)
def test_a_wrong_path_says_what_is_there(tmp_path, file, expected):
    write(tmp_path, {"a.csv": "id\n1\n", "b.csv": "", "sub/c.txt": "x"})
    with pytest.raises(InputError, match=expected):
        locate(file, tmp_path, "here")


def test_a_file_inside_a_package_is_found(tmp_path, monkeypatch):
    write(tmp_path, {"shopdata/__init__.py": "", "shopdata/a.csv": "id\n1\n"})
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    assert locate("package:shopdata/a.csv", tmp_path / "elsewhere", "here").paths[0].name == "a.csv"


def test_a_file_that_was_written_to_or_removed_meanwhile_stops_the_run(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("id\n1\n", encoding="utf-8")
    before = state_of([path])
    stop_if_changed(before)
    path.write_text("id\n1\n2\n", encoding="utf-8")
    with pytest.raises(InputError, match="changed while it was read"):
        stop_if_changed(before)
    path.unlink()
    with pytest.raises(InputError, match="changed while it was read"):
        stop_if_changed(before)


def test_files_of_several_kinds_are_no_single_input(tmp_path):
    write(tmp_path, {"a.csv": "id\n1\n", "a.parquet": "x"})
    with pytest.raises(InputError, match="several kinds"):
        listed(tmp_path, file="a*")
