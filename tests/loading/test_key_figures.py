"""Files of key figures are read as they are published, and a bad one is answered by its line."""

import json
import tempfile
import zipfile
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from helpers.figure_files import TITLE, json_stat, kolada, px, row, text, workbook
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from sisim.i18n import Lang, in_language
from sisim.loading.figure_table import TableMapping
from sisim.loading.key_figure import MISSING, SUPPRESSED, KeyFigure
from sisim.loading.key_figures import FigureMapping, read_key_figures, read_mapping
from sisim.report.key_figure_words import write_figures
from sisim.scenario.errors import ScenarioError


def figures(*files: str, **mapping: Any) -> list[KeyFigure]:
    """Return what is read of files, with a mapping of all of them."""
    said = FigureMapping(files={"*": TableMapping(**mapping)})
    return list(read_key_figures(files, said).figures)


def cells(*files: str, **mapping: Any) -> list[tuple[Any, ...]]:
    """Return area, year, value and status of what is read."""
    read = figures(*files, **mapping)
    return [(one.area_code, one.year, one.value, one.status) for one in read]


# ---------------------------------------------------------------- read right, however it was saved

HEAD = "Nyckeltal;Kommun;Kön;2022;2023\r\n"
BODY = "Placerade (N30999), antal/10 000 inv;0581 Norrköping;T;1 234,5;X\r\n"
RIGHT = [("0581", 2022, 1234.5, "value"), ("0581", 2023, None, "suppressed")]


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (HEAD + BODY, "utf-8"),
        (HEAD + BODY, "utf-8-sig"),
        (HEAD + BODY, "latin-1"),
        (HEAD + BODY, "utf-16"),
        ("sep=;\r\n" + HEAD + BODY, "utf-8-sig"),
        ("Uttag 2026-03-01\r\n\r\n" + HEAD + BODY, "utf-8"),
        (HEAD + BODY.replace("1 234,5", "1.234,5"), "utf-8"),
        (HEAD + BODY.replace("1 234,5", "1\u202f234,5"), "utf-8"),
        (HEAD + BODY + "\r\nKälla: Kolada\r\n* Uppgifter för 2023 är dolda\r\n", "utf-8"),
        (HEAD + BODY.replace("0581 Norrköping", "581"), "utf-8"),
        (
            (HEAD + BODY)
            .replace(", antal", " antal")
            .replace("1 234,5", '"1,234.5"')
            .replace(";", ","),
            "utf-8",
        ),
    ],
)
def test_an_export_is_read_however_it_was_saved(
    tmp_path: Path, content: str, encoding: str
) -> None:
    assert cells(text(tmp_path, content, encoding)) == RIGHT


def test_what_stands_below_a_table_is_told_and_may_name_the_source(tmp_path: Path) -> None:
    file = text(tmp_path, HEAD + BODY + "Källa: Kolada\r\nEn not\r\n")
    read = read_key_figures([file])
    assert read.footnotes[file] == ("Källa: Kolada", "En not")
    assert {one.source for one in read.figures} == {"Källa: Kolada"}
    assert {one.unit for one in read.figures} == {"antal/10 000 inv"}
    assert {one.code for one in read.figures} == {"N30999"}


def test_per_cent_in_the_cell_is_the_unit_and_not_a_hundredth(tmp_path: Path) -> None:
    file = text(tmp_path, "Kod;Kommunkod;År;Värde\nA;0581;2023;12,3 %\n")
    (one,) = figures(file)
    assert (one.value, one.unit) == (12.3, "%")


def test_a_long_table_keeps_the_status_that_it_states(tmp_path: Path) -> None:
    file = text(tmp_path, "code,area_code,year,value,status\nA,0581,2023,,suppressed\n")
    assert cells(file) == [("0581", 2023, None, "suppressed")]


