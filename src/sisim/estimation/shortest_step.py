"""The step that a pathway is simulated by to be held against registers: a week, where it can be.

A register's people move any day, and those of a pathway once a step at most. By months, time in a
state is half a month longer each time: who leaves care after several moves has more often been
there for a year, say, and returns less often.
"""

from __future__ import annotations

from collections.abc import Iterator

from sisim.estimation.category_moves import moves_between
from sisim.estimation.estimate_file import EstimationPlan
from sisim.estimation.scheduled_probability import scheduled_moves
from sisim.scenario.pathway import Factor, Pathway


def by_weeks(plan: EstimationPlan) -> Pathway:
    """Return the pathway of an estimation with a week as its step, or as it is.

    It is as it is where some number that an extract's rates depend on is that of a step: a
    probability on the extract's track or on one that its transitions look at, or a table by steps;
    and where an extract has moves of a calendar month, which weeks do not keep to.
    """
    pathway, tracks, bound = plan.pathway, set[str](), False
    for extract in plan.estimation.data.values():
        tracks.add(extract.track)
        bound |= any(scheduled_moves(pathway, extract.track, extract.categories))
        for names in moves_between(pathway, extract.track, extract.categories).values():
            for factor in (one for name in names for one in _factors(pathway, name)):
                for feature in (factor.feature or "", *factor.features):
                    of = feature.partition(".")[2]
                    bound |= "step" in (factor.unit, of)
                    tracks.add(pathway.groups[of].track if of in pathway.groups else of)
    for one in pathway.transitions.values():
        bound |= one.track in tracks and one.probability is not None and one.schedule is None
    return pathway if bound else pathway.model_copy(update={"step": "week"})


def _factors(pathway: Pathway, name: str) -> Iterator[Factor]:
    """Yield the factors of a transition, and of where it leads; those of a product too."""
    one = pathway.transitions[name]
    names = [*one.factors, *(factor for to in one.to.values() for factor in to.factors)]
    while names:
        factor = pathway.factors[names.pop()]
        names += factor.product
        yield factor
