"""Which states anyone can ever be in."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sisim.scenario.errors import nearest
from sisim.scenario.factor_table import category_values, default, otherwise
from sisim.scenario.features import Features
from sisim.scenario.pathway import Transition
from sisim.scenario.types import Positive

Starts = Mapping[str, str | Mapping[str, Positive]]
Reached = dict[str, set[str]]


def reachable(
    features: Features, starts: Starts, may_change: Callable[[str], bool] = lambda _: False
) -> Reached:
    """Return the states of each track that someone can be in.

    Tracks are followed one by one, but a factor over the state of another track only counts with
    the states that can be reached there. A misspelt state is taken for the nearest one.

    Args:
        features: The features of the pathway.
        starts: Start states by track that take the place of the pathway's.
        may_change: Whether a transition's base should be taken as more than zero, by name.
    """
    pathway = features.pathway
    reached: Reached = {}
    for name, track in pathway.tracks.items():
        start = starts.get(name, track.start)
        named = [start] if isinstance(start, str) else [s for s, p in start.items() if p.value > 0]
        reached[name] = {_known(state, track.states) for state in named}
    while True:
        before = sum(map(len, reached.values()))
        for name, transition in pathway.transitions.items():
            base = transition.rate or transition.probability
            if (base is not None and base.value == 0) and not may_change(name):
                continue
            _follow(features, transition, reached)
        if sum(map(len, reached.values())) == before:
            return reached


def leads_somewhere(features: Features, track: str, starts: Starts) -> set[str]:
    """Return the states of a track that a start or a transition names, whatever its chance."""
    spec = features.pathway.tracks[track]
    start = starts.get(track, spec.start)
    named = {start} if isinstance(start, str) else set(start)
    for transition in features.pathway.transitions.values():
        if transition.track == track:
            named |= set(transition.to)
    return {_known(state, spec.states) for state in named}


def _follow(features: Features, transition: Transition, reached: Reached) -> None:
    track = features.pathway.tracks.get(transition.track)
    if track is None:
        return
    found = reached[transition.track]
    ends = {_known(name, track.states) for name in transition.to}
    for state in {_known(name, track.states) for name in transition.origin} & found:
        if ends <= found:
            return
        here = {**reached, transition.track: {state}}
        if not all(_can_be_positive(features, name, here) for name in transition.factors):
            continue
        for destination, spec in transition.to.items():
            factors = [_can_be_positive(features, name, here) for name in spec.factors]
            if spec.share.value > 0 and all(factors):
                found.add(_known(destination, track.states))


def _can_be_positive(
    features: Features, name: str, reached: Reached, trail: frozenset[str] = frozenset()
) -> bool:
    factor = features.pathway.factors.get(name)
    if factor is None or name in trail:
        return True
    if factor.product:
        trail |= {name}
        return all(_can_be_positive(features, part, reached, trail) for part in factor.product)
    if factor.table:
        return any(value.value > 0 for row in factor.table.values() for value in row.values())
    if factor.shape or factor.direct or not factor.values or factor.feature is None:
        return True
    if isinstance(factor.values, list):
        return any(value.value > 0 for value in factor.values) or otherwise(factor) > 0
    if not features.exists(factor.feature):
        return True
    possible = possible_categories(features, factor.feature, reached)
    if possible is None:
        return True
    table, rest = category_values(factor, features), default(factor)
    return any(table.get(category, rest) > 0 for category in possible)


def possible_categories(features: Features, name: str, reached: Reached) -> set[str] | None:
    """Return the categories of a feature that someone can have; None if it has none."""
    head, _, rest = name.partition(".")
    if head == "state":
        return reached.get(rest, set())
    if head == "attribute" and not features.is_number(name):
        attribute = features.pathway.attributes[rest]
        of_movers = [] if attribute.of_movers is None else attribute.of_movers.shares
        tables = [attribute.shares, *attribute.shares_by.values(), *of_movers]
        return {key for table in tables for key, share in table.items() if share.value > 0}
    categories = features.categories(name)
    return None if categories is None else set(categories)


def _known(name: str, names: Mapping[str, object]) -> str:
    return name if name in names else nearest(name, names) or name
