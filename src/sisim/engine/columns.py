"""Memory of a run: columns of people, counts and work space of a thread, all empty."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sisim.engine import tables as tb
from sisim.engine.population import People, in_order
from sisim.engine.tables import BLOCK, NEVER, Columns, Compiled, ThreadCounts, WorkSpace
from sisim.portable import sparse_memory

BY_ROW = ("since", "memory", "window", "alive")
"""Columns with a row for each person in each arm, those of the arm `without` first."""
DRAWN = ("listed", "draws", "drawn")
"""Columns of what is drawn ahead, which is made anew when it is missing."""
COUNTED = ("stock", "event", "entry", "arrivals", "use", "left")


def columns(compiled: Compiled, who: People) -> Columns:
    """Return the columns of a population before anyone is born."""
    n, arms, tracks = len(who), len(compiled.arms), len(compiled.tracks)
    assert compiled.clock.end <= np.iinfo(np.int16).max, "no step has a number of its own"
    rows = n * (1 + arms)
    peers = _peers(compiled, who)
    treatment = np.empty((arms, max(len(compiled.investments), 1), n), tb.TreatmentRow)
    treatment["start"] = treatment["end"] = NEVER
    order = in_order(who.arrive)
    block = np.zeros(-(-n // BLOCK), tb.BlockRow)
    block["youngest"] = compiled.tables.layout.risk_ages
    drawn = np.zeros((len(block), tracks), tb.DrawnRow)
    drawn["moment"] = NEVER
    # Rows of their own in arms are written, and only then take memory, when people diverge.
    state = np.empty((tracks, rows), np.uint16)
    state[:, :n] = compiled.tables.layout.gone
    return Columns(
        n=n,
        lo=who.lo,
        hi=who.hi,
        person=_person_rows(compiled, who),
        codes=who.codes,
        numbers=who.numbers,
        state=state,
        since=_sparse((rows, tracks), np.dtype(np.int16)),
        memory=_sparse((rows, len(compiled.groups)), tb.MemoryRow),
        window=np.empty((rows, compiled.windows), tb.WindowRow),
        alive=np.zeros(rows, np.bool_),
        diverged=np.zeros((arms, n), np.bool_),
        divergence_step=np.empty((arms, n), np.int32),
        treatment=treatment,
        treated=np.zeros((arms, n), np.bool_),
        learned=np.ones((*treatment.shape[:2], compiled.clock.end + 1)),
        living=np.zeros(n, np.int32),
        living_lo=np.zeros(n, np.uint32),
        living_hi=np.zeros(n, np.uint32),
        risk_class=np.zeros(n, np.int32),
        position=np.zeros(n, np.int32),
        # They take memory where people go step by step alone: see `Simulation`.
        **lists_of_draws(compiled, n),
        drawn=drawn,
        block=block,
        share=np.zeros((1 + arms, len(compiled.shares), int(peers.max(initial=0)) + 1), np.int32),
        share_diverged=np.zeros(arms, np.bool_),
        peers=peers,
        arrivals=order.astype(np.int32),
        arrivals_from=np.searchsorted(
            who.arrive[order], np.arange(compiled.clock.end + 2, dtype=np.int32)
        ).astype(np.int64),
    )


def lists_of_draws(compiled: Compiled, n: int) -> dict[str, Any]:
    """Return room for who might move in four steps and their draws, for `n` people at a time."""
    tracks = len(compiled.tracks)
    return {
        "listed": np.empty((tracks, n), np.int32),
        "draws": np.empty((tracks, 4, n), np.uint32),
    }


def copy_baseline(of: Columns, to: Columns) -> None:
    """Copy people as they stand in the arm `without`, in runs whose arms have not diverged.

    Args:
        of: The columns that are copied; of tracks or groups there may be more, the last ones.
        to: The columns that are overwritten.
    """
    n = of.n
    for name in Columns._fields:
        old, new = getattr(of, name), getattr(to, name)
        if name == "n" or name in DRAWN:
            continue
        if name == "state":
            old, new = old[:, :n], new[:, :n]
        elif name in BY_ROW:
            old, new = old[:n], new[:n]
        copy_first(old, new)


def copy_first(old: NDArray[Any], new: NDArray[Any]) -> None:
    """Copy as much of an array as another has room for."""
    np.copyto(new, old[tuple(slice(size) for size in new.shape)])


def _sparse(shape: tuple[int, ...], row: np.dtype[Any]) -> NDArray[Any]:
    """Return room that takes memory page by page, as it is written.

    With huge pages, a few people who diverge in an arm would take the room of everyone.
    """
    count = prod(shape)
    memory = sparse_memory(max(count * row.itemsize, 1))
    return np.frombuffer(memory, row, count).reshape(shape)


def _person_rows(compiled: Compiled, who: People) -> NDArray[np.void]:
    """Return what is fixed about each person, with the class and the cell they are counted in."""
    person = np.empty(len(who), tb.PersonRow)
    person["born"], person["start"], person["arrive"] = who.born, who.start, who.arrive
    person["area"] = person["cell"] = who.area
    person["last"] = who.born + compiled.tables.layout.max_age
    person["background"] = 0
    part = 1
    for number, size in compiled.background:
        person["background"] += who.codes[number].astype(np.int32) * part
        part *= size
    for attribute, radix in compiled.grouping_attributes:
        person["cell"] += who.codes[compiled.attributes.index(attribute)].astype(np.int32) * radix
    return person


def _peers(compiled: Compiled, who: People) -> NDArray[np.int32]:
    """Return the number of each person's group of peers, for each share, int32 (shares, n)."""
    peers = np.zeros((len(compiled.shares), len(who)), np.int32)
    for number, (_, among) in enumerate(compiled.shares):
        if among == "area":
            peers[number] = who.area
        elif among != "all":
            peers[number] = who.units[compiled.attributes.index(among.removeprefix("attribute."))]
    return peers


