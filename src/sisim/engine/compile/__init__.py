"""Compilation: from a checked scenario to the tables of the kernel."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from sisim.engine import kernel
from sisim.engine.clock import Clock
from sisim.engine.compile.builder import Builder
from sisim.engine.compile.effect_tables import Names, arm_effects, effect_paths
from sisim.engine.compile.feature_tables import feature_tables, measurement_tables, target_tables
from sisim.engine.compile.leaver_tables import leaver_tables
from sisim.engine.compile.run_layout import groupings, history_uses, risk_backgrounds, run_layout
from sisim.engine.compile.transition_tables import transition_tables
from sisim.engine.tables import (
    EFFECT,
    MAX_OUT,
    STATE,
    Compiled,
    FactorReference,
    Tables,
    TransitionTables,
)
from sisim.scenario.scenario import Scenario

__all__ = ["compile_scenario", "with_arms"]


def compile_scenario(scenario: Scenario) -> Compiled:
    """Return the tables of `scenario`."""
    clock = Clock.of(scenario)
    build = Builder(scenario, clock)
    arms = list(scenario.arms)
    uses = history_uses(build)
    grouped = groupings(build)
    target, alternative = target_tables(build)
    measurements = measurement_tables(build)
    leavers = leaver_tables(build)
    # Effects come last among the references, so that a state's features stand before its effects'.
    transitions, names = transition_tables(build, arms)
    effects = list(arm_effects(scenario, arms, names))
    known = Names(build.track_names, build.states, names)
    paths = effect_paths(scenario, clock, build.areas, build.numbers, known, effects)
    _mark_followed(transitions, build.references, paths.features.effect, list(build.features))
    features = feature_tables(build, paths)
    kernel.tabulate_constant_chances(
        transitions,
        features.track,
        np.empty((max(len(build.features), 1), 1)),
        np.empty((MAX_OUT, 1)),
    )
    background = risk_backgrounds(build)
    layout = run_layout(build, transitions, features, paths, uses, grouped, background, leavers)
    return Compiled(
        scenario=scenario,
        clock=clock,
        tables=Tables(transitions, features, layout, target, alternative),
        tracks=build.track_names,
        states=build.states,
        transitions=names,
        groups=build.groups,
        arms=arms,
        investments=build.investments,
        areas=build.areas,
        features=build.feature_names,
        references=build.references,
        attributes=build.attributes,
        numbers=build.numbers,
        shares=build.shares,
        uses=uses.names,
        groupings=grouped.categories,
        grouping_attributes=grouped.attributes,
        background=background,
        windows=len(build.windowed),
        measurements=measurements,
    )


def _mark_followed(
    transitions: TransitionTables,
    references: list[FactorReference],
    effects: NDArray[np.void],
    features: list[tuple[int, int, int]],
) -> None:
    """Mark the states of which something follows where an effect changes whether one leaves."""
    for state in transitions.state:
        for t in transitions.out[state["first"] : state["last"]]:
            for first, last in transitions.effects[1:, t]:
                for reference in references[first:last]:
                    kind, argument, _ = features[reference.feature]
                    row = effects[argument] if kind != STATE else None
                    if row is not None and row["follow_last"] > row["follow_first"]:
                        state["followed"] = 1


def with_arms(compiled: Compiled, scenario: Scenario) -> Compiled:
    """Return the tables of another version of the arms, most of them being as they were.

    Args:
        compiled: The tables of a scenario.
        scenario: One with other numbers in its investments, and all else the same.
    """
    transitions, features, layout, *targets = compiled.tables
    effects = list(arm_effects(scenario, compiled.arms, compiled.transitions))
    known = Names(compiled.tracks, compiled.states, compiled.transitions)
    paths = effect_paths(scenario, compiled.clock, compiled.areas, compiled.numbers, known, effects)
    references = list(compiled.references)
    rows = transitions.reference.copy()
    ratios = iter(effects)
    for r, reference in enumerate(references):
        if reference.kind == EFFECT:
            ratio = next(ratios).ratio
            references[r] = replace(reference, ratio=ratio)
            rows["ratio"][r] = ratio
    return replace(
        compiled,
        scenario=scenario,
        references=references,
        tables=Tables(
            transitions._replace(reference=rows),
            features._replace(**paths.features._asdict()),
            layout._replace(**paths.layout._asdict()),
            *targets,
        ),
    )
