"""A vote of the room: one municipality's evaluation is told, and what was true is not."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sisim.evaluation.study import ACTING_OR_NOT


@dataclass(frozen=True)
class Ballot:
    """A vote on whether to carry on with an investment, or to close it down.

    Attributes:
        draw: The municipality.
        world: What is true there: drawn, so that nobody can know it.
        carry_on: Votes to carry on.
        close_down: Votes to close down.
        told: Whether what is true has been told.
    """

    draw: int
    world: str
    carry_on: int = 0
    close_down: int = 0
    told: bool = False

    @classmethod
    def next(cls, there: Sequence[int], last: Ballot | None = None) -> Ballot:
        """Return a vote on the municipality after the last one, of those that there are."""
        later = [draw for draw in there if last is not None and draw > last.draw]
        return cls((later or list(there))[0], random.choice(ACTING_OR_NOT))

    @property
    def votes(self) -> int:
        """How many have voted."""
        return self.carry_on + self.close_down

    def vote(self, *, carry_on: bool) -> Ballot:
        """Return it with one more vote; none counts when the truth has been told."""
        if self.told:
            return self
        if carry_on:
            return replace(self, carry_on=self.carry_on + 1)
        return replace(self, close_down=self.close_down + 1)
