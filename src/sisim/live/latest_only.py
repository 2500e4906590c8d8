"""The newest wish wins: what a hand asks for while an answer is being worked out is dropped."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Generic, TypeVar

from sisim.live.visitor_context import in_pool

W = TypeVar("W")
A = TypeVar("A")


class LatestOnly(Generic[W, A]):
    """Answers wishes one at a time, outside the event loop, always the newest.

    Args:
        answer: Works an answer out, in a thread of its own.
        show: Shows it, in the event loop.
        fail: Is told of what went wrong instead, in the event loop.
    """

    def __init__(
        self,
        answer: Callable[[W], A],
        show: Callable[[W, A], None],
        fail: Callable[[W, Exception], None],
    ) -> None:
        self._answer, self._show, self._fail = answer, show, fail
        self._wanted: list[W] = []
        self._answering = False
        self._running: asyncio.Task[None] | None = None

    @property
    def pending(self) -> bool:
        """Whether there is a wish that nothing has yet been shown for."""
        return self._answering or bool(self._wanted)

    def ask(self, request: W) -> None:
        """Wish for something; a wish that nobody has begun with is forgotten."""
        self._wanted = [request]
        if self._running is None:
            self._running = asyncio.get_running_loop().create_task(self._work())

    async def _work(self) -> None:
        try:
            while self._wanted:
                request = self._wanted.pop()
                self._answering = True
                try:
                    answer = await in_pool(self._answer, request)
                except Exception as error:  # whatever it is, the page says it and goes on
                    self._answering = False
                    self._fail(request, error)
                else:
                    self._answering = False
                    self._show(request, answer)
        finally:
            self._answering, self._running = False, None
