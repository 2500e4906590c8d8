"""Shares of destinations: a multinomial told by a register, and small counts kept back."""

from __future__ import annotations

import numpy as np
import pytest

from sisim.estimation.destination_shares import SeenDestination, told_shares
from sisim.scenario.pathway import Transition

LEAVES = Transition.model_validate(
    {
        "track": "care",
        "from": "residential",
        "to": {"home": 0.4, "foster": {"value": 0.3, "low": 0.2, "high": 0.4}, "secure": 0.3},
        "rate": 1.0,
    }
)
EXPECTED = {"home": 80.0, "foster": 60.0, "secure": 60.0}


def seen(**events: int) -> list[SeenDestination]:
    """Return what came, beside what the pathway's shares of 200 moves would give."""
    return [SeenDestination((name,), n, EXPECTED[name]) for name, n in events.items()]


def test_taken_in_proportion_the_gammas_are_a_dirichlet_distribution() -> None:
    """Moments in closed form, with Jeffreys' half a move for each destination."""
    came = {"home": 50, "foster": 30, "secure": 20}
    found = told_shares(LEAVES, seen(**came), 5, prior=False)
    rng = np.random.default_rng(1)
    weights = np.column_stack(
        [
            LEAVES.to[one.states[0]].share.value
            * rng.gamma(one.ratio.shape, 1 / one.ratio.rate, 200_000)
            for one in found
        ]
    )
    shares = weights / weights.sum(axis=1, keepdims=True)
    alpha = np.array([n + 0.5 for n in came.values()])
    mean = alpha / alpha.sum()
    assert shares.mean(axis=0) == pytest.approx(mean, rel=0.005)
    variance = mean * (1 - mean) / (alpha.sum() + 1)
    assert shares.var(axis=0) == pytest.approx(variance, rel=0.03)


def test_the_range_of_a_share_weighs_in_where_it_is_wanted() -> None:
    def foster(*, prior: bool) -> float:
        found = told_shares(LEAVES, seen(home=50, foster=10, secure=40), 5, prior=prior)
        return next(one.ratio.mean for one in found if one.states == ("foster",))

    assert foster(prior=False) < foster(prior=True) < 1


def test_of_few_moves_nothing_is_told_nor_of_a_destination_that_would_give_them_away() -> None:
    found = told_shares(LEAVES, seen(home=50, foster=30, secure=3), 5, prior=False)
    assert [one.states for one in found] == [("home",)]
    assert told_shares(LEAVES, seen(home=50), 5, prior=False) == ()
