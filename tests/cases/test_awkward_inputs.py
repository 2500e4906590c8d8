"""Files as systems and people make them: each is read right, or refused by place with a remedy."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.registers import HEAD, estimation
from openpyxl import Workbook

from sisim.estimation.estimate_file import load_estimation
from sisim.estimation.spell_table import RegisterSpells, read_spells
from sisim.i18n import in_language
from sisim.loading.key_figure import KeyFigure
from sisim.loading.key_figures import FigureMapping, read_key_figures
from sisim.scenario.errors import ScenarioError

PEOPLE = 30
ROWS = [
    row
    for who in range(1, PEOPLE + 1)
    for row in (
        (f"{who}", "Hemma", "2018-01-01", "2020-03-15", "2008-05-01"),
        (f"{who}", "HVB", "2020-03-15", "2021-06-10", "2008-05-01"),
        (f"{who}", "Hemma", "2021-06-10", "", "2008-05-01"),
    )
]
Change = Callable[[Sequence[str]], Sequence[str]]


def text(
    change: Change = lambda row: row,
    *,
    head: str = HEAD,
    separator: str = ";",
    end: str = "\n",
    rows: Sequence[Sequence[str]] = ROWS,
) -> str:
    """Return an extract in which each row is changed."""
    lines = [head.split(";"), *map(change, rows)]
    return "".join(separator.join(line) + end for line in lines)


def workbook(rows: Sequence[Sequence[Any]], merged: Sequence[str] = ()) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    for cells in merged:
        sheet.merge_cells(cells)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def spells(folder: Path, content: str | bytes, file: str = "register.csv") -> RegisterSpells:
    plan = load_estimation(estimation(folder, content, file=file))  # type: ignore[arg-type]
    return read_spells(plan.files["placements"], plan.estimation.data["placements"])


UNENDED = {
    sign: text(lambda row, sign=sign: [one or sign for one in row])  # type: ignore[misc]
    for sign in ("9999-12-31", "99991231", "NULL", "-", "NaT")
}
PERIOD = ["Person", "Insats", "Period", "", "Person"]


@pytest.mark.parametrize(
    ("content", "file"),
    [
        pytest.param(text(end="\r"), "register.csv", id="Excel on a Mac"),
        pytest.param(text(separator="\t").encode("utf-16"), "register.txt", id="Unicode text"),
        pytest.param("sep=,\r\n" + text(separator=",", end="\r\n"), "register.csv", id="sep="),
        pytest.param(
            text(rows=ROWS[:45]) + "\ufeff" + text(rows=ROWS[45:]).split("\n", 1)[1],
            "register.csv",
            id="two files put together, with a mark in the middle",
        ),
        pytest.param(
            "\ufeff" + text(rows=ROWS[:45]) + "\ufeff" + text(rows=ROWS[45:]),
            "register.csv",
            id="two files put together, with their headings",
        ),
        pytest.param(
            "Rapport: Placeringar;;;;\n" + ";".join(PERIOD) + "\n" + text() + ";;;;\n" * 50,
            "register.csv",
            id="two lines of headings, and empty rows below",
        ),
        pytest.param(
            workbook([["Placeringar"], PERIOD, HEAD.split(";"), *ROWS, [None, " "]], ["C2:D2"]),
            "register.xlsx",
            id="merged headings above",
        ),
        pytest.param(text(lambda row: [f'="{one}"' for one in row]), "register.csv", id='="1"'),
        pytest.param(text(lambda row: [f"{one}\u00a0" for one in row]), "register.csv", id="nbsp"),
        pytest.param(
            text(lambda row: [*row[:2], *(one and f"{one} 00:00:00.000" for one in row[2:])]),
            "register.csv",
            id="milliseconds",
        ),
        *(pytest.param(own, "register.csv", id=f"no end: {sign}") for sign, own in UNENDED.items()),
    ],
)
def test_an_extract_is_read_as_it_was_meant(
    tmp_path: Path, content: str | bytes, file: str
) -> None:
    plain, found = spells(tmp_path, text()), spells(tmp_path, content, file)
    for name in ("person", "category", "start", "born"):
        assert np.array_equal(getattr(found, name), getattr(plain, name))
    inside = plain.end < 2026
    assert np.array_equal(found.end[inside], plain.end[inside])
    assert (found.end[~inside] > 2026).all()


def identity(row: Sequence[str], form: str) -> Sequence[str]:
    """Return a row in which some, or all, have a personal identity number that is invented."""
    return [form.format(int(row[0])), *row[1:]]


REFUSED = [
    pytest.param(
        text(lambda row: [*row, "19900101-1234"], head=f"{HEAD};klient"),
        "klient: This looks like personal identity numbers",
        "klient: Det här ser ut som personnummer",
        id="identity numbers in a column that is not read",
    ),
    pytest.param(
        text(lambda row: [*row[:4], "20080501-1234"]),
        "born: This looks like personal identity numbers",
        "born: Det här ser ut som personnummer",
        id="identity numbers as births",
    ),
    pytest.param(
        text(lambda row: identity(row, "19900101-1{:03}") if int(row[0]) < 3 else row),
        "(rows: 6 of 90)",
        "(rader: 6 av 90)",
        id="a few identity numbers",
    ),
    pytest.param(
        text(lambda row: identity(row, "19900101-T{:03}")),
        "person: This looks like personal identity numbers",
        "person: Det här ser ut som personnummer",
        id="reserve numbers",
    ),
    pytest.param(
        text(lambda row: [*row[:2], "43101", *row[3:]]),
        'register.csv:2: from: "43101" is a day as spreadsheets count them: show the column as',
        "register.csv:2: from: ”43101” är en dag så som kalkylprogram räknar dem: visa kolumnen",
        id="serial numbers of days",
    ),
    *(
        pytest.param(
            text(lambda row, born=born: [*row[:4], born]),  # type: ignore[misc]
            'born: "…" has a year of two digits: write all four',
            "born: ”…” har ett årtal med två siffror: skriv alla fyra",
            id=f"born {born}",
        )
        for born in ("080501", "08-05-01", "08")
    ),
    pytest.param(
        text().replace("2018-01-01", "2018-13-01", 1),
        'register.csv:2: from: "2018-13-01" is no date: write',
        "register.csv:2: from: ”2018-13-01” är inget datum: skriv",
        id="a month that is none",
    ),
    pytest.param(
        text(lambda row: [*row, "2017-01-01"], head=f"{HEAD};start"),
        'register.csv:1: from: The heading "start" stands over two columns: take one',
        "register.csv:1: from: Rubriken ”start” står över två kolumner: ta bort",
        id="a heading twice",
    ),
    pytest.param(
        text().encode() + b"\x00" * 20,
        "register.csv:92: The file is not text in UTF-8. Save",
        "register.csv:92: Filen är inte text i UTF-8. Spara",
        id="a file that was cut off on a full disk",
    ),
]


@pytest.mark.parametrize(("content", "en", "sv"), REFUSED)
def test_an_extract_is_refused_by_place_with_a_remedy(
    tmp_path: Path, content: str | bytes, en: str, sv: str
) -> None:
    with pytest.raises(ScenarioError) as caught:
        spells(tmp_path, content)
    assert en in str(caught.value)
    with in_language("sv"):
        assert sv in caught.value.render()
    assert "19900101" not in str(caught.value)
    assert "20080501" not in str(caught.value)


def figures(file: Path, **mapping: Any) -> list[KeyFigure]:
    said = FigureMapping.model_validate({"files": {"*": mapping}}) if mapping else None
    return list(read_key_figures([str(file)], said).figures)


def written(folder: Path, name: str, content: bytes) -> Path:
    (folder / name).write_bytes(content)
    return folder / name


KOLADA = (
    "\ufeffNyckeltal;Kommun;Kön;2022;2023\r\n"
    '"Kostnad för individ- och familjeomsorg, kr/inv (N30101)";Norrköping;T;"5 123";..\r\n'
    '"Kostnad för individ- och familjeomsorg, kr/inv (N30101)";Riket;T;4\u00a0321;4\u202f400\r\n'
    "\r\nKälla: Kolada\r\n"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252", "mac_roman"])
def test_a_key_figure_of_kolada_has_its_number_its_code_and_its_unit(
    tmp_path: Path, encoding: str
) -> None:
    said = KOLADA if encoding.startswith("utf") else KOLADA[1:].replace("\u202f", "\u00a0")
    if encoding == "mac_roman":
        said = said.replace("\r\n", "\r")
    found = figures(written(tmp_path, "kolada.csv", said.encode(encoding)))
    assert [(one.area, one.year, one.value, one.status) for one in found] == [
        ("Norrköping", 2022, 5123, "value"),
        ("Norrköping", 2023, None, "missing"),
        ("Riket", 2022, 4321, "value"),
        ("Riket", 2023, 4400, "value"),
    ]
    assert {(one.code, one.unit, one.source) for one in found} == {
        ("N30101", "kr/inv", "Källa: Kolada")
    }


SOCIALSTYRELSEN = [
    ["Tabell 5. Barn och unga med heldygnsinsats den 1 november 2023"],
    [],
    ["Kommun", "Antal", None, None, "Per 1 000", None],
    [None, "Flickor", "Pojkar", "Totalt", "Flickor", "Pojkar"],
    ["0581 Norrköping", 100, "1 120", 1220, 7.5, "8,1"],
    ["0580 Linköping", 90, "X", "..", 6.1, None],
    ["Källa: Socialstyrelsen"],
]
MERGED = {
    "cells": "A3:F6",
    "columns": {"area": "Kommun"},
    "values": {
        "Antal Flickor": {"code": "n", "sex": "women"},
        "Antal Pojkar": {"code": "n", "sex": "men"},
        "Per 1 000 Pojkar": {"code": "share", "sex": "men"},
    },
    "year": 2023,
    "label": "Heldygnsinsats",
    "source": "Socialstyrelsen",
}


def test_headings_over_others_are_those_of_them_all(tmp_path: Path) -> None:
    file = written(tmp_path, "sos.xlsx", workbook(SOCIALSTYRELSEN, ["B3:D3", "E3:F3"]))
    found = figures(file, heading_lines=2, **MERGED)
    assert [(one.code, one.area_code, one.sex, one.value, one.status) for one in found] == [
        ("n", "0580", "men", None, "suppressed"),
        ("n", "0580", "women", 90, "value"),
        ("n", "0581", "men", 1120, "value"),
        ("n", "0581", "women", 100, "value"),
        ("share", "0580", "men", None, "missing"),
        ("share", "0581", "men", 8.1, "value"),
    ]
    for wrong, en, sv in (
        (MERGED, 'The column "Antal Flickor" is missing', "Kolumnen ”Antal Flickor” saknas"),
        (
            {**MERGED, "cells": None, "heading_lines": 2},
            'Say where the headings begin, too: cells = "B4:H40"',
            "Ange också var rubrikerna börjar",
        ),
    ):
        with pytest.raises(ScenarioError) as caught:
            figures(file, **wrong)
        assert en in str(caught.value)
        with in_language("sv"):
            assert sv in caught.value.render()


PX = """{charset}AXIS-VERSION="2013";
LANGUAGES="sv","en";
MATRIX="BE0101";
CONTENTS="Folkmängd";
CONTENTS[en]="Population";
UNITS="antal";
STUB="region","kön";
HEADING="år";
VALUES("region")="0581 Norrköping",
"0580 Lin"
"köping";
VALUES("kön")="män","kvinnor";
VALUES[en]("sex")="men","women";
VALUES("år")="2022","2023";
TIMEVAL("år")=TLIST(A1,"2022"-"2023");
CODES("region")="0581","0580";
PRECISION("region","0581 Norrköping")=1;
CELLNOTE("0581 Norrköping","män","2022")="Preliminär; se not";
CONTACT="Anna; SCB";
DATASYMBOL1="uppgift saknas";
DATA=
1 2
3 ".."
"." 6
7 "-"
"""


@pytest.mark.parametrize(
    ("charset", "encoding"),
    [
        ('CHARSET="ANSI";\n', "cp1252"),
        ('CHARSET="ANSI";\nCODEPAGE="iso-8859-1";\n', "latin-1"),
        ('CODEPAGE="utf-8";\n', "utf-8-sig"),
        ("", "cp850"),
        ('CODEPAGE="cp437";\n', "cp437"),
    ],
)
def test_a_px_file_says_in_which_encoding_it_is_or_is_in_that_of_dos(
    tmp_path: Path, charset: str, encoding: str
) -> None:
    found = figures(written(tmp_path, "be.px", PX.format(charset=charset).encode(encoding)))
    values = {(one.area, one.sex, one.year): one.value for one in found}
    assert values == {
        ("0581 Norrköping", "men", 2022): 1,
        ("0581 Norrköping", "men", 2023): 2,
        ("0581 Norrköping", "women", 2022): 3,
        ("0581 Norrköping", "women", 2023): None,
        ("0580 Linköping", "men", 2022): None,
        ("0580 Linköping", "men", 2023): 6,
        ("0580 Linköping", "women", 2022): 7,
        ("0580 Linköping", "women", 2023): None,
    }


def test_a_number_with_two_readings_is_asked_about_and_one_with_a_footnote_is_refused(
    tmp_path: Path,
) -> None:
    head = "code;label;area;year;value\n"
    for said, en, sv in (
        ("A1;Antal;Motala;2023;1.234", ':2: value: "1.234" can be read as', "kan läsas som 1234"),
        ("A1;Antal;Motala;2023;3,5¹", '"3,5¹" is neither a number nor', "är varken ett tal"),
        ("A1;Antal;Motala;2022-2023;3", '"2022-2023" is no calendar year', "är inget kalenderår"),
        ("A1;Antal;Motala;2023;3;se not", "The row has 6 cells", "Raden har 6 celler"),
    ):
        with pytest.raises(ScenarioError) as caught:
            figures(written(tmp_path, "table.csv", (head + said + "\n").encode()))
        assert en in str(caught.value)
        with in_language("sv"):
            assert sv in caught.value.render()
