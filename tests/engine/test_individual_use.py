"""What each person uses sums to what the run has counted, and is that person's own."""

from typing import Any

import numpy as np
from helpers.strategies import worlds
from hypothesis import given, settings
from hypothesis import strategies as st

from sisim.economics.discounting import cycle_weights
from sisim.economics.ledger import rewards
from sisim.engine.individual_use import individuals
from sisim.engine.replications import simulate
from sisim.loading.load import load_scenario
from sisim.scenario.scenario import Scenario


@settings(max_examples=12)
@given(
    made=worlds(people=120, arms=1),
    seed=st.integers(0, 99),
    counting=st.sampled_from(("start", "end", "both")),
)
def test_everybodys_units_sum_to_those_of_the_run(
    made: dict[str, Any], seed: int, counting: str
) -> None:
    for transition in made["pathway"]["transitions"].values():
        # The same for all that lead out of a state, so that a move tells what it used.
        transition["uses"] = {"day": 1 + int(transition["from"].removeprefix("s"))}
    made["pathway"]["entry"] = {"uses": {"day": 3}}
    made["economy"] = {"counting": counting}
    scenario = Scenario.model_validate(made)
    found = individuals(scenario, seed, cycles=cycle_weights(scenario), years=scenario.time.years)
    run = simulate(scenario, seed=seed, replications=1)
    clock = run.compiled.clock
    counted = rewards(run, run.used("use"))[0, 0, clock.start - clock.history :].sum()
    np.testing.assert_allclose(found.units.sum(), counted, rtol=1e-5, atol=1e-3)


def test_who_never_is_placed_uses_no_day_of_care() -> None:
    # Counted at the start of each month, as groups are: half of the last would be the next's too.
    changes = {"population.residents": 1500, "economy.counting": "start"}
    scenario = load_scenario("placed-youth", changes)
    found = individuals(scenario, 1, cycles=cycle_weights(scenario), years=2)
    resources = list(scenario.pathway.resources)
    states = scenario.pathway.tracks["placement"].states
    care = {name for one in scenario.pathway.groups["placed"].states for name in states[one].uses}
    days = [resources.index(name) for name in care]
    placed = found.ever[found.compiled.groups.index("placed")]
    used = found.units[..., days].sum(axis=(0, 2))
    assert placed.any()
    assert (used[placed] > 0).all()
    assert not used[~placed].any()


def test_the_target_group_at_the_opening_is_that_of_the_file() -> None:
    scenario = load_scenario("placed-youth", {"population.residents": 3000})
    found = individuals(scenario, 3, cycles=cycle_weights(scenario), years=1)
    clock = found.compiled.clock
    age = (clock.start - found.people.born) / clock.per_year
    states = ("family_home", "institution")
    inside = np.logical_or.reduce([found.now[found.compiled.groups.index(g)] for g in states])
    emergency = load_scenario("placed-youth").pathway.groups["family_home"].states
    assert "emergency" in emergency
    target = found.targets[0]
    assert target.any()
    assert (inside & (age >= 12) & (age < 20))[target].all()
    assert not target[~found.at_start].any()


def test_a_longer_window_adds_years_and_changes_nothing_before() -> None:
    scenario = load_scenario("placed-youth", {"population.residents": 1500})
    short, long = (
        individuals(scenario, 1, cycles=cycle_weights(scenario), years=years) for years in (1, 2)
    )
    assert short.periods == long.periods[:1]
    both = np.flatnonzero(long.at_start)
    np.testing.assert_array_equal(
        short.units[0][np.flatnonzero(short.at_start)], long.units[0][both]
    )
