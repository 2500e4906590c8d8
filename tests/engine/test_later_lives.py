"""Later lives are what simulated people live, and what a calculation by hand gives."""

import numpy as np
import pytest
from helpers.later import OLD, later
from hypothesis import given, settings
from hypothesis import strategies as st

from sisim.engine.cohort import NotExact, expected
from sisim.engine.later_lives import alone, classes, later_lives
from sisim.engine.replications import simulate
from sisim.loading.load import authored_pathway
from sisim.scenario.scenario import Population

PEOPLE = 20_000


def test_simulated_people_live_the_lives_that_are_expected() -> None:
    scenario = later()
    one, lives = scenario.continuation, later_lives(scenario)
    assert one is not None
    for number, told in enumerate(lives.classes):
        if told["tracks", "work"] == "working" and told["attributes", "sex"] == "man":
            continue  # two of four kinds are enough
        tail = lives.tail.model_copy(
            update={
                "attributes": {
                    name: one_of.model_copy(
                        update={
                            "shares": {
                                category: share.model_copy(
                                    update={"value": float(told["attributes", name] == category)}
                                )
                                for category, share in one_of.shares.items()
                            }
                        }
                    )
                    for name, one_of in lives.tail.attributes.items()
                }
            }
        )
        people = alone(tail, one, 10).model_copy(
            update={
                "population": Population(
                    cohort=PEOPLE, age=10.0, start={"work": told["tracks", "work"]}
                )
            }
        )
        counts = simulate(people, seed=3, replications=4)
        used = counts.used("use")
        per_run = (used.states[:, 0, :-1] + used.events[:, 0]).sum(axis=(1, 2)) / PEOPLE
        error = per_run.std(axis=0, ddof=1) / np.sqrt(len(per_run))
        missed = np.abs(per_run.mean(axis=0) - lives.units[-1, number].sum(axis=0))
        # Four runs tell their spread badly: what one person varies by at most is added.
        assert (missed < 4 * error + 0.02 * lives.units[-1, number].sum(axis=0) + 1e-9).all()


def test_a_life_of_constant_risk_is_what_the_formula_gives() -> None:
    tail = {
        **OLD,
        "factors": {**OLD["factors"], "age": {**OLD["factors"]["age"], "values": [1, 1, 1]}},
    }
    lives = later_lives(later(time={"start": "2026-01", "years": 1, "tail": tail}))
    survives = np.exp(-0.02 / 4)
    for number, age in enumerate(lives.ages):
        quarters = 4 * (14 - age)
        expected_years = (1 - survives**quarters) / (1 - survives) / 4
        assert np.allclose(lives.alive[number].sum(axis=-1), expected_years)


def test_quality_weights_of_one_are_the_years_lived() -> None:
    lives = later_lives(later())
    assert np.allclose(lives.weights[..., 0], lives.alive)


def test_nothing_is_expected_after_the_end_of_the_tail() -> None:
    lives = later_lives(later())
    for number, age in enumerate(lives.ages):
        assert not lives.units[number, :, 14 - age :].any()
        assert lives.units[number, :, 14 - age - 1].any()


def test_the_exact_cohort_of_the_tail_gives_the_mean_of_the_lives() -> None:
    """`expected` mixes all backgrounds and starts; its mean is that of the classes by weight."""
    scenario = later()
    one, lives = scenario.continuation, later_lives(scenario)
    assert one is not None
    course = expected(alone(lives.tail, one, 10)).result
    used = course.used("use")
    whole = (used.states[0, 0, :-1] + used.events[0, 0]).sum(axis=(0, 1))
    weights = []
    for told in lives.classes:
        sex = lives.tail.attributes["sex"].shares[told["attributes", "sex"]].value
        placed = lives.tail.attributes["placed"].shares[told["attributes", "placed"]].value
        weights.append(sex * placed / 2)  # who begins where is even in `alone`
    assert np.allclose(np.array(weights) @ lives.units[-1].sum(axis=1), whole)


def test_combinations_are_numbered_as_the_kernel_numbers_them() -> None:
    one = later().continuation
    assert one is not None
    sizes = [len(mapped.names) for mapped in one.parts.values()]
    for code, told in enumerate(classes(one)):
        digits = np.unravel_index(code, sizes)
        assert list(told.values()) == [
            mapped.names[digit] for mapped, digit in zip(one.parts.values(), digits, strict=True)
        ]


@given(ratio=st.floats(0.2, 3.0))
@settings(max_examples=10)
def test_who_is_idle_at_first_produces_less(ratio: float) -> None:
    tail = {
        **OLD,
        "transitions": {
            **OLD["transitions"],
            "finds": {**OLD["transitions"]["finds"], "rate": 0.6 * ratio},
        },
    }
    lives = later_lives(later(time={"start": "2026-01", "years": 1, "tail": tail}))
    produced = lives.units[..., 0].sum(axis=-1)
    for number, told in enumerate(lives.classes):
        if told["tracks", "work"] == "idle":
            busy = lives.classes.index({**told, ("tracks", "work"): "working"})
            assert (produced[:, number] < produced[:, busy]).all()


def test_a_scenario_that_is_gone_on_from_has_no_exact_course() -> None:
    with pytest.raises(NotExact, match=r"time\.tail"):
        expected(later())


def test_the_tail_is_a_pathway_by_itself() -> None:
    assert authored_pathway(OLD).continues["young"].until == 14


def test_another_price_computes_no_life_anew() -> None:
    scenario = later()
    lives = later_lives(scenario)
    dearer = later_lives(scenario.with_values({"time.tail.resources.care.price": 9}))
    assert dearer.units is lives.units
    assert dearer.tail.resources["care"].price.value == 9
    slower = later_lives(scenario.with_values({"time.tail.transitions.finds.rate": 0.1}))
    assert slower.units is not lives.units
