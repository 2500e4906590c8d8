"""Which people are siblings: families are made of the children there are, and add nobody.

A child draws, by its own key, whether its family has another one and how much later. The births of
an area and step are then given to the families that wait for one; the rest begin new families.
Nobody's key or luck changes (law L3). Children who move in to an area in the same step form
families among themselves. Everybody else is a family alone.

Nobody has siblings from before the first step. A few years in, families are as large and as far
apart as they should be; a longer warm-up makes other families of the same children.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sisim.arrays import Flags, Floats, Ints
from sisim.engine.clock import Clock
from sisim.engine.draws import draw_many, purpose_code, seed_key
from sisim.scenario.scenario import Families

AnyInts = NDArray[np.integer[Any]]


def eldest_of(
    spec: Families,
    clock: Clock,
    seed: int,
    *,
    keys: tuple[NDArray[np.uint32], NDArray[np.uint32]],
    born: NDArray[np.int32],
    arrive: NDArray[np.int32],
    area: NDArray[np.uint8],
    moved: Flags,
) -> NDArray[np.int32]:
    """Return the number of the eldest child of each person's family, int32 (n,).

    Args:
        spec: How many children families have, and how far apart.
        clock: The calendar.
        seed: The seed of every draw.
        keys: The two words of each person's key; people stand in order of birth.
        born: Step of birth.
        arrive: Step of arrival.
        area: Area number.
        moved: Whether the person moves in; others are born here.
    """
    key = seed_key(seed)

    def drawn(purpose: str) -> Floats:
        found: Floats = draw_many(*keys, 0, purpose_code(f"family:{purpose}"), key)
        return found

    eldest = np.arange(len(born), dtype=np.int32)
    goes_on, more = progression(spec), drawn("more")
    shares = np.cumsum([0.0, *(share.value for share in spec.spacing.shares)])
    years = np.interp(drawn("spacing"), shares / shares[-1], spec.spacing.between)
    following = born + np.maximum(np.floor(years * clock.per_year + 0.5).astype(np.int64), 1)
    for place in np.unique(area):
        _born_here(np.flatnonzero(~moved & (area == place)), eldest, goes_on, more, born, following)
    young = moved & (arrive - born < clock.steps(spec.grown_at))
    _moved_in(np.flatnonzero(young), eldest, goes_on, more, arrive, area)
    return eldest


def progression(spec: Families) -> Floats:
    """Return the chance that a family goes on after its first, second... child; 0 after the last.

    The parity progression ratio (Preston, Heuveline & Guillot 2001, Demography, ch. 5).
    """
    shares = np.array([share.value for share in spec.children])
    at_least = np.cumsum(shares[::-1])[::-1]
    return np.asarray(np.append(at_least[1:], 0.0) / np.maximum(at_least, 1e-300))


def _born_here(
    children: AnyInts,
    eldest: NDArray[np.int32],
    goes_on: Floats,
    more: Floats,
    born: NDArray[np.int32],
    following: AnyInts,
) -> None:
    """Give the births of an area, step by step, to the families that wait for one."""
    number = np.zeros(len(eldest), np.int64)
    waiting: dict[int, list[AnyInts]] = {}
    in_vain = np.empty(0, np.int64)
    steps = np.unique(born[children])
    steps = np.arange(steps[0], steps[-1] + 1) if len(steps) else steps
    births = np.split(children, np.searchsorted(born[children], steps[1:]))
    for step, here in zip(steps, births, strict=False):
        due = np.concatenate([in_vain, *waiting.pop(int(step), [])])
        matched = here[: len(due)]
        eldest[matched] = eldest[due[: len(here)]]
        number[matched] = number[due[: len(here)]] + 1
        # Whose child cannot be born now are the first to have one when another can.
        in_vain = due[len(here) :]
        expecting = here[more[here] < goes_on[number[here]]]
        for at in np.unique(following[expecting]):
            waiting.setdefault(int(at), []).append(expecting[following[expecting] == at])


def _moved_in(
    children: AnyInts,
    eldest: NDArray[np.int32],
    goes_on: Floats,
    more: Floats,
    arrive: NDArray[np.int32],
    area: NDArray[np.uint8],
) -> None:
    """Make families of the children who move in to the same area in the same step, in order."""
    number, last = 0, -1
    for child in children[np.lexsort((children, area[children], arrive[children]))]:
        together = last >= 0 and (arrive[child], area[child]) == (arrive[last], area[last])
        number = number + 1 if together and more[last] < goes_on[number] else 0
        if number:
            eldest[child] = eldest[last]
        last = child


class Siblings:
    """Looking up the children of families.

    Args:
        eldest: The number of the eldest child of each person's family, int32 (n,).
    """

    def __init__(self, eldest: NDArray[np.int32]) -> None:
        self._order = np.argsort(eldest, kind="stable")
        self._first = np.searchsorted(eldest[self._order], np.arange(len(eldest) + 1))

    def of(self, families: AnyInts) -> Ints:
        """Return everybody who ever belongs to some families, given by their eldest child."""
        parts = [self._order[self._first[f] : self._first[f + 1]] for f in families]
        return np.concatenate([np.empty(0, np.int64), *parts])
