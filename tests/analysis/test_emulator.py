"""Values near those already simulated: at once, exact where it was simulated, between elsewhere."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sisim
from sisim.analysis.emulator import Emulator, Knots
from sisim.analysis.variants import Variants
from sisim.economics.valuation import Valuation

REACH, RUNNING = "investments.team.reach", "investments.team.cost.running"
START = 0.8


def at(path: str, start: float, *knots: float) -> Knots:
    return Knots(start, {knot: {} if knot == start else {path: knot} for knot in knots})


@pytest.fixture(scope="module")
def variants() -> Variants:
    scenario = sisim.load("placed-youth", {"population.residents": 2000, "time.years": 8})
    return Variants(scenario, (3,))


@pytest.fixture(scope="module")
def emulator(variants: Variants) -> Emulator:
    knots = {
        "reach": at(REACH, START, 0.0, 0.4, START, 1.0),
        "running": at(RUNNING, 1e6, 1e6, 9e6),
        "volumes": at("drift.volumes.referred", 0.0, 0.0, 0.03),
    }
    found = Emulator(variants, knots)
    while found.left:
        found.learn()
    return found


def costs(results: Valuation, arm: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    table = results.costs
    return table[table["arm"] == arm].groupby("month")["amount"].sum().to_numpy()


def test_the_ends_of_every_value_are_learned_before_the_middle_of_any(variants: Variants) -> None:
    """So that a hand can soon go anywhere, if only by straight lines."""
    assert list(at(REACH, 0.8, 0.0, 0.2, 0.4, 0.8, 1.0).first()) == [1.0, 0.0, 0.4, 0.2]
    emulator = Emulator(variants, {"reach": at(REACH, START, 0.0, 0.4, START, 1.0)})
    assert emulator.left == 3
    assert emulator.results(variants.valuation(), {"reach": (START, 0.9)}, {REACH: 0.9}) is None
    emulator.learn()
    assert emulator.results(variants.valuation(), {"reach": (START, 0.9)}, {REACH: 0.9}) is not None
    assert emulator.results(variants.valuation(), {"reach": (START, 0.7)}, {REACH: 0.7}) is None


def test_where_it_was_simulated_it_is_the_simulation(
    variants: Variants, emulator: Emulator
) -> None:
    """Money included, which comes of the counts alone."""
    changes = {REACH: 0.4, RUNNING: 5e6}
    near = emulator.results(
        variants.valuation(), {"reach": (START, 0.4), "running": (1e6, 5e6)}, changes
    )
    assert near is not None
    exact = variants.valuation(changes)
    assert near.digest == exact.digest
    for arm in ("without", "project", "new_way"):
        np.testing.assert_allclose(costs(near, arm), costs(exact, arm), atol=1e-6)
    assert near.outcomes()["value"].to_numpy() == pytest.approx(
        exact.outcomes()["value"].to_numpy()
    )


@settings(max_examples=10, deadline=None)
@given(share=st.floats(0, 1))
def test_between_two_positions_it_is_between_their_counts(
    variants: Variants, emulator: Emulator, share: float
) -> None:
    """On the straight line between them; nothing happens to the arm without."""
    low, high = (variants.valuation({REACH: end}).counts.counts("stock") for end in (0.0, 0.4))
    here = 0.4 * share
    found = emulator.results(variants.valuation(), {"reach": (START, here)}, {REACH: here})
    assert found is not None
    stock = found.counts.counts("stock")
    np.testing.assert_allclose(stock, (1 - share) * low + share * high, atol=1e-6)
    np.testing.assert_array_equal(stock[:, 0], low[:, 0])


def test_it_goes_on_from_whatever_has_been_simulated(
    variants: Variants, emulator: Emulator
) -> None:
    """Back where it was, it is what was simulated there, whatever else had been changed."""
    elsewhere = {"investments.team.effects.2.ratio": 2.5, REACH: 0.4}
    settled = variants.valuation(elsewhere)
    found = emulator.results(settled, {"reach": (0.4, 0.4)}, elsewhere)
    assert found is not None
    np.testing.assert_allclose(
        found.counts.counts("event"), settled.counts.counts("event"), atol=1e-6
    )


def test_what_changes_everybody_is_not_guessed(variants: Variants, emulator: Emulator) -> None:
    """There is no kept life to go on from, and it is said that nothing is known."""
    changes = {"drift.volumes.referred": 0.01}
    assert emulator.results(variants.valuation(), {"volumes": (0.0, 0.01)}, changes) is None
    assert emulator.results(variants.valuation(), {"unheard of": (0.0, 1.0)}, {}) is None
