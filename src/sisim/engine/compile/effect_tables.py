"""Tables of effects: their references on transitions, and their strength in time and place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sisim.arrays import Flags, Floats
from sisim.engine.clock import Clock
from sisim.engine.compile.builder import Builder
from sisim.engine.consequences import NONE, Consequence, consequences
from sisim.engine.draws import purpose_code
from sisim.engine.effects import (
    area_strength,
    fidelity_path,
    persistence,
    phase_code,
    stopped_from,
)
from sisim.engine.tables import (
    EFFECT,
    NEW_WAY_HERE,
    STATE,
    TREATMENT,
    EffectRow,
    FactorReference,
    FollowRow,
    TimingRow,
)
from sisim.scenario.factor_table import effect_factor, scale_code
from sisim.scenario.features import Features
from sisim.scenario.scenario import Effect, Scenario


class Names(NamedTuple):
    """Names by number: tracks, states (track, state) and transitions."""

    tracks: list[str]
    states: list[tuple[str, str]]
    transitions: list[str]


class ArmEffect(NamedTuple):
    """An effect on a transition, as an arm has it, or a risk that it brings (the track `harm`).

    Its `place` is its number among the effects of the investment.
    """

    arm: int
    transition: int
    investment: str
    ending: str
    effect: Effect
    place: int
    harm: str | None = None

    @property
    def ratio(self) -> float:
        """The ratio at full strength."""
        of = self.effect if self.harm is None else self.effect.harm
        assert of is not None
        return of.ratio.value


def arm_effects(scenario: Scenario, arms: list[str], transitions: list[str]) -> Iterator[ArmEffect]:
    """Yield every effect on a transition, by arm and transition: the order of their numbers."""
    tracks = {(one.investment, one.effect, one.kind): one.track for one in consequences(scenario)}
    for a, arm in enumerate(arms):
        effects = [
            (name, ending, effect, number, tracks.get((name, number, "harm")))
            for name, ending in scenario.arms[arm].investments.items()
            for number, effect in enumerate(scenario.investments[name].effects)
        ]
        effects.sort(key=lambda one: one[2].order)
        for t, transition in enumerate(transitions):
            for name, ending, effect, number, harm in effects:
                if transition in effect.on:
                    yield ArmEffect(a, t, name, ending, effect, number)
                if effect.harm is not None and transition in effect.harm.on:
                    yield ArmEffect(a, t, name, ending, effect, number, harm)


def effect_references(
    build: Builder, transitions: list[str], kinds: list[int], arms: list[str]
) -> NDArray[np.int32]:
    """Append every arm's effects as references; return their ranges (1 + arms, transitions, 2)."""
    ranges = np.zeros((1 + len(arms), len(transitions), 2), np.int32)
    ranges[1:] = len(build.references)
    for number, one in enumerate(arm_effects(build.scenario, arms, transitions)):
        scale = one.effect.scale
        if one.effect.harm is not None and one.harm is not None:
            scale = one.effect.harm.scale
            feature = build.number(
                STATE, build.track_names.index(one.harm), 0, f"effect.{one.investment}"
            )
        else:
            kind = NEW_WAY_HERE if one.effect.acts_on == "area" else TREATMENT
            feature = build.number(kind, number, 0, f"effect.{one.investment}")
        build.references.append(
            FactorReference(
                name=one.investment,
                feature=feature,
                values=np.ones(1),
                scale=scale_code(scale, kinds[one.transition]),
                kind=EFFECT,
                ratio=one.ratio,
            )
        )
        # Effects come arm by arm and transition by transition: what comes later begins later.
        later = ranges[1:].reshape(-1, 2)[one.arm * len(transitions) + one.transition :]
        later[0, 1] = later[1:] = len(build.references)
    return ranges


class FeaturePaths(NamedTuple):
    """Strengths by which effects are observed; fields as in `FeatureTables`."""

    effect: NDArray[np.void]
    persist: Floats
    strength: Floats
    timing: NDArray[np.void]
    fidelity: Floats
    only_in: Flags
    follow: NDArray[np.void]


class LayoutPaths(NamedTuple):
    """Effects on whole areas and on entry; fields as in `RunLayout`."""

    area_active: Flags
    entry_ratio: Floats


class EffectPaths(NamedTuple):
    """Paths of effects through time: all tables that depend on how strong investments are."""

    features: FeaturePaths
    layout: LayoutPaths


