"""Probabilities of scheduled transitions from a register, as of moving up each August.

Those who are there as the month begins can move, and those who move within it have: a binomial with
a beta posterior. As of rates, the pathway as it is says how many to expect, at each age and in each
state; what came beside that moves the pathway's number, on the scale that its factors work on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import numpy as np

from sisim.arrays import Floats, Ints
from sisim.estimation.beta_posterior import JEFFREYS_BETA, Beta, beta_of_range
from sisim.estimation.category_moves import Move, moves_between
from sisim.estimation.destination_shares import SeenDestination, ShareEstimate, told_shares
from sisim.estimation.estimate_file import EstimationPlan, Told
from sisim.estimation.occurrence_exposure import A_MOMENT, AGES, ObservedSpells
from sisim.estimation.suppression import is_hidden
from sisim.scenario.pathway import Pathway, Transition
from sisim.scenario.types import Number

Teller = Literal["data", "data and pathway", "pathway"]
A_MONTH = 1 / 12
_DATA: Teller = "data"
_BOTH: Teller = "data and pathway"
_PATHWAY: Teller = "pathway"
ENOUGH = 30
"""Of fewer simulated people of an age, the probability of all ages stands for theirs."""
APART = 0.3
"""In logarithms of odds: so far at least from the pathway's number another is tried."""
SLOPES = (0.2, 1.5)
"""Between which a probability may go with the number that factors work on."""
SURE = 1e-4
"""So near to 0 and 1 a probability is kept, where its odds would have no end."""


class ScheduledMoves(NamedTuple):
    """What a scheduled transition can be seen by.

    Attributes:
        transition: Its name.
        month: The calendar month in which it moves people.
        moves: The moves that it is behind; no other transition is, in that month.
        before: Moves from the same categories by what comes first: who makes them is not at risk.
        same_for_all: Whether its number is the probability of each move, whoever it is.
    """

    transition: str
    month: int
    moves: tuple[Move, ...]
    before: tuple[Move, ...]
    same_for_all: bool

    @property
    def leaves(self) -> list[int]:
        """The categories that it leaves."""
        return sorted({at for at, _ in self.moves})


class MomentCounts(NamedTuple):
    """Who was there as a calendar month began, in all years, and who moved within it.

    Attributes:
        there: How many, (categories, ages).
        moves: How many went from a category to another, (from, to, ages).
        persons: Who: category and person, each once, (pairs, 2).
    """

    there: Floats
    moves: Floats
    persons: Ints

    def at_risk(self, one: ScheduledMoves, at: int) -> Floats:
        """Return how many a transition could move from a category, (ages,)."""
        first = sum(self.moves[move] for move in one.before if move[0] == at)
        return np.asarray(self.there[at] - first)

    def moved(self, one: ScheduledMoves, at: int) -> Floats:
        """Return how many a transition moved from a category, (ages,)."""
        return np.asarray(sum(self.moves[move] for move in one.moves if move[0] == at))


@dataclass(frozen=True)
class SimulatedMoments:
    """What the pathway gives at the moments of its scheduled transitions.

    Attributes:
        counts: By calendar month.
        probabilities: The numbers that people were simulated with, where they are not its own.
        plain: The counts with its own numbers, where they are others; empty: the same.
    """

    counts: Mapping[int, MomentCounts] = field(default_factory=dict)
    probabilities: Mapping[str, float] = field(default_factory=dict)
    plain: Mapping[int, MomentCounts] = field(default_factory=dict)


@dataclass(frozen=True)
class ProbabilityEstimate:
    """What a register tells of a scheduled transition.

    Attributes:
        extract: In which extract of the file.
        transition: The transition.
        moved: How many moved.
        at_risk: How many could have, a person each time.
        persons: How many persons those are.
        expected: How many moves the pathway's number would give.
        probability: The posterior of the number; None if it is 0 or 1 in the pathway, and so no
            estimate.
        told_by: What tells it.
        shares: What is told of where the transition leads.
    """

    extract: str
    transition: str
    moved: int
    at_risk: int
    persons: int
    expected: float
    probability: Beta | None
    told_by: Teller
    shares: tuple[ShareEstimate, ...] = ()

    @property
    def is_told(self) -> bool:
        """Whether the register has changed the number."""
        return self.told_by != "pathway" and self.probability is not None


