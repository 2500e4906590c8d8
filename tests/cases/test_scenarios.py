"""Every file in `scenarios/` is all well, runs with few people and fills the catalogue."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from helpers.command_line import sisim

from sisim.engine.replications import simulate
from sisim.i18n import LANGUAGES, each_language
from sisim.loading.file_summary import contents, kind_of
from sisim.loading.load import load_scenario
from sisim.report.economics.money_report import money_shown, money_tables, money_words
from sisim.results import Results
from sisim.scenario.types import Text

FILES = sorted((Path(__file__).parents[2] / "scenarios").glob("*.toml"))
SCENARIOS = [file for file in FILES if kind_of(str(file)) == "scenario"]
FEW = 600


@pytest.fixture(scope="module", params=SCENARIOS, ids=lambda file: file.stem)
def file(request: pytest.FixtureRequest) -> str:
    """Return the path of each scenario in turn."""
    return str(request.param)


@pytest.fixture(scope="module")
def ran(file: str) -> Results:
    """Return what comes out with few people, once."""
    return Results(simulate(load_scenario(file, few(file))))


def few(file: str) -> dict[str, Any]:
    """Return what makes a scenario one of few people and one run."""
    cohort = load_scenario(file).population.cohort is not None
    return {"replications": 1, f"population.{'cohort' if cohort else 'residents'}": FEW}


@pytest.mark.parametrize("path", FILES, ids=lambda file: file.stem)
@pytest.mark.parametrize("lang", LANGUAGES, indirect=True)
def test_every_file_is_all_well(path: Path, lang: str) -> None:
    lines = contents(str(path), {})
    assert lines[0].endswith({"sv": "inga fel.", "en": "all is well."}[lang])


def test_the_columns_of_the_catalogue_are_filled(file: str) -> None:
    catalogue = load_scenario(file).catalogue
    assert catalogue is not None
    columns: dict[str, Text | list[Text]] = dict(catalogue)
    assert len(columns) == 6
    for column, value in columns.items():
        texts = value if isinstance(value, list) else [value]
        assert texts, column
        for text in texts:
            assert text.sv.strip(), column
            assert text.en.strip(), column


def test_every_effect_says_where_it_is_from(file: str) -> None:
    for name, investment in load_scenario(file).investments.items():
        for effect in investment.effects:
            size = effect.ratio if effect.adds is None else effect.adds
            assert size.source, (name, effect.on)
            assert size.grade, (name, effect.on)


def test_it_runs_with_every_arm_and_says_what_came_out(ran: Results) -> None:
    outcomes = ran.outcomes()
    assert set(outcomes["arm"]) == {"without", *ran.scenario.arms}
    assert set(outcomes["outcome"]) == set(ran.scenario.outcomes)
    assert outcomes["value"].notna().all()
    if ran.scenario.figures is not None:
        assert ran.summary("sv") != ran.summary("en")


def test_it_can_be_reckoned_in_money_in_both_languages(ran: Results) -> None:
    arms = list(ran.scenario.arms)
    said = {lang: money_words(ran, arms) for lang in each_language()}
    assert len(said["sv"]) == len(said["en"])
    for _ in each_language():
        assert money_shown(ran, arms)
    assert not money_tables(ran, arms)["appraisal"].empty


@pytest.mark.usefixtures("unpainted")
def test_the_command_runs_it_and_writes_what_came_out(file: str, tmp_path: Path) -> None:
    given = [part for key, value in few(file).items() for part in ("--set", f"{key}={value}")]
    result = sisim("run", file, *given, "--out", str(tmp_path / "out"))
    assert result.exit_code == 0, result.output
    assert list((tmp_path / "out").glob("*.csv"))
