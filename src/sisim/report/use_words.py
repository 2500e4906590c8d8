"""What states and moves use, in the reader's words: amount x factors (law L1)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sisim.engine.consequences import consequences
from sisim.engine.resource_use import Kind, uses_of
from sisim.i18n import t
from sisim.report.risk_words import Words, with_formula
from sisim.scenario.pathway import Entry, State, Transition, Use
from sisim.scenario.scenario import Effect, Instead
from sisim.scenario.types import Number

KINDS: tuple[Kind, ...] = ("use", "weight")

UseRow = tuple[str, str, str]
"""What uses, its amount x factors, and for how long: a year, or each time."""


@dataclass(frozen=True)
class UseWords:
    """The words of what people use, in the current language. Effects are at full strength."""

    words: Words

    def rows(
        self, states: Iterable[tuple[str, str]], transitions: Iterable[str]
    ) -> Iterator[UseRow]:
        """Yield what some states and some transitions use, and what everyone does at entry.

        Args:
            states: The states, as (track, state).
            transitions: The transitions.
        """
        pathway = self.words.pathway
        for text in self._of(pathway.entry):
            yield t("At entry"), text, t("once")
        for track, state in states:
            spec = pathway.tracks.get(track)
            if spec is None:
                yield from self._brought(track, state)
                continue
            for text in self._in(spec.states[state], state):
                yield self.words.state(track, state), text, t("a year")
        for name in transitions:
            for text in self._of(pathway.transitions[name]):
                yield self.words.transition(name), text, t("each time")

    def _of(self, content: State | Transition | Entry) -> Iterator[str]:
        for kind in KINDS:
            for name, use in uses_of(content, kind).items():
                yield self._amount(kind, name, use)

    def _in(self, content: State, state: str) -> Iterator[str]:
        """Yield what is used in a state, and what effects make of it."""
        for kind in KINDS:
            uses = dict(uses_of(content, kind))
            acting = list(self._effects(kind, state))
            added = {name for name, here, _, _ in acting if here and name not in uses}
            for name in [*uses, *sorted(added)]:
                own = [self._effect(*one[2:]) for one in acting if one[0] == name]
                start = self._amount(kind, name, uses.get(name, Use(amount=Number(value=0))))
                yield " ".join([start, *own])

    def _effects(self, kind: Kind, state: str) -> Iterator[tuple[str, bool, str, Effect]]:
        """Yield the effects on what is used in a state: what it is, if they name the state, whose.

        They come in the order in which they act: see `sisim.engine.resource_use.UseCount`.
        """
        every = [
            (effect.order, effect.acts_on != "area", investment, effect)
            for investment, spec in self.words.scenario.investments.items()
            for effect in spec.effects
        ]
        for _, _, investment, effect in sorted(every, key=lambda one: one[:2]):
            for target in effect.on:
                head, _, rest = target.partition(":")
                name, _, where = rest.partition("@")
                if head == kind and where in ("", state):
                    yield name, bool(where), investment, effect

    def _effect(self, investment: str, effect: Effect) -> str:
        by = self.words.investment(investment)
        if effect.sets is not None:
            return t("becomes {amount}", amount=f"{with_formula(effect.sets)} ({by})")
        parts = []
        if effect.ratio.value != 1 or effect.ratio.formula is not None:
            parts.append(f"× {with_formula(effect.ratio)} ({by})")
        if effect.adds is not None:
            parts.append(f"+ {with_formula(effect.adds)} ({by})")
        return " ".join(parts)

    def _amount(self, kind: Kind, name: str, use: Use) -> str:
        factors = "".join(f" × {factor}" for factor in use.factors)
        return f"{self._name(kind, name)} {with_formula(use.amount)}{factors}"

    def _name(self, kind: Kind, name: str) -> str:
        pathway = self.words.pathway
        if kind == "weight":
            return pathway.weights[name].text
        resource = pathway.resources[name]
        return f"{resource.label.text} ({resource.unit.text})"

    def _brought(self, track: str, state: str) -> Iterator[UseRow]:
        """Yield for whom something follows as an effect has prevented a move, and what it uses."""
        for one in consequences(self.words.scenario):
            if (one.track, one.state) != (track, state):
                continue
            where = self.words.track(track)
            yield where, t("for a share of {share}", share=with_formula(one.spec.share)), ""
            if isinstance(one.spec, Instead):
                for amounts, how in ((one.spec.uses, t("a year")), (one.spec.once, t("once"))):
                    for name, amount in amounts.items():
                        yield where, f"{self._name('use', name)} {with_formula(amount)}", how
