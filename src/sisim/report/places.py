"""Where a person is, of few places: the case in focus, what everyone has, other services, none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from sisim.arrays import Ints
from sisim.engine.consequences import NONE, consequences
from sisim.i18n import t
from sisim.scenario.scenario import Scenario

Place = Literal["none", "everyone", "services", "case"]
PLACES: tuple[Place, ...] = ("none", "everyone", "services", "case")
"""In rising order: a person who is in several is shown in the last of them."""
AWAY = -1
"""Not yet born or moved in, or no longer there."""


@dataclass(frozen=True)
class Places:
    """The place that each state of each track stands for, by track and state name."""

    scenario: Scenario
    case: str

    def label(self, place: Place) -> str:
        """Return what a place is called."""
        pathway = self.scenario.pathway
        if place == "case":
            return pathway.groups[self.case].label.text
        if place == "everyone":
            tracks = [track for track, states in self._by_track("everyone").items() if states]
            return pathway.tracks[tracks[0]].label.text if tracks else ""
        if place == "services":
            return t("Other services")
        return t("Home, or grown up and on their own")

    def shown(self) -> list[Place]:
        """Return the places that the pathway has."""
        there = {name for found in self._places().values() for name in found.values()}
        return [place for place in PLACES if place in there or place == "none"]

    def of(self, states: Ints, names: list[tuple[str, str]]) -> Ints:
        """Return the place of each row, as its number among `PLACES`.

        Args:
            states: The number of the state on each track, (..., tracks); AWAY where not there.
            names: (track, state) by number.
        """
        places = self._places()
        rank = np.array([PLACES.index(places[track][state]) for track, state in names] + [AWAY])
        return np.asarray(rank[states].max(axis=-1))

    def _places(self) -> dict[str, dict[str, Place]]:
        pathway, group = self.scenario.pathway, self.scenario.pathway.groups[self.case]

        def place(track: str, state: str) -> Place:
            if track == group.track and state in group.states:
                return "case"
            used = pathway.tracks[track].states[state].uses
            # What a person produces is used by nobody and paid by nobody.
            uses = [name for name in used if pathway.resources[name].shares]
            if any(not pathway.resources[name].ordinary for name in uses):
                return "everyone" if self._mostly_ordinary(track) else "services"
            return "everyone" if uses else "none"

        found: dict[str, dict[str, Place]] = {
            track: {state: place(track, state) for state in spec.states}
            for track, spec in pathway.tracks.items()
        }
        for one in consequences(self.scenario):
            given: Place = "services" if one.kind == "instead" else "none"
            found[one.track] = {NONE: "none", one.state: given}
        return found

    def _mostly_ordinary(self, track: str) -> bool:
        """Return whether a track is that of something everyone has, as school."""
        resources = self.scenario.pathway.resources
        states = self.scenario.pathway.tracks[track].states.values()
        return any(resources[name].ordinary for state in states for name in state.uses)

    def _by_track(self, wanted: Place) -> dict[str, list[str]]:
        return {
            track: [state for state, place in found.items() if place == wanted]
            for track, found in self._places().items()
        }
