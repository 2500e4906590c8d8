"""A forest of rates: what a register tells, each as a part of the pathway's number."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version
from typing import NamedTuple

import numpy as np
from matplotlib.figure import Figure

from sisim.estimation.rates import Estimates
from sisim.estimation.suppression import rounded_count
from sisim.i18n import t
from sisim.report.chart.chart import Axis, Chart, Column, Key, Mark, Panel, Points, Rule, Word
from sisim.report.chart.matplotlib_painter import paint
from sisim.report.estimation_report import moves_written, named, transition_label
from sisim.report.formats import capital, decimal

AROUND, ROW = 260.0, 90.0
"""How high what is around the rows is, and a row, in pixels."""
TICKS = (0.1, 0.2, 0.5, 0.7, 1.0, 1.5, 2.0, 5.0, 10.0)
"""Ratios that may be marked on the axis: the same distance is the same number of times."""


def draw_estimates(found: Estimates) -> Figure | None:
    """Draw `estimates_chart`; nothing if the register has told nothing."""
    chart = estimates_chart(found)
    return None if chart is None else paint(chart)


def estimates_chart(found: Estimates) -> Chart | None:
    """Return a point with its 90 % interval for each rate and probability that is estimated.

    The axis is logarithmic, with the pathway's own number at 1. None if nothing has been told.
    """
    told = list(_told(found))
    if not told:
        return None
    marks: list[Mark] = [Rule("pathway", 0.0, "y", color="ink", width=2.0)]
    ends = [np.log(one.ends) for one in told]
    for row, (one, (low, high)) in enumerate(zip(told, ends, strict=True)):
        mean = float(np.log(one.mean))
        marks += [
            Rule(f"interval-{row}", -row, "x", "with", 3.0, ends=(float(low), float(high))),
            Points(f"ratio-{row}", [mean], [-row], "with", 15.0),
            Word(f"said-{row}", decimal(one.mean, 2), mean, -row, "center", (0.0, 20.0)),
        ]
    reach = max(0.2, *(abs(float(end)) for pair in ends for end in pair))
    panel = Panel("ratios", _axis(1.25 * reach), _rows(told), tuple(marks))
    column = Column(
        (panel,),
        caption=t("Line: the pathway's number. Points: the register, with 90% intervals."),
        key=(Key("with", found.plan.estimation.source, shape="circle"),),
    )
    return Chart(
        rows=((1.0, (column,)),),
        title=t("What does the register tell?"),
        subtitle=_subtitle(found),
        notes=(t("Pathway {name} · sisim {version}", **_origin(found)),),
        high=AROUND + ROW * len(told),
    )


def _origin(found: Estimates) -> dict[str, str]:
    return {"name": found.plan.pathway.name, "version": version("sisim")}


def _axis(reach: float) -> Axis:
    inside = tuple((float(np.log(tick)), decimal(tick, int(tick % 1 > 0))) for tick in TICKS)
    return Axis(-reach, reach, tuple(tick for tick in inside if abs(tick[0]) <= reach), grid=True)


def _subtitle(found: Estimates) -> str:
    if any(one.is_told for one in found.scheduled):
        return t("Yearly rates and probabilities as parts of the pathway's")
    return t("Yearly rates as parts of the pathway's")


class _ForestRow(NamedTuple):
    """A row of the forest: what it is of, what it rests on, and the posterior of its ratio."""

    name: str
    rests_on: str
    mean: float
    ends: tuple[float, float]


def _told(found: Estimates) -> Iterator[_ForestRow]:
    """Yield the rows of what has been estimated."""
    for rate in found.rates:
        if rate.is_told:
            counts = t(
                "moves: {n}, expected: {m}",
                n=moves_written(found, rate),
                m=decimal(rate.expected, 1),
            )
            name = capital(named(found.plan.pathway, [rate]))
            yield _ForestRow(name, counts, rate.ratio.mean, rate.ratio.interval())
    for one in found.scheduled:
        number = found.plan.pathway.transitions[one.transition].probability
        if one.is_told and one.probability is not None and number is not None:
            base = found.plan.estimation.privacy.base
            counts = t(
                "moves: {n} of {of}, expected: {m}",
                n=rounded_count(one.moved, base),
                of=rounded_count(one.at_risk, base),
                m=decimal(one.expected, 1),
            )
            low, high = one.probability.interval()
            ends = low / number.value, high / number.value
            name = transition_label(found.plan.pathway, one.transition)
            yield _ForestRow(name, counts, one.probability.mean / number.value, ends)


def _rows(told: list[_ForestRow]) -> Axis:
    """Return an axis of rows from above."""
    return Axis(
        0.5 - len(told),
        0.5,
        tuple((-float(row), one.name) for row, one in enumerate(told)),
        details=tuple(one.rests_on for one in told),
    )
