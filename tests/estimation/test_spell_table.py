"""Extracts of spells: read as registers write them, refused by row, and telling nobody's name."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
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


def years(found: RegisterSpells) -> list[tuple[int, float, float]]:
    """Return category, start and end of each spell."""
    rows = zip(found.category, found.start, found.end, strict=True)
    return [(int(at), round(start, 3), round(end, 3)) for at, start, end in rows]


HOME, CARE = 0, 1


def test_a_row_that_stands_twice_counts_once_and_both_are_told_apart_from_overlaps(
    tmp_path: Path,
) -> None:
    found = read(
        tmp_path,
        "1;HVB;2020-01-01;2020-07-01;2008",
        "1;HVB;2020-01-01;2020-07-01;2008",
        "1;HVB;2020-04-01;2021-01-01;2008",
        "1;HVB;2021-01-01;2021-07-01;2008",
        "2;HVB;2021-01-01;2021-01-01;2008",
    )
    assert years(found) == [(CARE, 2020, 2021.5)]
    assert found.notes.rows("repeated") == (3,)
    assert found.notes.rows("joined") == (4,)
    assert found.notes.rows("timeless") == (6,)


def test_where_the_file_says_so_an_earlier_time_ends_where_a_later_begins(tmp_path: Path) -> None:
    rows = "1;HVB;2020-01-01;2022-01-01;2008", "1;Hemma;2021-01-01;;2008"
    found = read(tmp_path, *rows, lines='overlap = "ended"')
    assert years(found)[0] == (CARE, 2020, 2021)
    assert found.notes.rows("shortened") == (2,)
    with pytest.raises(ScenarioError, match='overlap = "ended"'):
        read(tmp_path, *rows)


def test_nobody_is_followed_in_a_state_that_is_left_out(tmp_path: Path) -> None:
    """Who has moved away is neither at home nor in care, and has moved to neither."""
    rows = "1;HVB;2020-01-01;2021-01-01;2008", "1;Utflyttad;2022-01-01;2023-01-01;2008"
    lines = 'between = "home"\nleft_out = ["Utflyttad"]'
    found = read(tmp_path, *rows, "1;HVB;2024-01-01;2025-01-01;2008", lines=lines)
    assert years(found)[:3] == [(CARE, 2020, 2021), (HOME, 2021, 2022), (HOME, 2023, 2024)]
    assert found.notes.rows("left_out") == (3,)
    assert years(read(tmp_path, *rows, lines=lines))[-1][:2] == (HOME, 2023)
    both = 'left_out = ["HVB"]'
    with pytest.raises(ScenarioError, match="used or left out"):
        read(tmp_path, *rows, lines=both)


@pytest.mark.parametrize(
    ("end", "begin"),
    [("2020-06-30", "2020-07-01"), ("2020-06", "2020-07"), ("2020-12-31", "2021-01-01")],
)
def test_the_last_day_may_be_included(tmp_path: Path, end: str, begin: str) -> None:
    """Else a day at home would stand between two placements that follow each other."""
    rows = f"1;HVB;2020-01-01;{end};2008", f"1;HVB;{begin};2021-06-30;2008"
    included = read(tmp_path, *rows, lines='between = "home"\nto_included = true')
    assert years(included)[0] == (CARE, 2020, 2021.5)
    assert years(read(tmp_path, *rows, lines='between = "home"'))[1][0] == HOME


def test_sums_and_footnotes_below_the_table_are_left_out_and_told(tmp_path: Path) -> None:
    row = "1;HVB;2020-01-01 00:00:00;2021-01-01T00:00;2008"
    found = read(tmp_path, row, "Summa;1;;;", "* Uppgifter före 2019 saknas;;;;")
    assert years(found) == [(CARE, 2020, 2021)]
    assert found.notes.rows("below") == (3, 4)
    with pytest.raises(ScenarioError, match=r"register\.csv:2"):
        read(tmp_path, "* En fotnot;;;;", row)


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


@pytest.mark.parametrize("dates", ["text", "days", "times"])
def test_parquet_is_read_as_csv_is_and_refused_by_the_same_rows(tmp_path: Path, dates: str) -> None:
    """Running numbers beyond what a double holds; a code for each state; an open end."""
    one, two = 2**60 + 1, 2**60 + 2
    begins = [date(2019, 3, 4), date(2020, 1, 1), date(2019, 5, 1)]
    ends = [date(2020, 1, 1), None, date(2021, 6, 1)]
    born = [date(2008, 5, 1)] * 3

    def column(values: list[date | None]) -> pa.Array:
        if dates == "text":
            return pa.array([None if day is None else day.isoformat() for day in values])
        days = pa.array(values, pa.date32())
        return days if dates == "days" else days.cast(pa.timestamp("ns"))

    def saved(states: list[str]) -> bytes:
        content = io.BytesIO()
        heads = HEAD.split(";")
        codes = pa.array(states).dictionary_encode()
        values = [pa.array([one, one, two]), codes, column(begins), column(ends), column(born)]
        pq.write_table(pa.table(dict(zip(heads, values, strict=True))), content)
        return content.getvalue()

    def text(states: list[str]) -> str:
        rows = zip([one, one, two], states, begins, ends, born, strict=True)
        return "\n".join([HEAD, *(";".join(str(x or "") for x in row) for row in rows)]) + "\n"

    good = ["HVB", "Hemma", "HVB"]
    path = estimation(tmp_path, saved(good), file="register.parquet")
    plan = load_estimation(path)
    found = read_spells(plan.files["placements"], plan.estimation.data["placements"])
    expected = read_text(tmp_path, text(good))
    for name in ("person", "category", "start", "end", "born"):
        assert np.array_equal(getattr(found, name), getattr(expected, name))
    said = []
    for name, content in (("register.parquet", saved), ("register.csv", text)):
        path = estimation(tmp_path, content(["HVB", "Hemma", "HVV"]), file=name)
        plan = load_estimation(path)
        with pytest.raises(ScenarioError) as caught:
            read_spells(plan.files["placements"], plan.estimation.data["placements"])
        said.append(str(caught.value).replace(name, "register"))
    assert said[0] == said[1]
    assert "register:4" in said[0]


def test_what_is_wrong_in_every_row_is_told_of_some_and_counted(tmp_path: Path) -> None:
    rows = [f"{who};HVB;3 maj 2019;;2008-05" for who in range(200)]
    with pytest.raises(ScenarioError) as caught:
        read(tmp_path, "0;Jourhem;2019-05-03;;2008", *rows)
    said = str(caught.value).splitlines()
    assert len(said) == 1 + 10 + 1
    assert "register.csv:2: state" in said[0]
    assert "register.csv:13: from: The same in more rows: 190 (13, 14, " in said[-1]
    with in_language("sv"):
        assert "Detsamma på fler rader: 190 (13, 14, " in caught.value.render()


def test_a_register_may_be_larger_than_the_tables_that_people_keep(tmp_path: Path) -> None:
    rows = [f"{who};HVB;2019-05-03;2020-05-03;2008" for who in range(51_000)]
    assert len(read(tmp_path, *rows).person) == 51_000
