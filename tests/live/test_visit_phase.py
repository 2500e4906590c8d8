"""The phases of a visit: settled is what has been shown in full since it was asked for."""

from __future__ import annotations

import pytest
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from sisim.live.visit_phase import (
    ALLOWED,
    APPROXIMATE,
    DRAGGING,
    IDLE,
    REFINING,
    SETTLED,
    VisitMachine,
    VisitPhase,
)


class AnyVisit(RuleBasedStateMachine):
    """A hand and a server in any order, beside a plain account of what has been asked and shown."""

    def __init__(self) -> None:
        super().__init__()
        self.visit = VisitMachine()
        self.held = False
        self.asked = False
        self.shown = "nothing"
        self.seen = IDLE

    @rule()
    def takes_hold(self) -> None:
        self.visit.hold()
        self.held = True

    @rule()
    def asks(self) -> None:
        self.visit.ask()
        self.asked, self.shown = True, "nothing"

    @precondition(lambda self: self.asked and self.shown != "all")
    @rule()
    def a_rough_answer_is_shown(self) -> None:
        self.visit.show(all_=False)
        self.shown = "rough"

    @precondition(lambda self: self.asked and self.shown != "all")
    @rule()
    def all_is_shown(self) -> None:
        self.visit.show(all_=True)
        self.shown = "all"

    @rule()
    def stands_still(self) -> None:
        self.visit.stand_still()

    @rule()
    def lets_go(self) -> None:
        self.visit.let_go()
        self.held = False

    @rule()
    def leaves(self) -> None:
        self.visit.leave()
        self.held = self.asked = False
        self.shown = "nothing"

    @invariant()
    def it_is_settled_when_all_has_been_shown_and_only_then(self) -> None:
        assert (self.visit.phase is SETTLED) == (self.shown == "all")
        assert (self.visit.phase is IDLE) == (not self.asked)

    @invariant()
    def what_waits_for_a_hand_is_held_by_one(self) -> None:
        assert self.visit.held == self.held
        if self.visit.phase in (DRAGGING, APPROXIMATE):
            assert self.held

    @invariant()
    def it_goes_only_where_it_may(self) -> None:
        assert self.visit.phase is self.seen or self.visit.phase in ALLOWED[self.seen]
        self.seen = self.visit.phase


TestAnyVisit = AnyVisit.TestCase


def test_each_phase_can_be_reached_and_left() -> None:
    reached = set().union(*ALLOWED.values())
    assert reached == set(ALLOWED) == set(VisitPhase)


def test_nothing_is_shown_that_nobody_has_asked_for() -> None:
    with pytest.raises(ValueError, match="idle cannot become settled"):
        VisitMachine().show(all_=True)


def test_a_hand_that_lets_go_without_an_answer_waits_for_all_of_it() -> None:
    visit = VisitMachine()
    visit.hold()
    visit.ask()
    assert visit.phase is DRAGGING
    visit.show(all_=False)
    assert visit.phase is APPROXIMATE
    visit.let_go()
    assert visit.phase is REFINING
    visit.show(all_=False)
    assert visit.phase is REFINING
