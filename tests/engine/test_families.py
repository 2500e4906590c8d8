"""Families: who are siblings, what they have in common, and what they take part in together."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from helpers.strategies import (
    FAMILIES,
    World,
    arm,
    assert_same,
    investment,
    move,
    run,
    simulation,
    track,
    world,
    worlds,
)
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sisim.engine.cohort import NotExact, expected
from sisim.engine.families import progression
from sisim.engine.simulation import Simulation
from sisim.engine.tables import NEVER
from sisim.scenario.scenario import Families, Scenario

few = settings(max_examples=20)

SPEC: World = {
    "children": [0.2, 0.5, 0.2, 0.1],
    "spacing": {"between": [1, 2, 4, 6], "shares": [0.2, 0.6, 0.2]},
    "in_common": ["risk"],
}
MOVERS: World = {"per_year": 0.05, "below": [18], "shares": [0.6, 0.4]}


def town(**parts: Any) -> World:
    """Return an open population with families, in which those in `a` may go to `b` once."""
    population = {"residents": 3000, "max_age": 20, "families": SPEC, **parts.pop("population", {})}
    return world(
        tracks={"life": track("a", "b", "gone", exits=("gone",))},
        transitions={
            "go": move("a", "b", rate=0.1),
            "leave": move(["a", "b"], "gone", rate=0.02),
        },
        attributes={
            "risk": {"shares": {"low": 0.8, "high": 0.2}},
            "sex": {"shares": {"girl": 0.5, "boy": 0.5}},
        },
        time={"start": "2026-01", "years": 3},
        population=population,
        **parts,
    )


def helped(ending: str = "ends", population: World | None = None, **parts: Any) -> Simulation:
    """Return a run in which an investment for families stops their children from going."""
    effect = {"on": ["go"], "ratio": 0, "persistence": {"kind": "permanent"}}
    spec = investment(**{"effects": [effect], "unit": "family", "years": 2, **parts})
    return run(
        town(
            population=population or {},
            investments={"help": spec},
            arms={"helped": arm(help=ending)},
        )
    )


def without_families(made: World) -> World:
    """Return the same world with nobody's siblings known."""
    alone = copy.deepcopy(made)
    del alone["population"]["families"]
    return alone


# Who are siblings.


def test_families_are_as_many_and_as_far_apart_as_the_file_says() -> None:
    """Completed families have the shares given, and siblings stand as far apart."""
    people = simulation(town(population={"residents": 20000})).people
    # Families that began after the first years and have had time to be completed.
    began = np.flatnonzero((people.eldest == np.arange(len(people))) & (people.born > 72))
    began = began[people.born[began] < people.born[-1] - 12 * 14]
    sizes = np.bincount(np.bincount(people.eldest)[began], minlength=5)[1:]
    np.testing.assert_allclose(sizes / sizes.sum(), [0.2, 0.5, 0.2, 0.1], atol=0.04)
    order = np.lexsort((people.born, people.eldest))
    same = np.diff(people.eldest[order]) == 0
    apart = np.diff(people.born[order])[same] / 12
    assert apart.min() >= 1
    found = np.histogram(apart, [1, 2, 4, 6, 99])[0] / len(apart)
    np.testing.assert_allclose(found, [0.2, 0.6, 0.2, 0], atol=0.08)


@pytest.mark.parametrize("residents", [10, 150, 4000])
def test_siblings_live_in_one_area_and_differ_in_age(residents: int) -> None:
    """The eldest comes first; no family is larger than any can be, however few there are."""
    areas = {"north": {"label": "n", "share": 0.7}, "south": {"label": "s", "share": 0.3}}
    made = town(population={"residents": residents, "areas": areas, "movers_in": MOVERS})
    people = simulation(made).people
    moved = people.hi >> 31
    for own in (people.area, moved, np.where(moved, people.arrive, -1)):
        assert (own == own[people.eldest]).all()
    assert (people.eldest <= np.arange(len(people))).all()
    assert (people.eldest[people.eldest] == people.eldest).all()
    assert np.bincount(people.eldest).max() <= 4
    born_here = np.flatnonzero(~moved.astype(bool))
    alone = people.eldest[born_here] == born_here
    assert (people.born[born_here] > people.born[people.eldest[born_here]])[~alone].all()


def test_children_who_move_in_together_are_siblings_and_adults_are_alone() -> None:
    """Some families that move in have several children; whoever is grown has a family alone."""
    people = simulation(town(population={"movers_in": MOVERS})).people
    moved = np.flatnonzero(people.hi >> 31)
    age = (people.arrive - people.born)[moved] / 12
    together = np.bincount(people.eldest, minlength=len(people))[people.eldest][moved] > 1
    assert not together[age >= 18].any()
    assert 0.3 < together[age < 18].mean() < 0.95


