"""Who is simulated, and in what order they stand."""

from __future__ import annotations

import numpy as np
from helpers.strategies import move, run, track, world
from hypothesis import given
from hypothesis import strategies as st

from sisim.engine.clock import Clock
from sisim.engine.population import in_order, people, start_ages
from sisim.scenario.scenario import Population, Scenario


@given(st.lists(st.integers(-3, 3)) | st.lists(st.integers(-(2**31), 2**31 - 1)))
def test_order_is_by_step_and_equals_stay_as_they_stand(steps: list[int]) -> None:
    """However far apart the steps are, and where the first of them is."""
    order = in_order(np.array(steps, np.int64)).tolist()
    assert order == sorted(range(len(steps)), key=steps.__getitem__)


def test_the_widest_span_that_fits_sixteen_bits_is_in_order() -> None:
    """One more would not fit."""
    for span in (2**16 - 2, 2**16 - 1, 2**16):
        assert in_order(np.array([5 + span, 5, 4 + span])).tolist() == [1, 2, 0]


@given(
    st.lists(st.integers(1, 12), min_size=1, max_size=4),
    st.lists(st.integers(1, 9), min_size=4, max_size=4),
    st.integers(0, 40),
    st.integers(1, 500),
)
def test_a_cohort_has_the_ages_and_shares_of_the_file(
    widths: list[int], weights: list[int], first: int, number: int
) -> None:
    """Within a person of each band's share, whole people in all, evenly spread within a band."""
    edges = np.cumsum([first, *widths])
    shares = np.array(weights[: len(widths)]) / sum(weights[: len(widths)])
    of = {
        "cohort": number,
        "age": first,
        "ages_below": edges[1:].tolist(),
        "age_shares": shares.tolist(),
    }
    scenario = Scenario.model_validate(
        world(tracks={"life": track("a")}, population=of, time={"start": "2026-01", "years": 1})
    )
    clock = Clock.of(scenario)
    found = people(scenario, clock, seed=1)
    assert len(found) == number
    ages = -found.born / 12
    for low, high, share in zip(edges, edges[1:], shares, strict=False):
        assert abs(((ages >= low) & (ages < high)).sum() - share * number) < 1.0001
    at, parts = start_ages(Population.model_validate(of), clock)
    expected = np.round(np.cumsum(parts * number) + 1e-9)
    assert (np.abs((found.born[:, None] >= -at).sum(axis=0) - expected) <= 1).all()


def test_age_at_the_start_stays_as_it_was() -> None:
    """A risk by age at the start is the same all the time, where one by age is not."""
    risk = {"feature": "age.start", "below": [40], "values": [0, 1]}
    of = world(
        tracks={"life": track("a", "b")},
        transitions={"go": move("a", "b", probability=1, factors=["old"])},
        factors={"old": risk},
        population={"cohort": 100, "age": 39, "ages_below": [40, 60], "age_shares": [0.3, 0.7]},
    )
    done = run(of)
    went = done.columns.state[0, :100] == done.compiled.state("life", "b")
    assert went.sum() == 70
    assert (went == (done.people.born <= -40 * 12)).all()
    of["pathway"]["factors"]["old"]["feature"] = "age"
    assert (run(of).columns.state[0, :100] == done.compiled.state("life", "b")).all()


def test_whoever_goes_back_where_they_are_begins_anew() -> None:
    """It is counted as an event, time in the state begins anew, and no group is entered."""
    of = world(
        tracks={"life": track("a", "b")},
        groups={"here": {"label": "Here", "track": "life", "states": ["a"]}},
        transitions={
            "again": move("a", "a", probability=1, schedule={"cycle": 5}),
            "go": move("a", "b", probability=1, factors=["long"]),
        },
        factors={"long": {"feature": "time_in_state", "below": [9], "values": [0, 1]}},
    )
    done = run(of)
    tally = done.tally()
    again, go = (done.compiled.transitions.index(name) for name in ("again", "go"))
    assert np.flatnonzero(tally.event[0, :, 0, again]).tolist() == [5]
    assert np.flatnonzero(tally.event[0, :, 0, go]).tolist() == [6 + 9]
    assert not tally.entry[0, :, 0, 0].any()
