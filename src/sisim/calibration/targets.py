"""Calibration targets: what simulated life histories without any investment should look like.

A target in a pathway file names a measure of this module. A measure is a pure function of
`Histories`; all of them are sums over intervals of time, so none walks through people one by one.

Only residents count (from arrival until they leave), and only in the window of observation. What
happened before, elsewhere or in the warm-up, is known all the same: someone may have been placed
before moving in.

Groups are named as in the pathway, or "track.state" for one state, or as a list for any of them.
`ages` is [from, below] in years. Yearly measures count calendar years and the age reached in the
year, as official statistics do; the others use exact age.

`where` narrows who is counted, at the moment in question: `attribute.NAME` = category (or a list),
`in` / `not_in` = group, `ever` / `never` = group, ever until then; `first` = { group, ages }: in
the group for the first time at these exact ages, before the moment; `throughout` = { group, months
}: in it all of so many months, that of the moment included.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from math import floor
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sisim.arrays import Flags, Floats, Ints
from sisim.i18n import source_text
from sisim.scenario.errors import nearest
from sisim.scenario.pathway import Pathway
from sisim.scenario.steps import whole_steps

Names = str | Sequence[str]
Where = Mapping[str, Any]
Measure = Callable[..., float]

MEASURES: dict[str, Measure] = {}
"""Every measure by the name that pathway files use."""

_EVER = 2**40
"""A step after every step, and more than any step is far from zero."""


@dataclass(frozen=True, slots=True)
class Spells:
    """Intervals of time: `person` from step `start` until step `end` (exclusive).

    Sorted by person and start; a person's intervals do not overlap.
    """

    person: Ints
    start: Ints
    end: Ints

    def __len__(self) -> int:
        return len(self.person)

    def __getitem__(self, index: NDArray[Any]) -> Spells:
        return Spells(self.person[index], self.start[index], self.end[index])

    @property
    def steps(self) -> int:
        """Time spent in all, in steps."""
        return int((self.end - self.start).sum())

    def merged(self) -> Spells:
        """Return the same time with intervals that touch joined into one."""
        if not len(self):
            return self
        new = np.append(
            True, (self.person[1:] != self.person[:-1]) | (self.start[1:] > self.end[:-1])
        )
        last = np.append(np.flatnonzero(new)[1:] - 1, len(self) - 1)
        return Spells(self.person[new], self.start[new], self.end[last])

    def __or__(self, other: Spells) -> Spells:
        """Return the time in either."""
        person, start, end = (
            np.concatenate([a, b])
            for a, b in (
                (self.person, other.person),
                (self.start, other.start),
                (self.end, other.end),
            )
        )
        order = np.lexsort((start, person))
        person, start, end = person[order], start[order], end[order]
        # An interval may lie inside an earlier one, so ends are made to grow within a person.
        end = np.maximum.accumulate(person * _EVER + end) - person * _EVER
        return Spells(person, start, end).merged()

    def __and__(self, other: Spells) -> Spells:
        """Return the time in both."""
        low = np.searchsorted(
            other.person * _EVER + other.end, self.person * _EVER + self.start, "right"
        )
        high = np.searchsorted(
            other.person * _EVER + other.start, self.person * _EVER + self.end, "left"
        )
        mine, theirs = _ranges(low, high)
        return Spells(
            self.person[mine],
            np.maximum(self.start[mine], other.start[theirs]),
            np.minimum(self.end[mine], other.end[theirs]),
        )

    def covers(self, person: Ints, step: Ints) -> Flags:
        """Return whether each person is inside one of the intervals at each step."""
        if not len(self):
            return np.zeros(len(person), np.bool_)
        at = np.searchsorted(self.person * _EVER + self.start, person * _EVER + step, "right") - 1
        found = np.maximum(at, 0)
        here: Flags = (at >= 0) & (self.person[found] == person) & (step < self.end[found])
        return here

    def next_start(self, person: Ints, step: Ints) -> Ints:
        """Return the first start at or after each step; a very late one if there is none."""
        if not len(self):
            return np.full(len(person), _EVER)
        at = np.searchsorted(self.person * _EVER + self.start, person * _EVER + step, "left")
        found = np.minimum(at, len(self) - 1)
        ok = (at < len(self)) & (self.person[found] == person)
        return np.where(ok, self.start[found], _EVER)

    def last_end(self, person: Ints, step: Ints) -> Ints:
        """Return the last end at or before each step; a very early one if there is none."""
        if not len(self):
            return np.full(len(person), -_EVER)
        at = np.searchsorted(self.person * _EVER + self.end, person * _EVER + step, "right") - 1
        found = np.maximum(at, 0)
        ok = (at >= 0) & (self.person[found] == person)
        return np.where(ok, self.end[found], -_EVER)

    def firsts(self) -> Spells:
        """Return each person's first interval."""
        return self[np.append(True, self.person[1:] != self.person[:-1])] if len(self) else self


