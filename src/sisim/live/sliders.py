"""The sliders of a scenario: the few that the two figures turn on, then its uncertain numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite, log
from typing import Any, Literal

from sisim.analysis.emulator import Knots
from sisim.analysis.varied import VariedNumber, factors, is_whole, value_at
from sisim.i18n import n_, t
from sisim.report.analysis.assumption_words import Assumptions
from sisim.report.formats import NBSP, decimal, percent_sign
from sisim.scenario.numbers import numbers
from sisim.scenario.owners import owner_of
from sisim.scenario.scenario import Effect, Scenario
from sisim.scenario.steps import MONTHS
from sisim.scenario.types import Number

STOPS = 5
"""So many positions of a slider are simulated beforehand, or all if they are few."""
FEW = 8
MOST = 6
"""Sliders that a hand can find at once."""
STEPS = 60
NO_EFFECT = 1e-9

Follow = Literal["alone", "power", "proportion", "shift"]
"""How the other numbers follow the first: not at all; as relative effects, on the scale of their
logarithms; in proportion; by as much."""
Unit = Literal["percent", "percent_a_year", "years", "own"]


@dataclass(frozen=True)
class Slider:
    """A slider: one number of the scenario, or several that go together.

    Attributes:
        id: Its name in the address.
        paths: The numbers, by dotted path, the first of them leading.
        bases: What the scenario says of each.
        value: Where the slider stands as the scenario says.
        low: Where it begins.
        high: Where it ends.
        step: How far apart its positions are.
        follow: How the other numbers follow the first.
        unit: How its value is read.
        source: Where the leading number was read, if the file says.
        grade: What it is built on, if the file says.
        multiple: What its values are whole multiples of, as a time is of steps; 0 for any value.
    """

    id: str
    paths: tuple[str, ...]
    bases: tuple[float, ...]
    value: float
    low: float
    high: float
    step: float
    follow: Follow = "alone"
    unit: Unit = "own"
    source: str | None = None
    grade: str | None = None
    multiple: float = 0.0

    def changes(self, value: float) -> dict[str, float]:
        """Return the numbers that a position of the slider means; none where it started."""
        if abs(value - self.value) < 1e-9:
            return {}
        return dict(zip(self.paths, self._values(value), strict=True))

    @property
    def knots(self) -> Knots:
        """The positions at which the slider is simulated for its emulator, and where it started."""
        whole = round((self.high - self.low) / self.step)
        parts = whole if whole < FEW else STOPS - 1
        stops = {self.low + (self.high - self.low) * n / parts for n in range(parts + 1)}
        stops = {at for at in stops if abs(at - self.value) > 1e-9} | {self.value}
        return Knots(self.value, {at: self.changes(at) for at in sorted(stops)})

    def _values(self, value: float) -> Iterator[float]:
        if self.follow == "power":
            # An effect of 30 % is a ratio of 0.7 on what it lowers, and 1 / 0.7 on what it raises.
            strength = log(1 - value) / log(1 - self.value)
            yield from (base**strength for base in self.bases)
        elif self.follow == "proportion":
            yield from (min(base * value / self.value, self.high) for base in self.bases)
        elif self.follow == "shift":
            yield from (base + value - self.value for base in self.bases)
        elif self.multiple:
            yield max(round(value / self.multiple), 1) * self.multiple
        else:
            yield value

    def label(self, scenario: Scenario) -> str:
        """Return what the slider is called."""
        known = {
            "effect": t("Effect on those who get the intervention"),
            "reach": t("Share of the target group reached"),
            "project_time": t("Project time"),
            "half_life": t("Half-life of the effect after the end"),
            "inflow": t("Reduced inflow with the new way of working"),
            "drift": t("General growth of costs"),
        }
        return known.get(self.id) or Assumptions(scenario).name(self.id)

    def meaning(self, scenario: Scenario) -> str:
        """Return a sentence on what the slider is, and what moves with it."""
        known = {
            "effect": t(
                "How much the intervention lowers the risks that it acts on, for those who take "
                "part; all its effects on them move together."
            ),
            "reach": t(
                "The share of the target group who take part: more people helped, and more to pay."
            ),
            "project_time": t(
                "How long the project runs and is paid for, before it ends or becomes a new way of "
                "working."
            ),
            "half_life": t(
                "After so long, half of the effect is left for somebody who has ended the "
                "intervention."
            ),
            "inflow": t(
                "How much the new way of working lowers the risk of a new case, for everybody "
                "where it is in use; a project that ends does not."
            ),
            "drift": t(
                "How much prices rise each year beyond inflation, with the investment and without."
            ),
        }
        ends = [self.said(end, scenario) for end in (self.low, self.high)]
        between = t("A number of the scenario, from {low} to {high}.", low=ends[0], high=ends[1])
        return known.get(self.id, between)

    def said(self, value: float, scenario: Scenario) -> str:
        """Return a position as a reader writes it."""
        if self.unit == "percent":
            return decimal(100 * value) + percent_sign()
        if self.unit == "percent_a_year":
            share = decimal(100 * value, 1) + percent_sign()
            return t("{n} a year", n=share)
        if self.unit == "years":
            digits = 0 if value == int(value) else 1
            one_or_more = 1 if value == 1 else 2
            text = n_("{n} year", "{n} years", one_or_more, n=decimal(value, digits))
            return text.replace(" ", NBSP)
        return Assumptions(scenario).value(self.id, value)


def main_sliders(scenario: Scenario) -> list[Slider]:
    """Return the sliders that are always seen, at most six."""
    own = [*_effects(scenario), *_course(scenario), *_inflow(scenario), *_drift(scenario)]
    order = ("effect", "reach", "project_time", "half_life", "inflow", "drift")
    own.sort(key=lambda slider: order.index(slider.id))
    covered = {path for slider in own for path in slider.paths}
    others = [slider for slider in all_sliders(scenario) if slider.id not in covered]
    return [*own, *others][:MOST]


def all_sliders(scenario: Scenario, *, pathway: bool = False) -> list[Slider]:
    """Return a slider for every uncertain number of the scenario, or of its pathway too."""
    return [_of_factor(one, scenario) for one in factors(scenario, pathway=pathway)]


def changes(sliders: Sequence[Slider], values: Mapping[str, float]) -> dict[str, Any]:
    """Return the changes that some positions of sliders mean; what is finer comes last."""
    found: dict[str, Any] = {}
    for slider in sliders:
        if slider.id in values:
            found |= slider.changes(values[slider.id])
    return found


def _of_factor(one: VariedNumber, scenario: Scenario) -> Slider:
    low, high = min(one.low, one.value), max(one.high, one.value)
    step = 1.0 if is_whole(scenario, one.key) else (high - low) / STEPS
    return Slider(
        one.key,
        (one.key,),
        (one.value,),
        one.value,
        low,
        high,
        step,
        source=one.source,
        grade=one.grade,
    )


def _investing(scenario: Scenario) -> list[str]:
    """Return the investments that some arm holds."""
    held = {name for arm in scenario.arms.values() for name in arm.investments}
    return [name for name in scenario.investments if name in held]


def _owned(scenario: Scenario, path: str) -> dict[str, Any]:
    number = dict(numbers(scenario)).get(path)
    if not isinstance(number, Number):
        return {"source": None, "grade": None}
    owner = owner_of(path, number, scenario)
    return {"source": owner.source, "grade": owner.grade}


def _ratios(scenario: Scenario, acts_on: str) -> list[tuple[str, Effect]]:
    return [
        (f"investments.{name}.effects.{place}", effect)
        for name in _investing(scenario)
        for place, effect in enumerate(scenario.investments[name].effects)
        if effect.acts_on == acts_on
        and effect.adds is None
        and effect.ratio.value > 0
        and abs(log(effect.ratio.value)) > NO_EFFECT
    ]


def _power(scenario: Scenario, name: str, acts_on: str) -> list[Slider]:
    found = _ratios(scenario, acts_on)
    if not found:
        return []
    paths = tuple(f"{path}.ratio" for path, _ in found)
    bases = tuple(effect.ratio.value for _, effect in found)
    lead = min(bases[0], 1 / bases[0])
    value = 1 - lead
    return [
        Slider(
            name,
            paths,
            bases,
            value,
            0.0,
            max(0.6, value),
            0.01,
            "power",
            "percent",
            **_owned(scenario, paths[0]),
        )
    ]


def _effects(scenario: Scenario) -> list[Slider]:
    found = _power(scenario, "effect", "participants")
    lasting = [
        (f"{path}.persistence.years", effect.persistence.years.value)
        for path, effect in _ratios(scenario, "participants")
        if effect.persistence.kind == "half_life"
        and effect.persistence.years is not None
        and effect.persistence.years.value > 0
    ]
    if lasting:
        paths, bases = zip(*lasting, strict=True)
        found.append(
            Slider(
                "half_life",
                paths,
                bases,
                bases[0],
                min(0.5, bases[0]),
                max(10.0, bases[0]),
                0.1,
                "proportion",
                "years",
                **_owned(scenario, paths[0]),
            )
        )
    return found


def _inflow(scenario: Scenario) -> list[Slider]:
    return _power(scenario, "inflow", "area")


def _course(scenario: Scenario) -> list[Slider]:
    names = _investing(scenario)
    if not names:
        return []
    found = []
    reach = [f"investments.{name}.reach" for name in names]
    new_ways = [name for name in names if scenario.investments[name].new_way is not None]
    reach += [f"investments.{name}.new_way.reach" for name in new_ways]
    bases = tuple(value_at(scenario, path) or 0.0 for path in reach)
    if bases[0] > 0:
        found.append(
            Slider(
                "reach",
                tuple(reach),
                bases,
                bases[0],
                0.0,
                1.0,
                0.01,
                "proportion",
                "percent",
                **_owned(scenario, reach[0]),
            )
        )
    years = tuple(f"investments.{name}.years" for name in names)
    spans = tuple(scenario.investments[name].years for name in names)
    if all(isfinite(span) for span in spans):
        low, high = min(1.0, spans[0]), min(max(5.0, spans[0]), max(scenario.time.years, spans[0]))
        multiple = MONTHS.get(scenario.pathway.step, 0) / 12
        step = max(1.0 if spans[0] == int(spans[0]) else 0.5, multiple)
        found.append(
            Slider(
                "project_time",
                years[:1],
                spans[:1],
                spans[0],
                low,
                high,
                step,
                "alone",
                "years",
                multiple=multiple,
            )
        )
    return found


def _drift(scenario: Scenario) -> list[Slider]:
    prices = scenario.drift.prices
    if not prices:
        return []
    paths = tuple(f"drift.prices.{name}" for name in prices)
    bases = tuple(number.value for number in prices.values())
    high = max(0.04, bases[0])
    return [
        Slider(
            "drift",
            paths,
            bases,
            bases[0],
            min(0.0, bases[0]),
            high,
            0.001,
            "shift",
            "percent_a_year",
            **_owned(scenario, paths[0]),
        )
    ]