@given(st.lists(st.floats(0, 1), min_size=1, max_size=6).filter(lambda x: sum(x) > 0.01))
def test_progression_gives_back_the_shares(weights: list[float]) -> None:
    """The chance of having so many children is that of going on so often, and then no more."""
    shares = np.array(weights) / sum(weights)
    spec = Families.model_validate({**SPEC, "children": shares.tolist(), "in_common": []})
    ratios = progression(spec)
    so_far = np.cumprod(np.append(1.0, ratios[:-1]))
    np.testing.assert_allclose(so_far * (1 - ratios), shares, atol=1e-12)


# What they have in common, and what they have not.


def test_what_is_in_common_is_the_same_for_siblings_and_the_shares_stay() -> None:
    """Risk is the family's, sex is each one's own."""
    people = simulation(town()).people
    risk, sex = people.codes
    assert (risk == risk[people.eldest]).all()
    younger = people.eldest != np.arange(len(people))
    assert 0.4 < (sex == sex[people.eldest])[younger].mean() < 0.6
    assert risk.mean() == pytest.approx(0.2, abs=0.03)


@given(worlds(invest=False))
@few
def test_knowing_siblings_changes_nobody(made: World) -> None:
    """With nothing in common, everyone has the key, background and life they had without."""
    assume("families" in made["population"])
    made["population"]["families"] = {**FAMILIES, "in_common": []}
    with_, alone = run(made), run(without_families(made))
    for name in ("lo", "hi", "born", "arrive", "area", "codes", "numbers"):
        np.testing.assert_array_equal(getattr(with_.people, name), getattr(alone.people, name))
    assert_same(with_.tally(), alone.tally())


@given(worlds(invest=False))
@few
def test_what_is_in_common_moves_no_other_background(made: World) -> None:
    """Only what siblings share is drawn otherwise, and the eldest has what he or she had."""
    assume("families" in made["population"])
    together = simulation(made).people
    alone = simulation(without_families(made)).people
    eldest = together.eldest == np.arange(len(together))
    np.testing.assert_array_equal(together.codes[:, eldest], alone.codes[:, eldest])
    np.testing.assert_array_equal(together.numbers[:, eldest], alone.numbers[:, eldest])


# Families take part.


def taking_part(ongoing: Simulation) -> Iterator[tuple[int, set[int], set[int]]]:
    """Yield at every step who takes part, and the children of their families who live here."""
    people, columns = ongoing.people, ongoing.columns
    everyone = np.arange(len(people))
    while ongoing.step < ongoing.compiled.clock.end:
        ongoing.begin()
        step = ongoing.step
        place = columns.treatment[0, 0]
        inside = (place["start"] != NEVER) & (place["end"] == NEVER)
        here = columns.alive[everyone + np.where(columns.diverged[0], len(people), 0)]
        here &= (people.arrive <= step) & (step - people.born < 12 * 18)
        siblings = here & np.isin(people.eldest, people.eldest[inside])
        yield step, set(everyone[inside].tolist()), set(everyone[siblings].tolist())
        ongoing.finish()


@pytest.mark.parametrize("rule", ["first_come", "lottery", "highest_risk"])
def test_all_children_of_a_family_take_part_and_places_are_families(rule: str) -> None:
    """One child of 7 to 9 is enough; the family has one place, and its new children join."""
    effect = {"on": ["go"], "ratio": 0, "persistence": {"kind": "permanent"}}
    spec = investment(
        effects=[effect],
        unit="family",
        years=2,
        target={"age": {"from": 7, "below": 9}, "attribute.sex": ["girl"]},
        capacity=40,
        duration=10,
        drop_out=0.3,
        selection={"rule": rule, "risk_of": "go"},
    )
    made = town(
        population={"movers_in": MOVERS},
        investments={"help": spec},
        arms={"helped": arm(help="ends")},
    )
    done = simulation(made)
    people = done.people
    most, joined = 0, 0
    for step, inside, siblings in taking_part(done):
        families = set(people.eldest[sorted(inside)].tolist())
        assert len(families) <= 40
        most = max(most, len(families))
        assert siblings <= inside
        joined += sum(people.born[i] == step for i in inside)
    assert most == 40
    assert joined > 0
    # Each family once: whoever belongs to it begins with it, or comes while it lasts.
    begun: dict[int, list[Any]] = {}
    for past in done.enrolments.record:
        begun.setdefault(int(people.eldest[past.person]), []).append(past)
    assert max(map(len, begun.values())) > 1
    for places in begun.values():
        first = min(past.start for past in places)
        assert all(past.start == first or past.start < first + 10 for past in places)
        assert all(past.end is not None and past.end <= first + 10 for past in places)
        assert len({past.person for past in places}) == len(places)


