"""What a run works on takes memory as it is used."""

from __future__ import annotations

import numpy as np
import psutil

from sisim import load
from sisim.engine.columns import columns
from sisim.engine.compile import compile_scenario
from sisim.engine.population import people


def resident() -> int:
    """Return how many bytes of memory this process has in use."""
    return int(psutil.Process().memory_info().rss)


def test_a_few_who_differ_in_an_arm_take_little_memory() -> None:
    """Their rows stand far apart, and what lies between them is not taken."""
    compiled = compile_scenario(load("placed-youth", {"population.residents": 50_000}))
    made = columns(compiled, people(compiled.scenario, compiled.clock, 1))
    few = np.arange(made.n, 2 * made.n, made.n // 40)
    before = resident()
    made.since[few] = made.memory["changed"][few, :1] = 1
    assert made.memory[made.n :].nbytes > 50e6
    assert resident() - before < 2e6
