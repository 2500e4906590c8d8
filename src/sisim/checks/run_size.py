"""Memory and time of a run, estimated from the scenario alone, before anything is simulated.

The engine holds a row for every person who ever lives in a run, and counts by replication, arm,
step, cell (area and groupings) and kind. Sizes follow from the file. How much of what is reserved
comes to be written, and how long a step takes, has been measured on the ready scenarios.

One function decides for every door, `too_large`: the checks of a file (a run of one replication),
and through `require_fits`, which raises what it says, `sisim check` and `simulate` (all of them)
and the live page (a smaller budget).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from math import expm1, inf, isfinite, log1p, prod
from time import perf_counter

import numpy as np

from sisim.i18n import number, t
from sisim.portable import memory, usable_cores
from sisim.scenario.errors import Place, Problem, Reason, ScenarioError
from sisim.scenario.pathway import Pathway
from sisim.scenario.scenario import Scenario

MB, GB = 2.0**20, 2.0**30
PROCESS = 400 * MB
"""A process with the engine's machine code, and the libraries that tabulate and draw."""
SIDE_BY_SIDE = 200_000
"""Most people living at a time in a replication that is run beside others, for memory's sake."""
DIVERGED = 0.5
"""The part of the pages of people's rows in an arm that is written as people diverge there."""
TABULATED = 1.3
"""The counts, and sums of them that are kept, as a multiple of the counts."""
PER_STEP = 1e-8
"""Seconds for a track of a person in a step."""
PER_BYTE = 5e-9
"""Seconds for a byte of the counts: they are made, added up and read."""
PER_REPLICATION, PER_RUN = 0.2, 4.0
"""Seconds of a replication, and of the tables and figures of a run, whatever their size."""
REFERENCE = 0.00036
"""Seconds of the arithmetic of `slowness` on the computer on which times were measured."""
SMALL = GB
"""So much memory every computer has: it need not be asked."""
FEWEST = 100
"""So few people are not worth a run."""


@dataclass(frozen=True)
class RunSize:
    """What a run takes.

    Attributes:
        people: All who ever live in a replication.
        steps: The simulated steps, from the first birth to the end.
        memory: Peak of resident memory, bytes.
        reserved: The most that is reserved at once, bytes; much of it may never be written.
        seconds: Time of the computation, on a computer whose `slowness` is 1.
    """

    people: float
    steps: float
    memory: float
    reserved: float
    seconds: float

    @property
    def needed(self) -> float:
        """The memory that must be there, bytes."""
        return max(self.memory, self.reserved)


@dataclass(frozen=True)
class _Shape:
    """The sizes of a run's arrays along each axis."""

    arms: int
    investments: int
    tracks: int
    states: int
    transitions: int
    groups: int
    windows: int
    areas: int
    cells: int
    uses: int
    resources: int
    attributes: int
    numbers: int
    shares: int
    features: int
    effects: int
    leavers: int

    @classmethod
    def of(cls, scenario: Scenario) -> _Shape:
        pathway = scenario.pathway
        attributes = pathway.attributes.values()
        redrawn = [one for one in attributes if one.redraw is not None]
        contents = [state for track in pathway.tracks.values() for state in track.states.values()]
        uses = [use for one in contents for use in (*one.uses.values(), *one.weights.values())]
        areas = max(len(scenario.population.areas), 1)
        factors = pathway.factors.values()
        return cls(
            arms=len(scenario.arms),
            investments=len(scenario.investments),
            tracks=len(pathway.tracks) + len(redrawn),
            states=len(contents) + sum(len(one.shares) for one in redrawn),
            transitions=len(pathway.transitions) + sum(len(one.shares) for one in redrawn),
            groups=len(pathway.groups),
            windows=len({f.feature for f in factors if f.window is not None}),
            areas=areas,
            cells=areas * prod(_sizes(pathway)),
            uses=sum(1 for use in uses if use.factors),
            resources=len(pathway.resources) + len(pathway.weights),
            attributes=sum(1 for one in attributes if one.shares and one.redraw is None),
            numbers=sum(1 for one in attributes if one.distribution is not None),
            shares=len({(f.feature, f.among) for f in factors if _of_peers(f.feature)}),
            features=len({(f.feature, f.window, f.among) for f in factors}),
            effects=_effects(scenario),
            leavers=_leavers(scenario),
        )


def _leavers(scenario: Scenario) -> int:
    """Return in how many ways, ages and combinations people who go on in the tail are counted."""
    one = scenario.continuation
    if one is None:
        return 0
    oldest = max(scenario.population.max_age, scenario.population.oldest + scenario.time.years)
    ages = max(min(oldest, one.until) - one.from_age, 0) + 1
    return round(len(one.ways) * ages * prod(len(mapped.names) for mapped in one.parts.values()))


