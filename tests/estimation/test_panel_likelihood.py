"""Rates from looks: a worked example, exactly, and rates that looks were drawn with."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sisim.arrays import Floats
from sisim.estimation.panel_likelihood import PanelData, expected_pairs, fitted_ratios, told_ratios

ILL, DEAD_WELL, DEAD_ILL = (0, 1), (0, 2), (1, 2)
MOVES = [[ILL], [DEAD_WELL], [DEAD_ILL]]
ONCE_A_YEAR = np.array([1.0])
SEEN = np.array([[[886.920, 87.375, 25.705], [0, 344.283, 55.717], [0, 0, 0]]])
"""Of 1000 who are well and 400 who are ill, a year later: rates of .10, .02 and .15."""


def rates(ill: float, dead_well: float, dead_ill: float) -> Floats:
    return np.array([[0, ill, dead_well], [0, 0, dead_ill], [0, 0, 0.0]])


def a_year_later(log: Floats) -> Floats:
    """Return the shares ill and dead of the well, and dead of the ill, as solved by hand."""
    ill, dead, dead_ill = np.exp(log)
    leave = ill + dead
    to_ill = ill / (leave - dead_ill) * (np.exp(-dead_ill) - np.exp(-leave))
    return np.array([to_ill, 1 - np.exp(-leave) - to_ill, 1 - np.exp(-dead_ill)])


def test_the_rates_of_an_illness_seen_once_a_year_are_found_and_no_shares() -> None:
    start = rates(0.3, 0.05, 0.05)
    found = fitted_ratios(PanelData(ONCE_A_YEAR, SEEN), start, MOVES, range(3))
    own = [start[move] * np.exp(found[at].log) for at, (move,) in enumerate(MOVES)]
    assert own == pytest.approx([0.10, 0.02, 0.15], abs=1e-5)
    # The shares that have changed are no rates.
    assert SEEN[0][ILL] / 1000 == pytest.approx(0.087375)


def test_the_errors_are_those_of_the_shares_carried_over_to_the_rates() -> None:
    """There are as many rates as free shares: the errors of multinomial shares give theirs."""
    found = fitted_ratios(PanelData(ONCE_A_YEAR, SEEN), rates(0.1, 0.02, 0.15), MOVES, range(3))
    log = np.log([0.10, 0.02, 0.15])
    slopes = np.column_stack(
        [(a_year_later(log + one) - a_year_later(log - one)) / 2e-5 for one in 1e-5 * np.eye(3)]
    )
    ill, dead, dead_ill = a_year_later(log)
    spread = np.diag([ill * (1 - ill) / 1000, dead * (1 - dead) / 1000, 0.0])
    spread[0, 1] = spread[1, 0] = -ill * dead / 1000
    spread[2, 2] = dead_ill * (1 - dead_ill) / 400
    back = np.linalg.inv(slopes)
    expected = np.diag(back @ spread @ back.T)
    assert [found[at].variance for at in range(3)] == pytest.approx(expected, rel=1e-3)


@settings(max_examples=25)
@given(
    st.tuples(*[st.floats(0.02, 1.0)] * 3),
    st.lists(st.sampled_from([0.25, 0.5, 1.0, 2.0]), min_size=1, max_size=3, unique=True),
)
def test_looks_as_rates_give_them_give_the_rates_however_far_apart(
    true: tuple[float, float, float], apart: list[float]
) -> None:
    even = PanelData(np.array(apart), np.tile(np.diag([1000.0, 1000, 0]), (len(apart), 1, 1)))
    counts = np.array(
        [
            expected_pairs(PanelData(one[None], n[None]), rates(*true))
            for one, n in zip(*even, strict=True)
        ]
    )
    found = fitted_ratios(PanelData(even.years, counts), rates(0.1, 0.1, 0.1), MOVES, range(3))
    own = [0.1 * np.exp(found[at].log) for at in range(3)]
    assert own == pytest.approx(true, rel=2e-3)


def test_what_looks_tell_too_little_of_stays_as_it_is_given() -> None:
    few = SEEN.copy()
    few[0][DEAD_WELL] = 8.8
    start = rates(0.3, 0.02, 0.05)
    found = told_ratios(PanelData(ONCE_A_YEAR, few), start, MOVES, range(3), 5)
    # Some of those eight have been ill on the way: fewer are told of than were seen.
    assert sorted(found) == [0, 2]
    assert all(one.worth[0] >= 5 for one in found.values())
