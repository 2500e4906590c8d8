"""Reruns of the arms of a scenario: only people whom they can affect are simulated again.

The baseline is reused (see `affected`). A person joins the rerun shortly before the first moment at
which an arm can affect them, and leaves it after the last one if by then nothing has diverged.
"""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
from numpy.typing import NDArray

from sisim.arrays import Ints
from sisim.engine.affected import (
    AffectedPeople,
    StatesBefore,
    StateSnapshot,
    effect_states,
    request_reindex,
    reusable_baseline,
)
from sisim.engine.bounds import StateBounds
from sisim.engine.columns import columns
from sisim.engine.compile import compile_scenario, with_arms
from sisim.engine.counts import Result
from sisim.engine.draws import QUAD
from sisim.engine.enrolment import in_a_target_group
from sisim.engine.replications import replication
from sisim.engine.simulation import STRIDE, Progress, Simulation, Tally
from sisim.engine.tables import BLOCK, NEVER, Compiled
from sisim.engine.warm_up import warmed_up
from sisim.scenario.scenario import Scenario

HEADROOM = 2.0
"""How much stronger effects may become before the bounds on leaving are worked out anew."""
LATER = np.iinfo(np.int32).max


class ArmRerun:
    """A run of a scenario, and what is needed to simulate other versions of its arms.

    Args:
        scenario: What to simulate in full; its baseline must be reusable.
        seed: The seed of every draw.
        threads: Threads to use for the whole run; the results do not depend on it.
        kept: Whether it goes on from what is on disk of its warm-up, or is kept there: see
            `sisim.engine.warm_up`.
        progress: Called with the steps done and the steps in all.

    Attributes:
        result: What it counted, one replication.
        affected: The people whom its arms can affect, by number, int64 (affected,).
    """

    def __init__(
        self,
        scenario: Scenario,
        seed: int,
        *,
        threads: int | None = None,
        kept: bool = False,
        progress: Progress | None = None,
    ) -> None:
        self._compiled = compiled = compile_scenario(scenario)
        assert reusable_baseline(scenario)
        run = warmed_up(compiled, seed, threads=threads, kept=kept, progress=progress)
        self._begin = run.step
        first, last = self._finish(run, progress)
        self.result = Result(compiled, (replication(run),))
        self.affected = np.flatnonzero(last >= 0)
        self._who = run.people.only(self.affected)
        joins = first[self.affected]
        self._joins = np.maximum(joins - compiled.clock.lane(joins), self._begin)
        self._last = last[self.affected]
        self._columns = columns(compiled, self._who)
        self._bounds = StateBounds(compiled, self._who, HEADROOM)
        self._snapshots: dict[int, tuple[Ints, StateSnapshot]] = {}
        self._take_snapshots(seed)

    def rerun(self, scenario: Scenario) -> Result:
        """Return what comes of another version of the arms: to the bit what a full run gives.

        Args:
            scenario: Like the one run in all that has a bearing on the arm `without`, with the
                same arms of the same investments on the same target groups, none of them beginning
                earlier; its baseline must be reusable, too.
        """
        assert reusable_baseline(scenario)
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
            one.person = int(self.affected[one.person])
        return Result(run.compiled, (replace(part, tally=tally),))

    def run(self, scenario: Scenario) -> Simulation:
        """Return another version of the arms, as a run of the affected people alone.

        Its columns are those of the next version, too: whoever asks for that has done with this.
        """
        compiled = with_arms(self._compiled, scenario)
        people = self._columns
        people.alive[:] = False
        people.state[:] = compiled.tables.layout.gone
        people.diverged[:] = False
        people.treated[:] = False
        people.treatment["start"] = people.treatment["end"] = NEVER
        people.learned[:] = 1.0
        people.drawn["moment"] = NEVER
        people.block["living"] = people.block["left"] = people.block["affected"] = 0
        run = Simulation(
            compiled,
            self.result.replications[0].seed,
            threads=1,  # so few people are not worth sharing out
            only=self._who,
            prepared=(people, self._bounds_of(compiled)),
        )
        run.step = self._begin
        while run.step < compiled.clock.end:
            self._drop(run.step)
            self._join(run.step)
            run.advance(QUAD - self._compiled.clock.lane(run.step))
        return run

    # ------------------------------------------------------------------------ who can be affected

    def _finish(
        self, run: Simulation, progress: Progress | None
    ) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Run to the end; return when each can first and last be affected (LATER, -1: never)."""
        compiled, end = self._compiled, self._compiled.clock.end
        in_effect = effect_states(compiled)
        first = np.full(len(run.people), LATER, np.int32)
        last = np.full(len(run.people), -1, np.int32)
        run.logging = True
        effects = (e for one in compiled.scenario.investments.values() for e in one.effects)
        if any("entry" in effect.on for effect in effects):
            arrive = run.people.arrive
            coming = (arrive >= run.step) & (arrive <= end)
            first[coming] = last[coming] = np.minimum(arrive[coming], end - 1)
        while run.step < end:
            step = run.step
            run.begin()
            found: list[NDArray[np.integer]] = [in_a_target_group(compiled, run.columns, step)]
            run.finish()
            moves = run.drain()
            found.append(moves["row"][in_effect[moves["origin"]] & (moves["row"] < len(first))])
            for people in found:
                first[people] = np.minimum(first[people], step)
                last[people] = np.maximum(last[people], step)
            if progress is not None:
                progress(run.step, end)
        return first, last

    def _take_snapshots(self, seed: int) -> None:
        """Take a snapshot of each as they join the rerun."""
        bare = compile_scenario(self._compiled.scenario.model_copy(update={"arms": {}}))
        run = Simulation(bare, seed, threads=1, only=self._who)
        run.advance(self._begin)
        while run.step < bare.clock.end:
            now = np.flatnonzero(self._joins == run.step)
            self._snapshots[run.step] = now, StateSnapshot.of(run.columns, now)
            run.advance(QUAD - bare.clock.lane(run.step))

    def _join(self, step: int) -> None:
        now, snapshot = self._snapshots[step]
        snapshot.restore(self._columns, now)
        request_reindex(self._columns, now // BLOCK)

    def _drop(self, step: int) -> None:
        """Drop who was born but cannot yet be affected, and who can no longer be."""
        people, n = self._columns, len(self._who)
        affected = people.treated.any(axis=0) | people.diverged.any(axis=0)
        away = people.alive[:n] & ((self._joins > step) | ((self._last < step) & ~affected))
        people.alive[:n][away] = False
        blocks = np.flatnonzero(away) // BLOCK
        people.block["left"] += np.bincount(blocks, minlength=len(people.block))
        people.state[:, :n][:, away] = self._compiled.tables.layout.gone

    # ------------------------------------------------------------------------ parts

    def _bounds_of(self, compiled: Compiled) -> StateBounds:
        if not self._bounds.hold_for(compiled):
            self._bounds = StateBounds(compiled, self._who, HEADROOM)
        return self._bounds


def run_without(compiled: Compiled, seed: int, affected: AffectedPeople) -> tuple[Simulation, Ints]:
    """Run a scenario to its end with nothing invested, and find whom its arms can affect.

    The others have the same life in every arm (law L4), so that a run of these people alone, with
    the arms, is to the bit a part of the run of everyone.

    Args:
        compiled: The tables of a scenario without arms.
        seed: The seed of every draw.
        affected: Of the same scenario with its arms.

    Returns:
        The run, and the people, by number.
    """
    run = Simulation(compiled, seed, threads=1)
    n, end = len(run.people), compiled.clock.end
    found = np.full(n, not affected.inferable)
    while run.step < end:
        first = run.step
        before = None
        if not found.all():
            before = StatesBefore(run.columns.state.copy(), run.columns.alive.copy())
        run.advance(min(STRIDE - compiled.clock.lane(first), end - first))
        if before is not None:
            # Who comes as the run ends is counted, and may be kept from coming.
            window = affected.whole_run(n, first, run.step + (run.step == end))
            found[affected.within(run.columns, before, slice(0, n), window)] = True
    return run, np.flatnonzero(found)


def _arrays(tally: Tally) -> list[NDArray[np.number]]:
    return [getattr(tally, field.name) for field in fields(tally)]
