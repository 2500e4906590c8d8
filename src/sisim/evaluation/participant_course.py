"""Regression to the mean: what participants cost around their start, with and without.

People are taken in when matters are at their worst, and from there they get better of themselves:
Ashenfelter (1978), "Estimating the effect of training programs on earnings", Review of Economics
and Statistics 60. The fall from before to after is therefore no effect. What the same people would
have cost without the investment is known here; beside it stands what an evaluator can find, people
alike who did not take part.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from sisim.arrays import Flags, Floats, Ints
from sisim.engine.compile import compile_scenario
from sisim.engine.simulation import Progress
from sisim.engine.tables import NEVER
from sisim.evaluation.municipality import Municipality, SimulatedMunicipalities, with_study_arms
from sisim.scenario.evaluation import StudyOutcome
from sisim.scenario.scenario import Scenario

YEARS = 4
"""So many years before the start are looked at, and so many after it."""
RUNS = 5
"""In so many runs, unless otherwise asked."""
FEWEST = 10
"""Of fewer people who did not take part nobody is matched."""
LIVES = ("with", "without", "matched")
"""The participants with the investment, without it, and people like them who did not take part."""


@dataclass(frozen=True)
class ParticipantCourse:
    """What participants cost in the years around their start.

    Attributes:
        scenario: Whose participants.
        arm: In which arm.
        investment: Of which investment.
        administrations: Whose costs.
        case: The group whose share is told, if any.
        seeds: The seed of each run.
        years: Years from the start: -1 is the year before it, 0 the first year after it, (years,).
        participants: How many there are who can be followed, by run.
        cost: SEK per person and year in the scenario's price level, (runs, lives, years), the lives
            in the order of `LIVES`; NaN where there is nobody.
        share: The mean share of the year that they are in `case`, likewise.
    """

    scenario: Scenario
    arm: str
    investment: str
    administrations: tuple[str, ...]
    case: str | None
    seeds: tuple[int, ...]
    years: Ints
    participants: Ints
    cost: Floats
    share: Floats

    @cached_property
    def change(self) -> Floats:
        """The change of cost from the first year to the last, (runs, lives), SEK a person."""
        return self.cost[:, :, -1] - self.cost[:, :, YEARS]

    @cached_property
    def effect(self) -> Floats:
        """How much more participants cost in the last year than without the investment, (runs,)."""
        return self.cost[:, 0, -1] - self.cost[:, 1, -1]

    def table(self) -> pd.DataFrame:
        """Return the means over the runs.

        Columns: life (of `LIVES`), year (from the start), cost, cost_error, share, share_error (the
        standard errors of the means; NaN of one run).
        """
        rows = [
            {
                "life": life,
                "year": int(year),
                **_mean("cost", self.cost[:, n, k]),
                **_mean("share", self.share[:, n, k]),
            }
            for n, life in enumerate(LIVES)
            for k, year in enumerate(self.years)
        ]
        return pd.DataFrame(rows)


def _mean(name: str, values: Floats) -> dict[str, float]:
    known = values[np.isfinite(values)]
    mean = float(known.mean()) if len(known) else float("nan")
    error = float(known.std(ddof=1) / np.sqrt(len(known))) if len(known) > 1 else float("nan")
    return {name: mean, f"{name}_error": error}


def participant_course(
    scenario: Scenario,
    arm: str,
    investment: str | None = None,
    *,
    runs: int = RUNS,
    seed: int | None = None,
    progress: Progress | None = None,
) -> ParticipantCourse:
    """Return what the participants of an investment cost in the years around their start.

    Counted are the costs of the administrations in the scenario's perspective, without those of the
    investment itself, and each year those people who are there all of it.

    Args:
        scenario: Whose participants.
        arm: In which arm.
        investment: Of which investment; unset: the first of the arm's.
        runs: How many runs, each with people of its own.
        seed: The seed of the first; unset: the scenario's.
        progress: Called with the runs done and how many there are.
    """
    chosen = investment or next(iter(scenario.arms[arm].investments))
    paying = {name for one in scenario.pathway.resources.values() for name in one.shares}
    bearing = [
        name for name in scenario.pathway.administrations if name in paying and scenario.bears(name)
    ]
    case = scenario.figures.case if scenario.figures is not None else None
    first = scenario.seed if seed is None else seed
    compiled = compile_scenario(with_study_arms(scenario, [arm]))
    places = SimulatedMunicipalities(compiled, {chosen: ()})
    found = []
    for number in range(runs):
        if progress is not None:
            progress(number, runs)
        place = places.one(first + number)
        found.append(_Course(place, arm, chosen, bearing, case).measured())
    return ParticipantCourse(
        scenario,
        arm,
        chosen,
        tuple(bearing),
        case,
        tuple(range(first, first + runs)),
        np.arange(-YEARS, YEARS),
        np.array([number for number, _, _ in found]),
        np.stack([cost for _, cost, _ in found]),
        np.stack([share for _, _, share in found]),
    )


class _Course:
    """The course of one municipality's participants, and of people like them."""

    def __init__(
        self, place: Municipality, arm: str, investment: str, bearing: list[str], case: str | None
    ) -> None:
        self._place, self._arm = place, place.arm(arm)
        self._investment = investment
        self._year = place.compiled.clock.steps(1)
        self._cost = StudyOutcome(costs_of=bearing, within=12)
        self._case = None if case is None else StudyOutcome(group=case, within=12, count="months")

    def measured(self) -> tuple[int, Floats, Floats]:
        """Return how many can be followed, their costs and shares in the case, (lives, years)."""
        begun, _ = self._place.begun(self._arm, self._investment)
        # Everyone is followed as long, so that the years compare the same people but for exits.
        last = self._place.compiled.clock.end - YEARS * self._year
        taking = np.flatnonzero((begun != NEVER) & (begun <= last))
        like, since = self._matched(taking, begun)
        parts = [(taking, begun[taking], self._arm), (taking, begun[taking], 0), (like, since, 0)]
        cost, share = (
            np.stack([self._by_year(outcome, *part) for part in parts])
            for outcome in (self._cost, self._case)
        )
        return len(taking), cost, share / 12

    def _by_year(self, outcome: StudyOutcome | None, who: Ints, since: Ints, arm: int) -> Floats:
        """Return the mean over those there all the year, of each year around `since`, (years,)."""
        found = np.full(2 * YEARS, np.nan)
        if outcome is None:
            return found
        for k, year in enumerate(range(-YEARS, YEARS)):
            low = since + year * self._year
            there = self._there(who, low, low + self._year, arm)
            if there.any():
                found[k] = self._measure(outcome, arm, who[there], low[there]).mean()
        return found

    def _there(self, who: Ints, low: Ints, high: Ints, arm: int) -> Flags:
        arrive, left = self._place.people.arrive[who], self._place.life(arm).left[who]
        return np.asarray((arrive <= low) & (left >= high))

    def _measure(self, outcome: StudyOutcome, arm: int, who: Ints, low: Ints) -> Floats:
        """Return what happens to some people in the year from a step on, which may recur."""
        n = len(self._place.people)
        found = np.empty(len(who))
        left = np.arange(len(who))
        while len(left):
            # Someone may be matched to several, from the same month on: measured once for each.
            people, at = np.unique(who[left], return_index=True)
            since, until = np.full(n, np.iinfo(np.int32).max, np.int64), np.full(n, -1, np.int64)
            since[people] = low[left[at]]
            until[people] = low[left[at]] + self._year
            found[left[at]] = self._place.measure(outcome, arm, since, until)[people]
            left = np.delete(left, at)
        return found

    def _matched(self, taking: Ints, begun: Ints) -> tuple[Ints, Ints]:
        """Return people who never take part, the nearest to each who does, and from when.

        Near in age and in what they cost in the year before, each in standard deviations; from the
        month in which they were first in the target group. One may be the nearest to several.
        """
        first = self._place.first[self._investment]
        opens = begun[taking].min() if len(taking) else 0
        last = self._place.compiled.clock.end - YEARS * self._year
        others = np.flatnonzero((begun == NEVER) & (first >= opens) & (first <= last))
        if len(others) < FEWEST or not len(taking):
            return np.empty(0, np.int64), np.empty(0, np.int64)
        own, their = self._known(taking, begun[taking]), self._known(others, first[others])
        size = np.maximum(np.concatenate([own, their]).std(axis=0), 1e-9)
        from scipy.spatial import KDTree

        _, nearest = KDTree(their / size).query(own / size)
        return others[nearest], first[others[nearest]]

    def _known(self, who: Ints, since: Ints) -> Floats:
        """Return what an evaluator matches on: age, and cost in the year before, (people, 2)."""
        age = (since - self._place.people.born[who]) / self._year
        return np.column_stack([age, self._measure(self._cost, 0, who, since - self._year)])
