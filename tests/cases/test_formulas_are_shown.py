"""A formula may stand in every place of a number, and every command that shows formulas shows it.

The files beside hold every number that the schema knows: a new one that is missing there fails.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, get_args, get_origin

import pytest
from helpers.command_line import sisim as command
from pydantic import BaseModel

import sisim
import sisim.report.explanation
from sisim.engine.compile import compile_scenario
from sisim.engine.simulation import Simulation, run_to_end
from sisim.engine.trace import diverged_people, life_history
from sisim.report.explanation import told
from sisim.report.register_table import formula_rows, register_rows
from sisim.report.risk_words import Words
from sisim.scenario import fields
from sisim.scenario.numbers import numbers
from sisim.scenario.register import assumptions
from sisim.scenario.scenario import Scenario
from sisim.scenario.types import Number

FILE = Path(__file__).parents[1] / "helpers" / "every-number.toml"
ELSEWHERE = {
    *("pathway.parameters.*", "parameters.*", "population.age_shares.*"),
    "funds.*.repayment.outcome_values.*",
}
"""Numbers that formulas name, of a closed population, and of a fund repaid by an evaluation."""
LIVES = (
    *("pathway.transitions", "pathway.factors", "pathway.entry", "drift.volumes"),
    *("pathway.tracks.health.states", "investments.support.effects"),
)
"""What lives are made of, and with them what an explained person is told."""


def schema(kind: Any, path: str = "") -> Iterator[str]:
    """Yield the place of every number that a table of this kind may have, with * for names."""
    for option in fields.alternatives(kind):
        origin: Any = get_origin(option)
        if origin is dict:
            yield from schema(get_args(option)[1], f"{path}.*")
        elif origin is list:
            yield from schema(get_args(option)[0], f"{path}.*")
        elif isinstance(option, type) and issubclass(option, Number):
            yield path.removeprefix(".")
        elif isinstance(option, type) and issubclass(option, BaseModel):
            for key, below in fields.keys(option).items():
                if (path, key) != (".time", "tail") and key != "any_of":
                    yield from schema(below, f"{path}.{key}")


def place(path: str) -> str:
    """Return a path with * for names, as `schema` has it."""
    kind: Any = Scenario
    parts = []
    for key in path.replace("seen.attribute.", "seen.").split("."):
        known = fields.keys(kind)
        parts.append(key if key in known else "*")
        kind = fields.step(kind, int(key) if key.isdigit() and key not in known else key)
    return ".".join(parts)


@cache
def by_formulas() -> tuple[Scenario, dict[str, str]]:
    """Return the scenario with a formula of its own for every number, and these by path."""
    plain = sisim.load(FILE)
    formulas = {
        path: f"one * {number.value!r} + 0 * {n}"
        for n, (path, number) in enumerate(numbers(plain, written=True))
        if not path.endswith("parameters.one")
    }
    return plain.with_values({k.removeprefix("pathway."): v for k, v in formulas.items()}), formulas


@pytest.fixture(scope="module")
def explained() -> str:
    """Return the explanations of everyone whose lives differ, in lines as long as they come."""
    scenario, _ = by_formulas()
    compiled = compile_scenario(scenario)
    simulation = Simulation(compiled, 1)
    run_to_end(simulation)
    lives = [
        life_history(
            compiled,
            simulation.people,
            int(person),
            seed=1,
            enrolments=simulation.enrolments.record,
            shares=simulation.shares,
        )
        for person in diverged_people(simulation)
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sisim.report.explanation, "WIDTH", 1000)
        return "\n\n".join(told(life, Words(compiled)) for life in lives)


def test_the_file_has_every_number_that_the_schema_knows() -> None:
    _, formulas = by_formulas()
    assert set(schema(Scenario)) - {place(path) for path in formulas} == ELSEWHERE


def test_every_formula_is_in_the_register() -> None:
    scenario, formulas = by_formulas()
    register = assumptions(scenario)
    shown = dict(zip(register["key"], register_rows(register)["Formula"], strict=True))
    expected = {path.removeprefix("pathway."): text for path, text in formulas.items()}
    assert {path: shown[path] for path in expected} == expected


def test_every_formula_of_a_pathway_is_among_its_derived_numbers() -> None:
    scenario, formulas = by_formulas()
    shown = formula_rows(scenario.pathway)
    expected = {
        path.removeprefix("pathway."): text
        for path, text in formulas.items()
        if path.startswith("pathway.")
    }
    assert dict(zip(shown["Key"], shown["Formula"], strict=True)) == expected


def test_the_pathway_command_shows_them(tmp_path: Path) -> None:
    scenario, _ = by_formulas()
    file = tmp_path / "every.toml"
    file.write_text(scenario.pathway.to_toml(), encoding="utf-8")
    found = command("pathway", file, "--out", tmp_path / "every.svg").stdout
    assert "one * 365.0" in found
    assert "tracks.health.states.ill.uses.day.amount" in "".join(found.split())


def test_every_formula_that_lives_are_made_of_is_explained(explained: str) -> None:
    """Rates, factors and effects; and what is used in states, at moves and at entry."""
    _, formulas = by_formulas()
    own = {path: text for path, text in formulas.items() if path.startswith(LIVES)}
    assert {path for path in own if ".uses." in path} >= {
        "pathway.tracks.health.states.ill.uses.day.amount",
        "pathway.transitions.gets_well.uses.day.amount",
        "pathway.entry.uses.day.amount",
        "investments.support.effects.0.instead.uses.day",
    }
    assert {path: text for path, text in own.items() if text not in explained} == {}


def test_what_is_brought_by_an_effect_is_told_where_attributes_are_redrawn(explained: str) -> None:
    """A redrawn attribute is a track in between, whose states are nobody's but its own."""
    told_of = [line for line in explained.splitlines() if "   Given instead: Support  " in line]
    assert told_of
    assert all("exposed" not in line for line in told_of)
    assert any("given" in line.rpartition("Support")[2] for line in told_of)
