"""The engine's machine code: whether it is on disk, and how it gets there.

It compiles itself when it is first called, one function after the other. Two processes that each
compile a half, and load the other's from disk, need little more than half the time.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Any

import numba as nb
import numpy as np

from sisim.engine import kernel
from sisim.engine.columns import columns, empty_counts, work_space
from sisim.engine.compile import compile_scenario
from sisim.engine.compile_cache import is_on_disk
from sisim.engine.draws import seed_key
from sisim.engine.enrolment import count_taking_part, eligible
from sisim.engine.population import people
from sisim.engine.tables import BLOCK, LeavingBounds
from sisim.i18n import t
from sisim.loading.load import load_scenario
from sisim.portable import usable_cores

Arguments = dict[Callable[..., Any], tuple[Any, ...]]


def on_disk() -> bool:
    """Return whether the machine code of this very engine, Python and processor is on disk."""
    return all(map(is_on_disk, (*NEEDED, *OTHERS)))


def kept_in() -> str:
    """Return the folder in which machine code is kept."""
    return str(nb.config.CACHE_DIR)


_ready: set[str] = set()
"""The folders in which this process has seen the machine code, whole."""


def compile_once(
    say: Callable[[str], None] | None = None,
    waiting: Callable[[], AbstractContextManager[Any]] = nullcontext,
) -> None:
    """Compile the engine, saying so, unless it has been done before.

    Args:
        say: Is given what is said; unset: it is printed on standard error.
        waiting: Gives what is shown while the engine is compiled.
    """
    tell = say or partial(print, file=sys.stderr, flush=True)
    if kept_in() in _ready:
        return
    if not on_disk():
        tell(t("The model is compiled, once and for all. That takes about half a minute."))
        with waiting():
            compile_engine()
        if not on_disk():
            tell(
                t(
                    'The compiled model cannot be kept in "{folder}", and is compiled each time. '
                    "Make room there, or choose another folder with {variable}.",
                    folder=kept_in(),
                    variable="NUMBA_CACHE_DIR",
                )
            )
    # Compiled, it is there for as long as the process, wherever it is kept.
    _ready.add(kept_in())


def compile_engine() -> None:
    """Compile all that a simulation needs, and keep it on disk."""
    if usable_cores() < 2:
        _compile(arguments())
        return
    with subprocess.Popen(
        [sys.executable, "-m", __name__],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as other:
        try:
            needed = arguments()
            last = {kernel.run_blocks: needed.pop(kernel.run_blocks)}
            _compile({one: needed[one] for one in needed if one not in OTHERS})
            # It says when all that the last function calls is there; if it has died, it says so
            # by ending, and what it leaves undone is compiled here.
            assert other.stdout is not None
            other.stdout.readline()
            _compile(last)
        except BaseException:
            other.kill()
            raise
    _compile(needed)


def arguments() -> Arguments:
    """Return the functions that a simulation calls, with arguments like those they are called with.

    Every scenario gives arguments of the same types.
    """
    compiled = compile_scenario(load_scenario("placed-youth", {"population.residents": 1}))
    tables = compiled.tables
    transitions, features, layout = tables.transitions, tables.features, tables.layout
    who = columns(compiled, people(compiled.scenario, compiled.clock, 1))
    seen = empty_counts(compiled)
    work = work_space(compiled, np.zeros((1, 1, BLOCK + 1), np.int32))
    diverged = work.diverged[0]
    blocks, key, one, no = np.zeros(1, np.int64), seed_key(1), 1, False
    of_classes = np.ones((1, 1))
    drift, most = of_classes[0], of_classes.astype(np.float32)
    bound, active = of_classes.astype(np.uint32), of_classes.astype(np.bool_)
    bounds = LeavingBounds(bound[None], most[None], active[None], step=blocks, four=blocks)
    return {
        kernel.find_leavers: (transitions, features, who, layout.track, work, one, one),
        kernel.choose_moves: (transitions, work, one, one, key),
        kernel.note_followed: (
            *(transitions, features, who, layout.track, work),
            *(one, one, one, key),
        ),
        kernel.list_followed: (features, who, work, diverged, one, one, one, one),
        kernel.diverge: (who, work, diverged, one, one, one),
        kernel.move_all: (
            *(transitions, features, layout, who, seen, work),
            *(one, one, one, one, no),
        ),
        kernel.list_at_risk: (
            *(layout, who, bounds, work, diverged),
            *(one, one, one, one, one, one, key),
        ),
        kernel.begin_step: (transitions, features, layout, who, seen, one, one, one, key),
        kernel.count_uses: (transitions, features, layout, who, seen, one, one, one),
        kernel.run_blocks: (
            *(transitions, features, layout, who, bounds, seen, work),
            *(blocks, one, one, no, key, no),
        ),
        kernel.begin_blocks: (transitions, features, layout, who, seen, blocks, one, key),
        kernel.count_peers: (
            *(layout.member, layout.group_track, one, who.person, who.state, who.alive),
            *(who.peers, who.diverged, one, np.zeros((1, 1, 1, 2), np.int64)),
        ),
        kernel.count_remaining: (transitions, features, layout, who, seen, one),
        kernel.leaving_bounds: (
            *(transitions, features, one, of_classes, one, drift, of_classes, bound, most),
        ),
        eligible: (
            *(transitions, features, who, tables.target, tables.alternative),
            *(one, one, one, one, one, no, blocks),
        ),
        count_taking_part: (
            *(blocks, one, one, who.diverged, who.alive, who.state),
            *(np.zeros(1, np.uint8), blocks, blocks),
        ),
    }


NEEDED = (
    kernel.find_leavers,
    kernel.choose_moves,
    kernel.note_followed,
    kernel.list_followed,
    kernel.diverge,
    kernel.move_all,
    kernel.count_uses,
    kernel.run_blocks,
)
"""What this process compiles, and leaves to be loaded by those that come after."""
CALLED = (kernel.list_at_risk, kernel.begin_step)
"""What the other process compiles first, as `run_blocks` calls it."""
OTHERS = (
    *CALLED,
    kernel.begin_blocks,
    kernel.count_peers,
    kernel.count_remaining,
    kernel.leaving_bounds,
    eligible,
    count_taking_part,
)
"""All that the other process compiles."""


def _compile(some: Arguments) -> None:
    for function, given in some.items():
        function.compile(tuple(nb.typeof(one) for one in given))  # type: ignore[attr-defined]


def _compile_others() -> None:
    needed = arguments()
    _compile({one: needed[one] for one in CALLED})
    print("called", flush=True)
    _compile({one: needed[one] for one in OTHERS})


if __name__ == "__main__":
    _compile_others()
