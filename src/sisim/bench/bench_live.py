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
  return [performance.now() - begun, window.sisim_took];
}"""
SETTLE = """async () => {
  const begun = performance.now();
  while (document.body.dataset.phase !== "settled") await new Promise(requestAnimationFrame);
  return performance.now() - begun;
}"""


def bench_live() -> dict[str, Any]:
    """Return milliseconds from hand to picture, for a municipality of 100 000 residents.

    Keys, each with `_median_ms` and `_p95_ms`: `live.server` (simulation and picture, without a
    browser) and its parts `live.simulation`, `live.comparison` and `live.figures`; and in Chromium
    (None where there is none), once the page has learned what its sliders do: `live.drawing` (both
    figures and the words around them), `live.median_ms` and `live.p95_ms` (all of it, from a slider
    that moves to the second frame after the drawing), `live.settled` (from there, when the hand
    stands still, until what is shown has been simulated).
    """
    found: dict[str, Any] = {}
    for name, times in _server_part().items():
        found |= _told(f"{name}_", times)
    path = next((path for name in NAMES if (path := shutil.which(name))), None)
    seen: dict[str, list[float]] = {"drawing": [], "settled": [], "": []}
    if path is not None and find_spec("playwright") is not None:
        seen = _in_browser(path)
    for name, times in seen.items():
        found |= _told(f"{name}_" if name else "", times)
    return found


def _told(part: str, times: list[float]) -> dict[str, float | None]:
    median, high = np.quantile(times, [0.5, 0.95]) if times else (None, None)
    return {
        f"live.{part}{name}_ms": None if value is None else round(float(value), 1)
        for name, value in (("median", median), ("p95", high))
    }


def _positions() -> list[tuple[str, float]]:
    """Return positions of sliders, as a hand moves one after the other, in shares of their way."""
    each = MOVES // len(LEVERS)
    return [(name, 0.2 + 0.6 * n / each) for name in LEVERS for n in range(each)]


def _server_part() -> dict[str, list[float]]:
    from sisim.analysis.comparison import WHICH, compare
    from sisim.live.chart_options import Look, figure
    from sisim.live.scenario_session import ScenarioSession
    from sisim.live.sliders import changes, main_sliders
    from sisim.loading.load import load_scenario
    from sisim.report.chart.label_placement import KeptNotes
    from sisim.report.comparison_chart import Scales

    scenario = load_scenario("placed-youth", {"population.residents": RESIDENTS})
    sliders = {slider.id: slider for slider in main_sliders(scenario)}
    session = ScenarioSession(scenario, 1, 1)
    axes = Scales.of(compare(session.results({})))
    values: dict[str, float] = {}
    places: dict[str, KeptNotes] = {which: {} for which in WHICH}
    times: dict[str, list[float]] = {
        name: [] for name in ("server", "simulation", "comparison", "figures")
    }
    for name, share in _positions():
        slider = sliders[name]
        values[name] = slider.low + share * (slider.high - slider.low)
        at = [time.perf_counter()]
        results = session.results(changes(list(sliders.values()), values))
        at.append(time.perf_counter())
        comparison = compare(results)
        at.append(time.perf_counter())
        for which in WHICH:
            figure(comparison, which, axes, Look(), notes=places[which])
        at.append(time.perf_counter())
        for part, took in zip(times, (at[-1] - at[0], *np.diff(at)), strict=True):
            times[part].append(1000 * float(took))
    return times


def _in_browser(path: str) -> dict[str, list[float]]:
    from playwright.sync_api import sync_playwright

    command = [
        sys.executable,
        "-m",
        "sisim",
        "live",
        "--residents",
        str(RESIDENTS),
        "--set",
        "replications=1",
        "--port",
        "0",
        "--no-open",
        "--lang",
        "en",
    ]
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
            page.wait_for_function("window.sisim_learned", timeout=300_000)
            times: dict[str, list[float]] = {"drawing": [], "settled": [], "": []}
            for number, (name, share) in enumerate(_positions(), start=1):
                low, high = (
                    float(page.get_attribute(f"#slider-{name}", end) or 0) for end in ("min", "max")
                )
                where = [f"slider-{name}", low + share * (high - low)]
                whole, drawn = page.evaluate(MOVE, where)
                times[""].append(float(whole))
                times["drawing"].append(float(drawn))
                if number % (MOVES // len(LEVERS)) == 0:
                    times["settled"].append(float(page.evaluate(SETTLE)))
            browser.close()
    finally:
        running.terminate()
        running.wait(20)
    return times
