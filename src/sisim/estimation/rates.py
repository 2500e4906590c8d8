"""Rates of a pathway from a register, by indirect standardisation against the pathway itself.

The pathway is simulated as it is, which gives the rate of each move at each age and time in the
state, whatever its factors are. With the register's person-years these rates say how many moves to
expect; the moves that came, divided by that, are a standardised ratio (Breslow & Day, "Statistical
Methods in Cancer Research", vol. II, 1987, ch. 2). The pathway's number is multiplied by it: the
register tells the level, and the pathway how the rate differs between people. It is done twice, as
with another number other people are in the state: who returns more often has been there more often.
It is simulated by weeks where it can be, as a register's people move any day.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple

import networkx as nx
import numpy as np
from scipy.linalg import expm

from sisim.arrays import Flags, Floats
from sisim.calibration.life_histories import histories, plain, run_logged
from sisim.calibration.targets import Histories
from sisim.engine.compile import compile_scenario
from sisim.engine.simulation import Progress
from sisim.estimation.aggregated_extract import AggregatedCell, read_aggregated
from sisim.estimation.category_moves import Move, constant_leaving, constant_rate, moves_between
from sisim.estimation.destination_shares import SeenDestination, ShareEstimate, told_shares
from sisim.estimation.estimate_file import EstimationPlan, Extract, Told
from sisim.estimation.look_table import RegisterLooks, read_looks
from sisim.estimation.number_prior import with_free_numbers
from sisim.estimation.occurrence_exposure import (
    A_MOMENT,
    AGES,
    LexisTable,
    ObservedSpells,
    following,
    lexis_table,
    rates_per_year,
)
from sisim.estimation.panel_likelihood import PanelData, expected_pairs, told_ratios
from sisim.estimation.rate_posterior import JEFFREYS, Gamma, gamma_of_range
from sisim.estimation.reading_notes import ReadingNotes
from sisim.estimation.scheduled_probability import (
    ProbabilityEstimate,
    SimulatedMoments,
    moment_counts,
    scheduled_moves,
    told_probability,
    tried_probability,
)
from sisim.estimation.shortest_step import by_weeks
from sisim.estimation.spell_table import RegisterSpells, read_spells
from sisim.estimation.suppression import is_hidden
from sisim.scenario.pathway import Pathway, Schedule
from sisim.scenario.types import Rate

Teller = Literal["data", "data and pathway", "pathway"]
BANDS_OF_AGE = (0, 7, 13, 16, 18, 21, 30, 45, 65)
"""Where bands of age begin in what may leave the secure room."""


@dataclass(frozen=True)
class RateEstimate:
    """What a register tells of transitions that it does not tell apart.

    Attributes:
        extract: In which extract of the file.
        transitions: The transitions with a rate of their own.
        events: How many moves; in looks, how many times the state had changed since the last.
        years: Person-years in the states that they leave.
        persons: How many persons have been seen there; in an aggregated table, at least so many.
        expected: How many moves the pathway's numbers would give.
        ratio: The posterior of what came as a part of what was expected.
        told_by: What tells it.
        by_age: Moves, person-years and persons by `BANDS_OF_AGE`, (3, bands); None if they are
            those of an aggregated table.
        left_out: How many cells of an aggregated table are hidden, and left out.
        shares: What is told of where the transition leads, if it is told alone.
    """

    extract: str
    transitions: tuple[str, ...]
    events: int
    years: float
    persons: int
    expected: float
    ratio: Gamma
    told_by: Teller
    by_age: Floats | None
    left_out: int = 0
    shares: tuple[ShareEstimate, ...] = ()

    @property
    def is_told(self) -> bool:
        """Whether the register has changed the numbers."""
        return self.told_by != "pathway"


@dataclass(frozen=True)
class PathwayRates:
    """Rates of moves between the categories of an extract, by the pathway as it is.

    Attributes:
        rates: Per year, (from, to, ages, times in the category).
        moves: How many simulated moves they rest on, (from, to); infinitely many where the file
            has them.
        years: Simulated person-years, (categories, ages, times in the category).
        moments: What came at the moments of scheduled transitions.
    """

    rates: Floats
    moves: Floats
    years: Floats
    moments: SimulatedMoments = field(default_factory=SimulatedMoments)

    def at_ages(self, moves: Collection[Move], ages: tuple[int, int]) -> float:
        """Return the yearly rate of some moves at ages, over all times in the states they leave.

        Args:
            moves: The moves.
            ages: From which age, and below which. Where nobody simulated is so old, the rate is
                that of all ages.
        """
        leave = sorted({at for at, _ in moves})
        for low, high in (ages, (0, AGES)):
            years = self.years[:, low:high]
            if years[leave].any():
                coming = sum((years[at] * self.rates[at, to, low:high]).sum() for at, to in moves)
                return float(coming / years[leave].sum())
        return 0.0


@dataclass(frozen=True)
class Estimates:
    """What the registers of an estimation file tell of its pathway.

    Attributes:
        plan: The file.
        rates: What is told of transitions that there are persons at risk of.
        unseen: Transitions with a rate on the tracks of the extracts that nobody is at risk of.
        no_way: How many pairs of looks are left out, as no rates lead from the one to the other.
        notes: What was put right as each extract of persons was read.
        persons: How many persons there are in the extract with most of them, at least.
        scheduled: What is told of scheduled transitions that there are persons at risk of.
        not_apart: Scheduled transitions that cannot be told from others of the same month.
    """

    plan: EstimationPlan
    rates: tuple[RateEstimate, ...]
    unseen: tuple[str, ...]
    no_way: int = 0
    notes: Mapping[str, ReadingNotes] = field(default_factory=dict)
    persons: int = 0
    scheduled: tuple[ProbabilityEstimate, ...] = ()
    not_apart: tuple[str, ...] = ()

    @property
    def probabilities(self) -> dict[str, float]:
        """The probability of each scheduled transition that has been told, if it is no formula."""
        known = self.plan.pathway.transitions
        return {
            one.transition: one.probability.mean
            for one in self.scheduled
            if one.is_told and one.probability is not None
            if (own := known[one.transition].probability) and own.formula is None
        }

    @property
    def ratios(self) -> dict[str, float]:
        """The mean ratio of each transition that has been told, if it follows from no formula."""
        known = self.plan.pathway.transitions
        return {
            name: rate.ratio.mean
            for rate in self.rates
            if rate.is_told
            and all((own := known[one].rate) and own.formula is None for one in rate.transitions)
            for name in rate.transitions
        }


def estimate(plan: EstimationPlan, progress: Progress | None = None) -> Estimates:
    """Return the rates that registers tell of a pathway.

    Args:
        plan: The estimation file.
        progress: Called with the steps done and how many there are in all.

    Raises:
        ScenarioError: With what is wrong in the extracts.
    """
    registers = {name: read_extract(plan, name) for name in plan.estimation.data}
    plain_rates = pathway_rates(plan, progress)
    first = estimates(plan, registers, plain_rates)
    if not (any(one.is_told for one in first.rates) or any(one.is_told for one in first.scheduled)):
        return first
    again = {
        name: replace(one, moments=replace(one.moments, plain=plain_rates[name].moments.counts))
        for name, one in pathway_rates(plan, progress, first).items()
    }
    return estimates(plan, registers, again)


Register = RegisterSpells | RegisterLooks | tuple[AggregatedCell, ...]
"""What stands in an extract, by its kind."""


def read_extract(plan: EstimationPlan, name: str) -> Register:
    """Return what stands in an extract of an estimation file.

    Raises:
        ScenarioError: With what is wrong in it.
    """
    extract, path = plan.estimation.data[name], plan.files[name]
    if extract.kind == "spells":
        return read_spells(path, extract)
    if extract.kind == "looks":
        return read_looks(path, extract)
    groups = _told_together(
        plan.pathway, moves_between(plan.pathway, extract.track, extract.categories)
    )
    return read_aggregated(path, name, extract, [frozenset(names) for names, _ in groups])


def pathway_rates(
    plan: EstimationPlan, progress: Progress | None = None, told: Estimates | None = None
) -> dict[str, PathwayRates]:
    """Return the rates of moves by the pathway's numbers, as each extract would tell them.

    Args:
        plan: The estimation file.
        progress: Called with the steps done and how many there are in all.
        told: What registers have told already. The people are then simulated with those numbers, so
            that as many have been in a state before as there; the rates are still of the pathway's.
    """
    scenario = plain(by_weeks(plan), residents=plan.estimation.residents)
    ratios = {} if told is None else told.ratios
    own = {name: plan.pathway.transitions[name].rate for name in ratios}
    values = {
        f"transitions.{name}.rate": rate.value * ratios[name]
        for name, rate in own.items()
        if rate is not None
    }
    probabilities = {
        name: tried_probability(plan.pathway.transitions[name], found)
        for name, found in ({} if told is None else told.probabilities).items()
    }
    values |= {f"transitions.{name}.probability": one for name, one in probabilities.items()}
    compiled = compile_scenario(with_free_numbers(scenario, values))
    lived = histories(run_logged(compiled, 1, progress=progress))
    return {
        name: replace(
            _pathway_rates(plan.pathway, one, lived, ratios),
            moments=_simulated_moments(plan.pathway, one, lived, probabilities),
        )
        for name, one in plan.estimation.data.items()
    }


def estimates(
    plan: EstimationPlan,
    registers: Mapping[str, Register],
    pathway: Mapping[str, PathwayRates],
) -> Estimates:
    """Return what registers tell of a pathway's rates.

    Args:
        plan: The estimation file.
        registers: What stands in each of its extracts.
        pathway: See `pathway_rates`.
    """
    rates: list[RateEstimate] = []
    scheduled: list[ProbabilityEstimate] = []
    not_apart: list[str] = []
    no_way = 0
    for name, register in registers.items():
        if isinstance(register, RegisterSpells):
            rates += _of_spells(plan, name, register, pathway[name])
            own_moments, unclear = _at_moments(plan, name, register, pathway[name].moments)
            scheduled += own_moments
            not_apart += unclear
        elif isinstance(register, RegisterLooks):
            own, without = _of_looks(plan, name, register, pathway[name])
            rates += own
            no_way += without
        else:
            rates += _of_aggregated(plan, name, register, pathway[name])
    told = {one for rate in rates for one in rate.transitions}
    tracks = {one.track for one in plan.estimation.data.values()}
    unseen = [
        name
        for name, one in plan.pathway.transitions.items()
        if one.track in tracks and one.rate is not None and name not in told
    ]
    notes = {
        name: register.notes
        for name, register in registers.items()
        if isinstance(register, RegisterSpells | RegisterLooks)
    }
    persons = max(map(_persons, registers.values()))
    return Estimates(
        plan,
        tuple(rates),
        tuple(unseen),
        no_way,
        notes,
        persons,
        tuple(scheduled),
        tuple(not_apart),
    )


def _persons(register: Register) -> int:
    """Return how many persons there are in an extract; in an aggregated table, at least."""
    if isinstance(register, tuple):
        # The same person may be in several rows.
        return max((cell.persons for cell in register if cell.persons is not None), default=0)
    return len(np.unique(register.person))


def _pathway_rates(
    pathway: Pathway, extract: Extract, lived: Histories, ratios: Mapping[str, float]
) -> PathwayRates:
    """Return the rates of moves between the categories of an extract, in simulated lives.

    Args:
        pathway: The pathway.
        extract: The extract.
        lived: Lives with other numbers than the pathway's.
        ratios: How many times the pathway's those are, by transition.
    """
    categories = extract.categories
    moves = moves_between(pathway, extract.track, categories)
    spells = _simulated(lived, extract.track, categories)
    scheduled = _at_schedule(spells, _schedules(pathway, moves), _years_gone(lived))
    table = lexis_table(spells, len(categories), scheduled)
    rates, seen = rates_per_year(table, lived.per_year), table.moves.sum(axis=(2, 3))
    drawn = seen.copy()
    for names, group in _told_together(pathway, moves):
        for at, to in group:
            rates[at, to] /= ratios.get(names[0], 1.0)
    for (at, to), names in moves.items():
        exact = constant_rate(pathway, categories[at], categories[to], names)
        if exact is not None:
            rates[at, to], drawn[at, to] = exact, np.inf
    for at in range(len(categories)):
        leaving = constant_leaving(pathway, extract.track, categories, at)
        if leaving is not None and seen[at].any():
            rates[at], drawn[at] = _adding_up(rates[at], seen[at], leaving), np.inf
    return PathwayRates(rates, drawn, table.years)


def _years_gone(lived: Histories) -> float:
    """Return the part of a calendar year that has gone when the years of simulated lives begin.

    What is drawn in a step holds from its end on. It happens within the step, as in its middle.
    """
    return (lived.month - 1) / 12 - 0.5 / lived.per_year


def _simulated_moments(
    pathway: Pathway, extract: Extract, lived: Histories, probabilities: Mapping[str, float]
) -> SimulatedMoments:
    """Return who was there, and who moved, in the months of scheduled transitions.

    Args:
        pathway: The pathway.
        extract: The extract.
        lived: Simulated lives.
        probabilities: The numbers that these have, where they are not the pathway's.
    """
    told, _ = scheduled_moves(pathway, extract.track, extract.categories)
    if extract.kind != "spells" or not told:
        return SimulatedMoments()
    spells = _simulated(lived, extract.track, extract.categories)
    counts = {
        month: moment_counts(spells, len(extract.categories), month, _years_gone(lived))
        for month in {one.month for one in told}
    }
    return SimulatedMoments(counts, probabilities)


def _at_moments(
    plan: EstimationPlan, name: str, register: RegisterSpells, simulated: SimulatedMoments
) -> tuple[list[ProbabilityEstimate], list[str]]:
    """Return what an extract tells of scheduled transitions, and which it does not tell apart."""
    extract = plan.estimation.data[name]
    told, untold = scheduled_moves(plan.pathway, extract.track, extract.categories)
    spells = _registered(extract, register, plan.pathway)
    seen = {
        month: moment_counts(spells, len(extract.categories), month)
        for month in {one.month for one in told}
    }
    found = [told_probability(plan, name, one, seen[one.month], simulated) for one in told]
    return [one for one in found if one is not None], untold


def _adding_up(rates: Floats, seen: Floats, leaving: float) -> Floats:
    """Return rates from a category, (to, ages, times), with the sum that is known of them.

    Simulated moves tell where people go; where nobody moved, as all that were `seen` do, (to,).
    """
    everywhere = (seen / seen.sum())[:, None, None]
    total = rates.sum(axis=0)
    parts = np.where(total > 0, rates / np.where(total > 0, total, 1.0), everywhere)
    return leaving * parts


def _of_spells(
    plan: EstimationPlan, name: str, register: RegisterSpells, pathway: PathwayRates
) -> Iterator[RateEstimate]:
    """Yield what an extract tells of each set of transitions that it does not tell apart."""
    extract = plan.estimation.data[name]
    moves = moves_between(plan.pathway, extract.track, extract.categories)
    spells = _registered(extract, register, plan.pathway)
    scheduled = _at_schedule(spells, _schedules(plan.pathway, moves))
    data = lexis_table(spells, len(extract.categories), scheduled)
    for transitions, group in _told_together(plan.pathway, moves):
        found = _estimate(plan, name, transitions, _observed(group, data, pathway, spells))
        if found.is_told and len(transitions) == 1:
            seen = _destinations(plan.pathway, extract, transitions[0], group, data, pathway)
            least = plan.estimation.privacy.least_persons
            told = plan.estimation.transitions.get(transitions[0], Told())
            one = plan.pathway.transitions[transitions[0]]
            shares = told_shares(one, seen, least, prior=told.prior == "pathway")
            found = replace(found, shares=shares)
        yield found


def _destinations(
    pathway: Pathway,
    extract: Extract,
    transition: str,
    group: list[Move],
    data: LexisTable,
    rates: PathwayRates,
) -> list[SeenDestination]:
    """Return where a transition led, as far as an extract tells that apart."""
    found = []
    for to in sorted({to for _, to in group}):
        own = [(at, other) for at, other in group if other == to]
        states = tuple(
            one for one in pathway.transitions[transition].to if one in extract.categories[to]
        )
        events = int(sum(data.moves[move].sum() for move in own))
        expected = sum((data.years[at] * rates.rates[at, to]).sum() for at, _ in own)
        found.append(SeenDestination(states, events, float(expected)))
    return found


def _of_aggregated(
    plan: EstimationPlan, name: str, cells: tuple[AggregatedCell, ...], pathway: PathwayRates
) -> Iterator[RateEstimate]:
    """Yield what an aggregated table tells of each set of transitions that it has rows of."""
    extract = plan.estimation.data[name]
    moves = moves_between(plan.pathway, extract.track, extract.categories)
    for transitions, group in _told_together(plan.pathway, moves):
        own = [one for one in cells if one.transitions == frozenset(transitions)]
        known = [(one.events, one.years, one.ages) for one in own if not one.is_hidden]
        if not own:
            continue
        observed = _Observed(
            events=round(sum(events or 0 for events, _, _ in known)),
            years=sum(years or 0.0 for _, years, _ in known),
            # The same person may be in several rows.
            persons=max((one.persons for one in own if one.persons is not None), default=0),
            expected=sum((years or 0.0) * pathway.at_ages(group, ages) for _, years, ages in known),
            drawn=float(sum(pathway.moves[move] for move in group)),
            left_out=sum(one.is_hidden for one in own),
        )
        yield _estimate(plan, name, transitions, observed)


def _with_error(ratio: Gamma, moves: float) -> Gamma:
    """Return a ratio that is as unsure, too, as what is expected of so many simulated moves."""
    shape = 1 / (1 / ratio.shape + (1 / moves if moves else 0.0))
    return Gamma(shape, ratio.rate * shape / ratio.shape)


def _told_together(
    pathway: Pathway, moves: Mapping[Move, tuple[str, ...]]
) -> list[tuple[tuple[str, ...], list[Move]]]:
    """Return transitions that are told by their sum alone, and the moves that they are behind.

    Scheduled ones tie nothing together: what happens at their moment is left out.
    """
    graph = nx.Graph()
    for move, names in moves.items():
        rates = (name for name in names if pathway.transitions[name].rate is not None)
        graph.add_edges_from((move, name) for name in rates)
    found = []
    for part in nx.connected_components(graph):
        names = tuple(name for name in pathway.transitions if name in part)
        found.append((names, sorted(part.difference(names))))
    return found


def _registered(extract: Extract, register: RegisterSpells, pathway: Pathway) -> ObservedSpells:
    """Return the spells of an extract, seen within the observation and the pathway's ages alone."""
    seen = np.tile(np.array(extract.years), (len(register.person), 1))
    if not pathway.calibration.closed:
        oldest = register.born + pathway.calibration.max_age
        seen[:, 1] = np.minimum(seen[:, 1], oldest)
    to = following(register.person, register.category)
    # Somebody without a row is somewhere that the file does not tell.
    apart = np.zeros(len(to), np.bool_)
    apart[:-1] = register.end[:-1] != register.start[1:]
    to[apart] = -1
    return ObservedSpells(
        register.person, register.category, register.start, register.end, register.born, seen, to
    )


