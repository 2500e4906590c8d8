"""Tables of the compiled kernel: what it reads, the people it moves, and what it counts.

Every probability is base x factors (law L1). So a pathway is transitions, each with a base and a
range of references; references to a feature and to a table indexed by the feature's whole-number
value; and, for each arm, effects as references whose feature is a strength that varies in time.

Compiled functions take these tables by single capitals, as matrices are written:

    R  rates          `TransitionTables`   from values of features to rates and probabilities
    V  values         `FeatureTables`      from people to values of features
    L  layout         `RunLayout`          start states, cells of counts, groups, cross-track bounds
    P  people         `Columns`            everyone, and their rows in the arms
    B  bounds         `LeavingBounds`      the greatest chance of leaving each state (thinning)
    C  counts         `ThreadCounts`       what one thread has counted
    W  work space     `WorkSpace`          what one thread writes on

and these indices: `i` person, `row` person in an arm, `k` track, `t` transition, `r` reference, `f`
feature, `g` group, `b` block, `s` step, `j` place among the transitions out of a state, `m` item of
work, `q` person within a batch.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sisim.arrays import Flags, Floats, Ints
from sisim.engine.clock import Clock
from sisim.scenario.pathway import MAX_OUT as MAX_OUT
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
    AGE_START,
    COMBINED,
) = range(23)

# What a reference does with its feature's value.
LOOK_UP, BANDS, DIRECT, EFFECT = range(4)
BY_AGE = 0
"""How one leaves the population: too old, or left at the end; the exits of a file follow."""
# Phases of an effect.
ALWAYS, PROJECT, NEW_WAY = range(3)
PER_MILLE = 1000
NEVER = np.int32(-(2**30))
ONCE = np.int64(0)
"""The moment of what is drawn once in a life."""
AS_WITHOUT, STAYS = -2, -1
"""Decisions in place of a transition: the same as in the arm `without`, and to stay."""
BLOCK = 2048
"""People per block: what one thread works through at a time, sized for the cache."""
BATCH = 64
"""People in the same state whose chances are worked out together."""
REINDEX_WHEN_LEFT = 8
"""A block is indexed anew when more than one in this many of its indexed people has left."""
FIXED_POINT = 2.0**20
"""Amounts that depend on history are added up in whole numbers of this part, in any order."""
CROSS_TRACKS = 3
"""Most other tracks that lower a bound before a person is observed."""
MOST_CLASSES = 24
"""Most classes of background by which the bounds on leaving are kept apart."""

_I, _F, _U = np.int32, np.float64, np.uint32
_S = np.int16
"""Steps, and how many times, that are kept for each person: half the room, and none has more."""


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
    cross_track=_I,  # factors over other tracks, or over the time in it, lower its bound
    weighted=_I,  # factors act on destinations
    constant=_I,  # nothing but the state itself changes its chances
    tabulated=_I,  # constant, and one draw gives the transition by `cumulative_share`
    followed=_I,  # something follows where an effect changes whether one leaves it
    leave=_F,
)
TrackRow = row(first=_I, last=_I, move=_U, to=_U, start=_U, cross_track=_I)
TransitionRow = row(kind=_I, stage=_I, base=_F, first=_I, last=_I, to_first=_I, to_last=_I)
DestinationRow = row(state=_I, share=_F, first=_I, last=_I)
ReferenceRow = row(feature=_I, kind=_I, table=_I, length=_I, scale=_I, ratio=_F)
FeatureRow = row(kind=_I, arg=_I, window=_I)
PartRow = row(feature=_I, first=_I, length=_I, stride=_I)
EffectRow = row(
    investment=_I,
    phase=_I,
    modifier=_I,
    begins=_I,  # steps after a person's start
    ends=_I,
    limited=_I,  # it acts only in some states: see `only_in`
    follow_first=_I,
    follow_last=_I,
    complement=_I,  # the investment that it is whole with, or -1
    without=_F,  # its share for those who have not begun that one
)
FollowRow = row(
    track=_I,
    state=_I,  # in which one is while it lasts
    after=_I,  # the state that one then comes to
    enter=_I,  # the transition by which it begins
    leave=_I,  # the transition by which it ends
    lasts=_I,  # steps
    share=_F,  # of those whom it may follow for
    purpose=_U,  # of the draw of whom it follows for
)
TimingRow = row(onset=_F, project_end=_I)
CalendarRow = row(year=_I, month=_I, begins=_I)
LeaverRow = row(reference=_I, stride=_I)
UseRow = row(
    state=_I,
    amount=_F,
    first=_I,
    last=_I,
    by_peers=_I,  # a share among peers changes it
)
CrossTrackRow = row(track=_U, offset=_U)
StayRow = row(offset=_U, longest=_U)
PersonRow = row(
    born=_I,
    start=_I,
    arrive=_I,
    last=_I,
    area=_I,
    cell=_I,
    background=_I,
)
MemoryRow = row(changed=_S, visits=_S)
WindowRow = row(mask=np.uint64, at=_I)
TreatmentRow = row(start=_I, end=_I)
BlockRow = row(
    living=_I,
    left=_I,
    youngest=_I,
    oldest=_I,
    affected=_I,  # whether anybody has been treated, or has diverged, in any arm
)
WorkRow = row(
    person=_I,
    row=_I,
    arm=_I,
    track=_I,
    state=_I,
    draw=_U,
    transition=_I,
    to=_I,
)
DrawnRow = row(moment=np.int64, until=_I, listed=_I)
LogRow = row(row=_I, step=_I, origin=_I, to=_I)


class TransitionTables(NamedTuple):
    """Rates and probabilities of transitions from values of features: base x factors."""

    state: NDArray[np.void]  # StateRow by global state, and one more for who has left
    out: NDArray[np.int32]  # transitions out of each state, in stages
    only_destination: NDArray[np.int32]  # as `out`; -1 where there are several
    transition: NDArray[np.void]
    destination: NDArray[np.void]
    reference: NDArray[np.void]
    table: Floats
    drift: Floats  # (transitions, steps)
    effects: NDArray[np.int32]  # (1 + arms, transitions, 2) range of references
    constant_chance: Floats  # as `out`: chances in states that no feature changes
    cumulative_share: Floats  # (states + 1, n) of transitions in tabulated states


class FeatureTables(NamedTuple):
    """Values of features: how each is observed, the calendar, and strengths of effects."""

    first_step: int
    origin: int
    scenario_start: int
    feature: NDArray[np.void]
    state_feature: NDArray[np.int32]
    track: NDArray[np.void]
    group_track: NDArray[np.int32]
    member: Flags  # (groups, states + 1)
    part: NDArray[np.void]  # features that are looked up together, and where their bands stand
    band: NDArray[np.int32]  # place among the values of a table by value, part by part
    calendar: NDArray[np.void]  # by step + origin; years from the first one; months beginning
    effect: NDArray[np.void]
    persist: Floats  # (effects, steps + 1) share kept by steps since the end
    strength: Floats  # (effects, areas, steps) of effects on areas
    timing: NDArray[np.void]  # (arms, investments)
    fidelity: Floats  # (arms, investments, steps)
    only_in: Flags  # (effects, states + 1) in which each acts
    follow: NDArray[np.void]  # what follows where an effect has changed a transition


class RunLayout(NamedTuple):
    """Start states, cells of counts, groups of states, and the classes of the bounds on leaving."""

    n_tracks: int
    first_step: int
    history: int
    gone: int
    age_radix: int
    p_entry: np.uint32
    max_age: int  # steps; whoever has no such limit gets one that is never reached
    # A risk class, by which bounds are looked up, is a year of age and a class of background:
    steps_per_risk_age: int
    risk_ages_per_step: float
    risk_ages: int
    risk_backgrounds: int
    track: NDArray[np.void]
    state: NDArray[np.void]
    group_track: NDArray[np.int32]
    state_group: NDArray[np.int32]  # groups, state by state
    group_window: NDArray[np.int32]  # (groups,) row of the window's memory, or -1
    member: Flags
    cell_edges: NDArray[np.int32]  # ages, in steps, at which a person changes cell
    cell_age: NDArray[np.int32]  # age band by age in steps
    start_share: Floats  # (areas, states) cumulative within the track
    area_active: Flags  # (arms, areas, steps)
    entry_ratio: Floats  # (arms, areas, steps)
    may_diverge: Flags  # (arms, states + 1) where an arm can change a chance
    by_peers: Flags  # (states + 1,) where a share among peers can
    use: NDArray[np.void]  # uses that depend on history
    # Who leaves to go on in another pathway, and how they are told apart:
    leaver: NDArray[np.void]  # references to the category of each thing told, and its radix
    leaver_way: NDArray[np.int32]  # by state: the way of who leaves by it, or -1
    leaver_from: int  # the least age, in steps
    leaver_shape: tuple[int, int, int]  # ways, years of age, and combinations of categories
    # What lowers the greatest value of a transition, looked at before all else:
    cross_track: NDArray[np.void]  # (out, CROSS_TRACKS) states of other tracks
    stay: NDArray[np.void]  # (out,) how long in the state
    share_of_bound: NDArray[np.float32]  # by state or by steps in it


class Tables(NamedTuple):
    """A compiled scenario as flat arrays. Global states count through all tracks."""

    transitions: TransitionTables
    features: FeatureTables
    layout: RunLayout
    target: NDArray[np.int32]  # (investments, 2) references that must all hold
    alternative: NDArray[np.int32]  # (alternatives, 3) investment, and such a range


class LeavingBounds(NamedTuple):
    """Bounds on the chance of leaving each state, in some steps; by time: where they change."""

    bound: NDArray[np.uint32]  # (times, risk classes, states + 1) greatest draw of who might leave
    most: NDArray[np.float32]  # (times, risk classes, out) greatest rate or probability
    active: Flags  # (times, years of age, tracks) where anybody might move at all
    step: Ints  # (steps,) the time whose bounds hold at a step
    four: Ints  # (steps,) the bound that holds for all four steps drawn for together


class Columns(NamedTuple):
    """The people of a run. A row is a person in an arm: row = person + arm x people."""

    n: int
    lo: NDArray[np.uint32]
    hi: NDArray[np.uint32]
    person: NDArray[np.void]  # (n,)
    codes: NDArray[np.int16]  # (attributes, n)
    numbers: Floats
    state: NDArray[np.uint16]  # (tracks, rows)
    since: NDArray[np.int16]  # (rows, tracks)
    memory: NDArray[np.void]  # (rows, groups) last entered or left, and how often entered
    window: NDArray[np.void]  # (rows, groups with a window) bit k: entered k steps before `at`
    alive: Flags  # (rows,)
    diverged: Flags  # (arms, n) has a row of their own
    divergence_step: NDArray[np.int32]  # (arms, n) the step from which they have it
    treatment: NDArray[np.void]  # (arms, investments, n) last treatment
    treated: Flags  # (arms, n) ever
    learned: Floats  # (arms, investments, steps) share of an effect for who begins at a step
    # The index of the living: in each block those alive in any arm, and some who have lately left:
    living: NDArray[np.int32]  # (n,) person by position in the index
    living_lo: NDArray[np.uint32]  # (n,) their keys
    living_hi: NDArray[np.uint32]
    risk_class: NDArray[np.int32]  # (n,) theirs
    position: NDArray[np.int32]  # (n,) in the index, by person
    # Within each block those who might move in the four steps that are drawn for together:
    listed: NDArray[np.int32]  # (tracks, n) their positions
    draws: NDArray[np.uint32]  # (tracks, 4, n) their draws
    drawn: NDArray[np.void]  # (blocks, tracks) which four steps, up to which position, how many
    block: NDArray[np.void]  # (blocks,)
    share: NDArray[np.int32]  # (1 + arms, shares, groups of peers) per mille
    share_diverged: Flags  # (arms,)
    peers: NDArray[np.int32]  # (shares, n) which group of peers a person belongs to
    arrivals: NDArray[np.int32]  # (n,) people in order of arrival
    arrivals_from: Ints  # (steps + 2,) where each step's arrivals begin


class ThreadCounts(NamedTuple):
    """Counts of one thread. Arm 0 is `without`; the others are differences from it."""

    stock: NDArray[np.int32]  # (1 + arms, records, cells, states) changes
    event: NDArray[np.int32]  # (1 + arms, records, cells, transitions)
    entry: NDArray[np.int32]  # (1 + arms, records, cells, groups, 2): first ever, again
    arrivals: NDArray[np.int32]  # (1 + arms, records, cells)
    use: Ints  # (1 + arms, records, areas, uses) in FIXED_POINT parts
    left: NDArray[np.int32]  # (1 + arms, records, ways, years of age, combinations) who leave
    log: NDArray[np.void]  # (capacity,)
    log_size: Ints  # (1,)


class WorkSpace(NamedTuple):
    """Work space of one thread."""

    work: NDArray[np.void]  # (capacity,) who might leave a state, in which arm
    order: NDArray[np.int32]  # (capacity,) the work by arm and state, so that like meets like
    ends: NDArray[np.int32]  # (arms x states,) where each arm and state ends in that order
    features: Floats  # (features, BATCH) values observed
    values: Floats  # (transitions, BATCH)
    leavers: NDArray[np.int32]  # (capacity,) work, places or rows
    drawn: NDArray[np.uint32]  # (4, BLOCK) draws of four steps
    least: NDArray[np.uint32]  # (BLOCK,) the least of the four
    second: NDArray[np.uint32]  # (4, capacity): keys, purposes and second draws of who leaves
    leaver_features: Floats  # (capacity, features)
    leaver_chances: Floats  # (capacity, transitions)
    weights: Floats  # (MAX_OUT,) of destinations
    diverged: NDArray[np.int32]  # (blocks, arms, BLOCK + 1) who has a row; last: how many
    followed: NDArray[np.int32]  # (capacity, 3) person, arm, and what follows for them


@dataclass(frozen=True, slots=True)
class FactorReference:
    """One table of multipliers as a transition uses it, with the name it has in the file.

    `raw` are the values of the file where only a causal share of them acts.
    """

    name: str
    feature: int
    values: Floats
    scale: int
    kind: int = LOOK_UP
    ratio: float = 1.0
    raw: Floats | None = None


class MeasurementRow(NamedTuple):
    """A measurement as ranges of references: whom it is about, what is shown, who answers.

    Attributes:
        name: Its name in the file.
        condition: What must all hold of those who are asked.
        alternative: Of these, one must hold too, int32 (alternatives, 2).
        base: The mean of a score, or the probability of a yes.
        kind: `RATE` for a score, whose factors multiply it; `PROBABILITY`.
        factors: What the base is multiplied by.
        response: The share that answers.
        response_factors: What that is multiplied by.
    """

    name: str
    condition: tuple[int, int]
    alternative: NDArray[np.int32]
    base: float
    kind: int
    factors: tuple[int, int]
    response: float
    response_factors: tuple[int, int]


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
    measurements: list[MeasurementRow] = field(default_factory=list)

    def state(self, track: str, name: str) -> int:
        """Return the global number of a state."""
        return self.states.index((track, name))
