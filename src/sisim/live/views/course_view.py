"""Regression to the mean: what participants cost around their start, with, without, and matched."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sisim.evaluation.participant_course import ParticipantCourse
from sisim.i18n import t
from sisim.live.computations import computations
from sisim.live.evaluation_studies import StudyKey
from sisim.live.latest_only import LatestOnly
from sisim.live.tags import ChartElement, Tag
from sisim.live.view_state import ViewState
from sisim.live.views.study_choices import StudyChoices
from sisim.live.visitor_context import in_page
from sisim.report.analysis.participant_course_report import course_chart, sentences
from sisim.report.chart.chart import Chart
from sisim.report.chart.echarts_painter import whole
from sisim.scenario.errors import ScenarioError

EDGES, AROUND = 30.0, 453.0
"""What the page has beside and around the picture, in pixels of a window of 1280."""
LEAST, MOST = 250.0, 420.0
"""How high the picture is at least and at most."""
NARROW = 450.0
"""Panels that are narrower stand below each other, in pixels of a window of 1280."""

Asked = tuple[StudyKey, str]
"""A study, and of which of its evaluations the participants are."""


class CourseView:
    """The course of the participants' costs, and how much of its fall is an effect."""

    def __init__(self, state: ViewState) -> None:
        self._state = state
        self._shown: Asked | None = None
        self._chart: ChartElement | None = None
        with Tag("section", css="evaluation", aria_label=t("Participants' costs")):
            self._choices = StudyChoices(state)
            self._heading = Tag("h2", "")
            self._under = Tag("p", "", css="caption")
            self._said = Tag("span", "", css="reporting", id="course-status", role="status")
            self._place = Tag("div", css="dots")
            self._words = Tag("div", css="words", id="course-words")
        self._queue: LatestOnly[Asked, ParticipantCourse] = LatestOnly(
            self._course, in_page(self._show), in_page(self._fail), lambda old, new: old != new
        )
        state.beside = self._queue
        self.draw()

    def step(self, by: int) -> None:
        """Go to an evaluation."""
        self._choices.step(by)

    def draw(self) -> None:
        """Follow what is chosen and the sliders, once the hand rests."""
        state = self._state
        asked = state.study_key, state.evaluation
        if state.visit.held or self._shown == asked:
            return
        self._choices.follow()
        self._said.set_text(t("Simulating …"))
        self._queue.ask(asked)

    def pause(self) -> None:
        """Compute nothing, as nobody is there to see it."""
        self._queue.stop()

    async def _course(self, asked: Asked) -> ParticipantCourse:
        studies = self._state.library.studies
        return await computations.result(
            ("course", *asked), lambda go_on: studies.course(*asked, go_on)
        )

    def _show(self, asked: Asked, found: ParticipantCourse) -> None:
        if self._said.is_deleted or asked != (self._state.study_key, self._state.evaluation):
            return
        self._shown = asked
        self._said.set_text("")
        self._state.callbacks.phase()
        said = sentences(found)
        self._words.clear()
        with self._words:
            for line in said:
                Tag("p", line)
        if not np.isfinite(found.cost).any():
            self._place.clear()
            self._chart = None
            return
        chart = course_chart(found)
        self._heading.set_text(chart.title)
        self._under.set_text(" ".join([f"{chart.subtitle}.", *chart.notes[:1]]))
        self._draw(chart, " ".join([f"{chart.title}.", *said]))

    def _draw(self, chart: Chart, said: str) -> None:
        look, wide = self._state.look, min(1250.0, self._state.window_width - EDGES)
        high = min(max(look.tall - AROUND, LEAST), MOST)
        columns = chart.rows[0][1]
        if wide < NARROW * len(columns):
            chart = replace(chart, rows=tuple((1.0, (column,)) for column in columns))
            high = LEAST * len(columns)
        option = whole(chart, (wide, high), look.style)
        if self._chart is None:
            with self._place:
                self._chart = ChartElement(option, "chart-course", chart.title)
        else:
            self._chart.draw(option)
        self._chart.style(f"height: {look.px(high)}px")
        self._chart.say_what(said)

    def _fail(self, asked: Asked, error: Exception) -> None:
        if not self._said.is_deleted:
            text = error.render() if isinstance(error, ScenarioError) else str(error)
            self._shown = asked
            self._said.set_text(text.splitlines()[0] if text else type(error).__name__)
            self._state.callbacks.phase()
