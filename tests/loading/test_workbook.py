"""Workbooks are read whole, whatever they say of themselves; damaged ones are answered."""

import io
import re
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from sisim.loading.cells import TableError
from sisim.loading.spreadsheet import read_sheet
from sisim.loading.workbook import STRICT, sheets
from sisim.scenario.errors import ScenarioError

COLUMNS = {"name": ("Namn", "Name"), "size": ("Storlek", "Size")}
SHEET = "xl/worksheets/sheet1.xml"


def workbook(*rows: tuple[Any, ...]) -> bytes:
    """Return a workbook with these rows in its only sheet."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def changed(content: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    """Return an archive with what `change` makes of each of its parts."""
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return made.getvalue()


def with_sheet(content: bytes, old: str, new: str) -> bytes:
    """Return a workbook whose sheet says something else."""

    def change(name: str, part: bytes) -> bytes:
        if name != SHEET:
            return part
        text, count = re.subn(old, lambda _: new, part.decode(), count=1, flags=re.DOTALL)
        assert count == 1
        return text.encode()

    return changed(content, change)


def read(folder: Path, content: bytes) -> list[dict[str, str]]:
    """Return the rows of a workbook."""
    file = folder / "table.xlsx"
    file.write_bytes(content)
    return [dict(row.values) for row in read_sheet(file, COLUMNS, COLUMNS).rows]


PLAIN = workbook(("Namn", "Storlek"), ("Å", 3), ("B", 2.5), (None, None))
ROWS = [{"name": "Å", "size": "3"}, {"name": "B", "size": "2.5"}]


@pytest.mark.parametrize("dimension", ["A1", "A1:A1", "A1:XFD1048576", "C5:D9"])
def test_what_it_says_of_its_size_is_not_believed(tmp_path: Path, dimension: str) -> None:
    said = f'<dimension ref="{dimension}"/>'
    assert read(tmp_path, with_sheet(PLAIN, "<dimension [^>]*>", said)) == ROWS


def test_a_number_in_a_cell_needs_no_decimal_mark(tmp_path: Path) -> None:
    file = tmp_path / "table.xlsx"
    file.write_bytes(workbook(("Name", "Size"), ("a", 1.125), ("b", "1,250"), ("c", "0,5")))
    rows = read_sheet(file, COLUMNS, COLUMNS, {"size": ()}).rows
    assert [row.amounts["size"] for row in rows] == [1.125, 1.25, 0.5]


def test_the_outermost_cell_there_can_be_costs_no_memory_and_is_told(tmp_path: Path) -> None:
    last = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    with pytest.raises(ScenarioError, match=r"table\.xlsx:Sheet!XFD1048576: .*no heading"):
        read(tmp_path, with_sheet(PLAIN, "</sheetData>", last))


def test_a_formula_without_a_value_is_told_by_its_cell(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"table\.xlsx:Sheet!B2: size: .*formula"):
        read(tmp_path, workbook(("Namn", "Storlek"), ("A", "=1+1")))


def test_the_value_of_a_formula_is_read(tmp_path: Path) -> None:
    content = workbook(("Namn", "Storlek"), ("A", "=1+1"))
    assert read(tmp_path, with_sheet(content, "<v ?/>|<v></v>", "<v>2</v>")) == [
        {"name": "A", "size": "2"}
    ]


def test_a_date_is_a_date(tmp_path: Path) -> None:
    content = workbook(("Namn", "Storlek"), (datetime(2026, 8, 1), 1))
    assert read(tmp_path, content)[0]["name"] == "2026-08-01"


def test_the_sheet_that_has_the_headings_is_read(tmp_path: Path) -> None:
    book = Workbook()
    first = book.active
    assert first is not None
    first.append(["Read this first"])
    hidden = book.create_sheet("old")
    hidden.append(["Namn", "Storlek"])
    hidden.append(["wrong", 1])
    hidden.sheet_state = "hidden"
    table = book.create_sheet("new")
    for row in (["A title", None], [None, None], ["Namn", "Storlek"], ["right", 2]):
        table.append(row)
    content = io.BytesIO()
    book.save(content)
    assert read(tmp_path, content.getvalue()) == [{"name": "right", "size": "2"}]


def test_lines_in_one_column_are_read_as_they_were(tmp_path: Path) -> None:
    content = workbook(("name,size", None), ("a,", 12), ("b,13", None))
    assert read(tmp_path, content) == [{"name": "a", "size": "12"}, {"name": "b", "size": "13"}]


def test_charts_alone_are_no_table() -> None:
    book = Workbook()
    book.create_chartsheet("chart")
    content = io.BytesIO()
    assert book.active is not None
    book.remove(book.active)
    book.save(content)
    with pytest.raises(TableError, match="only charts"):
        sheets(content.getvalue())


def huge(row: str, times: int) -> bytes:
    """Return a workbook whose sheet repeats something, which packs well."""
    return with_sheet(PLAIN, "<sheetData>.*</sheetData>", f"<sheetData>{row * times}</sheetData>")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (huge("<row>" + " " * 100_000 + "</row>", 400), "more than 32 MB, unpacked"),
        (huge('<row><c r="XFD1"><v>1</v></c></row>', 300_000), "more than 250,000 cells"),
        (huge("<row>" + "<c><v>1</v></c>" * 260_000 + "</row>", 1), "more than 250,000 cells"),
        (huge("<a>" * 100_000, 1), "damaged"),
        (with_sheet(PLAIN, "<worksheet", '<!DOCTYPE a [<!ENTITY b "c">]><worksheet'), "damaged"),
        (b"PK\x03\x04" + b"\x00" * 100, "damaged"),
        (with_sheet(PLAIN, 'xmlns="[^"]*"', f'xmlns="{STRICT.decode()}/main"'), "Strict Open XML"),
        (PLAIN[: len(PLAIN) // 2], "damaged"),
    ],
)
def test_what_is_too_large_or_damaged_is_told(content: bytes, said: str) -> None:
    with pytest.raises(TableError, match=said):
        sheets(content)


def answered(content: bytes) -> None:
    """Read a workbook: it is refused with a reason, or has lines in order with texts in them."""
    try:
        found = sheets(content)
    except TableError as refused:
        reason = refused.reason.text
        found = {}
    else:
        reason = "read"
    assert reason
    for lines in found.values():
        numbers = [line.number for line in lines]
        assert numbers == sorted(set(numbers))
        texts = [cell.text for line in lines for cell in line.cells.values()]
        assert all(text and text == text.strip() for text in texts)


@settings(max_examples=150)
@given(
    st.lists(
        st.tuples(st.integers(0, len(PLAIN) - 1), st.integers(0, 255)), min_size=1, max_size=4
    ),
    st.integers(0, len(PLAIN)),
)
def test_a_workbook_with_other_bytes_is_read_or_answered(
    changes: list[tuple[int, int]], end: int
) -> None:
    content = bytearray(PLAIN)
    for at, value in changes:
        content[at] = value
    answered(bytes(content))
    answered(bytes(content[:end]))


PARTS = zipfile.ZipFile(io.BytesIO(PLAIN)).namelist()


@settings(max_examples=150)
@given(
    st.sampled_from(PARTS),
    st.floats(0, 1),
    st.integers(0, 12),
    st.sampled_from([b"", b"<", b'"', b"9" * 5000, b"<c/>", b"\xff", b"-1", b"x", b"<v>1e999</v>"]),
)
def test_a_workbook_whose_parts_say_something_else_is_read_or_answered(
    part: str, at: float, removed: int, inserted: bytes
) -> None:
    def change(name: str, text: bytes) -> bytes:
        start = int(at * len(text))
        return text if name != part else text[:start] + inserted + text[start + removed :]

    answered(changed(PLAIN, change))
