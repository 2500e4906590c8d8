"""Analyses that are started in the page: how far they have come, and what came of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial

from sisim.i18n import t
from sisim.live.analyses import (
    DRAWS,
    AnalysisJob,
    AnalysisKey,
    AnalysisKind,
    TooManyError,
    progress_words,
)
from sisim.live.computations import GivenUp, computations
from sisim.live.tags import ChartElement, Tag, button
from sisim.live.view_state import ViewState
from sisim.live.visitor_context import in_page
from sisim.report.analysis.assumption_words import Assumptions
from sisim.report.chart.chart import Chart
from sisim.report.chart.echarts_painter import whole

EDGES = 30.0
"""What the page has beside a picture, in pixels of a window of 1280."""
NARROWEST, WIDEST = 760.0, 1250.0
"""How wide a picture is at least and at most, in the same; a narrow page lets it be moved."""
LEAST, MOST = 320.0, 620.0
"""How high a picture is at least and at most, in the same."""
EVERY = 0.5
"""Seconds between two looks at how far an analysis has come."""


class AnalysesView:
    """What can be analysed, what has been started, and the pictures of one of them."""

    def __init__(self, state: ViewState) -> None:
        self._state = state
        self._analyses = state.library.analyses
        self._shown: AnalysisJob | None = None
        self._drawn: AnalysisJob | None = None
        self._rows: dict[AnalysisKey, tuple[Tag, Tag]] = {}
        self._seen: list[tuple[AnalysisJob, bool]] | None = None
        with Tag("section", css="analyses", aria_label=t("Analyses")):
            Tag("h2", t("Analyses"))
            self._choices()
            self._said = Tag("p", "", css="said", id="analysis-said", role="status")
            self._list = Tag("ul", css="saved", id="analysis-list", aria_label=t("Started"))
            self._answer = Tag("div", css="answer", id="analysis-answer")
        jobs = self._analyses.listed()
        self._shown = jobs[0] if jobs and not jobs[0].goes_on else None
        if self._shown is not None and self._shown.finished:
            self._shown = self._analyses.start(self._shown.key)
        self._follow()
        self._look = in_page(self._follow)
        state.start(self._watch())

    def draw(self) -> None:
        """Show nothing new: an analysis is of what was seen when it was started."""

    # ------------------------------------------------------------------------ what is started

    def _choices(self) -> None:
        text = t(
            "Each is of the scenario with the sliders as they stand, and goes on when the page is "
            "closed."
        )
        if self._state.library.folder is not None:
            text += " " + t("It is kept in the folder, also when the program is ended.")
        Tag("p", text)
        with Tag("div", css="listing"):
            start = t("Which assumptions matter most?")
            button(start, partial(self._start, "sensitivity"), id="start-sensitivity")
            sure = t("How likely is it to pay? ({n} draws)", n=DRAWS)
            button(sure, partial(self._start, "uncertainty"), id="start-uncertainty")
        keys = [slider.id for slider in self._state.more]
        if len(keys) < 2:
            return
        words = Assumptions(self._state.scenario)
        with Tag("div", css="listing two", role="group", aria_label=t("Two assumptions at a time")):
            self._pick("sweep-across", t("Across"), {key: words.name(key) for key in keys}, keys[0])
            self._pick("sweep-up", t("Upwards"), {key: words.name(key) for key in keys}, keys[1])
            both = "['sweep-across', 'sweep-up'].map((id) => document.getElementById(id).value)"
            begin = Tag(
                "button",
                t("Two assumptions at a time"),
                "button",
                type="button",
                id="start-sweep",
            )
            begin.on(
                "click",
                lambda e: self._start("sweep", (str(e.args[0]), str(e.args[1]))),
                js_handler=f"() => emit({both})",
            )

    def _pick(self, place: str, label: str, choices: dict[str, str], now: str) -> None:
        with Tag("div", css="pick"):
            Tag("label", label, for_=place)
            with Tag("select", id=place):
                for value, text in choices.items():
                    Tag("option", text, value=value, selected="selected" if value == now else None)

    def _start(self, kind: AnalysisKind, axes: tuple[str, str] = ("", "")) -> None:
        if kind == "sweep" and axes[0] == axes[1]:
            self._said.set_text(t("Choose two different assumptions."))
            return
        self._begin(self._state.analysis_key(kind, axes))

    def _begin(self, key: AnalysisKey) -> None:
        try:
            self._shown, self._drawn = self._analyses.start(key), None
        except TooManyError as error:
            self._said.set_text(str(error))
            return
        if not self._shown.ended:
            self._said.set_text(t("Started: {what}", what=self._title(self._shown)))
        self._follow()

    # ------------------------------------------------------------------------ how far it has come

    async def _watch(self) -> None:
        while not self._list.is_deleted:
            await asyncio.sleep(EVERY)
            self._look()

    def _follow(self) -> None:
        """Say how far each has come; draw what one came to as soon as it is there."""
        if self._list.is_deleted:
            return
        jobs = self._analyses.listed()
        now = [(job, job.ended) for job in jobs]
        if now != self._seen:
            self._seen = now
            self._list_anew(jobs)
        for job in jobs:
            said, bar = self._rows[job.key]
            said.set_text(progress_words(job))
            bar.say(
                value=job.done / job.of if job.of else 0, hidden="hidden" if job.ended else None
            )
        shown = self._shown
        if shown is not None and shown.answer is not None and shown is not self._drawn:
            self._drawn = shown
            self._show(shown)

    def _list_anew(self, jobs: list[AnalysisJob]) -> None:
        self._rows = {}
        self._list.clear()
        with self._list:
            if not jobs:
                Tag("li", t("Nothing has been started yet: choose one above."), "empty")
            for job in jobs:
                title = self._title(job)
                with Tag("li"):
                    with Tag("div", css="what"):
                        Tag("strong", title)
                        said = Tag("span", "")
                    bar = Tag("progress", max=1, value=0, aria_label=title)
                    with Tag("div", css="listing"):
                        for text, do in self._actions(job):
                            button(text, do, aria_label=f"{text}: {title}")
                self._rows[job.key] = said, bar

    def _actions(self, job: AnalysisJob) -> list[tuple[str, Callable[[], None]]]:
        if not job.ended:
            return [(t("Stop"), job.stop)]
        found: list[tuple[str, Callable[[], None]]] = [(t("Delete"), partial(self._delete, job))]
        if job.finished:
            return [(t("Show"), partial(self._choose, job.key)), *found]
        return [(t("Go on"), partial(self._choose, job.key)), *found] if job.goes_on else found

    def _delete(self, job: AnalysisJob) -> None:
        self._analyses.drop(job.key)
        if self._shown is not None and self._shown.key == job.key:
            self._shown = None
            self._answer.clear()
        self._follow()

    def _title(self, job: AnalysisJob) -> str:
        key = job.key
        title = {
            "sensitivity": t("Which assumptions matter most?"),
            "uncertainty": t("How likely is it to pay?"),
            "sweep": t("Two assumptions at a time"),
        }[key.kind]
        arm = key.scenario.arms[key.arm].label.text
        said = f"{title} – {key.scenario.title.text}: {arm}"
        return t("{what} (with moved sliders)", what=said) if key.changes else said

    # ------------------------------------------------------------------------ what came of it

    def _choose(self, key: AnalysisKey) -> None:
        """Show an analysis, which goes on if it was left, and is read if it is kept."""
        self._begin(key)

    def _show(self, job: AnalysisJob) -> None:
        """Draw what came of an analysis, in the reader's language, worked out beside the page."""
        answer, write = job.answer, in_page(self._write)
        assert answer is not None

        async def run() -> None:
            try:
                charts = await computations.result(object(), lambda _: answer.charts())
                words = await computations.result(object(), lambda _: answer.words())
            except GivenUp as error:
                write(job, [], [str(error)])
            else:
                write(job, charts, words)

        self._state.start(run())

    def _write(self, job: AnalysisJob, charts: list[Chart], words: list[str]) -> None:
        if self._answer.is_deleted or job is not self._shown:
            return
        self._answer.clear()
        with self._answer:
            for number, chart in enumerate(charts):
                Tag("h3", chart.title)
                Tag("p", chart.subtitle, "caption")
                self._draw(chart, f"chart-analysis-{number}", " ".join([chart.title, *words]))
                for note in chart.notes:
                    Tag("p", note, "caption")
            for line in words:
                Tag("p", line)

    def _draw(self, chart: Chart, place: str, said: str) -> None:
        look = self._state.look
        wide = min(max(self._state.window_width - EDGES, NARROWEST), WIDEST)
        size = wide, min(max(chart.high, LEAST), MOST)
        with Tag("div", css="scrolled", role="region", aria_label=chart.title, tabindex="0"):
            element = ChartElement(whole(chart, size, look.style), place, said)
        element.style(f"height: {look.px(size[1])}px; width: {look.px(wide)}px")
