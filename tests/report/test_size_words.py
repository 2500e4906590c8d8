"""Fewer residents are told of, with what has followed and what has not."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.command_line import sisim as command

import sisim
from sisim.loading.sample import changed_size, of_size
from sisim.report.size_words import size_warning, size_words

FEW = {"population.residents": 4000}


def test_what_follows_is_told_with_what_it_was() -> None:
    one = sisim.load("placed-youth", of_size(sisim.load("placed-youth"), 4000))
    (said,) = size_words(one)
    assert said.startswith("Scaled to 4,000 of 20,000 residents: places 15 of 75, start-up cost")
    assert size_warning(one) == ""


def test_what_does_not_follow_is_warned_of_with_the_remedy() -> None:
    for one in (
        sisim.load("placed-youth", FEW),
        sisim.load("placed-youth").with_values(FEW),
        sisim.load("placed-youth").with_values({"seed": 2}).with_values(FEW),
    ):
        (said,) = size_words(one)
        assert "residents is 4,000 instead of 20,000" in said
        assert "places 75" in said
        assert "--residents 4000" in said


def test_only_what_is_left_is_warned_of() -> None:
    every = of_size(sisim.load("placed-youth"), 4000)
    del every["investments.team.capacity"]
    found = changed_size(sisim.load("placed-youth", every))
    assert found is not None
    assert found.unscaled == {"investments.team.capacity": 75}


def test_a_scenario_as_its_file_says_has_nothing_to_tell() -> None:
    same = {"population.residents": 20_000, "seed": 3}
    assert size_words(sisim.load("placed-youth")) == []
    assert size_words(sisim.load("placed-youth", same)) == []


def test_without_places_and_fixed_costs_there_is_nothing_to_scale() -> None:
    one = sisim.load(Path(__file__).parents[1] / "helpers" / "trial.toml")
    free = one.with_values(
        {
            "investments.support.cost.running": 0.0,
            "investments.support.new_way.cost.running": 0.0,
            "population.residents": 500,
        }
    )
    assert size_words(free) == []


@pytest.mark.parametrize("name", ["run", "figures", "money", "sensitivity"])
def test_every_command_warns(name: str, tmp_path: Path) -> None:
    few = ("--set", "population.residents=400", "--set", "time.years=2", "--replications", "1")
    more = ("--vary", "investments.team.reach", "--workers", "1") if name == "sensitivity" else ()
    found = command(name, "placed-youth", *few, *more, "--out", str(tmp_path))
    assert "residents is 400 instead of 20,000" in found.stderr.replace("\n", " ")
    found = command(
        *(name, "placed-youth", "--residents", "400", "--set", "time.years=2"),
        *("--replications", "1", *more, "--out", str(tmp_path)),
    )
    assert "instead of" not in found.stderr
    if name != "sensitivity":
        assert "Scaled to 400 of 20,000 residents: places 2 of 75" in found.stdout


def test_a_lever_of_residents_warns_too(tmp_path: Path) -> None:
    file = tmp_path / "size.toml"
    file.write_text(
        'name = "size"\ntitle = "Size"\nscenario = "placed-youth"\narms = ["project"]\n'
        'outcomes = ["net_present_value"]\noverride = { "time.years" = 1, "time.history" = 0 }\n'
        'levers = { "population.residents" = [300, 400] }\nchance = { replications = 1 }\n'
    )
    found = command("sweep", file, "--workers", "1", "--out", tmp_path / "out")
    assert found.exit_code == 0
    assert "residents is 300 instead of 20,000" in found.stderr.replace("\n", " ")
