"""What instruments have shown, as lines: each measurement by year, or by months after a start."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from sisim.arrays import Floats, Ints
from sisim.economics.appraisal import BAND_FROM, RANGE
from sisim.economics.valuation import Valuation
from sisim.engine.counts import WITHOUT
from sisim.engine.measured_table import RESULT
from sisim.i18n import n_, t
from sisim.report.chart.canvas import save
from sisim.report.chart.chart import (
    Axis,
    Chart,
    Column,
    Dash,
    FilledArea,
    Key,
    Line,
    Mark,
    Panel,
    value_axis,
    year_axis,
)
from sisim.report.chart.matplotlib_painter import paint
from sisim.report.comparison_text import footer
from sisim.report.formats import decimal, percent_sign, share_of
from sisim.report.goal_lines import LINES
from sisim.report.result_files import PICTURE_DPI, write_tables

MOST = 6
"""So many measurements find room."""


def write_measured(result: Valuation, folder: Path) -> None:
    """Write the picture of what is measured into a folder, and the numbers behind it."""
    table = result.measured()
    if not table.empty:
        save(paint(measured_chart(result)), folder / "measured", PICTURE_DPI)
    write_tables({"measured": table}, folder)


def measured_chart(result: Valuation) -> Chart:
    """Return what every measurement shows in each arm."""
    scenario, runs = result.scenario, len(result.seeds)
    drawn = {arm: LINES[n % len(LINES)] for n, arm in enumerate([WITHOUT, *scenario.arms])}
    table = result.measured()
    table = table[table["quantity"] == RESULT]
    names = [name for name in scenario.measurements if (table["measurement"] == name).any()][:MOST]
    columns = [_column(result, table[table["measurement"] == name], name, drawn) for name in names]
    beside = min(len(columns), 2 if len(columns) in (2, 4) else 3)
    rows = [(1.0, tuple(columns[n : n + beside])) for n in range(0, len(columns), beside)]
    key = tuple(
        Key(color, arm_label(result, arm), line=dash) for arm, (color, dash) in drawn.items()
    )
    return Chart(
        rows=((0.1 * len(rows), (Column((), key=key),)), *rows),
        title=t("What is measured: {title}", title=scenario.title.text),
        notes=(footer(result),),
        corner=t("Bands: 10–90% of {n} runs.", n=decimal(runs)) if runs >= BAND_FROM else "",
        high=720.0 if len(rows) == 1 else 860.0,
    )


def arm_label(result: Valuation, arm: str) -> str:
    """Return what an arm is called."""
    if arm == WITHOUT:
        return t("Without the investment")
    return result.scenario.arms[arm].label.text


def measured_words(result: Valuation) -> list[str]:
    """Say of every measurement what it shows last in each arm, and of how many."""
    if not result.scenario.measurements:
        return []
    table, said = result.measured(), []
    for name in result.scenario.measurements:
        own = table[(table["measurement"] == name) & (table["quantity"] == RESULT)]
        label = result.scenario.measurement_label(name).text
        if not own["number"].sum():
            said.append(t("Measured: {name}. Nobody has answered.", name=label))
            continue
        parts = "; ".join(
            _last(result, name, str(arm), rows) for arm, rows in own.groupby("arm", sort=False)
        )
        one, told = result.scenario.measurements[name], {"name": label, "parts": parts}
        if one.left is not None:
            said.append(t("Has left again: {name}, {parts}.", **told))
        elif one.after is not None:
            said.append(t("Measured after the beginning: {name}, {parts}.", **told))
        else:
            said.append(t("Measured: {name}, {parts}.", **told))
    return said


def _last(result: Valuation, name: str, arm: str, rows: pd.DataFrame) -> str:
    number = arm_label(result, arm)
    column = _axis_column(rows)
    last = rows[rows[column] == rows[column].max()]
    when = (
        str(int(last[column].iloc[0]))
        if column == "year"
        else n_("after {n} month", "after {n} months", int(last[column].iloc[0]))
    )
    mean = _weighted(last, "mean", "number")
    shown = _said(result, name, mean)
    if last["number_without"].sum():
        other = _said(result, name, _weighted(last, "without", "number_without"))
        return t(
            "{arm} {when} {shown} (the same people without: {other})",
            arm=number,
            when=when,
            shown=shown,
            other=other,
        )
    return t("{arm} {when} {shown}", arm=number, when=when, shown=shown)


def _said(result: Valuation, name: str, mean: float) -> str:
    if result.scenario.shows_share(name):
        return share_of(mean)
    return f"{decimal(mean, 1)} {_unit(result, name)}"


def _unit(result: Valuation, name: str) -> str:
    pathway, measurement = result.scenario.pathway, result.scenario.measurements[name]
    if result.scenario.shows_share(name):
        return t("share")
    return pathway.instruments[str(measurement.instrument)].unit.text


def _axis_column(rows: pd.DataFrame) -> str:
    """Return along what a measurement is told: months after a start, or years."""
    return "year" if rows["months"].isna().all() else "months"


def _weighted(rows: pd.DataFrame, mean: str, number: str) -> float:
    return float((rows[mean].fillna(0.0) * rows[number]).sum() / max(rows[number].sum(), 1))


def _curve(rows: pd.DataFrame, mean: str, number: str) -> tuple[Ints, Floats, Floats]:
    """Return where something was measured, the means of all runs, and the ends of their range."""
    rows, along = rows[rows[number] > 0], _axis_column(rows)
    at = np.unique(rows[along]).astype(np.int64)
    means = np.array([_weighted(rows[rows[along] == x], mean, number) for x in at])
    ends = np.empty((2, len(at)))
    for place, x in enumerate(at):
        runs = rows[rows[along] == x].groupby("replication")
        ends[:, place] = np.quantile([_weighted(one, mean, number) for _, one in runs], RANGE)
    return at, means, ends


def _column(
    result: Valuation, rows: pd.DataFrame, name: str, drawn: Mapping[str, tuple[str, Dash]]
) -> Column:
    """Return a measurement as a line for each arm, and of the same people without."""
    shown: list[float] = []
    marks: list[Mark] = []
    banded, places = len(result.seeds) >= BAND_FROM, np.zeros(0, np.int64)
    for arm, own in rows.groupby("arm", sort=False):
        curves = [("mean", "number", *drawn[str(arm)])]
        if own["number_without"].sum():
            curves.append(("without", "number_without", *drawn[WITHOUT]))
        for mean, number, color, dash in curves:
            at, means, (low, high) = _curve(own, mean, number)
            line = f"{name}-{arm}-{mean}"
            if banded:
                marks.append(FilledArea(f"{line}-band", at, low, high, color, opacity=0.12))
            marks.append(Line(line, at, means, color=color, dash=dash, markers=True))
            shown += [*means, *(high if banded else ())]
            places = np.union1d(places, at)
    years = _axis_column(rows) == "year"
    x = year_axis(places, 5) if years else _months(places)
    panel = Panel(
        name,
        x,
        _values(shown, share=result.scenario.shows_share(name)),
        tuple(marks),
        title=_scale(result, name),
    )
    return Column((panel,), heading=result.scenario.measurement_label(name).text)


def _values(shown: list[float], *, share: bool) -> Axis:
    """Return the axis of what an instrument shows: points, or a share from nothing."""
    low, high = min(shown, default=0.0), max(shown, default=1.0)
    if share:
        return value_axis(0.0, min(1.04, 1.15 * high) or 1.0, 4, 0.01, sign=percent_sign())
    # Points have no natural zero: the axis is as long as three times what is seen.
    room = (high - low) or abs(high) or 1.0
    return value_axis(low - room, high + room, 4)


def _scale(result: Valuation, name: str) -> str:
    """Return in what a measurement is told, and along what."""
    unit, measurement = _unit(result, name), result.scenario.measurements[name]
    if measurement.left is not None:
        label = result.scenario.pathway.groups[measurement.left].label.text
        return t("share that has left {name}, by months after entering", name=label)
    if measurement.after is not None:
        label = result.scenario.investments[measurement.after].label.text
        return t("{unit}, by months after beginning in {name}", unit=unit, name=label)
    return t("{unit}, by months after the start", unit=unit) if measurement.months else unit


def _months(at: Ints) -> Axis:
    low, high = float(at.min(initial=0)), float(at.max(initial=1))
    room = 0.05 * (high - low)
    ticks = tuple((float(month), decimal(float(month))) for month in at)
    return Axis(low - room, high + room, ticks)
