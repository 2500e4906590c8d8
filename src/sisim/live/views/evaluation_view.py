"""What planned evaluations would say: dots that fall, a municipality each, in two worlds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from nicegui import ui

from sisim.evaluation.study import ACTING_OR_NOT, EvaluationStudy, StudyError
from sisim.i18n import current_language, n_, t
from sisim.live.ballot import Ballot
from sisim.live.chart_options import Option
from sisim.live.computations import computations
from sisim.live.evaluation_studies import StudyKey
from sisim.live.latest_only import LatestOnly
from sisim.live.tags import ChartElement, Open, Tag, button, table_of
from sisim.live.time_left import with_time_left
from sisim.live.view_state import ViewState
from sisim.live.views.study_choices import StudyChoices
from sisim.live.visitor_context import in_page
from sisim.report.analysis import evaluation_dots as told
from sisim.report.analysis.evaluation_report import world_title
from sisim.report.chart.chart import Chart
from sisim.report.chart.echarts_painter import whole
from sisim.scenario.errors import ScenarioError

EDGES, AROUND = 30.0, 396.0
"""What the page has beside and around the picture, in pixels of a window of 1280."""
LEAST, MOST, VOTED_ON = 290.0, 460.0, 210.0
"""How high the picture is at least and at most, and that of one municipality."""

Request = tuple[StudyKey, int]
"""A study, and how many municipalities are to have reported."""


class EvaluationView:
    """The dots of one evaluation, what they come to, and the vote of the room."""

    def __init__(self, state: ViewState, open_: Open) -> None:
        self._state, self._open = state, open_
        self._study: EvaluationStudy | None = None
        self._shown: Request | None = None
        self._chart: ChartElement | None = None
        self._voted_on: tuple[Ballot, str] | None = None
        with Tag("section", css="evaluation", aria_label=t("Evaluation")):
            self._choices = StudyChoices(state)
            self._heading = Tag("h2", "", css="sr-only")
            with Tag("div", css="reporting"):
                self._under = Tag("p", "", css="caption")
                self._bar = Tag("progress", max=1, value=0, aria_label=t("Municipalities"))
                self._said = Tag("span", t("Simulating …"), id="evaluation-status")
                button(t("Show as a table"), self.table, id="evaluation-table")
            self._ballot_place = Tag("div", css="ballot", role="group", aria_label=t("Guess first"))
            self._place = Tag("div", css="dots")
            self._words = Tag("div", css="words", id="evaluation-words")
        self._queue: LatestOnly[Request, tuple[EvaluationStudy, float]] = LatestOnly(
            self._report,
            in_page(self._show),
            in_page(self._fail),
            lambda old, new: old[0] != new[0],
        )
        state.beside = self._queue
        self.draw()

    def step(self, by: int) -> None:
        """Go to another evaluation."""
        self._choices.step(by)

    # ------------------------------------------------------------------------ what is computed

    def draw(self) -> None:
        """Follow what is chosen and the sliders, once the hand rests."""
        state = self._state
        if state.visit.held:
            return
        key = state.study_key
        self._choices.follow()
        if self._shown is None or self._shown[0] != key:
            self._study, self._shown = None, None
            self._said.set_text(t("Simulating …"))
            self._bar.say(value=0)
            self._queue.ask((key, 1))
        elif self._study is not None and self._study.municipalities < self._draws:
            self._queue.ask((key, self._study.municipalities + 1))
        self._write()

    def pause(self) -> None:
        """Compute nothing, as nobody is there to see it."""
        self._queue.stop()

    @property
    def _draws(self) -> int:
        return self._state.library.studies.draws

    async def _report(self, request: Request) -> tuple[EvaluationStudy, float]:
        """Return what has been reported once there are so many, and the seconds that are left."""
        key, to = request
        studies = self._state.library.studies
        asked = ("evaluations", key, to)
        await computations.result(asked, lambda go_on: studies.grow(key, to, go_on))
        # Words are the reader's own.
        mine = ("reported", key, to, current_language())
        study = await computations.result(mine, lambda _: studies.reported(key))
        return study, studies.of(key).seconds_left

    def _show(self, request: Request, found: tuple[EvaluationStudy, float]) -> None:
        if self._said.is_deleted or request[0] != self._state.study_key:
            return
        self._study, left = found
        n = self._study.municipalities
        self._shown = (request[0], n)
        if n < self._draws:
            self._queue.ask((request[0], n + 1))
        self._bar.say(value=n / self._draws)
        self._said.set_text(_progress(n, self._draws, left))
        self._write()
        self._state.callbacks.phase()

    def _fail(self, request: Request, error: Exception) -> None:
        if not self._said.is_deleted:
            known = isinstance(error, ScenarioError | StudyError)
            text = error.render() if known else str(error)  # type: ignore[attr-defined]
            self._shown = request
            self._said.set_text(text.splitlines()[0] if text else type(error).__name__)
            self._state.callbacks.phase()

    # ------------------------------------------------------------------------ what is seen

    def _write(self) -> None:
        """Write and draw all that is known."""
        state, study, name = self._state, self._study, self._state.evaluation
        spec = state.scenario.evaluations[name]
        if study is None:
            self._heading.set_text(spec.label.text)
            for one in (self._words, self._ballot_place):
                one.clear()
            return
        voting = state.settings.guess and spec.design != "process"
        there = told.can_be_voted_on(study, name) if voting else []
        ballot, key = state.ballot, state.study_key
        if voting and there and (ballot is None or ballot.study != key or ballot.draw not in there):
            state.ballot = Ballot.next(there, study=key)
        wide = min(1250.0, state.window_width - EDGES)
        tall = min(max(state.look.tall - AROUND, LEAST), MOST)
        ballot = state.ballot if voting and there else None
        if ballot is not None and self._voted_on == (ballot, name):
            return  # nothing moves under a hand that is about to vote
        self._voted_on = None if ballot is None else (ballot, name)
        if ballot is not None:
            which, tall = (ballot.draw, ballot.world), VOTED_ON
            chart = told.one_chart(study, name, which, told=ballot.told, tall=tall)
        elif voting:
            self._say([t("The vote is on a municipality, as soon as it is known what is right.")])
            return
        else:
            chart = told.dots_chart(study, name, (wide, tall))
        self._heading.set_text(chart.title)
        self._under.set_text(chart.subtitle)
        self._draw(chart, (wide, tall))
        self._ballot_place.clear()
        if ballot is not None:
            self._ballot(study, ballot)
            return
        counts = {world: told.counted(study, name, world) for world in ACTING_OR_NOT}
        self._say(told.words(study, name, self._draws))
        self._choices.say_per_year(told.per_year(study, name))
        seen = [f"{world_title(world)}: {text}." for world, text in counts.items() if text]
        if self._chart is not None:
            self._chart.say_what(". ".join([chart.title, chart.subtitle]) + ". " + " ".join(seen))

    def _say(self, lines: list[str], role: str | None = None) -> None:
        self._words.say(role=role)
        self._words.clear()
        with self._words:
            for line in lines:
                Tag("p", line)

    def _draw(self, chart: Chart, size: tuple[float, float]) -> None:
        option: Option = whole(chart, size, self._state.look.style)
        if self._chart is None:
            with self._place:
                self._chart = ChartElement(option, "chart-evaluation", chart.title)
        else:
            self._chart.fall(option)
        self._chart.style(f"height: {self._state.look.px(size[1])}px")

    def table(self) -> None:
        """Show what each municipality would say, as a table."""
        if self._study is None or self._state.settings.guess:
            return
        rows = told.municipalities_table(self._study, self._state.evaluation)
        self._open(t("The municipalities as a table"), lambda: table_of(rows, id="as-table"))

    # ------------------------------------------------------------------------ the room votes

    def _ballot(self, study: EvaluationStudy, ballot: Ballot) -> None:
        name, which = self._state.evaluation, (ballot.draw, ballot.world)
        with self._ballot_place:
            Tag("p", told.question(study, name, which), css="asked")
            for carry_on, text, votes in (
                (True, t("Carry on"), ballot.carry_on),
                (False, t("Close down"), ballot.close_down),
            ):
                vote = button(
                    f"{text}: {votes}",
                    partial(self._vote, carry_on=carry_on),
                    id=f"vote-{'carry-on' if carry_on else 'close-down'}",
                )
                vote.say(disabled="disabled" if ballot.told else None)
            if ballot.told:
                button(t("Next municipality"), self._next, "call", id="vote-next")
            else:
                button(t("Show the answer"), self._tell, "call", id="vote-tell")
        lines = []
        if ballot.told:
            lines.append(told.answer(study, name, which))
            if ballot.votes:
                good = told.right_to_carry_on(study, name, which)
                right = ballot.carry_on if good else ballot.close_down
                lines.append(
                    n_(
                        "{right} of {n} vote in the room was right.",
                        "{right} of {n} votes in the room were right.",
                        ballot.votes,
                        right=right,
                    )
                )
        self._say(lines, role="status")
        if self._chart is not None:
            self._chart.say_what(" ".join([told.question(study, name, which), *lines]))

    def _vote(self, *, carry_on: bool) -> None:
        self._become(lambda ballot: ballot.vote(carry_on=carry_on))

    def _tell(self) -> None:
        self._become(lambda ballot: replace(ballot, told=True))
        ui.run_javascript("document.getElementById('vote-next')?.focus()")

    def _next(self) -> None:
        study = self._study
        if study is not None:
            there = told.can_be_voted_on(study, self._state.evaluation)
            self._become(lambda ballot: Ballot.next(there, ballot))
            ui.run_javascript("document.getElementById('vote-carry-on')?.focus()")

    def _become(self, change: Callable[[Ballot], Ballot]) -> None:
        if self._state.ballot is not None:
            self._state.ballot = change(self._state.ballot)
            self._write()


def _progress(done: int, of: int, left: float) -> str:
    """Return how many municipalities have reported, and how long it takes until all have."""
    if done >= of:
        return t("All {of} municipalities have reported.", of=of)
    said = t("{n} of {of} municipalities have reported", n=done, of=of)
    return with_time_left(said, left)
