"""Pictures of a calibration: targets and numbers before and after the data."""

from __future__ import annotations

from importlib.metadata import version

import numpy as np
from matplotlib.figure import Figure

from sisim.estimation.calibrate import Calibrated
from sisim.i18n import t
from sisim.report.analysis.assumption_words import Assumptions
from sisim.report.calibration_report import (
    NOTHING,
    Pair,
    numbers_table,
    pairs_together,
    target_rows_of,
    together_words,
)
from sisim.report.chart.chart import (
    Axis,
    Chart,
    Column,
    Key,
    Mark,
    Panel,
    Points,
    Rule,
    value_axis,
)
from sisim.report.chart.matplotlib_painter import paint
from sisim.report.formats import capital, decimal, share_of
from sisim.report.risk_words import figures

AROUND, ROW = 300.0, 84.0
"""How high what is around the rows is, and a row, in pixels."""
PAIR = 640.0
"""How high a picture with a pair of numbers is at least."""
APART = 0.24
"""How far from the middle of a row the lines of one are."""
TICKS = (0.1, 0.2, 0.5, 0.7, 1.0, 1.5, 2.0, 5.0, 10.0)
"""Ratios that may be marked on the axis: the same distance is the same number of times."""
FARTHEST = float(np.log(12.0))
"""Lines are cut where they are so many times as much."""
SHOWN = 400
"""So many draws of a pair are shown."""
GREY = "#8C8C8C"
Ends = tuple[float, float, float]


def draw_targets(found: Calibrated) -> Figure:
    """Draw `targets_chart`."""
    return paint(targets_chart(found))


def draw_numbers(found: Calibrated) -> Figure:
    """Draw `numbers_chart`."""
    return paint(numbers_chart(found))


def targets_chart(found: Calibrated) -> Chart:
    """Return each target as a part of what was observed: observed, before and after the data.

    Those with nothing above 0 have no such parts, and are left out.
    """
    rows = [row for row in target_rows_of(found) if row.observed[1] > 0]
    marks: list[Mark] = [Rule("observed", 0.0, "y", color="ink", width=1.5, dash="dashed")]
    reach = 0.2
    for place, row in enumerate(rows):
        shape = "ring" if row.held_out else "circle"
        lines = (
            ("seen", row.observed, "ink", APART),
            ("before", row.prior, GREY, 0.0),
            ("after", row.posterior, "with", -APART),
        )
        for name, ends, color, up in lines:
            logs = _logs(ends, row.observed[1])
            reach = max(reach, *map(abs, logs))
            marks += _interval(f"{name}-{place}", logs, up - place, color, shape)
    names = tuple((-float(place), row.label) for place, row in enumerate(rows))
    details = tuple(
        t("observed {value}; held out", value=figures(row.observed[1]))
        if row.held_out
        else t("observed {value}", value=figures(row.observed[1]))
        for row in rows
    )
    panel = Panel(
        "targets",
        _ratios(1.05 * reach),
        Axis(0.6 - len(rows), 0.6, names, details=details),
        tuple(marks),
    )
    column = Column((panel,), caption=t("Points: medians, with 90% intervals."), key=_keys(True))
    return Chart(
        rows=((1.0, (column,)),),
        title=t("Do the numbers agree with what was observed?"),
        subtitle=t("Each target as a part of what was observed"),
        notes=(_origin(found),),
        high=AROUND + ROW * len(rows),
    )


def numbers_chart(found: Calibrated) -> Chart:
    """Return each number before and after the data, and the pair that goes together the most."""
    words, table = Assumptions(found.plan.scenario), numbers_table(found)
    marks: list[Mark] = [Rule("before", 0.0, "y", color="ink", width=1.5, dash="dashed")]
    reach, names, details = 0.2, [], []
    for place, row in enumerate(table.to_dict("records")):
        for name, key, color, up in (
            ("before", "prior", GREY, APART / 2),
            ("after", "posterior", "with", -APART / 2),
        ):
            ends = (row[f"{key}_low"], row[key], row[f"{key}_high"])
            logs = _logs(ends, row["prior"])
            reach = max(reach, *map(abs, logs))
            marks += _interval(f"{name}-{place}", logs, up - place, color, "circle")
        names.append((-float(place), capital(words.name(row["key"]))))
        details.append(_learned(row["learned"]))
    rows = Axis(0.6 - len(names), 0.6, tuple(names), details=tuple(details))
    panel = Panel("numbers", _ratios(1.05 * reach), rows, tuple(marks))
    columns = [
        Column(
            (panel,),
            caption=t("Points: medians, with 90% intervals."),
            key=_keys(False),
            share=1.5,
        )
    ]
    pairs = pairs_together(found)
    if pairs:
        columns.append(_pair(found, pairs[0]))
    return Chart(
        rows=((1.0, tuple(columns)),),
        title=t("What did the data teach us?"),
        subtitle=t("Each number as a part of its median before the data"),
        notes=(_origin(found),),
        high=max(AROUND + ROW * len(names), PAIR if pairs else 0.0),
    )


def _learned(share: float) -> str:
    if share < NOTHING:
        return t("the data say nothing")
    return t("uncertainty {change}", change=share_of(-share))


def _pair(found: Calibrated, pair: Pair) -> Column:
    """Return the draws of two numbers against each other, and what that means."""
    words = Assumptions(found.plan.scenario)
    x, y = (found.draws[path].to_numpy()[:SHOWN] for path in (pair.one, pair.other))
    panel = Panel(
        "pair",
        _around(x, 4),
        _around(y, 5),
        (Points("draws", x, y, "with", 6.0, opacity=0.45),),
        title="↑ " + capital(words.name(pair.other)),
    )
    return Column(
        (panel,),
        heading=t("Two numbers that go together")
        if pair.alone
        else t("Only the combination is known"),
        caption="→ " + capital(words.name(pair.one)),
        after=together_words(found, pair),
    )


def _around(values: np.ndarray, count: int) -> Axis:
    low, high = float(values.min()), float(values.max())
    room = 0.05 * (high - low)
    return value_axis(low - room, high + room, count)


def _logs(ends: Ends, whole: float) -> tuple[float, float, float]:
    """Return the logarithms of an interval as parts of a whole, cut where they are far off."""
    parts = np.maximum(np.array(ends) / whole, 1e-12)
    low, middle, high = np.clip(np.log(parts), -FARTHEST, FARTHEST)
    return float(low), float(middle), float(high)


def _interval(
    name: str, ends: tuple[float, float, float], y: float, color: str, shape: str
) -> list[Mark]:
    low, middle, high = ends
    points = (
        Points(name, [middle], [y], color, 13.0, "ring")
        if shape == "ring"
        else Points(name, [middle], [y], color, 13.0)
    )
    return [Rule(f"{name}-interval", y, "x", color, 3.0, ends=(low, high)), points]


def _ratios(reach: float) -> Axis:
    inside = tuple((float(np.log(tick)), decimal(tick, int(tick % 1 > 0))) for tick in TICKS)
    return Axis(-reach, reach, tuple(tick for tick in inside if abs(tick[0]) <= reach), grid=True)


def _keys(observed: bool) -> tuple[Key, ...]:
    told = (
        Key(GREY, t("before the data"), shape="circle"),
        Key("with", t("after the data"), shape="circle"),
    )
    return (Key("ink", t("observed"), shape="circle"), *told) if observed else told


def _origin(found: Calibrated) -> str:
    return t(
        "Pathway {name} · sisim {version}",
        name=found.plan.scenario.pathway.name,
        version=version("sisim"),
    )
