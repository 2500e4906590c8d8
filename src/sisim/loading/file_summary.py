"""What a file that is all well contains, in words."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any

from sisim.checks.reachability import Starts, reachable
from sisim.checks.run_size import require_fits, run_size, size_words
from sisim.i18n import duration, n_, number, t
from sisim.loading.files import find, read
from sisim.loading.load import load_pathway, load_scenario
from sisim.scenario.document import Kind
from sisim.scenario.economy import FUND
from sisim.scenario.errors import Place, ScenarioError
from sisim.scenario.features import Features
from sisim.scenario.numbers import numbers
from sisim.scenario.owners import grade_name, owner_of
from sisim.scenario.pathway import Pathway
from sisim.scenario.scenario import Scenario


def contents(source: str, overrides: Mapping[str, Any], kind: Kind | None = None) -> list[str]:
    """Return lines that say what a file contains, having checked it.

    Args:
        source: A file, or the name of a ready one.
        overrides: Other values by dotted path.
        kind: What it should be; unset, the file itself shows it.

    Raises:
        ScenarioError: With everything that is wrong in the file.
    """
    if (kind or kind_of(source)) == "pathway":
        pathway = load_pathway(source, overrides)
        return [t("{file}: all is well.", file=source), *_pathway(pathway, {}), *_owners(pathway)]
    scenario = load_scenario(source, overrides)
    require_fits(scenario)
    return [
        t("{file}: all is well.", file=source),
        *_scenario(scenario),
        *_pathway(scenario.pathway, scenario.population.start),
        *_funds(scenario),
        *_owners(scenario),
        size_words(run_size(scenario)),
    ]


def kind_of(source: str) -> Kind:
    """Return what a file is: a scenario, if nothing shows that it is anything else."""
    place = Place(os.fspath(source), 0)
    try:
        path = find(source, "scenario", place)
    except ScenarioError as error:
        try:
            path = find(source, "pathway", place)
        except ScenarioError:
            raise error from None
    return read(path).kind or "scenario"


def _scenario(scenario: Scenario) -> Iterator[str]:
    yield t(
        'Scenario "{title}": {length} from {start}.',
        title=scenario.title.text,
        length=duration(scenario.time.years),
        start=scenario.time.start,
    )
    population = scenario.population
    if population.cohort is not None:
        yield t(
            "A closed cohort of {people}.", people=n_("{n} person", "{n} people", population.cohort)
        )
    else:
        yield t(
            "An open population of {people} aged 0 to {age}; areas: {areas}.",
            people=n_("{n} person", "{n} people", population.residents or 0),
            age=f"{population.max_age:g}",
            areas=max(len(population.areas), 1),
        )
    for investment in scenario.investments.values():
        yield t(
            "Investment: {label}, {length} from {start}.",
            label=investment.label.text,
            length=duration(investment.years),
            start=investment.start,
        )
    for arm in (*scenario.arms.values(), *scenario.gated.values()):
        endings = {
            "ends": t("ends"),
            "continues": t("continues"),
            "new_way_of_working": t("new way of working"),
            "gated": t("decided by an evaluation"),
        }
        named = [
            f"{scenario.investments[name].label.text} ({endings[ending]})"
            for name, ending in arm.investments.items()
        ]
        yield t(
            "Arm: {label}: {investments}.",
            label=arm.label.text,
            investments="; ".join(named) or "-",
        )
    for fund in scenario.funds.values():
        principal = scenario.pathway.principals[fund.principal].label.text
        yield t("Fund: {label} ({principal}).", label=fund.label.text, principal=principal)


def _funds(scenario: Scenario) -> Iterator[str]:
    """Say it if a fund pays that the file says nothing of."""
    costs = [one.cost for one in scenario.investments.values()]
    costs += [one.new_way.cost for one in scenario.investments.values() if one.new_way is not None]
    if not scenario.funds and any(FUND in cost.shares for cost in costs):
        yield t(
            'A fund pays, and no [funds] says what is put into it and how it is repaid: "{name}" '
            "stands for money from outside, and nothing is repaid. Add [funds.{name}], or name the "
            "administration that pays.",
            name=FUND,
        )


def _pathway(pathway: Pathway, starts: Starts) -> Iterator[str]:
    yield t(
        'Pathway "{title}", step by {step}.',
        title=pathway.title.text,
        step={"week": t("week"), "month": t("month"), "quarter": t("quarter"), "year": t("year")}[
            pathway.step
        ],
    )
    for track in pathway.tracks.values():
        labels = [state.label.text for state in track.states.values()]
        shown = labels if len(labels) <= 8 else [*labels[:8], "…"]
        count = n_("{n} state", "{n} states", len(track.states))
        # Labels may have commas.
        yield t(
            "Track: {label}, {count}: {states}.",
            label=track.label.text,
            count=count,
            states="; ".join(shown),
        )
    parts = (
        n_("{n} transition", "{n} transitions", len(pathway.transitions)),
        n_("{n} factor", "{n} factors", len(pathway.factors)),
        n_("{n} resource", "{n} resources", len(pathway.resources)),
    )
    yield f"{', '.join(parts)}."
    reached = reachable(Features(pathway), starts)
    never = [
        state.label.text
        for name, track in pathway.tracks.items()
        for key, state in track.states.items()
        if key not in reached[name]
    ]
    if never:
        yield t(
            "Nobody ever comes to {states}: no transition that leads there has any chance.",
            states="; ".join(never),
        )


def _owners(node: Scenario | Pathway) -> Iterator[str]:
    """Say how many numbers of each grade there are; what follows by a formula is no further one."""
    grades: dict[str | None, str] = {
        grade: grade_name(grade) for grade in ("measured", "derived", "literature", "assumption")
    }
    grades[None] = t("no stated owner")
    written = numbers(node, written=True)
    found = [owner_of(path, value, node).grade for path, value in written if not value.formula]
    counts = {grades[grade]: found.count(grade) for grade in grades if grade in found}
    listed = ", ".join(f"{label} {count}" for label, count in counts.items())
    yield n_("{n} number: {listed}.", "{n} numbers: {listed}.", len(found), listed=listed)
    owned = [grade for grade in found if grade is not None]
    sourced = len(owned) - owned.count("assumption")
    if owned:
        yield t(
            "Measured, derived or literature: {share}% of those with a stated owner, "
            "{every}% of all.",
            share=number(100 * sourced / len(owned)),
            every=number(100 * sourced / len(found)),
        )
