"""The error of a step against continuous time: the matrix exponential of the generator beside it.

In a step a person moves at most once on a track. Where transitions are rates without memory they
have a course in continuous time too, P(t) = exp(Qt), and the difference is the error of the step
(Welton & Ades, "Estimation of Markov chain transition probabilities and rates from fully and
partially observed data", Medical Decision Making 25(6), 2005; Jones, Epstein & Garcia-Mochon, "A
procedure for deriving formulas to convert transition rates to probabilities for multistate Markov
models", Medical Decision Making 37(7), 2017).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from math import prod

import numpy as np
from scipy.linalg import expm

from sisim.arrays import Floats
from sisim.engine import tables as tb
from sisim.engine.compile import compile_scenario
from sisim.engine.kernel.hazards import multiplier_of
from sisim.engine.tables import Compiled
from sisim.scenario.factor_table import RATE, apply_ratio
from sisim.scenario.scenario import Scenario

BOUND = 0.005
"""An error of shares no larger than this is not told: half a percentage point."""
FINER = {"year": 1, "quarter": 4, "month": 12, "week": 365.25 / 7}
"""Steps a year, from the longest step."""
MOST_JOINT = 300
LONGEST = 30.0
"""Years through which the difference is looked for, at most."""
_SETTLED = (tb.AGE, tb.AGE_CALENDAR, tb.ATTRIBUTE, tb.AREA, tb.MONTH, tb.YEAR, tb.CYCLE)
"""Features that are left out: the generator is that of the rates as they stand in the file."""


@dataclass(frozen=True)
class StepError:
    """How far shares of states are from those of continuous time, at most, on some tracks.

    Attributes:
        tracks: The tracks, which depend on each other.
        error: The largest difference of a share at any time.
        fastest: The transition with the highest rate.
        rate: That rate, a year.
        enough: The longest step that has an error of no more than `BOUND`, of those that are
            shorter; None: not even weeks have.
        error_then: The error with that step (or with weeks).
    """

    tracks: tuple[str, ...]
    error: float
    fastest: str
    rate: float
    enough: str | None
    error_then: float


def step_errors(scenario: Scenario) -> list[StepError]:
    """Return the errors that are not negligible, of tracks where continuous time is defined.

    It is on tracks all of whose transitions are rates that depend on nobody's history and on nobody
    else. What depends on age, background and calendar is taken as it stands before those factors.
    """
    compiled = compile_scenario(scenario)
    per_year, years = compiled.clock.per_year, min(scenario.time.years, LONGEST)
    found = []
    for tracks in _coupled(compiled):
        rates = _Rates(compiled, tracks)
        if len(rates.joint) > MOST_JOINT or not rates.fastest[1]:
            continue
        error = rates.error(per_year, years)
        if error <= BOUND:
            continue
        enough, then = None, error
        for step, often in FINER.items():
            if often > per_year * 1.01 and enough is None:
                then = rates.error(often, years)
                enough = step if then <= BOUND else None
        name, rate = rates.fastest
        names = tuple(compiled.tracks[k] for k in tracks)
        found.append(StepError(names, error, name, rate, enough, then))
    return found


def _coupled(compiled: Compiled) -> Iterator[tuple[int, ...]]:
    """Yield the tracks where continuous time is defined, those that depend on each other together.

    A track that depends on one where it is not defined has none either.
    """
    defined: dict[int, set[int]] = {}
    for k, name in enumerate(compiled.tracks):
        others = _depends(compiled, k)
        if others is not None and name in compiled.scenario.pathway.tracks:
            defined[k] = others
    while lost := {k for k, others in defined.items() if others - set(defined)}:
        defined = {k: others for k, others in defined.items() if k not in lost}
    left = set(defined)
    while left:
        group = {min(left)}
        while more := {
            k for k in left - group if defined[k] & group or any(k in defined[g] for g in group)
        }:
            group |= more
        left -= group
        yield tuple(sorted(group))


def _depends(compiled: Compiled, track: int) -> set[int] | None:
    """Return the tracks on whose states a track depends; None if it has no continuous time."""
    tables, found = compiled.tables.transitions, {track}
    row = compiled.tables.features.track[track]
    for state in range(row["first"], row["last"]):
        for t in _leaving(compiled, state):
            transition = tables.transition[t]
            if transition["kind"] != RATE:
                return None
            ranges = [(transition["first"], transition["last"])]
            for d in range(transition["to_first"], transition["to_last"]):
                ranges.append((tables.destination["first"][d], tables.destination["last"][d]))
            for r in (r for first, last in ranges for r in range(first, last)):
                feature = compiled.tables.features.feature[tables.reference["feature"][r]]
                if feature["kind"] == tb.STATE:
                    found.add(int(feature["arg"]))
                elif feature["kind"] not in _SETTLED:
                    return None
    return found


def _leaving(compiled: Compiled, state: int) -> list[int]:
    """Return the transitions out of a state."""
    tables = compiled.tables.transitions
    row = tables.state[state]
    return [int(t) for t in tables.out[row["first"] : row["last"]]]


class _Rates:
    """The rates between joint states of some tracks."""

    def __init__(self, compiled: Compiled, tracks: tuple[int, ...]) -> None:
        self._compiled = compiled
        rows = [compiled.tables.features.track[k] for k in tracks]
        ranges = [range(row["first"], row["last"]) for row in rows]
        self.fastest = ("", 0.0)
        self.joint: list[tuple[int, ...]] = []
        if prod(len(states) for states in ranges) > MOST_JOINT:
            self.joint = [()] * (MOST_JOINT + 1)
            return
        self.joint = list(product(*ranges))
        self._number = {states: n for n, states in enumerate(self.joint)}
        self._start = self._shares(compiled)
        # Rates a year, by joint state and track: where to, and how fast.
        self._out = [
            [self._moves(states, place) for place in range(len(tracks))] for states in self.joint
        ]

    def error(self, per_year: float, years: float) -> float:
        """Return the largest difference of a share between steps and continuous time."""
        number = len(self.joint)
        generator, stepwise = np.zeros((2, number, number))
        for n, states in enumerate(self.joint):
            outcomes = [(1.0, states)]
            for place, moves in enumerate(self._out[n]):
                for to, rate in moves.items():
                    other = self._number[(*states[:place], to, *states[place + 1 :])]
                    generator[n, other] += rate
                    generator[n, n] -= rate
                outcomes = list(_spread(outcomes, place, moves, 1 / per_year))
            for chance, to_states in outcomes:
                stepwise[n, self._number[to_states]] += chance
        exact = expm(generator / per_year)
        one = other_way = self._start
        worst = 0.0
        for _ in range(int(years * per_year + 0.5)):
            one, other_way = one @ exact, other_way @ stepwise
            worst = max(worst, float(np.abs(one - other_way).max()))
        return worst

    def _shares(self, compiled: Compiled) -> Floats:
        """Return the share that begins in each joint state, in all areas together."""
        weights = [area.share.value for area in compiled.scenario.population.areas.values()]
        shares = np.array(weights or [1.0]) / sum(weights or [1.0])
        cumulative = compiled.tables.layout.start_share
        chance = np.diff(cumulative, prepend=0.0, axis=1)
        first = compiled.tables.features.track["first"]
        chance[:, first] = cumulative[:, first]
        found = [shares @ chance[:, list(states)].prod(axis=1) for states in self.joint]
        return np.array(found)

    def _moves(self, states: tuple[int, ...], place: int) -> dict[int, float]:
        """Return the rate a year to each other state of one track."""
        compiled = self._compiled
        tables, here = compiled.tables.transitions, states[place]
        found: dict[int, float] = {}
        for t in _leaving(compiled, here):
            transition = tables.transition[t]
            rate = float(transition["base"]) * self._factors(
                transition["first"], transition["last"], states, float(transition["base"])
            )
            rate *= compiled.clock.per_year
            spread = {}
            for d in range(transition["to_first"], transition["to_last"]):
                row = tables.destination[d]
                weight = self._factors(row["first"], row["last"], states)
                spread[int(row["state"])] = float(row["share"]) * weight
            total = sum(spread.values())
            if rate > self.fastest[1] and total > 0:
                self.fastest = (compiled.transitions[t], rate)
            for to, share in spread.items():
                if total > 0 and to != here:
                    found[to] = found.get(to, 0.0) + rate * share / total
        return found

    def _factors(
        self, first: int, last: int, states: tuple[int, ...], base: float | None = None
    ) -> float:
        """Return the product of the factors over states; of a rate, on their own scale."""
        compiled = self._compiled
        tables = compiled.tables.transitions
        value = 1.0 if base is None else base
        for r in range(first, last):
            reference = tables.reference[r]
            feature = compiled.tables.features.feature[reference["feature"]]
            if feature["kind"] != tb.STATE:
                continue
            row = compiled.tables.features.track[feature["arg"]]
            own = next(x for x in states if row["first"] <= x < row["last"])
            ratio = float(multiplier_of(tables, r, float(own - row["first"])))
            value = (
                value * ratio
                if base is None
                else float(apply_ratio(value, ratio, int(reference["scale"]), RATE))
            )
        return value if base is None else value / base if base else 0.0


def _spread(
    outcomes: list[tuple[float, tuple[int, ...]]],
    place: int,
    moves: dict[int, float],
    length: float,
) -> Iterator[tuple[float, tuple[int, ...]]]:
    """Yield what may come of a step on one more track: competing rates, at most one move."""
    total = sum(moves.values())
    leave = -np.expm1(-total * length)
    for chance, states in outcomes:
        yield chance * (1.0 - leave), states
        for to, rate in moves.items():
            if total > 0:
                yield chance * leave * rate / total, (*states[:place], to, *states[place + 1 :])
