"""What a person's risks were made of, in the reader's words: base x factors (law L1)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import floor, isclose, log10

import numpy as np

from sisim.engine.consequences import NONE, consequences
from sisim.engine.tables import PER_MILLE, Compiled
from sisim.engine.trace import ObservedFactor, Risk
from sisim.i18n import duration_in_months, n_, t
from sisim.report.formats import NBSP, decimal, listing, percent_sign
from sisim.scenario.errors import shortened
from sisim.scenario.numbers import numbers
from sisim.scenario.pathway import Pathway
from sisim.scenario.scenario import Scenario
from sisim.scenario.types import Number

GLUE = "\ue000"
"""Stands for a space at which a line may not be broken, where even that of NBSP may be."""


def figures(value: float, significant: int = 3) -> str:
    """Return a number with a few significant figures, and no empty decimals.

    Examples:
        >>> figures(0.0321), figures(1.4), figures(1234.5)
        ('0.0321', '1.4', '1,234')
    """
    if not value:
        return "0"
    digits = max(significant - 1 - floor(log10(abs(value))), 0)
    while digits and round(value, digits) == round(value, digits - 1):
        digits -= 1
    return decimal(value, digits)


def percent(share: float) -> str:
    """Return a chance in percent, with three significant figures.

    Examples:
        >>> percent(0.05846)
        '5.85%'
    """
    return figures(100 * share) + percent_sign()


def with_formula(number: Number) -> str:
    """Return a number, and the formula that it follows in brackets.

    Examples:
        >>> with_formula(Number(value=0.5)), with_formula(Number(value=0.5, formula="a / 2"))
        ('0.5', '0.5 (a / 2)')
    """
    own = "" if number.formula is None else f" ({shortened(number.formula)})"
    return figures(number.value) + own


@dataclass(frozen=True)
class Words:
    """The words of a compiled scenario, in the current language."""

    compiled: Compiled

    @property
    def scenario(self) -> Scenario:
        """The scenario."""
        return self.compiled.scenario

    @property
    def pathway(self) -> Pathway:
        """The pathway."""
        return self.scenario.pathway

    def month(self, step: int) -> str:
        """Return the month in which a step begins, as "2026-03"."""
        at = np.array([step])
        clock = self.compiled.clock
        return f"{int(clock.calendar_year(at)[0]):04d}-{int(clock.month(at)[0]):02d}"

    def duration(self, steps: float) -> str:
        """Return a number of steps as months."""
        return duration_in_months(steps * 12 / self.compiled.clock.per_year)

    def years(self, steps: float) -> str:
        """Return a number of steps as years."""
        return decimal(steps / self.compiled.clock.per_year, 1)

    def area(self, name: str) -> str:
        """Return an area's label."""
        areas = self.scenario.population.areas
        return areas[name].label.text if name in areas else name

    def state(self, track: str, name: str) -> str:
        """Return a state's label."""
        if track not in self.pathway.tracks:
            return {NONE: t("no"), "given": t("given")}.get(name, t("exposed"))
        return self.pathway.tracks[track].states[name].label.text

    def track(self, name: str) -> str:
        """Return a track's label."""
        if name not in self.pathway.tracks:
            return self._consequence(name)
        return self.pathway.tracks[name].label.text

    def _consequence(self, track: str) -> str:
        """Return what is given instead of what an effect prevents, or the risk that it brings."""
        one = next(one for one in consequences(self.scenario) if one.track == track)
        if one.spec.label is not None:
            return one.spec.label.text
        name = self.investment(one.investment)
        if one.kind == "instead":
            return t("Given instead: {investment}", investment=name)
        return t("A risk that it brings: {investment}", investment=name)

    def group(self, name: str) -> str:
        """Return a group's label."""
        return self.pathway.groups[name].label.text

    def investment(self, name: str) -> str:
        """Return an investment's label."""
        return self.scenario.investments[name].label.text

    def arm(self, name: str) -> str:
        """Return an arm's label."""
        if name not in self.scenario.arms:
            return t("Without the investment")
        return self.scenario.arms[name].label.text

    def transition(self, name: str) -> str:
        """Return a transition's label."""
        label = self.pathway.transitions[name].label
        return name if label is None else label.text

    def attribute(self, name: str, value: str | float) -> str:
        """Return a background with its category or number."""
        attribute = self.pathway.attributes[name]
        label = name if attribute.label is None else attribute.label.text
        if isinstance(value, float):
            return f"{label} {figures(value)}"
        category = attribute.labels.get(value)
        return f"{label}: {value if category is None else category.text}"

    def product(self, risk: Risk) -> str:
        """Return base x factors, as they stand in the files, each factor with what it saw.

        Only between factors may a line be broken.
        """
        transition = self.pathway.transitions[risk.transition]
        base = self._as_written(risk, risk.base)
        parts = []
        if transition.rate is not None and abs(base - transition.rate.per_year) > 1e-9 * base:
            growth = figures(base / transition.rate.per_year)
            drift = self.scenario.drift.volumes.get(risk.transition)
            follows = "" if drift is None else _formulas([drift])
            parts.append(growth + " (" + follows + t("growth") + ")")
            base = transition.rate.per_year
        parts += [
            f"{figures(factor.multiplier)} ({self._why(factor, risk)})"
            for factor in risk.factors
            if factor.feature != "schedule"
        ]
        given = transition.rate or transition.probability
        formula = None if given is None else given.formula
        start = figures(base) + (f" ({shortened(formula)})" if formula else "")
        whole = [start, *(f"× {part}" for part in parts)]
        return " ".join(part.replace(" ", GLUE).replace(NBSP, GLUE) for part in whole)

    def value(self, risk: Risk) -> str:
        """Return what the product comes to: a rate per year, or a probability."""
        value = figures(self._as_written(risk, risk.value))
        return t("{n} a year", n=value) if risk.is_rate else value

    def _why(self, factor: ObservedFactor, risk: Risk) -> str:
        """Return what a factor was looked up by, after the formulas that its multiplier follows."""
        return _formulas(self._given(factor, risk)) + self._seen(factor, risk)

    def _given(self, factor: ObservedFactor, risk: Risk) -> list[Number]:
        """Return the numbers of the file from which a factor's multiplier comes.

        What is looked up is a value: where several numbers are alike, each of them is returned.
        """
        if factor.is_effect:
            own = self.scenario.investments[factor.name]
            effects = own.effects
            given = [effect.ratio for effect in effects if risk.transition in effect.on]
            lasts = [e.persistence.years for e in effects if risk.transition in e.on]
            given += [years for years in lasts if years is not None]
            given += [
                effect.complement.without
                for effect in effects
                if risk.transition in effect.on and effect.complement is not None
            ]
            if own.learning is not None:
                given += [own.learning.first, own.learning.per_doubling]
            if own.fidelity is not None and own.fidelity.decay is not None:
                given.append(own.fidelity.decay)
            brought = [e.harm for e in effects if e.harm is not None]
            return given + [harm.ratio for harm in brought if risk.transition in harm.on]
        spec = self.pathway.factors[factor.name]
        if spec.shape is not None:
            return list(spec.parameters.values())
        value = factor.multiplier if factor.raw is None else factor.raw
        looked_up = spec.model_copy(update={"causal_share": None})
        return [number for _, number in numbers(looked_up) if isclose(number.value, value)]

    def destinations(self, risk: Risk) -> str:
        """Return where a transition leads, by share x factors; empty if only to one state."""
        transition = self.pathway.transitions[risk.transition]
        if len(transition.to) < 2:
            return ""
        return listing(
            [
                " × ".join(
                    [
                        f"{self.state(transition.track, name)} {with_formula(one.share)}",
                        *one.factors,
                    ]
                )
                for name, one in transition.to.items()
            ]
        )

    def _as_written(self, risk: Risk, value: float) -> float:
        """Return a rate per step as the files write it, per year; a probability as it is."""
        return value * self.compiled.clock.per_year if risk.is_rate else value

    def _seen(self, factor: ObservedFactor, risk: Risk) -> str:
        """Return what a factor was looked up by, and its scale where it does not just multiply."""
        parts = [replace(factor, feature=name, value=value) for name, value in factor.together]
        seen = ", ".join(map(self._feature, parts or [factor]))
        share = self.pathway.factors[factor.name].causal_share if factor.raw is not None else None
        if factor.raw is not None and share is not None:
            causal = t(
                "causal share {share} of {raw}", share=with_formula(share), raw=figures(factor.raw)
            )
            seen = f"{seen}; {causal}"
        scale = self._scale(factor, risk)
        if scale in (None, "rate_ratio" if risk.is_rate else "relative_risk"):
            return seen
        scales = {
            "odds_ratio": t("odds ratio"),
            "rate_ratio": t("rate ratio"),
            "relative_risk": t("relative risk"),
        }
        return f"{seen}, {scales[str(scale)]}"

    def _scale(self, factor: ObservedFactor, risk: Risk) -> str | None:
        if not factor.is_effect:
            return self.pathway.factors[factor.name].scale
        effects = self.scenario.investments[factor.name].effects
        return next((e.scale for e in effects if risk.transition in e.on), None)

    def _feature(self, factor: ObservedFactor) -> str:
        seen = factor.value
        head, _, rest = factor.feature.partition(".")
        match head:
            case "age" if rest == "start":
                return t("age {n} at the start", n=self.years(seen))
            case "age" if rest:
                return t("turns {n} this year", n=figures(seen))
            case "age":
                return t("age {n}", n=self.years(seen))
            case "time_in_state" | "time_in" | "time_since" | "visits":
                return self._history(factor, head, rest)
            case "attribute" if self.pathway.attributes[rest].shares:
                return self.attribute(rest, list(self.pathway.attributes[rest].shares)[int(seen)])
            case "attribute":
                return self.attribute(rest, seen)
            case "state":
                state = list(self.pathway.tracks[rest].states)[int(seen)]
                return f"{self.track(rest)}: {self.state(rest, state)}"
            case "area":
                return self.area(self.compiled.areas[int(seen)])
            case "calendar":
                return self._calendar(rest, seen)
            case "share":
                return t(
                    "{share} of the peers: {group}",
                    share=percent(seen / PER_MILLE),
                    group=self.group(rest),
                )
            case "exposure":
                when = (t("never"), t("during"), t("after"))[int(seen)]
                return f"{self.investment(rest)}: {when}"
        if seen == 1:
            return self.investment(rest)
        return t(
            "{investment}, strength {share}", investment=self.investment(rest), share=percent(seen)
        )

    def _history(self, factor: ObservedFactor, head: str, group: str) -> str:
        """Return a time spent in a state or group, since it, or a number of visits to it."""
        seen = factor.value
        if head == "time_in_state":
            return t("{length} here", length=self.duration(seen))
        name = self.group(group)
        if head == "time_in":
            if seen < 0:
                return t("not in: {group}", group=name)
            return t("{length} in: {group}", length=self.duration(seen), group=name)
        if head == "time_since":
            if seen < 0:
                return t("has not left: {group}", group=name)
            return t("{length} since: {group}", length=self.duration(seen), group=name)
        window = self.pathway.factors[factor.name].window
        if window is None:
            return n_(
                "{n} time so far: {group}", "{n} times so far: {group}", int(seen), group=name
            )
        return n_(
            "{n} time in {length}: {group}",
            "{n} times in {length}: {group}",
            int(seen),
            length=duration_in_months(window),
            group=name,
        )

    def _calendar(self, unit: str, seen: float) -> str:
        if unit == "month":
            return t("month {n}", n=int(seen))
        if unit == "year":
            first = self.compiled.clock.first_calendar_year
            return t("the year {n}", n=first + int(seen))
        return t("cycle {n}", n=int(seen))


def _formulas(given: list[Number]) -> str:
    """Return the formulas that numbers follow, each once, as what is told before other things."""
    found = dict.fromkeys(shortened(one.formula) for one in given if one.formula is not None)
    return "".join(f"{formula}; " for formula in found)
