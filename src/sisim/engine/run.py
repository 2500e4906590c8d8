"""Running a scenario: all arms in one pass, block by block, month by month."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from sisim.engine import kernel
from sisim.engine.bounds import Bounds
from sisim.engine.draws import seed_key
from sisim.engine.enrolment import Enrolment, Enrolments
from sisim.engine.kernel import BLOCK, Columns, Counts, Scratch
from sisim.engine.population import People, in_order, people
from sisim.engine.tables import NEVER, PER_MILLE, Compiled

STRIDE = 48
"""Steps that a block of people is taken through at a time, what it needs staying in the cache."""
STRIDE_BESIDE = 12
"""The same while others are in, or may begin, treatment, and go step by step."""
PARTS = 4
"""So many parts of the blocks for each thread, in a stride."""

Progress = Callable[[int, int], None]
"""Called with (steps done, steps in all)."""


@dataclass(frozen=True)
class Tally:
    """What one run has counted, by arm (0 is `without`), record, cell and kind.

    Record r of `stock` is the start of the r:th counted step, the last one the end of the run.
    """

    stock: NDArray[np.int32]
    event: NDArray[np.int32]
    entry: NDArray[np.int32]
    arrivals: NDArray[np.int32]
    use: NDArray[np.float64]


@dataclass(frozen=True)
class Own:
    """What people who decide for themselves have decided in a step.

    Attributes:
        decides: Whose moves the rule does not make, bool (people,).
        moves: Their own moves: person, track, transition and new state, by number.
    """

    decides: NDArray[np.bool_]
    moves: list[tuple[int, int, int, int]]


class Simulation:
    """The state of a run: advance it by steps, then read its tally.

    Args:
        compiled: The compiled scenario.
        seed: The seed of every draw.
        threads: Threads to use; the results do not depend on it.
        only: Simulate these people alone, as (people, recorded shares, recorded enrolments).
        among: Their columns, if already made.
        bounds: The bounds on leaving, if already worked out.
        logging: Keep every move, for histories.
    """

    def __init__(
        self,
        compiled: Compiled,
        seed: int,
        *,
        threads: int | None = None,
        only: People | None = None,
        among: Columns | None = None,
        bounds: Bounds | None = None,
        recorded_shares: NDArray[np.int32] | None = None,
        recorded_enrolments: list[Enrolment] | None = None,
        logging: bool = False,
    ) -> None:
        self.compiled = compiled
        self.seed = seed
        self.step = 0
        self.threads = threads or len(os.sched_getaffinity(0))
        self.logging = logging
        self.people = people(compiled.scenario, compiled.clock, seed) if only is None else only
        self.key = seed_key(seed)
        self.columns = columns(compiled, self.people) if among is None else among
        self._blocks = np.arange(-(-len(self.people) // BLOCK))
        own = np.zeros((len(self._blocks), len(compiled.arms), BLOCK + 1), np.int32)
        self._bounds = Bounds(compiled, self.people) if bounds is None else bounds
        self._counts = [empty_counts(compiled) for _ in range(self.threads)]
        self._scratch = [work_space(compiled, own) for _ in range(self.threads)]
        self._log: list[NDArray[np.void]] = []
        self.enrolments = Enrolments(compiled, self.people, self.key, recorded_enrolments)
        self._recorded_shares = recorded_shares
        self.shares: list[NDArray[np.int32]] = []

    def advance(self, steps: int = 1) -> None:
        """Advance by a number of steps."""
        last = min(self.step + steps, self.compiled.clock.end)
        while self.step < last:
            if self._stops(self.step):
                self._advance_together(self._within(STRIDE_BESIDE, last))
            else:
                stop = self._within(STRIDE, last)
                stop = next((s for s in range(self.step + 1, stop) if self._stops(s)), stop)
                self._run(self._blocks, stop)
                self.step = stop
            if self.step == self.compiled.clock.end:
                self._count_end()

    def _stops(self, step: int) -> bool:
        """Whether people share something at this step, so that it must be taken by itself."""
        return bool(self.compiled.shares) or self.enrolments.active(step)

    def _within(self, stride: int, last: int) -> int:
        # A log of more steps takes much room.
        return min(self.step + (4 if self.logging else stride), last)

    def _advance_together(self, stop: int) -> None:
        """Take whoever may share something step by step, the others through all steps at once."""
        together = np.full(len(self._blocks), bool(self.compiled.shares))
        for low, high in self.enrolments.concerned(self.step, stop):
            together[low // BLOCK : -(-high // BLOCK)] = True
        # One thread goes step by step, waiting for nobody, while the others are busy with the rest.
        rest = self._work(self._blocks[~together], stop, threads=self.threads)
        apart = [_pool().submit(rest, thread) for thread in range(1, self.threads)]
        blocks = self._blocks[together]
        while self.step < stop:
            self._begin(blocks)
            free = self.threads if all(one.done() for one in apart) else 1
            self._run(blocks, self.step + 1, begun=True, threads=free)
            self.step += 1
        rest(0)
        _wait_for(apart)

    def begin(self) -> None:
        """Begin a step: births, arrivals, shares among peers, places given; nobody moves yet."""
        self._begin(self._blocks)

    def _begin(self, blocks: NDArray[np.int64]) -> None:
        self._begin_blocks(blocks)
        if self.compiled.shares:
            self._share()
        self.enrolments.step(self.step, self.columns)

    def finish(self, own: Own | None = None) -> None:
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

    def _finish_with(self, own: Own) -> None:
        tables, columns, step = self.compiled.tables, self.columns, self.step
        if self.logging:
            self._make_room(0, 1)
        bounds = self._bounds.between(step, step + 1)
        counts, scratch, arms = self._counts[0], self._scratch[0], len(self.compiled.arms)
        moment = tables.layout.first_step + step
        work = scratch.work
        for block in range(len(scratch.own)):
            low, high = block * BLOCK, min((block + 1) * BLOCK, columns.n)
            if step >= tables.layout.history and len(tables.layout.use):
                kernel.count_uses(
                    tables.rule,
                    tables.sight,
                    tables.layout,
                    columns,
                    counts,
                    low,
                    high,
                    step,
                )
            listed = scratch.own[block]
            n, shared = kernel.gather(
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
                tables.rule,
                tables.sight,
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
            work["transition"][:n][silent] = kernel.STAYS
            for person, track, transition, to in own.moves:
                if low <= person < high:
                    here = columns.state[track, person]
                    work[n] = (person, person, 0, track, here, 0, transition, to)
                    n += 1
            kernel.move_all(tables.layout, columns, counts, scratch, n, n, arms, step, self.logging)
        # Who has moved against the rule may not be listed where they now are: draw and list anew.
        columns.drawn["moment"] = NEVER

    def _begin_blocks(self, blocks: NDArray[np.int64]) -> None:
        """Make the births and arrivals of a step in some blocks."""
        kernel.begin_blocks(
            self.compiled.tables.layout,
            self.columns,
            self._counts[0],
            blocks,
            self.step,
            self.key,
        )

    def _run(
        self,
        blocks: NDArray[np.int64],
        stop: int,
        *,
        begun: bool = False,
        threads: int | None = None,
    ) -> None:
        """Take some blocks of people from this step to another; `begun`: this step has begun."""
        threads = threads or self.threads
        work = self._work(blocks, stop, begun=begun, threads=threads)
        others = [_pool().submit(work, thread) for thread in range(1, threads)]
        work(0)
        _wait_for(others)

    def _work(
        self, blocks: NDArray[np.int64], stop: int, *, begun: bool = False, threads: int
    ) -> Callable[[int], None]:
        """Return what each of some threads does, given its number, to take blocks to a step."""
        first = self.step
        bounds = self._bounds.between(first, stop)
        # Each thread takes the next part when it has done one, so that none waits long for another.
        count = min(threads * PARTS if threads > 1 else 1, len(blocks))
        parts = iter([np.ascontiguousarray(blocks[n::count]) for n in range(count)])

        def work(thread: int) -> None:
            if self.logging:
                self._make_room(thread, stop - first)
            for part in parts:
                kernel.run_blocks(
                    self.compiled.tables.rule,
                    self.compiled.tables.sight,
                    self.compiled.tables.layout,
                    self.columns,
                    bounds,
                    self._counts[thread],
                    self._scratch[thread],
                    part,
                    first,
                    stop,
                    begun,
                    self.key,
                    self.logging,
                )

        return work

    def _make_room(self, thread: int, steps: int) -> None:
        counts = self._counts[thread]
        used = int(counts.log_size[0])
        if used:
            self._log.append(counts.log[:used].copy())
            counts.log_size[0] = 0
        most = len(self.people) * len(self.compiled.tracks) * steps * (1 + len(self.compiled.arms))
        if len(counts.log) < most:
            self._counts[thread] = counts._replace(log=np.empty(most, kernel.LogRow))

    def _share(self) -> None:
        """Work out the share of peers in each shared group, in every arm."""
        columns, layout = self.columns, self.compiled.tables.layout
        if self._recorded_shares is not None:
            columns.share[:] = self._recorded_shares[self.step, :, :, : columns.share.shape[2]]
        else:
            present = columns.person["arrive"] <= self.step
            for arm in range(columns.share.shape[0]):
                rows = np.arange(columns.n)
                if arm:
                    rows = rows + np.where(columns.differs[arm - 1], arm * columns.n, 0)
                here = present & columns.alive[rows]
                for number, (group, _) in enumerate(self.compiled.shares):
                    g = self.compiled.groups.index(group)
                    states = columns.state[layout.group_track[g], rows]
                    inside = layout.member[g, states] & here
                    peers = columns.peers[number]
                    size = columns.share.shape[2]
                    all_here = np.bincount(peers[here], minlength=size)
                    found = np.bincount(peers[inside], minlength=size)
                    columns.share[arm, number] = found * PER_MILLE // np.maximum(all_here, 1)
        self.shares.append(columns.share.copy())
        columns.share_differs[:] = (columns.share[1:] != columns.share[:1]).any(axis=(1, 2))

    def _count_end(self) -> None:
        """Count what depends on history at the last point, as the stocks are counted there."""
        tables = self.compiled.tables
        self._begin_blocks(self._blocks)
        if len(tables.layout.use):
            kernel.count_uses(
                tables.rule,
                tables.sight,
                tables.layout,
                self.columns,
                self._counts[0],
                0,
                len(self.people),
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
            whole[1:] += whole[:1]
            return np.asarray(whole)

        return Tally(
            stock=np.cumsum(total("stock"), axis=1, dtype=np.int32),
            event=total("event"),
            entry=total("entry"),
            arrivals=total("arrivals"),
            use=total("use") / kernel.FIXED_POINT,
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


@cache
def _pool() -> ThreadPoolExecutor:
    """Return the threads that every run of this process shares, beside those that call."""
    return ThreadPoolExecutor(len(os.sched_getaffinity(0)), thread_name_prefix="sisim")


def _wait_for(others: list[Future[None]]) -> None:
    """Wait for what other threads have begun; nothing is left for those that have not."""
    for other in others:
        if not other.cancel():
            other.result()


def columns(compiled: Compiled, who: People) -> Columns:
    """Return the columns of everyone, nobody yet born."""
    n, arms, tracks = len(who), len(compiled.arms), len(compiled.tracks)
    rows = n * (1 + arms)
    person = np.empty(n, kernel.PersonRow)
    person["born"], person["start"], person["arrive"] = who.born, who.start, who.arrive
    person["area"] = person["cell"] = who.area
    person["last"] = who.born + compiled.tables.layout.max_age
    person["group"] = 0
    part = 1
    for number, size in compiled.background:
        person["group"] += who.codes[number].astype(np.int32) * part
        part *= size
    for attribute, radix in compiled.grouping_attributes:
        person["cell"] += who.codes[compiled.attributes.index(attribute)].astype(np.int32) * radix
    peers = np.zeros((len(compiled.shares), n), np.int32)
    for number, (_, among) in enumerate(compiled.shares):
        if among == "area":
            peers[number] = who.area
        elif among != "all":
            peers[number] = who.units[compiled.attributes.index(among.removeprefix("attribute."))]
    place = np.empty((arms, max(len(compiled.investments), 1), n), kernel.PlaceRow)
    place["start"] = place["end"] = NEVER
    order = in_order(who.arrive)
    block = np.zeros(-(-n // BLOCK), kernel.BlockRow)
    block["youngest"] = compiled.tables.layout.slot_ages
    drawn = np.zeros((len(block), tracks), kernel.DrawnRow)
    drawn["moment"] = NEVER
    # Rows of their own in arms are touched, and only then take memory, when people differ.
    state = np.empty((tracks, rows), np.uint16)
    state[:, :n] = compiled.tables.layout.gone
    return Columns(
        n=n,
        lo=who.lo,
        hi=who.hi,
        person=person,
        codes=who.codes,
        numbers=who.numbers,
        state=state,
        since=np.empty((rows, tracks), np.int32),
        memory=np.empty((rows, len(compiled.groups)), kernel.MemoryRow),
        window=np.empty((rows, compiled.windows), kernel.WindowRow),
        alive=np.zeros(rows, np.bool_),
        differs=np.zeros((arms, n), np.bool_),
        parted=np.empty((arms, n), np.int32),
        place=place,
        touched=np.zeros((arms, n), np.bool_),
        living=np.zeros(n, np.int32),
        living_lo=np.zeros(n, np.uint32),
        living_hi=np.zeros(n, np.uint32),
        slot=np.zeros(n, np.int32),
        spot=np.zeros(n, np.int32),
        # Only the first part of each block is mostly touched, and only that takes memory.
        ahead=np.empty((tracks, n), np.int32),
        draws=np.empty((tracks, n, 4), np.uint32),
        drawn=drawn,
        block=block,
        share=np.zeros((1 + arms, len(compiled.shares), int(peers.max(initial=0)) + 1), np.int32),
        share_differs=np.zeros(arms, np.bool_),
        peers=peers,
        arrivals=order.astype(np.int32),
        arrivals_from=np.searchsorted(
            who.arrive[order], np.arange(compiled.clock.end + 2, dtype=np.int32)
        ).astype(np.int64),
    )


def empty_counts(compiled: Compiled) -> Counts:
    """Return what a thread counts, nothing yet."""
    arms = 1 + len(compiled.arms)
    steps = compiled.clock.end - compiled.clock.history
    cells = int(np.prod([len(names) for names in compiled.groupings.values()]))
    return Counts(
        stock=np.zeros((arms, steps + 1, cells, len(compiled.states)), np.int32),
        event=np.zeros((arms, steps, cells, len(compiled.transitions)), np.int32),
        entry=np.zeros((arms, steps, cells, len(compiled.groups), 2), np.int32),
        arrivals=np.zeros((arms, steps + 1, cells), np.int32),
        use=np.zeros((arms, steps + 1, len(compiled.areas), len(compiled.uses)), np.int64),
        log=np.empty(0, kernel.LogRow),
        log_size=np.zeros(1, np.int64),
    )


def work_space(compiled: Compiled, own: NDArray[np.int32]) -> Scratch:
    """Return the work space of a thread; all share `own`, int32 (blocks, arms, BLOCK + 1)."""
    state = compiled.tables.rule.state
    # Every track of everyone in every arm at once, and as much again for those who part ways.
    most = 2 * BLOCK * len(compiled.tracks) * (1 + len(compiled.arms))
    features = max(len(compiled.features), 1)
    out = max(int((state["last"] - state["first"]).max()), 1)
    return Scratch(
        work=np.empty(most, kernel.WorkRow),
        order=np.empty(most, np.int32),
        ends=np.empty((1 + len(compiled.arms)) * len(state), np.int32),
        seen=np.empty((features, kernel.BATCH)),
        values=np.empty((out, kernel.BATCH)),
        leavers=np.empty(most, np.int32),
        drawn=np.empty((4, BLOCK), np.uint32),
        least=np.empty(BLOCK, np.uint32),
        second=np.empty((4, most), np.uint32),
        kept=np.empty((most, features)),
        chance=np.empty((most, out)),
        weights=np.empty(kernel.MAX_OUT),
        own=own,
    )


def run_once(
    compiled: Compiled, seed: int, *, threads: int | None = None, progress: Progress | None = None
) -> Simulation:
    """Return a simulation of a compiled scenario, run to its end."""
    simulation = Simulation(compiled, seed, threads=threads)
    end = compiled.clock.end
    while simulation.step < end:
        simulation.advance(min(STRIDE, end - simulation.step))
        if progress is not None:
            progress(simulation.step, end)
    return simulation
