"""The table of people that an evaluation has, and the truth beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sisim import load
from sisim.engine.compile import compile_scenario
from sisim.engine.replications import replication
from sisim.engine.simulation import Simulation
from sisim.engine.warm_up import run_once
from sisim.evaluation.municipality import Municipality, SimulatedMunicipalities, with_study_arms
from sisim.evaluation.study import no_queue, say
from sisim.evaluation.study_data import study_data
from sisim.scenario.scenario import Scenario

EV1 = Path(__file__).parents[1] / "helpers" / "ev1.toml"
QUEUE = {
    "investments.team.capacity": 30,
    "investments.team.selection.rule": "lottery",
    "evaluations.drawn": {
        "label": "Drawn",
        "design": "lottery",
        "index": "offered",
        "cohorts": {"from": "2026-01", "below": "2029-01"},
        "outcome": {"transition": "placed_again", "within": 12},
    },
}


def simulated(scenario: Scenario, seed: int = 1) -> Municipality:
    """Return a municipality of a scenario with one arm."""
    study = with_study_arms(scenario, scenario.arms)
    return SimulatedMunicipalities(compile_scenario(study), {"team": ["placed_again"]}).one(seed)


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    """Return EV1 with ten times as many people."""
    return load(EV1, {"population.residents": 1200})


@pytest.fixture(scope="module")
def place(scenario: Scenario) -> Municipality:
    """Return a municipality of that size."""
    return simulated(scenario)


def test_keeping_who_was_offered_changes_nothing(scenario: Scenario) -> None:
    """Bit for bit, step by step or in strides, with a queue and without."""
    for one in (scenario, load(EV1, QUEUE)):
        compiled = compile_scenario(one)
        plain = replication(run_once(compiled, 3, threads=1))
        kept = Simulation(compiled, 3, threads=1)
        kept.enrolments.keeps_offers = True
        while kept.step < compiled.clock.end:
            kept.begin()
            kept.finish()
        watched = replication(kept)
        assert kept.enrolments.offers
        for part in ("stock", "event", "entry", "arrivals", "use", "left"):
            assert np.array_equal(getattr(plain.tally, part), getattr(watched.tally, part)), part
        for part in ("started", "treated", "treated_state", "treated_before"):
            assert np.array_equal(getattr(plain, part), getattr(watched, part)), part
        assert plain.enrolments == watched.enrolments
        in_strides = Simulation(compiled, 3, threads=1)
        in_strides.enrolments.keeps_offers = True
        in_strides.advance(compiled.clock.end)
        told = [
            [(o.step, *o.people.tolist(), *o.chosen.tolist()) for o in run.enrolments.offers]
            for run in (kept, in_strides)
        ]
        assert told[0] == told[1]


def test_an_evaluation_in_the_file_changes_no_count(scenario: Scenario) -> None:
    without = scenario.model_copy(update={"evaluations": {}})
    one, other = (run_once(compile_scenario(s), 5, threads=1).tally() for s in (scenario, without))
    for part in ("stock", "event", "entry", "arrivals", "use", "left"):
        assert np.array_equal(getattr(one, part), getattr(other, part)), part


def test_what_happens_to_people_adds_up_to_what_is_counted(place: Municipality) -> None:
    """In both lives: moves told from the log, and spells, against the counts of the engine."""
    compiled, tally = place.compiled, place.simulation.tally()
    transition = compiled.transitions.index("placed_again")
    for arm in (0, place.arm("project")):
        life = place.life(arm)
        again = compiled.state("care", "again")
        since = life.step[life.to == again]
        assert (since > compiled.clock.history).sum() == tally.event[arm, :, :, transition].sum()
    less, more = (len(place.life(arm).person) for arm in (place.arm("project"), 0))
    assert less < more


def test_a_lower_risk_only_removes_events(place: Municipality, scenario: Scenario) -> None:
    data = study_data(place, "earlier", scenario.evaluations["earlier"])
    people = data.people
    assert (people["outcome_with"] <= people["outcome_without"]).all()
    mine = people["treated"]
    assert (people["outcome_with"][~mine] == people["outcome_without"][~mine]).all()
    gain = (people["outcome_without"] - people["outcome_with"])[mine].mean()
    assert data.truth_studied == pytest.approx(gain) == pytest.approx(data.truth_all)
    assert (data.participants, data.treated_later, data.reached, data.completed) == (1800, 0, 1, 1)


def test_who_is_studied_is_who_the_design_says(place: Municipality, scenario: Scenario) -> None:
    def cells(name: str) -> dict[tuple[str, bool], int]:
        people = study_data(place, name, scenario.evaluations[name]).people
        return people.groupby(["area", "post"]).size().to_dict()

    assert cells("one_year") == {("north", False): 600, ("north", True): 1800}
    assert cells("other") == {("north", True): 1800, ("south", True): 1800}
    assert set(cells("difference").values()) == {1800}
    years = study_data(place, "trend", scenario.evaluations["trend"]).people["year"]
    assert years.value_counts().to_dict() == dict.fromkeys(range(2023, 2029), 600)


def test_the_same_outcome_is_the_same_however_it_is_asked_for(
    place: Municipality, scenario: Scenario
) -> None:
    """A transition, time in the group it leads to, its resource, and what that costs."""
    spec = scenario.evaluations["other"]
    asked: list[dict[str, Any]] = [
        {"transition": "placed_again"},
        {"transition": "placed_again", "count": "events"},
        {"group": "again"},
        {"resource": "placement"},
        {"costs_of": ["social"]},
    ]
    found = []
    for one in asked:
        outcome = type(spec.outcome).model_validate({**one, "within": 12})  # type: ignore[union-attr]
        table = study_data(place, "x", spec.model_copy(update={"outcome": outcome})).people
        found.append(table["outcome"].to_numpy())
    for other in found[1:-1]:
        assert np.array_equal(found[0], other)
    assert found[-1] == pytest.approx(450_000 * found[0])


def test_follow_up_is_lost_and_registers_err_as_the_file_says(scenario: Scenario) -> None:
    spec = scenario.evaluations["other"]
    more = {
        "lost": {"share": 0.1, "more_if_treated": 0.1},
        "seen": {"attribute.need": 0.8},
        "estimator": "adjusted",
        "adjust": ["age", "attribute.need"],
    }
    erring = type(spec).model_validate({**spec.model_dump(by_alias=True), **more})
    place = simulated(load(EV1, {"population.residents": 6000}))
    true = study_data(place, "x", spec.model_copy(update={"adjust": ["attribute.need"]})).people
    people = study_data(place, "x", erring).people
    lost = people["outcome"].isna().groupby(people["treated"]).mean()
    assert lost.to_dict() == pytest.approx({False: 0.1, True: 0.2}, abs=0.02)
    right = (true["attribute.need"] == people["attribute.need"]).mean()
    assert right == pytest.approx(0.8, abs=0.02)
    assert set(people["attribute.need"]) == {"low", "high"}
    one = say(erring, study_data(place, "x", erring).people)
    assert one.lost_treated > 1.5 * one.lost_comparison > 0


def test_a_lottery_is_of_those_who_were_drawn_for_places(scenario: Scenario) -> None:
    """By their first draw; not of the months in which everyone got a place."""
    drawn = load(EV1, {**QUEUE, "investments.team.capacity": 33})
    data = study_data(simulated(drawn), "drawn", drawn.evaluations["drawn"])
    people = data.people
    assert 0 < people["treated"].sum() < len(people) < data.participants + len(people)
    by_round = people.groupby("round")["treated"].mean()
    assert ((by_round > 0) & (by_round < 1)).all()
    assert set(people["area"]) == {"north"}
    for_all = load(EV1, {**QUEUE, "investments.team.capacity": 1000})
    data = study_data(simulated(for_all), "drawn", for_all.evaluations["drawn"])
    said = say(for_all.evaluations["drawn"], data.people, no_queue(data))
    assert np.isnan(said.value)
    assert said.failed is not None
    assert "places never run out (at most 60 are used" in said.failed.in_language("en")