def test_a_municipality_in_a_workbook_gets_back_its_leading_zero(tmp_path: Path) -> None:
    rows = [["Kod", "Kommunkod", "År", "Värde"], ["A", 581, 2023, 2.5], ["A", 1280, 2023, None]]
    assert cells(workbook(tmp_path, {"Blad": rows})) == [
        ("0581", 2023, 2.5, "value"),
        ("1280", 2023, None, "missing"),
    ]


SHEET = [
    ["Tabell 3. Barn och unga placerade under året"],
    [None],
    [None, "Kommun", "Familjehem", "HVB", "Not"],
    [None, "0581 Norrköping", 120, "X", "a"],
    [None, "0580 Linköping", "..", 7, None],
    [None, "X = 1–3 personer", None, None, None],
]
MAPPED = {
    "sheet": "Tabell 3",
    "cells": "B3:D6",
    "values": {"Familjehem": {"code": "foster"}, "HVB": {"code": "residential", "year": 2022}},
    "year": 2023,
    "label": "Placerade under året",
    "unit": "antal",
    "source": "Socialstyrelsen",
    "missing": [],
    "suppressed": [".."],
}


def test_a_workbook_is_read_by_sheet_cells_and_columns(tmp_path: Path) -> None:
    file = workbook(tmp_path, {"Innehåll": [["Kommun", "Familjehem", "HVB"]], "Tabell 3": SHEET})
    read = figures(file, **MAPPED)
    assert [(one.code, one.area_code, one.year, one.value, one.status) for one in read] == [
        ("foster", "0580", 2023, None, "suppressed"),
        ("foster", "0581", 2023, 120, "value"),
        ("residential", "0580", 2022, 7, "value"),
        ("residential", "0581", 2022, None, "suppressed"),
    ]
    assert read[0].source == "Socialstyrelsen"


def test_the_size_that_a_workbook_states_of_itself_is_not_trusted(tmp_path: Path) -> None:
    rows = [["Kod", "Kommunkod", "År", "Värde"], ["A", "0581", 2023, 2.5], ["A", "0581", 2024, 3]]
    file = Path(workbook(tmp_path, {"Blad": rows}))
    with zipfile.ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = "xl/worksheets/sheet1.xml"
    assert b'<dimension ref="A1:D3"' in parts[name]
    parts[name] = parts[name].replace(b'ref="A1:D3"', b'ref="A1:B2"')
    with zipfile.ZipFile(file, "w") as archive:
        for part, content in parts.items():
            archive.writestr(part, content)
    assert cells(str(file)) == [("0581", 2023, 2.5, "value"), ("0581", 2024, 3, "value")]


@pytest.mark.parametrize("kind", ["csv", "px"])
def test_what_a_publisher_means_by_a_sign_is_said_in_a_mapping(tmp_path: Path, kind: str) -> None:
    """Hidden, missing and nobody: the three are told apart, and only the last is a number."""
    years = ["2021", "2022", "2023", "2024"]
    if kind == "px":
        file = px(tmp_path, years[:2], ["7", '"-"', '".."', '"."'])
    else:
        file = text(tmp_path, f"Kod;Kommunkod;{';'.join(years)}\nA;0581;7;-;..;.\n")
    usual = {one.sign: (one.value, one.status) for one in figures(file)}
    assert usual == {"": (7, "value")} | dict.fromkeys(["-", "..", "."], (None, "missing"))
    told = figures(file, zero=["-"], suppressed=[".."])
    assert {one.sign: (one.value, one.status) for one in told} == {
        "": (7, "value"),
        "-": (0, "value"),
        "..": (None, "suppressed"),
        ".": (None, "missing"),
    }


# ------------------------------------------------------------------------------------------- Kolada


