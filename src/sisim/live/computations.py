"""Computations of all visitors: so many at a time, each once, given up when nobody waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field
from threading import Event
from time import monotonic
from typing import Any, TypeVar

from sisim.engine.simulation import Progress
from sisim.i18n import t
from sisim.portable import usable_cores
from sisim.scenario.errors import Reason

A = TypeVar("A")

AT_ONCE = max(2, usable_cores())
"""Computations at a time: one that takes long does not keep everybody waiting."""
MOST = 100
"""Computations that are waited for in all."""
GRACE = 3.0
"""Seconds that a computation goes on when nobody waits for it: a page that is opened anew does."""
BEAT = 0.5
"""Seconds after which one that cannot begin yet looks whether anybody still waits for it."""
TURN = 60.0
"""Seconds that a computation may take while others wait for their turn."""


class GivenUp(Exception):  # noqa: N818 (nothing is wrong)
    """A computation was given up, so that others have their turn."""

    reason = Reason(
        "This was given up, as others are waiting for their simulations. Try again in a while, or "
        "with fewer residents, years or runs."
    )

    def __str__(self) -> str:
        return self.reason.text


@dataclass(eq=False)
class _Job:
    """A computation that is asked for.

    Attributes:
        key: What is computed.
        ready: Set when computations can begin.
        stop: Set when it is given up.
        waiting: How many wait for it.
        begun: When it began; None while it waits for its turn.
        timer: Looks whether it has to wait for its turn too long.
    """

    key: Hashable
    ready: Event
    stop: Event = field(default_factory=Event)
    waiting: int = 0
    begun: float | None = None
    timer: asyncio.TimerHandle | None = None
    future: asyncio.Future[Any] = field(init=False)

    def run(self, work: Callable[[Progress], A]) -> A:
        """Compute it, in a thread."""
        while not self.ready.wait(BEAT):
            self._go_on(0, 0)
        self.begun = monotonic()
        self._go_on(0, 0)
        return work(self._go_on)

    def _go_on(self, _done: int, _of: int) -> None:
        if self.stop.is_set():
            raise GivenUp


class Computations:
    """What is being computed for all visitors of a server, in threads beside the event loop.

    Args:
        at_once: How many computations there are at a time.
        most: How many are waited for in all; the oldest is given up for one that is more.
        turn: Seconds after which one is given up if others wait for their turn.
        grace: Seconds that one goes on when nobody waits for it.

    Attributes:
        ready: Whether computations begin; cleared while the engine is compiled.
    """

    def __init__(
        self, at_once: int = AT_ONCE, most: int = MOST, turn: float = TURN, grace: float = GRACE
    ) -> None:
        self._pool = ThreadPoolExecutor(at_once, thread_name_prefix="sisim-live")
        self._at_once, self._most, self._turn, self._grace = at_once, most, turn, grace
        self._jobs: dict[Hashable, _Job] = {}
        self.ready = Event()
        self.ready.set()

    def __len__(self) -> int:
        """Return how many computations there are, begun or not."""
        return len(self._jobs)

    async def result(self, key: Hashable, work: Callable[[Progress], A]) -> A:
        """Return what a computation gives; whoever asks for the same waits for the same one.

        Args:
            key: What is computed.
            work: Computes it, in a thread and in the language that is current now; calls what it
                is given now and then, which raises when it is to be given up.

        Raises:
            GivenUp: If others need the place.
        """
        job = self._jobs.get(key) or self._begin(key, work)
        job.waiting += 1
        try:
            return await asyncio.shield(job.future)
        except asyncio.CancelledError:
            if job.future.cancelled():
                raise GivenUp from None
            raise
        finally:
            job.waiting -= 1
            if not job.waiting and not job.future.done():
                asyncio.get_running_loop().call_later(self._grace, self._give_up_unwanted, job)

    def _begin(self, key: Hashable, work: Callable[[Progress], A]) -> _Job:
        while len(self._jobs) >= self._most:
            self._give_up(next(iter(self._jobs.values())))
        job = _Job(key, self.ready)
        future: Future[A] = self._pool.submit(copy_context().run, job.run, work)
        job.future = asyncio.wrap_future(future)
        self._jobs[key] = job
        job.future.add_done_callback(lambda _: self._done(job))
        if len(self._jobs) > self._at_once:
            self._await_turn(job)
        return job

    def _await_turn(self, job: _Job) -> None:
        job.timer = asyncio.get_running_loop().call_later(self._turn, self._next_turn, job)

    def _done(self, job: _Job) -> None:
        if not job.future.cancelled():
            job.future.exception()  # which nobody may be there to hear
        if job.timer is not None:  # it would hold what came of the computation
            job.timer.cancel()
        self._forget(job)

    def _forget(self, job: _Job) -> None:
        if self._jobs.get(job.key) is job:
            del self._jobs[job.key]

    def _give_up(self, job: _Job) -> None:
        job.stop.set()
        job.future.cancel()
        self._forget(job)

    def _give_up_unwanted(self, job: _Job) -> None:
        if not job.waiting and not job.future.done():
            self._give_up(job)

    def _next_turn(self, job: _Job) -> None:
        """Give the oldest computation up, if one has waited for its turn as long as that took."""
        if job.begun is not None or job.future.done():
            return
        now = monotonic()
        taken = [one for one in self._jobs.values() if one.begun is not None]
        oldest = next((one for one in taken if now - (one.begun or now) >= self._turn), None)
        if oldest is not None:
            self._give_up(oldest)
        self._await_turn(job)


computations = Computations()
"""Those of this process."""


def compiled_meanwhile() -> str:
    """Return what is said while the engine is compiled, and the page is there already."""
    return t("The model is compiled, once and for all. The figures come in about half a minute.")