def _simulated(
    lived: Histories, track: str, categories: tuple[frozenset[str], ...]
) -> ObservedSpells:
    """Return the simulated spells on a track as a register of these categories would have them."""
    states = list(lived.pathway.tracks[track].states)
    number = np.full(len(states), -1, np.int64)
    for at, own in enumerate(categories):
        number[[states.index(state) for state in own]] = at
    person, state, start, end = lived.tracks[track]
    category = number[state]
    first = np.append(True, (person[1:] != person[:-1]) | (category[1:] != category[:-1]))
    last = np.append(np.flatnonzero(first)[1:] - 1, len(person) - 1)
    person, category, start, end = person[first], category[first], start[first], end[last]
    to = following(person, category)
    per_year = lived.per_year
    # Whether anybody moves at the end of the last step is not simulated.
    until = np.minimum(lived.left, lived.horizon - 1)
    seen = np.column_stack([np.maximum(lived.arrived, lived.first), until])[person] / per_year
    inside = category >= 0
    return ObservedSpells(
        person[inside],
        category[inside],
        (start / per_year)[inside],
        (end / per_year)[inside],
        (lived.born[person] / per_year)[inside],
        seen[inside],
        to[inside],
    )


def _schedules(
    pathway: Pathway, moves: Mapping[Move, tuple[str, ...]]
) -> dict[Move, list[Schedule]]:
    """Return when scheduled transitions may be behind each move."""
    return {
        move: [one for name in names if (one := pathway.transitions[name].schedule) is not None]
        for move, names in moves.items()
    }


