"""Two assumptions at a time: a cell for every pair, and where the result turns."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, TwoSlopeNorm
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from sisim.analysis.varied import value_at
from sisim.i18n import t
from sisim.report.analysis.analysis_frame import (
    Subject,
    answer_canvas,
    lower,
    scale_for,
    subtitle_of,
)
from sisim.report.analysis.assumption_words import Assumptions
from sisim.report.style import BLACK, BLUE, FINE, INK, MUTED, ORANGE, label, place, points, write

HUES = LinearSegmentedColormap.from_list("sisim", [ORANGE, "#FFFFFF", BLUE])
"""Orange is below zero, blue above: told apart by the colour-blind, and by the sign."""
MOST_WRITTEN = 11
"""More columns than this have no room for numbers."""


def draw_heat_map(subject: Subject, table: pd.DataFrame) -> Figure:
    """Draw the result for every pair of values of two assumptions.

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
    notes = [t("Blue is above zero, orange below; the black line is where it turns.")]
    error = table["standard_error"].max()
    if error == error:
        notes.append(t("Standard error of a cell: at most {n}.", n=scale.text(error)))
    figure = answer_canvas(subject, title, subtitle_of(subject, scale), notes)

    axes = place(figure, 150, 122, 1080, 430)
    axes.grid(visible=False)
    axes.spines["bottom"].set_visible(False)
    most = float(np.abs(values).max()) or 1.0
    norm = TwoSlopeNorm(0.0, -most, most)
    rows, columns = values.shape
    axes.imshow(
        values,
        cmap=HUES,
        norm=norm,
        aspect="auto",
        origin="lower",
        extent=(-0.5, columns - 0.5, -0.5, rows - 0.5),
    )
    for edge in np.arange(-0.5, columns):
        axes.axvline(edge, color="white", linewidth=points(2))
    for edge in np.arange(-0.5, rows):
        axes.axhline(edge, color="white", linewidth=points(2))
    _turn(axes, values)
    if columns <= MOST_WRITTEN:
        for (row, column), value in np.ndenumerate(values):
            dark = value / most > 0.55
            label(
                axes,
                (column, row),
                scale.text(value),
                align="center",
                color="white" if dark else INK,
            )
    step = max(1, -(-columns // MOST_WRITTEN))
    axes.set_xticks(
        range(0, columns, step), [words.value(across, float(x)) for x in grid.columns[::step]]
    )
    axes.set_yticks(range(rows), [words.value(up, float(y)) for y in grid.index])
    _mark(axes, subject, across, up, grid)
    write(figure, 20, 84, f"↑ {words.name(up)}", bold=True)
    write(figure, 1230, 596, f"{words.name(across)} →", bold=True, align="right")
    here = t("The ring is the scenario as it is.")
    write(figure, 20, 599, here, size=FINE, color=MUTED)
    return figure


def sentences(subject: Subject, table: pd.DataFrame) -> list[str]:
    """Return the lowest and the highest result, and where they are."""
    across, up = (str(name) for name in table.columns[:2])
    scale = scale_for(subject, table["mean"].to_numpy())
    words = Assumptions(subject.scenario)
    found = []
    for message, at in (
        (t("Lowest"), int(table["mean"].argmin())),
        (t("Highest"), int(table["mean"].argmax())),
    ):
        row = table.iloc[at]
        found.append(
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
    return found


def _turn(axes: Axes, values: np.ndarray) -> None:
    """Draw the border between cells above and below zero."""
    above = values > 0
    for row, column in zip(*np.nonzero(above[:, 1:] != above[:, :-1]), strict=True):
        axes.plot(
            [column + 0.5] * 2,
            [row - 0.5, row + 0.5],
            color=BLACK,
            linewidth=points(4),
            solid_capstyle="round",
            zorder=4,
        )
    for row, column in zip(*np.nonzero(above[1:] != above[:-1]), strict=True):
        axes.plot(
            [column - 0.5, column + 0.5],
            [row + 0.5] * 2,
            color=BLACK,
            linewidth=points(4),
            solid_capstyle="round",
            zorder=4,
        )


def _mark(axes: Axes, subject: Subject, across: str, up: str, grid: pd.DataFrame) -> None:
    """Ring the cell nearest to the scenario as it is, if it lies within the grid."""
    spots = []
    for key, known in ((across, grid.columns), (up, grid.index)):
        value, places = value_at(subject.scenario, key), np.asarray(known, float)
        if value is None or not places.min() <= value <= places.max():
            return
        spots.append(int(np.argmin(np.abs(places - value))))
    axes.add_patch(
        FancyBboxPatch(
            (spots[0] - 0.42, spots[1] - 0.38),
            0.84,
            0.76,
            boxstyle="round,pad=0,rounding_size=0.2",
            fill=False,
            edgecolor=INK,
            linewidth=points(2.5),
            zorder=5,
        )
    )
