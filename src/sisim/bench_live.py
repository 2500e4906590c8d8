"""How soon the live page follows the hand: from a slider that moves to the picture of it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import time
from importlib.util import find_spec
from typing import Any

import numpy as np

RESIDENTS = 100_000
MOVES = 40
LEVERS = ("effect", "inflow", "reach", "half_life")
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MOVE = """async ([id, value]) => {
  const hand = document.getElementById(id), before = window.sisim_drawn || 0;
  const begun = performance.now();
  hand.value = value;
  hand.dispatchEvent(new Event("input", { bubbles: true }));
  while ((window.sisim_drawn || 0) === before) await new Promise(requestAnimationFrame);
  await new Promise(requestAnimationFrame);
  return performance.now() - begun;
}"""


def bench_live() -> dict[str, Any]:
    """Return milliseconds from hand to picture, for a municipality of 100 000 residents.

    Keys: `live.server_median_ms` and `live.server_p95_ms` (simulation and picture, without a
    browser), `live.median_ms` and `live.p95_ms` (all of it, in Chromium; None where there is none).
    """
    found: dict[str, Any] = dict(_told("server_", _server_part()))
    path = next((path for name in NAMES if (path := shutil.which(name))), None)
    if path is None or find_spec("playwright") is None:
        return {**found, "live.median_ms": None, "live.p95_ms": None}
    return {**found, **_told("", _in_browser(path))}


def _told(part: str, times: list[float]) -> dict[str, float]:
    median, high = np.quantile(times, [0.5, 0.95])
    return {
        f"live.{part}median_ms": round(float(median), 1),
        f"live.{part}p95_ms": round(float(high), 1),
    }


def _positions() -> list[tuple[str, float]]:
    """Return positions of sliders, as a hand moves one after the other, in shares of their way."""
    each = MOVES // len(LEVERS)
    return [(name, 0.2 + 0.6 * n / each) for name in LEVERS for n in range(each)]


def _server_part() -> list[float]:
    from sisim.live.charts import Axes, Look, figure
    from sisim.live.levers import changes, main_levers
    from sisim.live.world import World
    from sisim.report.series import WHICH, compare
    from sisim.scenario.load import load_scenario

    scenario = load_scenario("placed-youth", {"population.residents": RESIDENTS})
    levers = {lever.id: lever for lever in main_levers(scenario)}
    world = World(scenario, 1, 1)
    axes = Axes.of(compare(world.results({})))
    values: dict[str, float] = {}
    times = []
    for name, share in _positions():
        lever = levers[name]
        values[name] = lever.low + share * (lever.high - lever.low)
        begun = time.perf_counter()
        story = compare(world.results(changes(list(levers.values()), values)))
        for which in WHICH:
            figure(story, which, "en", axes, Look())
        times.append(1000 * (time.perf_counter() - begun))
    return times


def _in_browser(path: str) -> list[float]:
    from playwright.sync_api import sync_playwright

    command = [sys.executable, "-m", "sisim", "live", "--residents", str(RESIDENTS), "--set",
               "replications=1", "--port", "0", "--no-open", "--lang", "en"]  # fmt: skip
    running = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert running.stdout is not None
        address = None
        while address is None:
            line = running.stdout.readline()
            if not line:
                raise RuntimeError("sisim live did not start")
            told = re.search(r"http://\S+/", line)
            address = told and told[0]
        time.sleep(2)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
            page = browser.new_page(viewport={"width": 1280, "height": 720})
            page.goto(address)
            page.wait_for_selector("#chart-project svg", timeout=300_000)
            page.wait_for_timeout(1000)
            times = []
            for name, share in _positions():
                low, high = (
                    float(page.get_attribute(f"#slider-{name}", end) or 0) for end in ("min", "max")
                )
                where = [f"slider-{name}", low + share * (high - low)]
                times.append(float(page.evaluate(MOVE, where)))
            browser.close()
    finally:
        running.terminate()
        running.wait(20)
    return times
