"""Tables that people keep elsewhere are read as they are, and a bad one is answered."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from sisim.loading.spreadsheet import amount, read_sheet
from sisim.scenario.errors import ScenarioError

COLUMNS = {"name": ("Namn", "Name"), "size": ("Storlek", "Size")}


@given(st.integers(-(10**9), 10**9), st.integers(0, 99))
def test_a_number_is_the_same_in_swedish_and_in_english(whole: int, cents: int) -> None:
    swedish = f"{whole:,}".replace(",", "\N{NO-BREAK SPACE}") + f",{cents:02d}"
    english = f"{whole:,}.{cents:02d}"
    plain = float(f"{whole}.{cents:02d}")
    assert amount(swedish) == pytest.approx(plain)
    assert amount(english) == pytest.approx(plain)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3,5 mkr", 3_500_000),
        ("750 tkr", 750_000),
        ("SEK 1,250,000", 1_250_000),
        ("12 %", 0.12),
        ("\N{MINUS SIGN}4", -4),
        ("three", None),
        ("", None),
        ("inf", None),
        ("nan", None),
    ],
)
def test_a_number_may_have_its_unit(text: str, value: float | None) -> None:
    assert amount(text) == (None if value is None else pytest.approx(value))


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
        ("table.txt", b"a", "read from .csv or .xlsx"),
        ("table.csv", b"", "The table is empty"),
        ("table.csv", b"\xff\xfe", "not text in UTF-8"),
        ("table.csv", b'name\n"open', "cannot be read as a table"),
        ("table.xlsx", b"name", "cannot be read as a table"),
        ("table.csv", b"names\na\n", 'The column "Namn" is missing'),
    ],
)
def test_a_bad_file_is_answered(
    tmp_path: Path, name: str, content: bytes | None, said: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(ScenarioError, match=said):
        read_sheet(tmp_path / name, COLUMNS, ["name"])
