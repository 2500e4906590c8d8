"""Compilation: from a checked scenario to the tables of the kernel."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sisim.engine import kernel
from sisim.engine.clock import Clock
from sisim.engine.compile.builder import Builder
from sisim.engine.compile.effect_tables import arm_effects, effect_paths
from sisim.engine.compile.feature_tables import feature_tables, measurement_tables, target_tables
from sisim.engine.compile.run_layout import groupings, history_uses, risk_backgrounds, run_layout
from sisim.engine.compile.transition_tables import transition_tables
from sisim.engine.tables import EFFECT, MAX_OUT, Compiled, Tables
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
    # Effects come last among the references, so that a state's features stand before its effects'.
    transitions, names = transition_tables(build, arms)
    paths = effect_paths(
        scenario, clock, build.areas, build.numbers, list(arm_effects(scenario, arms, names))
    )
    features = feature_tables(build, paths)
    kernel.tabulate_constant_chances(
        transitions,
        features.track,
        np.empty((max(len(build.features), 1), 1)),
        np.empty((MAX_OUT, 1)),
    )
    background = risk_backgrounds(build)
    layout = run_layout(build, transitions, features, paths, uses, grouped, background)
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


def with_arms(compiled: Compiled, scenario: Scenario) -> Compiled:
    """Return the tables of another version of the arms, most of them being as they were.

    Args:
        compiled: The tables of a scenario.
        scenario: One with other numbers in its investments, and all else the same.
    """
    transitions, features, layout, *targets = compiled.tables
    effects = list(arm_effects(scenario, compiled.arms, compiled.transitions))
    paths = effect_paths(scenario, compiled.clock, compiled.areas, compiled.numbers, effects)
    references = list(compiled.references)
    rows = transitions.reference.copy()
    ratios = iter(effects)
    for r, reference in enumerate(references):
        if reference.kind == EFFECT:
            ratio = next(ratios).effect.ratio.value
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
