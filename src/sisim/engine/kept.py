"""A run that is kept, so that other versions of its arms cost only the people they can touch.

By law L4 an arm differs from `without` only for people whom an investment can reach: those who are
ever in its target group, those who leave a state that it has an effect on in their area, and those
whose entry it may prevent. Their lives without the investment are known from the run that is kept.
So each is taken up shortly before the first moment that can matter to them, and let go after the
last one if by then nothing has come out differently.
"""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from sisim.engine import kernel
from sisim.engine.bounds import Bounds
from sisim.engine.compile import compile_scenario, with_arms
from sisim.engine.draws import QUAD
from sisim.engine.enrolment import in_a_target_group
from sisim.engine.result import Result
from sisim.engine.run import Progress, Simulation, Tally, columns
from sisim.engine.simulate import replication
from sisim.engine.tables import NEVER, NEW_WAY_HERE, Compiled
from sisim.scenario.scenario import Scenario

HEADROOM = 2.0
"""How much stronger effects may become before the bounds on leaving are worked out anew."""
LATER = np.iinfo(np.int32).max
S = TypeVar("S", int, NDArray[np.int32])


def keepable(scenario: Scenario) -> bool:
    """Return whether an arm can only touch people who can be told beforehand.

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


class Kept:
    """A run of a scenario, and what is needed to try other versions of its arms.

    Args:
        scenario: What to simulate in full; it must be keepable.
        seed: The seed of every draw.
        threads: Threads to use for the whole run; the results do not depend on it.
        progress: Called with the steps done and the steps in all.

    Attributes:
        result: What it counted, one replication.
        touchable: The people whom its arms can touch, by number, int64 (touchable,).
    """

    def __init__(
        self,
        scenario: Scenario,
        seed: int,
        *,
        threads: int | None = None,
        progress: Progress | None = None,
    ) -> None:
        self._compiled = compiled = compile_scenario(scenario)
        assert keepable(scenario)
        self._begin = max(_first_active(compiled) - self._past(_first_active(compiled)), 0)
        run = Simulation(compiled, seed, threads=threads)
        run.advance(self._begin)
        first, last = self._finish(run, progress)
        self.result = Result(compiled, (replication(run),))
        self.touchable = np.flatnonzero(last >= 0)
        self._who = run.people.only(self.touchable)
        joins = first[self.touchable]
        self._joins = np.maximum(joins - self._past(joins), self._begin)
        self._last = last[self.touchable]
        self._columns = columns(compiled, self._who)
        self._bounds = Bounds(compiled, self._who, HEADROOM)
        self._take_lives(seed)

    def again(self, scenario: Scenario) -> Result:
        """Return what comes of another version of the arms: to the bit what a full run gives.

        Args:
            scenario: Like the one kept in all that has a bearing on the arm `without`, with the
                same arms of the same investments on the same target groups, none of them beginning
                earlier; it must be keepable, too.
        """
        assert keepable(scenario)
        own = self.result.replications[0]
        run = self.run(scenario)
        part = replication(run)
        tally = Tally(
            *(
                np.concatenate([whole[:1], whole[:1] + (new[1:] - new[:1])])
                for whole, new in zip(_arrays(own.tally), _arrays(part.tally), strict=True)
            )
        )
        for one in part.enrolments:
            one.person = int(self.touchable[one.person])
        return Result(run.compiled, (replace(part, tally=tally),))

    def run(self, scenario: Scenario) -> Simulation:
        """Return another version of the arms, as a run of the touchable people alone.

        Its columns are those of the next version, too: whoever asks for that has done with this.
        """
        compiled = with_arms(self._compiled, scenario)
        people = self._columns
        people.alive[:] = False
        people.state[:] = compiled.tables.layout.gone
        people.differs[:] = False
        people.touched[:] = False
        people.place["start"] = people.place["end"] = NEVER
        people.drawn["moment"] = NEVER
        people.block["living"] = people.block["left"] = people.block["met"] = 0
        run = Simulation(
            compiled,
            self.result.replications[0].seed,
            threads=1,  # so few people are not worth sharing out
            only=self._who,
            among=people,
            bounds=self._bounds_of(compiled),
        )
        run.step = self._begin
        while run.step < compiled.clock.end:
            self._let_go(run.step)
            self._take_up(run.step)
            run.advance(QUAD - self._past(run.step))
        return run

    # ------------------------------------------------------------------------ who can be touched

    def _finish(
        self, run: Simulation, progress: Progress | None
    ) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Run to the end; return when each can first and last be touched (LATER, -1: never)."""
        compiled, end = self._compiled, self._compiled.clock.end
        exposed, entry = _exposed(compiled)
        first = np.full(len(run.people), LATER, np.int32)
        last = np.full(len(run.people), -1, np.int32)
        run.logging = True
        if entry:
            arrive = run.people.arrive
            coming = (arrive >= run.step) & (arrive <= end)
            first[coming] = last[coming] = np.minimum(arrive[coming], end - 1)
        while run.step < end:
            step = run.step
            run.begin()
            found: list[NDArray[np.integer]] = [in_a_target_group(compiled, run.columns, step)]
            run.finish()
            moves = run.drain()
            found.append(moves["row"][exposed[moves["origin"]] & (moves["row"] < len(first))])
            for people in found:
                first[people] = np.minimum(first[people], step)
                last[people] = np.maximum(last[people], step)
            if progress is not None:
                progress(run.step, end)
        return first, last

    def _take_lives(self, seed: int) -> None:
        """Keep the life of each as it is when they are taken up."""
        bare = compile_scenario(self._compiled.scenario.model_copy(update={"arms": {}}))
        run = Simulation(bare, seed, threads=1, only=self._who)
        people = run.columns
        names = ("state", "since", "memory", "window", "alive")
        self._lives = {name: np.empty_like(getattr(people, name)) for name in names}
        run.advance(self._begin)
        while run.step < bare.clock.end:
            now = self._joins == run.step
            for name, kept in self._lives.items():
                where = (slice(None), now) if name == "state" else now
                kept[where] = getattr(people, name)[where]
            run.advance(QUAD - self._past(run.step))

    def _take_up(self, step: int) -> None:
        people, now = self._columns, np.flatnonzero(self._joins == step)
        people.block["left"][now // kernel.BLOCK] = kernel.BLOCK  # those who join need places
        for name, kept in self._lives.items():
            where = (slice(None), now) if name == "state" else now
            getattr(people, name)[where] = kept[where]

    def _let_go(self, step: int) -> None:
        """Forget who was born but cannot yet be touched, and who can no longer be."""
        people, n = self._columns, len(self._who)
        met = people.touched.any(axis=0) | people.differs.any(axis=0)
        away = people.alive[:n] & ((self._joins > step) | ((self._last < step) & ~met))
        people.alive[:n][away] = False
        blocks = np.flatnonzero(away) // kernel.BLOCK
        people.block["left"] += np.bincount(blocks, minlength=len(people.block))
        people.state[:, :n][:, away] = self._compiled.tables.layout.gone

    # ------------------------------------------------------------------------ parts

    def _past(self, step: S) -> S:
        """Return for how many steps the draws in use at `step` have been in use."""
        return (self._compiled.clock.first_moment + step) % QUAD

    def _bounds_of(self, compiled: Compiled) -> Bounds:
        if not self._bounds.hold_for(compiled):
            self._bounds = Bounds(compiled, self._who, HEADROOM)
        return self._bounds


def _first_active(compiled: Compiled) -> int:
    """Return the first step at which an investment may act, at the latest the scenario's start."""
    starts = (compiled.clock.at(one.start) for one in compiled.scenario.investments.values())
    return min(compiled.clock.start, *starts)


def _exposed(compiled: Compiled) -> tuple[NDArray[np.bool_], bool]:
    """Return the states that an effect on areas lets people leave, and if any acts on entries."""
    rule, kinds = compiled.tables.rule, compiled.tables.sight.feature["kind"]
    found = np.zeros(len(rule.state), np.bool_)
    everywhere = kinds[rule.reference["feature"]] == NEW_WAY_HERE
    for number, state in enumerate(rule.state):
        for first, last in rule.effects[:, rule.out[state["first"] : state["last"]]].reshape(-1, 2):
            found[number] |= everywhere[first:last].any()
    effects = (e for one in compiled.scenario.investments.values() for e in one.effects)
    return found, any("entry" in effect.on for effect in effects)


def _arrays(tally: Tally) -> list[NDArray[np.number]]:
    return [getattr(tally, field.name) for field in fields(tally)]
