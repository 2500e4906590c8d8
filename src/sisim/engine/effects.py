"""How strong an investment is, where and when: phases, coverage, fidelity, persistence."""

from __future__ import annotations

import numpy as np

from sisim.arrays import Floats
from sisim.engine.clock import Clock
from sisim.engine.tables import ALWAYS, NEW_WAY, PROJECT
from sisim.scenario.scenario import Effect, Investment


def phase_code(effect: Effect) -> int:
    """Return the kernel's code of an effect's phase."""
    return {"always": ALWAYS, "project": PROJECT, "new_way": NEW_WAY}[effect.phase]


def persistence(effect: Effect, clock: Clock) -> Floats:
    """Return the share of an effect that is left 0, 1, 2... steps after treatment has ended."""
    years = np.arange(clock.end + 1) / clock.per_year
    spec = effect.persistence
    match spec.kind:
        case "permanent":
            return np.ones(len(years))
        case "half_life":
            assert spec.years is not None
            return np.asarray(0.5 ** (years / spec.years.value))
        case "linear":
            assert spec.years is not None
            return np.clip(1 - years / spec.years.value, 0, 1)
        case "table":
            return np.interp(years, spec.at, spec.share)
        case _:
            return np.zeros(len(years))


def fidelity_path(investment: Investment, clock: Clock) -> Floats:
    """Return how fully the method is delivered at each step."""
    if investment.fidelity is None:
        return np.ones(clock.end + 1)
    years = (np.arange(clock.end + 1) - clock.at(investment.start)) / clock.per_year
    return np.interp(years, investment.fidelity.at, investment.fidelity.share)


def coverage(
    investment: Investment, ending: str, clock: Clock, areas: list[str]
) -> tuple[Floats, Floats]:
    """Return where the project runs and how far the new way has come, float64 (areas, steps).

    The project covers its areas fully while it runs; the new way grows from 0 to 1 in each area.
    """
    steps = np.arange(clock.end + 1)
    start = clock.at(investment.start)
    stop = start + clock.steps(investment.years)
    if ending == "continues":
        stop = clock.end + 1
    inside = (steps >= start) & (steps < stop)
    included = np.array([not investment.areas or a in investment.areas for a in areas])
    project = included[:, None] * inside[None, :].astype(float)
    new_way = np.zeros((len(areas), clock.end + 1))
    spec = investment.new_way
    if ending == "new_way_of_working" and spec is not None:
        begin = stop + clock.months(spec.delay)
        ramp = max(clock.months(spec.ramp), 1)
        for number, area in enumerate(areas):
            if spec.areas and area not in spec.areas:
                continue
            place = spec.areas.index(area) if spec.areas else 0
            own = begin + clock.months(spec.interval * place)
            new_way[number] = np.clip((steps - own + 1) / ramp, 0, 1)
    return project, new_way


def area_strength(
    effect: Effect, investment: Investment, ending: str, clock: Clock, areas: list[str]
) -> Floats:
    """Return the strength of an effect on everybody in an area, float64 (areas, steps)."""
    project, new_way = coverage(investment, ending, clock, areas)
    part = {
        ALWAYS: np.maximum(project, new_way),
        PROJECT: project,
        NEW_WAY: new_way,
    }[phase_code(effect)]
    strength = part * fidelity_path(investment, clock)
    kept = persistence(effect, clock)
    # Wherever delivery stops, what is left fades from its last strength.
    for row, covered in zip(strength, part, strict=True):
        last = None
        for step in range(len(row)):
            if covered[step] > 0:
                last = step
            elif last is not None:
                row[step] = row[last] * kept[min(step - last, len(kept) - 1)]
    return strength
