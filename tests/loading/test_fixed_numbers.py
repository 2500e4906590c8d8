"""Numbers without an owner may be formulas, worked out as the file is read: no draw moves them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_origin

import pytest
from helpers.small_files import Change, Write
from pydantic import BaseModel

import sisim
from sisim.analysis.variants import MoneyPaths, Variants
from sisim.loading.load import authored, authored_scenario, changed, load_pathway, load_scenario
from sisim.report.register_table import formula_rows
from sisim.scenario import fields
from sisim.scenario.condition import Condition
from sisim.scenario.errors import ScenarioError
from sisim.scenario.numbers import derived, followers, with_numbers
from sisim.scenario.pathway import FactorFile
from sisim.scenario.register import assumptions
from sisim.scenario.scenario import Scenario
from sisim.scenario.types import Distribution, Number

ROOT = Path(__file__).parents[2]
FILES = (
    *("every-number", "ev1", "measured", "trial", "cohort"),
    *("placed-youth", "outcome-contract", "peterborough", "portfolio", "sick-leave-contract"),
)
PARAMETERS: Change = (
    "[attributes.risk]",
    "[parameters]\nedge = 12\nten = 10\n\n[attributes.risk]",
)
EDGES: Change = ("below = [12, 18]", 'below = ["edge", "edge * 1.5"]')
TARGET: Change = ("age = { from = 3, below = 12 }", 'age = { from = 3, below = "edge" }')
YEARS: Change = ("years = 10", 'years = "ten"')
SIZE: Change = ("residents = 1000", 'residents = "ten * 100"')


def found(name: str) -> Scenario:
    """Return a scenario of the tests, or a ready one."""
    own = ROOT / "tests" / "helpers" / f"{name}.toml"
    return sisim.load(own if own.exists() else name)


def plain(node: Any, kind: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every number in tables that stands where no `Number` may."""
    options = list(fields.alternatives(kind))
    if any(isinstance(o, type) and issubclass(o, Number | Distribution) for o in options):
        return
    if set(options) in ({int}, {float}) and isinstance(node, int | float):
        yield path
    for key, part in (
        node.items()
        if isinstance(node, dict)
        else enumerate(node)
        if isinstance(node, list)
        else ()
    ):
        for option in options:
            origin: Any = get_origin(option)
            below = None
            if isinstance(option, type) and issubclass(option, BaseModel):
                below = fields.keys(option).get(key)
            elif origin is (dict if isinstance(node, dict) else list):
                below = get_args(option)[-1]
            if below is not None and FactorFile not in fields.alternatives(below):
                yield from plain(part, below, (*path, key))


def test_they_are_found_in_every_kind_of_table() -> None:
    keys = {".".join(str(k) for k in path) for path in plain(authored(found("trial")), Scenario)}
    assert {
        "time.years",
        "population.residents",
        "pathway.factors.by_age.below.0",
        "investments.support.target.features.age.below",
    } <= keys
    assert not any("rate" in key or "ratio" in key for key in keys)
    assert Condition in fields.alternatives(
        fields.keys(type(found("trial").investments["support"]))["target"]
    )


@pytest.mark.parametrize("name", FILES)
def test_a_formula_of_the_same_value_gives_the_same_scenario(name: str) -> None:
    """For every such number that there is, all at once: each by a formula of a parameter."""
    numbers = authored(found(name))
    formulas = authored(found(name))
    for data in (numbers, formulas):
        data["parameters"] = {**data.get("parameters", {}), "unity": 1}
    paths = list(plain(numbers, Scenario))
    assert paths
    for n, path in enumerate(paths):
        table = formulas
        for key in path[:-1]:
            table = table[key]
        table[path[-1]] = f"unity * {table[path[-1]]!r} + 0 * {n}"
    scenario = authored_scenario(formulas)
    assert scenario.model_dump() == authored_scenario(numbers).model_dump()
    assert set(scenario.fixed) == set(paths)
    assert changed(scenario, {"seed": scenario.seed}).fixed == scenario.fixed


@pytest.fixture
def named(write: Write) -> Scenario:
    """Return a small scenario with edges, a target group, a length and a size by formulas."""
    return load_scenario(write(PARAMETERS, EDGES, TARGET, YEARS, SIZE))


def of(scenario: Scenario) -> tuple[Any, ...]:
    """Return the numbers of it that formulas give."""
    asked: Any = scenario.investments["support"].target.features["age"]
    edges = scenario.pathway.factors["by_age"].below
    return edges, asked.below, scenario.time.years, scenario.population.residents


def test_they_follow_the_parameters_that_a_user_sets(named: Scenario) -> None:
    assert of(named) == ([12.0, 18.0], 12.0, 10.0, 1000)
    expected = ([8.0, 12.0], 8.0, 5.0, 500)
    values = {"parameters.edge": 8, "parameters.ten": 5}
    assert of(load_scenario(named.origin(""), values)) == expected
    assert of(changed(named, values)) == expected
    assert of(changed(changed(named, {"parameters.edge": 8}), {"parameters.ten": 5})) == expected
    assert of(sisim.Scenario(**dict(named)).with_values(values))[0] == expected[0]
    alone = load_pathway(Path(named.origin("pathway"))).with_values({"parameters.edge": 8})
    assert alone.factors["by_age"].below == [8.0, 12.0]
    assert Variants(named, retain=True).scenario_with({"parameters.edge": 8}).time.years == 10
    assert of(Variants(named).scenario_with(values)) == expected


def test_what_is_given_a_value_follows_no_more(named: Scenario) -> None:
    other = changed(named, {"time.years": 7, "parameters.ten": 5})
    assert of(other)[2:] == (7.0, 500)
    assert ("time", "years") not in other.fixed


def test_a_parameter_behind_them_is_no_matter_of_money_or_of_one_number(named: Scenario) -> None:
    assert "time.years" in followers(named)["ten"]
    assert not MoneyPaths(named).money("parameters.edge")
    with pytest.raises(LookupError):
        with_numbers(named, {"parameters.edge": 8})
    assert with_numbers(named, {"drift.inflation": 0.01}).drift.inflation.value == 0.01


def test_they_stand_in_the_register_with_their_formulas(named: Scenario) -> None:
    register = assumptions(named).set_index("key")
    assert register.loc["factors.by_age.below.1", "formula"] == "edge * 1.5"
    assert register.loc["factors.by_age.below.1", "value"] == 18
    assert "edge * 1.5" in set(formula_rows(named.pathway)["Formula"])
    assert derived(named)["time.years"] == (10.0, "ten")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (
            {"parameters.edge": {"value": 12, "low": 10, "high": 14}},
            'the same in every draw, and the parameter "edge" is uncertain',
        ),
        (
            {
                "uncertainty": {
                    "x": {
                        "distribution": "multivariate_normal",
                        "paths": ["parameters.edge"],
                        "mean": [12],
                        "covariance": [[1]],
                    }
                }
            },
            'the same in every draw, and the parameter "edge" is uncertain',
        ),
        ({"parameters.ten": 0.333}, '"ten * 100" comes to 33.3'),
        ({"parameters.ten": -1}, '"ten" comes to -1. The number must be over 0'),
        ({"time.years": "tne"}, 'There is no parameter "tne". Did you mean "ten"?'),
        ({"time.years": "1 / 0 * ten"}, 'Division by zero in "1 / 0"'),
        ({"population.residents": "200-100"}, '"200-100" should be a whole number.'),
    ],
)
def test_what_cannot_stand_there_is_answered(named: Scenario, values: Any, said: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        load_scenario(named.origin(""), values)
    assert said in str(caught.value)