def test_kolada_has_titles_units_names_and_words_of_its_terms(tmp_path: Path) -> None:
    both = row(9.1)
    both["values"] += [{"gender": "K", "value": None, "status": "Missing"}]
    both["values"] += [{"gender": "M", "value": None, "status": "Private"}]
    data = kolada(tmp_path, "data.json", [both])
    titles = kolada(tmp_path, "kpi.json", [TITLE])
    places = kolada(tmp_path, "k.json", [{"id": "0581", "title": "Norrköping", "type": "K"}])
    read = figures(titles, data, places)
    assert [(one.sex, one.value, one.status) for one in read] == [
        ("men", None, "suppressed"),
        ("total", 9.1, "value"),
        ("women", None, "missing"),
    ]
    one = read[1]
    assert (one.source, one.label) == ("Källa: Kolada", TITLE["title"])
    assert (one.unit, one.area) == ("antal/10 000 inv", "Norrköping")


def test_both_versions_of_the_api_are_read_and_deleted_values_have_none(tmp_path: Path) -> None:
    old = kolada(tmp_path, "v2.json", [row(1.0, year=2021)], next_page="https://…")
    new = kolada(
        tmp_path, "v3.json", [row(2.0, isdeleted=True), row(3.0, year=2024)], next_url=None
    )
    read = read_key_figures([old, new])
    assert [(one.year, one.value, one.status) for one in read.figures] == [
        (2021, 1.0, "value"),
        (2023, None, "deleted"),
        (2024, 3.0, "value"),
    ]
    assert read.pages_lacking == ()
    assert read_key_figures([old]).pages_lacking == ("N30999",)


def test_a_deleted_value_gives_way_to_the_one_that_stands_beside_it(tmp_path: Path) -> None:
    page = kolada(tmp_path, "data.json", [row(2.0, isdeleted=True), row(3.0)])
    assert cells(page) == [("0581", 2023, 3.0, "value")]


def test_of_a_revised_value_that_of_the_newest_file_is_kept_and_the_change_told(
    tmp_path: Path,
) -> None:
    files = [kolada(tmp_path, f"{n}.json", [row(float(n))]) for n in (1, 2)]
    said = {"1.json": {"file_date": date(2026, 3, 1)}, "2.json": {"file_date": date(2025, 3, 1)}}
    mapping = FigureMapping(files={name: TableMapping(**own) for name, own in said.items()})
    for order in (files, files[::-1]):
        read = read_key_figures(order, mapping)
        assert [one.value for one in read.figures] == [1.0]
        assert [(one.before.value, one.after.value) for one in read.revisions] == [(2.0, 1.0)]


# -------------------------------------------------------------------------------- PX and JSON-stat

SIGN = st.sampled_from(["..", ".", "-"])
NUMBER = st.integers(-(10**9), 10**9).map(lambda n: n / 8)


@given(st.data())
def test_the_same_cube_is_the_same_in_px_and_in_json_stat(data: st.DataObject) -> None:
    years = data.draw(st.lists(st.integers(1968, 2025).map(str), min_size=1, unique=True))
    drawn = st.lists(NUMBER | SIGN, min_size=2 * len(years), max_size=2 * len(years))
    values = data.draw(drawn)
    with tempfile.TemporaryDirectory() as folder:
        shown = [f'"{one}"' if isinstance(one, str) else repr(one) for one in values]
        first = figures(px(Path(folder), years, shown))
        second = figures(json_stat(Path(folder), years, values))
    assert [(one.identity, one.value, one.status) for one in first] == [
        (one.identity, one.value, one.status) for one in second
    ]
    assert {(one.area_code, one.area) for one in first} == {("0581", "Norrköping"), ("00", "Riket")}
    assert first[0].file_date == second[0].file_date == date(2025, 3, 1)
    assert first[0].licence == second[0].licence == "CC0 1.0"
    told = {(one.area_code, one.year): one.value for one in first}
    order = [(area, int(year)) for area in ("0581", "00") for year in years]
    wanted = [None if isinstance(one, str) else one for one in values]
    assert [told[at] for at in order] == wanted


# -------------------------------------------------------------------------------- refused, by line

