"""The chain of one investment, from its file: who is reached, what changes, whose cost.

Reached → what changes soon (the transitions that effects act on) → what changes later (the states
that these lead to or from, and that cost something) → who pays. Each arrow has its number and the
grade of that number.
"""

from __future__ import annotations

from dataclasses import dataclass

from sisim.i18n import n_, source_text, t
from sisim.report.analysis.assumption_words import Assumptions
from sisim.report.formats import capital, listing, money, whole_money
from sisim.report.risk_words import figures, percent
from sisim.scenario.owners import grade_name, owner_of
from sisim.scenario.pathway import Transition
from sisim.scenario.scenario import Effect, Scenario
from sisim.scenario.types import Number

MOST_STATES = 2
"""So many states of an effect are told, those that cost most first."""


@dataclass(frozen=True)
class ChainBox:
    """A box: in which of the four columns, its key and its label."""

    column: int
    key: str
    label: str


@dataclass(frozen=True)
class ChainArrow:
    """An arrow between two boxes, with the number on it, its grade and its source."""

    origin: str
    to: str
    number: str
    grade: str
    source: str


@dataclass(frozen=True)
class InvestmentChain:
    """The chain of an investment: boxes in four columns, and the arrows between them."""

    investment: str
    boxes: tuple[ChainBox, ...]
    arrows: tuple[ChainArrow, ...]

    def label(self, key: str) -> str:
        """Return what a box is called."""
        return next(box.label for box in self.boxes if box.key == key)


def column_names() -> tuple[str, str, str, str]:
    """Return what the four columns are called."""
    return (
        t("Who is reached"),
        t("What changes soon"),
        t("What changes later"),
        t("Whose cost"),
    )


def investment_chain(scenario: Scenario, name: str) -> InvestmentChain:
    """Return the chain of one investment, as its file and its pathway say."""
    made = _Making(scenario, name)
    made.make()
    return InvestmentChain(
        scenario.investments[name].label.text,
        tuple(made.boxes.values()),
        tuple(made.arrows.values()),
    )


class _Making:
    def __init__(self, scenario: Scenario, name: str) -> None:
        self.scenario, self.name = scenario, name
        self.words = Assumptions(scenario)
        self.boxes: dict[str, ChainBox] = {}
        self.arrows: dict[tuple[str, str], ChainArrow] = {}

    def make(self) -> None:
        one = self.scenario.investments[self.name]
        places = "" if one.capacity is None else n_("{n} place", "{n} places", one.capacity)
        reach = t("reach {share}", share=percent(one.reach.value))
        reached = "\n".join(filter(None, (capital(one.label.text), places, reach)))
        self.boxes["reached"] = ChainBox(0, "reached", reached)
        for number, effect in enumerate(one.effects):
            self._effect(number, effect)

    def _effect(self, number: int, effect: Effect) -> None:
        key = f"investments.{self.name}.effects.{number}.ratio"
        pathway = self.scenario.pathway
        label = (
            self.words.name(key)
            .partition(": ")[2]
            .removesuffix(f" ({self.scenario.investments[self.name].label.text})")
        )
        box = f"effect-{number}"
        self.boxes[box] = ChainBox(1, box, capital(label) or listing(effect.on))
        changed = effect.adds or effect.sets
        said = self.words.value(key, effect.ratio.value)
        if changed is not None:
            said = figures(changed.value)
        self._arrow("reached", box, said, key, changed or effect.ratio)
        transitions = [pathway.transitions[on] for on in effect.on if on in pathway.transitions]
        for on, transition in zip(
            (on for on in effect.on if on in pathway.transitions), transitions, strict=True
        ):
            self._later(box, on, transition)
        for on in effect.on:
            if on.startswith("use:"):
                self._used(box, on.removeprefix("use:"))

    def _later(self, box: str, name: str, transition: Transition) -> None:
        """Add the states that a transition leads to or from and that cost something."""
        track = self.scenario.pathway.tracks[transition.track]
        ends = dict.fromkeys([*transition.to, *transition.origin])
        costly = sorted(
            (state for state in ends if self._yearly(transition.track, state)),
            key=lambda state: -sum(cost for _, cost in self._yearly(transition.track, state)),
        )
        chosen = costly[:MOST_STATES] or list(transition.to)[:1]
        base = transition.rate or transition.probability
        for state in chosen:
            key = f"state-{transition.track}-{state}"
            self.boxes[key] = ChainBox(2, key, track.states[state].label.text)
            path = f"pathway.transitions.{name}"
            if transition.rate is not None:
                said = t("{n} a year", n=figures(transition.rate.per_year))
                self._arrow(box, key, said, f"{path}.rate", base)
            elif base is not None:
                self._arrow(box, key, percent(base.value), f"{path}.probability", base)
            self._paid(key, transition.track, state)

    def _yearly(self, track: str, state: str) -> list[tuple[str, float]]:
        """Return what each resource of a state costs per year there, as it is given; not all's."""
        pathway = self.scenario.pathway
        found = []
        for name, use in pathway.tracks[track].states[state].uses.items():
            resource = pathway.resources[name]
            if not resource.ordinary and use.amount.value:
                found.append((name, use.amount.value * resource.price.value))
        return found

    def _paid(self, key: str, track: str, state: str) -> None:
        pathway = self.scenario.pathway
        for name, cost in self._yearly(track, state):
            for payer in pathway.resources[name].shares:
                self._payer(key, payer, name, cost)

    def _used(self, box: str, used: str) -> None:
        """Add who pays for a resource whose use an effect changes at once."""
        name = used.partition("@")[0]
        resource = self.scenario.pathway.resources.get(name)
        for payer in () if resource is None else resource.shares:
            self._payer(box, payer, name, None)

    def _payer(self, key: str, payer: str, name: str, cost: float | None) -> None:
        pathway = self.scenario.pathway
        resource = pathway.resources[name]
        box = f"payer-{payer}"
        self.boxes[box] = ChainBox(3, box, self.scenario.payer_label(payer).text)
        said = (
            t("{price} a {unit}", price=whole_money(resource.price.value), unit=resource.unit.text)
            if cost is None
            else t("{cost} a year", cost=money(cost))
        )
        path = f"pathway.resources.{name}.price"
        known = self.arrows.get((key, box))
        if known is None:
            self._arrow(key, box, said, path, resource.price)

    def _arrow(self, origin: str, to: str, said: str, path: str, number: Number | None) -> None:
        if (origin, to) in self.arrows or number is None:
            return
        owner = owner_of(path, number, self.scenario)
        grade = grade_name(owner.grade) or t("not stated")
        source = source_text(owner.source) or t("no source")
        self.arrows[origin, to] = ChainArrow(origin, to, said, grade, source)
