"""Two assumptions at a time: a cell for every pair, and where the result turns."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, Normalize
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from sisim.analysis.measures import turning_point, why_undefined
from sisim.analysis.varied import value_at
from sisim.i18n import number, t
from sisim.report.analysis.analysis_frame import (
    Scale,
    Subject,
    answer_canvas,
    scale_for,
    subtitle_of,
    undefined_canvas,
)
from sisim.report.analysis.assumption_words import Assumptions
from sisim.report.formats import lower
from sisim.report.style import BLACK, BLUE, FINE, INK, MUTED, ORANGE, label, place, points, write

HUES = LinearSegmentedColormap.from_list("sisim", [ORANGE, "#FFFFFF", BLUE])
"""Orange is below the turning point, blue above: told apart by the colour-blind, and by sign."""
LATER = LinearSegmentedColormap.from_list("sisim-later", ["#DCEEF8", BLUE])
"""Of what has no turning point, such as a year: the higher, the darker."""
DARK = 0.55
"""From this share of the way to the darkest on, numbers are written in white."""
MOST_WRITTEN = 11
"""More columns than this have no room for numbers."""


def draw_heat_map(subject: Subject, table: pd.DataFrame) -> Figure:
    """Draw the result for every pair of values of two assumptions; no colour where undefined.

    Args:
        subject: What is asked.
        table: See `sisim.analysis.one_way.two_way`.
    """
    across, up = (str(name) for name in table.columns[:2])
    grid = table.pivot(index=up, columns=across, values="mean")
    values = grid.to_numpy()
    scale = scale_for(subject, values.ravel())
    words = Assumptions(subject.scenario)
    title = t("Two assumptions at a time")
    if np.isnan(values).all():
        return undefined_canvas(subject, title, sentences(subject, table))
    turn = turning_point(subject.measure)
    notes = _notes(subject, table, turn, scale)
    figure = answer_canvas(subject, title, subtitle_of(subject, scale), notes)

    axes = place(figure, 150, 122, 1080, 430)
    axes.grid(visible=False)
    axes.spines["bottom"].set_visible(False)
    norm = _norm(values, turn)
    rows, columns = values.shape
    axes.imshow(
        values,
        cmap=LATER if turn is None else HUES,
        norm=norm,
        aspect="auto",
        origin="lower",
        extent=(-0.5, columns - 0.5, -0.5, rows - 0.5),
    )
    for edge in np.arange(-0.5, columns):
        axes.axvline(edge, color="white", linewidth=points(2))
    for edge in np.arange(-0.5, rows):
        axes.axhline(edge, color="white", linewidth=points(2))
    if turn is not None:
        _turn(axes, values - turn)
    if columns <= MOST_WRITTEN:
        for (row, column), value in np.ndenumerate(values):
            dark = value == value and float(norm(value)) > (1 + DARK) / 2
            text = "–" if value != value else scale.text(value)
            label(axes, (column, row), text, align="center", color="white" if dark else INK)
    step = max(1, -(-columns // MOST_WRITTEN))
    axes.set_xticks(
        range(0, columns, step), [words.value(across, float(x)) for x in grid.columns[::step]]
    )
    axes.set_yticks(range(rows), [words.value(up, float(y)) for y in grid.index])
    here = _mark(axes, subject, across, up, grid)
    write(figure, 20, 84, f"↑ {words.name(up)}", bold=True)
    write(figure, 1230, 596, f"{words.name(across)} →", bold=True, align="right")
    write(figure, 20, 599, here, size=FINE, color=MUTED)
    return figure


def _notes(subject: Subject, table: pd.DataFrame, turn: float | None, scale: Scale) -> list[str]:
    """Return how the colours are to be read, how sure a cell is, and why some are empty."""
    if turn is None:
        notes = [t("The darker, the later.")]
    elif turn:
        notes = [
            t(
                "Blue is above {n}, orange below; the black line is where it turns.",
                n=scale.text(turn),
            )
        ]
    else:
        notes = [t("Blue is above zero, orange below; the black line is where it turns.")]
    if table["mean"].isna().any():
        notes.append(t("Empty: no value, as {why}.", why=why_undefined(subject.measure)))
    error = table["standard_error"].max()
    if subject.few_runs or error != error:
        return [*notes, *subject.few_runs]
    return [*notes, t("Standard error of a cell: at most {n}.", n=scale.margin(error))]


def _norm(values: np.ndarray, turn: float | None) -> Normalize:
    """Return the scale of the colours: symmetric about the turning point, if there is one."""
    if turn is None:
        low, high = float(np.nanmin(values)), float(np.nanmax(values))
        return Normalize(low, high if high > low else low + 1.0)
    most = float(np.nanmax(np.abs(values - turn))) or 1.0
    return Normalize(turn - most, turn + most)


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


def _turn(axes: Axes, beyond: np.ndarray) -> None:
    """Draw the border between cells above and below the turning point."""
    sides = np.where(np.isnan(beyond), np.nan, beyond > 0)
    for row, column in zip(*np.nonzero(np.abs(np.diff(sides, axis=1)) == 1), strict=True):
        _border(axes, [column + 0.5] * 2, [row - 0.5, row + 0.5])
    for row, column in zip(*np.nonzero(np.abs(np.diff(sides, axis=0)) == 1), strict=True):
        _border(axes, [column - 0.5, column + 0.5], [row + 0.5] * 2)


def _border(axes: Axes, x: list[float], y: list[float]) -> None:
    axes.plot(x, y, color=BLACK, linewidth=points(4), solid_capstyle="round", zorder=4)


def _mark(axes: Axes, subject: Subject, across: str, up: str, grid: pd.DataFrame) -> str:
    """Ring where the scenario is, between cells if it lies so, and return what the ring is.

    Nothing is ringed if the scenario lies outside the grid, or has several values at a key.
    """
    spots = []
    for key, known in ((across, grid.columns), (up, grid.index)):
        value, places = value_at(subject.scenario, key), np.asarray(known, float)
        if value is None or not places.min() <= value <= places.max():
            return t("The scenario as it is lies outside the values shown.")
        spots.append(float(np.interp(value, places, np.arange(len(places)))))
    on_cell = np.allclose(spots, np.round(spots))
    axes.add_patch(
        FancyBboxPatch(
            (spots[0] - 0.42, spots[1] - 0.38),
            0.84,
            0.76,
            boxstyle="round,pad=0,rounding_size=0.2",
            fill=False,
            edgecolor=INK,
            linewidth=points(2.5),
            linestyle="solid" if on_cell else "dashed",
            zorder=5,
        )
    )
    if on_cell:
        return t("The ring is the scenario as it is.")
    return t("The ring is the scenario as it is: it lies between the cells.")
