"""Aggregated tables: read as they are written, refused by row where a move would count twice."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.registers import estimation

from sisim.estimation.aggregated_extract import AggregatedCell
from sisim.estimation.estimate_file import load_estimation
from sisim.estimation.rates import read_extract
from sisim.i18n import in_language
from sisim.scenario.errors import ScenarioError

HEAD = "transition;age_from;age_below;events;person_years;persons"
ROW = "begins;0;13;40;200,5;90"


def read(folder: Path, *rows: str, head: str = HEAD) -> tuple[AggregatedCell, ...]:
    text = "\n".join([head, *rows]) + "\n"
    path = estimation(folder, text, columns="{}", lines='kind = "aggregated"')
    found = read_extract(load_estimation(path), "placements")
    assert isinstance(found, tuple)
    return found


def test_a_row_is_moves_and_person_years_of_some_ages(tmp_path: Path) -> None:
    first, last = read(tmp_path, ROW, "begins;65;;0;12;6")
    assert first == AggregatedCell(frozenset({"begins"}), (0, 13), 40, 200.5, 90)
    assert last.ages == (65, 121)


@pytest.mark.parametrize("row", ["ends;0;13;;20;", "ends;0;13;x;20;..", "ends;0;13;7;;"])
def test_a_count_that_is_not_there_is_hidden_and_never_none(tmp_path: Path, row: str) -> None:
    assert read(tmp_path, row)[0].is_hidden


def test_rows_of_other_extracts_are_left_out(tmp_path: Path) -> None:
    head = f"extract;{HEAD}"
    rows = f"placements;{ROW}", "school;absent;0;13;4;5;6"
    assert len(read(tmp_path, *rows, head=head)) == 1
    with pytest.raises(ScenarioError, match='no rows of the extract "placements"'):
        read(tmp_path, rows[1], head=head)


@pytest.mark.parametrize(
    ("row", "en", "sv"),
    [
        ("begin;0;13;4;5;6", '"begin" is not what', "”begin” är inget"),
        ("begins+ends;0;13;4;5;6", '"begins+ends" is not what', "”begins+ends” är inget"),
        ("begins;12;18;4;5;6", "Some of these ages stand in row 2", "åldrarna står också på rad 2"),
        ("ends;18;13;4;5;6", "The ages end before they begin", "Åldrarna slutar"),
        ("ends;0.5;13;4;5;6", "in whole years", "hela år"),
        ("ends;0;13;-4;5;6", "0 or more", "0 eller mer"),
        ("ends;0;13;many;5;6", '"many" is not a number', "”many” är inget tal"),
        ("ends;0;13;4;0;6", "no person-years", "inga personår"),
    ],
)
def test_what_is_wrong_is_told_by_row(tmp_path: Path, row: str, en: str, sv: str) -> None:
    for lang, said in (("en", en), ("sv", sv)):
        with pytest.raises(ScenarioError) as caught:
            read(tmp_path, ROW, row)
        with in_language(lang):  # type: ignore[arg-type]
            text = caught.value.render()
        assert said in text
        assert "register.csv:3" in text


def test_persons_need_not_be_told_but_all_else_must(tmp_path: Path) -> None:
    rows = "transition;age_from;age_below;events;person_years", "begins;0;13;40;200"
    assert read(tmp_path, rows[1], head=rows[0])[0].persons is None
    with pytest.raises(ScenarioError, match='The column "person_years" is missing'):
        read(tmp_path, "begins;0;13;40;90", head="transition;age_from;age_below;events;persons")
