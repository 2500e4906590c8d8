"""People as dots that move between places, year by year, in both worlds side by side."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from nicegui import ui

from sisim.analysis.variants import canonical
from sisim.analysis.yearly_states import YearlyStates
from sisim.arrays import Ints
from sisim.i18n import number, t
from sisim.live.computations import computations
from sisim.live.latest_only import LatestOnly
from sisim.live.scenario_library import SessionKey
from sisim.live.scenario_session import Changes, Life
from sisim.live.tags import ChartElement, Open, Tag, at_once, table_of
from sisim.live.view_state import ViewState
from sisim.live.views.play_bar import play_bar
from sisim.live.visitor_context import in_page
from sisim.report.captions import name_of_without
from sisim.report.chart.echarts_painter import whole
from sisim.report.explanation import told
from sisim.report.formats import lower
from sisim.report.life_chart import alternative, life_chart, life_words
from sisim.report.places import PLACES, Places

MOST = 160
"""Dots that an eye can follow."""
LIFE_WIDE, LIFE_HIGH, LIFE_EDGES = 960.0, 330.0, 110.0
"""How large the timeline of a life is, and what a narrow window has beside it."""
PLAY = "sisim.dots.play()"
STEP = "sisim.dots.step({})"
NEXT = "sisim.dots.next()"


class PeopleView:
    """The dots, what plays them, and the lives behind them."""

    def __init__(self, state: ViewState) -> None:
        self._state = state
        self._dots_shown: YearlyStates | None = None
        figures = state.scenario.figures
        assert figures is not None
        self._places = Places(state.scenario, figures.case)
        with Tag("section", css="people", aria_label=t("People")):
            with Tag("div", css="play"):
                play_bar(state, "dots", t("A year back"), t("A year on"))
                at_once(t("Next person"), NEXT, id="dots-next")
            self._said = Tag("p", t("Simulating …"), css="said-of", role="status")
            Tag("canvas", id="dots", tabindex=0, role="img", aria_label=t("People"))
        self._queue: LatestOnly[tuple[SessionKey, Changes], YearlyStates] = LatestOnly(
            self._dots, in_page(self._show), in_page(self._fail), lambda old, new: old[0] != new[0]
        )
        state.beside = self._queue
        self.draw()

    def draw(self) -> None:
        """Follow the sliders, once the hand rests."""
        if not self._state.visit.held:
            self._queue.ask((self._state.session_key, self._state.changes))

    def pause(self) -> None:
        """Compute nothing, as nobody is there to see it."""
        self._queue.stop()

    def play(self) -> None:
        """Play, or pause."""
        ui.run_javascript(PLAY)

    def step(self, years: int) -> None:
        """Go some years on."""
        ui.run_javascript(STEP.format(years))

    async def _dots(self, request: tuple[SessionKey, Changes]) -> YearlyStates:
        key, changes = request
        session = partial(self._state.library.session, key)
        asked = ("dots", key, canonical(changes))
        return await computations.result(
            asked, lambda go_on: session().yearly_states(changes, MOST, go_on)
        )

    def _show(self, _: tuple[SessionKey, Changes], dots: YearlyStates) -> None:
        if not self._said.is_deleted:
            self._dots_shown = dots
            self._said.set_text(self._words(dots))
            ui.run_javascript(f"sisim.dots.load({json.dumps(self._data(dots))})")
            self._state.callbacks.phase()

    def _fail(self, _: tuple[SessionKey, Changes], error: Exception) -> None:
        if not self._said.is_deleted:
            self._said.set_text(str(error))
            self._state.callbacks.phase()

    def table(self, open_: Open) -> None:
        """Show how many are where, year by year, in both worlds."""
        if self._dots_shown is None:
            return
        data = self._data(self._dots_shown)
        rows: dict[str, list[Any]] = {t("Year"): data["years"]}
        for n, place in enumerate(data["places"]):
            for world, at in zip(data["worlds"], data["at"], strict=True):
                counts = (np.array(at).reshape(-1, len(data["years"])) == n).sum(axis=0)
                rows[f"{place}, {lower(world)}"] = counts.tolist()
        open_(t("How many are where"), lambda: table_of(pd.DataFrame(rows), id="as-table"))

    def _words(self, dots: YearlyStates) -> str:
        if not dots.keys:
            return t("Nobody's life is another than without: there is nobody to follow.")
        return t(
            "People whose lives the investment affects: {n} of {of} are shown, at each turn of the "
            "year. Everybody else lives the same life in both worlds. Click on a dot, or choose "
            "the next person.",
            n=number(len(dots.keys)),
            of=number(dots.of),
        )

    def _data(self, dots: YearlyStates) -> dict[str, Any]:
        shown = self._places.shown()
        # Numbered by the places that are shown; -1 is away.
        rank = np.array([shown.index(place) if place in shown else 0 for place in PLACES] + [-1])
        places = rank[self._places.of(dots.states, dots.names)]
        arms = ["without", self._state.arm]
        numbers = [dots.arms.index(arm) for arm in arms]
        label = self._state.scenario.arms[self._state.arm].label.text
        return {
            "keys": dots.keys,
            "years": dots.years.tolist(),
            "start": self._apart(places[numbers], dots.years),
            "places": [self._places.label(place) for place in shown],
            "kinds": shown,
            "worlds": [name_of_without(), label],
            "at": [places[n].tolist() for n in numbers],
            "treated": dots.treated[numbers[1]].astype(int).tolist(),
            "ring": t("ring: takes part in the investment"),
            "apart": t("dark: somewhere else than in the other world")
            if not self._state.settings.dark
            else t("bright: somewhere else than in the other world"),
        }

    def _apart(self, places: Ints, years: Ints) -> int:
        """Return the year before the first in which somebody is elsewhere in the other world."""
        differs = (places[0] != places[1]).any(axis=0)
        first = self._state.scenario.time.first_year
        return max(first, int(years[np.argmax(differs)]) - 1) if differs.any() else first

    def tell(self, key: str, show: Open) -> None:
        """Show one person's two lives, and why they part."""
        state = self._state
        session, changes = partial(state.library.session, state.session_key), state.changes

        async def work() -> None:
            life = await computations.result(object(), lambda _: session().life(key, changes))
            show_lives(life)

        @in_page
        def show_lives(life: Life) -> None:
            found, costs, words, arm = life.history, life.costs, life.words, self._state.arm
            look = self._state.look
            wide = min(LIFE_WIDE, look.across - LIFE_EDGES)
            years = 12 if wide == LIFE_WIDE else 5
            chart = life_chart(found, costs, words, self._places, arm, most=years)

            def fill() -> None:
                for line in life_words(found, costs, words, arm):
                    Tag("p", line, "why-apart")
                option = whole(chart, (wide, LIFE_HIGH), look.style)
                seen = alternative(found, words, self._places, arm)
                drawn = ChartElement(option, "chart-life", seen)
                drawn.style(f"width: {look.px(wide)}px; height: {look.px(LIFE_HIGH)}px")
                with Tag("details"):
                    Tag("summary", t("The arithmetic"), id="life-arithmetic")
                    Tag("pre", told(found, words), "life", tabindex=0)
                at_once(t("Next person"), NEXT, id="life-next")

            show(t("Two lives"), fill)

        state.start(work())
