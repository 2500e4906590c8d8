"""Order of effects: whether what two of them make of the same thing depends on which acts first."""

from __future__ import annotations

from sisim.scenario.factor_table import PROBABILITY, RATE, scale_code
from sisim.scenario.pathway import Pathway
from sisim.scenario.scenario import Effect

NOTHING = 1e-12


def clash(pathway: Pathway, first: Effect, second: Effect, *, together: bool) -> str | None:
    """Return what two effects do not commute on; None if their order is irrelevant.

    Args:
        pathway: The pathway they act in.
        first: The one.
        second: The other.
        together: Whether they are of one investment, so that parts and phases keep them apart.
    """
    if together and _apart(pathway, first, second):
        return None
    for name in first.on:
        for other in second.on:
            if name in pathway.transitions and name == other:
                if not _commute_on_transition(pathway, name, first, second):
                    return name
            # Uses: those on areas always come before those on participants.
            elif first.acts_on == second.acts_on and _same_use(name, other):
                (r, a), (q, b) = _line(first), _line(second)
                if abs(r * b + a - (q * a + b)) > NOTHING:
                    return max(name, other, key=len)
    return None


def _apart(pathway: Pathway, first: Effect, second: Effect) -> bool:
    """Return whether two effects of an investment never act on the same person at once."""
    phases = {first.phase, second.phase} == {"project", "new_way"}
    low, high = sorted((first.months, second.months), key=lambda part: part.from_)
    parts = low.below is not None and low.below <= high.from_
    shared = first.only_in.keys() & second.only_in.keys()
    one, other = ({t: _states(pathway, e.only_in[t]) for t in shared} for e in (first, second))
    states = any(one[track].isdisjoint(other[track]) for track in shared)
    return phases or (parts and first.acts_on == second.acts_on == "participants") or states


def _states(pathway: Pathway, names: list[str]) -> set[str]:
    """Return the states that names of states and groups stand for."""
    groups = pathway.groups
    return {s for name in names for s in (groups[name].states if name in groups else [name])}


def _commute_on_transition(pathway: Pathway, name: str, first: Effect, second: Effect) -> bool:
    """Return whether ratios commute: they do on one scale, or where one changes nothing."""
    kind = RATE if pathway.transitions[name].rate is not None else PROBABILITY
    if scale_code(first.scale, kind) == scale_code(second.scale, kind):
        return True
    return any(e.ratio.value == 1 and e.modifier is None for e in (first, second))


def _same_use(name: str, other: str) -> bool:
    """Return whether two names of uses, with or without a state, stand for some use in common."""
    if not name.startswith(("use:", "weight:")):
        return False
    (one, _, state), (two, _, place) = name.partition("@"), other.partition("@")
    return one == two and (not state or not place or state == place)


def _line(effect: Effect) -> tuple[float, float]:
    """Return an effect on an amount as what it is multiplied by, and what is then added to it."""
    if effect.sets is not None:
        return 0.0, effect.sets.value
    return effect.ratio.value, 0.0 if effect.adds is None else effect.adds.value
