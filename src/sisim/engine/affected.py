"""People whom an arm can affect, inferred from the baseline run.

By law L4 an arm differs from `without` only for people whom an investment can reach: those who are
ever in its target group, those who leave a state that it has an effect on in their area, and those
whose entry it may prevent. Everyone else has the same life history in it as in the baseline.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sisim.arrays import Flags, Ints
from sisim.engine.columns import columns
from sisim.engine.population import People
from sisim.engine.tables import BLOCK, LOOK_UP, NEW_WAY_HERE, STATE, Columns, Compiled
from sisim.scenario.factor_table import is_switched_off
from sisim.scenario.scenario import Scenario

ARM_COLUMNS = ("diverged", "divergence_step", "treated", "treatment")
"""The columns that only arms have. Their last axis is people."""


class StateSnapshot(NamedTuple):
    """Snapshot of some people's states and histories: rows of the columns of the same names."""

    state: NDArray[np.uint16]
    since: NDArray[np.int16]
    memory: NDArray[np.void]
    window: NDArray[np.void]
    alive: Flags

    @classmethod
    def of(cls, people: Columns, rows: Ints) -> StateSnapshot:
        """Return a snapshot of some rows."""
        return cls(*(getattr(people, name) for name in cls._fields)).take(rows)

    def take(self, rows: Ints) -> StateSnapshot:
        """Return some rows of the snapshot."""
        # `take` copies a row as it lies, where an index copies it field by field.
        return StateSnapshot(
            self.state.take(rows, axis=1),
            self.since.take(rows, axis=0),
            self.memory.take(rows, axis=0),
            self.window.take(rows, axis=0),
            self.alive.take(rows),
        )

    def restore(self, people: Columns, rows: slice | Ints) -> None:
        """Write the snapshot into some rows."""
        people.state[:, rows] = self.state
        for name, column in zip(self._fields[1:], self[1:], strict=True):
            getattr(people, name)[rows] = column


class StatesBefore(NamedTuple):
    """States of some people, (tracks, people), and whether they were alive, (people,)."""

    state: NDArray[np.uint16]
    alive: Flags


def concatenate(parts: list[StateSnapshot]) -> StateSnapshot:
    """Return several snapshots as one."""
    state, *columns = zip(*parts, strict=True)
    return StateSnapshot(np.concatenate(state, axis=1), *map(np.concatenate, columns))


def reusable_baseline(scenario: Scenario) -> bool:
    """Return whether the affected people can be determined from the baseline alone.

    What is shared among peers may differ for everyone, and a family is treated as a whole. An
    effect that makes everyone in an area more likely to leave a state may affect any of them, who
    without it would have stayed. What is measured is measured of everyone.
    """
    every = scenario.pathway.factors.values()
    factors = [factor for factor in every if not is_switched_off(factor)]
    features = {name for factor in factors for name in (factor.feature or "", *factor.features)}
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
    return not (by_family or raising or shared or scenario.measurements)


def effect_states(compiled: Compiled) -> Flags:
    """Return the states that an effect on areas acts on leaving, bool (states + 1,)."""
    rule, kinds = compiled.tables.transitions, compiled.tables.features.feature["kind"]
    found = np.zeros(len(rule.state), np.bool_)
    everywhere = kinds[rule.reference["feature"]] == NEW_WAY_HERE
    for number, state in enumerate(rule.state):
        for first, last in rule.effects[:, rule.out[state["first"] : state["last"]]].reshape(-1, 2):
            found[number] |= everywhere[first:last].any()
    return found


def target_states(compiled: Compiled) -> Flags:
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
class BaselineWindow:
    """A window of steps that is simulated for the baseline first.

    Attributes:
        first: The first step.
        stop: The step after the last one.
        at_risk: Among whom the affected are: a range of people, who stand in order of birth.
        tracks: The tracks on which a move may make a person affected.
        entries: Whether everyone who becomes a resident may be affected.
    """

    first: int
    stop: int
    at_risk: slice
    tracks: list[int]
    entries: bool


