"""How long a country takes on this computer, by what a few municipalities take.

The seconds of a country are those that its start takes, so many for each municipality and so many
for each resident: three runs of invented municipalities tell the three apart.
"""

from __future__ import annotations

import json
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sisim.portable import peak_memory, run_apart, usable_cores

MUNICIPALITIES, RESIDENTS = 290, 10_500_000
"""Those of Sweden (Statistics Sweden, 2024)."""
SHARES = (380, 170, 125, 90, 70, 55, 42, 31, 22, 15)
"""How residents are spread over ten municipalities, in thousandths: about as Sweden's are."""
RUNS = ((10, 100_000), (10, 20_000), (1, 20_000))
"""Municipalities, and residents in all of them."""
COUNTRY = """
name = "bench"
title = "bench"
scenario = "placed-youth"
outcomes = ["net_present_value", "invested", "lower_cost"]
municipalities = { file = "municipalities.csv" }
chance = { replications = 1 }
"""


@dataclass(frozen=True)
class CountryRun:
    """A run of some municipalities, the ready scenario in each, with every arm of it.

    Attributes:
        municipalities: How many.
        residents: In all of them.
        seconds: From the start of the command's work to its result, compiled.
        memory: The most that all processes together held, MB; None: not known on this system.
    """

    municipalities: int
    residents: int
    seconds: float
    memory: float | None


def bench_country(runs: tuple[tuple[int, int], ...] = RUNS) -> tuple[CountryRun, ...]:
    """Return what each run took, each in a process of its own, on all cores.

    Args:
        runs: Municipalities, and residents in all of them.
    """
    code = "from sisim.bench.bench_country import print_once; import sys; print_once(*sys.argv[1:])"
    found = []
    for municipalities, residents in runs:
        seconds, memory = json.loads(run_apart(code, str(municipalities), str(residents)))
        found.append(CountryRun(municipalities, residents, seconds, memory))
    return tuple(found)


def sweden(runs: tuple[CountryRun, ...]) -> float:
    """Return how many seconds Sweden would take, by runs that differ in both their numbers.

    Examples:
        >>> runs = [(10, 100_000, 6.0), (10, 20_000, 3.0), (1, 20_000, 2.0)]
        >>> round(sweden(tuple(CountryRun(*one, memory=None) for one in runs)))
        427
    """
    told = [(1.0, one.municipalities, one.residents) for one in runs]
    took = [one.seconds for one in runs]
    parts = np.linalg.solve(np.array(told), np.array(took))
    # A computer that is disturbed may seem to do some of it in less than no time.
    return float(np.maximum(parts, 0.0) @ [1.0, MUNICIPALITIES, RESIDENTS])


def print_once(municipalities: str, residents: str) -> None:
    """Simulate a country, and print its seconds and its memory in MB."""
    from sisim.analysis.executors import processes
    from sisim.analysis.sweep import sweep

    workers = usable_cores()
    with tempfile.TemporaryDirectory() as folder:
        file = write_country(Path(folder), int(municipalities), int(residents))
        begun = time.perf_counter()
        sweep(file, Path(folder) / "result", executor=processes(workers))
        seconds = time.perf_counter() - begun
    own, each = peak_memory(), peak_memory(of_children=True)
    print(json.dumps([seconds, None if own is None or each is None else own + workers * each]))


def write_country(folder: Path, municipalities: int, residents: int) -> Path:
    """Write a country of invented municipalities, and return its file."""
    shares = np.resize(SHARES, municipalities) / np.resize(SHARES, municipalities).sum()
    rows = [f"M{n};M{n};{round(residents * share)}" for n, share in enumerate(shares)]
    table = "\n".join(["code;municipality;residents", *rows]) + "\n"
    (folder / "municipalities.csv").write_text(table, encoding="utf-8", newline="\n")
    (folder / "country.toml").write_text(COUNTRY, encoding="utf-8", newline="\n")
    return folder / "country.toml"
