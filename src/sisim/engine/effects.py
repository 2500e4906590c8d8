"""How strong an investment is, where and when: phases, coverage, fidelity, persistence."""

from __future__ import annotations

import numpy as np

from sisim.arrays import Flags, Floats, Ints
from sisim.engine.clock import Clock
from sisim.engine.tables import ALWAYS, NEW_WAY, PROJECT
from sisim.scenario.scenario import Effect, Investment, Learning, Scenario


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


def first_case(investment: Investment, clock: Clock) -> int:
    """Return the step at which the first case may begin, its preparation being done."""
    return clock.at(investment.start) + clock.months(investment.lead)


def preparation_path(investment: Investment, clock: Clock) -> dict[str, Floats]:
    """Return the share of each part of a preparation done in each step, (steps,); they sum to 1."""
    start, found = clock.at(investment.start), {}
    for name, done in investment.prepared_at.items():
        last = start + clock.months(done)
        first = last - clock.months(investment.preparation[name].months)
        share = np.zeros(clock.end + 1)
        # What takes no time is done in the step in which it could begin.
        share[first : max(last, first + 1)] = 1.0 / max(last - first, 1)
        found[name] = share
    return found


def fidelity_path(investment: Investment, clock: Clock) -> Floats:
    """Return how fully the method is delivered at each step."""
    spec = investment.fidelity
    if spec is None:
        return np.ones(clock.end + 1)
    since = np.arange(clock.end + 1) - first_case(investment, clock)
    share = np.interp(since / clock.per_year, spec.at, spec.share)
    if spec.decay is None:
        return share
    alone = np.maximum(since, 0)
    if spec.refresher is not None:
        alone = alone % _interval(spec.refresher, clock)
    return np.asarray(share * (1 - spec.decay.value) ** (alone / clock.per_year))


def _interval(months: float, clock: Clock) -> int:
    """Return the steps from one follow-up to the next: at least one."""
    return max(clock.months(months), 1)


def refreshers(investment: Investment, clock: Clock) -> Flags:
    """Return at which steps there is a follow-up of the method, bool (steps,)."""
    spec = investment.fidelity
    since = np.arange(clock.end + 1) - first_case(investment, clock)
    if spec is None or spec.refresher is None:
        return np.zeros(len(since), np.bool_)
    return np.asarray((since > 0) & (since % _interval(spec.refresher, clock) == 0))


def learned(learning: Learning, cases: Ints | int) -> Floats:
    """Return the share of an effect there is after a number of cases (Wright 1936)."""
    # The same function for one number as for many: a power of another kind may round otherwise.
    lacking = np.power(learning.per_doubling.value, np.log2(np.asarray(cases) + 1.0))
    return np.asarray(1.0 - (1.0 - learning.first.value) * lacking)


def coverage(
    investment: Investment,
    ending: str,
    clock: Clock,
    areas: list[str],
    stopped: Ints | None = None,
) -> tuple[Floats, Floats]:
    """Return where the project runs and how far the new way has come, float64 (areas, steps).

    The project covers its areas fully while it runs; the new way grows from 0 to 1 in each area.
    `stopped` is the step from which something else has taken its place in each area: see
    `stopped_from`.
    """
    steps = np.arange(clock.end + 1)
    start = first_case(investment, clock)
    stop = clock.at(investment.start) + clock.steps(investment.years)
    if ending == "continues":
        stop = clock.end + 1
    inside = (steps >= start) & (steps < stop)
    project = np.zeros((len(areas), clock.end + 1))
    for number, area in enumerate(areas):
        if not investment.areas or area in investment.areas:
            place = investment.areas.index(area) if investment.areas else 0
            begun = steps >= start + clock.months(investment.interval * place)
            project[number] = inside & begun
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
    if stopped is not None:
        goes_on = steps < stopped[:, None]
        project, new_way = project * goes_on, new_way * goes_on
    return project, new_way


def stopped_from(scenario: Scenario, arm: str, name: str, clock: Clock, areas: list[str]) -> Ints:
    """Return the step from which others have taken an investment's place, int64 (areas,).

    They do so where, and as soon as, they are delivered themselves in the arm; it does not come
    back when they end.
    """
    found = np.full(len(areas), clock.end + 1)
    for other, ending in scenario.arms[arm].investments.items():
        spec = scenario.investments[other]
        if name in spec.stops:
            own = stopped_from(scenario, arm, other, clock, areas)
            delivered = np.maximum(*coverage(spec, ending, clock, areas, own)) > 0
            begins = np.where(delivered.any(axis=1), delivered.argmax(axis=1), clock.end + 1)
            found = np.minimum(found, begins)
    return found


def area_strength(
    effect: Effect,
    investment: Investment,
    ending: str,
    clock: Clock,
    areas: list[str],
    stopped: Ints | None = None,
) -> Floats:
    """Return the strength of an effect on everybody in an area, float64 (areas, steps)."""
    project, new_way = coverage(investment, ending, clock, areas, stopped)
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
