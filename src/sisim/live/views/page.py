"""The page of one visitor: what stands where, and what happens when something is touched."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from nicegui import ui
from nicegui.client import Client
from nicegui.events import GenericEventArguments

from sisim.i18n import LANGUAGES, n_, number, t
from sisim.live.chart_options import Option
from sisim.live.computations import GivenUp, compiled_meanwhile, computations
from sisim.live.narration import STEPS, narration_steps
from sisim.live.refinement import Callbacks
from sisim.live.scenario_library import Library
from sisim.live.settings import Settings, sliders_in
from sisim.live.tags import Script, Tag, button
from sisim.live.view_state import GUESSED, ViewState
from sisim.live.views.administrations_view import AdministrationView
from sisim.live.views.analyses_view import AnalysesView
from sisim.live.views.arrivals_view import ArrivalsView
from sisim.live.views.builder_view import BuilderView
from sisim.live.views.controls import Drawer, SliderControls
from sisim.live.views.course_view import CourseView
from sisim.live.views.dialogs import Dialogs
from sisim.live.views.evaluation_view import EvaluationView
from sisim.live.views.figures_view import FiguresView
from sisim.live.views.header import Actions, Header
from sisim.live.views.money_view import MoneyView
from sisim.live.views.narration_bar import narration_bar
from sisim.live.views.people_view import PeopleView
from sisim.live.visit_phase import APPROXIMATE, DRAGGING, REFINING
from sisim.live.visitor_context import in_page, set_reader
from sisim.report.comparison_text import bands, footer, scope
from sisim.report.frame import unit_of
from sisim.scenario.errors import Place, Problem, Reason, ScenarioError

LONGEST = 200
"""Letters of what somebody else has written that are repeated."""
WORKS = PeopleView | EvaluationView | CourseView
"""Views that work something out of their own, once the hand rests."""
TABLES = ArrivalsView | PeopleView | AdministrationView | MoneyView
"""Views with a table of their own for who cannot see their pictures."""
REBUILT = (
    "lang",
    "dark",
    "show",
    "only",
    "told",
    "guess",
    "course",
    "arrivals",
    "notes",
    "scenario",
    "residents",
    "years",
    "seed",
    "runs",
    "arm",
    "kept",
)
"""Settings for which the page is put together anew."""


class Page:
    """The page of one visitor."""

    def __init__(self, library: Library, usual: Settings, query: dict[str, str]) -> None:
        self.client: Client = ui.context.client
        self.library, self.usual = library, usual
        wanted = Settings.of(query, usual, {})
        set_reader(lambda: wanted.lang)
        in_page(self._open)(wanted, query)

    def _open(self, wanted: Settings, query: dict[str, str]) -> None:
        library, usual = self.library, self.usual
        self.root = Tag("div", css="page")
        self.drawer_open = False
        self._tags: dict[str, Tag] = {}
        self._notes: list[Tag] = []
        self._script = Script()
        self.view: Any = None
        self.slider_controls: SliderControls | None = None
        self._followers: list[Callable[[], None]] = []
        self.press = in_page(self._key)
        self.client.on_delete(self._tell_followers)
        try:
            self.state = ViewState(library, usual, wanted, self._callbacks())
            asked = filter(None, map(self.state.slider, sliders_in(query)))
            ends = {slider.id: (slider.low, slider.high) for slider in asked}
            self.state.settings = Settings.of(query, usual, ends)
        except ScenarioError as error:
            self._problems(error, wanted)
            return
        set_reader(lambda: self.state.settings.lang, lambda: self.state.scenario.pathway.currency)
        # Beside what is put together anew: a dialog stays open when a phone is turned.
        self._dialogs = Dialogs(self.state, Tag("div"))
        events: dict[str, Callable[[Any], Any]] = {
            "size": self._sized,
            "key": self._key,
            "year": lambda year: self.state.mark(int(year)),
            "let_go": lambda _: self.state.release(),
            "guess": self._guessed,
            "person": self._person,
            "bring": self._bring,
        }
        for event, do in events.items():
            ui.on(event, in_page(_with_args(do)))
        self.client.on_disconnect(self._pause)
        self.client.on_connect(self._resume)
        self.client.on_delete(self.state.close)
        self.build()

    def _callbacks(self) -> Callbacks:
        return Callbacks(
            picture=in_page(self.draw),
            change=in_page(self.changed),
            phase=in_page(self.phase_changed),
            rest=in_page(self.rested),
            refused=in_page(self.refused),
            learned=in_page(lambda: ui.run_javascript("window.sisim_learned = true")),
            error=in_page(self.failed),
        )

    def follow(self, follower: Callable[[], None]) -> None:
        """Tell somebody whenever something else is shown here, and when the visitor has left."""
        self._followers.append(follower)

    def unfollow(self, follower: Callable[[], None]) -> None:
        """Tell somebody no more."""
        self._followers.remove(follower)

    def _pause(self) -> None:
        if not self.client.has_socket_connection:  # another may have taken the place of the one
            self.state.pause()
            if isinstance(self.view, WORKS):
                self.view.pause()

    def _resume(self) -> None:
        self.state.resume()
        if isinstance(self.view, WORKS):
            self.view.draw()

    def _tell_followers(self) -> None:
        for follower in self._followers:
            follower()

    # ------------------------------------------------------------------------ what stands where

    def build(self) -> None:
        """Put the page together."""
        s, lang = self.state.settings, self.state.settings.lang
        self._tags, self.view = {}, None
        self._script, self.state.beside = Script(), None
        self.slider_controls = SliderControls(self.state, self._script)
        ui.run_javascript(f"sisim.dress({lang!r}, {str(s.dark).lower()})")
        self.root.clear()
        with self.root:
            self._header = Header(self.state, self._actions(), drawer_open=self.drawer_open)
            self._main = Tag("main", css="view")
            with self._main:
                self._show_view()
            self._bottom()
            if self.drawer_open:
                Drawer(self.state, self.slider_controls, self.toggle_drawer, self._dialogs.folder)
        self._write()
        ui.run_javascript("sisim.size()")

    def _actions(self) -> Actions:
        return Actions(
            presets=self._dialogs.presets,
            narrate=self._tell,
            guess=self._guess,
            new_seed=self._new_seed,
            drawer=self.toggle_drawer,
            save=self._dialogs.save,
            rescale=self._new_scale,
            keys=self._dialogs.keys,
        )

    def _show_view(self) -> None:
        state = self.state
        if state.show == "build":
            self.view = BuilderView(state, self._dialogs.open)
            return
        if state.show == "analyses" and state.scenario.arms:
            self.view = AnalysesView(state)
            return
        if state.scenario.figures is None:
            Tag("p", t("The scenario has no [arms], so there is nothing to compare."), "waiting")
            return
        if state.picture is None:
            self._tags["waiting"] = Tag("p", self._waiting(), "waiting", role="status")
            state.ask()
            return
        if state.show == "administrations":
            self.view = AdministrationView(state)
        elif state.show == "people" and state.settings.arrivals:
            self.view = ArrivalsView(state)
        elif state.show == "people":
            self.view = PeopleView(state)
        elif state.show == "money":
            self.view = MoneyView(state)
        elif state.show == "evaluation" and state.settings.course:
            self.view = CourseView(state)
        elif state.show == "evaluation":
            self.view = EvaluationView(state, self._dialogs.open)
        else:
            self.view = FiguresView(state, self._script)

    def _waiting(self) -> str:
        """Return what is being done before there is anything to see."""
        if not computations.ready.is_set():
            return compiled_meanwhile()
        scenario = self.state.scenario
        people = scenario.population.residents
        if people is None:
            return t("Simulating …")
        return t(
            "Simulating {people} residents for {years}, with and without the investment …",
            people=number(people),
            years=n_("1 year", "{n} years", int(scenario.time.years)),
        )

    def _fill_view(self) -> None:
        """Put the view where it was waited for; all around it stands."""
        self._tags.pop("waiting", None)
        self._main.clear()
        with self._main:
            self._show_view()
        self._write()

    def _bottom(self) -> None:
        state, s = self.state, self.state.settings
        assert self.slider_controls is not None
        self._notes = []
        if state.show == "build":
            return
        with Tag("footer", css="bottom"):
            if s.told is not None and state.picture is not None and s.show == "figures":
                self._notes = narration_bar(state, self._tell_to)
            else:
                with Tag("div", css="sliders", role="group", aria_label=t("Assumptions")):
                    for slider in state.sliders:
                        self.slider_controls.add(slider)
            with Tag("div", css="foot"):
                self._tags["scope"] = Tag("p")
                self._tags["foot"] = Tag("p")
        self._write_foot()

    # ------------------------------------------------------------------------ what is drawn

    def draw(self) -> None:
        """Draw what has been worked out: of the figures, only what has changed."""
        state = self.state
        changes: dict[int, Option] = {}
        if self.view is None and state.settings.told is None:
            self._fill_view()
        elif self.view is None:  # a story has its steps below the figures
            self.build()
        elif isinstance(self.view, FiguresView):
            changes = self.view.draw()
        else:
            self.view.draw()
        self._write_foot()
        self._write_notes()
        self._status()
        # In one message: the browser need not wait for the second to draw the first.
        ui.run_javascript(f"sisim.draw({json.dumps(changes)}, {self._said()})")
        if not state.visit.held:
            self._tell_followers()

    def _said(self) -> str:
        """Return the texts that have changed and the phase of what is shown, for the browser."""
        return f"{self._script.taken()}, {str(self.state.phase)!r}"

    def _write(self) -> None:
        ui.run_javascript(f"sisim.write({self._said()})")

    def _write_foot(self) -> None:
        state = self.state
        if state.picture is None or state.visit.held:  # it can wait for the hand to rest
            return
        comparison = state.picture.comparison
        self._text("scope", scope(comparison, everyone=state.show != "figures"))
        made = footer(comparison.result)
        more = f" {bands(comparison)}" if comparison.banded and state.settings.bands else ""
        self._text("foot", made + more)

    def _write_notes(self) -> None:
        """Let the speaker's notes follow what has been worked out since they were put there."""
        told, picture = self.state.settings.told, self.state.picture
        if told is not None and picture is not None and self._notes:
            lines = narration_steps(picture.comparison)[told].notes
            for note, line in zip(self._notes, lines, strict=False):
                self._script.text(note, line)

    def _text(self, name: str, text: str) -> None:
        if name in self._tags:
            self._script.text(self._tags[name], text)

    def _status(self) -> None:
        state, phase, text = self.state, self.state.visit.phase, ""
        rough = state.picture is not None and state.picture.approximate
        if phase is APPROXIMATE or (phase is DRAGGING and rough):
            text = t("approximate …")
        elif phase is REFINING and state.show != "evaluation":  # which says how far it has come
            text = n_("counting {n} run …", "counting {n} runs …", state.runs)
        self._script.text(self._header.status, text)
        seen = state.show == "figures" and not state.fits
        self._header.rescale.say(hidden=None if seen else "hidden")

    # ------------------------------------------------------------------------ what happens

    def changed(self, before: Settings, now: Settings) -> None:
        """Follow a change of the settings."""
        state = self.state
        self._header.follow()
        if any(getattr(before, name) != getattr(now, name) for name in REBUILT):
            self.build()
        elif self.slider_controls is not None:
            self.slider_controls.follow(moved=not state.visit.held)
        state.ask()
        self.phase_changed()

    def phase_changed(self) -> None:
        """Say how far what is shown has come towards what is asked for."""
        self._status()
        self._write()
        if not self.state.visit.held:
            self._tell_followers()

    def _address(self) -> None:
        query = self.state.settings.query(self.usual)
        ui.navigate.history.replace(f"/?{query}" if query else "/")

    def failed(self, error: Exception) -> None:
        """Say what cannot be worked out, and let the page stand."""
        text = error.render() if isinstance(error, ScenarioError) else str(error)
        self._script.text(self._tags.get("waiting", self._header.status), text.splitlines()[0])
        ui.run_javascript(f"sisim.draw({{}}, {self._said()})")

    def refused(self, error: ScenarioError) -> None:
        """Say why something is not shown, and let everything stand as it was."""
        self.build()
        self._dialogs.problems(error)

    def _problems(self, error: ScenarioError, wanted: Settings) -> None:
        """Show what is wrong in the file, as `sisim check` says it."""
        ui.run_javascript(f"sisim.dress({wanted.lang!r}, false)")
        with self.root, Tag("main", css="problems"):
            Tag("h1", t("The scenario cannot be opened"))
            Tag("pre", error.render(), role="alert")
            Tag("p", error.summary())
            button(t("Try again"), lambda: ui.run_javascript("location.reload()"), id="again")

    def _bring(self, file: list[Any]) -> None:
        """Open a file of the visitor's own, or say what is wrong in it."""
        name, content = str(file[0])[:LONGEST], file[1]
        show = in_page(self._dialogs.problems)

        def problem(reason: Reason) -> ScenarioError:
            return ScenarioError([Problem(Place(name, 0), "", reason)])

        async def work() -> None:
            if content is None:
                show(problem(Reason("The file is larger than any scenario.")))
                return
            try:
                await self.state.bring(name, base64.b64decode(content))
            except ScenarioError as error:
                show(error)
            except GivenUp as error:
                show(problem(error.reason))
            except Exception as error:  # whatever the file holds, who brought it is answered
                why = str(error)[:LONGEST] or type(error).__name__
                show(problem(Reason("The file cannot be read: {reason}.", reason=why)))

        self.state.start(work())

    def rested(self) -> None:
        """Keep what a hand has let go of in the address, and in the views that wait for it."""
        self._address()
        self._write_foot()
        if isinstance(self.view, WORKS):
            self.view.draw()
        self._status()
        self._write()

    def _sized(self, size: list[float]) -> None:
        state = self.state
        wide = max(size[2], 100.0) if len(size) > 2 else 1280.0
        before = state.window_scale * 100, state.window_height / 4, state.window_width / 4
        now = size[0] * 100, size[1] / 4, wide / 4
        if any(abs(one - other) > 1 for one, other in zip(before, now, strict=True)):
            state.window_scale, state.window_height, state.window_width = *size[:2], wide
            # What is being written stays: a phone whose keys come up is a smaller window.
            if self.view is not None and not isinstance(self.view, BuilderView):
                self.build()

    def _new_seed(self) -> None:
        self.state.change(seed=random.randrange(1, 10_000))

    def toggle_drawer(self) -> None:
        """Open the drawer, or close it."""
        self.drawer_open = not self.drawer_open
        self.build()
        place = "drawer-close" if self.drawer_open else "more"
        ui.run_javascript(f"document.getElementById({place!r})?.focus()")

    def close_drawer(self) -> None:
        """Close the drawer, if it is open."""
        if self.drawer_open:
            self.toggle_drawer()

    # ------------------------------------------------------------------------ before a room

    def _tell(self) -> None:
        told = None if self.state.settings.told is not None else 0
        self.state.change(told=told, show="figures", only=None, guess=False)

    def _tell_to(self, step: int) -> None:
        self.state.change(told=min(max(step, 0), STEPS - 1), show="figures")

    def _guess(self) -> None:
        state = self.state
        if state.settings.guess:
            state.change(guess=False)
        else:
            state.guess, state.ballot = (), None
            if state.show == "evaluation":
                state.change(guess=True, told=None, course=False)
            else:
                state.change(guess=True, told=None, show="figures", only=GUESSED)

    def _guessed(self, line: list[list[float]]) -> None:
        picture = self.state.picture
        if picture is not None:
            size = unit_of(picture.comparison).size
            self.state.guess = tuple((int(year), float(y) * size) for year, y in line)
            self.draw()

    def _key(self, name: str) -> None:
        state, s = self.state, self.state.settings
        if name in ("next", "previous") or (name in ("left", "right") and s.told is not None):
            step = 1 if name in ("next", "right") else -1
            self._tell_to(0 if s.told is None else s.told + step)
        elif (
            name in ("left", "right")
            and s.show in ("people", "evaluation")
            and self.view is not None
        ):
            self.view.step(1 if name == "right" else -1)
        elif name in ("left", "right") and state.picture is not None:
            comparison = state.picture.comparison
            year = comparison.marked + (1 if name == "right" else -1)
            state.change(year=int(min(max(year, comparison.years[0]), comparison.years[-1])))
        elif name == "space" and s.show == "people" and self.view is not None:
            self.view.play()
        else:
            self._command(name)

    def _command(self, name: str) -> None:
        state, s = self.state, self.state.settings
        other = next(one for one in LANGUAGES if one != s.lang)
        commands: dict[str, Callable[[], Any]] = {
            "tell": self._tell,
            "guess": self._guess,
            "notes": lambda: state.change(notes=not s.notes),
            "quiet": lambda: state.change(notes=False),
            "blank": lambda: ui.run_javascript("sisim.blank()"),
            "begin": lambda: self._tell_to(0),
            "first": lambda: state.change(only="project", show="figures"),
            "second": lambda: state.change(only="new_way", show="figures"),
            "both": lambda: state.change(only=None, show="figures"),
            "seed": self._new_seed,
            "reset": state.reset,
            "undo": state.undo,
            "dark": lambda: state.change(dark=not s.dark),
            "language": lambda: state.change(lang=other),
            "scale": self._new_scale,
            "keep": state.keep,
            "help": self._dialogs.keys,
            "table": self._table,
            "folder": self._dialogs.folder,
            "escape": self.close_drawer,
        }
        if name in commands:
            commands[name]()

    def _table(self) -> None:
        if isinstance(self.view, EvaluationView):
            self.view.table()
        elif isinstance(self.view, TABLES):
            self.view.table(self._dialogs.open)
        else:
            self._dialogs.table()

    def _new_scale(self) -> None:
        self.state.rescale()
        self.build()
        self.draw()

    def _person(self, key: str) -> None:
        if isinstance(self.view, PeopleView):
            self.view.tell(key, self._dialogs.open)


def _with_args(do: Callable[[Any], Any]) -> Callable[[GenericEventArguments], Any]:
    """Return a handler that gives what an event carries."""

    def handle(event: GenericEventArguments) -> None:
        do(event.args)

    return handle


def usual(settings: Settings, library: Library) -> Settings:
    """Return the settings that hold where nothing is asked for: the seed is the scenario's."""
    try:
        return replace(settings, seed=library.open(settings).scenario.seed)
    except ScenarioError:
        return settings
