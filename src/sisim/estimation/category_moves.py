"""Moves between what a register tells apart, and the transitions of a pathway behind them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from sisim.scenario.pathway import Pathway

Move = tuple[int, int]
"""From which category to which."""


def moves_between(
    pathway: Pathway, track: str, categories: Sequence[frozenset[str]]
) -> dict[Move, tuple[str, ...]]:
    """Return the transitions that may be behind each move from a category to another.

    Args:
        pathway: The pathway.
        track: The track.
        categories: Sets of its states that are told apart.
    """
    found = {}
    for (at, left), (to, entered) in product(enumerate(categories), repeat=2):
        names = tuple(
            name
            for name, one in pathway.transitions.items()
            if one.track == track and left.intersection(one.origin) and entered.intersection(one.to)
        )
        if names and at != to:
            found[at, to] = names
    return found


def constant_rate(
    pathway: Pathway, at: frozenset[str], to: frozenset[str], names: tuple[str, ...]
) -> float | None:
    """Return the yearly rate of a move that is the same for everyone; None if it is not.

    Args:
        pathway: The pathway.
        at: The states of the category that is left.
        to: Those of the category that is entered.
        names: The transitions behind the move.
    """
    found = [pathway.transitions[name] for name in names]
    same = all(
        one.rate is not None
        and not one.factors
        and at.issubset(one.origin)
        and to.issuperset(one.to)
        for one in found
    )
    return sum(one.rate.per_year for one in found if one.rate) if same else None


def constant_leaving(
    pathway: Pathway, track: str, categories: Sequence[frozenset[str]], at: int
) -> float | None:
    """Return the yearly rate of leaving a category that is the same for everyone; None: it is not.

    Where people go may differ between them.

    Args:
        pathway: The pathway.
        track: The track.
        categories: Sets of its states that are told apart.
        at: The number of the category.
    """
    elsewhere = frozenset[str]().union(*categories) - categories[at]
    found = [
        one
        for one in pathway.transitions.values()
        if one.track == track and one.schedule is None and categories[at].intersection(one.origin)
    ]
    same = all(
        one.rate is not None
        and not one.factors
        and categories[at].issubset(one.origin)
        and elsewhere.issuperset(one.to)
        for one in found
    )
    return sum(one.rate.per_year for one in found if one.rate) if found and same else None


def varying(pathway: Pathway, track: str, categories: Sequence[frozenset[str]]) -> list[str]:
    """Return the transitions between categories that are not as likely for everyone there."""
    moves = moves_between(pathway, track, categories)
    return list(
        dict.fromkeys(
            name
            for (at, to), names in moves.items()
            if constant_rate(pathway, categories[at], categories[to], names) is None
            for name in names
        )
    )
