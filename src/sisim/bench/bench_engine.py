"""How fast this computer simulates, measured and told; no test asserts a time."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version
from itertools import pairwise
from math import log
from pathlib import Path
from statistics import median
from typing import Any

from sisim.bench.bench_live import bench_live
from sisim.bench.bench_sweep import bench_sweep
from sisim.bench.sick_sicker import CYCLES, sick_sicker
from sisim.bench.turns import take_turns
from sisim.engine.simulation import Progress
from sisim.portable import processor, run_apart, usable_cores

PEOPLE = 1_000_000


def bench(progress: Progress = lambda *_: None) -> dict[str, Any]:
    """Return what was measured, and on what.

    Keys: `sick_sicker.ns_per_person_cycle` (one strategy alone, one thread),
    `sick_sicker.second_strategy_ns` (what a treatment that changes no transition adds),
    `municipality.seconds` and `.peak_mb` (100 000 residents aged 0-29, warm-up and 20 years, with
    and without), `small_arm.extra_share` (what an arm that affects 60 people adds to the run
    without any), `figures.drawn_seconds` (from the command to the pictures, once compiled) and
    `figures.seconds` (to its end), `growth.exponent` (time in proportion to people to this power),
    those of `sisim.bench.bench_sweep` and of
    `sisim.bench.bench_live`, and the processor and the versions. Times are the least measured;
    `sick_sicker.median_ns` and `municipality.median_seconds` are the medians.

    Args:
        progress: Called with the parts done and the parts in all.
    """
    # The municipality first: a child may be told its parent's peak of memory as its own.
    parts = (_municipality, bench_sweep, _sick_sicker, _small_arm, _growth, _figures, bench_live)
    found: dict[str, Any] = {
        "processor": processor(),
        "cores": usable_cores(),
        "python": platform.python_version(),
        **{name: version(name) for name in ("sisim", "numpy", "numba", "mesa")},
    }
    for done, part in enumerate(parts):
        progress(done, len(parts))
        found |= part()
    return found


def _sick_sicker() -> dict[str, Any]:
    """Measure one strategy alone, and what a second one adds."""
    from sisim.engine.compile import compile_scenario
    from sisim.engine.simulation import Simulation
    from sisim.scenario.scenario import Scenario

    parts = sick_sicker(PEOPLE)
    treatment = {
        "label": "treatment",
        "start": "2020-01",
        "years": CYCLES,
        "target": {"state.health": ["healthy"]},
        "effects": [{"on": "weight:qaly@sick", "adds": 0.2, "acts_on": "area"}],
        "cost": {"payer": "fund"},
    }
    arms = {"treated": {"label": "treated", "investments": {"treatment": "continues"}}}
    one = compile_scenario(Scenario.model_validate(parts))
    both = compile_scenario(
        Scenario.model_validate({**parts, "investments": {"treatment": treatment}, "arms": arms})
    )

    def time_of(compiled: Any) -> float:
        simulation = Simulation(compiled, 1, threads=1)
        start = time.perf_counter()
        simulation.advance(CYCLES)
        return (time.perf_counter() - start) / PEOPLE / CYCLES * 1e9

    alone, two = take_turns(lambda: time_of(one), lambda: time_of(both))
    return {
        "sick_sicker.ns_per_person_cycle": round(min(alone), 2),
        "sick_sicker.median_ns": round(median(alone), 2),
        "sick_sicker.second_strategy_ns": round(min(two) - min(alone), 2),
    }


def _run_of(overrides: dict[str, Any], arms: list[str]) -> Callable[[], list[float]]:
    """Return what measures a run of the ready scenario, changed: the seconds of each part of it.

    A part is four years; that before the first is among them.
    """
    from sisim.engine.compile import compile_scenario
    from sisim.engine.warm_up import run_once
    from sisim.loading.load import load_scenario

    scenario = load_scenario("placed-youth", overrides)
    kept = {name: scenario.arms[name] for name in arms}
    compiled = compile_scenario(scenario.model_copy(update={"arms": kept, "figures": None}))

    def once() -> list[float]:
        moments = [time.perf_counter()]
        run_once(compiled, 1, progress=lambda *_: moments.append(time.perf_counter()))
        return [end - begin for begin, end in pairwise(moments)]

    return once


MUNICIPALITY = {"population.residents": 100_000, "time.history": 0}


def _small_arm() -> dict[str, Any]:
    """Measure a run without any arm, and with one that affects sixty people.

    Their difference is less than the computer's own: the least of each part is added up.
    """
    few = {**MUNICIPALITY, "investments.team.capacity": 60, "investments.team.duration": 36}
    runs = take_turns(_run_of(few, []), _run_of(few, ["project"]))
    without, small = (sum(map(min, zip(*parts, strict=True))) for parts in runs)
    return {
        "small_arm.seconds_without": round(without, 2),
        "small_arm.extra_share": round(small / without - 1, 4),
    }


def _growth() -> dict[str, Any]:
    """Measure to which power of the number of people the time is proportional."""
    few, many = 50_000, 400_000
    small, large = (
        _run_of({"population.residents": n, "time.history": 0}, ["project"]) for n in (few, many)
    )
    short, long = (min(map(sum, runs)) for runs in take_turns(small, large))
    return {"growth.exponent": round(log(long / short) / log(many / few), 3)}


def _municipality() -> dict[str, Any]:
    """Measure seconds, and peak memory in MB, in a process of its own."""
    code = (
        "import json\n"
        "from sisim.bench import bench_engine as bench\n"
        "from sisim.bench.turns import take_turns\n"
        "from sisim.portable import peak_memory\n"
        "(times,) = take_turns(bench._run_of(bench.MUNICIPALITY, ['project']))\n"
        "print(json.dumps([list(map(sum, times)), peak_memory()]))\n"
    )
    times, peak = json.loads(run_apart(code))
    return {
        "municipality.seconds": round(min(times), 2),
        "municipality.median_seconds": round(median(times), 2),
        "municipality.residents": MUNICIPALITY["population.residents"],
        **({} if peak is None else {"municipality.peak_mb": round(peak)}),
    }


def _figures() -> dict[str, Any]:
    """Measure `sisim figures`, from the command to the pictures, and to its end."""
    # Compiled once means Python's own files too, whatever this process was told.
    kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}

    def once() -> tuple[float, float]:
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "figures"
            command = [sys.executable, "-m", "sisim", "figures", "--out", str(out)]
            start = time.perf_counter()
            nothing = subprocess.DEVNULL
            running = subprocess.Popen(command, stdout=nothing, stderr=nothing, env=kept)
            while running.poll() is None and not (out / "figure-1.png").exists():
                time.sleep(0.02)
            drawn = time.perf_counter() - start
            if running.wait():
                raise subprocess.CalledProcessError(running.returncode, command)
            return drawn, time.perf_counter() - start

    (times,) = take_turns(once)
    drawn, whole = (min(each) for each in zip(*times, strict=True))
    return {"figures.drawn_seconds": round(drawn, 2), "figures.seconds": round(whole, 2)}
