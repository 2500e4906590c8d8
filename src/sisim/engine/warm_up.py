"""Warm-up once: people as they stand when an investment may first act, kept on disk.

Nobody's life before that depends on what is invested (laws L3 and L4), so that other arms, effects,
target groups, costs and prices go on from the same people. They are kept under a digest of all that
they depend on: a file is found where a run would come to the same, to the bit, and not otherwise.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from platformdirs import user_cache_dir

from sisim.engine import CONTENT
from sisim.engine.affected import StateSnapshot
from sisim.engine.bounds import first_active
from sisim.engine.columns import COUNTED
from sisim.engine.compile import compile_scenario
from sisim.engine.simulation import Progress, Simulation, run_to_end
from sisim.engine.tables import Compiled

LEAST = 20_000
"""Fewest people before the start whose warm-up is worth keeping."""
MOST_KEPT = 10
"""Most seeds of a scenario whose warm-up is kept."""
ROOM = 2**31
"""Bytes of all that is kept; the one that has not been used for longest gives way."""
FREE = 4
"""A file is written where there is room for so many of its size."""


def warmed_up(
    compiled: Compiled,
    seed: int,
    *,
    threads: int | None = None,
    kept: bool = True,
    progress: Progress | None = None,
) -> Simulation:
    """Return a simulation that has come to where an investment may first act.

    Args:
        compiled: The compiled scenario.
        seed: The seed of every draw.
        threads: Threads to use; the results do not depend on it.
        kept: Whether it goes on from what is on disk, and is kept there if it is not.
        progress: Called with the steps done and the steps in all.
    """
    run, until = Simulation(compiled, seed, threads=threads), first_active(compiled)
    path = _folder() / f"{_digest(run, until)}.npz" if kept and _is_common(run, until) else None
    if path is not None and path.exists():
        # Whatever is the matter with a file, what it was made from can be simulated again.
        with suppress(Exception):
            _read(run, until, path)
            return run
        run = Simulation(compiled, seed, threads=threads)
    run_to_end(run, progress, until)
    if path is not None:
        with suppress(OSError):  # a full or write-protected disk: it serves this run
            _write(run, path)
    return run


def run_once(
    compiled: Compiled,
    seed: int,
    *,
    threads: int | None = None,
    kept: bool = False,
    progress: Progress | None = None,
) -> Simulation:
    """Return a simulation of a compiled scenario, run to its end: see `warmed_up`."""
    run = warmed_up(compiled, seed, threads=threads, kept=kept, progress=progress)
    run_to_end(run, progress)
    return run


def _folder() -> Path:
    return Path(user_cache_dir("sisim", appauthor=False)) / "warm-up"


def _is_common(run: Simulation, until: int) -> bool:
    """Return whether a run up to a step is worth keeping, and that of any investments."""
    layout = run.compiled.tables.layout
    return bool(
        until > 0
        and _born(run, until) >= LEAST
        and not run.enrolments.any_active(until)
        and not layout.area_active[:, :, :until].any()
        and (layout.entry_ratio[:, :, :until] == 1.0).all()
        and not any(run.measurements.due(step) for step in range(until))
    )


def _born(run: Simulation, until: int) -> int:
    """Return how many people are simulated before a step: the first ones, in order of birth."""
    return int(np.searchsorted(run.people.start, until))


# ---------------------------------------------------------------------------- what is kept


def _read(run: Simulation, until: int, path: Path) -> None:
    """Let a run go on from a file.

    Raises:
        Exception: If the file is damaged or another's; the run is of no use then.
    """
    with np.load(path, allow_pickle=False) as file:
        if str(file["digest"]) != path.stem:
            raise ValueError(path)
        who, shares = file["who"], file["shares"]
        people = {name: file[name] for name in StateSnapshot._fields if name != "alive"}
        counted = {name: file[name] for name in COUNTED}
    alive = np.ones(len(who), np.bool_)
    run.go_on_from(until, who, StateSnapshot(**people, alive=alive), counted, shares)
    with suppress(OSError):
        path.touch()


def _write(run: Simulation, path: Path) -> None:
    """Keep what a run has come to, whole or not at all.

    Raises:
        OSError: If it cannot be written.
    """
    who = np.flatnonzero(run.columns.alive[: run.columns.n])
    people = StateSnapshot.of(run.columns, who)._asdict()
    people.pop("alive")
    # Who has come before the counts begin is in the first record.
    records = max(run.step - run.compiled.clock.history, 0) + 1
    counted = {name: array[:records] for name, array in run.counted_without().items()}
    shares = np.array([one[0] for one in run.shares], np.int32)
    shares = shares.reshape(len(run.shares), *run.columns.share.shape[1:])
    size = sum(array.nbytes for array in (who, shares, *people.values(), *counted.values()))
    path.parent.mkdir(parents=True, exist_ok=True)
    if size > ROOM or size * FREE > shutil.disk_usage(path.parent).free:
        return
    _make_room(path.parent, size)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        partial = Path(file.name)
        try:
            arrays: dict[str, Any] = {"who": who, "shares": shares, **people, **counted}
            np.savez(file, digest=np.array(path.stem), **arrays)
            file.close()
            partial.replace(path)
        except BaseException:
            file.close()
            partial.unlink(missing_ok=True)
            raise


def _make_room(folder: Path, size: int) -> None:
    """Remove what has not been used for longest, until there is room for a file."""
    stats = ((path.stat(), path) for path in folder.iterdir())
    found = sorted((own.st_mtime, own.st_size, path) for own, path in stats)
    there = sum(own for _, own, _ in found)
    for _, own, path in found:
        if there + size <= ROOM:
            break
        with suppress(OSError):  # another process reads it
            path.unlink()
            there -= own


# ---------------------------------------------------------------------------- what it depends on


def _digest(run: Simulation, until: int) -> str:
    """Return a digest of all that has a bearing on a run before an investment may act.

    That is what the kernel reads of the scenario without investments, up to that step; what is
    remembered and counted with them; the people who are simulated by then; the seed; the engine.
    """
    compiled, clock = run.compiled, run.compiled.clock
    layout = compiled.tables.layout
    found = blake2b(digest_size=16)
    said = (
        (_engine(), run.seed, until, clock.per_year, clock.first_moment, clock.history),
        (compiled.tracks, compiled.states, compiled.transitions, compiled.groups, compiled.areas),
        (compiled.shares, compiled.uses, compiled.groupings, compiled.grouping_attributes),
        (compiled.windows, layout.group_window.tolist(), run.columns.share.shape[1:]),
    )
    found.update(repr(said).encode())
    born = _born(run, until)
    own = ((name, getattr(run.people, name)[..., :born]) for name in run.people.__slots__)
    for name, value in (*_tables(compiled, until), *own):
        found.update(f"{name} {value.shape if isinstance(value, np.ndarray) else value}".encode())
        for part in _parts(value) if isinstance(value, np.ndarray) else ():
            found.update(np.ravel(part).data)
    return found.hexdigest()


def _tables(compiled: Compiled, until: int) -> Iterator[tuple[str, Any]]:
    """Yield what the kernel reads of a scenario without its investments, up to a step."""
    scenario = compiled.scenario
    features = (name for factor in scenario.pathway.factors.values() for name in factor.features)
    named = [factor.feature or "" for factor in scenario.pathway.factors.values()]
    nothing: dict[str, Any] = {"arms": {}, "measurements": {}}
    if not any(name.startswith("exposure.") for name in (*named, *features)):
        nothing["investments"] = {}
    tables = compile_scenario(scenario.model_copy(update=nothing)).tables
    drift = tables.transitions.drift[:, :until]
    calendar = tables.features.calendar[: until + tables.features.origin]
    read: tuple[Any, ...] = (
        tables.transitions._replace(drift=drift),
        tables.features._replace(calendar=calendar),
        tables.layout,
    )
    for table in read:
        for name, value in table._asdict().items():
            # What only arms have is empty, and as long as the run.
            if not isinstance(value, np.ndarray) or value.size:
                yield name, value


def _parts(array: NDArray[Any]) -> Iterator[NDArray[Any]]:
    """Yield an array, or the fields of its rows: what is between them is nobody's."""
    if array.dtype.names is None:
        yield array
    else:
        yield from (array[name] for name in array.dtype.names)


@cache
def _engine() -> str:
    """Return the digest of this version of the engine, and of what compiles it."""
    files = sorted(Path(__file__).parent.rglob("*.py"))
    said = b"".join(map(Path.read_bytes, files)) + CONTENT.encode()
    return blake2b(said, digest_size=8).hexdigest()
