"""The model's description by the ODD protocol, generated from the pathway that is simulated.

Grimm et al., "The ODD Protocol for Describing Agent-Based and Other Simulation Models: A Second
Update", Journal of Artificial Societies and Social Simulation 23(2), 2020: seven elements. As the
pathway is the specification, nothing of it is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sisim.i18n import duration, n_, source_text, t
from sisim.report.document.blocks import (
    Block,
    BulletList,
    DocumentTable,
    Paragraph,
    Subheading,
)
from sisim.report.document.document_source import DocumentSource
from sisim.report.formats import decimal, listing, spread
from sisim.report.risk_words import figures
from sisim.scenario.owners import grade_name
from sisim.scenario.pathway import Factor, Pathway, Transition
from sisim.scenario.scenario import Scenario
from sisim.scenario.types import Number


def odd_blocks(found: DocumentSource) -> Iterator[Block]:
    """Yield the seven elements."""
    scenario, pathway = found.scenario, found.scenario.pathway
    yield Subheading(t("Purpose and patterns"))
    yield from _purpose(found)
    yield Subheading(t("Entities, state variables and scales"))
    yield from _entities(scenario)
    yield Subheading(t("Process overview and scheduling"))
    yield from _processes(pathway)
    yield Subheading(t("Design concepts"))
    yield _concepts(scenario)
    yield Subheading(t("Initialization"))
    yield Paragraph(_initialization(scenario))
    yield Subheading(t("Input data"))
    yield Paragraph(_input(scenario))
    yield Subheading(t("Submodels"))
    yield from _submodels(pathway)


# ---------------------------------------------------------------------------- 1, 2


def _purpose(found: DocumentSource) -> Iterator[Block]:
    scenario, pathway = found.scenario, found.scenario.pathway
    said = scenario.description or pathway.description or scenario.title
    yield Paragraph(said.text)
    yield from found.written("purpose")
    if not pathway.targets:
        yield Paragraph(t("The pathway names no pattern that it should reproduce."))
        return
    rows = [
        (
            one.label.text,
            spread(one.low, one.high, 3) or decimal(one.low, 3),
            one.unit.text,
            t("held out") if one.held_out else t("tuned to"),
            source_text(one.source) or "",
        )
        for one in pathway.targets.values()
    ]
    headings = (t("Pattern"), t("Range"), t("Unit"), t("Use"), t("Source"))
    yield DocumentTable(
        t("Patterns that the pathway should reproduce without any investment"),
        headings,
        tuple(rows),
        long=True,
        plain=True,
        widths=(30, 13, 12, 11, 34),
    )
    yield Paragraph(
        t(
            "Which of them are met is told by {command}: it takes runs of its own.",
            command=f"sisim pathway {pathway.name}",
        ),
        "fine",
    )


def _entities(scenario: Scenario) -> Iterator[Block]:
    pathway = scenario.pathway
    others = [
        t("administration"),
        t("arm"),
        *([t("family")] if scenario.population.families else []),
    ]
    others += [t("area")] if scenario.population.areas else []
    others += [t("fund")] if scenario.funds else []
    people = scenario.population.residents or scenario.population.cohort or 0
    yield Paragraph(
        t(
            "Persons are simulated one by one. Other entities: {others}. A step is one {step}; "
            "{length} are simulated from {start}; {people}.",
            others=listing(others),
            step=_step(pathway),
            length=duration(scenario.time.years),
            start=scenario.time.start,
            people=n_("{n} person", "{n} people", people),
        )
    )
    rows = [
        (f"{track.label.text} ({name})", _states(track.states.items()))
        for name, track in pathway.tracks.items()
    ]
    background = t("Background")
    rows += [
        (
            f"{background}: {name if one.label is None else one.label.text} ({name})",
            ", ".join(one.shares) or str(one.distribution or ""),
        )
        for name, one in pathway.attributes.items()
    ]
    yield DocumentTable(
        t("State variables of a person: tracks with their states, and background"),
        (t("Variable"), t("Values")),
        tuple(rows),
        long=True,
        plain=True,
        widths=(30, 70),
    )
    if pathway.groups:
        groups = tuple(
            (f"{one.label.text} ({name})", f"{one.track}: {', '.join(one.states)}")
            for name, one in pathway.groups.items()
        )
        yield DocumentTable(
            t("Groups of states"),
            (t("Group"), t("States")),
            groups,
            long=True,
            plain=True,
            widths=(30, 70),
        )


def _states(states: Iterable[tuple[str, object]]) -> str:
    return "; ".join(f"{one.label.text} ({name})" for name, one in states)  # type: ignore[attr-defined]


def _step(pathway: Pathway) -> str:
    return {
        "week": t("week"),
        "month": t("month"),
        "quarter": t("quarter"),
        "year": t("year"),
    }[pathway.step]


# ---------------------------------------------------------------------------- 3, 4


def _processes(pathway: Pathway) -> Iterator[Block]:
    yield Paragraph(
        t(
            "In a step every track reads the same snapshot, that of its start, so that nothing "
            "depends on the order of tracks or people. Then, in this order: entries and movers in; "
            "enrolment in investments, by their rule and places; transitions of each track, those "
            "of a lower order first; what is used is counted. Money is reckoned afterwards."
        )
    )
    moments = [
        f"{name}: {_moment(one)}"
        for name, one in pathway.transitions.items()
        if one.schedule is not None
    ]
    if moments:
        yield BulletList(tuple(moments))


def _moment(transition: Transition) -> str:
    when = transition.schedule
    assert when is not None
    parts = []
    if when.month is not None:
        parts.append(t("month {n} of each year", n=when.month))
    if when.age is not None:
        parts.append(t("at the age of {n}", n=decimal(when.age, 0)))
    if when.cycle is not None:
        parts.append(t("step {n}", n=when.cycle))
    return listing(parts) or t("each step")


def _concepts(scenario: Scenario) -> BulletList:
    pathway = scenario.pathway
    shares = [n for n, one in pathway.factors.items() if str(one.feature).startswith("share.")]
    places = [one.label.text for one in scenario.investments.values() if one.capacity is not None]
    sensed = dict.fromkeys(
        feature
        for one in pathway.factors.values()
        for feature in ([one.feature] if one.feature else one.features)
    )
    none = t("none")
    outcomes = [one.label.text for one in scenario.outcomes.values()]
    collectives = [t("families")] if scenario.population.families else []
    said = {
        t("Basic principles"): t(
            "multi-state model with competing risks; every number is a base multiplied by factors"
        ),
        t("Emergence"): t("the inflow, queues for places, and how many are in each state"),
        t("Adaptation"): none,
        t("Objectives"): none,
        t("Learning"): none,
        t("Prediction"): none,
        t("Sensing"): listing(list(sensed)) or none,
        t("Interaction"): listing(
            [
                *([t("places in {what}", what=listing(places))] if places else []),
                *([t("share of peers ({names})", names=", ".join(shares))] if shares else []),
            ]
        )
        or none,
        t("Stochasticity"): t(
            "a draw belongs to a person, a step and a purpose, so that all arms meet the same "
            "people and the same luck"
        ),
        t("Collectives"): listing(collectives) or none,
        t("Observation"): listing(outcomes) or t("states, entries, and units of resources"),
    }
    return BulletList(tuple(f"{label}: {text}" for label, text in said.items()))


# ---------------------------------------------------------------------------- 5, 6


def _initialization(scenario: Scenario) -> str:
    if scenario.population.cohort is not None:
        return t(
            "A closed cohort starts in the start states of the pathway, at the age of the file."
        )
    return t(
        "An open population: everyone is simulated from entry, {years} before what is shown, so "
        "that people, states and queues are as the pathway makes them. {history} of history "
        "precede the start.",
        years=duration(scenario.warm_up),
        history=duration(scenario.time.history),
    )


def _input(scenario: Scenario) -> str:
    drift = scenario.drift
    volumes = [name for name, one in drift.volumes.items() if one.value]
    prices = [name for name, one in drift.prices.items() if one.value]
    calendar = [
        name
        for name, one in scenario.pathway.factors.items()
        if str(one.feature).startswith("calendar.")
    ]
    none = t("none")
    return t(
        "Growth of rates: {volumes}. Real price growth: {prices}. Factors of calendar time: "
        "{calendar}. Every number has its source in the tables below or in section {n}.",
        volumes=", ".join(volumes) or none,
        prices=", ".join(prices) or none,
        calendar=", ".join(calendar) or none,
        n=19,
    )


# ---------------------------------------------------------------------------- 7


def _submodels(pathway: Pathway) -> Iterator[Block]:
    yield DocumentTable(
        t("Transitions: base × factors"),
        (t("Transition"), t("From → to"), t("Formula"), t("Grade and source")),
        tuple(
            (
                _named(one, name),
                _way(one),
                transition_formula(name, one),
                _owner(one.rate or one.probability),
            )
            for name, one in pathway.transitions.items()
        ),
        long=True,
        plain=True,
        widths=(21, 20, 29, 30),
    )
    if pathway.factors:
        yield DocumentTable(
            t("Factors"),
            (t("Factor"), t("Feature"), t("Values"), t("Grade and source")),
            tuple(
                (name, _feature(one), _values(one), _said(one.grade, one.source))
                for name, one in pathway.factors.items()
            ),
            long=True,
            plain=True,
            widths=(21, 20, 29, 30),
        )
    if pathway.resources:
        yield DocumentTable(
            t("Resources and their prices"),
            (t("Resource"), t("Price"), t("Price year"), t("Paid by"), t("Grade and source")),
            tuple(
                (
                    f"{one.label.text} ({name})",
                    f"{figures(one.price.value, 6)} / {one.unit.text}",
                    str(one.price_year),
                    ", ".join(one.shares),
                    _owner(one.price),
                )
                for name, one in pathway.resources.items()
            ),
            long=True,
            plain=True,
            widths=(26, 18, 9, 17, 30),
        )


def _named(one: Transition, name: str) -> str:
    return name if one.label is None else f"{one.label.text} ({name})"


def _way(one: Transition) -> str:
    return f"{', '.join(one.origin)} → {', '.join(one.to)}"


def transition_formula(name: str, one: Transition) -> str:
    """Return a transition as a formula: `placed_again = 0.55/year × age × since_placed`."""
    if one.rate is not None:
        per = {"year": t("year"), "month": t("month")}[one.rate.per]
        base = f"{figures(one.rate.value, 6)}/{per}"
    elif one.probability is not None:
        base = figures(one.probability.value, 6)
    else:
        base = "1"
    return " × ".join([f"{name} = {base}", *one.factors])


def _feature(one: Factor) -> str:
    if one.product:
        return t("product of {names}", names=" × ".join(one.product))
    names = [one.feature] if one.feature else one.features
    return ", ".join([*names, *([f"({one.unit})"] if one.unit else [])])


def _values(one: Factor) -> str:
    if one.product:
        return " × ".join(one.product)
    if one.direct:
        return t("the attribute itself")
    if one.shape is not None:
        given = ", ".join(f"{key}={figures(v.value, 4)}" for key, v in one.parameters.items())
        return f"{one.shape}({given})"
    if one.content is not None:
        return t("{n} values in {file}", n=len(one.content.values), file=one.content.file)
    if one.table:
        cells = [
            f"{first}/{second}: {figures(value.value, 4)}"
            for first, own in one.table.items()
            for second, value in own.items()
        ]
        return "; ".join(cells)
    if isinstance(one.values, dict):
        cells = [f"{name}: {figures(value.value, 4)}" for name, value in one.values.items()]
        if one.default is not None:
            cells.append(t("others: {n}", n=figures(one.default.value, 4)))
        return "; ".join(cells)
    edges = [*(f"< {figures(edge, 6)}" for edge in one.below), t("above")]
    return "; ".join(
        f"{edge}: {figures(value.value, 4)}" for edge, value in zip(edges, one.values, strict=False)
    )


def _owner(number: Number | None) -> str:
    return "" if number is None else _said(number.grade, number.source)


def _said(grade: str | None, source: str | None) -> str:
    return ": ".join(
        filter(None, [grade_name(grade) or t("not stated"), source_text(source) or ""])
    )
