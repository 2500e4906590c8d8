"""What a file that is all well contains, in words."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sized
from typing import Any

from sisim.i18n import number, t
from sisim.loading.document import Kind, find, read
from sisim.loading.load import load_pathway, load_scenario
from sisim.scenario.errors import Place, ScenarioError
from sisim.scenario.numbers import numbers
from sisim.scenario.owners import grade_name, owner_of
from sisim.scenario.pathway import Pathway
from sisim.scenario.scenario import Scenario


def contents(
    source: str, overrides: Mapping[str, Any], lang: str, kind: Kind | None = None
) -> list[str]:
    """Return lines that say what a file contains, having checked it.

    Args:
        source: A file, or the name of a ready one.
        overrides: Other values by dotted path.
        lang: "sv" or "en".
        kind: What it should be; unset, the file itself shows it.

    Raises:
        ScenarioError: With everything that is wrong in the file.
    """
    if (kind or kind_of(source)) == "pathway":
        pathway = load_pathway(source, overrides)
        return [t("{file}: all is well.", lang, file=source), *_pathway(pathway, lang),
                *_owners(pathway, lang)]  # fmt: skip
    scenario = load_scenario(source, overrides)
    return [t("{file}: all is well.", lang, file=source), *_scenario(scenario, lang),
            *_pathway(scenario.pathway, lang), *_owners(scenario, lang)]  # fmt: skip


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


def _scenario(scenario: Scenario, lang: str) -> Iterator[str]:
    yield t('Scenario "{title}": {years} years from {start}.', lang,
            title=scenario.title.in_language(lang), years=f"{scenario.time.years:g}",
            start=scenario.time.start)  # fmt: skip
    population = scenario.population
    if population.cohort is not None:
        yield t("A closed cohort of {n} people.", lang, n=number(population.cohort, lang))
    else:
        yield t("An open population of {n} people aged 0 to {age}; areas: {areas}.", lang,
                n=number(population.residents or 0, lang), age=f"{population.max_age:g}",
                areas=max(len(population.areas), 1))  # fmt: skip
    for investment in scenario.investments.values():
        yield t("Investment: {label}, {years} years from {start}.", lang,
                label=investment.label.in_language(lang), years=f"{investment.years:g}",
                start=investment.start)  # fmt: skip
    for arm in scenario.arms.values():
        endings = {
            "ends": t("ends", lang),
            "continues": t("continues", lang),
            "new_way_of_working": t("new way of working", lang),
        }
        named = [
            f"{scenario.investments[name].label.in_language(lang)} ({endings[ending]})"
            for name, ending in arm.investments.items()
        ]
        yield t("Arm: {label}: {investments}.", lang, label=arm.label.in_language(lang),
                investments="; ".join(named) or "-")  # fmt: skip
    for fund in scenario.funds.values():
        principal = scenario.pathway.principals[fund.principal].label.in_language(lang)
        yield t("Fund: {label} ({principal}).", lang, label=fund.label.in_language(lang),
                principal=principal)  # fmt: skip


def _pathway(pathway: Pathway, lang: str) -> Iterator[str]:
    yield t('Pathway "{title}", step by {step}.', lang, title=pathway.title.in_language(lang),
            step={"week": t("week", lang), "month": t("month", lang), "quarter": t("quarter", lang),
                  "year": t("year", lang)}[pathway.step])  # fmt: skip
    for track in pathway.tracks.values():
        labels = [state.label.in_language(lang) for state in track.states.values()]
        shown = labels if len(labels) <= 8 else [*labels[:8], "…"]
        count = _counted(track.states, t("state", lang), t("states", lang))
        # Labels may have commas.
        yield t("Track: {label}, {count}: {states}.", lang, label=track.label.in_language(lang),
                count=count, states="; ".join(shown))  # fmt: skip
    parts = (
        _counted(pathway.transitions, t("transition", lang), t("transitions", lang)),
        _counted(pathway.factors, t("factor", lang), t("factors", lang)),
        _counted(pathway.resources, t("resource", lang), t("resources", lang)),
    )
    yield f"{', '.join(parts)}."


def _counted(things: Sized, one: str, many: str) -> str:
    return f"{len(things)} {one if len(things) == 1 else many}"


def _owners(node: Scenario | Pathway, lang: str) -> Iterator[str]:
    """Say how many numbers of each grade there are."""
    grades: dict[str | None, str] = {
        grade: grade_name(grade, lang)
        for grade in ("measured", "derived", "literature", "assumption")
    }
    grades[None] = t("no stated owner", lang)
    written = numbers(node, written=True)
    found = [owner_of(path, value, node).grade for path, value in written]
    counts = {grades[grade]: found.count(grade) for grade in grades if grade in found}
    listed = ", ".join(f"{label} {count}" for label, count in counts.items())
    yield t("{n} numbers: {listed}.", lang, n=len(found), listed=listed)
