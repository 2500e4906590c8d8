"""What a verdict rests on: at a turning value a run of the whole scenario comes to nothing."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sisim
from sisim.analysis.switching_values import (
    EVERY_EFFECT,
    MOST,
    NEAR,
    SwitchingValue,
    Verdict,
    simulate_retained,
    table,
    verdicts,
)
from sisim.economics.appraisal import BAND_FROM
from sisim.engine.counts import Result
from sisim.engine.replications import simulate
from sisim.engine.rerun import ArmRerun
from sisim.results import Results
from sisim.scenario.scenario import Scenario

PATHWAY = Path(__file__).parents[1] / "helpers" / "small.toml"
RUNNING, RATIO = "investments.support.cost.running", "investments.support.effects.0.ratio"
REACH, PRICE = "investments.support.reach", "resources.care_day.price"


def scenario(
    *, running: float = 2e6, ratio: float = 0.5, runs: int = BAND_FROM, **more: Any
) -> Scenario:
    """Return a project for everyone who is at home, which keeps some of them there."""
    support = {
        "label": "Support",
        "start": "2026-01",
        "years": 4,
        "target": {"state.care": ["home"]},
        "reach": {"value": 0.8, "low": 0.5, "high": 1.0, "grade": "assumption"},
        "effects": [{"on": "placement", "ratio": {"value": ratio, "grade": "assumption"}}],
        "cost": {"running": {"value": running, "grade": "derived"}, "payer": "social"},
        **more,
    }
    return sisim.Scenario(
        name="made",
        title="Made",
        pathway=str(PATHWAY),
        time={"start": "2026-01", "years": 5},
        population={"residents": 1000, "max_age": 30},
        investments={"support": support},
        arms={"project": {"label": "Project", "investments": {"support": "ends"}}},
        economy={"discount_costs": 0.03},
        replications=runs,
    )


@cache
def verdict(**made: Any) -> Verdict:
    counts, retained = simulate_retained(scenario(**made))
    return verdicts(Results(counts), retained)["project"]


def net(one: Scenario, values: dict[str, float]) -> float:
    """Return the mean net of a run of the whole scenario with other values."""
    found = sisim.run(one.with_values(values)).appraisal["project"]
    return float(found.present_values["net"].mean())


def test_what_is_retained_counts_as_a_run_does() -> None:
    one = scenario(runs=7)
    counts, retained = simulate_retained(one)
    assert len(retained) == 5
    whole, own = simulate(one), Results(counts)
    assert own.seeds == whole.seeds
    assert own.digest == whole.digest
    for arm, worth in Results(whole).appraisal.items():
        assert worth.net.tolist() == own.appraisal[arm].net.tolist()


@pytest.mark.parametrize("running", [2e6, 6e6])
def test_at_a_turning_value_a_whole_run_comes_to_nothing_with_opposite_signs_on_either_side(
    running: float,
) -> None:
    found, one = verdict(running=running), scenario(running=running)
    assert found.conclusion == ("saves" if running < 4e6 else "costs")
    turning = [part for part in found.rests_on if part.turns is not None]
    assert len(turning) >= 2
    for part in turning:
        if part.key == EVERY_EFFECT:
            continue
        assert part.turns is not None
        there = net(one, {part.key: part.turns})
        # A saving comes in whole people, each of whom makes the net jump.
        jump = 4e5
        assert abs(there) <= max(NEAR * abs(found.net[0]), jump)
        most = 1.0 if part.key == REACH else np.inf
        beyond = min(part.turns + 0.1 * (part.turns - part.value), most)
        assert np.sign(net(one, {part.key: beyond})) == -np.sign(found.net[0])
        before = part.turns - 0.1 * (part.turns - part.value)
        assert np.sign(net(one, {part.key: before})) == np.sign(found.net[0])


@cache
def base() -> tuple[Result, list[ArmRerun]]:
    return simulate_retained(scenario())


@settings(deadline=None, max_examples=5)
@given(st.floats(0.2e6, 3e6))
def test_what_costs_money_turns_where_the_straight_line_says(running: float) -> None:
    """The net is linear in a cost: it is zero where the lower cost pays for it."""
    counts, retained = base()
    result = Results(counts).repriced({RUNNING: running})
    found = verdicts(result, retained)["project"]
    own = next(part for part in found.numbers if part.key == RUNNING)
    worth = result.appraisal["project"].present_values
    expected = running * float(worth["lower_cost"].mean() / worth["invested"].mean())
    if own.turns is not None:
        assert own.turns == pytest.approx(expected, rel=0.05)
        assert own.error > 0
    elif own.searched:
        assert expected > own.far


def test_the_numbers_are_ranked_by_how_much_they_weaken_the_verdict() -> None:
    found = verdict()
    moves = [abs(part.move) for part in found.numbers]
    assert moves == sorted(moves, reverse=True)
    assert all(part.move < 0 for part in found.rests_on)
    assert len(found.rests_on) == MOST
    assert {RUNNING, RATIO, REACH, PRICE, "economy.discount_costs"} <= {
        part.key for part in found.numbers
    }
    for part in found.numbers:
        assert bool(part.searched) == (part in found.rests_on)


def test_a_number_whose_range_cannot_turn_it_is_said_so() -> None:
    """What costs a krona a person saves however little it prevents, and for however few."""
    found = verdict(running=1000.0)
    assert found.conclusion == "saves"
    ends = {RATIO: 1.0, REACH: 0.0, PRICE: 0.0}
    assert {part.key: part.far for part in found.rests_on} == ends
    # But without the effect there is nothing left to save.
    turns = {RATIO: 1.0, REACH: None, PRICE: None}
    assert {part.key: part.turns for part in found.rests_on} == turns
    assert all(part.searched == BAND_FROM for part in found.rests_on)


def test_an_investment_without_effect_costs_and_nothing_that_it_costs_turns_that() -> None:
    found = verdict(ratio=1.0)
    assert found.conclusion == "costs"
    cost = next(part for part in found.numbers if part.key == RUNNING)
    assert (cost.turns, cost.far) == (None, 0.0)
    reach = next(part for part in found.numbers if part.key == REACH)
    assert reach.move == 0.0
    assert reach not in found.rests_on


def test_a_verdict_that_the_runs_do_not_carry_has_no_turning_values() -> None:
    counts, _ = simulate_retained(scenario())
    worth = Results(counts).appraisal["project"].present_values
    even = 2e6 * float(worth["lower_cost"].mean() / worth["invested"].mean())
    found = verdict(running=even)
    assert found.conclusion is None
    assert found.net[1] <= 0 <= found.net[2]
    assert found.rests_on
    assert all(part.turns is None and not part.searched for part in found.numbers)


def test_too_few_runs_have_no_verdict() -> None:
    counts, retained = simulate_retained(scenario(runs=BAND_FROM - 1))
    assert not retained
    assert verdicts(Results(counts), retained) == {}


def test_it_is_the_same_whether_the_runs_were_retained_or_are_made_anew() -> None:
    one = scenario()
    assert Results(simulate(one)).verdicts["project"] == verdict()


def test_what_takes_whole_runs_is_left_out_unless_asked_for() -> None:
    """An effect that makes everyone in an area more likely to leave a state may affect any."""
    more = {"on": "placement", "ratio": 1.5, "acts_on": "area"}
    own = {"on": "placement", "ratio": {"value": 0.5, "grade": "assumption"}}
    counts, retained = simulate_retained(scenario(effects=[own, more]))
    assert not retained
    found = verdicts(Results(counts), retained)["project"]
    assert found.omitted == len([RATIO, REACH, "the other effect", EVERY_EFFECT])
    assert {part.key for part in found.numbers} == {RUNNING, PRICE, "economy.discount_costs"}
    every = verdicts(Results(counts), retained, thorough=True)["project"]
    assert every.omitted == 0
    assert {RATIO, REACH, "transitions.placement.rate"} <= {part.key for part in every.numbers}


def test_the_table_has_a_row_for_each_number() -> None:
    found = table({"project": verdict()})
    assert found["key"].tolist() == [part.key for part in verdict().numbers]
    assert (found["conclusion"] == "saves").all()
    assert found["turns_at"].notna().sum() == sum(
        part.turns is not None for part in verdict().numbers
    )


def test_all_effects_together_turn_it_where_a_whole_run_does() -> None:
    more = {"on": "home_again", "ratio": 1.2, "scale": "relative_risk"}
    own = {"on": "placement", "ratio": {"value": 0.5, "grade": "assumption"}}
    one = scenario(effects=[own, more])
    counts, retained = simulate_retained(one)
    result = Results(counts)
    found = verdicts(result, retained)["project"]
    part: SwitchingValue = next(part for part in found.numbers if part.key == EVERY_EFFECT)
    assert part.value == 1
    if part.turns is not None:
        share = part.turns
        there = net(
            one, {RATIO: 1 - 0.5 * share, "investments.support.effects.1.ratio": 1 + 0.2 * share}
        )
        assert abs(there) <= max(NEAR * abs(found.net[0]), 4e5)
