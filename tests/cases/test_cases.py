"""What each ready case must show: who takes part, how many, and for how much."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sisim.engine.compile import compile_scenario
from sisim.engine.replications import simulate
from sisim.engine.simulation import Simulation
from sisim.engine.warm_up import run_once
from sisim.loading.load import load_scenario
from sisim.report.goal_lines import aims
from sisim.results import Results
from sisim.scenario.scenario import Scenario

SCENARIOS = Path(__file__).parents[2] / "scenarios"


def case(name: str, **changes: Any) -> Scenario:
    """Return a ready scenario, small unless told otherwise."""
    file = SCENARIOS / f"{name}.toml"
    few = {"population.residents": 4000, "time.years": 4, "time.history": 0, "replications": 1}
    written = tomllib.loads(file.read_text(encoding="utf-8"))
    if "figures" in written:
        few["figures.year"] = int(written["time"]["start"][:4])
    return load_scenario(file, {**few, **changes})


def simulated(scenario: Scenario) -> Simulation:
    """Return a run of a scenario."""
    return run_once(compile_scenario(scenario), 1, threads=1)


def participants(done: Simulation, arm: str) -> list[Any]:
    """Return the treatments of an arm."""
    return [e for e in done.enrolments.record if done.compiled.arms[e.arm] == arm]


def category(done: Simulation, attribute: str, people: list[int]) -> set[str]:
    """Return the categories of an attribute among people."""
    names = list(done.compiled.scenario.pathway.attributes[attribute].shares)
    codes = done.people.codes[done.compiled.attributes.index(attribute)]
    return {names[code] for code in codes[people]}


def test_brobyggare_in_orebro_is_given_to_families() -> None:
    """At most 60 families of Somali or Romani speakers in the area, with all their children."""
    done = simulated(case("brobyggare-orebro", **{"population.areas.area_x.share": 0.8}))
    people = done.people
    treated = participants(done, "project")
    who = [e.person for e in treated]
    assert category(done, "language", who) == {"somali", "romani"}
    assert {done.compiled.areas[a] for a in people.area[who]} == {"area_x"}
    for step in range(done.compiled.clock.start, done.compiled.clock.end):
        inside = [e.person for e in treated if e.start <= step and (e.end is None or step < e.end)]
        assert len(set(people.eldest[inside].tolist())) <= 60
    ages = [(e.start - people.born[e.person]) / 12 for e in treated]
    assert max(ages) > 13  # siblings of those of 0-12
    families = people.eldest[who]
    assert len(set(families.tolist())) < len(who)


def test_brobyggare_in_sundsvall_is_for_the_pupils_of_one_school() -> None:
    """Somali-speaking, of foreign background, at school X, each alone."""
    scenario = case("brobyggare-sundsvall")
    assert scenario.population.families is None
    done = simulated(scenario)
    who = [e.person for e in participants(done, "project")]
    assert who
    assert category(done, "language", who) == {"somali"}
    assert "native" not in category(done, "background", who)
    assert {done.compiled.areas[a] for a in done.people.area[who]} == {"school_x"}


def test_outdoor_learning_has_its_goals_and_its_baseline() -> None:
    """20-30 % of the newly arrived are eligible without it; goals of 50, 70 and 50 %."""
    scenario = case(
        "outdoor-learning",
        **{
            "population.areas.school_x.share": 0.9,
            "time.years": 14,
            "goals.newly_arrived.years": 14,
        },
    )
    goals = scenario.goals
    assert [goal.share for goal in goals.values()] == [0.5, 0.7, 0.5]
    found = {aim.name: aim for aim in aims(Results(simulate(scenario, threads=1)))}
    newly = found["newly_arrived"].shares
    assert 0.19 < newly["without"][-1] < 0.31
    assert newly["new_way"][-1] > newly["without"][-1]
    assert 0.5 < np.nanmean(found["all"].shares["without"]) < 0.7
    use = found["use"].shares["project"]
    assert use[0] < 0.3
    assert use[3] > 0.5


def test_el_sistema_begins_at_five() -> None:
    """Nobody is under five or past grade 2 when they begin, and all are at the school."""
    done = simulated(case("el-sistema"))
    treated = participants(done, "project")
    ages = [(e.start - done.people.born[e.person]) / 12 for e in treated]
    assert 5 <= min(ages) < 5.2
    assert max(ages) < 10.7
    assert {done.compiled.areas[done.people.area[e.person]] for e in treated} == {"school_y"}


def test_skolfam_follows_children_in_foster_care() -> None:
    """25 places (here 5) in the project, everybody in foster care in the new way."""
    assert case("skolfam").investments["skolfam"].capacity == 25
    done = simulated(case("skolfam", **{"investments.skolfam.capacity": 5, "time.years": 5}))
    treated = done.enrolments.treated.sum(axis=-1)
    project, new_way = (done.compiled.arms.index(arm) for arm in ("project", "new_way"))
    assert treated[project].max() == 5
    assert treated[new_way][:, -1].sum() > 0
    assert treated[project][:, -1].sum() == 0


def test_team_nystart_has_sixty_places_and_a_contract() -> None:
    """Never over 60 at a time (here 6); the investor gets back 120 % of 7.5 Mkr at most."""
    assert case("team-nystart", **{"time.years": 9}).investments["team"].capacity == 60
    scenario = case("team-nystart", **{"investments.team.capacity": 6, "time.years": 5})
    counts = simulate(scenario, threads=1)
    arm = counts.compiled.arms.index("project")
    treated = counts.replications[0].treated[arm, 0].sum(axis=-1)
    assert treated.max() == 6
    months = treated[:-1].reshape(5, 12)
    assert (months[0, :7] == 0).all()
    assert (months[3, 7:] == 0).all()
    contract = scenario.contracts["nystart"]
    capital = sum(contract.payments["capital"].by_year.values())
    assert capital == 7_500_000
    assert [one.name for one in Results(counts).contracts] == ["nystart"]
    assert contract.payments["repayment"].at_risk.value == 0.6
    cap = contract.payments["school"].cap
    assert cap is not None
    assert sum(contract.payments["repayment"].by_year.values()) + cap.value <= 1.2 * capital


@pytest.mark.parametrize(
    ("name", "arms"),
    [("early-or-late", ("early", "late")), ("general-or-targeted", ("general", "targeted"))],
)
def test_two_ways_are_compared_for_the_same_money(name: str, arms: tuple[str, str]) -> None:
    """What is invested is the same to the krona, year by year."""
    result = Results(simulate(case(name, **{"time.years": 5}), threads=1))
    costs = result.yearly_costs()
    spent = costs[costs["kind"] != "use"].groupby(["arm", "year"])["amount"].sum()
    one, other = (spent[arm].to_numpy() for arm in arms)
    np.testing.assert_allclose(one, other)
    assert one.sum() > 5_000_000


def test_a_screening_chooses_few_and_a_general_programme_everybody() -> None:
    """40 places against all pupils of two grades."""
    done = simulated(case("general-or-targeted", **{"time.years": 3}))
    treated = done.enrolments.treated.sum(axis=-1)
    number = done.compiled.arms.index
    assert treated[number("targeted")].max() == 40
    assert treated[number("general")].max() > 150


def test_early_is_given_to_families_and_late_to_teenagers() -> None:
    """Siblings of other ages take part in the one, only those of 13-16 in the other."""
    done = simulated(case("early-or-late", **{"time.years": 2}))
    ages = {
        arm: [(e.start - done.people.born[e.person]) / 12 for e in participants(done, arm)]
        for arm in ("early", "late")
    }
    assert min(ages["early"]) < 3
    assert max(ages["early"]) > 6
    assert min(ages["late"]) >= 13
    assert max(ages["late"]) < 17