BAD_MEASURE = "Kod;Kommunkod;År;Värde\nA;0581;2023;"


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (BAD_MEASURE + "1,234\n", "t.csv", r":2: value: .*can be read as 1234 or as 1\.234"),
        (BAD_MEASURE + "3;4\n", "t.csv", ":2: The row has 5 cells, which is more than"),
        (BAD_MEASURE + "12*\n", "t.csv", ':2: value: "12[*]" is neither a number .* mapping'),
        (BAD_MEASURE.replace("2023", "2022/23") + "1\n", "t.csv", ":2: year: .* four digits"),
        ("Kod;Kommunkod;Värde\nA;0581;1\n", "t.csv", ":2: year: No column has the year"),
        ("Kommunkod;År;Kön;Värde\n0581;2023;T;1\n", "t.csv", ":2: code: Nothing says what"),
        ("Kod;År;Kön;Värde\nA;2023;okänt;1\n", "t.csv", ':2: sex: "okänt" is no sex'),
        ("Kod;Kommun\nA;B\n", "t.csv", "No column has numbers"),
        ('{"values": [{"kpi": "N1"', "t.json", ":1: The file is not whole JSON"),
        ('{"values": [{"kpi": "N1"}]}', "t.json", r"values\[0\]: This is no row of Kolada's"),
        ('{"dataset": {}}', "t.json", "choose json-stat2"),
        ('{"class": "dataset", "id": []}', "t.json", "lacks id, size, dimension or value"),
        ('{"values": NaN}', "t.json", "not JSON"),
        ("TITLE=1;", "t.px", "no DATA"),
        ("a", "t.pdf", "Key figures are read from .json"),
    ],
)
def test_a_bad_file_is_refused_with_its_place_and_a_remedy(
    tmp_path: Path, content: str, name: str, said: str
) -> None:
    with pytest.raises(ScenarioError, match=said):
        read_key_figures([text(tmp_path, content, name=name)])


def test_numbers_that_are_not_as_many_as_the_dimensions_say_are_refused(tmp_path: Path) -> None:
    with pytest.raises(
        ScenarioError, match=r":20: .* table is 2 × 1 = 2; the numbers in the file are 3"
    ):
        figures(px(tmp_path, ["2023"], ["1", "2", "3"]))
    with pytest.raises(ScenarioError, match="2 × 1 = 2; the numbers in the file are 1"):
        figures(json_stat(tmp_path, ["2023"], [1.0]))


def test_a_formula_without_a_value_is_refused_by_its_cell(tmp_path: Path) -> None:
    rows = [["Kod", "Kommunkod", 2023], ["A", "0581", "=1+1"]]
    with pytest.raises(ScenarioError, match=r"Blad!C2: 2023: The cell has a formula without"):
        figures(workbook(tmp_path, {"Blad": rows}))


def test_a_cell_that_stands_under_no_heading_is_refused(tmp_path: Path) -> None:
    rows = [["Kod", "Kommunkod", 2023], ["A", "0581", 1, None, "n"]]
    with pytest.raises(ScenarioError, match=r"Blad!E2: This cell stands under no heading"):
        figures(workbook(tmp_path, {"Blad": rows}))


def test_a_sheet_or_a_range_that_is_not_there_is_refused(tmp_path: Path) -> None:
    file = workbook(tmp_path, {"Blad": [["Kod", "År"]]})
    with pytest.raises(ScenarioError, match=r'no sheet called "Tabell".*Blad'):
        figures(file, sheet="Tabell")
    with pytest.raises(ScenarioError, match="no range of cells"):
        figures(file, cells="B4")


def test_two_values_of_one_day_are_refused_and_both_places_told(tmp_path: Path) -> None:
    pages = [kolada(tmp_path, f"{n}.json", [row(float(n))]) for n in (1, 2)]
    with pytest.raises(ScenarioError, match=r"is 2 here and 1 in .*1\.json values\[0\]") as found:
        read_key_figures(pages)
    with in_language("sv"):
        assert "N30999, 0581, 2023, samtliga är 2 här och 1 i" in found.value.render()


