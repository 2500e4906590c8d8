"""Who is simulated: people, when they are born and arrive, their keys and backgrounds.

People stand in order of birth, so that a birth cohort is a slice. A person's key is where and when
they enter (area, entry moment, index within it): nobody's luck depends on who else arrives.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sisim.arrays import Floats, Ints
from sisim.engine.clock import Clock
from sisim.engine.correlation import Correlation
from sisim.engine.draws import U32, draw_many, purpose_code, seed_key
from sisim.engine.families import eldest_of
from sisim.scenario.pathway import Attribute
from sisim.scenario.scenario import Movers, Population, Scenario
from sisim.scenario.types import Positive

_MOVER = 1 << 31


@dataclass(frozen=True, slots=True)
class People:
    """The baseline inflow: one row per person who ever enters, in order of birth.

    Attributes:
        lo: Index within area and entry moment, uint32 (n,).
        hi: Area and entry moment (and whether by moving in), uint32 (n,).
        born: Step of birth, int32 (n,); negative before the first step.
        start: Step from which the person is simulated, int32 (n,).
        arrive: Step from which the person is a resident and counted, int32 (n,).
        area: Area number, uint8 (n,).
        eldest: Number of the eldest child of the person's family, int32 (n,); one's own if alone.
        codes: Category of each categorical attribute, int16 (attributes, n).
        units: Unit within each categorical attribute (a workplace of its kind), whole numbers
            (attributes, n); where the attribute has no units, the category.
        numbers: Value of each numeric attribute, float64 (attributes, n).
    """

    lo: NDArray[np.uint32]
    hi: NDArray[np.uint32]
    born: NDArray[np.int32]
    start: NDArray[np.int32]
    arrive: NDArray[np.int32]
    area: NDArray[np.uint8]
    eldest: NDArray[np.int32]
    codes: NDArray[np.int16]
    units: NDArray[np.signedinteger[Any]]
    numbers: Floats

    def __len__(self) -> int:
        return len(self.born)

    def only(self, index: Ints) -> People:
        """Return the people at `index` alone, as they are; `eldest` counts as it did."""
        # In order: another layout would have everything compiled once more.
        return People(
            *(np.ascontiguousarray(getattr(self, name)[..., index]) for name in self.__slots__),
        )


def people(scenario: Scenario, clock: Clock, seed: int) -> People:
    """Return everyone who enters the population of `scenario` during the run."""
    population = scenario.population
    areas = list(population.areas.values())
    shares = np.array([a.share.value for a in areas]) if areas else np.ones(1)
    shares = shares / shares.sum()
    if population.cohort is not None:
        counts = _whole(population.cohort * shares)
        at, of_ages = start_ages(population, clock)
        born = -np.concatenate([np.repeat(at, _whole(c * of_ages)) for c in counts.tolist()])
        area = np.repeat(np.arange(len(shares)), counts).astype(np.uint8)
        entry = np.zeros(len(born), np.int64)
        index = np.concatenate([np.arange(c) for c in counts])
        hi = _where(area, clock.moment(entry))
        arrive = entry.astype(np.int32)
    else:
        parts = [_births(scenario, clock, shares)]
        if population.movers_in is not None:
            parts.append(_movers(scenario, population.movers_in, clock, shares, seed))
        born, arrive, area, hi, index = (
            np.concatenate(column) for column in zip(*parts, strict=True)
        )
    order = in_order(born)
    lo = index[order].astype(np.uint32)
    place = hi[order].astype(np.uint32)
    area = area[order].astype(np.uint8)
    born = born[order].astype(np.int32)
    arrive = arrive[order].astype(np.int32)
    moved = (place & U32(_MOVER)) != 0
    eldest = np.arange(len(born), dtype=np.int32)
    if population.families is not None:
        eldest = eldest_of(
            population.families,
            clock,
            seed,
            keys=(lo, place),
            born=born,
            arrive=arrive,
            area=area,
            moved=moved,
        )
    arrived_at = np.where(moved, arrive - born, -1) / clock.per_year
    codes, numbers = _backgrounds(scenario, lo, place, area, arrived_at, eldest, seed)
    units = _units(scenario, codes, lo, place, seed)
    return People(
        lo=lo,
        hi=place,
        born=born,
        start=np.maximum(born, 0).astype(np.int32),
        arrive=arrive,
        area=area,
        eldest=eldest,
        codes=codes,
        units=units,
        numbers=numbers,
    )


def start_ages(population: Population, clock: Clock) -> tuple[Ints, Floats]:
    """Return the ages in steps at which a closed cohort starts, and the share of each, (ages,).

    Within a band ages are spread evenly: as with births, whole people follow the expected numbers.
    """
    if not population.ages_below:
        return np.array([clock.steps(population.age)]), np.ones(1)
    edges = [clock.steps(age) for age in (population.age, *population.ages_below)]
    shares = np.array([share.value for share in population.age_shares])
    steps = np.diff(edges)
    return np.arange(edges[0], edges[-1]), np.repeat(shares / shares.sum() / steps, steps)


def in_order(steps: NDArray[np.integer[Any]]) -> Ints:
    """Return the order of some steps, int64 (n,); those that are equal stay as they stand."""
    if len(steps) and np.ptp(steps) < 2**16:
        # NumPy sorts numbers of 16 bits by radix, five times as fast.
        steps = (steps - steps.min()).astype(np.uint16)
    return np.argsort(steps, kind="stable")


def _whole(expected: Floats) -> Ints:
    """Round cumulative sums, so that whole numbers follow the expected path."""
    whole = np.floor(np.cumsum(expected) + 0.5).astype(np.int64)
    return np.asarray(whole - np.concatenate([[0], whole[:-1]]), np.int64)


def _where(area: NDArray[np.uint8], moment: Ints) -> Ints:
    return (area.astype(np.int64) << 20) | moment


def _births(scenario: Scenario, clock: Clock, shares: Floats) -> tuple[Ints, ...]:
    """Return birth, arrival, area, key word and index of everyone born here."""
    population = scenario.population
    assert population.residents is not None
    steps = np.arange(clock.end + 1)
    per_step = population.residents / clock.steps(population.max_age)
    growth = (1 + population.growth.value) ** np.maximum(clock.years(steps), 0)
    columns = []
    for area, share in enumerate(shares):
        counts = _whole(per_step * share * growth)
        born = np.repeat(steps, counts)
        index = np.arange(len(born)) - np.repeat(np.cumsum(counts) - counts, counts)
        where = np.full(len(born), area)
        columns.append((born, born, where, _where(where, clock.moment(born)), index))
    return tuple(np.concatenate(column) for column in zip(*columns, strict=True))


def _movers(
    scenario: Scenario, movers: Movers, clock: Clock, shares: Floats, seed: int
) -> tuple[Ints, ...]:
    """Return the same for everyone who moves in, simulated from birth so as to have a past."""
    population = scenario.population
    assert population.residents is not None
    steps = np.arange(clock.end + 1)
    edges = np.array([0.0, *movers.below, population.max_age])
    weights = np.array([share.value for share in movers.shares])
    bands = np.concatenate([[0.0], np.cumsum(weights / weights.sum())])
    growth = (1 + population.growth.value) ** np.maximum(clock.years(steps), 0)
    per_step = population.residents * movers.per_year.value / clock.per_year
    columns = []
    for area, share in enumerate(shares):
        counts = _whole(per_step * share * growth)
        arrive = np.repeat(steps, counts)
        index = np.arange(len(arrive)) - np.repeat(np.cumsum(counts) - counts, counts)
        where = np.full(len(arrive), area)
        hi = _where(where, clock.moment(arrive)) | _MOVER
        u = draw_many(
            index.astype(np.uint32), hi.astype(np.uint32), 0, purpose_code("age"), seed_key(seed)
        )
        age = np.interp(u, bands, edges) * clock.per_year
        born = arrive - age.astype(np.int64)
        # Whoever would have been born before the first step has no simulated past: the warm-up is
        # long enough for none of them to be left when the counts begin.
        kept = born >= 0
        columns.append(tuple(c[kept] for c in (born, arrive, where, hi, index)))
    return tuple(np.concatenate(column) for column in zip(*columns, strict=True))


def _backgrounds(
    scenario: Scenario,
    lo: NDArray[np.uint32],
    hi: NDArray[np.uint32],
    area: NDArray[np.uint8],
    arrived_at: Floats,
    eldest: NDArray[np.int32],
    seed: int,
) -> tuple[NDArray[np.int16], Floats]:
    """Draw every attribute of every person by inverse CDF, in the file's order of categories.

    `arrived_at` is the age at moving in, negative for who is born here. What a family has in common
    is drawn by the key of its eldest child.
    """
    key = seed_key(seed)
    codes, numbers = [], []
    families = scenario.population.families
    in_common = [] if families is None else families.in_common
    area_names = list(scenario.population.areas) or [""]
    fixed = {n: a for n, a in scenario.pathway.attributes.items() if a.redraw is None}
    draws = {}
    for name in fixed:
        who = (lo[eldest], hi[eldest]) if name in in_common else (lo, hi)
        draws[name] = draw_many(*who, 0, U32(purpose_code(f"attribute:{name}")), key)
    draws = Correlation(scenario.pathway).correlated(draws)
    for name, attribute in fixed.items():
        u = draws[name]
        if attribute.distribution is not None:
            numbers.append(numeric(attribute, u))
            continue
        code = np.empty(len(u), np.int16)
        for number, area_name in enumerate(area_names):
            here = area == number
            code[here] = np.searchsorted(category_bounds(attribute, area_name), u[here], "right")
        if attribute.of_movers is not None:
            band = np.searchsorted(attribute.of_movers.below, arrived_at, "right")
            for number, shares in enumerate(attribute.of_movers.shares):
                here = (arrived_at >= 0) & (band == number)
                code[here] = np.searchsorted(_bounds(attribute, shares), u[here], "right")
        codes.append(code)
    n = len(lo)
    return (
        np.array(codes, np.int16).reshape(len(codes), n),
        np.array(numbers, np.float64).reshape(len(numbers), n),
    )


def _units(
    scenario: Scenario,
    codes: NDArray[np.int16],
    lo: NDArray[np.uint32],
    hi: NDArray[np.uint32],
    seed: int,
) -> NDArray[np.signedinteger[Any]]:
    """Return the unit of every person, drawn among as many as those of a category fill.

    A person's unit is their own draw, so that units are of the stated size on average (law L3).
    """
    if not any(attribute.sizes for attribute in scenario.pathway.attributes.values()):
        return codes
    units = codes.astype(np.int32)
    people = scenario.population.cohort or scenario.population.residents or 0
    attributes = scenario.pathway.attributes.items()
    fixed = [(n, a) for n, a in attributes if a.shares and a.redraw is None]
    for row, (name, attribute) in enumerate(fixed):
        if not attribute.sizes:
            continue
        shares = np.array([share.value for share in attribute.shares.values()])
        # A category without a size is one unit, however many there are.
        given = {category: size.value for category, size in attribute.sizes.items()}
        sizes = np.array([given.get(category, np.inf) for category in attribute.shares])
        full = people * shares / shares.sum() / sizes
        count = np.maximum(np.round(full), 1).astype(np.int32)
        u = draw_many(lo, hi, 0, U32(purpose_code(f"unit:{name}")), seed_key(seed))
        first = np.cumsum(count) - count
        units[row] = first[codes[row]] + (u * count[codes[row]]).astype(np.int32)
    return units


def category_bounds(attribute: Attribute, area: str) -> Floats:
    """Return the inner bounds of the categories on [0, 1), float64 (categories - 1,)."""
    return _bounds(attribute, attribute.shares_by.get(area, attribute.shares))


def _bounds(attribute: Attribute, shares: dict[str, Positive]) -> Floats:
    weights = np.array([shares[c].value if c in shares else 0.0 for c in attribute.shares])
    return np.cumsum(weights / weights.sum())[:-1]


def numeric(attribute: Attribute, u: Floats) -> Floats:
    """Return the quantiles at `u` of a numeric attribute's distribution."""
    # Slow to import, and few pathways have numeric attributes.
    from scipy import stats

    p = {name: value.value for name, value in attribute.parameters.items()}
    match attribute.distribution:
        case "normal":
            found = stats.norm(p["mean"], p["sd"])
        case "uniform":
            found = stats.uniform(p["low"], p["high"] - p["low"])
        case "gamma":
            shape = p["shape"] if "shape" in p else (p["mean"] / p["sd"]) ** 2
            found = stats.gamma(shape, scale=p.get("scale", p.get("mean", 0.0) / shape))
        case "lognormal":
            found = stats.lognorm(p["sdlog"], scale=np.exp(p["meanlog"]))
        case _:
            found = stats.beta(p["alpha"], p["beta"])
    return np.asarray(found.ppf(u), np.float64)
