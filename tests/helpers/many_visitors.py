"""Load test of the live page: many visitors at once, each of whom drags a slider.

It is no test that is run with the others, as it takes two minutes of the whole machine:
`python tests/helpers/many_visitors.py --visitors 30 --residents 20000`. Visitors speak to the
server as its page does, without a browser, which would take more of the machine than the server.
"""

from __future__ import annotations

import argparse
import ast
import asyncio
import json
import re
import sys
import time
import urllib.request
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psutil
from websockets.asyncio.client import ClientConnection, connect

sys.path.insert(0, str(Path(__file__).parents[1]))
from helpers.visitors import Server, serving

MB = 2.0**20
DRAWN = "sisim.draw("


@dataclass
class Visit:
    """What a visitor has met with.

    Attributes:
        first: Seconds to the first picture; None if there was none.
        moves: Seconds from a move of the slider to the next picture.
        said: Texts that the page has shown, in order.
    """

    first: float | None = None
    moves: list[float] = field(default_factory=list)
    said: list[str] = field(default_factory=list)


class Visitor:
    """Somebody who looks at the page, and moves one of its sliders."""

    def __init__(self, server: Server, query: str = "") -> None:
        self._server, self._query = server, query
        self.visit = Visit()
        self._slider: tuple[int, str] | None = None
        self._drawn = asyncio.Event()
        self._next = 0
        self._client = ""

    async def stay(self, moves: int, every: float) -> Visit:
        """Open the page, move a slider some times once it is drawn, and leave."""
        begun = time.monotonic()
        html = await asyncio.to_thread(self._page)
        found = re.search(r"query: (\{.*?\}),\n", html)
        assert found is not None, html[:500]
        query = {**ast.literal_eval(found[1]), "EIO": 4, "transport": "websocket"}
        query["implicit_handshake"] = "true"
        query |= {"document_id": uuid.uuid4(), "tab_id": uuid.uuid4(), "old_tab_id": "null"}
        self._client = query["client_id"]
        address = self._server.address.replace("http://", "ws://")
        path = f"{address}_nicegui_ws/socket.io/?{urlencode(query)}"
        async with connect(path, max_size=None) as socket:
            listening = asyncio.create_task(self._listen(socket))
            telling = asyncio.create_task(self._acknowledge(socket))
            await self._drawn.wait()
            self.visit.first = time.monotonic() - begun
            for number in range(moves):
                await asyncio.sleep(every)
                await self._move(socket, 0.1 + 0.5 * (number + 1) / moves)
            listening.cancel()
            telling.cancel()
        return self.visit

    def _page(self) -> str:
        with urllib.request.urlopen(self._server.address + self._query) as answer:
            html = answer.read().decode()
        for path in set(re.findall(r'(?:src|href|url\()="?/([^"?)]+\.(?:js|css))', html)):
            urllib.request.urlopen(self._server.address + path).read()
        return str(html)

    async def _move(self, socket: ClientConnection, value: float) -> None:
        assert self._slider is not None
        place, listener = self._slider
        begun, args = time.monotonic(), [json.dumps(value)]
        self._drawn.clear()
        sent = {"id": place, "client_id": self._client, "listener_id": listener, "args": args}
        await socket.send("42" + json.dumps(["event", sent]))
        await self._drawn.wait()
        self.visit.moves.append(time.monotonic() - begun)

    async def _acknowledge(self, socket: ClientConnection) -> None:
        while True:
            await asyncio.sleep(3)  # as the page does
            told = {"client_id": self._client, "next_message_id": self._next}
            await socket.send("42" + json.dumps(["ack", told]))

    async def _listen(self, socket: ClientConnection) -> None:
        async for text in socket:
            assert isinstance(text, str)
            if text.startswith("0"):
                await socket.send("40")
            elif text == "2":
                await socket.send("3")
            elif text.startswith("42"):
                self._hear(*json.loads(text[2:]))

    def _hear(self, kind: str, told: dict[str, Any]) -> None:
        self._next = told.get("_id", 0) + 1
        if kind == "update":
            for number, element in told.items():
                if isinstance(element, dict):
                    self._see(int(number), element)
        elif kind == "run_javascript" and DRAWN in told["code"]:
            self._drawn.set()

    def _see(self, number: int, element: dict[str, Any]) -> None:
        if element.get("props", {}).get("id") == "slider-effect":
            listener = next(one for one in element["events"] if one["type"] == "input")
            self._slider = number, listener["listener_id"]
        if text := element.get("text"):
            self.visit.said.append(text)


def memory(server: Server) -> float:
    """Return the MB that a server holds."""
    return float(psutil.Process(server.pid).memory_info().rss / MB)


async def visits(
    server: Server, count: int, moves: int = 20, every: float = 0.1, query: str = ""
) -> list[Visit]:
    """Return what so many visitors have met with, who came at once."""
    return await asyncio.gather(*(Visitor(server, query).stay(moves, every) for _ in range(count)))


def measure(count: int, residents: int, patience: float) -> dict[str, float]:
    """Return seconds to the pictures, and MB before, while and after so many visitors came."""
    with serving("placed-youth", "--residents", str(residents)) as server:
        before = memory(server)
        found = asyncio.run(visits(server, count))
        during = memory(server)
        time.sleep(patience)
        first = sorted(one.first or float("inf") for one in found)
        moves = sorted(time for one in found for time in one.moves)
        after = memory(server)
    return {
        "first_picture_s": first[-1],
        "first_picture_median_s": first[len(first) // 2],
        "move_median_s": moves[len(moves) // 2],
        "move_p95_s": moves[int(0.95 * len(moves))],
        "memory_before_mb": before,
        "memory_during_mb": during,
        "memory_after_mb": after,
        "memory_after_share": after / before,
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visitors", type=int, default=30)
    parser.add_argument("--residents", type=int, default=20_000)
    parser.add_argument("--patience", type=float, default=60.0)
    asked = parser.parse_args()
    for name, value in measure(asked.visitors, asked.residents, asked.patience).items():
        print(f"{name:24} {value:8.2f}")
