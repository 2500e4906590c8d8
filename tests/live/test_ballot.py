"""The room votes on one municipality at a time, and on none whose truth is told."""

from __future__ import annotations

from dataclasses import replace

from sisim.evaluation.study import ACTING_OR_NOT
from sisim.live.ballot import Ballot


def test_votes_are_counted_until_the_truth_is_told() -> None:
    ballot = Ballot(0, "none").vote(carry_on=True).vote(carry_on=True).vote(carry_on=False)
    assert (ballot.carry_on, ballot.close_down, ballot.votes) == (2, 1, 3)
    over = replace(ballot, told=True)
    assert over.vote(carry_on=True) == over


def test_the_next_municipality_is_another_one_as_long_as_there_is_one() -> None:
    there = [0, 2, 5]
    one = Ballot.next(there)
    seen = [one.draw]
    for _ in range(3):
        one = Ballot.next(there, one)
        seen.append(one.draw)
    assert seen == [0, 2, 5, 0]


def test_nobody_can_know_what_is_true() -> None:
    assert {Ballot.next([0]).world for _ in range(60)} == set(ACTING_OR_NOT)
