"""The story of the two figures, a step at a time: what is shown, and what the speaker says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sisim.analysis.comparison import WHICH, Comparison, Which
from sisim.i18n import t
from sisim.report.captions import cost_claim, inflow_claim
from sisim.report.comparison_chart import ALL, Reveal
from sisim.report.comparison_text import number_of, percent_pair, verdict
from sisim.report.formats import lower, money

NOTHING = Reveal(with_=False, areas=False, brackets=False, claims=False, new_way=False)


@dataclass(frozen=True)
class Step:
    """A step of the story: its name, what each figure shows, and the speaker's notes."""

    name: str
    reveal: Mapping[Which, Reveal]
    notes: tuple[str, ...]


def narration_steps(comparison: Comparison) -> list[Step]:
    """Return the steps: baseline, project, fading, new way of working, both comparisons."""
    ends = [last for kind, _, last in comparison.project.phases if kind == "project"]
    until = max((int(max(ends)) if ends else comparison.start) - 1, comparison.start)
    whole = replace(ALL, brackets=False)
    started = Reveal(until=until, brackets=False, claims=False)
    return [
        Step(t("Baseline"), _both(NOTHING, NOTHING), _baseline_notes(comparison)),
        Step(t("The project"), _both(started, NOTHING), _project_notes()),
        Step(t("The effect fades"), _both(whole, NOTHING), _fading_notes(comparison)),
        Step(t("The new way of working"), _both(whole, whole), _new_way_notes(comparison)),
        Step(t("Two comparisons"), _both(ALL, ALL), _comparison_notes(comparison)),
    ]


def _both(project: Reveal, new_way: Reveal) -> dict[Which, Reveal]:
    return {"project": project, "new_way": new_way}


def _baseline_notes(comparison: Comparison) -> tuple[str, ...]:
    return (
        t(
            "Begin with the future that nobody chooses: no investment. Both figures show "
            "the same people with the same luck."
        ),
        t(
            "The cost goes from {today} in {start} to {then} in {last}. Ask the room: why "
            "does it change, if the children are as many?",
            today=money(comparison.today),
            start=comparison.start,
            then=money(float(comparison.without.cost.mean[-1])),
            last=int(comparison.years[-1]),
        ),
    )


def _project_notes() -> tuple[str, ...]:
    return (
        t(
            "{figure}: a project for some years. The blue line holds the cost of the "
            "intervention too, so it may lie above at first.",
            figure=number_of("project"),
        ),
        t("Ask: what happens when the money ends? Let somebody draw it before you go on."),
    )


def _fading_notes(comparison: Comparison) -> tuple[str, ...]:
    return (
        t(
            "Those who were helped keep some of it for a while. Those who come after them "
            "were never met by the project."
        ),
        _claim(comparison, "project"),
    )


def _new_way_notes(comparison: Comparison) -> tuple[str, ...]:
    return (
        t(
            "{figure}: the same project, but the way of working stays, for everyone in need.",
            figure=number_of("new_way"),
        ),
        _claim(comparison, "new_way"),
    )


def _claim(comparison: Comparison, which: Which) -> str:
    side = comparison.side(which)
    claims = [claim for claim in (cost_claim(side), inflow_claim(side)) if claim]
    return (
        ": ".join([claims[0], *map(lower, claims[1:])])
        if claims
        else t("Look at the inflow below: is it another than without?")
    )


def _comparison_notes(comparison: Comparison) -> tuple[str, ...]:
    notes = [t("Before–after and with–without answer different questions. Drag the marked year.")]
    for which in WHICH:
        side = comparison.side(which)
        before_after, with_without = percent_pair(side)
        notes.append(
            t(
                "{figure}: before–after {before_after}, with–without {with_without}. {verdict}",
                figure=number_of(which),
                before_after=before_after,
                with_without=with_without,
                verdict=verdict(side),
            )
        )
    return tuple(notes)


STEPS = 5
"""How many steps `narration_steps` gives."""