def test_a_mapping_is_answered_too(tmp_path: Path) -> None:
    (tmp_path / "m.toml").write_text('[files."tabel.csv"]\nyear = 2023\nsheat = "A"\n')
    with pytest.raises(ScenarioError) as found:
        read_mapping(tmp_path / "m.toml", ["x/table.csv"])
    said = str(found.value)
    assert "m.toml:3: files.tabel.csv.sheat: " in said
    assert 'Did you mean "sheet"?' in said


# ------------------------------------------------------------------------------------------- laws


@given(sign=st.sampled_from(sorted(MISSING | SUPPRESSED)), sep=st.sampled_from(";\t,"))
def test_a_sign_in_the_place_of_a_number_is_a_status_and_never_a_number(
    sign: str, sep: str
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        lines = [["Kod", "Kommunkod", "År", "Värde"], ["A", "0581", "2023", f'"{sign}"']]
        file = text(Path(folder), "\n".join(sep.join(line) for line in lines))
        ((_, _, value, status),) = cells(file)
    assert value is None
    assert status == ("suppressed" if sign in SUPPRESSED else "missing")


NUMBERS = st.integers(-(10**14), 10**14).map(lambda n: n / 1000) | st.integers(0, 999).map(float)
"""Of fifteen figures at most, which is what a workbook keeps."""


@given(
    values=st.lists(st.none() | NUMBERS, min_size=1, max_size=5),
    suffix=st.sampled_from([".csv", ".xlsx"]),
    lang=st.sampled_from(["sv", "en"]),
)
def test_the_table_that_is_written_is_read_back_whole(
    values: list[float | None], suffix: str, lang: Lang
) -> None:
    with tempfile.TemporaryDirectory() as name, in_language(lang):
        folder = Path(name)
        page = [row(value, year=2000 + n) for n, value in enumerate(values)]
        files = (kolada(folder, "data.json", page), kolada(folder, "kpi.json", [TITLE]))
        first = list(read_key_figures(files).figures)
        write_figures(first, folder / f"figures{suffix}", suffix)
        second = figures(str(folder / f"figures{suffix}"))
        if suffix == ".xlsx":
            book = load_workbook(folder / "figures.xlsx", read_only=True)
            assert book["figures"]["D2"].value == "0581"
            book.close()
    assert [one.identity for one in first] == [one.identity for one in second]
    for field in ("value", "status", "label", "unit", "licence", "file_date"):
        assert [getattr(one, field) for one in first] == [getattr(one, field) for one in second]


JSON: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=5,
)
KEYS = ("kpi", "municipality", "period", "values", "id", "title", "gender", "value", "isdeleted")


@given(st.data())
def test_any_json_ends_in_an_answer(data: st.DataObject) -> None:
    odd = st.dictionaries(st.sampled_from(KEYS), JSON)
    whole = {"kpi": "N1", "municipality": "0581", "period": 2023}
    rows = st.builds(lambda own, more: {**whole, **more, "values": own}, st.lists(odd) | JSON, odd)
    shape = ("id", "size", "dimension", "value", "status", "role", "source", "extension")
    cube = st.dictionaries(st.sampled_from(shape), JSON)
    drawn = data.draw(st.one_of(st.lists(rows | JSON), JSON, cube))
    content = {"class": "dataset", **drawn} if isinstance(drawn, dict) else {"values": drawn}
    with tempfile.TemporaryDirectory() as folder:
        file = text(Path(folder), json.dumps(content), name="any.json")
        with suppress(ScenarioError):
            read_key_figures([file])


@given(st.data())
def test_any_px_file_ends_in_an_answer(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(px(Path(folder), ["2022", "2023"], ["1", "2", '".."', "4.5"]))
        content = file.read_bytes()
        start = data.draw(st.integers(0, len(content)))
        end = data.draw(st.integers(start, min(len(content), start + 40)))
        put = data.draw(st.sampled_from([b"", b'"', b";", b"=", b"(", b"\xff", b"DATA=", b"1e9 "]))
        file.write_bytes(content[:start] + put + content[end:])
        with suppress(ScenarioError):
            read_key_figures([str(file)])
