"""Consequences of effects: what is given in place of a prevented transition, and risks it brings.

Each is a track of its own, beside those of the pathway: a person is in it for as long as it lasts.
So what is given is counted, priced, replayed and looked at as everything else is.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from sisim.scenario.scenario import Harm, Instead, Scenario

NONE = "none"
"""The state of who has no such thing."""


class Consequence(NamedTuple):
    """What follows for a person where an effect has prevented a transition, or hastened it.

    Attributes:
        investment: The investment that has the effect.
        effect: The number of the effect in it, from 0.
        kind: Something given instead, or harm.
        spec: What the file says of it.
    """

    investment: str
    effect: int
    kind: Literal["instead", "harm"]
    spec: Instead | Harm

    @property
    def track(self) -> str:
        """The name of its track."""
        return f"{self.kind}:{self.investment}.{self.effect + 1}"

    @property
    def state(self) -> str:
        """The state in which a person is while it lasts."""
        return "given" if self.kind == "instead" else "exposed"

    @property
    def over(self) -> str:
        """The transition by which it ends; that by which it begins has the name of the track."""
        return f"{self.track}:over"


def consequences(scenario: Scenario) -> Iterator[Consequence]:
    """Yield what follows from the effects of a scenario, effect by effect."""
    for name, investment in scenario.investments.items():
        for number, effect in enumerate(investment.effects):
            if effect.instead is not None:
                yield Consequence(name, number, "instead", effect.instead)
            if effect.harm is not None:
                yield Consequence(name, number, "harm", effect.harm)
