"""Numbering of states and features, and the list of references to factors, during compilation."""

from __future__ import annotations

from typing import Any

import numpy as np

from sisim.arrays import Floats
from sisim.engine.clock import Clock
from sisim.engine.compile.factor_values import band_edges, bands_by_value, factor_values
from sisim.engine.consequences import NONE, consequences
from sisim.engine.tables import (
    AGE,
    AGE_CALENDAR,
    AGE_START,
    AREA,
    ATTRIBUTE,
    BANDS,
    COMBINED,
    CYCLE,
    DIRECT,
    EXPOSURE,
    LOOK_UP,
    MONTH,
    NUMBER,
    SHARE,
    STATE,
    TIME_IN_GROUP,
    TIME_IN_STATE,
    TIME_SINCE_GROUP,
    VISITS,
    VISITS_WINDOW,
    YEAR,
    FactorReference,
)
from sisim.scenario.factor_grid import grid, is_grid
from sisim.scenario.factor_table import acting, is_switched_off, otherwise, scale_code
from sisim.scenario.features import Features
from sisim.scenario.pathway import Factor, Pathway
from sisim.scenario.scenario import Scenario


class Builder:
    """Numbers of states and features, and references to factors, as a scenario is compiled.

    Attributes:
        areas: Names of the areas, one "all" where the scenario has none.
        attributes: Categorical attributes drawn once; `numbers`: those drawn as a number.
        redrawn: Categorical attributes that are redrawn; each is a track, its categories states.
        consequences: What follows from effects; each is a track of two states.
        tracks: The states of each track.
        states: (track, state) by global state number, and `number_of` the other way round.
        windowed: Groups whose visits are counted in a window.
        known: The features that there are, and their categories.
        features: Numbers by (kind, argument, steps of the window).
        references: Every use of a factor's table, in the order of the kernel's references.
        state_feature: The features that each state's transitions use, state by state.
        shares: (group, among) of the shares of peers.
        parts: Features that a table is over together, and `bands`: see `FeatureTables`.
    """

    def __init__(self, scenario: Scenario, clock: Clock) -> None:
        self.scenario = scenario
        self.pathway: Pathway = scenario.pathway
        self.clock = clock
        self.areas = list(scenario.population.areas) or ["all"]
        self.investments = list(scenario.investments)
        specs = self.pathway.attributes
        self.redrawn = {n for n, a in specs.items() if a.redraw is not None}
        self.attributes = [n for n, a in specs.items() if a.shares and n not in self.redrawn]
        self.numbers = [n for n, a in specs.items() if a.distribution]
        self.tracks: dict[str, list[str]] = {
            name: list(track.states) for name, track in self.pathway.tracks.items()
        }
        for name in specs:
            if name in self.redrawn:
                self.tracks[f"attribute:{name}"] = list(specs[name].shares)
        self.consequences = list(consequences(scenario))
        for one in self.consequences:
            self.tracks[one.track] = [NONE, one.state]
        self.track_names = list(self.tracks)
        self.states = [(t, s) for t, names in self.tracks.items() for s in names]
        self.number_of = {pair: n for n, pair in enumerate(self.states)}
        self.groups = list(self.pathway.groups)
        self.windowed: list[str] = []
        self.known = Features(self.pathway, scenario.population.areas, self.investments)
        self.features: dict[tuple[int, int, int], int] = {}
        self.feature_names: list[str] = []
        self.references: list[FactorReference] = []
        self.state_feature: list[int] = []
        self.shares: list[tuple[str, str]] = []
        self.parts: list[tuple[int, int, int, int]] = []
        self.bands: list[int] = []
        self._tables: dict[str, tuple[int, Floats]] = {}

    @property
    def oldest(self) -> int:
        """An age, in steps, that nobody exceeds."""
        population = self.scenario.population
        return self.clock.steps(max(population.max_age, population.oldest)) + self.clock.end + 1

    def feature(
        self, name: str, window: float | None = None, among: str = "area", track: str | None = None
    ) -> int:
        """Return the number of a feature, given as in a file; `track` is whose time is meant."""
        head, _, rest = name.partition(".")
        argument, steps = 0, 0
        match head:
            case "age":
                kind = {"calendar": AGE_CALENDAR, "start": AGE_START}.get(rest, AGE)
            case "time_in_state":
                kind, argument = TIME_IN_STATE, self.track_names.index(track) if track else 0
            case "time_in":
                kind, argument = TIME_IN_GROUP, self.groups.index(rest)
            case "time_since":
                kind, argument = TIME_SINCE_GROUP, self.groups.index(rest)
            case "visits" if window is not None:
                kind, argument = VISITS_WINDOW, _index(self.windowed, rest)
                steps = self.clock.months(window)
            case "visits":
                kind, argument = VISITS, self.groups.index(rest)
            case "attribute":
                kind, argument = self._attribute(rest)
            case "state":
                kind, argument = STATE, self.track_names.index(rest)
            case "area":
                kind = AREA
            case "calendar":
                kind = {"month": MONTH, "year": YEAR, "step": CYCLE}[rest]
            case "share":
                kind, argument = SHARE, _index(self.shares, (rest, among))
            case _:
                kind, argument = EXPOSURE, self.investments.index(rest)
        return self.number(kind, argument, steps, name)

    def _attribute(self, name: str) -> tuple[int, int]:
        if name in self.redrawn:
            return STATE, self.track_names.index(f"attribute:{name}")
        if name in self.numbers:
            return NUMBER, self.numbers.index(name)
        return ATTRIBUTE, self.attributes.index(name)

    def number(self, kind: int, argument: int, steps: int, name: str) -> int:
        """Return the number of a feature, giving it one when it is new."""
        number = self.features.setdefault((kind, argument, steps), len(self.features))
        if number == len(self.feature_names):
            self.feature_names.append(name)
        return number

    def reference(
        self, name: str, factor: Factor, kind: int, track: str | None = None
    ) -> FactorReference:
        """Return a factor as used on a rate or a probability (`kind`), with the values that act."""
        acts = acting(factor)
        how = DIRECT if factor.direct else LOOK_UP
        if is_grid(factor):
            number, values = self._together(name, acts)
        else:
            assert factor.feature is not None
            if how == LOOK_UP and factor.feature.partition(".")[2] in self.numbers:
                how = BANDS
            number = self.feature(factor.feature, factor.window, factor.among, track)
            values = self._values(acts, how)
        raw = None if factor.causal_share is None else self._values(factor, how)
        scale = scale_code(factor.scale, kind)
        return FactorReference(name, number, values, scale, how, raw=raw)

    def _values(self, factor: Factor, how: int) -> Floats:
        """Return a factor's values as the kernel looks them up."""
        if is_grid(factor):
            return np.append(grid(factor, self.known).values.ravel(), otherwise(factor))
        if how == BANDS:
            return band_edges(factor)
        return factor_values(factor, self.known, self.clock, self.oldest)

    def _together(self, name: str, factor: Factor) -> tuple[int, Floats]:
        """Return a table over several features: a feature of its own, and its values in a row."""
        if name not in self._tables:
            table = grid(factor, self.known)
            first = len(self.parts)
            for axis, stride in zip(table.axes, table.strides, strict=True):
                places = bands_by_value(axis, self.known, self.clock, self.oldest)
                number = self.feature(axis.name)
                self.parts.append((number, len(self.bands), len(places), int(stride)))
                self.bands += places.tolist()
            number = self.number(COMBINED, first, len(self.parts), " × ".join(factor.features))
            self._tables[name] = number, self._values(factor, LOOK_UP)
        return self._tables[name]

    def add(self, names: list[str], kind: int, track: str | None = None) -> tuple[int, int]:
        """Append the references of `names`; return their range."""
        first = len(self.references)
        for name in self._flatten(names):
            factor = self.pathway.factors[name]
            if not is_switched_off(factor):
                self.references.append(self.reference(name, factor, kind, track))
        return first, len(self.references)

    def _flatten(self, names: list[str]) -> list[str]:
        """Return factors with every product replaced by its parts."""
        flat: list[str] = []
        for name in names:
            parts = self.pathway.factors[name].product
            flat += self._flatten(list(parts)) if parts else [name]
        return flat

    def of_kinds(self, *kinds: int) -> set[int]:
        """Return the numbers of the features of some kinds."""
        return {number for number, (kind, _, _) in enumerate(self.features) if kind in kinds}

    def features_of(self, ranges: list[tuple[int, int]]) -> list[int]:
        """Return the features used by the references in `ranges`, each once."""
        used = (self.references[r].feature for first, last in ranges for r in range(first, last))
        return list(dict.fromkeys(used))


def _index(names: list[Any], name: Any) -> int:
    """Return where a name stands in a list, having appended it if it was not there."""
    if name not in names:
        names.append(name)
    return names.index(name)