def _at_schedule(
    spells: ObservedSpells, schedules: Mapping[Move, list[Schedule]], offset: float = 0.0
) -> Flags:
    """Return the spells that end within the month in which a scheduled transition moves people.

    They tell nothing of a rate.

    Args:
        spells: The spells.
        schedules: What is scheduled, by move.
        offset: The part of a year that has gone when the years of the spells begin.
    """
    found = np.zeros(len(spells.person), np.bool_)
    age = spells.end - spells.born
    month = np.floor(((spells.end + offset + A_MOMENT) % 1) * 12) + 1
    for (at, to), own in schedules.items():
        here = (spells.category == at) & (spells.to == to)
        for one in own:
            if one.age is not None:
                found |= here & (np.abs(age - one.age) <= 1 / 12)
            if one.month is not None:
                found |= here & (month == one.month)
    return found


def _of_looks(
    plan: EstimationPlan, name: str, looks: RegisterLooks, pathway: PathwayRates
) -> tuple[list[RateEstimate], int]:
    """Return what looks tell of each set of transitions, and how many pairs have no way."""
    extract = plan.estimation.data[name]
    moves = moves_between(plan.pathway, extract.track, extract.categories)
    groups = _told_together(plan.pathway, moves)
    # The rates are the same for everyone, and so in every cell: others are refused.
    rates = pathway.rates[:, :, 0, 0]
    possible = expm((rates > 0) * 1.0) > 0
    way = possible[looks.category[:, 0], looks.category[:, 1]]
    lengths, length = np.unique(looks.years[way], return_inverse=True)
    counts = np.zeros((len(lengths), *rates.shape))
    np.add.at(counts, (length, *looks.category[way].T), 1.0)
    panel, least = PanelData(lengths, counts), plan.estimation.privacy.least_persons
    found = [_seen(looks, way, panel, rates, group, pathway) for _, group in groups]
    free = [
        at
        for at, one in enumerate(found)
        if one.events >= least and one.persons >= least and one.expected
    ]
    told = told_ratios(panel, rates, [group for _, group in groups], free, least)
    for at, ratio in told.items():
        found[at] = found[at]._replace(worth=ratio.worth)
    estimated = [
        _estimate(plan, name, transitions, observed)
        for (transitions, _), observed in zip(groups, found, strict=True)
        if observed.years
    ]
    return estimated, int((~way).sum())


