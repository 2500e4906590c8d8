"""Who need not be looked at: nobody is left out who might have left."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
from helpers.strategies import (
    World,
    arm,
    group,
    investment,
    move,
    run,
    simulation,
    stock,
    track,
    world,
    worlds,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from sisim.engine import kernel
from sisim.engine.kernel.thinning import cross_track_bound
from sisim.engine.tables import MAX_OUT


@numba.njit  # type: ignore[untyped-decorator]
def beside(layout: Any, columns: Any, most: Any, row: int, k: int, here: int, s: int) -> Any:
    """Return what a chance is at most beside a person's other states; it is always inlined."""
    return cross_track_bound(layout, columns, most, row, k, here, s)


@settings(max_examples=30, deadline=None)
@given(of=worlds(people=40), share=st.floats(0, 1))
def test_nobodys_chance_of_leaving_exceeds_what_is_said_of_it(of: World, share: float) -> None:
    """By state, age and background, and beside the person's other states; in every arm."""
    simulated = simulation(of)
    tables, clock = simulated.compiled.tables, simulated.compiled.clock
    layout, columns = tables.layout, simulated.columns
    simulated.advance(int(share * (clock.end - 1)))
    step = simulated.step
    simulated.begin()
    held = simulated._bounds.between(step, step + 1)
    bound, greatest = held.bound[held.step[0]], held.most[held.step[0]]
    assert (held.bound[held.four[0]] >= bound).all()
    # Where bounds are found is looked up every fourth step.
    looked_up = step - (layout.first_step + step) % 4
    seen = np.zeros((max(len(simulated.compiled.features), 1), 1))
    values = np.zeros((MAX_OUT, 1))
    for i in range(columns.n):
        age = int((max(looked_up - columns.person["born"][i], 0) + 0.5) * layout.risk_ages_per_step)
        slot = (
            min(age, layout.risk_ages - 1) * layout.risk_backgrounds
            + columns.person["background"][i]
        )
        for number in range(1 + len(simulated.compiled.arms)):
            own = number > 0 and columns.diverged[number - 1, i]
            row = i + number * columns.n if own else i
            if not columns.alive[row]:
                continue
            for k in range(layout.n_tracks):
                here = int(columns.state[k, row])
                chance = kernel.chances_of(
                    tables.transitions,
                    tables.features,
                    columns,
                    row,
                    i,
                    number,
                    k,
                    step,
                    seen,
                    values,
                )
                assert chance * 2.0**32 <= float(bound[slot, here]) + 1
                if layout.state["cross_track"][here]:
                    assert chance <= beside(layout, columns, greatest[slot], row, k, here, step)


def test_until_an_investment_may_act_nobody_is_looked_at_for_it() -> None:
    """Then its effect, by which more may leave, counts; in the baseline it never does."""
    of = world(
        tracks={"life": track("a", "b")},
        transitions={"go": move("a", "b", rate=0.5)},
        population={"residents": 40, "max_age": 5},
        investments={"push": investment(effects=[{"on": "go", "ratio": 3.0}])},
        arms={"pushed": arm(push="ends")},
    )
    simulated = simulation(of)
    bounds, start = simulated._bounds, simulated.compiled.clock.start

    def bound(step: int, **how: bool) -> float:
        held = bounds.between(step, step + 1, **how)
        return float(held.bound[held.step[0]].max())

    assert bound(start - 1) == bound(start, baseline=True) < bound(start) == bound(start + 20)


def test_more_tracks_may_matter_than_are_looked_at_first() -> None:
    """What is looked at first leaves nobody out, and the rest decides."""
    tracks = {f"other{n}": track("off", "on", start={"off": 0.5, "on": 0.5}) for n in range(5)}
    factors = {
        f"f{n}": {"feature": f"state.other{n}", "values": {"off": 0.0, "on": 1.0}} for n in range(5)
    }
    go = move("a", "b", probability=1.0, factors=sorted(factors))
    made = world(
        tracks={"life": track("a", "b"), **tracks},
        factors=factors,
        transitions={"go": go},
        groups={"there": group("life", "b")},
        population={"cohort": 4000, "age": 5.5},
    )
    gone = stock(run(made), "b")[1]
    assert abs(gone - 4000 / 2**5) < 5 * np.sqrt(4000 / 2**5)


def test_what_other_threads_read_stays_while_steps_are_asked_for_one_by_one() -> None:
    """However many times there are whose bounds are their own."""
    cycles = [cycle for cycle in range(96) if cycle % 12 > 2][:66]
    parts = [cycles[n::2] for n in range(2)]
    of = world(
        tracks={"life": track("a", "b"), "one": track("x", "y"), "two": track("x", "y")},
        factors={
            "may": {"feature": "calendar.month", "below": [5, 6], "values": [1.0, 0.0, 1.0]},
        },
        transitions={
            "go": move("a", "b", rate=3, factors=["may"]),
            **{
                f"at_{cycle}": move("x", "y", name, probability=0.1, schedule={"cycle": cycle})
                for name, some in zip(("one", "two"), parts, strict=True)
                for cycle in some
            },
        },
        time={"start": "2026-02", "years": 20},
        population={"residents": 50, "max_age": 10},
    )
    simulated = simulation(of)
    for first in range(0, simulated.compiled.clock.end, 12):
        stop = min(first + 12, simulated.compiled.clock.end)
        held = simulated._bounds.between(first, stop)
        before = held.bound[held.step].copy()
        for step in range(first, stop):
            simulated._bounds.between(step, step + 1)
            np.testing.assert_array_equal(held.bound[held.step], before)
