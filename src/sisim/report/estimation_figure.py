"""A forest of rates: what a register tells, each as a part of the pathway's number."""

from __future__ import annotations

from importlib.metadata import version

import numpy as np
from matplotlib.figure import Figure

from sisim.estimation.rates import Estimates, RateEstimate
from sisim.i18n import t
from sisim.report.chart.chart import Axis, Chart, Column, Key, Mark, Panel, Points, Rule, Word
from sisim.report.chart.matplotlib_painter import paint
from sisim.report.estimation_report import named
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
    """Return a point with its 90 % interval for each rate that has been estimated.

    The axis is logarithmic, with the pathway's own number at 1. None if nothing has been told.
    """
    told = [one for one in found.rates if one.is_told]
    if not told:
        return None
    marks: list[Mark] = [Rule("pathway", 0.0, "y", color="ink", width=2.0)]
    ends = [np.log(one.ratio.interval()) for one in told]
    for row, (one, (low, high)) in enumerate(zip(told, ends, strict=True)):
        mean = float(np.log(one.ratio.mean))
        marks += [
            Rule(f"interval-{row}", -row, "x", "with", 3.0, ends=(float(low), float(high))),
            Points(f"ratio-{row}", [mean], [-row], "with", 15.0),
            Word(f"said-{row}", decimal(one.ratio.mean, 2), mean, -row, "center", (0.0, 20.0)),
        ]
    reach = max(0.2, *(abs(float(end)) for pair in ends for end in pair))
    panel = Panel("ratios", _axis(1.25 * reach), _rows(found, told), tuple(marks))
    column = Column(
        (panel,),
        caption=t("Line: the pathway's number. Points: the register, with 90% intervals."),
        key=(Key("with", found.plan.estimation.source, shape="circle"),),
    )
    return Chart(
        rows=((1.0, (column,)),),
        title=t("What does the register tell?"),
        subtitle=t("Yearly rates as parts of the pathway's"),
        notes=(t("Pathway {name} · sisim {version}", **_origin(found)),),
        high=AROUND + ROW * len(told),
    )


def _origin(found: Estimates) -> dict[str, str]:
    return {"name": found.plan.pathway.name, "version": version("sisim")}


def _axis(reach: float) -> Axis:
    inside = tuple((float(np.log(tick)), decimal(tick, int(tick % 1 > 0))) for tick in TICKS)
    return Axis(-reach, reach, tuple(tick for tick in inside if abs(tick[0]) <= reach), grid=True)


def _rows(found: Estimates, told: list[RateEstimate]) -> Axis:
    """Return an axis of rows from above: what each rate is of, and what it rests on."""
    names = [capital(named(found.plan.pathway, [one])) for one in told]
    details = [
        t("moves: {n}, expected: {m}", n=one.events, m=decimal(one.expected, 1)) for one in told
    ]
    return Axis(
        0.5 - len(told),
        0.5,
        tuple((-float(row), name) for row, name in enumerate(names)),
        details=tuple(details),
    )
