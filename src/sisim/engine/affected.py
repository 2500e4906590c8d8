"""Whom an arm can touch, told by their lives without it.

By law L4 an arm differs from `without` only for people whom an investment can reach: those who are
ever in its target group, those who leave a state that it has an effect on in their area, and those
whose entry it may prevent. For everyone else the life without it is theirs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sisim.engine.columns import columns
from sisim.engine.population import People
from sisim.engine.tables import BLOCK, LOOK_UP, NEW_WAY_HERE, STATE, Columns, Compiled
from sisim.scenario.scenario import Scenario

OF_ARMS = ("diverged", "divergence_step", "treated", "treatment")
"""The columns that only arms have. Their last axis is people."""


class Lives(NamedTuple):
    """How the lives of some people stand; the columns of the same name, of some rows."""

    state: NDArray[np.uint16]
    since: NDArray[np.int32]
    memory: NDArray[np.void]
    window: NDArray[np.void]
    alive: NDArray[np.bool_]

    @classmethod
    def of(cls, people: Columns, rows: NDArray[np.int64]) -> Lives:
        """Return a copy of the lives in some rows."""
        return cls(*(getattr(people, name) for name in cls._fields)).only(rows)

    def only(self, rows: NDArray[np.int64]) -> Lives:
        """Return some of the lives."""
        # `take` copies a row as it lies, where an index copies it field by field.
        return Lives(
            self.state.take(rows, axis=1),
            self.since.take(rows, axis=0),
            self.memory.take(rows, axis=0),
            self.window.take(rows, axis=0),
            self.alive.take(rows),
        )

    def resume(self, people: Columns, rows: slice | NDArray[np.int64]) -> None:
        """Have these lives lived in some rows."""
        people.state[:, rows] = self.state
        for name, column in zip(self._fields[1:], self[1:], strict=True):
            getattr(people, name)[rows] = column


def join(parts: list[Lives]) -> Lives:
    """Return the lives of all parts as one."""
    state, *columns = zip(*parts, strict=True)
    return Lives(np.concatenate(state, axis=1), *map(np.concatenate, columns))


def keepable(scenario: Scenario) -> bool:
    """Return whether the arms can only touch people who can be told by their lives without them.

    What is shared among peers may differ for everyone, and a family is touched as a whole. An
    effect that makes everyone in an area more likely to leave a state may touch any of them, who
    without it would have stayed.
    """
    features = {factor.feature or "" for factor in scenario.pathway.factors.values()}
    for one in scenario.investments.values():
        features |= {name for part in (one.target, *one.target.any_of) for name in part.features}
    transitions = set(scenario.pathway.transitions)
    raising = any(
        effect.ratio.value > 1 or effect.modifier is not None
        for one in scenario.investments.values()
        for effect in one.effects
        if effect.acts_on == "area" and not transitions.isdisjoint(effect.on)
    )
    by_family = any(one.unit == "family" for one in scenario.investments.values())
    shared = any(feature.startswith("share.") for feature in features)
    return not (by_family or raising or shared)


def exposed(compiled: Compiled) -> NDArray[np.bool_]:
    """Return the states that an effect on areas acts on leaving, bool (states + 1,)."""
    rule, kinds = compiled.tables.transitions, compiled.tables.features.feature["kind"]
    found = np.zeros(len(rule.state), np.bool_)
    everywhere = kinds[rule.reference["feature"]] == NEW_WAY_HERE
    for number, state in enumerate(rule.state):
        for first, last in rule.effects[:, rule.out[state["first"] : state["last"]]].reshape(-1, 2):
            found[number] |= everywhere[first:last].any()
    return found


def sought(compiled: Compiled) -> NDArray[np.bool_]:
    """Return the states that one must be in to be in some target group, bool (states + 1,)."""
    sight, found = (
        compiled.tables.features,
        np.zeros(len(compiled.tables.transitions.state), np.bool_),
    )
    for first, last in compiled.tables.target:
        # A target group asks for a state first, if for any; if for none, every state will do.
        track, allowed = 0, np.ones(len(found), np.bool_)
        if first < last:
            reference = compiled.references[first]
            feature = sight.feature[reference.feature]
            if reference.kind == LOOK_UP and feature["kind"] == STATE:
                track, allowed = int(feature["arg"]), reference.values[:-1] > 0
        begin, end = (int(sight.track[track][name]) for name in ("first", "last"))
        within = np.arange(end - begin)
        found[begin:end] |= allowed[np.minimum(within, len(allowed) - 1)]
    return found


@dataclass(frozen=True, slots=True)
class Stretch:
    """Steps that are lived without any arm before it is told whom the arms can touch in them.

    Attributes:
        first: The first step.
        stop: The step after the last one.
        near: Among whom they are: people stand in order of birth.
        tracks: The tracks on which one may have come to be touched by moving.
        entries: Whether those are touched who become residents.
    """

    first: int
    stop: int
    near: slice
    tracks: list[int]
    entries: bool


class Touch:
    """Tells whom the arms of a scenario can touch.

    Attributes:
        tells: Whether that can be told at all.
    """

    def __init__(self, compiled: Compiled) -> None:
        layout = compiled.tables.layout
        self._area_active = np.asarray(layout.area_active.any(axis=(0, 1)))
        self._prevents_entries = np.asarray((layout.entry_ratio < 1).any(axis=(0, 1)))
        self._sought, self._exposed = sought(compiled), exposed(compiled)
        self._states = [slice(track["first"], track["last"]) for track in layout.track]
        self.tells = keepable(compiled.scenario)

    def stretch(self, people: Columns, first: int, stop: int, treated: slice) -> Stretch:
        """Return a stretch of steps; `treated`: who may begin, or be in, treatment in them."""
        active = bool(self._area_active[first:stop].any())
        entries = bool(self._prevents_entries[first:stop].any())
        if active or entries:
            # Everyone who is simulated at any of these steps.
            begin = np.searchsorted(people.person["last"], first)
            treated = slice(int(begin), int(np.searchsorted(people.person["start"], stop)))
        leads = self._sought | self._exposed if active else self._sought
        tracks = [track for track, states in enumerate(self._states) if leads[states].any()]
        return Stretch(first, stop, treated, tracks, entries)

    def share(self, people: Columns, stretch: Stretch) -> float:
        """Return how many of those near one may expect to be touched: as many as in the past."""
        here, past = stretch.near, 2 * stretch.first - stretch.stop
        alive = people.alive[here]
        found = alive & self._reached(people.state[:, here], people.since[here], past, stretch)
        return float(found.sum() / max(alive.sum(), 1))

    def whom(
        self, people: Columns, before: Lives, here: slice, stretch: Stretch
    ) -> NDArray[np.int64]:
        """Return whom an arm has touched, or can touch in a stretch of steps, by number.

        Args:
            people: The columns of everyone, those here having lived the stretch without any arm.
            before: The lives here before it.
            here: Whom to look at.
            stretch: The steps.
        """
        person, since = people.person[here], people.since[here]
        new = _within(person["start"], stretch)
        begun = np.maximum(person["start"], stretch.first)
        state = np.where(new, people.state[:, here], before.state)
        found = (before.alive | new) & self._reached(state, since, begun, stretch)
        # Who is born and gone meanwhile may have been in any state.
        found |= new & ~people.alive[here]
        if stretch.entries:
            found |= _within(person["arrive"], stretch)
        numbers = np.arange(here.start, here.stop)
        found &= (numbers >= stretch.near.start) & (numbers < stretch.near.stop)
        found |= (people.treated[:, here] | people.diverged[:, here]).any(axis=0)
        return np.asarray(numbers[found])

    def _reached(
        self,
        state: NDArray[np.uint16],
        since: NDArray[np.int32],
        begun: int | NDArray[np.int32],
        stretch: Stretch,
    ) -> NDArray[np.bool_]:
        """Return who was in a state that is sought when it began, or has moved since then."""
        found = np.zeros(len(since), np.bool_)
        for track in stretch.tracks:
            # Who has not moved has been in one state all the time.
            found |= self._sought[state[track]] | (since[:, track] > begun)
        return found


def _within(steps: NDArray[np.int32], stretch: Stretch) -> NDArray[np.bool_]:
    return np.asarray((steps >= stretch.first) & (steps < stretch.stop))


def take_apart(
    compiled: Compiled, whole: Columns, people: People, who: NDArray[np.int64], before: Lives
) -> Columns:
    """Return columns of some people alone, as they stand before the steps they have just lived.

    Args:
        compiled: The compiled scenario.
        whole: The columns of everyone.
        people: Those who are taken apart.
        who: Their numbers among everyone, in order.
        before: Their lives without any arm, as they stood then.
    """
    part = columns(compiled, people)
    before.resume(part, slice(part.n))
    for name in OF_ARMS:
        getattr(part, name)[:] = getattr(whole, name)[..., who]
    own, rows = _own_rows(part, whole, who)
    Lives.of(whole, rows).resume(part, own)
    part.block["affected"] = 1
    give_places_anew(part, slice(None))
    return part


def put_back(part: Columns, whole: Columns, who: NDArray[np.int64]) -> None:
    """Take over what has become of some people in the arms."""
    own, rows = _own_rows(part, whole, who)
    Lives.of(part, own).resume(whole, rows)
    for name in OF_ARMS:
        getattr(whole, name)[..., who] = getattr(part, name)
    blocks = who // BLOCK
    whole.block["affected"][blocks[(part.treated | part.diverged).any(axis=0)]] = 1
    give_places_anew(whole, blocks)


def list_own(people: Columns, own: NDArray[np.int32]) -> None:
    """List who has a row of their own, in int32 (blocks, arms, BLOCK + 1); the last: how many."""
    for arm, differs in enumerate(people.diverged):
        who = np.flatnonzero(differs)
        blocks = who // BLOCK
        own[:, arm, BLOCK] = np.bincount(blocks, minlength=len(own))
        own[blocks, arm, np.arange(len(who)) - np.searchsorted(blocks, blocks)] = who


def without_arms(people: Columns) -> Columns:
    """Return the same columns, as if there were no arms."""
    return people._replace(**{name: getattr(people, name)[:0] for name in OF_ARMS})


def give_places_anew(people: Columns, blocks: slice | NDArray[np.int64]) -> None:
    """Have places given to those alive in any arm when the next four steps are drawn for."""
    people.block["left"][blocks] = BLOCK


def _own_rows(
    part: Columns, whole: Columns, who: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the rows that people have of their own in arms, in `part` and in the whole."""
    arm, number = np.nonzero(part.diverged)
    return (arm + 1) * part.n + number, (arm + 1) * whole.n + who[number]