def _seen(
    looks: RegisterLooks,
    way: Flags,
    panel: PanelData,
    rates: Floats,
    moves: list[Move],
    pathway: PathwayRates,
) -> _Observed:
    """Return what has been seen of some moves at looks, before anything is made of it."""
    there = np.isin(looks.category[:, 0], [at for at, _ in moves]) & way
    seen, given = panel.counts.sum(axis=0), expected_pairs(panel, rates)
    return _Observed(
        events=int(sum(seen[move] for move in moves)),
        years=float(looks.years[there].sum()),
        persons=len(np.unique(looks.person[there])),
        expected=float(sum(given[move] for move in moves)),
        drawn=float(sum(pathway.moves[move] for move in moves)),
        worth=(0.0, 0.0),
    )


class _Observed(NamedTuple):
    """What came of transitions that an extract tells by their sum: see `RateEstimate`.

    `drawn`: how many simulated moves the expected ones rest on. `worth`: how many moves and
    expected ones tell as much; None: those that came.
    """

    events: int
    years: float
    persons: int
    expected: float
    drawn: float
    by_age: Floats | None = None
    left_out: int = 0
    worth: tuple[float, float] | None = None


def _observed(
    moves: list[Move], data: LexisTable, pathway: PathwayRates, spells: ObservedSpells
) -> _Observed:
    """Return what came in spells of the moves that some transitions are behind."""
    leave = sorted({at for at, _ in moves})
    events = sum(data.moves[move] for move in moves).sum(axis=1)
    years = data.years[leave].sum(axis=(0, 2))
    seen = np.isin(spells.category, leave) & (spells.start < spells.seen[:, 1])
    seen &= spells.end > spells.seen[:, 0]
    parts = [np.add.reduceat(one, BANDS_OF_AGE) for one in (events, years)]
    parts.append(data.persons(leave, BANDS_OF_AGE))
    return _Observed(
        events=int(events.sum()),
        years=float(years.sum()),
        persons=len(np.unique(spells.person[seen])),
        expected=float(sum((data.years[at] * pathway.rates[at, to]).sum() for at, to in moves)),
        drawn=float(sum(pathway.moves[move] for move in moves)),
        by_age=np.array(parts),
    )


