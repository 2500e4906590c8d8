"""A server of the page, and visitors to it."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).parents[2] / "src"
FIRST, PATIENCE = 300_000, 45_000
"""Milliseconds: before the first picture the simulation may have to be compiled."""


@dataclass(frozen=True)
class Server:
    """A running `sisim live`."""

    address: str
    log: Path
    pid: int

    def said(self) -> str:
        """Return all that it has printed."""
        return self.log.read_text(encoding="utf-8")


@contextmanager
def serving(*args: str) -> Iterator[Server]:
    """Run `sisim live` with arguments until the block ends."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        paths = [str(SOURCE), *filter(None, [os.environ.get("PYTHONPATH")])]
        plain = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "NICEGUI"))}
        env = {**plain, "PYTHONPATH": os.pathsep.join(paths), "LC_ALL": "C.UTF-8"}
        command = [sys.executable, "-m", "sisim", "live", *args, "--port", "0", "--no-open"]
        with log.open("w", encoding="utf-8") as out:
            running = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, env=env)
        try:
            while not (told := re.search(r"http://(\S+):(\d+)/", log.read_text(encoding="utf-8"))):
                if running.poll() is not None:
                    raise RuntimeError(log.read_text(encoding="utf-8"))
                time.sleep(0.1)
            while not _listens(told[1], int(told[2])):
                time.sleep(0.1)
            yield Server(told[0], log, running.pid)
        finally:
            running.terminate()
            running.wait(20)


def _listens(host: str, port: int) -> bool:
    with socket.socket() as place:
        return place.connect_ex((host, port)) == 0


class Visitor:
    """Somebody who looks at the page in a browser of his own, with no way out of this machine."""

    def __init__(
        self,
        chromium: Any,
        address: str,
        query: str = "",
        *,
        size: tuple[int, int] = (1280, 720),
        wait: str = "#chart-project svg, #chart-new_way svg, #chart-administrations svg, #dots, "
        "#arrivals, #chart-who-gains svg, .problems",
        rests: bool = True,
    ) -> None:
        self.address = address
        self.asked_outside: list[str] = []
        self.errors: list[str] = []
        self._context = chromium.new_context(
            viewport={"width": size[0], "height": size[1]}, accept_downloads=True
        )
        self.page = self._context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self._context.route("**/*", self._let_through)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda m: m.type == "error" and self.errors.append(m.text))
        self.page.goto(address + query)
        self.page.wait_for_selector(wait, timeout=FIRST)
        if rests:
            self.rest()

    def _let_through(self, route: Any) -> None:
        if route.request.url.startswith((self.address, "data:", "blob:")):
            route.continue_()
        else:
            self.asked_outside.append(route.request.url)
            route.abort()

    def leave(self) -> None:
        """Leave; nothing may have gone wrong."""
        self._context.close()
        assert not self.errors, "\n".join(self.errors)
        assert not self.asked_outside, "\n".join(self.asked_outside)

    def come_forward(self) -> None:
        """Come before visitors who came later: a page that is hidden is drawn once a second."""
        self.page.bring_to_front()

    def rest(self) -> None:
        """Wait until nothing more is drawn."""
        self.page.evaluate("window.sisim_seen = null")
        self.page.wait_for_function("""() => {
            const now = window.sisim_drawn || 0, then = window.sisim_seen;
            const moving = ["dragging", "approximate", "refining"];
            if (then && then[0] === now && !moving.includes(document.body.dataset.phase))
                return performance.now() - then[1] > 400;
            window.sisim_seen = [now, performance.now()];
            return false;
        }""")

    def drawn(self) -> int:
        """Return how many pictures have been drawn."""
        return int(self.page.evaluate("window.sisim_drawn || 0"))

    def do(self, work: Any) -> None:
        """Do something, and wait until its picture is drawn."""
        before = self.drawn()
        work()
        self.page.wait_for_function("n => (window.sisim_drawn || 0) > n", arg=before)
        self.rest()

    def slide(self, name: str, value: float) -> None:
        """Move a slider to a value, and let go of it."""
        self.do(
            lambda: self.page.evaluate(
                """([id, value]) => {
                const hand = document.getElementById(id);
                hand.value = value;
                hand.dispatchEvent(new Event("input", { bubbles: true }));
                hand.dispatchEvent(new Event("change", { bubbles: true }));
            }""",
                [name, value],
            )
        )

    def at(self, name: str) -> float:
        """Return where a slider stands."""
        return float(self.page.input_value(f"#{name}"))

    def series(self, which: str, name: str) -> list[list[float]]:
        """Return the points of a curve in one of the figures, as the browser has them."""
        return self.page.evaluate(  # type: ignore[no-any-return]
            """([which, name]) => {
                const all = sisim.chart("chart-" + which).getOption().series;
                return all.find((one) => one.id === name).data;
            }""",
            [f"{which}", name],
        )

    def text(self, place: str) -> str:
        """Return the text at a place."""
        return str(self.page.inner_text(place))

    def query(self) -> str:
        """Return the query of the address."""
        return str(self.page.evaluate("location.search"))