def empty_counts(compiled: Compiled) -> ThreadCounts:
    """Return a thread's counts, all zero."""
    arms = 1 + len(compiled.arms)
    steps = compiled.clock.end - compiled.clock.history
    cells = int(np.prod([len(names) for names in compiled.groupings.values()]))
    return ThreadCounts(
        stock=np.zeros((arms, steps + 1, cells, len(compiled.states)), np.int32),
        event=np.zeros((arms, steps, cells, len(compiled.transitions)), np.int32),
        entry=np.zeros((arms, steps, cells, len(compiled.groups), 2), np.int32),
        arrivals=np.zeros((arms, steps + 1, cells), np.int32),
        use=np.zeros((arms, steps + 1, len(compiled.areas), len(compiled.uses)), np.int64),
        left=np.zeros((arms, steps + 1, *compiled.tables.layout.leaver_shape), np.int32),
        log=np.empty(0, tb.LogRow),
        log_size=np.zeros(1, np.int64),
    )


def work_space(compiled: Compiled, diverged: NDArray[np.int32]) -> WorkSpace:
    """Return the work space of a thread; all share `diverged`, int32 (blocks, arms, BLOCK + 1)."""
    state = compiled.tables.transitions.state
    # Every track of everyone in every arm at once, and as much again for those who diverge.
    most = 2 * BLOCK * len(compiled.tracks) * (1 + len(compiled.arms))
    # And all that may follow from effects, for everyone.
    more = BLOCK * len(compiled.arms) * len(compiled.tables.features.follow)
    features = max(len(compiled.features), 1)
    out = max(int((state["last"] - state["first"]).max()), 1)
    return WorkSpace(
        work=np.empty(most + more, tb.WorkRow),
        order=np.empty(most, np.int32),
        ends=np.empty((1 + len(compiled.arms)) * len(state), np.int32),
        features=np.empty((features, tb.BATCH)),
        values=np.empty((out, tb.BATCH)),
        leavers=np.empty(most, np.int32),
        drawn=np.empty((4, BLOCK), np.uint32),
        least=np.empty(BLOCK, np.uint32),
        second=np.empty((4, most), np.uint32),
        leaver_features=np.empty((most, features)),
        leaver_chances=np.empty((most, out)),
        weights=np.empty(tb.MAX_OUT),
        diverged=diverged,
        followed=np.empty((more, 3), np.int32),
    )
