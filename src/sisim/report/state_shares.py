"""Pictures of traces: the share in each state over time, an arm beside the other."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sisim.economics.valuation import Valuation
from sisim.engine.counts import WITHOUT
from sisim.i18n import n_, t
from sisim.report.analysis.analysis_frame import share_axis
from sisim.report.chart.chart import Axis, Chart, Column, Dash, Line, Panel, value_axis
from sisim.report.chart.palette import PAYERS, seen_on_white
from sisim.report.comparison_text import footer
from sisim.report.formats import capital, share_of

BESIDE = 3
"""So many arms have room beside each other."""
MOST = len(PAYERS)
"""So many states are told apart."""
DASHES: tuple[Dash, ...] = ("solid", "dashed", "dotted", "dashdot")
ROW, AROUND = 460.0, 200.0
"""How high a row of arms is, and what is around them, in pixels."""


def trace_charts(result: Valuation) -> dict[str, Chart]:
    """Return a picture for each track of the pathway, by file name."""
    tracks = result.scenario.pathway.tracks
    names = {name: "states" if len(tracks) == 1 else f"states-{name}" for name in tracks}
    return {stem: trace_chart(result, name) for name, stem in names.items()}


def trace_chart(result: Valuation, track: str) -> Chart:
    """Return the share in each state of a track over time, a column for each arm."""
    table = result.traces[result.traces["track"] == track]
    most = table.groupby("state", sort=False)["share"].max()
    shown = [state for state in most.index if most[state] > 0]
    if len(shown) > MOST:
        kept = set(most.nlargest(MOST).index)
        shown = [state for state in shown if state in kept]
    left = int((most > 0).sum()) - len(shown)
    top = max(float(most.max()), 0.05)
    time = table["time"].to_numpy()
    across = value_axis(0.0, float(time.max()) or 1.0, 5)
    columns = [
        _column(result, track, arm, table[table["arm"] == arm], shown, across, top)
        for arm in result.counts.arms
    ]
    rows = [tuple(columns[at : at + BESIDE]) for at in range(0, len(columns), BESIDE)]
    label = result.scenario.pathway.tracks[track].label.text
    notes = [footer(result)]
    if left:
        notes.insert(
            0,
            n_(
                "{n} state, where fewest are, is left out.",
                "{n} states, where fewest are, are left out.",
                left,
            ),
        )
    return Chart(
        rows=tuple((1.0, row) for row in rows),
        title=t("{track}: where they are", track=capital(label)),
        subtitle=t("Share in each state. To the right: years from the start"),
        notes=tuple(notes),
        high=AROUND + ROW * len(rows) + 60.0,
    )


def _column(
    result: Valuation,
    track: str,
    arm: str,
    table: pd.DataFrame,
    shown: list[str],
    across: Axis,
    top: float,
) -> Column:
    """Return the shares of one arm as curves, each named where it ends."""
    states = result.scenario.pathway.tracks[track].states
    lines = []
    for number, state in enumerate(shown):
        own = table[table["state"] == state]
        share = own["share"].to_numpy(np.float64)
        label = f"{capital(states[state].label.text)} {share_of(float(share[-1]), 1)}"
        lines.append(
            Line(
                f"{arm}-{state}",
                own["time"].to_numpy(np.float64),
                share,
                label,
                "",
                seen_on_white(PAYERS[number % len(PAYERS)]),
                2.5,
                DASHES[number % len(DASHES)],
            )
        )
    panel = Panel(arm, across, share_axis(0.0, 1.04 * top), tuple(lines))
    return Column((panel,), heading=arm_name(result, arm), ends=150.0)


def arm_name(result: Valuation, arm: str) -> str:
    """Return what an arm is called."""
    if arm == WITHOUT:
        return t("Without") if result.scenario.arms else t("Expected")
    return capital(result.scenario.arms[arm].label.text)
