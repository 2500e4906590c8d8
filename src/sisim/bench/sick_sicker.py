"""Sick-Sicker as it is published, to be simulated: the file, and the exact answer to hold it to."""

from __future__ import annotations

import tomllib
from typing import Any

import numpy as np

from sisim.arrays import Floats

CYCLES = 30
STATES = ("healthy", "sick", "sicker", "dead")
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


def sick_sicker(people: int) -> dict[str, Any]:
    """Return the parts of a scenario of so many people, all of them healthy at the start."""
    from sisim.scenario.pathway import Pathway

    return {
        "name": "bench",
        "title": "bench",
        "pathway": Pathway.model_validate(tomllib.loads(SICK_SICKER)),
        "time": {"start": "2020-01", "years": CYCLES},
        "population": {"cohort": people},
    }


def chances() -> Floats:
    """Return the chance of each state a cycle later, by state, as the file has it: (4, 4)."""
    found = np.zeros((len(STATES), len(STATES)))
    for one in tomllib.loads(SICK_SICKER)["transitions"].values():
        found[STATES.index(one["from"]), STATES.index(one["to"])] = one["probability"]
    return found + np.diag(1 - found.sum(axis=1))


def exact_shares() -> Floats:
    """Return the share of people in each state after each cycle, (cycles + 1, 4)."""
    shares = [np.eye(len(STATES))[0]]
    for _ in range(CYCLES):
        shares.append(shares[-1] @ chances())
    return np.array(shares)
