"""How fast this computer simulates, measured and told; no test asserts a time."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sisim.bench_live import bench_live
from sisim.bench_sweep import bench_sweep

ROUNDS = 3
"""Each time is the least of so many: what the computer can do when it does nothing else."""
PEOPLE = 1_000_000
CYCLES = 30

# The published model P1 (Krijkamp et al., Med Decis Making 38(3), 2018), as in experiments/.
SICK_SICKER = """
name = "sick-sicker"
title = "Sick-Sicker"
step = "year"
[tracks.health]
label = "Health"
start = "healthy"
states.healthy.label = "Healthy"
states.sick.label = "Sick"
states.sicker.label = "Sicker"
states.dead.label = "Dead"
[transitions]
falls_ill = { track = "health", from = "healthy", to = "sick", probability = 0.15 }
recovers = { track = "health", from = "sick", to = "healthy", probability = 0.5 }
gets_worse = { track = "health", from = "sick", to = "sicker", probability = 0.105 }
dies_healthy = { track = "health", from = "healthy", to = "dead", probability = 0.005 }
dies_sick = { track = "health", from = "sick", to = "dead", probability = 0.014925125 }
dies_sicker = { track = "health", from = "sicker", to = "dead", probability = 0.0488898695 }
"""


def bench() -> dict[str, Any]:
    """Return what was measured, and on what.

    Keys: `sick_sicker.ns_per_person_cycle` (one strategy alone, one thread),
    `sick_sicker.second_strategy_ns` (what a treatment that changes no transition adds),
    `municipality.seconds` and `.peak_mb` (100 000 residents aged 0-29, warm-up and 20 years, with
    and without), `small_arm.extra_share` (what an arm that touches 60 people adds to the run
    without any), `figures.seconds` (the whole command, once compiled), `growth.exponent` (time in
    proportion to people to this power), those of `sisim.bench_sweep` and of
    `sisim.bench_live`, and the processor and the versions.
    """
    # First of all: a child may be told its parent's peak of memory as its own.
    seconds, peak, hundred = _municipality()
    sweep = bench_sweep()
    alone, second = _sick_sicker()
    without, small = _small_arm()
    return {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)),
        "python": platform.python_version(),
        **{name: version(name) for name in ("sisim", "numpy", "numba", "mesa")},
        "sick_sicker.ns_per_person_cycle": round(alone, 2),
        "sick_sicker.second_strategy_ns": round(second, 2),
        "municipality.seconds": round(seconds, 2),
        "municipality.residents": hundred,
        "municipality.peak_mb": round(peak),
        "small_arm.seconds_without": round(without, 2),
        "small_arm.extra_share": round(small / without - 1, 4),
        "growth.exponent": round(_growth(), 3),
        "figures.seconds": round(_figures(), 2),
        **sweep,
        **bench_live(),
    }


def _least(work: Callable[[], float]) -> float:
    return min(work() for _ in range(ROUNDS))


def _sick_sicker() -> tuple[float, float]:
    """Return nanoseconds per person and cycle of one strategy, and what a second one adds."""
    import tomllib

    from sisim.engine.compile import compile_scenario
    from sisim.engine.run import Simulation
    from sisim.scenario.pathway import Pathway
    from sisim.scenario.scenario import Scenario

    parts: dict[str, Any] = {
        "name": "bench",
        "title": "bench",
        "pathway": Pathway.model_validate(tomllib.loads(SICK_SICKER)),
        "time": {"start": "2020-01", "years": CYCLES},
        "population": {"cohort": PEOPLE},
    }
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

    time_of(one)
    alone = _least(lambda: time_of(one))
    return alone, _least(lambda: time_of(both)) - alone


def _time_of(overrides: dict[str, Any], arms: Any = None) -> float:
    """Return the seconds of a run of the ready scenario, changed, once."""
    from sisim.engine.compile import compile_scenario
    from sisim.engine.run import run_once
    from sisim.scenario.load import load_scenario

    scenario = load_scenario("placed-youth", overrides)
    if arms is not None:
        scenario = scenario.model_copy(
            update={"arms": {name: scenario.arms[name] for name in arms}, "figures": None}
        )
    compiled = compile_scenario(scenario)

    def once() -> float:
        start = time.perf_counter()
        run_once(compiled, 1)
        return time.perf_counter() - start

    return _least(once)


MUNICIPALITY = {"population.residents": 100_000, "time.history": 0}


def _small_arm() -> tuple[float, float]:
    """Return the seconds without any arm, and with one that touches sixty people."""
    few = {**MUNICIPALITY, "investments.team.capacity": 60, "investments.team.duration": 36}
    return _time_of(few, arms=[]), _time_of(few, arms=["project"])


def _growth() -> float:
    """Return the power of the number of people to which the time is proportional."""
    from math import log

    small, large = 50_000, 400_000
    times = [
        _time_of({"population.residents": n, "time.history": 0}, arms=["project"])
        for n in (small, large)
    ]
    return log(times[1] / times[0]) / log(large / small)


def _municipality() -> tuple[float, float, int]:
    """Return seconds, peak memory in MB and residents, measured in a process of their own."""
    code = (
        "import resource, sys\n"
        "from sisim import bench\n"
        "print(bench._time_of(bench.MUNICIPALITY, arms=['project']))\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    seconds, peak = done.stdout.split()
    unit = 1024.0 if sys.platform != "darwin" else 1024.0**2
    return float(seconds), float(peak) / unit, int(MUNICIPALITY["population.residents"])


def _figures() -> float:
    """Return the seconds of `sisim figures`, from the command to the pictures."""
    with tempfile.TemporaryDirectory() as folder:
        out = str(Path(folder) / "figures")

        # Compiled once means Python's own files too, whatever this process was told.
        kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}

        def once() -> float:
            start = time.perf_counter()
            command = [sys.executable, "-m", "sisim", "figures", "--out", out]
            subprocess.run(command, capture_output=True, check=True, env=kept)
            return time.perf_counter() - start

        return _least(once)


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())