def _estimate(
    plan: EstimationPlan, name: str, transitions: tuple[str, ...], observed: _Observed
) -> RateEstimate:
    """Return what an extract tells of transitions by what came of them."""
    least = plan.estimation.privacy.least_persons
    events, expected = observed.worth or (observed.events, observed.expected)
    ratio, told = _posterior(plan, transitions, events, expected)
    if observed.events < least or is_hidden(observed.persons, least) or not expected:
        told = "pathway"
    return RateEstimate(
        name,
        transitions,
        observed.events,
        observed.years,
        observed.persons,
        observed.expected,
        _with_error(ratio, observed.drawn),
        told,
        observed.by_age,
        observed.left_out,
    )


def _posterior(
    plan: EstimationPlan, transitions: tuple[str, ...], events: float, expected: float
) -> tuple[Gamma, Teller]:
    """Return the posterior of a ratio, and what tells it."""
    prior = next((one for name in transitions if (one := _prior(plan, name)) is not None), None)
    if prior is None:
        return JEFFREYS.updated(events, max(expected, A_MOMENT)), "data"
    return prior.updated(events, expected), "data and pathway"


def _prior(plan: EstimationPlan, name: str) -> Gamma | None:
    """Return what the pathway says of the ratio of a transition; None: nothing weighs in."""
    rate = plan.pathway.transitions[name].rate
    wanted = plan.estimation.transitions.get(name, Told()).prior == "pathway"
    if not wanted or not isinstance(rate, Rate) or rate.low is None or rate.high is None:
        return None
    if not 0 < rate.low < rate.high or not rate.value:
        return None
    return gamma_of_range(rate.low / rate.value, rate.high / rate.value)
