"""Extracts of spells: read as registers write them, refused by row, and telling nobody's name."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from helpers.registers import HEAD, estimation

from sisim.estimation.estimate_file import load_estimation
from sisim.estimation.spell_table import OPEN, RegisterSpells, read_spells
from sisim.i18n import in_language
from sisim.scenario.errors import ScenarioError


def read(folder: Path, *rows: str, head: str = HEAD, lines: str = "") -> RegisterSpells:
    return read_text(folder, "\n".join([head, *rows]) + "\n", lines=lines)


def read_text(folder: Path, text: str | bytes, lines: str = "") -> RegisterSpells:
    plan = load_estimation(estimation(folder, text, lines=lines))
    return read_spells(plan.files["placements"], plan.estimation.data["placements"])


@pytest.mark.parametrize(
    ("start", "end", "born"),
    [
        ("2020-03-01", "2021-03-01", "2008-07-01"),
        ("2020-03", "2021-03", "2008-07"),
        ("20200301", "20210301", "20080701"),
        ("2020-03-01", "2021-03-01", "2008"),
    ],
)
def test_dates_are_read_as_registers_write_them(
    tmp_path: Path, start: str, end: str, born: str
) -> None:
    found = read(tmp_path, f"1;HVB;{start};{end};{born}")
    assert found.start[0] == pytest.approx(2020 + 2 / 12)
    assert found.end[0] == pytest.approx(2021 + 2 / 12)
    assert found.born[0] == pytest.approx(2008.5)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "utf-16"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_a_file_is_read_however_it_was_saved(tmp_path: Path, encoding: str, separator: str) -> None:
    rows = [HEAD, "1;HVB;2020-03-01;;2008-07-01", "2;Hemma;2020-03-01;;2008-07-01"]
    text = "\r\n".join(rows).replace(";", separator)
    found = read_text(tmp_path, text.encode(encoding))
    assert found.category.tolist() == [1, 0]
    assert found.end.tolist() == [OPEN, OPEN]


def test_spells_in_the_same_state_that_touch_or_overlap_are_one(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "1;HVB;2020-01-01;2020-05-01;2008",
        "1;HVB;2020-05-01;2020-09-01;2008",
        "1;HVB;2020-08-01;2021-01-01;2008",
    )
    assert len(found.person) == 1
    assert (found.end - found.start)[0] == pytest.approx(1.0)


def test_gaps_are_filled_where_the_file_says_with_what(tmp_path: Path) -> None:
    rows = "1;HVB;2020-01-01;2020-05-01;2008", "1;HVB;2021-01-01;2021-05-01;2008"
    found = read(tmp_path, *rows, lines='between = "home"')
    assert found.category.tolist() == [1, 0, 1, 0]
    assert np.all(found.end[:-1] == found.start[1:])
    assert read(tmp_path, *rows).category.tolist() == [1, 1]


@pytest.mark.parametrize(
    ("row", "en", "sv"),
    [
        ("1;Jourhem;2020-01-01;;2008", '"Jourhem" is not among', "finns inte bland"),
        (
            "1;HVB;2021-01-01;2020-01-01;2008",
            "ends before it begins",
            "slutar innan den börjar",
        ),
        ("1;HVB;igår;;2008", '"igår" is no date', "inget datum"),
        ("1;HVB;2020-13-01;;2008", '"2020-13-01" is no date', "inget datum"),
        ("1;HVB;2020-02-30;;2008", '"2020-02-30" is no date', "inget datum"),
        ("1;HVB;2020-01-01;;2023-05", "begins before the birth", "före födelsen"),
        (";HVB;2020-01-01;;2008", "Nothing stands here", "Här står ingenting"),
        ("1;Hemma;2020-02-01;;2008", "a track has one state", "ett tillstånd i taget"),
    ],
)
def test_what_is_wrong_is_told_by_row(tmp_path: Path, row: str, en: str, sv: str) -> None:
    for lang, said in (("en", en), ("sv", sv)):
        with pytest.raises(ScenarioError) as caught:
            read(tmp_path, "1;HVB;2020-01-01;2020-06-01;2008", row)
        with in_language(lang):  # type: ignore[arg-type]
            text = caught.value.render()
        assert said in text
        assert "register.csv:3" in text


SECRET = "KALLE-7731"


@pytest.mark.parametrize(
    "row",
    [
        f"{SECRET};Jourhem;2020-01-01;;2008-04-17",
        f"{SECRET};HVB;2020-01-01;2019-01-01;2008-04-17",
        f"{SECRET};HVB;2020-01-01;;{SECRET}",
        f"{SECRET};HVB;2020-02-01;;2008-04-17",
    ],
)
def test_no_message_says_who_it_is_about(tmp_path: Path, row: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        read(tmp_path, f"{SECRET};Hemma;2020-01-01;;2008-04-17", row)
    assert SECRET not in str(caught.value)
    assert "2008-04-17" not in str(caught.value)


@pytest.mark.parametrize("number", ["20080417-1234", "080417-1234", "200804171234", "080477-1234"])
def test_personal_identity_numbers_stop_the_reading(tmp_path: Path, number: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        read(tmp_path, f"{number};HVB;not read;;not read", f"{number};HVB;not read;;not read")
    text = str(caught.value)
    assert "personal identity numbers (rows: 2 of 2)" in text
    assert number not in text
    assert text.count("register.csv") == 1


def test_a_column_that_is_missing_is_named_with_the_key_that_says_what_it_is_called(
    tmp_path: Path,
) -> None:
    with pytest.raises(ScenarioError) as caught:
        read(tmp_path, "1;HVB;2020-01-01;;2008", head="lopnr;placform;start;slut;fodelsear")
    assert 'The column "fodd" is missing.' in str(caught.value)
    assert 'columns = { born = "…" }' in str(caught.value)
    with in_language("sv"):
        assert "Kolumnen ”fodd” saknas. Ange vad den heter" in caught.value.render()
