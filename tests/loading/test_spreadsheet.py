"""Tables that people keep elsewhere are read as they are, and a bad one is answered."""

import csv
import io
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from sisim.loading.formula_injection import neutralised
from sisim.loading.spreadsheet import read_sheet
from sisim.scenario.errors import ScenarioError

COLUMNS = {"name": ("Namn", "Name"), "size": ("Storlek", "Size")}


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_the_separator_is_whichever_the_first_row_has(tmp_path: Path, separator: str) -> None:
    file = tmp_path / "table.csv"
    file.write_text(f"NAMN{separator}other{separator}size\na{separator}b{separator}3\n\n")
    sheet = read_sheet(file, COLUMNS)
    assert [row.values for row in sheet.rows] == [{"name": "a", "size": "3"}]
    assert sheet.unread == ("other",)
    assert sheet.rows[0].place.line == 2


def test_a_cell_of_several_lines_does_not_move_the_lines_after_it(tmp_path: Path) -> None:
    file = tmp_path / "table.csv"
    file.write_text('name,size\n"one\ntwo",1\nthree,2\n')
    assert [row.place.line for row in read_sheet(file, COLUMNS).rows] == [2, 4]


def test_a_workbook_is_read_as_a_file_of_commas_is(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["Namn", "Storlek"], ["Å", 3], ["B", 2.5], [None, None]):
        sheet.append(row)
    book.save(tmp_path / "table.xlsx")
    rows = read_sheet(tmp_path / "table.xlsx", COLUMNS).rows
    assert [row.values for row in rows] == [
        {"name": "Å", "size": "3"},
        {"name": "B", "size": "2.5"},
    ]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("none.csv", None, "There is no file"),
        ("table.pdf", b"a", "read from .csv, .xlsx or"),
        ("table.csv", b"", "The table is empty"),
        ("table.csv", b"\xff\xfe", "The table is empty"),
        ("table.csv", b"\xff\xfea", "not text in UTF-8"),
        ("table.csv", "name\nå".encode() + b"\xff", ":2: .*not text in UTF-8"),
        ("table.csv", b"name\n\x00", ":2: .*not text in UTF-8"),
        ("table.csv", b'name\nb\n"open', ":3: A quotation mark opens"),
        ("table.csv", b'name\n"a"b\n', ":2: Something stands after the quotation mark"),
        ("table.csv", b"name\n" + b"a" * 140_000, ":2: A cell has more than 131,072"),
        ("table.csv", b"name\n" + b"a;" * 260_000, "more than 250,000 cells"),
        ("table.csv", b"name" + b" " * 16_000_000, "more than 16 MB"),
        ("table.xlsx", b"name", "no workbook"),
        ("table.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "password"),
        ("table.xlsx", b"PK\x03\x04", "damaged"),
        ("table.csv", b"names\na\n", 'The column "Namn" is missing'),
        ("table.csv", b"name,size\na,0,45\n", ":2: The row has 3 cells, which is more than"),
    ],
)
def test_a_bad_file_is_answered(
    tmp_path: Path, name: str, content: bytes | None, said: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(ScenarioError, match=said):
        read_sheet(tmp_path / name, COLUMNS, ["name"])


# ------------------------------------------------------------------------ texts with separators

ROWS = [["Namn", "Storlek", "Annat"], ['Åse, "x"; y', "0,45", "ö"], ["B", "1 250,5", ""]]
READ = [{"name": 'Åse, "x"; y', "size": "0,45"}, {"name": "B", "size": "1 250,5"}]


def saved(folder: Path, content: bytes, name: str = "table.csv") -> Path:
    """Return a file with this content."""
    (folder / name).write_bytes(content)
    return folder / name


def as_text(rows: list[list[str]], separator: str, end: str = "\r\n") -> str:
    """Return rows as a spreadsheet writes them."""
    text = io.StringIO()
    csv.writer(text, delimiter=separator, lineterminator=end).writerows(rows)
    return text.getvalue()


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("head", ["", "sep=X\r\n", '"sep=X"\r\n'])
def test_a_text_is_read_however_it_was_saved(
    tmp_path: Path, separator: str, encoding: str, end: str, head: str
) -> None:
    text = head.replace("X", separator) + as_text(ROWS, separator, end)
    sheet = read_sheet(saved(tmp_path, text.encode(encoding)), COLUMNS, COLUMNS)
    assert [row.values for row in sheet.rows] == READ
    assert sheet.rows[0].place.line == 2 + bool(head)


@pytest.mark.parametrize(
    "text",
    [
        '"namn,storlek";\n"A,";980\n',
        "namn,storlek;\nA,;980\n",
        '"namn,storlek"\n"A,980"\n',
        '"namn;storlek"\n"A;980"\n',
        "sep=,\nnamn;storlek\nA;980\n",
        '"namn\tstorlek",\n"A\t",980\n',
        "Vår tabell 2026;\n;\nnamn;storlek\nA;980\n",
    ],
)
def test_a_line_that_stands_in_one_cell_is_read_as_it_was(tmp_path: Path, text: str) -> None:
    file = saved(tmp_path, text.encode())
    (row,) = read_sheet(file, COLUMNS, COLUMNS, {"size": ()}).rows
    assert (row.values["name"], row.amounts["size"]) == ("A", 980)


def test_what_is_filled_in_beside_a_full_line_is_refused(tmp_path: Path) -> None:
    file = saved(tmp_path, b'"namn,storlek";\n"A,5";980\n')
    with pytest.raises(ScenarioError, match=":2: The row has 3 cells, which is more than"):
        read_sheet(file, COLUMNS, COLUMNS)


def test_the_other_numbers_of_a_column_or_of_the_file_settle_what_a_comma_is(
    tmp_path: Path,
) -> None:
    columns, numbers = {"a": ("a",), "b": ("b",)}, {"a": (), "b": ()}
    file = saved(tmp_path, b"a;b\n250,000;1\n1,250,000;2\n")
    assert [row.amounts["a"] for row in read_sheet(file, columns, (), numbers).rows] == [
        250_000,
        1_250_000,
    ]
    file = saved(tmp_path, b"a;b\n250,000;0,5\n")
    assert read_sheet(file, columns, (), numbers).rows[0].amounts["a"] == 250
    file = saved(tmp_path, b"a;b\n250,000;7\n")
    assert "250000 or as 250:" in str(read_sheet(file, columns, (), numbers).rows[0].amounts["a"])


@given(st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1, max_size=20))
def test_a_text_that_was_made_harmless_is_read_as_it_was(text: str) -> None:
    text = text.strip() or "x"
    with tempfile.TemporaryDirectory() as folder:
        content = as_text([["name", "size"], [neutralised(text), "1"]], ",")
        (row,) = read_sheet(saved(Path(folder), content.encode()), COLUMNS).rows
    assert row.values["name"] == text
