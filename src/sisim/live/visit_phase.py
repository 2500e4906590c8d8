"""The phase of a visit: how far what is shown has come towards what is asked for.

::

              moved                     shown, less than all
    any phase ------> DRAGGING    held: ----------------> APPROXIMATE --stood still, let go--+
    any phase ------> REFINING <------------------------------------------------------------+
              asked            not held: stays REFINING
    DRAGGING, APPROXIMATE, REFINING --shown, all--> SETTLED        any phase --left--> IDLE

Nothing that is shown in another phase than SETTLED is final.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum, auto


class VisitPhase(StrEnum):
    """How far what is shown has come."""

    IDLE = auto()
    """Nothing is worked out: nothing is asked for, nobody looks, or it could not be done."""
    DRAGGING = auto()
    """A hand has moved something that it holds, and that has not been answered."""
    APPROXIMATE = auto()
    """It has been answered, interpolated or with fewer runs; more comes when the hand rests."""
    REFINING = auto()
    """All that is asked for is being simulated."""
    SETTLED = auto()
    """All that is asked for is shown."""


IDLE, DRAGGING, APPROXIMATE, REFINING, SETTLED = VisitPhase

ALLOWED: Mapping[VisitPhase, frozenset[VisitPhase]] = {
    IDLE: frozenset({DRAGGING, REFINING}),
    DRAGGING: frozenset({IDLE, APPROXIMATE, REFINING, SETTLED}),
    APPROXIMATE: frozenset({IDLE, DRAGGING, REFINING, SETTLED}),
    REFINING: frozenset({IDLE, DRAGGING, APPROXIMATE, SETTLED}),
    SETTLED: frozenset({IDLE, DRAGGING, REFINING}),
}
"""What each phase may lead to, beside itself."""


class VisitMachine:
    """The phase of a visit, and whether a hand holds a slider or the marked year.

    Attributes:
        phase: The phase.
        held: Whether something is held, which need not have been moved.
    """

    def __init__(self) -> None:
        self.phase = IDLE
        self.held = False

    def hold(self) -> None:
        """Take hold of something."""
        self.held = True

    def ask(self) -> None:
        """Ask for something else than what is shown, with the hand if it holds something."""
        self._become(DRAGGING if self.held else REFINING)

    def show(self, *, all_: bool) -> None:
        """Show an answer to what was last asked for.

        Args:
            all_: Whether it is all that is asked for: simulated, and with all runs.
        """
        self._become(SETTLED if all_ else APPROXIMATE if self.held else REFINING)

    def stand_still(self) -> None:
        """Stand still with what is held, until an approximate answer is to become a better one."""
        if self.phase is APPROXIMATE:
            self._become(REFINING)

    def let_go(self) -> None:
        """Let go of what is held."""
        self.held = False
        if self.phase in (DRAGGING, APPROXIMATE):
            self._become(REFINING)

    def leave(self) -> None:
        """Have nothing worked out any more."""
        self.held = False
        self._become(IDLE)

    def _become(self, phase: VisitPhase) -> None:
        if phase is not self.phase and phase not in ALLOWED[self.phase]:
            raise ValueError(f"a visit that is {self.phase} cannot become {phase}")
        self.phase = phase
