"""The inflow as people who arrive month by month in both worlds, are helped or not, and leave."""

from __future__ import annotations

import json
from math import ceil
from typing import Any

import pandas as pd
from nicegui import ui

from sisim.analysis.inflow import Inflow, inflow
from sisim.i18n import n_, t
from sisim.live.tags import Open, Tag, table_of
from sisim.live.view_state import ViewState
from sisim.live.views.play_bar import play_bar
from sisim.report.captions import name_of_without
from sisim.report.formats import lower

MOST = 240
"""Dots that a box has room for; with more people than that, a dot is several."""
PLAY = "sisim.arrivals.play()"
STEP = "sisim.arrivals.step({})"


class ArrivalsView:
    """Those who come, are there and leave, in the first run."""

    def __init__(self, state: ViewState) -> None:
        self._state = state
        self._found: Inflow | None = None
        with Tag("section", css="people", aria_label=t("Inflow")):
            with Tag("div", css="play"):
                play_bar(state, "arrivals", t("A month back"), t("A month on"))
            Tag("p", css="headline", id="arrivals-said")
            self._said = Tag("p", css="said-of")
            Tag("canvas", id="arrivals", tabindex=0, role="img", aria_label=t("Inflow"))
        self.draw()

    def draw(self) -> None:
        """Follow the picture, once it is simulated and the hand rests."""
        state, picture = self._state, self._state.picture
        if picture is None or picture.approximate or state.visit.held:
            return
        figures = state.scenario.figures
        assert figures is not None
        self._found = found = inflow(picture.results.counts, figures.case, state.arm)
        each = max(1, ceil(found.there.max() / MOST))
        self._said.set_text(self._words(each))
        ui.run_javascript(f"sisim.arrivals.load({json.dumps(self._data(found, each))})")

    def play(self) -> None:
        """Play, or pause."""
        ui.run_javascript(PLAY)

    def step(self, by: int) -> None:
        """Go some months on."""
        ui.run_javascript(STEP.format(by))

    def table(self, open_: Open) -> None:
        """Show how many come, are helped, and leave, year by year, in both worlds."""
        found = self._found
        if found is None:
            return
        years = pd.Index([label[:4] for label in found.labels])
        rows: dict[str, Any] = {t("Year"): list(dict.fromkeys(years))}
        for name, counts, last in (
            (t("New cases"), found.came, False),
            (t("Leaving"), found.left, False),
            (t("There at the end"), found.there, True),
            (t("of whom helped"), found.helped, True),
        ):
            for world, of in zip(self._worlds(), counts, strict=True):
                by_year = pd.Series(of, years).groupby(level=0, sort=False)
                rows[f"{name}, {lower(world)}"] = (
                    by_year.last() if last else by_year.sum()
                ).tolist()
        open_(t("The inflow as a table"), lambda: table_of(pd.DataFrame(rows), id="as-table"))

    def _worlds(self) -> list[str]:
        return [name_of_without(), self._state.scenario.arms[self._state.arm].label.text]

    def _words(self, each: int) -> str:
        dot = n_("A dot is one person", "A dot is {n} people", each)
        return t(
            "{dot} of the run with seed {seed}: who comes from the left is a new case, a ring is "
            "round who is helped, who goes to the right leaves.",
            dot=dot,
            seed=self._state.settings.seed,
        )

    def _data(self, found: Inflow, each: int) -> dict[str, Any]:
        figures = self._state.scenario.figures
        assert figures is not None
        years = [label[:4] for label in found.labels]
        begin = years.index(years[found.apart])
        return {
            "labels": found.labels,
            "start": begin,
            "each": each,
            "worlds": self._worlds(),
            "group": self._state.scenario.pathway.groups[figures.case].label.text,
            "came": found.came.tolist(),
            "left": found.left.tolist(),
            "there": found.there.tolist(),
            "helped": found.helped.tolist(),
            "words": {
                "since": t("New cases since {when}", when=found.labels[begin]),
                "came": t("Coming"),
                "left": t("Leaving"),
                "helped": t("of whom helped"),
            },
        }
