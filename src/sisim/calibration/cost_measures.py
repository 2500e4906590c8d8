"""Calibration targets in money: what the use of resources costs at the prices of the pathway.

Everything that states and transitions use is counted, but for uses that have factors, which cannot
be read off life histories: they are refused. What is used at entry is left out.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sisim.calibration.targets import Histories, Names, Spells, TrackHistory, measure
from sisim.economics.prices import conversion
from sisim.scenario.pathway import Use


@measure
def cost_per_resident(
    histories: Histories,
    resources: Names,
    ages: Sequence[float] | None = None,
    price_level: int = 2024,
    per: float = 1.0,
) -> float:
    """Yearly cost of some resources for all residents, per resident of given ages.

    In kronor of the price level. As a municipality's cost of child and youth care is told per
    resident aged 0-20: the cost is whole, the ages are those that it is divided by.
    """
    years = histories.residents(ages).steps / histories.per_year
    return per * _cost(histories, resources, price_level) / years if years else float("nan")


@measure
def cost_share(histories: Histories, resources: Names, of: Names, price_level: int = 2024) -> float:
    """Share of the cost of some resources (`of`) that others, among them, stand for."""
    whole = _cost(histories, of, price_level)
    return _cost(histories, resources, price_level) / whole if whole else float("nan")


def _cost(histories: Histories, resources: Names, price_level: int) -> float:
    total = 0.0
    for name in (resources,) if isinstance(resources, str) else resources:
        resource = histories.pathway.resources[name]
        price = resource.price.value * conversion(resource.price_year, price_level)
        total += price * _units(histories, name)
    return total


def _units(histories: Histories, resource: str) -> float:
    """Return how many units of a resource residents use in the window."""
    everyone, units = histories.residents(), 0.0
    for track, spec in histories.pathway.tracks.items():
        for state, content in spec.states.items():
            amount = _amount(content.uses.get(resource), f"{track}.{state}")
            if amount:
                inside = histories.spells(f"{track}.{state}") & everyone
                units += amount * inside.steps / histories.per_year
    for name, transition in histories.pathway.transitions.items():
        amount = _amount(transition.uses.get(resource), f"transitions.{name}")
        if amount:
            units += amount * _times(histories, name, everyone)
    return units


def _amount(use: Use | None, place: str) -> float:
    if use is not None and use.factors:
        raise ValueError(f"what is used in {place} has factors, so life histories do not tell it")
    return 0.0 if use is None else use.amount.value


def _times(histories: Histories, name: str, everyone: Spells) -> int:
    """Return how often a transition happens to residents in the window.

    Raises:
        ValueError: If another transition moves people between the same states.
    """
    spec = histories.pathway.transitions[name]
    pairs = {(origin, to) for origin in spec.origin for to in spec.to}
    for other, own in histories.pathway.transitions.items():
        if other == name or own.track != spec.track:
            continue
        if pairs & {(origin, to) for origin in own.origin for to in own.to}:
            raise ValueError(f"{name} and {other} move people between the same states")
    states = list(histories.pathway.tracks[spec.track].states)
    of: TrackHistory = histories.tracks[spec.track]
    moved = of.person[1:] == of.person[:-1]
    pair = of.state[:-1] * len(states) + of.state[1:]
    wanted = [states.index(origin) * len(states) + states.index(to) for origin, to in pairs]
    here = np.flatnonzero(moved & np.isin(pair, wanted)) + 1
    return int(everyone.covers(of.person[here], of.start[here]).sum())
