"""The newest wish wins: what a hand asks for while an answer is being worked out is dropped."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

W = TypeVar("W")
A = TypeVar("A")


class LatestOnly(Generic[W, A]):
    """Answers wishes one at a time, always the newest.

    Args:
        answer: Works an answer out.
        show: Shows it.
        fail: Is told of what went wrong instead.
        supersedes: Whether a wish, the second, makes the answer to the first one useless; else
            that is shown first.
    """

    def __init__(
        self,
        answer: Callable[[W], Awaitable[A]],
        show: Callable[[W, A], None],
        fail: Callable[[W, Exception], None],
        supersedes: Callable[[W, W], bool] = lambda _old, _new: False,
    ) -> None:
        self._answer, self._show, self._fail = answer, show, fail
        self._supersedes = supersedes
        self._wanted: list[W] = []
        self._answering: tuple[W, asyncio.Future[A]] | None = None
        self._running: asyncio.Task[None] | None = None

    @property
    def pending(self) -> bool:
        """Whether there is a wish that nothing has yet been shown for."""
        return self._answering is not None or bool(self._wanted)

    def ask(self, request: W) -> None:
        """Wish for something; a wish that nobody has begun with is forgotten."""
        self._wanted = [request]
        if self._running is None:
            self._running = asyncio.get_running_loop().create_task(self._work())
        elif self._answering is not None and self._supersedes(self._answering[0], request):
            self._answering[1].cancel()

    def stop(self) -> None:
        """Wish for nothing."""
        self._wanted = []
        if self._answering is not None:
            self._answering[1].cancel()

    async def _work(self) -> None:
        try:
            while self._wanted:
                request = self._wanted.pop()
                working = asyncio.ensure_future(self._answer(request))
                self._answering = request, working
                await asyncio.wait([working])
                self._answering = None
                if working.cancelled():
                    continue
                error = working.exception()
                if error is None:
                    self._show(request, working.result())
                elif isinstance(error, Exception):  # whatever it is, the page says it and goes on
                    self._fail(request, error)
                else:
                    raise error
        finally:
            self._answering, self._running = None, None