def scheduled_moves(
    pathway: Pathway, track: str, categories: Sequence[frozenset[str]]
) -> tuple[list[ScheduledMoves], list[str]]:
    """Return the transitions of a calendar month that can be told, and those that cannot.

    They cannot where another transition may be behind the same move in that month.
    """
    moves = moves_between(pathway, track, categories)
    told, untold = [], []
    for name, spec in pathway.transitions.items():
        month = None if spec.schedule is None else spec.schedule.month
        if spec.track != track or month is None:
            continue
        behind = {move: _in_month(pathway, names, month) for move, names in moves.items()}
        own = tuple(move for move, names in behind.items() if name in names)
        if not own:
            continue
        if any(behind[move] != [name] for move in own):
            untold.append(name)
            continue
        leaves = {at for at, _ in own}
        before = tuple(
            move
            for move, names in behind.items()
            if move[0] in leaves
            and names
            and all(_order(pathway.transitions[other]) < _order(spec) for other in names)
        )
        alike = not spec.factors and all(
            categories[at].issubset(spec.origin) and not categories[at].intersection(spec.to)
            for at in leaves
        )
        told.append(ScheduledMoves(name, month, own, before, alike))
    return told, untold


def _in_month(pathway: Pathway, names: Sequence[str], month: int) -> list[str]:
    """Return those transitions that may move somebody in a calendar month."""
    found = []
    for name in names:
        schedule = pathway.transitions[name].schedule
        if schedule is None or schedule.month in (None, month):
            found.append(name)
    return found


def _order(one: Transition) -> tuple[int, bool]:
    """Return when a transition comes within a step."""
    return one.order, one.rate is not None


def moment_counts(
    spells: ObservedSpells, categories: int, month: int, offset: float = 0.0
) -> MomentCounts:
    """Return who was there as a month began, and who moved within it, over all years.

    Whom nobody saw for the whole month does not count, nor who went where nobody sees.

    Args:
        spells: The spells.
        categories: How many categories there are.
        month: The calendar month.
        offset: The part of a year that has gone when the years of the spells begin.
    """
    there, moves = np.zeros((categories, AGES)), np.zeros((categories, categories, AGES))
    persons = [np.zeros((0, 2), np.int64)]
    first, last = spells.seen[:, 0].min(initial=np.inf), spells.seen[:, 1].max(initial=-np.inf)
    for year in range(int(np.floor(first)), int(np.ceil(last)) + 1) if first < last else ():
        begins = year + (month - 1) / 12 - offset
        ends = begins + A_MONTH - A_MOMENT
        here = (spells.start < begins - A_MOMENT) & (spells.end >= begins - A_MOMENT)
        here &= (spells.seen[:, 0] <= begins + A_MOMENT) & (spells.seen[:, 1] >= ends)
        left = here & (spells.end < ends)
        here &= ~(left & (spells.to < 0))
        at = np.flatnonzero(here)
        age = np.clip(np.floor(begins - spells.born[at]), 0, AGES - 1).astype(np.int64)
        np.add.at(there, (spells.category[at], age), 1.0)
        go = left[at]
        np.add.at(moves, (spells.category[at[go]], spells.to[at[go]], age[go]), 1.0)
        persons.append(np.column_stack([spells.category[at], spells.person[at]]))
    return MomentCounts(there, moves, np.unique(np.concatenate(persons), axis=0))


def told_probability(
    plan: EstimationPlan,
    extract: str,
    one: ScheduledMoves,
    seen: MomentCounts,
    simulated: SimulatedMoments,
) -> ProbabilityEstimate | None:
    """Return what a register tells of a scheduled transition; None if nobody could have moved.

    Args:
        plan: The estimation file.
        extract: The name of the extract.
        one: What the transition is seen by.
        seen: The counts of the register in its month.
        simulated: Those of the pathway.
    """
    least = plan.estimation.privacy.least_persons
    spec = plan.pathway.transitions[one.transition]
    number = spec.probability
    assert number is not None
    moved = int(sum(seen.moved(one, at).sum() for at in one.leaves))
    of = int(sum(seen.at_risk(one, at).sum() for at in one.leaves))
    if not of:
        return None
    persons = len(np.unique(seen.persons[np.isin(seen.persons[:, 0], one.leaves), 1]))
    base = simulated.probabilities.get(one.transition, number.value)
    given = simulated.counts[one.month]
    expected = _expected(one, seen, given)
    plain = _expected(one, seen, simulated.plain.get(one.month, given))
    points = ((number.value, plain / of), (base, expected / of))
    scale = _Scale(plan.pathway, spec, () if one.same_for_all else points)
    # Of those who stayed, too, few can be found from how many there were.
    few = moved < least or is_hidden(persons, least)
    hidden = few or is_hidden(of - moved, least)
    wanted = plan.estimation.transitions.get(one.transition, Told()).prior == "pathway"
    posterior, told = None, _PATHWAY
    if 0 < number.value < 1 and (one.same_for_all or 0 < expected < of):
        posterior, told = scale.posterior(number, moved, of, _moved(one, given), prior=wanted)
    shares: tuple[ShareEstimate, ...] = ()
    if not few:
        leads = _destinations(plan, extract, one, seen, given)
        shares = told_shares(spec, leads, least, prior=wanted)
    return ProbabilityEstimate(
        extract,
        one.transition,
        moved,
        of,
        persons,
        of * scale.at(number.value),
        posterior,
        _PATHWAY if hidden else told,
        shares,
    )


