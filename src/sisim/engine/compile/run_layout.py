"""Layout of a run: start states, cells of counts, uses that depend on history, risk classes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sisim.arrays import Flags, Floats
from sisim.engine.bounds import cross_track_tables
from sisim.engine.compile.builder import Builder
from sisim.engine.compile.effect_tables import EffectPaths
from sisim.engine.compile.leaver_tables import LeaverTables
from sisim.engine.draws import purpose_code
from sisim.engine.population import category_bounds
from sisim.engine.tables import (
    AGE,
    AGE_CALENDAR,
    ATTRIBUTE,
    EXPOSURE,
    LOOK_UP,
    MOST_CLASSES,
    SHARE,
    WHEN_AGE,
    FeatureTables,
    RunLayout,
    TransitionTables,
    UseRow,
)
from sisim.scenario.factor_table import RATE


class HistoryUses(NamedTuple):
    """Uses in states that have factors: ("use" or "weight", name, track, state), and rows."""

    names: list[tuple[str, str, str, str]]
    rows: NDArray[np.void]


class Groupings(NamedTuple):
    """Groupings of counts; a cell is a mixed-radix number of categories, area first.

    `ages` are the edges of the age bands in steps, `age_radix` their radix (0: not by age), and
    `attributes` the others with their radices.
    """

    categories: dict[str, list[str]]
    ages: list[int]
    age_radix: int
    attributes: list[tuple[str, int]]


def run_layout(
    build: Builder,
    transitions: TransitionTables,
    features: FeatureTables,
    paths: EffectPaths,
    uses: HistoryUses,
    grouped: Groupings,
    background: list[tuple[int, int]],
    leavers: LeaverTables,
) -> RunLayout:
    """Return the layout of a run; marks in the tables of states which groups each belongs to."""
    clock, population = build.clock, build.scenario.population
    of_state, groups = np.nonzero(features.member.T)
    numbers = np.arange(len(transitions.state))
    transitions.state["group_first"] = np.searchsorted(of_state, numbers, "left")
    transitions.state["group_last"] = np.searchsorted(of_state, numbers, "right")
    windows = [build.windowed.index(g) if g in build.windowed else -1 for g in build.groups]
    closed = population.cohort is not None
    ages = np.arange(build.oldest + 1)
    return RunLayout(
        n_tracks=len(build.tracks),
        first_step=clock.first_moment,
        history=clock.history,
        gone=len(build.states),
        age_radix=grouped.age_radix,
        p_entry=purpose_code("entry"),
        max_age=build.oldest + 1 if closed else clock.steps(population.max_age),
        steps_per_risk_age=max(round(clock.per_year), 1),
        risk_ages_per_step=1.0 / max(round(clock.per_year), 1),
        # Where no risk depends on age, one bound holds for all ages.
        risk_ages=1 + int(population.max_age) * _depends_on_age(build),
        risk_backgrounds=int(np.prod([size for _, size in background])),
        track=features.track,
        state=transitions.state,
        group_track=features.group_track,
        state_group=groups.astype(np.int32),
        group_window=np.array(windows, np.int32),
        member=features.member,
        cell_edges=np.array(grouped.ages, np.int32),
        cell_age=np.searchsorted(grouped.ages, ages, side="right").astype(np.int32),
        start_share=_start_shares(build),
        **paths.layout._asdict(),
        may_diverge=_may_diverge(build, transitions),
        by_peers=_looking_at(build, transitions, build.of_kinds(SHARE)),
        use=uses.rows,
        **leavers._asdict(),
        **cross_track_tables(transitions, features, build.references)._asdict(),
    )


def _depends_on_age(build: Builder) -> bool:
    return any(kind in (AGE, AGE_CALENDAR, WHEN_AGE) for kind, _, _ in build.features)


def risk_backgrounds(build: Builder) -> list[tuple[int, int]]:
    """Return the attributes that spread risks the most, as many as keep the bounds small.

    Returns:
        Each attribute's number, and how many categories it has.
    """
    kinds = list(build.features)
    spread: dict[int, float] = {}
    for reference in build.references:
        kind, number, _ = kinds[reference.feature]
        if kind == ATTRIBUTE and reference.kind == LOOK_UP:
            values = reference.values[:-1]
            most = float(values.max() / max(values.min(), 0.05))
            spread[number] = max(spread.get(number, 1.0), most)
    chosen: list[tuple[int, int]] = []
    classes = 1
    for number in sorted(spread, key=lambda n: -spread[n]):
        size = len(build.pathway.attributes[build.attributes[number]].shares)
        if spread[number] > 1 and classes * size <= MOST_CLASSES:
            chosen.append((number, size))
            classes *= size
    return chosen


def _may_diverge(build: Builder, transitions: TransitionTables) -> Flags:
    """Return where an arm has an effect, or a feature that arms do not share."""
    found = np.zeros((len(transitions.effects) - 1, len(transitions.state)), np.bool_)
    found[:] = _looking_at(build, transitions, build.of_kinds(SHARE, EXPOSURE))
    for number, state in enumerate(transitions.state):
        for t in transitions.out[state["first"] : state["last"]]:
            found[:, number] |= transitions.effects[1:, t, 0] < transitions.effects[1:, t, 1]
    return found


def _looking_at(build: Builder, transitions: TransitionTables, features: set[int]) -> Flags:
    """Return in which states any of some features matters without an arm, (states + 1,)."""
    seen = build.state_feature
    return np.array(
        [
            not features.isdisjoint(seen[one["feature_first"] : one["feature_base"]])
            for one in transitions.state
        ],
        np.bool_,
    )


def _start_shares(build: Builder) -> Floats:
    """Return the cumulative start shares within each track, float64 (areas, states)."""
    cumulative = np.zeros((len(build.areas), len(build.states)))
    for track, states in build.tracks.items():
        first = build.number_of[track, states[0]]
        for area, name in enumerate(build.areas):
            if track.startswith("attribute:"):
                attribute = build.pathway.attributes[track.split(":", 1)[1]]
                bounds = np.append(category_bounds(attribute, name), 1.0)
            elif track not in build.pathway.tracks:
                bounds = np.ones(len(states))  # nothing has followed from an effect yet
            else:
                bounds = _start_bounds(build, track)
            cumulative[area, first : first + len(states)] = bounds
    return cumulative


def _start_bounds(build: Builder, track: str) -> Floats:
    start = build.scenario.population.start.get(track, build.pathway.tracks[track].start)
    weights = {start: 1.0} if isinstance(start, str) else {s: w.value for s, w in start.items()}
    shares = np.array([weights.get(s, 0.0) for s in build.tracks[track]])
    bounds = np.cumsum(shares / shares.sum())
    # The last that anyone starts in takes what rounding leaves.
    bounds[np.flatnonzero(shares)[-1] :] = 1.0
    return bounds


def history_uses(build: Builder) -> HistoryUses:
    """Append the references of uses in states that have factors; they are counted by person."""
    names, rows = [], []
    for track, spec in build.pathway.tracks.items():
        for state, content in spec.states.items():
            for kind, uses in (("use", content.uses), ("weight", content.weights)):
                for name, use in uses.items():
                    if use.factors:
                        references = build.add(list(use.factors), RATE, track)
                        amount = use.amount.value / build.clock.per_year
                        peers = not build.of_kinds(SHARE).isdisjoint(
                            build.features_of([references])
                        )
                        names.append((kind, name, track, state))
                        rows.append((build.number_of[track, state], amount, *references, peers))
    return HistoryUses(names, np.array(rows, UseRow))


def groupings(build: Builder) -> Groupings:
    """Return the groupings by which counts are kept apart."""
    categories: dict[str, list[str]] = {"area": build.areas}
    radix = len(build.areas)
    ages: list[int] = []
    age_radix = 0
    attributes: list[tuple[str, int]] = []
    for name, grouping in build.pathway.groupings.items():
        if grouping.feature == "age":
            ages = [build.clock.steps(edge) for edge in grouping.below]
            categories[name] = grouping.bands
            age_radix = radix
        else:
            attribute = grouping.feature.partition(".")[2]
            categories[name] = list(build.pathway.attributes[attribute].shares)
            attributes.append((attribute, radix))
        radix *= len(categories[name])
    return Groupings(categories, ages, age_radix, attributes)
