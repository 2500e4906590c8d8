"""Tables of transitions: bases, references to factors and effects, destinations, stages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sisim.arrays import Flags, Floats
from sisim.engine.compile.builder import Builder
from sisim.engine.compile.effect_tables import effect_references
from sisim.engine.consequences import NONE, Consequence
from sisim.engine.tables import (
    STATE,
    WHEN_AGE,
    WHEN_CYCLE,
    WHEN_MONTH,
    DestinationRow,
    FactorReference,
    ReferenceRow,
    StateRow,
    TransitionRow,
    TransitionTables,
)
from sisim.scenario.factor_table import PROBABILITY, RATE, TIMES
from sisim.scenario.pathway import Schedule, Transition
from sisim.scenario.types import Number


class _Destination(NamedTuple):
    """A destination: its state and share, and the range of its references."""

    state: int
    share: float
    first: int
    last: int


class _Transition(NamedTuple):
    """A transition of the pathway, or the redrawing of an attribute.

    `order` sorts it among those out of the same state: earlier stages first, in a stage
    probabilities before rates. `first` and `last` are the range of its references.
    """

    name: str
    kind: int
    base: float
    first: int
    last: int
    destinations: list[_Destination]
    origins: set[int]
    order: tuple[int, int]

    @property
    def only_destination(self) -> int:
        """The only destination, or -1 where something remains to be drawn or worked out."""
        destination, *more = self.destinations
        return -1 if more or destination.last > destination.first else destination.state


def transition_tables(build: Builder, arms: list[str]) -> tuple[TransitionTables, list[str]]:
    """Return the tables of transitions, and the transitions' names.

    Appends every reference that transitions, destinations and effects use.
    """
    transitions = [_of_pathway(build, *one) for one in build.pathway.transitions.items()]
    transitions += [_of_redraw(build, n) for n in build.pathway.attributes if n in build.redrawn]
    transitions += [of for one in build.consequences for of in _of_consequence(build, one)]
    names = [transition.name for transition in transitions]
    kinds = [transition.kind for transition in transitions]
    effects = effect_references(build, names, kinds, arms)
    drift = _drift(build, names)
    rows, out = _state_rows(build, transitions, effects, (drift == 1.0).all(axis=1))
    tabulated = rows[rows["tabulated"] == 1]
    most = int((tabulated["last"] - tabulated["first"]).max(initial=1)) - 1
    tables = TransitionTables(
        state=rows,
        out=np.array(out, np.int32),
        only_destination=np.array([transitions[t].only_destination for t in out], np.int32),
        transition=_transition_rows(transitions),
        destination=np.array(
            [tuple(d) for t in transitions for d in t.destinations], DestinationRow
        ),
        reference=_reference_rows(build.references),
        table=np.concatenate([*(r.values for r in build.references), np.zeros(1)]),
        drift=drift,
        effects=effects,
        # These two are worked out by the kernel.
        constant_chance=np.zeros(len(out)),
        cumulative_share=np.full((len(rows), most), np.inf),
    )
    return tables, names


def _of_pathway(build: Builder, name: str, spec: Transition) -> _Transition:
    if spec.rate is not None:
        kind, base = RATE, spec.rate.per_year / build.clock.per_year
    else:
        assert spec.probability is not None
        kind, base = PROBABILITY, spec.probability.value
    first, _ = build.add(list(spec.factors), kind, spec.track)
    if spec.schedule is not None:
        _add_schedule(build, spec.schedule)
    last = len(build.references)
    return _Transition(
        name=name,
        kind=kind,
        base=base,
        first=first,
        last=last,
        destinations=[
            _Destination(
                build.number_of[spec.track, state],
                destination.share.value,
                *build.add(list(destination.factors), RATE, spec.track),
            )
            for state, destination in spec.to.items()
        ],
        origins={build.number_of[spec.track, state] for state in spec.origin},
        order=(spec.order, 0 if kind == PROBABILITY else 1),
    )


def _add_schedule(build: Builder, schedule: Schedule) -> None:
    """Append references that are 1 at the moment of a schedule, and 0 at all others."""
    age = None if schedule.age is None else build.clock.steps(schedule.age)
    for kind, moment in (
        (WHEN_MONTH, schedule.month),
        (WHEN_AGE, age),
        (WHEN_CYCLE, schedule.cycle),
    ):
        if moment is not None:
            build.references.append(
                FactorReference(
                    name="schedule",
                    feature=build.number(kind, moment, 0, "schedule"),
                    values=np.array([0.0, 1.0, 0.0]),
                    scale=TIMES,
                )
            )


def _of_redraw(build: Builder, name: str) -> _Transition:
    attribute, track = build.pathway.attributes[name], f"attribute:{name}"
    assert attribute.redraw is not None
    here = len(build.references)
    return _Transition(
        name=f"redraw:{name}",
        kind=RATE,
        base=attribute.redraw.per_year / build.clock.per_year,
        first=here,
        last=here,
        destinations=[
            _Destination(build.number_of[track, category], share.value, here, here)
            for category, share in attribute.shares.items()
        ],
        origins={build.number_of[track, category] for category in attribute.shares},
        order=(1, 1),
    )


def _of_consequence(build: Builder, one: Consequence) -> Iterator[_Transition]:
    """Yield how a consequence begins and ends: neither is drawn, so they begin in no state."""
    here = len(build.references)
    for name, state in ((one.track, one.state), (one.over, NONE)):
        to = _Destination(build.number_of[one.track, state], 1.0, here, here)
        yield _Transition(name, RATE, 0.0, here, here, [to], set(), (1, 1))


def _drift(build: Builder, names: list[str]) -> Floats:
    """Return what each transition's base is multiplied by, float64 (transitions, steps)."""
    clock, volumes = build.clock, build.scenario.drift.volumes
    years = np.maximum(clock.years(np.arange(clock.end + 1)), 0)
    rows = [(1 + volumes.get(name, Number(value=0)).value) ** years for name in names]
    return np.array(rows, np.float64).reshape(len(names), clock.end + 1)