def tried_probability(spec: Transition, found: float) -> float:
    """Return with which number a transition is simulated again, when one has been found.

    Where factors work on it, far enough from its own to tell how the probability goes with it.
    """
    assert spec.probability is not None
    if not spec.factors:
        return found
    own = float(np.log(spec.probability.value) - np.log1p(-spec.probability.value))
    away = float(np.log(found) - np.log1p(-found)) - own
    step = float(np.copysign(max(abs(away), APART), away))
    return 1 / (1 + float(np.exp(-own - step)))


class _Scale:
    """How a pathway's number and the probability of those at risk go together.

    The one is the other where no factor works on it. Else the logarithms (of the odds, with odds
    ratios) go together as a line through what has been simulated with two numbers: among people of
    unlike risks the probability moves less than the number.
    """

    def __init__(self, pathway: Pathway, spec: Transition, points: Sequence[tuple[float, float]]):
        """`points`: the pathway's number and another, each with the probability; none: the same."""
        factors = [pathway.factors[name] for name in spec.factors]
        self._odds = any(one.scale == "odds_ratio" for one in factors)
        self.is_same = not points
        (low, high) = [
            (self._to_scale(number), self._to_scale(probability))
            for number, probability in points or ((0.5, 0.5), (0.5, 0.5))
        ]
        self._number, self._probability = high
        across = high[0] - low[0]
        slope = (high[1] - low[1]) / across if abs(across) >= APART / 2 else 1.0
        self._slope = float(np.clip(slope, *SLOPES))

    def _to_scale(self, value: float) -> float:
        kept = min(max(value, SURE**2), 1 - SURE)
        return float(np.log(kept) - (np.log1p(-kept) if self._odds else 0.0))

    def _from_scale(self, value: float) -> float:
        found = 1 / (1 + np.exp(-value)) if self._odds else np.exp(value)
        return float(min(found, 1 - SURE))

    def at(self, number: float) -> float:
        """Return the probability of those at risk with a number."""
        if self.is_same:
            return number
        away = self._to_scale(number) - self._number
        return self._from_scale(self._probability + self._slope * away)

    def number(self, probability: float) -> float:
        """Return the number with which those at risk have a probability."""
        away = self._to_scale(probability) - self._probability
        return self._from_scale(self._number + away / self._slope)

    def posterior(
        self, number: Number, moved: int, of: int, drawn: float, *, prior: bool
    ) -> tuple[Beta, Teller]:
        """Return the posterior of the pathway's number, and what tells it.

        Args:
            number: The number, with its range.
            moved: How many moved.
            of: How many could have.
            drawn: How many simulated moves the expected ones rest on.
            prior: Whether the number's range weighs in.
        """
        known, told = JEFFREYS_BETA, _DATA
        low, high = number.low, number.high
        if prior and low is not None and high is not None and 0 < low < high < 1:
            ends = self.at(low), self.at(high)
            if ends[0] < ends[1]:
                known, told = beta_of_range(*ends), _BOTH
        found = known.updated(moved, of)
        if not self.is_same:
            ends = found.less_sure(1 / max(drawn, 1.0)).interval()
            found = beta_of_range(*(self.number(end) for end in ends))
        return found, told


def _moved(one: ScheduledMoves, given: MomentCounts) -> float:
    return float(sum(given.moved(one, at).sum() for at in one.leaves))


def _expected(one: ScheduledMoves, seen: MomentCounts, given: MomentCounts) -> float:
    """Return how many of those at risk would have moved as the simulated do."""
    found = 0.0
    for at in one.leaves:
        moved, of = given.moved(one, at), given.at_risk(one, at)
        alike = moved.sum() / of.sum() if of.sum() else 0.0
        by_age = np.divide(moved, of, out=np.full(len(of), alike), where=of >= ENOUGH)
        found += float((seen.at_risk(one, at) * by_age).sum())
    return found


def _destinations(
    plan: EstimationPlan,
    extract: str,
    one: ScheduledMoves,
    seen: MomentCounts,
    given: MomentCounts,
) -> list[SeenDestination]:
    """Return where a transition led, as far as the extract tells that apart."""
    categories = plan.estimation.data[extract].categories
    leads = plan.pathway.transitions[one.transition].to
    every = sum(destination.share.value for destination in leads.values())
    alike = not any(destination.factors for destination in leads.values())
    found = []
    for to in sorted({to for _, to in one.moves}):
        states = tuple(state for state in leads if state in categories[to])
        own = [move for move in one.moves if move[1] == to]
        events = sum(seen.moves[move].sum() for move in own)
        if alike:
            share = sum(leads[state].share.value for state in states) / every
        else:
            share = sum(given.moves[move].sum() for move in own) / max(_moved(one, given), 1.0)
        expected = share * _moved(one, seen)
        found.append(SeenDestination(states, int(events), float(expected)))
    return found
