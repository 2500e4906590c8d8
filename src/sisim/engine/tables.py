"""The layout of a compiled scenario: the flat arrays that the kernel reads.

Every probability is base x factors (law L1). So a pathway is transitions, each with a base and a
range of references; references to a feature and to a table indexed by the feature's whole-number
value; and, for each arm, effects as references whose feature is a strength that varies in time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sisim.engine.clock import Clock
from sisim.scenario.scenario import Scenario

# Features, as the kernel knows them.
(
    AGE,
    AGE_CALENDAR,
    TIME_IN_STATE,
    TIME_IN_GROUP,
    TIME_SINCE_GROUP,
    VISITS,
    VISITS_WINDOW,
    ATTRIBUTE,
    NUMBER,
    STATE,
    AREA,
    MONTH,
    YEAR,
    CYCLE,
    SHARE,
    EXPOSURE,
    TREATMENT,
    NEW_WAY_HERE,
    WHEN_MONTH,
    WHEN_AGE,
    WHEN_CYCLE,
) = range(21)

# What a reference does with its feature's value.
LOOK_UP, BANDS, DIRECT, EFFECT = range(4)
# How a multiplier acts.
TIMES, RATE_RATIO, ODDS_RATIO, RELATIVE_RISK = range(4)
RATE, PROBABILITY = range(2)
# Phases of an effect.
ALWAYS, PROJECT, NEW_WAY = range(3)
PER_MILLE = 1000
NEVER = np.int32(-(2**30))
COMPANY = 3
"""So many other tracks are looked at before a person is observed."""
MOST_CLASSES = 24
"""Most classes of background by which the bounds on leaving are kept apart."""

_I, _F, _U = np.int32, np.float64, np.uint32


def row(**fields: type) -> np.dtype[np.void]:
    """Return the layout of one row of a table of the kernel."""
    return np.dtype(list(fields.items()), align=True)


StateRow = row(
    track=_I,
    first=_I,
    last=_I,
    stages=_I,
    group_first=_I,
    group_last=_I,
    exit=_I,
    feature_first=_I,
    feature_base=_I,
    feature_last=_I,
    accompanied=_I,
    weighs=_I,
    fixed=_I,
    plain=_I,
    leave=_F,
)
TrackRow = row(first=_I, last=_I, move=_U, to=_U, start=_U, accompanied=_I)
TransitionRow = row(kind=_I, stage=_I, base=_F, first=_I, last=_I, to_first=_I, to_last=_I)
DestinationRow = row(state=_I, share=_F, first=_I, last=_I)
ReferenceRow = row(feature=_I, kind=_I, table=_I, length=_I, scale=_I, ratio=_F)
FeatureRow = row(kind=_I, arg=_I, window=_I)
EffectRow = row(investment=_I, phase=_I, modifier=_I)
PlacingRow = row(onset=_F, project_end=_I)
CalendarRow = row(year=_I, month=_I, begins=_I)
UseRow = row(state=_I, amount=_F, first=_I, last=_I)
CompanyRow = row(track=_U, part=_U)
StayRow = row(part=_U, longest=_U)


class Rule(NamedTuple):
    """What turns the features of a person into chances: base x factors, nothing else."""

    state: NDArray[np.void]  # StateRow by global state, and one more for who has left
    out: NDArray[np.int32]  # transitions out of each state, in stages
    sole: NDArray[np.int32]  # as `out`: the only destination, -1 where there are several
    transition: NDArray[np.void]
    destination: NDArray[np.void]
    reference: NDArray[np.void]
    table: NDArray[np.float64]
    drift: NDArray[np.float64]  # (transitions, steps)
    effects: NDArray[np.int32]  # (1 + arms, transitions, 2) range of references
    fixed: NDArray[np.float64]  # as `out`: the chances in states that no feature changes
    falls: NDArray[np.float64]  # (states + 1, n) which transition, where nothing else is drawn


class Sight(NamedTuple):
    """What is needed to observe the features of a person."""

    first_step: int
    origin: int
    scenario_start: int
    feature: NDArray[np.void]
    state_feature: NDArray[np.int32]
    track: NDArray[np.void]
    group_track: NDArray[np.int32]
    member: NDArray[np.bool_]  # (groups, states + 1)
    calendar: NDArray[np.void]  # by step + origin; years from the first one; months beginning
    effect: NDArray[np.void]
    persist: NDArray[np.float64]  # (effects, steps + 1) share kept by steps since the end
    strength: NDArray[np.float64]  # (effects, areas, steps) of effects on areas
    placing: NDArray[np.void]  # (arms, investments)
    fidelity: NDArray[np.float64]  # (arms, investments, steps)


class Layout(NamedTuple):
    """Where people begin, where they are counted, and how they leave."""

    n_tracks: int
    first_step: int
    history: int
    gone: int
    age_radix: int
    p_entry: np.uint32
    max_age: int  # steps; whoever has no such limit gets one that is never reached
    slot_steps: int  # steps in a year of age
    slots_per_step: float
    slot_ages: int
    slot_classes: int
    track: NDArray[np.void]
    state: NDArray[np.void]
    group_track: NDArray[np.int32]
    state_group: NDArray[np.int32]  # groups, state by state
    group_window: NDArray[np.int32]  # (groups,) row of the window's memory, or -1
    member: NDArray[np.bool_]
    cell_edges: NDArray[np.int32]  # ages, in steps, at which a person changes cell
    cell_age: NDArray[np.int32]  # age band by age in steps
    start_share: NDArray[np.float64]  # (areas, states) cumulative within the track
    area_active: NDArray[np.bool_]  # (arms, areas, steps)
    entry_ratio: NDArray[np.float64]  # (arms, areas, steps)
    may_differ: NDArray[np.bool_]  # (arms, states + 1) where an arm can change a chance
    use: NDArray[np.void]  # uses that depend on history
    # What lowers the greatest value of a transition, looked at before all else:
    company: NDArray[np.void]  # (out, COMPANY) states of other tracks
    stay: NDArray[np.void]  # (out,) how long in the state
    part: NDArray[np.float32]  # of the greatest value, by state or by steps in it


class Tables(NamedTuple):
    """A compiled scenario as flat arrays. Global states count through all tracks."""

    rule: Rule
    sight: Sight
    layout: Layout
    target: NDArray[np.int32]  # (investments, 2) references that must all hold
    alternative: NDArray[np.int32]  # (alternatives, 3) investment, and such a range


@dataclass(frozen=True, slots=True)
class FactorReference:
    """One table of multipliers as a transition uses it, with the name it has in the file."""

    name: str
    feature: int
    values: NDArray[np.float64]
    scale: int
    kind: int = LOOK_UP
    ratio: float = 1.0


@dataclass
class Compiled:
    """The tables, and the names that give them meaning.

    Attributes:
        states: (track, state) by global state number.
        transitions: Names by number.
        groups: Names by number.
        features: Names by number, as in the file.
        uses: Names ("use" or "weight", name, track, state) of the uses that depend on history.
        groupings: Names of the groupings and their categories, area first.
        background: (attribute number, categories) of those by which the bounds are kept apart.
    """

    scenario: Scenario
    clock: Clock
    tables: Tables
    tracks: list[str]
    states: list[tuple[str, str]]
    transitions: list[str]
    groups: list[str]
    arms: list[str]
    investments: list[str]
    areas: list[str]
    features: list[str]
    references: list[FactorReference]
    attributes: list[str]
    numbers: list[str]
    shares: list[tuple[str, str]]
    uses: list[tuple[str, str, str, str]]
    groupings: dict[str, list[str]]
    grouping_attributes: list[tuple[str, int]] = field(default_factory=list)
    background: list[tuple[int, int]] = field(default_factory=list)
    windows: int = 0

    def state(self, track: str, name: str) -> int:
        """Return the global number of a state."""
        return self.states.index((track, name))
