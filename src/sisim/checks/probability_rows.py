"""Rows of probabilities: can those out of one state ever be over 1 together (law L2)?

Every combination of the features that the row's factors look at is tried, each with the value
that the factors share; a feature that only one transition looks at is tried in that transition
alone. Named hazard shapes and numeric attributes have no greatest value and count as 1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from sisim.arrays import Flags, Floats
from sisim.checks.reachability import Reached, possible_categories
from sisim.scenario.factor_grid import Grid, grid, is_grid
from sisim.scenario.factor_table import (
    PROBABILITY,
    TIMES,
    acting,
    apply_ratio,
    category_values,
    default,
    otherwise,
    scale_code,
)
from sisim.scenario.features import Features
from sisim.scenario.pathway import Factor, Transition
from sisim.scenario.scenario import Effect, Scenario

MAX_COMBINATIONS = 4_000_000
"""Beyond this many combinations, a row is left to the engine, which counts no more than 1."""
TOLERANCE = 1e-9

Axis = tuple[str, ...]


@dataclass(frozen=True)
class FullRow:
    """A row that can be over 1, at its worst."""

    track: str
    state: str
    transitions: tuple[str, ...]
    total: float
    combination: tuple[str, ...]


@dataclass
class _Lookup:
    """A factor of one transition: which axis it lies on, and what it does to a probability."""

    axis: Axis
    edges: list[float] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    table: Mapping[str, float] = field(default_factory=dict)
    default: float = 1.0
    otherwise: float | None = None
    scale: int = TIMES
    together: Grid | None = None

    @property
    def axes(self) -> tuple[Axis, ...]:
        """The axes that it lies on: several, if it is a table over several features."""
        if self.together is None:
            return (self.axis,)
        return tuple((axis.name,) for axis in self.together.axes)

    def edges_on(self, axis: Axis) -> list[float]:
        """Return the limits of its bands on an axis."""
        if self.together is None:
            return self.edges
        return next(one.lows for one in self.together.axes if (one.name,) == axis)

    def over(self, cells: Mapping[Axis, list[str | float | None]], axes: list[Axis]) -> Floats:
        """Return what it does in each cell, with an axis of length 1 where it does not look."""
        if self.together is None:
            column = np.array([_look_up(self, cell) for cell in cells[self.axis]])
            return column.reshape([len(column) if one == self.axis else 1 for one in axes])
        own = {(one.name,): one for one in self.together.axes}
        places = [
            [axis.at("" if cell is None else cell) for cell in cells[key]]
            for key, axis in own.items()
        ]
        found = self.together.values[np.ix_(*places)]
        found = found.transpose(np.argsort([axes.index(key) for key in own]))
        return found.reshape([len(cells[one]) if one in own else 1 for one in axes])


def full_rows(
    features: Features,
    reached: Reached,
    scenario: Scenario | None,
    unclear: Callable[[str], bool],
) -> Iterator[FullRow]:
    """Return the rows of a pathway (with the effects of a scenario) that can be over 1.

    Rows with a transition whose probability is `unclear` are left out.
    """
    pathway = features.pathway
    rows: dict[tuple[str, str], dict[int, list[str]]] = {}
    for name, transition in pathway.transitions.items():
        for state in dict.fromkeys(transition.origin):
            if transition.probability is not None:
                row = rows.setdefault((transition.track, state), {})
                row.setdefault(transition.order, []).append(name)
    for track, spec in pathway.tracks.items():
        for state in spec.states:
            for names in rows.get((track, state), {}).values():
                if any(map(unclear, names)):
                    continue
                worst = _Row(features, reached, track, state, names, scenario).worst()
                if worst is not None and worst[0] > 1 + TOLERANCE:
                    yield FullRow(track, state, tuple(names), *worst)


class _Row:
    """The probabilities out of one state that add up."""

    def __init__(
        self,
        features: Features,
        reached: Reached,
        track: str,
        state: str,
        names: list[str],
        scenario: Scenario | None,
    ):
        self.features = features
        self.reached = {**reached, track: {state}}
        self.transitions = {name: features.pathway.transitions[name] for name in names}
        self.lookups = {
            name: [*self._factors(transition), *_effects(name, scenario)]
            for name, transition in self.transitions.items()
        }
        everything = [lookup for found in self.lookups.values() for lookup in found]
        self.cells = {
            axis: self._cells(axis, [x for x in everything if axis in x.axes])
            for axis in dict.fromkeys(axis for lookup in everything for axis in lookup.axes)
        }

    def worst(self) -> tuple[float, tuple[str, ...]] | None:
        """Return the greatest sum over 1 and the combination that gives it.

        Returns:
            None if no sum is over 1, or there are too many combinations.
        """
        if sum(map(self._most, self.transitions)) <= 1:
            return None
        own = {
            name: {axis for x in found for axis in x.axes} for name, found in self.lookups.items()
        }
        ages = {("age",), ("age.calendar",)}
        together = ages <= set(self.cells)
        shared = [
            axis
            for axis in self.cells
            if sum(axis in axes for axes in own.values()) > 1 or (together and axis in ages)
        ]
        if np.prod([float(len(self.cells[a])) for a in shared]) > MAX_COMBINATIONS:
            return None
        total: Floats = np.zeros([len(self.cells[a]) for a in shared])
        parts = []
        for name, transition in self.transitions.items():
            private = [axis for axis in self.cells if axis in own[name] and axis not in shared]
            sizes = [float(len(self.cells[a])) for a in [*private, *shared] if a in own[name]]
            if np.prod(sizes) > MAX_COMBINATIONS:
                return None
            value = self._values(name, transition, [*private, *shared])
            parts.append((private, value))
            total = total + value.max(axis=tuple(range(len(private))))
        if together:
            total = np.where(self._same_birthday(shared), total, -1.0)
        at = np.unravel_index(int(np.argmax(total)), total.shape)
        chosen = dict(zip(shared, map(int, at), strict=True))
        for private, value in parts:
            here = value[
                (
                    ...,
                    *[
                        i if n > 1 else 0
                        for i, n in zip(at, value.shape[len(private) :], strict=True)
                    ],
                )
            ]
            best = np.unravel_index(int(np.argmax(here)), here.shape)
            chosen |= dict(zip(private, map(int, best), strict=True))
        described = [_describe(axis, self.cells[axis], index) for axis, index in chosen.items()]
        return float(total[at]), tuple(text for text in described if text)

    def _most(self, name: str) -> float:
        """Return what a transition's probability is never over: every factor at its greatest.

        More of a factor is never less of the probability, whatever its scale.
        """
        probability = self.transitions[name].probability
        assert probability is not None
        value = probability.value
        for lookup in self.lookups[name]:
            ratio = float(lookup.over(self.cells, list(lookup.axes)).max())
            value = float(apply_ratio(value, ratio, lookup.scale, PROBABILITY))
        return value

    def _values(self, name: str, transition: Transition, axes: list[Axis]) -> Floats:
        """Return a transition's probability over `axes`; size 1 along those it does not look at."""
        assert transition.probability is not None
        value: Floats = np.full([1] * len(axes), transition.probability.value)
        for lookup in self.lookups[name]:
            value = apply_ratio(value, lookup.over(self.cells, axes), lookup.scale, PROBABILITY)
        return value

    def _factors(self, transition: Transition) -> Iterator[_Lookup]:
        for name in named(self.features, transition.factors):
            lookup = self._lookup(acting(self.features.pathway.factors[name]))
            if lookup is not None:
                yield lookup
        moment = transition.schedule
        if moment is not None:
            step = 1 / self.features.pathway.steps_per_year
            for axis, at, width in (
                ("calendar.month", moment.month, 1.0),
                ("age", moment.age, step),
                ("calendar.step", moment.cycle, 1.0),
            ):
                if at is not None:
                    yield _Lookup((axis,), [at, at + width], [0.0, 1.0, 0.0])

    def _lookup(self, factor: Factor) -> _Lookup | None:
        name = factor.feature
        if is_grid(factor):
            scale = scale_code(factor.scale, PROBABILITY)
            return _Lookup(("",), together=grid(factor, self.features), scale=scale)
        if name is None or factor.shape or factor.direct or factor.product:
            return None
        axis = (name, *(str(x) for x in (factor.window,) if x), *_peers(name, factor.among))
        scale = scale_code(factor.scale, PROBABILITY)
        if isinstance(factor.values, list):
            unit = self.features.years(name, factor.unit)
            grouped = name.partition(".")[0] in ("time_in", "time_since")
            return _Lookup(
                axis,
                [edge * unit for edge in factor.below],
                [value.value for value in factor.values],
                otherwise=otherwise(factor) if grouped else None,
                scale=scale,
            )
        table = category_values(factor, self.features)
        return _Lookup(axis, table=table, default=default(factor), scale=scale)

    def _cells(self, axis: Axis, lookups: list[_Lookup]) -> list[str | float | None]:
        """Return one value for each way a feature can be: a category, or the low end of a band."""
        if axis[0] == "investment":
            return ["without", "project", "new_way"]
        possible = (
            possible_categories(self.features, axis[0], self.reached)
            if self.features.is_categorical(axis[0])
            else None
        )
        if possible is not None:
            known = self.features.categories(axis[0]) or ()
            return [c for c in known if c in possible] or [None]
        if any(lookup.table for lookup in lookups):  # areas before any scenario says which
            return [None, *dict.fromkeys(key for lookup in lookups for key in lookup.table)]
        lowest, highest = {"calendar.month": (1.0, 12.0), "share": (0.0, 1.0)}.get(
            axis[0].partition(".")[0] if axis[0].startswith("share") else axis[0], (0.0, np.inf)
        )
        found = {edge for lookup in lookups for edge in lookup.edges_on(axis)}
        edges = {edge for edge in found if lowest < edge <= highest}
        outside = [None] if any(lookup.otherwise is not None for lookup in lookups) else []
        return [lowest, *sorted(edges), *outside]

    def _same_birthday(self, shared: list[Axis]) -> Flags:
        """Return which combinations of age and age reached in the calendar year can be."""
        bands = []
        for axis in (("age",), ("age.calendar",)):
            lows = np.array([float(cell or 0.0) for cell in self.cells[axis]])
            shape = [len(lows) if a == axis else 1 for a in shared]
            bands.append((lows.reshape(shape), np.append(lows[1:], np.inf).reshape(shape)))
        (age, age_end), (year, year_end) = bands
        possible = (year < age_end + 1) & (year_end > age)
        return np.broadcast_to(possible, [len(self.cells[a]) for a in shared])


