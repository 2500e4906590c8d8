"""From a plan to its cells: the same ones every time, in the same order, each with its own id.

Draw number n is the same however many are asked for, so that an experiment can be expanded: random
draws come by name and number, a Sobol sequence is one sequence, and a Latin hypercube (McKay,
Beckman & Conover, Technometrics 21(2), 1979) is made block by block.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from pydantic import BaseModel

from sisim.analysis.cell import Cell
from sisim.analysis.experiment_file import Plan
from sisim.analysis.variants import MoneyPaths, canonical
from sisim.arrays import Floats
from sisim.scenario.digest import LOOKING_ON
from sisim.scenario.psa_draws import draw_together, stream

CHUNK = 1024
"""Draws of a Sobol sequence made at a time: a power of two, as its balance asks for."""
SILENT = ("title", "description", "catalogue", "follow_up", *LOOKING_ON)
"""What may be written otherwise without any number becoming another."""
Draw = tuple[int, dict[str, float]]
"""The number of a draw, and the values drawn by path."""


def count(plan: Plan) -> int:
    """Return how many cells a plan has."""
    return len(plan.experiment.choices) * plan.draws * plan.replications


def content(model: BaseModel) -> dict[str, Any]:
    """Return a model as JSON would have it."""
    return model.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_unset=True)


def cells(plan: Plan, scenario_digest: str | None = None) -> Iterator[Cell]:
    """Yield every cell of a plan; those that may share a simulation follow on each other.

    Args:
        plan: The plan.
        scenario_digest: What stands for the scenario in the ids; unset: a hash of all of it that
            has a bearing on the numbers.
    """
    money = MoneyPaths(plan.scenario)
    said = {k: v for k, v in content(plan.scenario).items() if k not in SILENT}
    # The order of states and categories is part of it: draws are made in that order.
    made_of = scenario_digest or hashlib.sha256(json.dumps(said).encode()).hexdigest()[:8]
    choices = plan.experiment.choices
    groups: dict[str, list[int]] = {}
    for choice, values in enumerate(choices):
        groups.setdefault(money.people(values), []).append(choice)
    replications = range(plan.replications)
    if all(money.money(path) for path in plan.drawn):
        order = (
            (draw, group, replication)
            for group in groups.values()
            for replication in replications
            for draw in draws(plan)
        )
    else:
        order = (
            (draw, group, replication)
            for draw in draws(plan)
            for group in groups.values()
            for replication in replications
        )
    for (number, drawn), group, replication in order:
        for choice in group:
            values = {**choices[choice], **drawn}
            seed = plan.seed_of(choice, replication)
            decisive = canonical([made_of, choice, number, replication, seed, values])
            name = hashlib.blake2b(decisive.encode(), digest_size=8).hexdigest()
            yield Cell(name, choice, values, number, replication, seed)


def draws(plan: Plan) -> Iterator[Draw]:
    """Yield every draw of the uncertain numbers: one, of nothing, where nothing is uncertain."""
    if not plan.drawn:
        yield 0, {}
        return
    uncertain, together = plan.uncertain, plan.together
    seed = plan.experiment.design.seed
    number = 0
    for shares in _shares(plan, [one.key for one in uncertain]):
        quantiles = [one.quantile(shares[:, n]) for n, one in enumerate(uncertain)]
        for row in range(len(shares)):
            if number == plan.draws:
                return
            drawn = {one.key: float(q[row]) for one, q in zip(uncertain, quantiles, strict=True)}
            if together:
                joint = draw_together(plan.scenario, number, seed)
                drawn |= {path: joint[path] for path in together}
            yield number, drawn
            number += 1


def _shares(plan: Plan, keys: Sequence[str]) -> Iterator[Floats]:
    """Yield, chunk by chunk, where in their distributions numbers are drawn, (draws, numbers)."""
    from scipy.stats import qmc

    design = plan.experiment.design
    seed = design.seed
    chunk = 0
    sobol = qmc.Sobol(len(keys), rng=np.random.default_rng(seed)) if keys else None
    while True:
        if not keys:
            yield np.zeros((CHUNK, 0))
        elif design.sampling == "latin_hypercube":
            # By name, so that a number more in the file does not move the draws of the others.
            seeds = (stream(key, chunk, seed).integers(2**63) for key in keys)
            columns = [qmc.LatinHypercube(1, rng=own).random(plan.block) for own in map(int, seeds)]
            yield np.hstack(columns)
        elif design.sampling == "sobol":
            assert sobol is not None
            yield sobol.random(CHUNK)
        else:
            yield np.array([[stream(key, chunk, seed).random() for key in keys]])
        chunk += 1
