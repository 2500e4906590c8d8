"""Tunnel states: what must be remembered of a person on each track, made into states.

A chance that depends on the time in a state, on the time in a group of states or on earlier visits
is no Markov chain on the states themselves. It is one on states together with what is remembered:
how long, how many times, when. Only what a table in the file can tell apart is remembered (a table
that ends at two years needs no more), and only what can be reached from the start states. Hawkins,
Sculpher & Epstein, "Cost-effectiveness analysis of treatments for chronic disease: using R to
incorporate time dependency of treatment response", Medical Decision Making 25(5), 2005.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

import numpy as np

from sisim.arrays import Ints
from sisim.engine import tables as tb
from sisim.engine.expected_enrolment import unsettled_targets
from sisim.engine.tables import Compiled

MOST_ON_TRACK = 20_000
"""Most states with memory on a track."""


class TooMuchMemory(ValueError):  # noqa: N818 - it says what is the case
    """A track has more states with memory than can be gone through."""

    def __init__(self, track: str) -> None:
        super().__init__(track)
        self.track = track


class GroupMemory(NamedTuple):
    """What is remembered of a group of states, in steps or times; 0: nothing.

    Attributes:
        number: Which group.
        states: The states in it, as global numbers.
        inside: Longest time in it that is told apart.
        outside: Longest time since it was left.
        visits: Most visits that are told apart.
        window: How far back each visit is remembered.
        window_row: Where the kernel keeps that; -1: nowhere.
    """

    number: int
    states: frozenset[int]
    inside: int
    outside: int
    visits: int
    window: int
    window_row: int


class Visited(NamedTuple):
    """A group as a person remembers it: steps since it was entered or left, visits, and when."""

    since: int
    visits: int
    word: int  # bit k: entered k steps ago


class Remembered(NamedTuple):
    """A state with what is remembered: steps in it, and each group."""

    state: int
    since: int
    groups: tuple[Visited, ...]


@dataclass(frozen=True)
class TrackMemory:
    """The states with memory of one track, from the start states on.

    Attributes:
        every: Each of them, by number.
        start: The number of a start state, by state within the track.
        stays: The number after a step without a move, (n,).
        moves: The number after a move to a state within the track, (n, states); -1: never reached.
        groups: The groups that are remembered.
    """

    every: list[Remembered]
    start: Ints
    stays: Ints
    moves: Ints
    groups: tuple[GroupMemory, ...]


def track_memories(
    compiled: Compiled, been: frozenset[int], investments: Sequence[str] = ()
) -> list[TrackMemory]:
    """Return the states with memory of each track.

    Args:
        compiled: The scenario.
        been: Groups of which it is remembered whether a person has ever been there.
        investments: Those whose target groups may ask for what has happened to people.

    Raises:
        TooMuchMemory: If a track has more of them than `MOST_ON_TRACK`.
    """
    asked = _Asked(compiled, investments)
    return [_explore(compiled, track, asked, been) for track in range(len(compiled.tracks))]


class _Asked:
    """How far back the tables of a scenario look, in steps or times."""

    def __init__(self, compiled: Compiled, investments: Sequence[str]) -> None:
        self._compiled = compiled
        self._most = compiled.clock.end + 1
        self.in_state: dict[int, int] = {}
        self.of_group: dict[tuple[int, int], int] = {}
        features = compiled.tables.features
        targets = ((-1, own) for own in unsettled_targets(compiled, investments))
        for state, references in chain(_references(compiled), targets):
            for r in references:
                feature = features.feature[compiled.tables.transitions.reference["feature"][r]]
                self._note(int(feature["kind"]), int(feature["arg"]), feature, state, r)

        for follow in features.follow:
            self.in_state[int(follow["state"])] = int(follow["lasts"]) - 1

    def _note(self, kind: int, arg: int, feature: np.void, state: int, r: int) -> None:
        if kind == tb.TIME_IN_STATE:
            track = self._compiled.tables.features.track[arg]
            own = track["first"] <= state < track["last"]
            states = [state] if own else range(track["first"], track["last"])
            for x in states:
                self.in_state[x] = max(self.in_state.get(x, 0), self._reach(r))
        elif kind == tb.VISITS_WINDOW:
            group = int(np.flatnonzero(self._compiled.tables.layout.group_window == arg)[0])
            key = (kind, group)
            self.of_group[key] = max(self.of_group.get(key, 0), int(feature["window"]))
        elif kind in (tb.TIME_IN_GROUP, tb.TIME_SINCE_GROUP, tb.VISITS):
            # That it is asked for at all is told even by a table that never changes.
            key = (kind, arg)
            self.of_group[key] = max(self.of_group.get(key, 0), self._reach(r), 1)

    def _reach(self, r: int) -> int:
        """Return from which value on a reference gives the same."""
        tables = self._compiled.tables.transitions
        reference = tables.reference[r]
        first, length = int(reference["table"]), int(reference["length"])
        if reference["kind"] == tb.LOOK_UP:
            values = tables.table[first : first + length - 1]
            other = np.flatnonzero(values != values[-1])
            return min(int(other[-1]) + 1 if len(other) else 0, self._most)
        if reference["kind"] == tb.BANDS:
            edges = tables.table[first : first + length // 2]
            return min(int(np.ceil(edges.max(initial=0.0))), self._most)
        return self._most


def _references(compiled: Compiled) -> Iterator[tuple[int, list[int]]]:
    """Yield each state with the references of its transitions, and of what it uses."""
    tables = compiled.tables.transitions
    for number in range(len(compiled.states)):
        found: list[int] = []
        state = tables.state[number]
        for j in range(state["first"], state["last"]):
            t = tables.out[j]
            transition = tables.transition[t]
            found += range(transition["first"], transition["last"])
            for first, last in tables.effects[:, t]:
                found += range(first, last)
            for d in range(transition["to_first"], transition["to_last"]):
                found += range(tables.destination["first"][d], tables.destination["last"][d])
        yield number, found
    for use in compiled.tables.layout.use:
        yield int(use["state"]), list(range(use["first"], use["last"]))


def _explore(compiled: Compiled, track: int, asked: _Asked, been: frozenset[int]) -> TrackMemory:
    """Return all states with memory that can be reached on a track."""
    row = compiled.tables.features.track[track]
    first, last = int(row["first"]), int(row["last"])
    groups = tuple(_groups(compiled, track, asked, been))
    follow = next((f for f in compiled.tables.features.follow if f["track"] == track), None)
    rule = _Rule(asked.in_state, groups, follow)
    to = {x: _destinations(compiled, x) for x in range(first, last)}
    if follow is not None:  # it begins, or begins anew, by what happens on other tracks
        to = {x: [int(follow["state"])] for x in range(first, last)}
    start = [rule.begin(x) for x in range(first, last)]
    number: dict[Remembered, int] = {}
    every: list[Remembered] = []

    def known(one: Remembered) -> int:
        if one not in number:
            if len(every) >= MOST_ON_TRACK:
                raise TooMuchMemory(compiled.tracks[track])
            number[one] = len(every)
            every.append(one)
        return number[one]

    shares = compiled.tables.layout.start_share
    begins = [
        x
        for n, x in enumerate(range(first, last))
        if (np.diff(shares[:, first:last], prepend=0.0, axis=1)[:, n] > 0).any()
    ]
    starts = np.full(last - first, -1)
    for x in begins:
        starts[x - first] = known(start[x - first])
    stays: list[int] = []
    moves: list[Ints] = []
    for one in every:  # it grows as it is gone through
        stays.append(known(rule.stay(one)))
        targets = np.full(last - first, -1)
        for x in to[one.state]:
            targets[x - first] = known(rule.move(one, x))
        moves.append(targets)
    return TrackMemory(every, starts, np.array(stays), np.array(moves), groups)


def _groups(
    compiled: Compiled, track: int, asked: _Asked, been: frozenset[int]
) -> Iterator[GroupMemory]:
    layout = compiled.tables.layout
    for g in range(len(compiled.groups)):
        if layout.group_track[g] != track:
            continue

        def of(kind: int, g: int = g) -> int:
            return asked.of_group.get((kind, g), 0)

        outside = of(tb.TIME_SINCE_GROUP)
        visits = max(of(tb.VISITS), int(g in been or outside > 0))
        one = GroupMemory(
            g,
            frozenset(np.flatnonzero(layout.member[g]).tolist()),
            of(tb.TIME_IN_GROUP),
            outside,
            visits,
            of(tb.VISITS_WINDOW),
            int(layout.group_window[g]) if of(tb.VISITS_WINDOW) else -1,
        )
        if any(one[2:-1]):
            yield one


def _destinations(compiled: Compiled, state: int) -> list[int]:
    """Return the states to which transitions lead from a state, on its own track."""
    tables = compiled.tables.transitions
    found = set()
    for j in range(tables.state["first"][state], tables.state["last"][state]):
        transition = tables.transition[tables.out[j]]
        for d in range(transition["to_first"], transition["to_last"]):
            found.add(int(tables.destination["state"][d]))
    return sorted(found)


class _Rule:
    """How memory grows in a step: the same as `move_all` and `remember_entry` do for people."""

    def __init__(
        self,
        in_state: dict[int, int],
        groups: tuple[GroupMemory, ...],
        follow: np.void | None = None,
    ) -> None:
        self._in_state = in_state
        self._groups = groups
        self._follow = follow

    def begin(self, state: int) -> Remembered:
        """Return what is remembered where a life begins."""
        groups = tuple(
            self._kept(g, state, Visited(0, int(state in g.states), int(state in g.states)))
            for g in self._groups
        )
        return Remembered(state, 0, groups)

    def stay(self, one: Remembered) -> Remembered:
        """Return what is remembered after a step without a move; what has lasted is over."""
        follow = self._follow
        lasting = follow is not None and one.state == follow["state"]
        if follow is not None and lasting and one.since + 1 >= follow["lasts"]:
            return self.move(one, int(follow["after"]))
        since = min(one.since + 1, self._in_state.get(one.state, 0))
        groups = tuple(
            self._kept(g, one.state, self._older(seen))
            for g, seen in zip(self._groups, one.groups, strict=True)
        )
        return Remembered(one.state, since, groups)

    def move(self, one: Remembered, to: int) -> Remembered:
        """Return what is remembered after a move, be it to the same state."""
        found = []
        for g, seen in zip(self._groups, one.groups, strict=True):
            was, is_ = one.state in g.states, to in g.states
            later = self._older(seen)
            if was != is_:
                later = later._replace(since=0)
            if is_ and not was:
                later = later._replace(visits=seen.visits + 1, word=later.word | 1)
            found.append(self._kept(g, to, later))
        return Remembered(to, 0, tuple(found))

    @staticmethod
    def _older(seen: Visited) -> Visited:
        return Visited(seen.since + 1, seen.visits, seen.word << 1)

    @staticmethod
    def _kept(group: GroupMemory, state: int, seen: Visited) -> Visited:
        """Return what of a memory is told apart."""
        inside = state in group.states
        longest = group.inside if inside else group.outside if seen.visits else 0
        return Visited(
            min(seen.since, longest),
            min(seen.visits, group.visits),
            seen.word & ((1 << group.window) - 1),
        )
