"""Running a scenario: all arms in one pass, block by block, month by month."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from copy import copy
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sisim.arrays import Flags, Floats, Ints
from sisim.engine import kernel
from sisim.engine import tables as tb
from sisim.engine.affected import (
    AffectedPeople,
    BaselineWindow,
    StatesBefore,
    StateSnapshot,
    baseline_columns,
    concatenate,
    extract,
    list_diverged,
    merge_back,
    request_reindex,
)
from sisim.engine.bounds import StateBounds
from sisim.engine.columns import (
    COUNTED,
    columns,
    copy_baseline,
    copy_first,
    empty_counts,
    lists_of_draws,
    work_space,
)
from sisim.engine.draws import seed_key
from sisim.engine.enrolment import Enrolment, Enrolments
from sisim.engine.measurements import Measurements
from sisim.engine.population import People, people
from sisim.engine.tables import (
    BLOCK,
    NEVER,
    PER_MILLE,
    Columns,
    Compiled,
    LeavingBounds,
    ThreadCounts,
)
from sisim.portable import usable_cores

STRIDE = 48
"""Steps that a block of people is taken through at a time, what it needs staying in the cache."""
MIN_WINDOW, MAX_AFFECTED = 12, 0.25
"""Fewest steps, and greatest share affected, with which a baseline-first window pays."""
PARTS = 8
"""Parts of the blocks for each thread, in a stride."""

Progress = Callable[[int, int], None]
"""Called with (steps done, steps in all)."""


@dataclass(frozen=True)
class Tally:
    """What one run has counted, by arm (0 is `without`), record, cell and kind.

    Record r of `stock` is the start of the r:th counted step, the last one the end of the run.
    `left` are those who leave to go on in the tail's pathway, (arms, records, ways, years of age,
    combinations): see `engine.compile.leaver_tables`. Those at the end of the run are left there.
    """

    stock: NDArray[np.int32]
    event: NDArray[np.int32]
    entry: NDArray[np.int32]
    arrivals: NDArray[np.int32]
    use: Floats
    left: NDArray[np.int32] = field(default_factory=lambda: np.zeros((1, 1, 0, 0, 0), np.int32))


@dataclass(frozen=True)
class OwnDecisions:
    """Decisions of people who decide for themselves in a step.

    Attributes:
        decides: Whose moves the rule does not make, bool (people,).
        moves: Their own moves: person, track, transition and new state, by number.
    """

    decides: Flags
    moves: list[tuple[int, int, int, int]]


class Simulation:
    """The state of a run: advance it by steps, then read its tally.

    Args:
        compiled: The compiled scenario.
        seed: The seed of every draw.
        threads: Threads to use; the results do not depend on it.
        only: Simulate these people alone.
        prepared: Their columns and the bounds on leaving, if already made.
        recorded_shares: The shares among peers, by step, of the run that they are replayed from.
        recorded_enrolments: Their treatments in that run.
        logging: Keep every move, for histories.
    """

    def __init__(
        self,
        compiled: Compiled,
        seed: int,
        *,
        threads: int | None = None,
        only: People | None = None,
        prepared: tuple[Columns, StateBounds] | None = None,
        recorded_shares: Sequence[NDArray[np.int32]] = (),
        recorded_enrolments: list[Enrolment] | None = None,
        logging: bool = False,
    ) -> None:
        self.compiled = compiled
        self.seed = seed
        self.step = 0
        self.threads = threads or usable_cores()
        self.logging = logging
        self.people = people(compiled.scenario, compiled.clock, seed) if only is None else only
        self.key = seed_key(seed)
        if prepared is None:
            prepared = columns(compiled, self.people), StateBounds(compiled, self.people)
        self.columns, self._bounds = prepared
        self._blocks = np.arange(-(-len(self.people) // BLOCK))
        own = np.zeros((len(self._blocks), len(compiled.arms), BLOCK + 1), np.int32)
        self._counts = [empty_counts(compiled) for _ in range(self.threads)]
        self._window_counts: list[ThreadCounts] = []
        self._scratch = [work_space(compiled, own) for _ in range(self.threads)]
        self._lists = [lists_of_draws(compiled, BLOCK) for _ in range(self.threads)]
        self._log: list[NDArray[np.void]] = []
        self.enrolments = Enrolments(compiled, self.people, self.key, recorded_enrolments)
        self.measurements = Measurements(compiled, self.people, self.key)
        self._recorded_shares = recorded_shares
        self._repeats = recorded_enrolments is not None
        self.shares: list[NDArray[np.int32]] = []

    def advance(self, steps: int = 1) -> None:
        """Advance by a number of steps."""
        last = min(self.step + steps, self.compiled.clock.end)
        if self.step >= last:
            return
        while self.step < last:
            stop = self._window_end(last)
            window = self._next_window(stop)
            if window is None:
                self._advance_all(stop)
            else:
                self._advance_affected(window)
        if self.step == self.compiled.clock.end:
            self._count_end()

    def _advance_all(self, stop: int) -> None:
        """Take everyone as far as nothing is shared, at most to a step; or through one step."""
        shared = self._is_synchronous(self.step)
        if shared:
            self.begin()
            stop = self.step + 1
        else:
            stop = next((s for s in range(self.step + 1, stop) if self._is_synchronous(s)), stop)
        self._run(self._blocks, stop, begun=shared)
        self.step = stop

    def _is_synchronous(self, step: int) -> bool:
        """Return whether people share something at this step, so that it is simulated by itself."""
        measured = self.measurements.due(step)
        return measured or bool(self.compiled.shares) or self.enrolments.active(step)

    def _window_end(self, last: int) -> int:
        # A log of more steps takes much room.
        stop = min(self.step + (4 if self.logging else STRIDE), last)
        # What is measured is measured of everyone, at a step that begins for all.
        stop = (
            self.step + 1
            if self.measurements.due(self.step)
            else self.measurements.next_due(self.step, stop)
        )
        # Draws are made for four steps at a time, and those who are alive are listed then.
        over = self.compiled.clock.lane(stop)
        return stop - over if stop - over > self.step else stop

    def _next_window(self, stop: int) -> BaselineWindow | None:
        """Return the window until `stop`, if simulating its baseline first is possible and pays."""
        if (
            self.logging
            or self._repeats
            or stop - self.step < MIN_WINDOW
            or self.compiled.clock.lane(self.step)
            or self.compiled.clock.lane(stop)
            or not any(self._is_synchronous(step) for step in range(self.step, stop))
            or not self._affected.inferable
        ):
            return None
        treated = self.enrolments.concerned(self.step, stop)
        window = self._affected.window(self.columns, self.step, stop, treated)
        return (
            window if self._affected.expected_share(self.columns, window) <= MAX_AFFECTED else None
        )

    @cached_property
    def _affected(self) -> AffectedPeople:
        return AffectedPeople(self.compiled)

    def _advance_affected(self, window: BaselineWindow) -> None:
        """Simulate the baseline of everyone, then the arms of those whom they can affect.

        Only these can come out differently (law L4), and only they go step by step.
        """
        near = np.zeros(len(self._blocks), np.bool_)
        near[window.at_risk.start // BLOCK : -(-window.at_risk.stop // BLOCK)] = True
        who, before = self._simulate_baseline(self._blocks[near], window)
        # While one thread goes step by step the others are busy with the rest.
        rest = self._work(self._blocks[~near], window.stop)
        others = [_pool().submit(rest, thread) for thread in range(1, self.threads)]
        part = self._extract(who, before)
        part.threads = self.threads if near.all() else 1
        while part.step < window.stop:
            part._advance_all(window.stop)
        merge_back(part.columns, self.columns, who)
        list_diverged(self.columns, self._scratch[0].diverged)
        self.enrolments.take_back(part.enrolments, who)
        rest(0)
        _wait_for(others)
        self.step = window.stop

    def _simulate_baseline(
        self, blocks: Ints, window: BaselineWindow
    ) -> tuple[Ints, StateSnapshot]:
        """Simulate the baseline of blocks; return who can be affected, and snapshots before it."""
        first, stop, bare = window.first, window.stop, baseline_columns(self.columns)
        bounds = self._bounds.between(first, stop, baseline=True)
        found: list[tuple[Ints, StateSnapshot]] = []

        def take(block: Ints, thread: int) -> None:
            here = slice(int(block[0]) * BLOCK, min((int(block[0]) + 1) * BLOCK, bare.n))
            before = StateSnapshot.of(bare, np.arange(here.start, here.stop))
            self._run_blocks(block, first, stop, bounds, thread, of=bare)
            seen = StatesBefore(before.state, before.alive)
            who = self._affected.within(self.columns, seen, here, window)
            found.append((who, before.take(who - here.start)))

        # Block by block, for what each remembers takes much room.
        self._do(_shared_out(np.split(blocks, len(blocks)), take), most=len(blocks))
        found.sort(key=lambda one: one[0][:1].tolist())
        who = np.concatenate([who for who, _ in found])
        return who, concatenate([before for _, before in found])

    def going_on_with(self, compiled: Compiled) -> Simulation:
        """Return a run that goes on from here with other investments, in the same world so far.

        This run is left as it is. What it has logged stays with it: the new one logs what follows.

        Args:
            compiled: A scenario that differs from this run's in its investments alone; what these
                bring with them may be missing.

        Raises:
            ValueError: If an investment has begun, or what is remembered of people differs.
        """
        if not has_past_of(compiled, self.compiled):
            raise ValueError("what is remembered of people is not the same")
        if self.enrolments.any_active(self.step) or self.columns.diverged.any():
            raise ValueError("an investment has begun: the runs have no common past")
        if any(self.measurements.due(step) for step in range(self.step)):
            raise ValueError("what has been measured would be lost")
        own = columns(compiled, self.people)
        run = Simulation(
            compiled,
            self.seed,
            threads=self.threads,
            only=self.people,
            prepared=(own, StateBounds(compiled, self.people)),
            logging=self.logging,
        )
        copy_baseline(self.columns, own)
        # Who is not there has a number after those of the states.
        here, there = compiled.tables.layout.gone, self.compiled.tables.layout.gone
        baseline = own.state[:, : own.n]
        baseline[baseline == there] = here
        for mine, theirs in zip(run._counts, self._counts, strict=True):
            for name in COUNTED:
                copy_first(getattr(theirs, name), getattr(mine, name))
        run.shares, run.step = list(self.shares), self.step
        return run

    def counted_without(self) -> dict[str, NDArray[Any]]:
        """Return what has been counted in the arm `without`, by name in `COUNTED`."""
        return {name: sum(getattr(counts, name)[0] for counts in self._counts) for name in COUNTED}

    def go_on_from(
        self,
        step: int,
        who: Ints,
        people: StateSnapshot,
        counted: Mapping[str, NDArray[Any]],
        shares: NDArray[np.int32],
    ) -> None:
        """Go on, before anything is simulated, from where another run has come without any arm.

        Args:
            step: The step it has come to, the first of four that are drawn for together.
            who: Those who live then, by number, (alive,).
            people: What is known of them.
            counted: What has been counted: the first records of each count.
            shares: The shares among peers of every step before, (steps, shares, groups of peers).
        """
        people.restore(self.columns, who)
        request_reindex(self.columns, slice(None))
        for name, array in counted.items():
            getattr(self._counts[0], name)[0, : len(array)] = array
        arms = len(self.columns.share)
        self.shares = [np.repeat(one[None], arms, axis=0) for one in shares]
        self.step = step

    def _extract(self, who: Ints, before: StateSnapshot) -> Simulation:
        """Return the same run, of some of its people alone, as they stood before."""
        part = copy(self)
        part.people = self.people.only(who)
        part.columns = extract(self.compiled, self.columns, part.people, who, before)
        part._blocks = np.arange(-(-len(who) // BLOCK))
        own = np.zeros((len(part._blocks), *self._scratch[0].diverged.shape[1:]), np.int32)
        list_diverged(part.columns, own)
        part._scratch = [scratch._replace(diverged=own) for scratch in self._scratch]
        self._window_counts = self._window_counts or [
            empty_counts(self.compiled) for _ in range(self.threads)
        ]
        part._counts = self._window_counts
        part.enrolments = self.enrolments.among(who)
        return part

    def begin(self) -> None:
        """Begin a step: births, arrivals, shares among peers, places given; nobody moves yet."""
        self._begin_blocks()
        if self.compiled.shares:
            self._share()
        self.enrolments.step(self.step, self.columns)
        if self.measurements.due(self.step):
            self.measurements.step(self.step, self.columns)

    def finish(self, own: OwnDecisions | None = None) -> None:
        """Finish a step that has begun: everybody decides from the snapshot, then moves.

        Args:
            own: People who decide for themselves, in the arm without; nobody if None.
        """
        if own is None:
            self._run(self._blocks, self.step + 1, begun=True)
        else:
            self._finish_with(own)
        self.step += 1
        if self.step == self.compiled.clock.end:
            self._count_end()

    def _finish_with(self, own: OwnDecisions) -> None:
        tables, columns, step = self.compiled.tables, self.columns, self.step
        if self.logging:
            self._make_room(0, 1)
        bounds = self._bounds.between(step, step + 1)
        counts, scratch, arms = self._counts[0], self._scratch[0], len(self.compiled.arms)
        moment = tables.layout.first_step + step
        work = scratch.work
        for block in range(len(scratch.diverged)):
            low, high = block * BLOCK, min((block + 1) * BLOCK, columns.n)
            if step >= tables.layout.history and len(tables.layout.use):
                kernel.count_uses(
                    tables.transitions,
                    tables.features,
                    tables.layout,
                    columns,
                    counts,
                    low,
                    high,
                    step,
                )
            listed = scratch.diverged[block]
            n, shared = kernel.list_at_risk(
                tables.layout,
                columns,
                bounds,
                scratch,
                listed,
                arms,
                block,
                low,
                high,
                step,
                0,
                self.key,
            )
            kernel.decide_all(
                tables.transitions,
                tables.features,
                columns,
                tables.layout.track,
                scratch,
                n,
                shared,
                arms,
                step,
                moment,
                self.key,
            )
            silent = (work["arm"][:n] == 0) & own.decides[work["person"][:n]]
            work["transition"][:n][silent] = tb.STAYS
            for person, track, transition, to in own.moves:
                if low <= person < high:
                    here = columns.state[track, person]
                    work[n] = (person, person, 0, track, here, 0, transition, to)
                    n += 1
            read = tables.transitions, tables.features, tables.layout
            kernel.move_all(*read, columns, counts, scratch, n, n, arms, step, self.logging)
        # Who has moved against the rule may not be listed where they now are: draw and list anew.
        columns.drawn["moment"] = NEVER

    def _begin_blocks(self) -> None:
        """Make the births and arrivals of a step."""
        kernel.begin_blocks(
            self.compiled.tables.transitions,
            self.compiled.tables.features,
            self.compiled.tables.layout,
            self.columns,
            self._counts[0],
            self._blocks,
            self.step,
            self.key,
        )

    def _run(self, blocks: Ints, stop: int, *, begun: bool = False) -> None:
        """Take some blocks of people from this step to another; `begun`: this step has begun."""
        self._do(self._work(blocks, stop, begun=begun), most=len(blocks))

    def _do(self, work: Callable[[int], None], most: int) -> None:
        """Have work done by all threads, or by as many as there is work for."""
        others = [_pool().submit(work, thread) for thread in range(1, min(self.threads, most))]
        work(0)
        _wait_for(others)

    def _work(self, blocks: Ints, stop: int, *, begun: bool = False) -> Callable[[int], None]:
        """Return what each thread does, given its number, to take blocks to a step."""
        first, bounds = self.step, self._bounds.between(self.step, stop)
        count = min(self.threads * PARTS if self.threads > 1 else 1, len(blocks))

        def take(part: Ints, thread: int) -> None:
            self._run_blocks(part, first, stop, bounds, thread, begun=begun)

        return _shared_out([np.ascontiguousarray(blocks[n::count]) for n in range(count)], take)

    def _run_blocks(
        self,
        blocks: Ints,
        first: int,
        stop: int,
        bounds: LeavingBounds,
        thread: int,
        *,
        begun: bool = False,
        of: Columns | None = None,
    ) -> None:
        """Take blocks, of the run's columns or of others, from one step to another in a thread."""
        if self.logging:
            self._make_room(thread, stop - first)
        people = self.columns if of is None else of
        clock = self.compiled.clock
        if not begun and clock.lane(first) == 0 and (clock.lane(stop) == 0 or stop == clock.end):
            # What is drawn for four steps is done with before the next block: a list for all.
            people = people._replace(**self._lists[thread])
        kernel.run_blocks(
            self.compiled.tables.transitions,
            self.compiled.tables.features,
            self.compiled.tables.layout,
            people,
            bounds,
            self._counts[thread],
            self._scratch[thread],
            blocks,
            first,
            stop,
            begun,
            self.key,
            self.logging,
        )

    def _make_room(self, thread: int, steps: int) -> None:
        counts = self._counts[thread]
        used = int(counts.log_size[0])
        if used:
            self._log.append(counts.log[:used].copy())
            counts.log_size[0] = 0
        most = len(self.people) * len(self.compiled.tracks) * steps * (1 + len(self.compiled.arms))
        if len(counts.log) < most:
            self._counts[thread] = counts._replace(log=np.empty(most, tb.LogRow))

    def _share(self) -> None:
        """Work out the share of peers in each shared group, in every arm."""
        columns = self.columns
        if self._recorded_shares is not None and len(self._recorded_shares):
            columns.share[:] = self._recorded_shares[self.step][..., : columns.share.shape[2]]
        else:
            layout = self.compiled.tables.layout
            groups = [self.compiled.groups.index(group) for group, _ in self.compiled.shares]
            counts = np.zeros((*columns.share.shape, 2), np.int64)
            kernel.count_peers(
                layout.member[groups],
                layout.group_track[groups],
                columns.n,
                columns.person,
                columns.state,
                columns.alive,
                columns.peers,
                columns.diverged,
                self.step,
                counts,
            )
            counts[1:] += counts[:1]
            columns.share[:] = counts[..., 0] * PER_MILLE // np.maximum(counts[..., 1], 1)
        self.shares.append(columns.share.copy())
        columns.share_diverged[:] = (columns.share[1:] != columns.share[:1]).any(axis=(1, 2))

    def _count_end(self) -> None:
        """Count what depends on history at the last point, as the stocks are counted there."""
        tables = self.compiled.tables
        self._begin_blocks()
        if self.compiled.shares:
            self._share()
        if len(tables.layout.use):
            kernel.count_uses(
                tables.transitions,
                tables.features,
                tables.layout,
                self.columns,
                self._counts[0],
                0,
                len(self.people),
                self.step,
            )
        if self._counts[0].left.size:
            kernel.count_remaining(
                tables.transitions,
                tables.features,
                tables.layout,
                self.columns,
                self._counts[0],
                self.step,
            )
        self.enrolments.count_end(self.step, self.columns)

    def tally(self) -> Tally:
        """Return the counts so far, every arm in full."""

        def total(name: str) -> NDArray[np.int32]:
            parts = [getattr(counts, name) for counts in self._counts]
            whole = parts[0].copy()
            for part in parts[1:]:
                whole += part
            for counts in self._window_counts:
                # Without any arm, those taken apart are counted among the others.
                whole[1:] += getattr(counts, name)[1:]
            whole[1:] += whole[:1]
            return np.asarray(whole)

        return Tally(
            stock=np.cumsum(total("stock"), axis=1, dtype=np.int32),
            event=total("event"),
            entry=total("entry"),
            arrivals=total("arrivals"),
            use=total("use") / tb.FIXED_POINT,
            left=total("left"),
        )

    def log(self) -> NDArray[np.void]:
        """Return every move so far: row, step from which it holds, states left and entered."""
        moves = self.drain()
        self._log.append(moves)
        return moves[np.lexsort((moves["origin"], moves["step"], moves["row"]))]

    def drain(self) -> NDArray[np.void]:
        """Return the moves since this was last asked, in no order, and forget them."""
        moves = np.concatenate([*self._log, *(c.log[: int(c.log_size[0])] for c in self._counts)])
        self._log.clear()
        for counts in self._counts:
            counts.log_size[0] = 0
        return moves


