"""From a simulated municipality to the table of people that an evaluation would have.

The table is what an evaluator would hold in their hand, lost people, wrong registers and all, and
beside it stands what no evaluator sees: what would have happened to the same person in the other
life. Rows about people stay in the process that makes them (law L12).

A study follows people from their `index` month: the first in which they are in the target group,
are offered a place, or begin. Who was in the target group before is not followed anew. Those
treated are told by when they come into the study, not by whether they then took part (intention to
treat), unless `index` is "begun".
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.special import ndtri

from sisim.arrays import Flags, Floats, Ints
from sisim.engine.draws import draw_many, purpose_code
from sisim.engine.effects import first_case, refreshers
from sisim.engine.population import category_bounds, numeric
from sisim.engine.tables import NEVER
from sisim.evaluation.municipality import Municipality
from sisim.scenario.evaluation import Evaluation, StudyOutcome
from sisim.scenario.scenario import Investment


@dataclass(frozen=True)
class StudyData:
    """What an evaluation has to go by, and what is true.

    Attributes:
        people: A row per person in the study: see `sisim.evaluation.estimate` for the columns that
            an evaluation has. Besides: `outcome_with` and `outcome_without`, of the same person in
            both lives, with none lost.
        truth_all: What everyone who takes part in the months studied avoids, on average.
        truth_studied: The same of those who are treated in the study.
        participants: How many take part in those months.
        treated_later: How many of the comparison take part while they are followed.
        reached: Of those in the target group in those months, the share who took part.
        completed: Of those who took part, the share who were given all of it.
        spent: What the investment has cost in those months and for those people, kronor.
        most_used: Places that were in use at the most.
        places: How many places there are; None: no limit.
    """

    people: pd.DataFrame
    truth_all: float
    truth_studied: float
    participants: int
    treated_later: int
    reached: float
    completed: float
    spent: float = 0.0
    most_used: int = 0
    places: int | None = None


class _Rows(NamedTuple):
    """Who is in a study: their numbers, from which step each is followed, and who is treated."""

    who: Ints
    since: Ints
    treated: Flags
    round: Ints | None = None


def study_data(place: Municipality, name: str, evaluation: Evaluation) -> StudyData:
    """Return the table of people of an evaluation, in one municipality.

    Args:
        place: The municipality.
        name: What the evaluation is called: its own luck goes by it.
        evaluation: How it is done.
    """
    return _Study(place, name, evaluation).data()


class _Study:
    """One evaluation in one municipality."""

    def __init__(self, place: Municipality, name: str, evaluation: Evaluation) -> None:
        self._place, self._name, self._spec = place, name, evaluation
        scenario = place.compiled.scenario
        arm = evaluation.arm or next(iter(scenario.arms))
        self._arm = place.arm(arm)
        self._investment_name = evaluation.investment or next(iter(scenario.arms[arm].investments))
        self._investment: Investment = scenario.investments[self._investment_name]
        clock = place.compiled.clock
        self._clock = clock
        self._from = clock.at(evaluation.cohorts.from_)
        self._below = clock.at(evaluation.cohorts.below)
        before = evaluation.years_before or 0
        self._earliest = self._from - clock.steps(before)
        self._own_areas = self._investment.areas or list(scenario.population.areas)

    # ------------------------------------------------------------------------ who

    @cached_property
    def _begun(self) -> tuple[Ints, Ints]:
        """The step in which each first begins and that in which it ends, (people,) each."""
        return self._place.begun(self._arm, self._investment_name)

    @cached_property
    def _offers(self) -> _Rows:
        """Everyone's first offer: who, when, whether chosen, and in which round, if drawn."""
        number = self._place.compiled.investments.index(self._investment_name)
        parts: list[tuple[Ints, Ints, Flags, Ints]] = []
        for offer in self._place.simulation.enrolments.offers:
            if (offer.arm, offer.investment) != (self._arm - 1, number) or not offer.willing.any():
                continue
            who, chosen = offer.people[offer.willing], offer.chosen[offer.willing]
            short = 0 < chosen.sum() < len(chosen)
            step = np.full(len(who), offer.step)
            parts.append((who, step, chosen, step if short else np.full(len(who), NEVER)))
        if not parts:
            none = np.empty(0, np.int64)
            return _Rows(none, none, np.empty(0, np.bool_), none)
        who, step, chosen, contested = (np.concatenate(p) for p in zip(*parts, strict=True))
        # The first draw is what was drawn by lot: who loses may win a month later.
        people, at = np.unique(who, return_index=True)
        return _Rows(people, step[at], chosen[at], contested[at])

    def _in_areas(self, who: Ints, areas: list[str]) -> Flags:
        names = self._place.compiled.areas
        numbers = [names.index(area) for area in areas] if areas else list(range(len(names)))
        return np.isin(self._place.people.area[who], numbers)

    def _eligible(self, first: int, below: int, areas: list[str]) -> tuple[Ints, Ints]:
        """Return who comes into the target group between two steps, in some areas, and when."""
        step = self._place.first[self._investment_name]
        who = np.flatnonzero((step >= first) & (step < below))
        who = who[self._in_areas(who, areas)]
        return who, step[who]

    def _own(self) -> tuple[Ints, Ints]:
        """Return those who are followed from the investment's time in its areas, and from when."""
        if self._spec.index == "eligible":
            return self._eligible(self._from, self._below, self._own_areas)
        if self._spec.index == "offered":
            who, step = self._offers.who, self._offers.since
        else:
            start = self._begun[0]
            who = np.flatnonzero(start != NEVER)
            step = start[who]
        here = (step >= self._from) & (step < self._below) & self._in_areas(who, self._own_areas)
        return who[here], step[here]

    def _rows(self) -> _Rows:
        """Return who is in the study."""
        match self._spec.design:
            case "lottery":
                return self._lottery()
            case "matched" | "discontinuity":
                return self._by_participation()
            case "stepped":
                return self._stepped()
        who, since = self._own()
        parts = [(who, since, np.ones(len(who), np.bool_))]
        before, after = (self._earliest, self._from), (self._from, self._below)
        windows: list[tuple[tuple[int, int], list[str]]] = []
        if self._spec.design in ("earlier_cohorts", "trend", "difference", "synthetic"):
            windows.append((before, self._own_areas))
        if self._spec.design in ("other_areas", "difference", "synthetic"):
            windows.append((after, self._spec.areas))
        if self._spec.design in ("difference", "synthetic"):
            windows.append((before, self._spec.areas))
        if self._spec.against_series is not None:
            other = [self._spec.against_series]
            windows += [(before, other), (after, other)]
        for (first, below), areas in windows:
            others, when = self._eligible(first, below, areas)
            new = ~np.isin(others, who)
            parts.append((others[new], when[new], np.zeros(int(new.sum()), np.bool_)))
        people, steps, treated = (np.concatenate(part) for part in zip(*parts, strict=True))
        return _Rows(people, steps, treated)

    def _lottery(self) -> _Rows:
        who, step, chosen, rounds = self._offers
        assert rounds is not None
        here = (rounds != NEVER) & (step >= self._from) & (step < self._below)
        return _Rows(who[here], step[here], chosen[here], rounds[here])

    def _by_participation(self) -> _Rows:
        """Return those in the target group, treated or not."""
        who, since = self._eligible(self._from, self._below, self._own_areas)
        start = self._begun[0][who]
        treated = start != NEVER
        if self._spec.index == "begun":
            since = np.where(treated, start, since)
        return _Rows(who, since, treated)

    def _stepped(self) -> _Rows:
        """Return those in the target group, treated from when their area begins."""
        who, since = self._eligible(self._from, self._below, self._own_areas)
        names = self._place.compiled.areas
        begins = np.full(len(names), self._clock.end)
        start = first_case(self._investment, self._clock)
        for number, area in enumerate(self._own_areas):
            wait = self._clock.months(number * self._investment.interval)
            begins[names.index(area)] = start + wait
        return _Rows(who, since, since >= begins[self._place.people.area[who]])

    # ----------------------------------------------------------------------- what

    def data(self) -> StudyData:
        """Return the table and the truth."""
        rows, outcome = self._rows(), self._spec.outcome
        start, end = self._begun
        taking = np.flatnonzero((start >= self._from) & (start < self._below))
        length = self._investment.duration
        whole = np.full(len(taking), np.nan)
        if len(taking) and length is not None:
            given = end[taking] - start[taking]
            whole = (given >= self._clock.months(length)).astype(float)
        eligible, _ = self._eligible(self._from, self._below, self._own_areas)
        table = self._background(rows)
        gain = np.full(len(rows.who), np.nan)
        later, truth = 0, float("nan")
        if outcome is not None:
            within = self._clock.months(outcome.within)
            table = self._outcomes(table, rows, within)
            gain = table["outcome_without"].to_numpy() - table["outcome_with"].to_numpy()
            lives = [self._both(taking, start[taking], within, arm) for arm in (0, self._arm)]
            truth = float((lives[0] - lives[1]).mean()) if len(taking) else float("nan")
            others = ~rows.treated
            begins = start[rows.who]
            during = (begins >= rows.since) & (begins < rows.since + within)
            later = int((others & during).sum())
        of = self._weights(table, rows)
        return StudyData(
            people=table,
            truth_all=truth,
            truth_studied=float(gain @ of / of.sum()) if of.sum() > 0 else float("nan"),
            participants=len(taking),
            treated_later=later,
            reached=float((start[eligible] != NEVER).mean()) if len(eligible) else float("nan"),
            completed=float(whole.mean()) if len(taking) else float("nan"),
            spent=self._spent(taking, end[taking] - start[taking]),
            most_used=self._most_used(),
            places=self._investment.capacity,
        )

    def _spent(self, taking: Ints, steps: Ints) -> float:
        """Return what the investment costs, in the price level and without real price growth."""
        own, cost, clock = self._investment, self._investment.cost, self._clock
        years = min((self._below - self._from) / clock.per_year, own.years - own.lead / 12)
        months = float(steps.sum()) * 12 / clock.per_year
        return (
            cost.start_up.value
            + sum(part.cost.value for part in own.preparation.values())
            + cost.refresher.value * float(refreshers(own, clock)[self._from : self._below].sum())
            + cost.running.value * years
            + cost.per_participant.value * len(taking)
            + cost.per_participant_month.value * months
        )

    def _weights(self, table: pd.DataFrame, rows: _Rows) -> Floats:
        """Return how much each counts in the truth of those studied."""
        of = rows.treated.astype(float)
        if self._spec.design == "discontinuity" and len(table):
            # What the design is about is the effect at the threshold.
            off = np.abs(table["score"].to_numpy() - cutoff_of(self._spec, table))
            wide = self._spec.bandwidth or float(np.std(off)) or 1.0
            near = np.maximum(1 - off / wide, 0.0)
            of = near * of if (near * of).sum() > 0 else of
        return of

    def _most_used(self) -> int:
        number = self._place.compiled.investments.index(self._investment_name)
        used = self._place.simulation.enrolments.treated[self._arm - 1, number]
        return int(used.sum(axis=1).max())

    def _both(self, who: Ints, since: Ints, within: int, arm: int, *, back: int = 0) -> Floats:
        """Return what is unwanted of each person's follow-up (or the time before) in an arm."""
        outcome = self._spec.outcome
        assert outcome is not None
        low = np.full(len(self._place.people), np.iinfo(np.int32).max, np.int64)
        high = np.full(len(low), -1, np.int64)
        low[who], high[who] = since - back, since + within
        return unwanted(outcome, self._place.measure(outcome, arm, low, high)[who])

    def _outcomes(self, table: pd.DataFrame, rows: _Rows, within: int) -> pd.DataFrame:
        spec, who = self._spec, rows.who
        assert spec.outcome is not None
        without, seen = (self._both(who, rows.since, within, arm) for arm in (0, self._arm))
        # Whoever has had what is asked for is known, though they then leave.
        settled = np.zeros(len(who), np.bool_)
        event = spec.outcome.transition or spec.outcome.group
        if event and spec.outcome.count in (None, "ever"):
            settled = seen == (1.0 if spec.outcome.good == "low" else 0.0)
        gone = (self._place.life(self._arm).left[who] < rows.since + within) & ~settled
        risk = spec.lost.share.value + spec.lost.more_if_treated * rows.treated
        gone |= self._luck("lost", who) < risk
        table = table.assign(
            outcome=np.where(gone, np.nan, seen), outcome_with=seen, outcome_without=without
        )
        if spec.design == "before_after":
            back = self._clock.months(spec.months_before or spec.outcome.within)
            before = self._both(who, rows.since, 0, self._arm, back=back)
            kept = spec.outcome.count in (None, "ever") and event
            table["before"] = before if kept else before * within / back
        return table

    def _background(self, rows: _Rows) -> pd.DataFrame:
        """Return what is known of people when they come into the study."""
        spec, people, clock = self._spec, self._place.people, self._clock
        who, since = rows.who, rows.since
        areas = np.array(self._place.compiled.areas, dtype=object)
        columns: dict[str, object] = {
            "person": self._place.who[who],
            "area": areas[people.area[who]],
            "index": clock.moment(since) / clock.per_year,
            "year": clock.calendar_year(since),
            "treated": rows.treated,
            "post": since >= self._from,
        }
        if spec.design == "stepped":
            columns["cluster"] = columns["area"]
        if rows.round is not None:
            columns["round"] = [f"{step}" for step in rows.round]
        for name in dict.fromkeys([*spec.adjust, *spec.match_on]):
            columns.setdefault(name, self._seen(name, who, since))
        if spec.score is not None:
            columns["score"] = self._score(who)
        return pd.DataFrame(columns)

    def _seen(self, name: str, who: Ints, since: Ints) -> object:
        """Return a background as a register has it."""
        people, pathway = self._place.people, self._place.compiled.scenario.pathway
        if name == "age":
            return (since - people.born[who]) / self._clock.per_year
        if name == "area":
            return np.array(self._place.compiled.areas, dtype=object)[people.area[who]]
        key = name.removeprefix("attribute.")
        attribute = pathway.attributes[key]
        right = self._spec.seen.get(name)
        wrong = self._luck(f"seen:{name}", who) >= (1.0 if right is None else right.value)
        other = self._luck(f"wrong:{name}", who)
        fixed = {n: a for n, a in pathway.attributes.items() if a.redraw is None}
        if not attribute.shares:
            numbers = [n for n, a in fixed.items() if not a.shares]
            value = people.numbers[numbers.index(key)][who]
            return np.where(wrong, numeric(attribute, other), value)
        categories = list(attribute.shares)
        code = people.codes[[n for n, a in fixed.items() if a.shares].index(key)][who]
        if len(categories) > 1:
            # What stands there instead is any other category, as likely as it is common.
            bounds = np.array([0.0, *category_bounds(attribute, ""), 1.0])
            size = np.diff(bounds)
            rest = other * (1 - size[code])
            rest = np.where(rest >= bounds[code], rest + size[code], rest)
            instead = np.searchsorted(bounds[1:-1], rest, "right")
            code = np.where(wrong, instead, code)
        return np.array(categories, dtype=object)[code]

    def _score(self, who: Ints) -> Floats:
        spec = self._spec.score
        assert spec is not None
        if spec.risk_of is not None:
            value = self._place.risk[self._investment_name, spec.risk_of][who]
        else:
            attributes = self._place.compiled.scenario.pathway.attributes.items()
            numbers = [n for n, a in attributes if not a.shares and a.redraw is None]
            key = str(spec.attribute).removeprefix("attribute.")
            value = self._place.people.numbers[numbers.index(key)][who]
        if spec.noise and len(who):
            luck = np.clip(self._luck("noise", who), 1e-12, None)
            value = value + spec.noise * value.std() * ndtri(luck)
        return np.asarray(value, np.float64)

    def _luck(self, purpose: str, who: Ints) -> Floats:
        """Return a draw of this evaluation for each person (law L3)."""
        people = self._place.people
        return draw_many(
            people.lo[who],
            people.hi[who],
            0,
            purpose_code(f"evaluation:{self._name}:{purpose}"),
            self._place.simulation.key,
        )


def unwanted(outcome: StudyOutcome, measured: Floats) -> Floats:
    """Return what is unwanted of what is measured: all of it, or that it did not happen."""
    if outcome.good == "low":
        return measured
    happens = outcome.count in (None, "ever") and not (outcome.resource or outcome.costs_of)
    return 1 - measured if happens else -measured


def cutoff_of(evaluation: Evaluation, people: pd.DataFrame) -> float:
    """Return where the threshold lies on the score."""
    cutoff = evaluation.cutoff
    assert cutoff is not None
    if cutoff.at is not None:
        return cutoff.at
    assert cutoff.share is not None
    return float(np.quantile(people["score"], 1 - cutoff.share))