def _effects(scenario: Scenario) -> int:
    """Return how many effects on transitions there are in all arms."""
    count = {
        name: sum(len(effect.on) for effect in one.effects)
        for name, one in scenario.investments.items()
    }
    return sum(count.get(name, 0) for arm in scenario.arms.values() for name in arm.investments)


def _sizes(pathway: Pathway) -> list[int]:
    """Return how many categories each grouping has."""
    shares = {name: attribute.shares for name, attribute in pathway.attributes.items()}
    return [
        len(grouping.bands) or len(shares.get(grouping.feature.partition(".")[2], ())) or 1
        for grouping in pathway.groupings.values()
    ]


def _of_peers(feature: str | None) -> bool:
    return (feature or "").startswith("share.")


def run_size(
    scenario: Scenario, replications: int | None = None, cores: int | None = None
) -> RunSize:
    """Return what a run of all replications takes, with all that is tabulated and drawn of it.

    Args:
        scenario: The scenario.
        replications: How many; unset: as many as it says.
        cores: How many threads; unset: one for each core that may be used.
    """
    count = float(scenario.replications if replications is None else replications)
    threads = usable_cores() if cores is None else cores
    shape, time = _Shape.of(scenario), scenario.time
    warm_up = scenario.warm_up
    per_year = scenario.pathway.steps_per_year
    counted = (time.history + time.years) * per_year + 1
    steps = counted + warm_up * per_year
    ever, lived = _people(scenario, warm_up)
    beside = min(count, threads) if _at_once(scenario) <= SIDE_BY_SIDE else 1
    tally = _tally(shape, counted)
    one = ever * _person(shape) + _by_step(shape, steps) + 200 * _items(shape) * threads
    kept = TABULATED * tally + _peer_shares(scenario, shape, steps) + _valued(shape, counted)
    work = PER_REPLICATION + lived * per_year * shape.tracks * PER_STEP + tally * PER_BYTE
    reserved = max(
        ever * (1 + shape.arms) * max(4 * shape.tracks, 8 * shape.groups, 16 * shape.windows),
        8 * _items(shape) * (shape.features + shape.effects),
    )
    return RunSize(
        people=ever,
        steps=steps,
        memory=PROCESS + beside * (one + 2 * tally) + count * kept,
        reserved=reserved,
        seconds=PER_RUN + count / beside * work,
    )


def size_words(size: RunSize) -> str:
    """Return what a run takes on this computer, in a sentence."""
    return t(
        "A run takes about {memory} of memory and {time} on this computer.",
        memory=_memory(size.memory).text,
        time=_time(size.seconds * slowness()).text,
    )


def require_fits(
    scenario: Scenario, replications: int | None = None, most: float | None = None
) -> None:
    """Check that a run fits in memory, before it begins.

    Args:
        scenario: The scenario.
        replications: How many; unset: as many as it says.
        most: The bytes that it may take; unset: the memory of this computer.

    Raises:
        ScenarioError: If it does not fit, with what would.
    """
    problem = too_large(scenario, replications, most)
    if problem is not None:
        key, reason = problem
        raise ScenarioError([Problem(Place(scenario.origin(""), 0), key, reason)])


def too_large(
    scenario: Scenario, replications: int | None = None, most: float | None = None
) -> tuple[str, Reason] | None:
    """Return why a run does not fit in memory, with the key to change; None if it fits."""
    count = scenario.replications if replications is None else replications
    need = run_size(scenario, count).needed
    if need <= (SMALL if most is None else most):
        return None
    most = memory() if most is None else most
    if need <= most:
        return None
    population = scenario.population
    key = "residents" if population.cohort is None else "cohort"
    people = getattr(population, key) or 0

    def with_people(n: int) -> float:
        changed = population.model_copy(update={key: n})
        return run_size(scenario.model_copy(update={"population": changed}), count).needed

    fewer = _greatest(with_people, people, most)
    runs = _greatest(lambda n: run_size(scenario, n).needed, count, most)
    fits = [Reason("{n} people", n=number(fewer))] if fewer >= FEWEST else []
    if runs:
        many = Reason("{n} replications", n=number(runs))
        fits.append(many if runs > 1 else Reason("1 replication"))
    said = {"need": _memory(need), "most": _memory(most)}
    if not fits:
        reason = Reason(
            "A run takes about {need} of memory, and at most {most} can be used. Ask for "
            "fewer arms, areas, groupings or years.",
            **said,
        )
        return "time.years", reason
    what = fits[0] if len(fits) == 1 else Reason("{one} or {other}", one=fits[0], other=fits[1])
    reason = Reason(
        "A run takes about {need} of memory, and at most {most} can be used. "
        "This would fit: {what}.",
        **said,
        what=what,
    )
    return "replications" if runs else f"population.{key}", reason


def _greatest(size: Callable[[int], float], most: int, limit: float) -> int:
    """Return the greatest number up to `most` whose size is within a limit, in two figures."""
    low, high = 0, most
    while high - low > low // 100:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if size(middle) <= limit else (low, middle - 1)
    unit: int = 10 ** max(len(str(low)) - 2, 0)
    return low - low % unit


