"""Tables of effects: their references on transitions, and their strength in time and place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sisim.arrays import Flags, Floats
from sisim.engine.clock import Clock
from sisim.engine.compile.builder import Builder
from sisim.engine.effects import area_strength, fidelity_path, persistence, phase_code
from sisim.engine.tables import (
    EFFECT,
    NEW_WAY_HERE,
    TREATMENT,
    EffectRow,
    FactorReference,
    TimingRow,
)
from sisim.scenario.factor_table import effect_factor, scale_code
from sisim.scenario.scenario import Effect, Scenario


class ArmEffect(NamedTuple):
    """An effect on a transition, as an arm has it."""

    arm: int
    transition: int
    investment: str
    ending: str
    effect: Effect


def arm_effects(scenario: Scenario, arms: list[str], transitions: list[str]) -> Iterator[ArmEffect]:
    """Yield every effect on a transition, by arm and transition: the order of their numbers."""
    for a, arm in enumerate(arms):
        effects = [
            (name, ending, effect)
            for name, ending in scenario.arms[arm].investments.items()
            for effect in scenario.investments[name].effects
        ]
        for t, transition in enumerate(transitions):
            for name, ending, effect in effects:
                if transition in effect.on:
                    yield ArmEffect(a, t, name, ending, effect)


def effect_references(
    build: Builder, transitions: list[str], kinds: list[int], arms: list[str]
) -> NDArray[np.int32]:
    """Append every arm's effects as references; return their ranges (1 + arms, transitions, 2)."""
    ranges = np.zeros((1 + len(arms), len(transitions), 2), np.int32)
    ranges[1:] = len(build.references)
    for number, one in enumerate(arm_effects(build.scenario, arms, transitions)):
        kind = NEW_WAY_HERE if one.effect.acts_on == "area" else TREATMENT
        build.references.append(
            FactorReference(
                name=one.investment,
                feature=build.number(kind, number, 0, f"effect.{one.investment}"),
                values=np.ones(1),
                scale=scale_code(one.effect.scale, kinds[one.transition]),
                kind=EFFECT,
                ratio=one.effect.ratio.value,
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
    effects: list[ArmEffect],
) -> EffectPaths:
    """Return the strength of effects through time; `numbers`: attributes drawn as a number."""
    investments, end = list(scenario.investments), clock.end + 1
    strengths = np.zeros((len(effects), len(areas), end))
    rows = np.zeros(len(effects), EffectRow)
    for number, (_, _, name, ending, effect) in enumerate(effects):
        rows[number] = (
            investments.index(name),
            phase_code(effect),
            -1 if effect.modifier is None else numbers.index(effect.modifier),
        )
        if effect.acts_on == "area":
            investment = scenario.investments[name]
            strengths[number] = area_strength(effect, investment, ending, clock, areas)
    shares = [persistence(one.effect, clock) for one in effects]
    timing, fidelity = _treatment_paths(scenario, clock)
    return EffectPaths(
        FeaturePaths(
            effect=rows,
            persist=np.array(shares, np.float64).reshape(len(shares), end),
            strength=strengths,
            timing=timing,
            fidelity=fidelity,
        ),
        _area_paths(scenario, clock, areas, effects),
    )


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
    for a, arm in enumerate(scenario.arms.values()):
        for name, ending in arm.investments.items():
            investment = scenario.investments[name]
            for effect in investment.effects:
                on_area = effect.acts_on == "area" and any(e.effect is effect for e in effects)
                if not on_area and "entry" not in effect.on:
                    continue
                strength = area_strength(effect, investment, ending, clock, areas)
                if on_area:
                    active[a] |= strength > 0
                if "entry" in effect.on:
                    entry[a] *= effect_factor(effect.ratio.value, strength)
    return LayoutPaths(active, entry)
