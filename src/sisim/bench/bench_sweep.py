"""How fast this computer sweeps: cells per second on one core and on two, memory, and overhead.

A sweep of cells × two arms on 10 000 residents: of a few cells, unless told otherwise. What is
measured is the time of many less that of few, so that what is done once (starting processes) is not
in it.
"""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from sisim.portable import peak_memory, usable_cores

FEW, CELLS = 4, 20
"""Cells that are not measured, and those that are if nobody says how many."""
EXPERIMENT = """
name = "bench"
title = "bench"
scenario = "placed-youth"
arms = ["project", "new_way"]
outcomes = ["net_present_value", "invested", "lower_cost", "outcome.*"]
[override]
"population.residents" = 10_000
"time.history" = 0
[levers]
"investments.team.reach" = {{ from = 0.5, to = 0.9, steps = {cells} }}
[chance]
replications = 1
"""


def bench_sweep(cells: int = CELLS) -> dict[str, Any]:
    """Return what was measured.

    Args:
        cells: Of how many cells.

    Keys: `sweep.cells_per_second_one_core`, `sweep.cells_per_second_two_cores` (where there are
    two), `sweep.speedup`, `sweep.peak_mb` (two processes and the one that waits for them),
    `sweep.simulating_share` (of the time of a cell, what the simulation takes),
    `sweep.kernel_share` (what its compiled code alone takes) and `sweep.cells_measured`.
    """
    speed: dict[int, float] = {}
    peak: float | None = None
    for workers in range(1, min(2, usable_cores()) + 1):
        few, _ = _measured(FEW, workers)
        many, peak = _measured(FEW + cells, workers)
        speed[workers] = cells / (many - few)
    simulating, kernel = shares()
    found = {"sweep.cells_per_second_one_core": round(speed[1], 3)}
    if 2 in speed:
        found["sweep.cells_per_second_two_cores"] = round(speed[2], 3)
        found["sweep.speedup"] = round(speed[2] / speed[1], 2)
    return {
        **found,
        **({} if peak is None else {"sweep.peak_mb": round(peak)}),
        "sweep.simulating_share": round(simulating, 3),
        "sweep.kernel_share": round(kernel, 3),
        "sweep.cells_measured": cells,
    }


def _measured(cells: int, workers: int) -> tuple[float, float | None]:
    """Return the seconds of a sweep, and its memory in MB if known, in a process of its own."""
    code = f"from sisim.bench.bench_sweep import sweep_once; sweep_once({cells}, {workers})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    seconds, peak = json.loads(done.stdout)
    return seconds, peak


def sweep_once(cells: int, workers: int) -> None:
    """Run a sweep, and print its seconds and its memory in MB."""
    from sisim.analysis.executors import processes
    from sisim.analysis.sweep import sweep

    with tempfile.TemporaryDirectory() as folder:
        experiment = Path(folder) / "bench.toml"
        experiment.write_text(EXPERIMENT.format(cells=cells), encoding="utf-8", newline="\n")
        start = time.perf_counter()
        sweep(experiment, Path(folder) / "result", executor=processes(workers))
        seconds = time.perf_counter() - start
    own, each = peak_memory(), peak_memory(of_children=True)
    peak = None if own is None or each is None else own + workers * each
    print(json.dumps([seconds, peak]))


def shares(cells: int = 5) -> tuple[float, float]:
    """Return the share of a cell's time that simulates, and that of the compiled code alone."""
    from numba.core.dispatcher import Dispatcher

    from sisim.analysis.cell import Runner, Setup
    from sisim.analysis.experiment_file import load_experiment

    engine: Any = importlib.import_module("sisim.engine.replications")
    with tempfile.TemporaryDirectory() as folder:
        experiment = Path(folder) / "bench.toml"
        experiment.write_text(EXPERIMENT.format(cells=cells + 1), encoding="utf-8", newline="\n")
        plan = load_experiment(experiment)
    first, *others = plan.experiment.choices
    runner = Runner(Setup(plan.scenario, plan.outcomes))
    runner.run(first, 1)  # compiled, or read from disk
    spent = {"simulating": 0.0, "kernel": 0.0}
    inside: list[str] = []

    def timed(name: str, work: Any) -> Any:
        def run(*args: Any, **more: Any) -> Any:
            if name in inside:
                return work(*args, **more)
            inside.append(name)
            begun = time.perf_counter()
            try:
                return work(*args, **more)
            finally:
                spent[name] += time.perf_counter() - begun
                inside.remove(name)

        return run

    kept = [(engine, "run_once", engine.run_once)] + [
        (module, key, value)
        for name, module in list(sys.modules.items())
        if name.startswith("sisim.engine")
        for key, value in list(vars(module).items())
        if isinstance(value, Dispatcher)
    ]
    for module, key, value in kept:
        setattr(module, key, timed("simulating" if key == "run_once" else "kernel", value))
    try:
        start = time.perf_counter()
        for values in others:
            runner.run(values, 1)
        total = time.perf_counter() - start
    finally:
        for module, key, value in kept:
            setattr(module, key, value)
    return spent["simulating"] / total, spent["kernel"] / total