def _peers(name: str, among: str) -> tuple[str, ...]:
    return (among,) if name.startswith("share.") else ()


def named(
    features: Features, names: Iterable[str], trail: frozenset[str] = frozenset()
) -> Iterator[str]:
    """Return the factors of these names, and those that they are products of."""
    for name in names:
        factor = features.pathway.factors.get(name)
        if factor is None or name in trail:
            continue
        yield name
        yield from named(features, factor.product, trail | {name})


def _effects(transition: str, scenario: Scenario | None) -> Iterator[_Lookup]:
    for name, investment in scenario.investments.items() if scenario else ():
        for effect in investment.effects:
            if transition in effect.on:
                table = dict.fromkeys(_phases(effect), effect.ratio.value)
                scale = scale_code(effect.scale, PROBABILITY)
                yield _Lookup(("investment", name), table=table, scale=scale)
            if effect.harm is not None and transition in effect.harm.on:
                table = {"project": effect.harm.ratio.value, "new_way": effect.harm.ratio.value}
                scale = scale_code(effect.harm.scale, PROBABILITY)
                yield _Lookup(("investment", name), table=table, scale=scale)


def _phases(effect: Effect) -> tuple[str, ...]:
    return ("project", "new_way") if effect.phase == "always" else (effect.phase,)


def _look_up(lookup: _Lookup, cell: str | float | None) -> float:
    if isinstance(cell, str):
        return lookup.table.get(cell, lookup.default)
    if lookup.table:
        return lookup.default
    if cell is None:
        return lookup.otherwise if lookup.otherwise is not None else 1.0
    return lookup.values[int(np.searchsorted(lookup.edges, cell, side="right"))]


def _describe(axis: Axis, cells: list[str | float | None], index: int) -> str:
    cell = cells[index]
    if cell is None or len(cells) == 1:
        return ""
    if isinstance(cell, str):
        name = axis[1] if axis[0] == "investment" else axis[0]
        return f"{name} = {cell}"
    return f"{axis[0]} ≥ {cell:g}"