class AffectedPeople:
    """People whom the arms of a scenario can affect, window by window.

    Attributes:
        inferable: Whether they can be inferred from the baseline at all.
    """

    def __init__(self, compiled: Compiled) -> None:
        layout = compiled.tables.layout
        self._area_active = np.asarray(layout.area_active.any(axis=(0, 1)))
        self._prevents_entries = np.asarray((layout.entry_ratio < 1).any(axis=(0, 1)))
        self._target_states, self._effect_states = target_states(compiled), effect_states(compiled)
        self._states = [slice(track["first"], track["last"]) for track in layout.track]
        self.inferable = reusable_baseline(compiled.scenario)

    def window(self, people: Columns, first: int, stop: int, treated: slice) -> BaselineWindow:
        """Return a window of steps; `treated`: who may begin, or be in, treatment in them."""
        active = bool(self._area_active[first:stop].any())
        entries = bool(self._prevents_entries[first:stop].any())
        if active or entries:
            # Everyone who is simulated at any of these steps.
            begin = np.searchsorted(people.person["last"], first)
            treated = slice(int(begin), int(np.searchsorted(people.person["start"], stop)))
        leads = self._target_states | self._effect_states if active else self._target_states
        tracks = [track for track, states in enumerate(self._states) if leads[states].any()]
        return BaselineWindow(first, stop, treated, tracks, entries)

    def whole_run(self, people: int, first: int, stop: int) -> BaselineWindow:
        """Return a window of steps in which those are found whom an arm can ever affect."""
        active = self._area_active.any()
        leads = self._target_states | self._effect_states if active else self._target_states
        tracks = [track for track, states in enumerate(self._states) if leads[states].any()]
        entries = bool(self._prevents_entries.any())
        return BaselineWindow(first, stop, slice(0, people), tracks, entries)

    def covers(self, other: AffectedPeople) -> bool:
        """Return whether nobody is affected by another's arms whom these cannot ever affect.

        Args:
            other: Of a run that may have this one's past: see `has_past_of`.
        """
        mine, theirs = (one.whole_run(0, 0, 0) for one in (self, other))
        asked = other._target_states
        return (
            self.inferable >= other.inferable
            and mine.entries >= theirs.entries
            and set(mine.tracks) >= set(theirs.tracks)
            and bool((self._target_states[: len(asked)] >= asked).all())
        )

    def expected_share(self, people: Columns, window: BaselineWindow) -> float:
        """Return the share of those at risk expected to be affected: as many as in the past."""
        here, past = window.at_risk, 2 * window.first - window.stop
        alive = people.alive[here]
        found = alive & self._reached(people.state[:, here], people.since[here], past, window)
        return float(found.sum() / max(alive.sum(), 1))

    def within(
        self, people: Columns, before: StatesBefore, here: slice, window: BaselineWindow
    ) -> Ints:
        """Return the people whom an arm has affected, or can affect in a window, by number.

        Args:
            people: The columns of everyone, the baseline having been simulated through the window.
            before: The states of `here` before the window.
            here: The people to consider.
            window: The steps.
        """
        person, since = people.person[here], people.since[here]
        new = _window_end(person["start"], window)
        begun = np.maximum(person["start"], window.first)
        state = np.where(new, people.state[:, here], before.state)
        found = (before.alive | new) & self._reached(state, since, begun, window)
        # Who is born and gone meanwhile may have been in any state.
        found |= new & ~people.alive[here]
        if window.entries:
            found |= _window_end(person["arrive"], window)
        numbers = np.arange(here.start, here.stop)
        found &= (numbers >= window.at_risk.start) & (numbers < window.at_risk.stop)
        found |= (people.treated[:, here] | people.diverged[:, here]).any(axis=0)
        return np.asarray(numbers[found])

    def _reached(
        self,
        state: NDArray[np.uint16],
        since: NDArray[np.int16],
        begun: int | NDArray[np.int32],
        window: BaselineWindow,
    ) -> Flags:
        """Return who was in a target state when the window began, or has moved since then."""
        found = np.zeros(len(since), np.bool_)
        for track in window.tracks:
            # Who has not moved has been in one state all the time.
            found |= self._target_states[state[track]] | (since[:, track] > begun)
        return found


def _window_end(steps: NDArray[np.int32], window: BaselineWindow) -> Flags:
    return np.asarray((steps >= window.first) & (steps < window.stop))


def extract(
    compiled: Compiled,
    whole: Columns,
    people: People,
    who: Ints,
    before: StateSnapshot,
) -> Columns:
    """Return columns of some people alone, as they stood before the window just simulated.

    Args:
        compiled: The compiled scenario.
        whole: The columns of everyone.
        people: Those who are extracted.
        who: Their numbers among everyone, in order.
        before: The snapshot of their baseline at that point.
    """
    # What an investment has learned is of all who have begun it.
    part = columns(compiled, people)._replace(learned=whole.learned)
    before.restore(part, slice(part.n))
    for name in ARM_COLUMNS:
        getattr(part, name)[:] = getattr(whole, name)[..., who]
    own, rows = _own_rows(part, whole, who)
    StateSnapshot.of(whole, rows).restore(part, own)
    part.block["affected"] = 1
    request_reindex(part, slice(None))
    return part


def merge_back(part: Columns, whole: Columns, who: Ints) -> None:
    """Write what has become of some people in the arms back into the columns of everyone."""
    own, rows = _own_rows(part, whole, who)
    StateSnapshot.of(part, own).restore(whole, rows)
    for name in ARM_COLUMNS:
        getattr(whole, name)[..., who] = getattr(part, name)
    blocks = who // BLOCK
    whole.block["affected"][blocks[(part.treated | part.diverged).any(axis=0)]] = 1
    request_reindex(whole, blocks)


def list_diverged(people: Columns, listed: NDArray[np.int32]) -> None:
    """List who has diverged, in int32 (blocks, arms, BLOCK + 1); the last: how many."""
    for arm, differs in enumerate(people.diverged):
        who = np.flatnonzero(differs)
        blocks = who // BLOCK
        listed[:, arm, BLOCK] = np.bincount(blocks, minlength=len(listed))
        listed[blocks, arm, np.arange(len(who)) - np.searchsorted(blocks, blocks)] = who


def baseline_columns(people: Columns) -> Columns:
    """Return the same columns, as if there were no arms."""
    return people._replace(**{name: getattr(people, name)[:0] for name in ARM_COLUMNS})


def request_reindex(people: Columns, blocks: slice | Ints) -> None:
    """Have the living indexed anew when the next four steps are drawn for."""
    people.block["left"][blocks] = BLOCK


def _own_rows(part: Columns, whole: Columns, who: Ints) -> tuple[Ints, Ints]:
    """Return the rows that people have of their own in arms, in `part` and in the whole."""
    arm, number = np.nonzero(part.diverged)
    return (arm + 1) * part.n + number, (arm + 1) * whole.n + who[number]
