"""What instruments show: by states and background, of the same people in every arm."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sisim import load, run
from sisim.engine.compile import compile_scenario
from sisim.engine.measurements import ANSWERED, ASKED, TOTAL
from sisim.engine.simulation import Simulation
from sisim.engine.warm_up import run_once
from sisim.results import Results
from sisim.scenario.scenario import Scenario

WORLD = Path(__file__).parents[1] / "helpers" / "measured.toml"
SCORE, AFTER = "reading_each_may", "after"


def world(**changes: Any) -> Scenario:
    """Return the small world with other values; a dot is written as two underscores."""
    return load(WORLD, {key.replace("__", "."): value for key, value in changes.items()})


def measured(result: Results, name: str, quantity: str = "result") -> pd.DataFrame:
    """Return what one measurement showed."""
    table = result.measured()
    return table[(table["measurement"] == name) & (table["quantity"] == quantity)]


@pytest.fixture(scope="module")
def result() -> Results:
    return run(world(population__cohort=20_000))


def test_a_score_is_its_mean_times_its_factors(result: Results) -> None:
    score = measured(result, SCORE).set_index(["arm", "year"])
    ill = measured(result, SCORE, "ill").set_index(["arm", "year"])["mean"]
    expected = 40 * (1 - 0.5 * ill)
    # Cutting at nothing lifts the mean of the ill, 20 with a spread of 10, a little.
    error = 4 * score["sd"] / np.sqrt(score["number"]) + 0.1
    assert ((score["mean"] - expected).abs() < error).all()


def test_yes_or_no_is_shown_with_the_probability_of_the_file(result: Results) -> None:
    own = measured(result, AFTER)
    ill = measured(result, AFTER, "ill")
    for months, rows in own.groupby("months"):
        share = ill.loc[ill["months"] == months, "mean"].mean()
        yes = (rows["mean"] * rows["number"]).sum() / rows["number"].sum()
        assert yes == pytest.approx(0.9 * (1 - 0.5 * share), abs=4 / np.sqrt(rows["number"].sum()))


def test_answers_come_from_as_many_as_the_response_says(result: Results) -> None:
    rows = measured(result, SCORE)
    asked, answered = rows["asked"].sum(), rows["number"].sum()
    # Half are boys, of whom half as many answer.
    assert answered / asked == pytest.approx(0.8 * 0.75, abs=0.01)


def test_the_same_people_show_the_same_before_anything_has_changed(result: Results) -> None:
    first = measured(result, AFTER)
    first = first[first["months"] == 0]
    assert (first["mean"] == first["without"]).all()
    assert (measured(result, AFTER, "ill").query("months == 0")["mean"] == 1).all()


def test_those_who_are_helped_are_compared_with_themselves(result: Results) -> None:
    last = measured(result, AFTER)
    last = last[last["months"] == 12]
    assert (last["mean"] > last["without"]).all()
    assert (last["number"] == last["number_without"]).all()


def test_an_answer_costs_what_it_uses(result: Results) -> None:
    rows = measured(result, SCORE)
    for arm, own in rows.groupby("arm"):
        costs = result.yearly_costs()
        costs = costs[(costs["arm"] == arm) & (costs["kind"] == "use")]["amount"]
        assert costs.sum() == pytest.approx(100 * own["number"].sum())


@given(
    month=st.integers(1, 12),
    months=st.lists(st.integers(0, 59), min_size=1, max_size=3, unique=True).map(sorted),
    threads=st.sampled_from([1, 2]),
)
@settings(max_examples=8, deadline=None)
def test_nothing_simulated_changes_when_something_is_measured(
    month: int, months: list[int], threads: int
) -> None:
    asked = world(measurements__reading_each_may__month=month, measurements__after__months=months)
    silent = asked.model_copy(update={"measurements": {}})
    with_it, without = (
        run_once(compile_scenario(one), 3, threads=threads) for one in (asked, silent)
    )
    for name in ("stock", "event", "entry", "arrivals"):
        np.testing.assert_array_equal(
            getattr(with_it.tally(), name), getattr(without.tally(), name)
        )
    assert with_it.enrolments.record == without.enrolments.record


@given(threads=st.integers(1, 3), stops=st.lists(st.integers(1, 59), max_size=4))
@settings(max_examples=8, deadline=None)
def test_what_is_shown_does_not_depend_on_threads_or_stops(threads: int, stops: list[int]) -> None:
    compiled = compile_scenario(world())
    whole = run_once(compiled, 5, threads=1).measurements.found
    parts = Simulation(compiled, 5, threads=threads)
    for stop in [*sorted(stops), compiled.clock.end]:
        parts.advance(stop - parts.step)
    for one, other in zip(whole, parts.measurements.found, strict=True):
        np.testing.assert_array_equal(one, other)


def test_an_investment_without_an_effect_leaves_every_answer_as_it_is() -> None:
    found = run(world(investments__team__effects__0__ratio=1)).counts.replications[0].measured
    np.testing.assert_array_equal(found[0][0, 0], found[0][0, 1])
    np.testing.assert_array_equal(found[1][0, 1], found[1][1, 1])


def test_points_stay_between_their_ends_and_are_whole_where_they_should_be() -> None:
    changes = {"sd": 60, "low": 10, "high": 50, "whole": True}
    ends = {f"instruments__reading__{key}": value for key, value in changes.items()}
    compiled = compile_scenario(world(**ends))
    plan = run_once(compiled, 1).measurements._plans[0]
    shown = plan.shown(np.full(10_000, 40.0), np.linspace(0, 1, 10_000, endpoint=False))
    assert (shown.min(), shown.max()) == (10, 50)
    assert (shown == np.round(shown)).all()


def test_only_those_are_asked_whom_the_condition_is_about() -> None:
    scenario = world(measurements__reading_each_may__for={"state": {"life": ["ill"]}})
    replication = run(scenario).counts.replications[0]
    sums = replication.measured[0][0, 0].sum(axis=(0, 1, 2))
    assert sums[ASKED] == sums[-1] > 0
    assert sums[TOTAL] / sums[ANSWERED] == pytest.approx(20.6, abs=1)


def test_the_share_that_has_left_follows_the_rate_of_leaving(result: Results) -> None:
    rows = measured(result, "recovered")
    rows = rows[rows["arm"] == "without"]
    for months, own in rows.groupby("months"):
        share = (own["mean"] * own["number"]).sum() / own["number"].sum()
        # The rate is 0.5 a year, and everyone has it whatever the time.
        assert share == pytest.approx(1 - np.exp(-0.5 * months / 12), abs=0.01)


def test_those_who_are_followed_are_those_who_have_entered(result: Results) -> None:
    compiled = result.counts.compiled
    entered = result.counts.counts("entry", ["area"])[0, ..., compiled.groups.index("ill"), :]
    followed = result.counts.replications[0].measured[2][0, :, :, 0, :, ASKED]
    steps = followed.shape[1] - 3  # those of the last months have not been followed so long
    # Who enters in a step is there from the next.
    np.testing.assert_array_equal(followed[:, 1:steps], entered.sum(axis=-1)[:, : steps - 1])


def test_help_makes_more_of_them_leave_in_time(result: Results) -> None:
    rows = measured(result, "recovered").groupby(["arm", "months"])["mean"].mean()
    assert (rows["project"] > rows["without"]).all()