def _ranges(low: Ints, high: Ints) -> tuple[Ints, Ints]:
    """Return row numbers and values of the ranges `low[i]` to `high[i]` (exclusive), one by one."""
    count = np.maximum(high - low, 0)
    row = np.repeat(np.arange(len(count)), count)
    return row, np.arange(len(row)) - np.repeat(np.cumsum(count) - count - low, count)


class TrackHistory(NamedTuple):
    """The states of one track: one row per spell, sorted by person and start, without gaps."""

    person: Ints
    state: Ints
    """The state's number, in the pathway's order."""
    start: Ints
    end: Ints
    """The step after the spell's last."""


@dataclass(frozen=True)
class Histories:
    """Simulated lives, without any investment.

    Attributes:
        pathway: The pathway, which names states, groups and categories.
        tracks: What happened on each track.
        born: Step of birth, by person.
        arrived: Step of arrival as a resident.
        left: The first step not as a resident: moved, dead, too old, or the end of the run.
        attributes: By attribute: the category's number, by person.
        first: First step of the window of observation.
        horizon: The step after its last.
        month: Calendar month (1-12) of step 0.
        exits: By exit state, as "track.state": the people who left into it, at `left`.
    """

    pathway: Pathway
    tracks: Mapping[str, TrackHistory]
    born: Ints
    arrived: Ints
    left: Ints
    attributes: Mapping[str, Ints]
    first: int
    horizon: int
    month: int = 1
    exits: Mapping[str, Ints] = field(default_factory=dict)
    _found: dict[tuple[str, ...], Spells] = field(default_factory=dict, repr=False, compare=False)

    @property
    def per_year(self) -> float:
        """Steps in a year."""
        return float(self.pathway.steps_per_year)

    def steps(self, years: float) -> int:
        """Return a duration in whole steps."""
        return whole_steps(years * self.per_year)

    def year(self, step: Ints) -> Ints:
        """Return calendar years, counted from the one of step 0."""
        offset = (self.month - 1) / 12 * self.per_year
        year: Ints = np.floor((step + offset + 1e-6) / self.per_year).astype(np.int64)
        return year

    def year_start(self, year: Ints) -> Ints:
        """Return the first step of calendar years."""
        offset = (self.month - 1) / 12 * self.per_year
        step: Ints = np.ceil(year * self.per_year - offset - 1e-6).astype(np.int64)
        return step

    def month_of(self, step: Ints) -> Ints:
        """Return the calendar months (1-12) in which steps begin."""
        years = (step + 1e-6) / self.per_year + (self.month - 1) / 12
        month: Ints = np.floor((years - np.floor(years)) * 12 + 1e-6).astype(np.int64) + 1
        return month

    def whole_years(self) -> range:
        """Return the calendar years that lie wholly inside the window."""
        first, last = (int(y) for y in self.year(np.array([self.first - 1, self.horizon])))
        return range(first + 1, last)

    def spells(self, names: Names) -> Spells:
        """Return the time spent in a group, a "track.state", or any of several."""
        key = (names,) if isinstance(names, str) else tuple(names)
        if key not in self._found:
            self._found[key] = reduce(Spells.__or__, (self._one(name) for name in key))
        return self._found[key]

    def track_of(self, names: Names) -> str:
        """Return the track of a group, a "track.state" or several; that of the first."""
        name = names if isinstance(names, str) else names[0]
        group = self.pathway.groups.get(name)
        return name.partition(".")[0] if group is None else group.track

    def _one(self, name: str) -> Spells:
        group = self.pathway.groups.get(name)
        track, states = (
            (group.track, group.states)
            if group is not None
            else (name.partition(".")[0], [name.partition(".")[2]])
        )
        numbers = list(self.pathway.tracks[track].states)
        of = self.tracks[track]
        inside = np.isin(of.state, [numbers.index(state) for state in states])
        return Spells(of.person, of.start, of.end)[inside].merged()

    def residents(self, ages: Sequence[float] | None = None, *, calendar: bool = False) -> Spells:
        """Return the time as residents in the window, of given ages."""
        start = np.maximum(self.arrived, self.first)
        end = np.minimum(self.left, self.horizon)
        if calendar:
            years = self.whole_years()
            bounds = self.year_start(np.array([years.start, years.stop]))
            start, end = np.maximum(start, bounds[0]), np.minimum(end, bounds[1])
        if ages is not None:
            low, high = ages
            if calendar:
                birth_year = self.year(self.born)
                start = np.maximum(start, self.year_start(birth_year + floor(low)))
                end = np.minimum(end, self.year_start(birth_year + floor(high)))
            else:
                start = np.maximum(start, self.born + self.steps(low))
                end = np.minimum(end, self.born + self.steps(high))
        some = start < end
        return Spells(np.flatnonzero(some), start[some], end[some])

    def observed(self, person: Ints, step: Ints, ages: Sequence[float] | None = None) -> Flags:
        """Return which moments are those of residents in the window, of given ages."""
        return self.residents(ages).covers(person, step)

    def holds(self, where: Where | None, person: Ints, step: Ints) -> Flags:
        """Return which moments meet the conditions in `where`."""
        found = np.ones(len(person), np.bool_)
        for name, value in (where or {}).items():
            if name.startswith("attribute."):
                attribute = name.removeprefix("attribute.")
                found &= self._has(attribute, value)[person]
                continue
            spells, inside = self._condition(name, value)
            found &= spells.covers(person, step) == inside
        return found

    def narrowed(self, spells: Spells, where: Where | None) -> Spells:
        """Return the part of the time in which the conditions in `where` hold."""
        for name, value in (where or {}).items():
            if name.startswith("attribute."):
                spells = spells[self._has(name.removeprefix("attribute."), value)[spells.person]]
                continue
            group, inside = self._condition(name, value)
            spells = spells & (group if inside else _outside(group, len(self.born)))
        return spells

    def _condition(self, name: str, value: Any) -> tuple[Spells, bool]:
        """Return the time of a condition in `where`, and whether one must be inside or outside."""
        match name:
            case "in" | "not_in":
                return self.spells(value), name == "in"
            case "ever" | "never":
                return self._since(self.spells(value)), name == "ever"
            case "first":
                firsts = self.spells(value["group"]).firsts()
                low, high = (self.steps(years) for years in value["ages"])
                age = firsts.start - self.born[firsts.person]
                return self._since(firsts[(low <= age) & (age < high)]), True
            case "throughout":
                wait = max(self.steps(value["months"] / 12) - 1, 0)
                stays = self.spells(value["group"])
                late = Spells(stays.person, stays.start + wait, stays.end)
                return late[late.start < late.end], True
        raise ValueError(f"unknown condition {name!r} in `where`")

    def _has(self, attribute: str, value: Names) -> Flags:
        categories = list(self.pathway.attributes[attribute].shares)
        chosen = [value] if isinstance(value, str) else value
        return np.isin(self.attributes[attribute], [categories.index(name) for name in chosen])

    def _since(self, spells: Spells) -> Spells:
        first = spells.firsts()
        return Spells(first.person, first.start, np.full(len(first), _EVER // 2))


def _outside(spells: Spells, people: int) -> Spells:
    """Return all time outside `spells`, for everyone."""
    everyone = np.arange(people)
    person = np.concatenate([everyone, spells.person])
    start = np.concatenate([np.full(people, -_EVER // 2), spells.end])
    order = np.lexsort((start, person))
    person, start = person[order], start[order]
    end = np.full(len(person), _EVER // 2)
    # What follows a gap is the next interval of the same person: they stand in the same order.
    more = np.append(person[1:] == person[:-1], False)
    end[more] = spells.start
    some = start < end
    return Spells(person[some], start[some], end[some])


def measure(function: Measure) -> Measure:
    """Register a measure under its own name."""
    MEASURES[function.__name__] = function
    return function


def _share(part: float, whole: float, per: float = 1.0) -> float:
    return per * part / whole if whole else float("nan")


def _by_year(histories: Histories, spells: Spells) -> Spells:
    """Return intervals cut at each turn of the year."""
    first = histories.year(spells.start)
    row, year = _ranges(first, histories.year(spells.end - 1) + 1)
    return Spells(
        spells.person[row],
        np.maximum(spells.start[row], histories.year_start(year)),
        np.minimum(spells.end[row], histories.year_start(year + 1)),
    )


def _in_years(
    histories: Histories, group: Names, ages: Sequence[float] | None, where: Where | None
) -> Spells:
    """Return residents' time in a group in whole calendar years, cut at each turn of the year."""
    all_time = histories.narrowed(histories.residents(ages, calendar=True), where)
    return _by_year(histories, all_time & histories.spells(group))


def _long_years(histories: Histories, inside: Spells, months: float) -> tuple[Ints, Flags]:
    """Return each pair of person and calendar year in some time, and whether for enough months.

    A pair is one number: the person times `_EVER`, plus the year.
    """
    years, place = np.unique(
        inside.person * _EVER + histories.year(inside.start), return_inverse=True
    )
    steps = np.bincount(place, weights=inside.end - inside.start)
    return years, steps >= months / 12 * histories.per_year - 1e-9


def _people_years(histories: Histories, person: Ints, step: Ints) -> int:
    """Return how many different pairs of person and calendar year there are."""
    return len(np.unique(person * _EVER + histories.year(step)))


@measure
def point_share(
    histories: Histories,
    group: Names,
    ages: Sequence[float] | None = None,
    where: Where | None = None,
    only: Where | None = None,
    per: float = 1.0,
) -> float:
    """Share of the residents who are in a group at one time; `only` narrows the group alone."""
    all_time = histories.narrowed(histories.residents(ages), where)
    inside = histories.narrowed(all_time & histories.spells(group), only)
    return _share(inside.steps, all_time.steps, per)


@measure
def relative_share(
    histories: Histories,
    group: Names,
    where: Where,
    versus: Where,
    ages: Sequence[float] | None = None,
) -> float:
    """Share in a group at one time, where one thing holds, relative to where another does."""
    return _share(
        point_share(histories, group, ages, where), point_share(histories, group, ages, versus)
    )


@measure
def year_share(
    histories: Histories,
    group: Names,
    ages: Sequence[float] | None = None,
    where: Where | None = None,
    per: float = 1.0,
) -> float:
    """Residents who are in a group at some time in a calendar year, per resident."""
    all_time = histories.narrowed(histories.residents(ages, calendar=True), where)
    inside = _in_years(histories, group, ages, where)
    people = _people_years(histories, inside.person, inside.start)
    return _share(people, all_time.steps / histories.per_year, per)


@measure
def months_in_year(
    histories: Histories,
    group: Names,
    ages: Sequence[float] | None = None,
    where: Where | None = None,
) -> float:
    """Months of a calendar year in a group, on average for those who are in it at some time."""
    inside = _in_years(histories, group, ages, where)
    people = _people_years(histories, inside.person, inside.start)
    return _share(12 * inside.steps / histories.per_year, people)


@measure
def long_share(
    histories: Histories,
    group: Names,
    months: float,
    ages: Sequence[float] | None = None,
    where: Where | None = None,
) -> float:
    """Share of those in a group at some time in a year who are in it for at least some months."""
    years, enough = _long_years(histories, _in_years(histories, group, ages, where), months)
    return _share(int(enough.sum()), len(years))


@measure
def full_year_share(
    histories: Histories,
    group: Names,
    ages: Sequence[float] | None = None,
    where: Where | None = None,
    per: float = 1.0,
) -> float:
    """Share of those resident all of a calendar year who are in a group all of it."""
    whole = histories.steps(1)
    years = _by_year(histories, histories.residents(ages, calendar=True))
    years = histories.narrowed(years[years.end - years.start == whole], where)
    inside = years & histories.spells(group)
    return _share(int((inside.end - inside.start == whole).sum()), years.steps / whole, per)


def _entries(
    histories: Histories,
    group: Names,
    ages: Sequence[float] | None,
    where: Where | None,
    clear_years: float | None = None,
) -> Spells:
    """Return the spells that begin as a resident in the window, at given ages."""
    spells = histories.spells(group)
    inside = spells[
        histories.observed(spells.person, spells.start, ages)
        & histories.holds(where, spells.person, spells.start)
    ]
    if clear_years is None:
        return inside
    before = spells.last_end(inside.person, inside.start)
    return inside[inside.start - before > histories.steps(clear_years)]


@measure
def entry_rate(
    histories: Histories,
    group: Names,
    ages: Sequence[float] | None = None,
    where: Where | None = None,
    clear_years: float | None = None,
    per: float = 1.0,
) -> float:
    """Entries into a group per resident and year; with `clear_years`, none that long before."""
    entries = _entries(histories, group, ages, where, clear_years)
    all_time = histories.narrowed(histories.residents(ages), where)
    return _share(len(entries), all_time.steps / histories.per_year, per)


@measure
def leaving_rate(
    histories: Histories, ages: Sequence[float] | None = None, per: float = 1.0
) -> float:
    """Residents who leave, also by reaching the oldest age, per resident and year."""
    everyone = np.arange(len(histories.born))
    # Whoever has left is a resident no more: it is the step before that is looked at.
    gone = (histories.left < histories.horizon) & histories.observed(
        everyone, histories.left - 1, ages
    )
    all_time = histories.residents(ages).steps / histories.per_year
    return _share(int(gone.sum()), all_time, per)


@measure
def year_entrants(
    histories: Histories,
    group: Names,
    ages: Sequence[float] | None = None,
    where: Where | None = None,
    per: float = 1.0,
) -> float:
    """Residents who enter a group at least once in a calendar year, per resident."""
    all_time = histories.narrowed(histories.residents(ages, calendar=True), where)
    spells = histories.spells(group)
    entries = spells[all_time.covers(spells.person, spells.start)]
    people = _people_years(histories, entries.person, entries.start)
    return _share(people, all_time.steps / histories.per_year, per)


@measure
def returners_share(
    histories: Histories,
    group: Names,
    years: float = 5,
    ages: Sequence[float] | None = None,
) -> float:
    """Share of a year's starters who had been in the group in the years before the start."""
    entries = _entries(histories, group, ages, None)
    entries = entries[_once_a_year(histories, entries.person, entries.start)]
    before = histories.spells(group).last_end(entries.person, entries.start)
    return _share(int((entries.start - before <= histories.steps(years)).sum()), len(entries))


@measure
def again_within(
    histories: Histories,
    group: Names,
    months: float,
    ages: Sequence[float] | None = None,
    last: Names | None = None,
    where: Where | None = None,
    spell_months: Sequence[float] | None = None,
) -> float:
    """Share of those who leave a group (at given ages) who are back within some months.

    `last` is where they must have been in the last month, `spell_months` [from, below] how long
    the stay was that ended. Only those count who can be followed.
    """
    gone, wait = _leavers(histories, group, months, ages, where)
    gone = _as_long(histories, gone, spell_months)
    if last is not None:
        gone = gone[histories.spells(last).covers(gone.person, gone.end - 1)]
    back = histories.spells(group).next_start(gone.person, gone.end) - gone.end <= wait
    return _share(int(back.sum()), len(gone))


def _as_long(histories: Histories, stays: Spells, months: Sequence[float] | None) -> Spells:
    """Return the stays of given lengths in months, [from, below]; all if None."""
    if months is None:
        return stays
    low, high = (bound / 12 * histories.per_year - 1e-9 for bound in months)
    length = stays.end - stays.start
    return stays[(low <= length) & (length < high)]


def _leavers(
    histories: Histories,
    group: Names,
    months: float,
    ages: Sequence[float] | None = None,
    where: Where | None = None,
) -> tuple[Spells, int]:
    """Return the spells that end and can be followed for some months, and those in steps."""
    wait = whole_steps(months / 12 * histories.per_year)
    spells = histories.spells(group)
    gone = spells[
        histories.observed(spells.person, spells.end, ages)
        & histories.holds(where, spells.person, spells.end)
    ]
    until = np.minimum(histories.left, histories.horizon)
    return gone[until[gone.person] - gone.end >= wait], wait


def _once_a_year(histories: Histories, person: Ints, step: Ints) -> Ints:
    """Return the places of the first of each pair of person and calendar year, in order."""
    _, first = np.unique(person * _EVER + histories.year(step), return_index=True)
    return np.asarray(first, np.int64)


@measure
def reached_after(
    histories: Histories,
    group: Names,
    after: Names,
    months: float,
    ages: Sequence[float] | None = None,
) -> float:
    """Share of those who leave `after` who enter a group within some months.

    Everyone counts once a year, as in statistics of reconviction.
    """
    gone, wait = _leavers(histories, after, months, ages)
    gone = gone[_once_a_year(histories, gone.person, gone.end)]
    reached = histories.spells(group).next_start(gone.person, gone.end) - gone.end <= wait
    return _share(int(reached.sum()), len(gone))


@measure
def entries_after(
    histories: Histories,
    group: Names,
    after: Names,
    months: float,
    ages: Sequence[float] | None = None,
) -> float:
    """Entries into a group within some months of leaving `after`, per person who leaves it.

    Everyone counts once a year, as in statistics of reconviction.
    """
    gone, wait = _leavers(histories, after, months, ages)
    gone = gone[_once_a_year(histories, gone.person, gone.end)]
    entered = histories.spells(group)
    times = entered.person * _EVER + entered.start
    begun = gone.person * _EVER + gone.end
    within = np.searchsorted(times, begun + wait, "right") - np.searchsorted(times, begun, "left")
    return _share(int(within.sum()), len(gone))


@measure
def ever_by_age(
    histories: Histories,
    group: Names,
    age: float,
    where: Where | None = None,
) -> float:
    """Share of residents turning an age who have ever been in a group."""
    person = np.arange(len(histories.born))
    birthday = histories.born + histories.steps(age)
    # Whoever reaches the oldest age leaves that very step: the step before will do.
    seen = histories.observed(person, birthday - 1) & histories.holds(where, person, birthday - 1)
    ever = histories.holds({"ever": group}, person, birthday - 1)
    return _share(int((seen & ever).sum()), int(seen.sum()))


@measure
def share_at_age(
    histories: Histories,
    group: Names,
    age: int,
    where: Where | None = None,
    ever: bool = False,
) -> float:
    """Share in a group at the end of the calendar year in which people turn an age.

    If `ever`, the share who have been in it by then, as statistics of who has come that far.
    """
    person = np.arange(len(histories.born))
    step = histories.year_start(histories.year(histories.born) + age + 1) - 1
    seen = histories.observed(person, step) & histories.holds(where, person, step)
    inside = histories.holds({"ever" if ever else "in": group}, person, step)
    return _share(int((seen & inside).sum()), int(seen.sum()))


@measure
def outcome_share(
    histories: Histories,
    outcome: Names,
    among: Names,
    ages: Sequence[float] | None = None,
    where: Where | None = None,
) -> float:
    """Share of those who enter `among` who are then in `outcome`.

    `where` holds in the step before they enter: what was true until the outcome was decided.
    """
    spells = histories.spells(among)
    spells = spells[
        histories.observed(spells.person, spells.start, ages)
        & histories.holds(where, spells.person, spells.start - 1)
    ]
    inside = histories.spells(outcome).covers(spells.person, spells.start)
    return _share(int(inside.sum()), len(spells))


@measure
def next_share(
    histories: Histories,
    group: Names,
    to: Names,
    ages: Sequence[float] | None = None,
) -> float:
    """Share of those who leave a group who go straight to another."""
    spells = histories.spells(group)
    spells = spells[histories.observed(spells.person, spells.end, ages)]
    return _share(int(histories.spells(to).covers(spells.person, spells.end).sum()), len(spells))


@measure
def reached_within(
    histories: Histories,
    outcome: Names,
    start: Names,
    years: float,
    where: Where | None = None,
) -> float:
    """Share of those who enter `start` for the first time who reach `outcome` within some years."""
    wait = histories.steps(years)
    begun = histories.spells(start).firsts()
    begun = begun[
        histories.observed(begun.person, begun.start)
        & histories.holds(where, begun.person, begun.start)
    ]
    until = np.minimum(histories.left, histories.horizon)
    begun = begun[until[begun.person] - begun.start >= wait]
    reached = histories.spells(outcome).next_start(begun.person, begun.start) - begun.start <= wait
    return _share(int(reached.sum()), len(begun))


@measure
def persistence(histories: Histories, group: Names, first: Names, later: Names) -> float:
    """Share of those in a group when they enter `first` who are in it when they enter `later`."""
    spells, late = histories.spells(group), histories.spells(later)
    begun = histories.spells(first).firsts()
    begun = begun[spells.covers(begun.person, begun.start)]
    then = late.next_start(begun.person, begun.start)
    seen = (then < _EVER) & histories.observed(begun.person, then)
    still = spells.covers(begun.person[seen], then[seen])
    return _share(int(still.sum()), int(seen.sum()))


@measure
def mean_duration(
    histories: Histories,
    group: Names,
    ages: Sequence[float] | None = None,
    unit: str = "month",
) -> float:
    """Mean length of the stays that end as a resident in the window, in months or years."""
    spells = histories.spells(group)
    spells = spells[histories.observed(spells.person, spells.end, ages)]
    return _share(spells.steps, len(spells)) / histories.per_year * {"month": 12, "year": 1}[unit]


def _through(histories: Histories) -> tuple[Ints, range]:
    """Return who is a resident through all whole calendar years of the window, and those years."""
    years = histories.whole_years()
    first, after = histories.year_start(np.array([years.start, years.stop]))
    there = (np.maximum(histories.arrived, histories.first) <= first) & (histories.left >= after)
    return np.flatnonzero(there), years


def _entries_by_year(histories: Histories, group: Names) -> Ints:
    """Return entries into a group by calendar year and person, of those who are there through."""
    people, years = _through(histories)
    spells = histories.spells(group)
    year = histories.year(spells.start) - years.start
    found = np.zeros((len(years), len(histories.born)), np.int64)
    inside = (year >= 0) & (year < len(years))
    np.add.at(found, (year[inside], spells.person[inside]), 1)
    return found[:, people]


def _used(histories: Histories, resource: str) -> list[tuple[Spells, float]]:
    """Return the time in each state that uses a resource, and how much of it a year there."""
    found = []
    for track, spec in histories.pathway.tracks.items():
        for state, content in spec.states.items():
            use = content.uses.get(resource)
            if use is not None and not use.factors:
                found.append((histories.spells(f"{track}.{state}"), use.amount.value))
    if not found:
        raise KeyError(resource)
    return found


def _units_by_year(histories: Histories, resource: str) -> Floats:
    """Return units used by calendar year and person, of those who are there through."""
    people, years = _through(histories)
    found = np.zeros((len(years), len(histories.born)))
    for spells, a_year in _used(histories, resource):
        parts = _by_year(histories, spells & histories.residents(calendar=True))
        units = (parts.end - parts.start) * a_year / histories.per_year
        np.add.at(found, (histories.year(parts.start) - years.start, parts.person), units)
    return found[:, people]


@measure
def use_per_year(
    histories: Histories,
    resource: Names,
    where: Where | None = None,
    per: float = 1.0,
) -> float:
    """Units of a resource (or of several) that are used in states, per resident and year.

    `where` narrows the use alone: it is still per year of any resident.
    """
    everyone = histories.residents()
    names = (resource,) if isinstance(resource, str) else resource
    units = sum(
        histories.narrowed(spells & everyone, where).steps * a_year
        for name in names
        for spells, a_year in _used(histories, name)
    )
    return _share(units, everyone.steps, per)


@measure
def top_share(histories: Histories, resource: str, top: float = 0.2) -> float:
    """Share of a year's units that are used by the part of the residents who use the most.

    A point on the Lorenz curve: the mean over calendar years of L(1) - L(1 - top).
    """
    by_year = np.sort(_units_by_year(histories, resource), axis=1)[:, ::-1]
    first = round(by_year.shape[1] * top)
    shares = [_share(float(units[:first].sum()), float(units.sum())) for units in by_year]
    return float(np.mean(shares))


@measure
def at_most_share(histories: Histories, resource: str, most: float) -> float:
    """Share of the residents who use at most so many units in a calendar year."""
    units = _units_by_year(histories, resource)
    return _share(int((units <= most + 1e-9).sum()), units.size)


@measure
def followed_by(
    histories: Histories,
    group: Names,
    at_least: int,
    then: Names,
    then_at_least: int = 1,
    years: int = 1,
    relative: bool = False,
) -> float:
    """Share of those who enter a group so often in a calendar year who later enter another.

    Later is in any of the `years` that follow, so often as `then_at_least` in that year. If
    `relative`, the share is divided by that of those who did not enter the group so often.
    """
    before, after = (_entries_by_year(histories, names) for names in (group, then))
    if len(before) <= years:
        return float("nan")
    often = before[:-years] >= at_least
    again = after >= then_at_least
    later = reduce(np.logical_or, (again[k : len(again) - years + k] for k in range(1, years + 1)))
    share = _share(int((often & later).sum()), int(often.sum()))
    if not relative:
        return share
    return _share(share, _share(int((~often & later).sum()), int((~often).sum())))


@measure
def season_ratio(
    histories: Histories, group: Names, months: Sequence[int], versus: Sequence[int]
) -> float:
    """Entries into a group in some calendar months relative to as many others."""
    everyone = histories.residents(calendar=True)
    spells = histories.spells(group)
    spells = spells[everyone.covers(spells.person, spells.start)]
    month = histories.month_of(spells.start)
    return _share(int(np.isin(month, months).sum()), int(np.isin(month, versus).sum()))


@measure
def time_per_entry(
    histories: Histories,
    group: Names,
    ages: Sequence[float] | None = None,
    unit: str = "month",
) -> float:
    """Time in a group for each entry into it: the mean stay (Little's law), also if it ends life.

    `mean_duration` knows only the stays that end while somebody is a resident.
    """
    inside = histories.residents(ages) & histories.spells(group)
    entries = _entries(histories, group, ages, None)
    return _share(inside.steps, len(entries)) / histories.per_year * {"month": 12, "year": 1}[unit]


@measure
def still_in(
    histories: Histories,
    group: Names,
    months: float = 12,
    ages: Sequence[float] | None = None,
    where: Where | None = None,
) -> float:
    """Share of those in a group at one time who are in it so many months later, left or not.

    Everyone in the group at the start of a calendar year is followed up, if still a resident then.
    `ages` and `where` are of the first moment.
    """
    person, step = _at_new_year(histories, group, ages, where)
    later = step + histories.steps(months / 12)
    seen = later < np.minimum(histories.left, histories.horizon)[person]
    still = histories.spells(group).covers(person[seen], later[seen])
    return _share(int(still.sum()), int(seen.sum()))


def _at_new_year(
    histories: Histories, group: Names, ages: Sequence[float] | None, where: Where | None
) -> tuple[Ints, Ints]:
    """Return persons and steps: everyone in a group at the start of each whole calendar year."""
    years = histories.whole_years()
    time = histories.narrowed(histories.residents(ages), where) & histories.spells(group)
    starts = histories.year_start(np.arange(years.start, years.stop))
    low, high = np.searchsorted(starts, time.start), np.searchsorted(starts, time.end)
    row, place = _ranges(low, high)
    return time.person[row], starts[place]


@measure
def next_year_share(
    histories: Histories,
    group: Names,
    months: float = 0,
    ages: Sequence[float] | None = None,
    where: Where | None = None,
) -> float:
    """Share of those in a group in a calendar year who are in it in the next year too.

    In it is to be there at some time of the year, or with `months` for at least so many months
    (12: all of it). Those count who are residents at the end of the next year; `ages` are those
    reached in the first year.
    """
    years, enough = _long_years(histories, _in_years(histories, group, None, where), months)
    years = years[enough]
    person, year = years // _EVER, years % _EVER
    end = histories.year_start(year + 2)
    first = (end <= np.minimum(histories.left, histories.horizon)[person]) & (
        year >= histories.whole_years().start
    )
    if ages is not None:
        age = year - histories.year(histories.born)[person]
        first &= (floor(ages[0]) <= age) & (age < floor(ages[1]))
    again = np.isin(years + 1, years)
    return _share(int((first & again).sum()), int(first.sum()))


@measure
def time_so_far(
    histories: Histories,
    group: Names,
    ages: Sequence[float] | None = None,
    where: Where | None = None,
    unit: str = "month",
) -> float:
    """Mean time that those in a group at one time have been there so far (longer than a mean stay).

    Everyone in the group at the start of a calendar year counts, in months or years.
    """
    person, step = _at_new_year(histories, group, ages, where)
    stays = histories.spells(group)
    at = np.searchsorted(stays.person * _EVER + stays.start, person * _EVER + step, "right") - 1
    so_far = int((step - stays.start[at]).sum())
    return _share(so_far, len(person)) / histories.per_year * {"month": 12, "year": 1}[unit]


@measure
def moves_per_stay(
    histories: Histories,
    group: Names,
    ages: Sequence[float] | None = None,
    at_least: int | None = None,
    spell_months: Sequence[float] | None = None,
) -> float:
    """Mean number of moves from state to state, of one track, in the stays in a group that end.

    A transition back to the same state is a move. With `at_least` the share of the stays that have
    so many; `spell_months` [from, below] are the lengths of the stays.
    """
    stays = histories.spells(group)
    stays = stays[histories.observed(stays.person, stays.end, ages)]
    stays = _as_long(histories, stays, spell_months)
    of = histories.tracks[histories.track_of(group)]
    times = of.person * _EVER + of.start
    first, last = (stays.person * _EVER + end for end in (stays.start, stays.end))
    moves = np.searchsorted(times, last, "left") - np.searchsorted(times, first, "right")
    chosen = moves if at_least is None else moves >= at_least
    return _share(int(chosen.sum()), len(stays))


@measure
def exit_rate(
    histories: Histories,
    state: str,
    ages: Sequence[float] | None = None,
    where: Where | None = None,
    per: float = 1.0,
) -> float:
    """Residents who leave into an exit state ("residence.dead"), per resident and year."""
    person = histories.exits[state]
    # Whoever has left is a resident no more: it is the step before that is looked at.
    last = histories.left[person] - 1
    seen = histories.observed(person, last, ages) & histories.holds(where, person, last)
    all_time = histories.narrowed(histories.residents(ages), where)
    return _share(int(seen.sum()), all_time.steps / histories.per_year, per)


@measure
def exit_ratio(
    histories: Histories,
    state: str,
    where: Where,
    versus: Where,
    ages: Sequence[float] | None = None,
) -> float:
    """Rate of leaving into an exit state where one thing holds, relative to where another does."""
    one, other = (exit_rate(histories, state, ages, each) for each in (where, versus))
    return _share(one, other)


def evaluate(pathway: Pathway, histories: Histories) -> pd.DataFrame:
    """Return every calibration target of a pathway beside its simulated value.

    Args:
        pathway: The pathway, whose `targets` are asked for.
        histories: Simulated lives without any investment.

    Returns:
        One row per target: label, low, high, simulated, unit, year, source, grade, inside, whether
        it was held out, miss.

    Raises:
        ValueError: If a target asks for an unknown measure or gives it arguments it does not take.
    """
    rows = []
    for name, target in pathway.targets.items():
        if target.measure not in MEASURES:
            close = nearest(target.measure, MEASURES)
            hint = f", did you mean {close!r}?" if close else ""
            raise ValueError(f"targets.{name}: unknown measure {target.measure!r}{hint}")
        try:
            simulated = MEASURES[target.measure](histories, **target.arguments)
        except (TypeError, KeyError, ValueError) as error:
            raise ValueError(f"targets.{name}: {target.measure}: {error}") from error
        rows.append(
            {
                "target": name,
                "label": target.label.text,
                "low": target.low,
                "high": target.high,
                "simulated": simulated,
                "unit": target.unit.text,
                "year": target.dates,
                "source": source_text(target.source),
                "grade": target.grade,
                "inside": target.low <= simulated <= target.high,
                "held_out": target.held_out,
                "miss": "" if target.miss is None else target.miss.text,
            }
        )
    columns = [
        "target",
        "label",
        "low",
        "high",
        "simulated",
        "unit",
        "year",
        "source",
        "grade",
        "inside",
        "held_out",
        "miss",
    ]
    return pd.DataFrame(rows, columns=columns).set_index("target")
