"""What the pictures of experiments share: what they are about, a title, a foot, value axes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from math import ceil, floor
from typing import Any

import numpy as np
import pandas as pd

from sisim.analysis.measures import PAYBACK, turning_point, why_undefined
from sisim.economics.yearly import year_at
from sisim.i18n import n_, t
from sisim.report.chart.arrangement import EDGE, NAMES, WIDE
from sisim.report.chart.chart import Axis, Chart, Column, value_axis
from sisim.report.chart.label_placement import GAP
from sisim.report.chart.typesetting import PaperType
from sisim.report.comparison_text import footer
from sisim.report.economics.money_words import conventions
from sisim.report.formats import (
    Unit,
    capital,
    decimal,
    lower,
    money,
    percent_sign,
    percentage_points,
    runs_of,
    signed_money,
    unit_for,
)
from sisim.report.present_value import net_words, valued
from sisim.report.replication_words import few_runs
from sisim.scenario.digest import digest
from sisim.scenario.scenario import Scenario

IN_MONEY = frozenset(
    {
        "net_present_value",
        "invested",
        "lower_cost",
        "financing",
        "tail",
        "income",
        "deepest",
        "deepest_discounted",
        "total.cost",
    }
)
IN_PERCENT = frozenset({"return_on_investment", "internal_rate_of_return"})
HIGH, AROUND = 720.0, 260.0
"""How high a picture is, unless its rows need more, and what is around them, in pixels."""
ROW = 110.0
"""How high a row is at the most, in pixels: bars are no thicker, and few rows a smaller picture."""
BARS = 600.0
"""How much room bars beside the names of rows have, in pixels."""


@dataclass(frozen=True)
class Subject:
    """What is asked of which scenario: a measure of an arm, with some seeds.

    Attributes:
        scenario: The scenario.
        seeds: The seed of each replication.
        arm: The arm that is compared with `without`.
        measure: What is measured: see `sisim.analysis.measures`.
    """

    scenario: Scenario
    seeds: tuple[int, ...]
    arm: str
    measure: str

    @property
    def version(self) -> str:
        """The version of sisim."""
        return version("sisim")

    @cached_property
    def digest(self) -> str:
        """A short hash of the scenario."""
        return digest(self.scenario)

    @property
    def in_money(self) -> bool:
        """Whether the measure is an amount of money."""
        return self.measure in IN_MONEY or self.measure.startswith("cost.")

    def arm_label(self, arm: str | None = None) -> str:
        """Return what an arm (unset: the subject's) is called."""
        known = self.scenario.arms.get(arm or self.arm)
        return t("Without") if known is None else known.label.text

    def label(self) -> str:
        """Return what the measure is called."""
        head, _, rest = self.measure.partition(".")
        name, _, year = rest.partition(".")
        when = f" {year}" if year else ""
        if head == "outcome" and name in self.scenario.outcomes:
            label = self.scenario.outcomes[name].label.text
            return capital(label) + when
        economy = self.scenario.economy
        rate = economy.discount_costs.value
        if head == "cost":
            payer = self.scenario.payer_label(name).text
            return valued(t("Cost: {payer}", payer=payer), 0.0 if year else rate) + when
        if head == "total" and name in self.scenario.pathway.weights:
            label = self.scenario.pathway.weights[name].text
            discounted = t("{what} (discounted)", what=label)
            return discounted if economy.discount_effects.value else label
        if head == "gained":
            return gained_label(self.scenario, name)
        return {
            "net_present_value": net_words(rate),
            "payback_year": t("Payback year"),
            "invested": valued(t("Invested"), rate),
            "lower_cost": valued(t("Lower costs"), rate),
            "total": valued(t("All costs"), rate),
            "financing": valued(t("Paid to those who finance it, less what they put in"), rate),
            "tail": valued(t("Value after the horizon (tail)"), rate),
            "income": valued(t("Income in the simulated years"), rate),
            "benefit_cost_ratio": t("Benefit–cost ratio"),
            "return_on_investment": t("Return on investment"),
            "internal_rate_of_return": t("Internal rate of return"),
            "deepest": t("Deepest hole, not discounted"),
            "deepest_discounted": t("Deepest hole, discounted"),
        }.get(head, self.measure)

    def what(self) -> str:
        """Return the arm and the measure, as a sentence about them begins."""
        return f"{self.arm_label()}: {lower(self.label())}"

    def undefined(self, count: int, of: int) -> list[str]:
        """Return in how many runs the measure is undefined, and why; nothing if in none."""
        if not count:
            return []
        return [
            t(
                "{what} has no value in {runs}, as {why}.",
                what=self.what(),
                runs=runs_of(count / of, of),
                why=why_undefined(self.measure),
            )
        ]

    @property
    def turn(self) -> float | None:
        """The value at which the investment begins to be worth it; unset where there is none."""
        return turning_point(self.measure)

    def turn_words(self) -> str:
        """Return the turning point as a sentence has it."""
        return scale_for(self, [self.turn]).text(self.turn) if self.turn else t("zero")

    @property
    def few_runs(self) -> list[str]:
        """That there are too few runs for margins, as a sentence; none if there are enough."""
        return few_runs(len(self.seeds))


def measure_label(scenario: Scenario, name: str) -> str:
    """Return what an outcome, or a weight, is called."""
    weights = scenario.pathway.weights
    return (weights[name] if name in weights else scenario.outcomes[name].label).text


def gained_label(scenario: Scenario, name: str) -> str:
    """Return what is gained of an outcome or a weight, and in what unit."""
    what = measure_label(scenario, name)
    if scenario.economy.discount_effects.value:
        what = t("{what} (discounted)", what=what)
    if name in scenario.pathway.weights:
        return t("{what}: gained", what=what)
    measure = scenario.outcomes[name]
    unit = (
        n_("person-year", "person-years", 2)
        if measure.count == "stock"
        else n_("event", "events", 2)
    )
    if measure.good == "high":
        return t("{what}: {unit} gained", what=what, unit=unit)
    return t("{what}: {unit} avoided", what=what, unit=unit)


@dataclass(frozen=True)
class Scale:
    """A unit in which a measure is read, and its decimals.

    Attributes:
        size: A unit, in those of the measure.
        digits: Decimals.
        unit: What it is called; empty if it has no name.
        money: The unit of an amount of money.
        first_year: Of a measure that is a year: the scenario's first.
    """

    size: float
    digits: int
    unit: str
    money: Unit | None = None
    first_year: int | None = None

    def said(self, value: float, *, signed: bool = False) -> str:
        """Return a value with its unit, as a sentence has it; –: undefined.

        Args:
            value: The value.
            signed: Whether it is a difference, of which the sign is told.
        """
        if value != value:
            return "–"
        if self.first_year is not None and not signed:
            return self.text(value)
        if self.unit == "%":
            text = self.text(value, signed=signed)
            return percentage_points(text) if signed else text + percent_sign()
        if self.money is None:
            text = self.text(value, signed=signed)
            return f"{text} {self.unit}" if self.unit else text
        return signed_money(value, self.money) if signed else money(value, self.money)

    def text(self, value: float, *, signed: bool = False) -> str:
        """Return a value in the unit, without its name; signed: a difference."""
        if self.first_year is not None and not signed and value == value:
            return str(year_at(value, self.first_year))
        text = decimal(value / self.size, self.digits)
        return f"+{text}" if signed and value > 0 and text.strip("0,.") else text

    def margin(self, value: float) -> str:
        """Return a margin of error with its unit: of a year in years."""
        if self.first_year is None or value != value:
            return self.said(value)
        return f"{decimal(value, self.digits)} {self.unit}"


def scale_for(subject: Subject, values: Sequence[float] | np.ndarray) -> Scale:
    """Return a unit that suits values of a subject's measure."""
    found = np.asarray(values, float)
    most = float(np.abs(found[np.isfinite(found)]).max(initial=0.0))
    if subject.in_money:
        unit = unit_for(most)
        return Scale(unit.size, unit.digits, unit.label(), unit)
    if subject.measure == PAYBACK:
        return Scale(1.0, 1, t("years"), first_year=subject.scenario.time.first_year)
    if subject.measure in IN_PERCENT:
        return Scale(0.01, 1, percent_sign().strip())
    digits = 0 if most >= 100 else 1 if most >= 10 else 2
    head = subject.measure.partition(".")[0]
    return Scale(1.0, digits, t("more than without") if head == "outcome" else "")


def answer_chart(
    subject: Subject,
    title: str,
    subtitle: str,
    columns: Sequence[Column],
    notes: Sequence[str] = (),
    *,
    everyone: bool = False,
    discounted: bool = True,
) -> Chart:
    """Return a picture with a title, a line below it, and at its foot what it is made of.

    Args:
        subject: What is asked.
        title: What the picture is about.
        subtitle: What is seen, and in what unit.
        columns: What is drawn, side by side.
        notes: How it is to be read.
        everyone: What all who pay pay is shown.
        discounted: How money is counted is told; without it only for `everyone`.
    """
    told = everyone or discounted
    own = conventions(subject.scenario, everyone=everyone, discounted=discounted)
    said = " ".join([*notes, *([own] if told else [])])
    return Chart(
        rows=((1.0, tuple(columns)),),
        title=title,
        subtitle=subtitle,
        notes=(*([said] if said else []), footer(subject)),
        high=max([_usual(columns), *(_needed(column, len(columns)) for column in columns)]),
    )


def _usual(columns: Sequence[Column]) -> float:
    """Return how high a picture is where nothing needs more; with few rows there is less in it."""
    panels = [panel for column in columns for panel in column.panels]
    if not panels:
        return AROUND + ROW
    if not all(panel.y.details for panel in panels):
        return HIGH
    return min(HIGH, AROUND + ROW * max(len(panel.y.details) for panel in panels))


def _needed(column: Column, beside: int) -> float:
    """Return how high a picture must be for the names of rows not to cover each other."""
    type_, wide = PaperType(), NAMES * (WIDE - 2 * EDGE) / beside

    def high(text: str, size: float) -> float:
        return type_.height(type_.wrap(text, wide, size), size) if text else 0.0

    return AROUND + max(
        (
            (panel.y.high - panel.y.low) * (high(name, type_.size) + high(detail, type_.fine) + 4.0)
            for panel in column.panels
            for (_, name), detail in zip(panel.y.ticks, panel.y.details, strict=False)
        ),
        default=0.0,
    )


def undefined_chart(subject: Subject, title: str, said: Sequence[str]) -> Chart:
    """Return a picture that says there is nothing to draw, as the measure is undefined."""
    return answer_chart(subject, title, subject.what(), [Column((), caption="\n".join(said))])


def subtitle_of(subject: Subject, scale: Scale) -> str:
    """Return whose measure is drawn, and in what."""
    what = t("{arm}: {what}", arm=subject.arm_label(), what=lower(subject.label()))
    return f"{what}, {scale.unit}" if scale.unit and scale.first_year is None else what


def row_axis(rows: Sequence[tuple[str, str]]) -> Axis:
    """Return a vertical axis of rows from above, at 0, −1, −2 …: a name each, a detail below it."""
    return Axis(
        0.5 - max(len(rows), 1),
        0.5,
        tuple((-float(n), name) for n, (name, _) in enumerate(rows)),
        details=tuple(detail for _, detail in rows),
    )


def measure_axis(scale: Scale, low: float, high: float, count: int = 6) -> Axis:
    """Return an axis of a measure, with about `count` round ticks in a scale's units."""
    if scale.first_year is None:
        return value_axis(low, high, count, scale.size)
    years = year_ticks(low, high, count)
    return Axis(low, high, tuple((float(year), str(year)) for year in years), grid=True)


def share_axis(low: float, high: float, count: int = 4) -> Axis:
    """Return an axis of shares, in per cent."""
    return value_axis(low, high, count, 0.01, sign=percent_sign())


def with_room(
    low: float, high: float, before: Sequence[str] = (), after: Sequence[str] = ()
) -> tuple[float, float]:
    """Return the ends of an axis of bars in rows, with room for texts before and after them."""
    type_ = PaperType()
    left, right = (
        max((type_.width(text, type_.size) for text in texts), default=0.0) + 2 * GAP
        for texts in (before, after)
    )
    pixel = ((high - low) or 1.0) / max(BARS - left - right, 0.25 * BARS)
    return low - left * pixel, high + right * pixel


def between_ends(low: float, high: float, share: float = 0.1) -> tuple[float, float]:
    """Return the ends of an axis that leaves a share of what is drawn free on either side."""
    room = share * (high - low) or 1.0
    return low - room, high + room


def upwards(up: str, across: str) -> str:
    """Return what the axes of a panel are, as its title."""
    return t("Upwards: {up}. To the right: {across}.", up=up, across=across)


def records(table: pd.DataFrame) -> list[Any]:
    """Return the rows of a table, each with its columns as attributes."""
    return list(table.itertuples(index=False))


def year_ticks(low: float, high: float, count: int) -> list[int]:
    """Return about `count` whole years between two instants, one at least."""
    step = max(1, ceil((high - low) / count))
    return list(range(ceil(low), floor(high) + 1, step)) or [round(low)]
