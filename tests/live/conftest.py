"""A real Chromium and a real server: what the tests of the page share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from helpers.visitors import Server, Visitor, serving


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """Return a server of the ready scenario, with few residents."""
    with serving("placed-youth", "--residents", "1500", "--set", "replications=1") as found:
        yield found


@pytest.fixture
def visit(chromium: Any, server: Server) -> Iterator[Callable[..., Visitor]]:
    """Return what opens the page for one more visitor, and looks for errors when he leaves."""
    there: list[Visitor] = []

    def enter(query: str = "", **more: Any) -> Visitor:
        visitor = Visitor(chromium, server.address, query, **more)
        there.append(visitor)
        return visitor

    yield enter
    for visitor in there:
        visitor.leave()
    assert "Traceback" not in server.said()