def has_past_of(compiled: Compiled, other: Compiled) -> bool:
    """Return whether a scenario's people are those of another one before any investment.

    What investments bring with them comes last on each list, and may be missing.
    """
    same = compiled.clock == other.clock and compiled.windows == other.windows
    for name in ("arms", "investments", "areas", "shares", "uses"):
        same &= getattr(compiled, name) == getattr(other, name)
    for name in ("tracks", "states", "groups", "transitions"):
        mine, theirs = getattr(compiled, name), getattr(other, name)
        same &= mine == theirs[: len(mine)]
    return bool(same)


@cache
def _pool() -> ThreadPoolExecutor:
    """Return the threads that every run of this process shares, beside those that call."""
    return ThreadPoolExecutor(usable_cores(), thread_name_prefix="sisim")


def _shared_out(parts: list[Ints], take: Callable[[Ints, int], None]) -> Callable[[int], None]:
    """Return what each thread does, given its number, to have all parts taken.

    It takes the next part when it has done one, so that none waits long for another.
    """
    left = iter(parts)

    def work(thread: int) -> None:
        for part in left:
            take(part, thread)

    return work


def _wait_for(others: list[Future[None]]) -> None:
    """Wait for other threads, cancelling work that has not begun: nothing is left for it."""
    for other in others:
        if not other.cancel():
            other.result()


def run_to_end(
    simulation: Simulation, progress: Progress | None = None, until: int | None = None
) -> None:
    """Advance a simulation to its end, or to a step, and tell how far it has come on the way."""
    clock = simulation.compiled.clock
    last = clock.end if until is None else until
    while simulation.step < last:
        step = simulation.step
        simulation.advance(min(STRIDE - clock.lane(step), last - step))
        if progress is not None:
            progress(simulation.step, clock.end)
