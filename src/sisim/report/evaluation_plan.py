"""Planned evaluations beside the least that a plan should hold: what is there, what is missing.

The demands are those of "Guide för effektutvärdering" (Sveriges Kommuner och Regioner): at least
one measure of an outcome and one of the process, every activity documented, a design with at least
a matched comparison, how many people and when, who is responsible, and a legal assessment. They
are asked of a plan before the start. What a design can tell in a municipality like this one is
another question: `sisim evaluate` answers it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from sisim.i18n import n_, t
from sisim.report.formats import listing, lower, quoted
from sisim.scenario.evaluation import Design, Evaluation
from sisim.scenario.scenario import Scenario

COMPARED: tuple[Design, ...] = (
    "lottery",
    "stepped",
    "discontinuity",
    "difference",
    "synthetic",
    "matched",
)
"""Designs in which people are compared with others at the same time, and like them."""


class Demand(NamedTuple):
    """One of the demands on a plan.

    Attributes:
        what: What is asked for.
        there: What there is of it; empty: nothing.
        remedy: What to write if it is missing.
    """

    what: str
    there: str
    remedy: str


def evaluation_plan_words(scenario: Scenario) -> list[str]:
    """Return every demand on every planned evaluation, a line each: ✓ there, ✗ missing."""
    lines = []
    for evaluation in scenario.evaluations.values():
        asked = demands(scenario, evaluation)
        lines.append(
            t(
                "Evaluation {label}: {n} of the {all} things that SKR's guide asks of a plan at "
                "least.",
                label=quoted(evaluation.label.text),
                n=sum(bool(one.there) for one in asked),
                all=len(asked),
            )
        )
        lines += demand_lines(asked)
    return lines


def demand_lines(asked: Iterable[Demand]) -> Iterator[str]:
    """Yield a line for each demand: ✓ what there is, ✗ what to write."""
    for one in asked:
        missing = t("missing: {remedy}", remedy=one.remedy)
        yield f"  {'✓' if one.there else '✗'} {one.what}: {one.there or missing}"


def demands(scenario: Scenario, evaluation: Evaluation) -> list[Demand]:
    """Return the demands on a plan, and what there is of each."""
    fits = evaluation.design in COMPARED or bool(evaluation.against_series)
    people = evaluation.people
    return [
        Demand(
            t("at least one outcome measure"),
            _outcome(scenario, evaluation),
            t('give "{key}"', key="outcome"),
        ),
        Demand(
            t("at least one process measure"),
            listing(list(measure_names(evaluation))),
            t('give "{key}"', key="measures"),
        ),
        Demand(
            t("each activity is documented"),
            "; ".join(text.text for text in evaluation.activities.values()),
            t('give "{key}"', key="activities"),
        ),
        Demand(
            t("at least a matched comparison"),
            f'design = "{evaluation.design}"' if fits else "",
            t('design = "{design}" compares with less than that', design=evaluation.design),
        ),
        Demand(
            t("number of people"),
            "" if people is None else n_("{n} person", "{n} people", people),
            t('give "{key}"', key="people"),
        ),
        Demand(
            t("time plan"),
            t(
                "people come in from {first} until before {below}; answer in {year}",
                first=evaluation.cohorts.from_,
                below=evaluation.cohorts.below,
                year=str(evaluation.answer_year),
            ),
            "",
        ),
        Demand(
            t("who is responsible"),
            "" if evaluation.responsible is None else evaluation.responsible.text,
            t('give "{key}"', key="responsible"),
        ),
        Demand(
            t("legal assessment"),
            "" if evaluation.legal is None else evaluation.legal.text,
            t('give "{key}"', key="legal"),
        ),
    ]


def measure_names(evaluation: Evaluation) -> Iterator[str]:
    """Yield what the process measures of an evaluation are called."""
    names = {"reach": t("reach"), "fidelity": t("fidelity"), "drop_out": t("drop-out")}
    for measure in evaluation.measures:
        yield names[measure]


def _outcome(scenario: Scenario, evaluation: Evaluation) -> str:
    """Return what is compared, and within how long; empty if nothing is."""
    outcome, pathway = evaluation.outcome, scenario.pathway
    if outcome is None:
        return ""
    if outcome.group is not None:
        what = pathway.groups[outcome.group].label.text
    elif outcome.resource is not None:
        what = pathway.resources[outcome.resource].label.text
    elif outcome.transition is not None:
        known = [
            one.label.text
            for one in scenario.outcomes.values()
            if one.transition == outcome.transition
        ]
        what = known[0] if known else outcome.transition
    else:
        payers = [lower(pathway.administrations[name].label.text) for name in outcome.costs_of]
        what = t("the costs of {whose}", whose=listing(payers))
    return n_("{what}, within {n} month", "{what}, within {n} months", outcome.within, what=what)
