"""The project catalogue: listed, filtered, exported, and read to start scenario files."""

import tomllib
from pathlib import Path

import pytest
from helpers.languages import in_swedish
from helpers.small_files import Write
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from sisim.i18n import LANGUAGES, Lang
from sisim.loading.catalogue import (
    HEADINGS,
    budget,
    entries,
    filtered,
    read_catalogue,
    slug,
    start_all,
)
from sisim.loading.files import shipped
from sisim.loading.load import load_scenario
from sisim.loading.spreadsheet import Row
from sisim.report.catalogue_table import write_catalogue
from sisim.scenario.errors import Place, ScenarioError
from sisim.scenario.types import Name

READY = "placed-youth"


def test_what_ships_is_there_for_everyone_and_ones_own_beside_it(write: Write) -> None:
    folder = write().parent
    found, problems = entries(folder)
    assert [one.source for one in found] == [str(folder / "trial.toml"), *shipped("scenario")]
    assert problems == []


def test_a_file_with_something_wrong_is_left_out_and_said(write: Write) -> None:
    folder = write(("years = 10", "years = 0")).parent
    found, problems = entries(folder)
    assert [one.source for one in found] == list(shipped("scenario"))
    assert problems[0].key == "time.years"


@pytest.mark.parametrize(
    ("wanted", "text", "found"),
    [
        ({"target_group": "HVB"}, None, True),
        ({"target_group": "foster CARE"}, None, True),
        ({"need": "TONÅRINGAR"}, None, True),
        ({"administration": "social"}, None, True),
        ({"intervention": "team"}, "institution", True),
        ({"need": "skolfrånvaro"}, None, False),
        ({}, "nowhere said", False),
    ],
)
def test_filters_take_a_part_in_either_language(
    wanted: dict[str, str], text: str | None, found: bool, tmp_path: Path
) -> None:
    ready, _ = entries(tmp_path)
    assert bool(filtered(ready, wanted, text)) == found


def test_the_budget_is_start_up_and_running_and_all_places_filled() -> None:
    none = {f"investments.team.cost.{part}": 0 for part in ("start_up", "running")}
    each = none | {"investments.team.cost.per_participant_month": 1000}
    scenario = load_scenario(READY)
    assert budget(scenario) == 500_000 + 3 * 6_750_000
    assert budget(load_scenario(READY, each)) == 1000 * 12 * 3 * 75
    free = load_scenario(READY, each)
    without = free.investments["team"].model_copy(update={"capacity": None})
    assert budget(free.model_copy(update={"investments": {"team": without}})) is None


@pytest.mark.parametrize("lang", LANGUAGES, indirect=True)
@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_what_is_exported_starts_a_file_that_says_the_same(
    tmp_path: Path, lang: Lang, suffix: str
) -> None:
    ready = [one for one in entries(tmp_path)[0] if one.source == READY]
    file = tmp_path / f"catalogue{suffix}"
    write_catalogue(ready, file, suffix)
    sheet = read_catalogue(file)
    assert sheet.unread == ()
    (started,) = start_all(sheet.rows, tmp_path)
    said = tomllib.loads(started.text)
    own = load_scenario(READY).catalogue
    assert own is not None
    assert said["name"] == READY
    assert said["catalogue"]["need"] == own.need.text
    assert said["catalogue"]["social_outcomes"] == [one.text for one in own.social_outcomes]
    running = said["investments"][READY]["cost"]["running"]["value"]
    assert 3 * running == pytest.approx(20_750_000, abs=3)
    assert said["investments"][READY]["cost"]["payer"] == "social"


def test_what_is_still_to_be_filled_in_is_what_the_check_says_and_then_it_runs(
    tmp_path: Path,
) -> None:
    ready = [one for one in entries(tmp_path)[0] if one.source == READY]
    write_catalogue(ready, tmp_path / "c.csv", ".csv")
    (started,) = start_all(read_catalogue(tmp_path / "c.csv").rows, tmp_path)
    file = tmp_path / "started.toml"
    file.write_text(started.text, encoding="utf-8")
    with pytest.raises(ScenarioError) as error:
        load_scenario(file)
    assert {problem.key for problem in error.value.problems} == {
        "population",
        f"investments.{READY}.target",
    }
    filled = started.text.replace("# [population]", "[population]")
    filled = filled.replace("# residents", "residents").replace("# target", "target")
    file.write_text(filled, encoding="utf-8")
    assert load_scenario(file).population.residents == 20_000


def test_a_catalogue_of_ones_own_may_have_few_columns_and_others_too(tmp_path: Path) -> None:
    file = tmp_path / "c.csv"
    file.write_text("Projektnamn;Behov;Anteckning\nSkolfam 2;Svag skolgång;x\n", encoding="utf-8")
    sheet = read_catalogue(file)
    (started,) = in_swedish(lambda: start_all(sheet.rows, tmp_path))
    assert sheet.unread == ("Anteckning",)
    said = tomllib.loads(started.text)
    assert (said["name"], said["catalogue"]) == ("skolfam-2", {"need": "Svag skolgång"})


def test_all_that_is_wrong_in_the_rows_is_said_at_once(tmp_path: Path) -> None:
    file = tmp_path / "c.csv"
    rows = [
        "title,budget,start,years,pathway",
        "A,much,2026,3,child-youth",
        ",1,2026,3,",
        "B,1,spring,0,",
        "C,1,2026,3,child-yuth",
        "D,1,,3,",
        "D,1,,3,",
    ]
    file.write_text("\n".join(rows), encoding="utf-8")
    with pytest.raises(ScenarioError) as error:
        start_all(read_catalogue(file).rows, tmp_path)
    found = [(problem.line, problem.key) for problem in error.value.problems]
    assert found == [
        (2, "budget"),
        (3, "title"),
        (4, "start"),
        (4, "years"),
        (5, "pathway"),
        (7, "title"),
    ]
    assert error.value.problems[4].suggestion == "child-youth"


@given(st.text(min_size=1, max_size=80))
def test_every_title_gives_a_name_that_files_may_have(title: str) -> None:
    assert TypeAdapter(Name).validate_python(slug(title))


@settings(max_examples=12)
@given(st.text(min_size=1, max_size=60).filter(lambda text: text.strip()))
def test_whatever_stands_in_a_cell_is_what_the_file_says(text: str) -> None:
    values = dict.fromkeys(HEADINGS, "") | {"title": text, "need": text}
    (started,) = start_all([Row(Place("c.csv", 2), values)], Path())
    said = tomllib.loads(started.text)
    assert said["title"] == said["catalogue"]["need"] == text


def test_a_fund_that_the_file_does_not_describe_is_called_the_fund() -> None:
    scenario = load_scenario("placed-youth")
    assert not scenario.funds
    label = scenario.payer_label("fund")
    assert (label.in_language("sv"), label.in_language("en")) == ("Fonden", "The fund")
