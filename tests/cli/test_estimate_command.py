"""`sisim estimate` from the outside: from an extract to a scenario that uses it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from helpers.command_line import sisim
from helpers.registers import PATHWAY, estimation, lives, register

from sisim.i18n import Lang
from sisim.loading.load import load_scenario
from sisim.loading.result_table import read_table

SCENARIO = f"""name = "own"
title = "Own"
pathway = "{PATHWAY.as_posix()}"
override_files = ["own.toml"]
[time]
start = "2026-01"
years = 5
[population]
residents = 1000
max_age = 30
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder in which a register has been estimated."""
    return tmp_path_factory.mktemp("own")


@pytest.fixture(scope="module")
def said(folder: Path) -> str:
    """Return what the command says of a register of a small municipality."""
    path = estimation(folder, register(lives(2, 150, begins=0.4)))
    told = sisim("estimate", str(path), "--out", str(folder / "own.toml"), "--lang", "en")
    assert told.exit_code == 0, told.stderr
    return told.stdout


def test_it_says_what_the_register_tells(said: str) -> None:
    assert "Of 2 rates on the tracks of the register 2 have been estimated." in said
    assert "ratio to the pathway's rate" in said
    assert "personal data even with running numbers" in said


def test_a_scenario_takes_what_was_written(said: str, folder: Path) -> None:
    (folder / "scenario.toml").write_text(SCENARIO, encoding="utf-8")
    rate = load_scenario(folder / "scenario.toml").pathway.transitions["begins"].rate
    assert rate is not None
    assert 0.3 < rate.value < 0.5
    assert rate.source == "Eget register, Exempelstad 2019–2025"
    assert rate.grade == "measured"
    assert rate.distribution is not None
    assert rate.distribution.name == "gamma"


def test_tables_stand_beside_it_without_small_counts(said: str, folder: Path) -> None:
    rates = read_table(folder / "own-rates.csv").set_index("transition")
    own = load_scenario(folder / "scenario.toml").pathway.transitions["ends"].rate
    assert own is not None
    assert rates.loc["ends", "rate"] == pytest.approx(own.value, rel=1e-4)
    table = read_table(folder / "own-aggregated.csv")
    for column in ("events", "persons"):
        shown = pd.to_numeric(table[column]).dropna()
        assert not ((shown > 0) & (shown < 5)).any()
    # What is hidden cannot be worked out from what the other table tells of all ages.
    for name, part in table.groupby("transition"):
        left = rates.loc[name, "events"] - pd.to_numeric(part["events"]).sum()
        assert left == 0 or part["events"].isna().sum() > 1


def test_no_person_is_in_anything_that_is_written(tmp_path: Path) -> None:
    people = [place._replace(person=7_000_000 + place.person) for place in lives(2, 60)]
    path = estimation(tmp_path, register(people))
    out = tmp_path / "told"
    told = sisim("estimate", str(path), "--out", str(out / "own.toml"))
    assert told.exit_code == 0, told.stderr
    written = b"".join(file.read_bytes() for file in out.iterdir())
    assert b"700000" not in told.output.encode() + written


def test_mistakes_are_answered_in_the_reader_s_language(tmp_path: Path) -> None:
    path = estimation(tmp_path, register(lives(2, 5)).replace("HVB", "Jourhem"))
    told = sisim("estimate", str(path), "--out", str(tmp_path / "own.toml"), "--lang", "sv")
    assert told.exit_code == 2
    assert "Tillståndet ”Jourhem” finns inte bland" in told.stderr
    told = sisim("estimate", str(path), "--out", "own.csv", "--lang", "sv")
    assert told.exit_code == 2
    assert "--out tar en fil som slutar på .toml: ”own.csv” gör inte det." in told.stderr


@pytest.mark.parametrize(("lang", "said"), [("en", "--example"), ("sv", "--example med en mapp")])
def test_without_a_file_it_says_where_to_get_one_to_try_with(lang: Lang, said: str) -> None:
    told = sisim("estimate", lang=lang)
    assert told.exit_code == 2
    assert said in told.stderr


def test_the_files_of_an_invented_municipality_are_written(tmp_path: Path) -> None:
    told = sisim("estimate", "--example", str(tmp_path / "exempelstad"))
    assert told.exit_code == 0, told.output
    names = {"placeringar.csv", "nyckeltal.csv", "estimate.toml", "calibrate.toml", "team.toml"}
    assert {path.name for path in (tmp_path / "exempelstad").iterdir()} == names
    assert load_scenario(tmp_path / "exempelstad" / "team.toml").population.residents == 20_000