def _memory(size: float) -> Reason:
    """Return an amount of memory as it is said: in two figures."""
    if not isfinite(size) or size >= 1e6 * GB:
        return Reason("a million GB")
    if size >= GB:
        return Reason("{n} GB", n=_two_figures(size / GB))
    return Reason("{n} MB", n=_two_figures(size / MB))


def _time(seconds: float) -> Reason:
    """Return a time as it is said: in two figures."""
    if not isfinite(seconds) or seconds >= 1000 * 86400:
        return Reason("a thousand days")
    if seconds >= 2 * 86400:
        return Reason("{n} days", n=_two_figures(seconds / 86400))
    if seconds >= 2 * 3600:
        return Reason("{n} h", n=_two_figures(seconds / 3600))
    if seconds >= 120:
        return Reason("{n} min", n=_two_figures(seconds / 60))
    return Reason("{n} s", n=_two_figures(seconds))


def _two_figures(value: float) -> float:
    return float(f"{value:.2g}")


@cache
def slowness() -> float:
    """Return how many times as long this computer takes as the one on which times were measured."""
    values = np.arange(1 << 14, dtype=np.uint64)
    shifted = values.copy()
    times = []
    for _ in range(5):
        begin = perf_counter()
        for _ in range(40):
            np.multiply(values, np.uint64(6364136223846793005), out=values)
            np.right_shift(values, np.uint64(29), out=shifted)
            np.bitwise_xor(values, shifted, out=values)
        times.append(perf_counter() - begin)
    return min(times) / REFERENCE


def _at_once(scenario: Scenario) -> float:
    """Return how many people live at a time."""
    return float(scenario.population.residents or scenario.population.cohort or 0)


def _people(scenario: Scenario, warm_up: float) -> tuple[float, float]:
    """Return how many ever live in a run, and how many years they live in it together."""
    population, time = scenario.population, scenario.time
    people = _at_once(scenario)
    if population.cohort is not None:
        return people, people * (warm_up + time.history + time.years)
    before, after = warm_up + time.history, _grown(population.growth.value, time.years)
    ever = people * (before + after) / population.max_age
    if population.movers_in is not None:
        ever += people * population.movers_in.per_year.value * (before + after)
    # Those who are born in the first steps are alone: it takes a lifetime until all are there.
    filling = min(before, population.max_age)
    return ever, people * (before - filling / 2 + after)


def _grown(growth: float, years: float) -> float:
    """Return the sum over some years of what is 1 at first and grows by a share a year."""
    if growth <= -1:
        return 0.0
    rate = log1p(growth)
    if abs(rate * years) < 1e-9:
        return years
    return inf if rate * years > 600 else expm1(rate * years) / rate


def _person(shape: _Shape) -> float:
    """Return the bytes of a person: what they are, where they stand, and in each arm."""
    fixed = 25 + 28 + 6 * shape.attributes + 8 * shape.numbers + 4 * shape.shares + 12
    now = 6 * shape.tracks + 8 * shape.groups + 16 * shape.windows + 1
    listed = 20 + 20 * shape.tracks
    arm = 10 + 8 * max(shape.investments, 1) + now * DIVERGED
    return fixed + now + listed + shape.arms * arm


def _items(shape: _Shape) -> float:
    """Return how many moves a thread may have to decide at a time."""
    return 2 * 2048 * shape.tracks * (1 + shape.arms)


def _tally(shape: _Shape, counted: float) -> float:
    """Return the bytes that a replication's counts take."""
    kinds = 4 * shape.states + 4 * shape.transitions + 8 * shape.groups + 4
    by_cell = (1 + shape.arms) * counted * (shape.cells * kinds + 8 * shape.areas * shape.uses)
    places = shape.arms * shape.investments * counted * 8 * (2 * shape.areas + shape.states)
    return by_cell + places + 4 * (1 + shape.arms) * counted * shape.leavers


def _valued(shape: _Shape, counted: float) -> float:
    """Return the bytes of what a replication uses of resources, in every step."""
    return 8 * (1 + shape.arms) * counted * shape.areas * shape.resources * 4


def _peer_shares(scenario: Scenario, shape: _Shape, steps: float) -> float:
    """Return the bytes of a replication's shares among peers."""
    sizes = [
        size.value for one in scenario.pathway.attributes.values() for size in one.sizes.values()
    ]
    units = _at_once(scenario) / max(min(sizes), 1e-9) if sizes else shape.areas
    return 4 * steps * (1 + shape.arms) * shape.shares * units


def _by_step(shape: _Shape, steps: float) -> float:
    """Return the bytes of what is tabulated for each step."""
    row = 8 * shape.transitions + 8 * shape.effects * (1 + shape.areas)
    row += shape.arms * (9 * shape.areas + 8 * shape.investments) + 300
    return steps * row