def test_a_family_says_yes_or_no_as_one() -> None:
    """Half of the families are reached, with all their children or none."""
    done = helped(target={"age": {"from": 0, "below": 12}}, reach=0.5)
    people = done.people
    start = done.compiled.clock.start
    inside = {past.person for past in done.enrolments.record if past.start == start}
    age = (start - people.born) / 12
    small = np.flatnonzero((age >= 0) & (age < 12) & done.columns.alive[: len(people)])
    taken = np.isin(small, sorted(inside))
    families = people.eldest[small]
    for family in np.unique(families):
        own = taken[families == family]
        assert own.all() or not own.any()
    assert 0.42 < taken.mean() < 0.58


def test_a_family_may_come_back_only_if_it_may() -> None:
    """After three months it is over, for good or until the next time."""
    once = helped(target={"age": {"from": 5, "below": 6}}, duration=3)
    again = helped(target={"age": {"from": 5, "below": 6}}, duration=3, repeat=True)

    def times(done: Simulation) -> dict[int, set[int]]:
        found: dict[int, set[int]] = {}
        for past in done.enrolments.record:
            found.setdefault(int(done.people.eldest[past.person]), set()).add(past.start)
        return found

    assert all(max(starts) - min(starts) < 3 for starts in times(once).values())
    assert any(max(starts) - min(starts) >= 3 for starts in times(again).values())


@given(worlds(arms=1))
@few
def test_a_null_investment_in_families_changes_nothing(made: World) -> None:
    """Nobody's life is another for belonging to a family that takes part (law L3)."""
    assume("families" in made["population"])
    for spec in made["investments"].values():
        spec["unit"] = "family"
        for effect in spec["effects"]:
            effect["ratio"] = 1.0
    for factor in made["pathway"]["factors"].values():
        assume(not factor.get("feature", "").startswith("exposure"))
    tally = run(made).tally()
    for name in ("stock", "event", "entry", "arrivals", "use"):
        whole = getattr(tally, name)
        np.testing.assert_array_equal(whole[1], whole[0], err_msg=name)


def test_siblings_whom_it_was_not_meant_for_are_helped_too() -> None:
    """An effect on the family reaches those outside the target group; nobody else is touched."""
    done = helped(target={"age": {"from": 7, "below": 9}})
    touched = {past.person for past in done.enrolments.record}
    assert set(np.flatnonzero(done.columns.diverged[0]).tolist()) <= touched
    ages = [(past.start - done.people.born[past.person]) / 12 for past in done.enrolments.record]
    assert min(ages) < 2
    assert max(ages) > 15


def test_families_have_no_exact_answer() -> None:
    """The expected course is refused, with the reason."""
    made = town(
        investments={"help": investment(unit="family", effects=[{"on": ["go"], "ratio": 0.5}])},
        arms={"helped": arm(help="ends")},
    )
    with pytest.raises(NotExact, match=r"investments\.help\.unit"):
        expected(Scenario.model_validate(made))


# Born here, or come lately.


def test_a_background_can_say_who_has_moved_in_and_at_what_age() -> None:
    """Whoever is born here has the ordinary shares, whoever moves in those of his or her age."""
    made = town(population={"movers_in": MOVERS, "families": None})
    made["population"].pop("families")
    made["pathway"]["attributes"]["arrival"] = {
        "shares": {"born": 1, "small": 0, "pupil": 0, "grown": 0},
        "of_movers": {
            "below": [6, 16],
            "shares": [{"small": 1}, {"small": 0.5, "pupil": 0.5}, {"grown": 1}],
        },
    }
    people = simulation(made).people
    arrival = people.codes[2]
    moved = (people.hi >> 31).astype(bool)
    age = (people.arrive - people.born) / 12
    assert (arrival[~moved] == 0).all()
    assert (arrival[moved & (age < 6)] == 1).all()
    assert (arrival[moved & (age >= 16)] == 3).all()
    between = arrival[moved & (age >= 6) & (age < 16)]
    assert set(between.tolist()) == {1, 2}
    assert 0.4 < (between == 2).mean() < 0.6
    with pytest.raises(NotExact, match="of_movers"):
        expected(Scenario.model_validate(made))
