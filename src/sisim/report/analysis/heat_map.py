"""Two assumptions at a time: a cell for every pair, and where the result turns."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd
from matplotlib.colors import LinearSegmentedColormap, Normalize, to_hex
from matplotlib.figure import Figure

from sisim.analysis.measures import why_undefined
from sisim.analysis.varied import value_at
from sisim.arrays import Floats
from sisim.i18n import number, t
from sisim.report.analysis.analysis_frame import (
    Scale,
    Subject,
    answer_chart,
    scale_for,
    subtitle_of,
    undefined_chart,
    upwards,
)
from sisim.report.analysis.assumption_words import Assumptions
from sisim.report.chart.chart import Axis, CellGrid, Chart, Column, Key, Mark, Panel, Points, Rule
from sisim.report.chart.matplotlib_painter import paint
from sisim.report.formats import lower

BELOW, ABOVE = "#E69F00", "#0072B2"
HUES = LinearSegmentedColormap.from_list("sisim", [BELOW, "#FFFFFF", ABOVE])
"""Orange is below the turning point, blue above: told apart by the colour-blind, and by sign."""
LATER = LinearSegmentedColormap.from_list("sisim-later", ["#DCEEF8", ABOVE])
"""Of what has no turning point, such as a year: the higher, the darker."""
EMPTY = "#EEEEEE"
"""Of a cell that has no value."""
MOST_WRITTEN = 11
"""More columns than this have no room for numbers."""


def draw_heat_map(subject: Subject, table: pd.DataFrame) -> Figure:
    """Draw `heat_map_chart`."""
    return paint(heat_map_chart(subject, table))


def heat_map_chart(subject: Subject, table: pd.DataFrame) -> Chart:
    """Return the result for every pair of values of two assumptions, as a number and a colour.

    Args:
        subject: What is asked.
        table: See `sisim.analysis.one_way.two_way`.
    """
    across, up = (str(name) for name in table.columns[:2])
    grid = table.pivot(index=up, columns=across, values="mean")
    values, turn = grid.to_numpy(), subject.turn
    scale, words = scale_for(subject, values.ravel()), Assumptions(subject.scenario)
    title = t("Two assumptions at a time")
    if np.isnan(values).all():
        return undefined_chart(subject, title, sentences(subject, table))
    rows, columns = values.shape
    said = scale.text if columns <= MOST_WRITTEN else lambda _: ""
    here, ring = _here(subject, {across: grid.columns, up: grid.index})
    on_cell = ring is not None and np.allclose(ring, np.round(ring))
    cells = CellGrid(
        "cells",
        [n - 0.5 for n in range(columns + 1)],
        [n - 0.5 for n in range(rows + 1)],
        _colors(values, turn),
        tuple(tuple("–" if one != one else said(one) for one in row) for row in values),
        ringed=(round(ring[1]), round(ring[0])) if ring is not None and on_cell else None,
    )
    marks: list[Mark] = [cells, *([] if turn is None else _borders(values > turn, values))]
    if ring is not None and not on_cell:
        marks.append(Points("here", [ring[0]], [ring[1]], "ink", 46.0, "ring"))
    step = max(1, -(-columns // MOST_WRITTEN))
    x = [(float(n), words.value(across, float(grid.columns[n]))) for n in range(0, columns, step)]
    y = [(float(n), words.value(up, float(one))) for n, one in enumerate(grid.index)]
    panel = Panel(
        "cells",
        Axis(-0.5, columns - 0.5, tuple(x)),
        Axis(-0.5, rows - 0.5, tuple(y)),
        tuple(marks),
        title=upwards(words.name(up), words.name(across)),
    )
    column = Column((panel,), key=_key(values, turn, scale), after=here)
    notes = _notes(subject, table, scale)
    return answer_chart(subject, title, subtitle_of(subject, scale), [column], notes)


def _key(values: Floats, turn: float | None, scale: Scale) -> tuple[Key, ...]:
    """Return what those colours stand for that are in the picture."""
    if turn is None:
        return (Key("#DCEEF8", t("earlier")), Key(ABOVE, t("later")))
    limit, both = scale.text(turn) if turn else t("zero"), []
    if (values <= turn).any():
        both.append(Key(BELOW, t("below {limit}", limit=limit)))
    if (values > turn).any():
        both.append(Key(ABOVE, t("above {limit}", limit=limit)))
    return (*both, *([Key("ink", t("where it turns"), line="solid")] if len(both) > 1 else []))


def _colors(values: Floats, turn: float | None) -> tuple[tuple[str, ...], ...]:
    """Return a colour per cell: the farther from the turning point, the darker."""
    if turn is None:
        low, high = float(np.nanmin(values)), float(np.nanmax(values))
        norm, hues = Normalize(low, high if high > low else low + 1.0), LATER
    else:
        most = float(np.nanmax(np.abs(values - turn))) or 1.0
        norm, hues = Normalize(turn - most, turn + most), HUES
    return tuple(
        tuple(EMPTY if one != one else to_hex(hues(float(norm(one)))) for one in row)
        for row in values
    )


def _borders(above: np.ndarray, values: Floats) -> list[Mark]:
    """Return the border between cells above and below the turning point."""
    known, marks = ~np.isnan(values), list[Mark]()
    axes: tuple[tuple[int, Literal["x", "y"]], ...] = ((1, "y"), (0, "x"))
    for axis, along in axes:
        both = np.diff(known.astype(int), axis=axis) == 0
        turns = (np.diff(above.astype(int), axis=axis) != 0) & both
        for row, column in zip(*np.nonzero(turns), strict=True):
            at, middle = (column, row) if along == "y" else (row, column)
            ends = (middle - 0.5, middle + 0.5)
            name = f"border-{along}-{row}-{column}"
            marks.append(Rule(name, at + 0.5, along, "without", 4.0, ends=ends))
    return marks


def _here(subject: Subject, axes: dict[str, pd.Index]) -> tuple[str, tuple[float, float] | None]:
    """Return where the scenario as it is lies, across and up, and what is said of it.

    Unset if the scenario lies outside the grid, or has several values at a key.
    """
    spots = []
    for key, known in axes.items():
        value, places = value_at(subject.scenario, key), np.asarray(known, float)
        if value is None or not places.min() <= value <= places.max():
            return t("The scenario as it is lies outside the values shown."), None
        spots.append(float(np.interp(value, places, np.arange(len(places)))))
    spot = (spots[0], spots[1])
    if np.allclose(spot, np.round(spot)):
        return t("The ring is the scenario as it is."), spot
    return t("The ring is the scenario as it is: it lies between the cells."), spot


def _notes(subject: Subject, table: pd.DataFrame, scale: Scale) -> list[str]:
    """Return why some cells are empty, and how sure a cell is."""
    notes = []
    if table["mean"].isna().any():
        notes.append(t("Empty: no value, as {why}.", why=why_undefined(subject.measure)))
    error = table["standard_error"].max()
    if subject.few_runs or error != error:
        return [*notes, *subject.few_runs]
    return [*notes, t("Standard error of a cell: at most {n}.", n=scale.margin(error))]


def sentences(subject: Subject, table: pd.DataFrame) -> list[str]:
    """Return the lowest and the highest result, and where they are, or where it is undefined."""
    across, up = (str(name) for name in table.columns[:2])
    scale = scale_for(subject, table["mean"].to_numpy())
    words = Assumptions(subject.scenario)
    runs = len(subject.seeds) * len(table)
    found = subject.undefined(int(table["undefined"].sum()), runs)
    empty = int(table["mean"].isna().sum())
    if empty:
        found.append(
            t(
                "It is left empty in {n} of {all} cells: where more than half of the runs are so.",
                n=number(empty),
                all=number(len(table)),
            )
        )
    known = table[table["mean"].notna()]
    if not len(known):
        return found
    said = {scale.said(float(value)) for value in known["mean"]}
    if len(said) == 1:
        return [t("The same in every cell that has a value: {n}.", n=said.pop()), *found]
    ends = []
    for message, at in (
        (t("Lowest"), int(known["mean"].argmin())),
        (t("Highest"), int(known["mean"].argmax())),
    ):
        row = known.iloc[at]
        ends.append(
            t(
                "{which}: {n}, at {one} {x} and {other} {y}.",
                which=message,
                n=scale.said(float(row["mean"])),
                one=lower(words.name(across)),
                x=words.value(across, float(row[across])),
                other=lower(words.name(up)),
                y=words.value(up, float(row[up])),
            )
        )
    return [*ends, *found]
