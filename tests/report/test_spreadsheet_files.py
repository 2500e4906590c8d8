"""Tables for spreadsheet programs: nothing in them is run, and what is filled in is read back."""

import csv
import io
import tempfile
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from sisim.i18n import LANGUAGES, Lang, in_language
from sisim.loading.spreadsheet import SUFFIXES, read_sheet
from sisim.report.spreadsheet_files import FillInTable, csv_of_rows, csv_text

HARMFUL = ["=1+1", "+46 8", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n@x", " =HYPERLINK(1)"]
COLUMNS = {"name": ("Name", "Namn"), "size": ("Size", "Storlek")}


@pytest.mark.parametrize("text", HARMFUL)
def test_no_text_of_a_result_begins_as_a_formula_does(text: str) -> None:
    table = pd.DataFrame({text: [text, -2.5, None], "n": [-1.5, 2, float("nan")]})
    rows = list(csv.reader(io.StringIO(csv_text(table))))
    safe = f"'{text}".replace("\r", "\n")
    assert rows == [[safe, "n"], [safe, "-1.5"], ["-2.5", "2.0"], ["", ""]]
    assert csv_text(pd.DataFrame({"a": pd.Categorical([text])})).count("'") == 1
    assert csv_of_rows([[text, -2.5, None]])[:3].strip('"').startswith("'")


def test_tables_without_such_texts_are_written_as_they_were() -> None:
    table = pd.DataFrame({"a": ["x", "-5", None], "b": [1, 2, 3], "c": [-0.1, 1e-7, float("nan")]})
    assert csv_text(table) == table.to_csv(index=False, lineterminator="\n")


@pytest.mark.parametrize("lang", LANGUAGES, indirect=True)
@pytest.mark.parametrize("text", HARMFUL)
def test_no_text_of_a_workbook_is_a_formula(text: str, lang: Lang, tmp_path: Path) -> None:
    FillInTable("T", ["Name", text], [[text, None]]).write(tmp_path / "t.xlsx", ".xlsx")
    sheet = load_workbook(tmp_path / "t.xlsx").active
    assert sheet is not None
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value]
    assert [cell.data_type for cell in cells] == ["s", "s", "s"]
    assert all(cell.value.startswith(("Name", "'")) for cell in cells)


@settings(max_examples=60)
@given(
    rows=st.lists(
        st.tuples(
            st.text(st.characters(exclude_categories=["C"]), max_size=12).map(str.strip)
            | st.sampled_from(HARMFUL).map(str.strip),
            st.none()
            | st.integers(0, 10**9)
            | st.floats(0, 1e9).map(lambda value: float(f"{value:.6g}")),
        ),
        min_size=1,
        max_size=5,
    ),
    suffix=st.sampled_from(SUFFIXES),
    lang=st.sampled_from(LANGUAGES),
)
def test_what_is_written_to_be_filled_in_is_read_back(
    rows: list[tuple[str, float | None]], suffix: str, lang: Lang
) -> None:
    with tempfile.TemporaryDirectory() as folder, in_language(lang):
        file = Path(folder) / f"table{suffix}"
        headings = ["Namn", "Storlek"] if lang == "sv" else ["Name", "Size"]
        FillInTable("T", headings, rows).write(file, suffix)
        read = read_sheet(file, COLUMNS, COLUMNS, {"size": ()}).rows
    filled = [row for row in rows if row[0] or row[1] is not None]
    assert [row.values["name"] for row in read] == [name for name, _ in filled]
    assert [row.amounts.get("size") for row in read] == [
        value if value is None else pytest.approx(value) for _, value in filled
    ]


def test_a_swedish_spreadsheet_program_finds_its_separator_and_decimal_mark(
    tmp_path: Path,
) -> None:
    table = FillInTable("T", ["Mått", "värde"], [["å, ä", 2.5], ["b", 1.125]])
    with in_language("sv"):
        table.write(tmp_path / "t.csv", ".csv")
    content = (tmp_path / "t.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    # Three decimals might be thousands: a fourth tells them apart.
    assert content.decode("utf-8-sig") == "Mått;värde\r\nå, ä;2,5\r\nb;1,1250\r\n"
