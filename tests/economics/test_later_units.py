"""Who leaves in which state, times what each is expected to use: no more, and nothing else."""

import numpy as np
from helpers.later import OLD, later
from hypothesis import given, settings
from hypothesis import strategies as st

import sisim
from sisim.economics.later_units import later_units
from sisim.economics.ledger import later_costs
from sisim.engine.compile import compile_scenario
from sisim.engine.replications import simulate
from sisim.engine.rerun import ArmRerun
from sisim.engine.simulation import Simulation, run_to_end

FIELDS = ("stock", "event", "entry", "arrivals", "use")


def test_a_tail_changes_nothing_that_is_simulated() -> None:
    off, on = simulate(later(tail=False)), simulate(later())
    for one, other in zip(off.replications, on.replications, strict=True):
        for name in FIELDS:
            assert np.array_equal(getattr(one.tally, name), getattr(other.tally, name)), name
        assert np.array_equal(one.started, other.started)
        assert np.array_equal(one.affected, other.affected)
    assert not off.replications[0].tally.left.size


def test_an_investment_that_does_nothing_has_a_tail_of_exactly_nothing() -> None:
    result = sisim.run(later(effect=1.0))
    appraisal = result.appraisal["project"]
    assert not later_units(result.counts).left.any()
    assert not appraisal.later.any()
    assert (appraisal.amounts["tail"] == 0.0).all()
    assert (appraisal.net == 0.0).all()


def test_everyone_who_grows_too_old_leaves_once() -> None:
    """Who is 10 has been counted as leaving, or moved, or died: the stock before tells how many."""
    counts = simulate(later(), replications=1)
    left = counts.replications[0].tally.left
    compiled, stock = counts.compiled, counts.counts("stock")[0, 0]
    here = stock[:, compiled.state("home", "here")].astype(int)
    arrivals = counts.counts("arrivals")[0, 0].astype(int)
    exits = counts.counts("event")[0, 0][
        :, [compiled.transitions.index(n) for n in ("moves", "dies")]
    ]
    # stock(t+1) = stock(t) - exits(t) + births(t+1) - who leaves by age at t+1
    too_old = here[:-1] - exits.sum(axis=1) + arrivals[1:] - here[1:]
    by_age = left[0, :, 0, -1].sum(axis=-1)
    assert np.array_equal(by_age[1:-1], too_old[:-1])


def test_those_left_at_the_end_are_counted_with_the_age_that_they_have() -> None:
    counts = simulate(later(), replications=1)
    left = counts.replications[0].tally.left
    people = counts.counts("stock")[0, 0, -1, counts.compiled.state("home", "here")]
    young = left[0, -1, 0].sum(axis=-1)[:-1]  # 6, 7, 8 and 9
    assert 0.3 < young.sum() / people < 0.45  # four of ten years of age
    assert (np.diff(young) < 40).all()


def test_movers_leave_by_a_way_of_their_own() -> None:
    counts = simulate(later(), replications=1)
    moved = counts.replications[0].tally.left[0, :, 1].sum()
    all_moves = counts.counts("event")[0, 0, :, counts.compiled.transitions.index("moves")].sum()
    assert 0.25 < moved / all_moves < 0.45  # those of 6 and more


def test_costs_are_leavers_times_units_times_prices() -> None:
    counts = simulate(later())
    later_on = later_units(counts)
    lines, amounts = later_costs(counts)
    places = [(line.item, line.administration) for line in lines]
    care, elsewhere = (places.index(("care", payer)) for payer in ("care", "elsewhere"))
    number = list(later_on.lives.tail.resources).index("care")
    each = later_on.lives.units[..., number].sum(axis=-1)
    for way, line in ((0, care), (1, elsewhere)):
        by_hand = np.einsum("rapjc,jc->ra", later_on.left[:, :, :, way], each) * 50_000
        assert np.allclose(amounts[..., line].sum(axis=2), by_hand)


def test_another_price_or_life_of_the_tail_needs_no_new_simulation() -> None:
    result = sisim.run(later())
    dearer = result.repriced({"time.tail.resources.care.price": 100_000})
    lines, before = later_costs(result.counts)
    _, after = later_costs(dearer.counts)
    for number, line in enumerate(lines):
        ratio = 2 if line.item == "care" else 1
        assert np.array_equal(after[..., number], ratio * before[..., number])
    worse = result.repriced({"time.tail.transitions.loses.rate": 0.6})
    again = sisim.run(later(time={"start": "2026-01", "years": 8, "tail": _faster(0.6)}))
    assert np.allclose(worse.appraisal["project"].net, again.appraisal["project"].net)


def _faster(rate: float) -> dict[str, object]:
    loses = {**OLD["transitions"]["loses"], "rate": rate}
    return {**OLD, "transitions": {**OLD["transitions"], "loses": loses}}


@given(seed=st.integers(0, 1000))
@settings(max_examples=5)
def test_arms_differ_in_as_many_as_leave_more(seed: int) -> None:
    """Nobody dies or moves of being placed: as many leave in every arm, in other states."""
    counts = simulate(later(), seed=seed, replications=1)
    left = later_units(counts).left
    assert not left[:, 0].any()
    assert left[:, 1].any()
    assert not left[:, 1].sum(axis=-1).any()


def test_what_comes_later_is_told_apart_and_no_part_of_the_simulated_years() -> None:
    with_tail, without = (sisim.run(later(tail=tail)) for tail in (True, False))
    ours, theirs = with_tail.appraisal["project"], without.appraisal["project"]
    length = theirs.horizon.cycles
    assert ours.horizon.cycles == length + 4 * 8
    simulated = ours.lower_cost - ours.later
    assert np.allclose(simulated[:, :length], theirs.lower_cost)
    assert not simulated[:, length:].any()
    tail = ours.amounts["tail"]
    assert np.allclose(ours.amounts["net"] - theirs.amounts["net"], tail)
    figures = with_tail.headline("project"), without.headline("project")
    assert all(
        np.array_equal(figures[0][name], figures[1][name], equal_nan=True) for name in figures[1]
    )


def test_who_leaves_does_not_depend_on_how_the_run_is_made() -> None:
    """Threads, windows with the baseline first (none when moves are kept), reruns of the arms."""
    scenario, other = later(), later(effect=0.7)
    compiled = compile_scenario(scenario)
    whole = simulate(scenario, seed=9, replications=1, threads=1).replications[0].tally.left
    assert whole[1].any()
    shared = simulate(scenario, seed=9, replications=1, threads=2).replications[0].tally.left
    assert np.array_equal(whole, shared)
    kept = Simulation(compiled, 9, threads=1, logging=True)
    run_to_end(kept)
    assert np.array_equal(whole, kept.tally().left)
    again = ArmRerun(scenario, 9).rerun(other).replications[0].tally.left
    assert np.array_equal(again, simulate(other, seed=9, replications=1).replications[0].tally.left)