def _transition_rows(transitions: list[_Transition]) -> NDArray[np.void]:
    stages = {order: n for n, order in enumerate(sorted({t.order for t in transitions}))}
    rows = np.zeros(len(transitions), TransitionRow)
    end = 0
    for row, one in zip(rows, transitions, strict=True):
        begin, end = end, end + len(one.destinations)
        row["kind"], row["stage"], row["base"] = one.kind, stages[one.order], one.base
        row["first"], row["last"] = one.first, one.last
        row["to_first"], row["to_last"] = begin, end
    return rows


def _state_rows(
    build: Builder,
    transitions: list[_Transition],
    effects: NDArray[np.int32],
    steady: Flags,
) -> tuple[NDArray[np.void], list[int]]:
    """Return the rows of states, and the transitions out of each; `steady`: those without drift.

    Fills `build.state_feature` with the features that each state's transitions use.
    """
    rows = np.zeros(len(build.states) + 1, StateRow)
    out: list[int] = []
    for number, (track, state) in enumerate(build.states):
        row = rows[number]
        leaving = sorted(
            (t for t, one in enumerate(transitions) if number in one.origins),
            key=lambda t: (transitions[t].order, t),
        )
        own = [transitions[t] for t in leaving]
        row["track"] = build.track_names.index(track)
        row["exit"] = (
            track in build.pathway.tracks and build.pathway.tracks[track].states[state].exit
        )
        row["first"], row["last"] = len(out), len(out) + len(leaving)
        out += leaving
        row["stages"] = len({one.order for one in own})
        row["weighted"] = any(d.last > d.first for one in own for d in one.destinations)
        features = _list_features(build, row, own, effects[:, leaving].reshape(-1, 2))
        own_state = build.features.get((STATE, int(row["track"]), 0), -1)
        row["constant"] = features <= {own_state} and steady[leaving].all()
        row["tabulated"] = (
            row["constant"] and row["stages"] == 1 and all(one.only_destination >= 0 for one in own)
        )
    return rows, out


def _list_features(
    build: Builder, row: np.void, own: list[_Transition], effects: NDArray[np.int32]
) -> set[int]:
    """List, and return, the features that a state's transitions use, those of effects last."""
    ranges = [(one.first, one.last) for one in own]
    ranges += [(d.first, d.last) for one in own for d in one.destinations]
    base = build.features_of(ranges)
    more = build.features_of([(int(first), int(last)) for first, last in effects])
    row["feature_first"] = len(build.state_feature)
    row["feature_base"] = len(build.state_feature) + len(base)
    build.state_feature += base + [f for f in more if f not in base]
    row["feature_last"] = len(build.state_feature)
    return {*base, *more}


def _reference_rows(references: list[FactorReference]) -> NDArray[np.void]:
    rows = np.zeros(len(references), ReferenceRow)
    offset = 0
    for row, reference in zip(rows, references, strict=True):
        row["feature"], row["kind"] = reference.feature, reference.kind
        row["scale"], row["ratio"] = reference.scale, reference.ratio
        row["table"], row["length"] = offset, len(reference.values)
        offset += len(reference.values)
    return rows