def effect_paths(
    scenario: Scenario,
    clock: Clock,
    areas: list[str],
    numbers: list[str],
    names: Names,
    effects: list[ArmEffect],
) -> EffectPaths:
    """Return the strength of effects through time, and what follows from them.

    Args:
        scenario: The scenario.
        clock: Its calendar.
        areas: Names of the areas.
        numbers: Names of the attributes that are drawn as a number.
        names: Names of what there is to be in, and to do.
        effects: The effects on transitions, by arm.
    """
    investments, arms, end = list(scenario.investments), list(scenario.arms), clock.end + 1
    strengths = np.zeros((len(effects), len(areas), end))
    rows = np.zeros(len(effects), EffectRow)
    following = list(consequences(scenario))
    only_in = np.ones((len(effects), len(names.states) + 1), np.bool_)
    for number, (a, _, name, ending, effect, place, harm) in enumerate(effects):
        own = [g for g, f in enumerate(following) if (f.investment, f.effect) == (name, place)]
        rows[number] = (
            investments.index(name),
            phase_code(effect),
            -1 if effect.modifier is None else numbers.index(effect.modifier),
            clock.months(effect.months.from_),
            clock.end + 1 if effect.months.below is None else clock.months(effect.months.below),
            bool(effect.only_in) and harm is None,
            *((own[0], own[-1] + 1) if own else (0, 0)),
            *_complement(effect, investments),
        )
        only_in[number, :-1] = [
            track not in effect.only_in or state in members(scenario, track, effect.only_in[track])
            for track, state in names.states
        ]
        if effect.acts_on == "area" and harm is None:
            investment = scenario.investments[name]
            stopped = stopped_from(scenario, arms[a], name, clock, areas)
            strengths[number] = area_strength(effect, investment, ending, clock, areas, stopped)
    shares = [persistence(one.effect, clock) for one in effects]
    timing, fidelity = _treatment_paths(scenario, clock)
    return EffectPaths(
        FeaturePaths(
            effect=rows,
            persist=np.array(shares, np.float64).reshape(len(shares), end),
            strength=strengths,
            timing=timing,
            fidelity=fidelity,
            only_in=only_in,
            follow=_follow_rows(following, clock, names),
        ),
        _area_paths(scenario, clock, areas, effects),
    )


def _complement(effect: Effect, investments: list[str]) -> tuple[int, float]:
    """Return the investment that an effect is whole with (-1: none), and its share without."""
    one = effect.complement
    return (-1, 1.0) if one is None else (investments.index(one.investment), one.without.value)


def members(scenario: Scenario, track: str, names: list[str]) -> set[str]:
    """Return the states of a track that names of states and groups stand for."""
    features = Features(scenario.pathway)
    return {state for name in names for state in features.members(f"state.{track}", name)}


def _follow_rows(following: list[Consequence], clock: Clock, names: Names) -> NDArray[np.void]:
    """Return what follows from effects, how long it lasts, and for how many."""
    rows = np.zeros(len(following), FollowRow)
    for row, one in zip(rows, following, strict=True):
        row["track"] = names.tracks.index(one.track)
        row["state"] = names.states.index((one.track, one.state))
        row["after"] = names.states.index((one.track, NONE))
        row["enter"] = names.transitions.index(one.track)
        row["leave"] = names.transitions.index(one.over)
        row["lasts"] = max(clock.months(one.spec.months), 1)
        row["share"] = one.spec.share.value
        row["purpose"] = purpose_code(one.track)
    return rows


def _treatment_paths(scenario: Scenario, clock: Clock) -> tuple[NDArray[np.void], Floats]:
    """Return onset and end of project, and fidelity by step, by arm and investment."""
    investments = list(scenario.investments)
    shape = len(scenario.arms), max(len(investments), 1)
    timing, fidelity = np.zeros(shape, TimingRow), np.ones((*shape, clock.end + 1))
    for a, arm in enumerate(scenario.arms.values()):
        for name in arm.investments:
            number, investment = investments.index(name), scenario.investments[name]
            end = clock.at(investment.start) + clock.steps(investment.years)
            timing[a, number]["onset"] = clock.months(investment.onset)
            timing[a, number]["project_end"] = end
            fidelity[a, number] = fidelity_path(investment, clock)
    return timing, fidelity


def _area_paths(
    scenario: Scenario, clock: Clock, areas: list[str], effects: list[ArmEffect]
) -> LayoutPaths:
    """Return where and when effects act on everyone in an area, and on entry."""
    shape = len(scenario.arms), len(areas), clock.end + 1
    active, entry = np.zeros(shape, np.bool_), np.ones(shape)
    for a, (arm, spec) in enumerate(scenario.arms.items()):
        for name, ending in spec.investments.items():
            investment = scenario.investments[name]
            stopped = stopped_from(scenario, arm, name, clock, areas)
            for effect in investment.effects:
                on_area = effect.acts_on == "area" and any(e.effect is effect for e in effects)
                if not on_area and "entry" not in effect.on:
                    continue
                strength = area_strength(effect, investment, ending, clock, areas, stopped)
                if on_area:
                    active[a] |= strength > 0
                if "entry" in effect.on:
                    entry[a] *= effect_factor(effect.ratio.value, strength)
    return LayoutPaths(active, entry)
