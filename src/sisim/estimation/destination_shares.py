"""Shares of a transition's destinations from a register: a multinomial with a Dirichlet posterior.

Independent gamma distributions, each as a part of their sum, have that distribution together, and
the engine takes shares in proportion: each share is given its own gamma distribution.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sisim.estimation.rate_posterior import JEFFREYS, Gamma, gamma_of_range
from sisim.estimation.suppression import hidden
from sisim.scenario.pathway import Transition


class SeenDestination(NamedTuple):
    """What a register tells apart of where a transition leads.

    Attributes:
        states: The states of the pathway that it is.
        events: How many moves came.
        expected: How many the pathway's numbers would give.
    """

    states: tuple[str, ...]
    events: int
    expected: float


class ShareEstimate(NamedTuple):
    """What a register tells of the share of a destination.

    Attributes:
        states: The states, whose shares change in proportion.
        events: How many moves came.
        expected: How many the pathway's shares would give of all moves that came.
        ratio: The posterior of the share as a part of the pathway's.
    """

    states: tuple[str, ...]
    events: int
    expected: float
    ratio: Gamma


def told_shares(
    transition: Transition, seen: Sequence[SeenDestination], least: int, *, prior: bool
) -> tuple[ShareEstimate, ...]:
    """Return the shares that a register tells.

    Of few moves to a destination the pathway's share is kept, and of another one too, so that the
    few cannot be worked out from the sum.

    Args:
        transition: The transition.
        seen: What the register tells apart.
        least: Counts above 0 and below this are not told.
        prior: Whether the range of a share in the pathway weighs in.
    """
    expected = sum(one.expected for one in seen)
    if len(seen) < 2 or not expected:
        return ()
    events = sum(one.events for one in seen)
    unseen = hidden([one.events for one in seen], least)
    found = []
    for one, gone in zip(seen, unseen, strict=True):
        of_all = one.expected * events / expected
        if one.events and of_all and not gone:
            ratio = _prior(transition, one.states, prior).updated(one.events, of_all)
            found.append(ShareEstimate(one.states, one.events, of_all, ratio))
    return tuple(found)


def _prior(transition: Transition, states: tuple[str, ...], wanted: bool) -> Gamma:
    """Return what the pathway says of a share as a part of its own; Jeffreys' if it does not."""
    share = transition.to[states[0]].share
    if not wanted or len(states) > 1 or share.low is None or share.high is None:
        return JEFFREYS
    if not 0 < share.low < share.high:
        return JEFFREYS
    return gamma_of_range(share.low / share.value, share.high / share.value)
