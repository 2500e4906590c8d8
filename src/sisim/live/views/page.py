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

from sisim.analysis.comparison import Which
from sisim.i18n import LANGUAGES, t
from sisim.live import exports
from sisim.live.chart_options import Option
from sisim.live.narration import STEPS, narration_steps
from sisim.live.presets import presets, what_ifs
from sisim.live.refinement import Callbacks
from sisim.live.scenario_library import Library
from sisim.live.settings import SHOWS, Settings
from sisim.live.tags import Chart, Script, Tag, at_once, button, icon, toggle
from sisim.live.view_state import GUESSED, ViewState
from sisim.live.views import readout
from sisim.live.views.administrations_view import AdministrationView
from sisim.live.views.controls import Drawer, SliderControls
from sisim.live.views.money_view import MoneyView
from sisim.live.views.people_view import PeopleView
from sisim.live.visitor_context import in_page, set_reader
from sisim.report.captions import headline_cells
from sisim.report.summary import bands, caption, footer, number_of, scope, verdict
from sisim.scenario.errors import Place, Problem, Reason, ScenarioError

REBUILT = (
    "lang",
    "dark",
    "show",
    "only",
    "told",
    "guess",
    "notes",
    "scenario",
    "residents",
    "years",
    "seed",
    "runs",
    "arm",
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
        self.dialog: Tag | None = None
        self._charts: dict[Which, Chart] = {}
        self._tags: dict[str, Tag] = {}
        self._script = Script()
        self.view: Any = None
        self.slider_controls: SliderControls | None = None
        self._read: dict[str, Any] = {}
        self._followers: list[Callable[[], None]] = []
        self.press = in_page(self._key)
        self.client.on_delete(self._tell_followers)
        try:
            self.state = ViewState(library, usual, wanted, self._callbacks())
            known = set(query) - set(Settings.__dataclass_fields__)
            asked = filter(None, map(self.state.slider, known))
            ends = {slider.id: (slider.low, slider.high) for slider in asked}
            self.state.settings = Settings.of(query, usual, ends)
        except ScenarioError as error:
            self._problems(error, wanted)
            return
        set_reader(lambda: self.state.settings.lang)
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
        self.build()

    def _callbacks(self) -> Callbacks:
        return Callbacks(
            picture=in_page(self.draw),
            change=in_page(self.changed),
            rest=in_page(self.rested),
            learned=in_page(lambda: ui.run_javascript("window.sisim_learned = true")),
            error=in_page(self.failed),
        )

    def follow(self, follower: Callable[[], None]) -> None:
        """Tell somebody whenever something else is shown here, and when the visitor has left."""
        self._followers.append(follower)

    def unfollow(self, follower: Callable[[], None]) -> None:
        """Tell somebody no more."""
        self._followers.remove(follower)

    def _tell_followers(self) -> None:
        for follower in self._followers:
            follower()

    # ------------------------------------------------------------------------ what stands where

    def build(self) -> None:
        """Put the page together."""
        s, lang = self.state.settings, self.state.settings.lang
        self._charts, self._tags, self.view, self.dialog = {}, {}, None, None
        self._script = Script()
        self.slider_controls, self._read = SliderControls(self.state, self._script), {}
        ui.run_javascript(f"sisim.dress({lang!r}, {str(s.dark).lower()})")
        self.root.clear()
        with self.root:
            self._top()
            self._main = Tag("main", css="view")
            with self._main:
                self._show_view()
            self._bottom()
            if self.drawer_open:
                Drawer(self.state, self.slider_controls, self.toggle_drawer)
        ui.run_javascript(f"sisim.write({self._script.taken()})")
        ui.run_javascript("sisim.size()")

    def _top(self) -> None:
        state, s, lang = self.state, self.state.settings, self.state.settings.lang
        with Tag("header", css="top"):
            Tag("h1", state.scenario.title.text)
            with Tag("nav", css="group", aria_label=t("Views")):
                for show in SHOWS:
                    here = "page" if s.show == show else None
                    button(
                        self._name(show),
                        lambda show=show: state.change(show=show, told=None),
                        aria_current=here,
                        id=f"show-{show}",
                    )
            with Tag("div", css="notice"):  # beside the row, which it does not push aside
                self._tags["status"] = Tag("span", css="status", role="status")
                again = t("The curve reaches above the axis: new scale")
                self._tags["rescale"] = button(again, self._new_scale, "call", id="rescale")
                self._tags["rescale"].say(hidden="hidden")
            Tag("span", css="space")
            with Tag("div", css="group", role="group", aria_label=t("In front of a room")):
                button(t("What if …"), self._show_presets, id="what-if")
                toggle(t("Tell"), s.told is not None, self._tell, id="tell")
                toggle(t("Guess first"), s.guess, self._guess, id="guess")
            with Tag("div", css="group", role="group", aria_label=t("Go back")):
                undo = icon("undo", t("Undo"), state.undo, "undo")
                undo.say(disabled=None if len(state.history) else "disabled")
                self._tags["undo"] = undo
                icon("restart_alt", t("Reset"), state.reset, "reset")
                icon("casino", t("New seed"), self._new_seed, "new-seed")
            with Tag("div", css="group", role="group", aria_label=t("The page")):
                button(
                    t("More …"),
                    self.toggle_drawer,
                    id="more",
                    aria_expanded=("true" if self.drawer_open else "false"),
                )
                button(t("Save …"), self._saving, id="save")
                icon(
                    "light_mode" if s.dark else "dark_mode",
                    t("Light") if s.dark else t("Dark"),
                    lambda: state.change(dark=not s.dark),
                    "dark",
                )
                full = t("Full screen")
                at_once(
                    "fullscreen",
                    "sisim.full()",
                    "icon",
                    id="full",
                    aria_label=full,
                    title=full,
                    aria_pressed="false",
                )
                other = next(one for one in LANGUAGES if one != lang)
                button(
                    f"{lang} → {other}",
                    lambda: state.change(lang=other),
                    id="language",
                    lang=other,
                    aria_label="Svenska" if other == "sv" else "English",
                )
                icon("keyboard", t("Keys"), self._help, "help")

    def _name(self, show: str) -> str:
        return {
            "figures": t("Figures"),
            "administrations": t("Administrations"),
            "people": t("People"),
            "money": t("Fund"),
        }[show]

    def _show_view(self) -> None:
        state, s = self.state, self.state.settings
        if state.scenario.figures is None:
            Tag("p", t("The scenario has no [arms], so there is nothing to compare."), "waiting")
            return
        if state.picture is None:
            self._tags["waiting"] = Tag("p", t("Simulating …"), "waiting", role="status")
            state.ask()
            return
        if s.show == "administrations":
            self.view = AdministrationView(state)
        elif s.show == "people":
            self.view = PeopleView(state)
        elif s.show == "money":
            self.view = MoneyView(state)
        else:
            self._figures()

    def _figures(self) -> None:
        state, s = self.state, self.state.settings
        assert state.picture is not None
        shown = state.shown
        with Tag("div", css="pair" if len(shown) > 1 else "pair single"):
            for which in shown:
                side = state.picture.comparison.side(which)
                arm = state.scenario.arms[side.arm].label.text
                guessing = s.guess and which == GUESSED
                with Tag(
                    "section",
                    css="figure guessing" if guessing else "figure",
                    aria_labelledby=f"head-{which}",
                ):
                    Tag("h2", f"{number_of(which)}  {arm}", id=f"head-{which}")
                    self._tags[f"caption-{which}"] = Tag("p", css="caption")
                    place = f"chart-{which}"
                    self._charts[which] = Chart(state.option(which), place)
                    self._tags[f"verdict-{which}"] = Tag("p", css="verdict")
                ui.run_javascript(f"sisim.hold({place!r}, {'guess' if guessing else 'year'!r})")
        # What is seen at a glance here is read as a table by whoever cannot see it.
        Tag("table", css="readout", id="readout", hidden="hidden", aria_hidden="true")
        with Tag("table", css="numbers"):
            Tag("caption", t("What it comes to"), "sr-only")
            with Tag("thead"), Tag("tr"):
                Tag("td")
                headings, _ = headline_cells(state.picture.comparison, shown)
                for heading in headings.values():
                    Tag("th", heading, scope="col")
            with Tag("tbody"):
                for which in shown:
                    with Tag("tr", id=f"numbers-{which}"):
                        Tag("th", number_of(which), scope="row")
                        for name in headings:
                            with Tag("td", css="net" if name == "net" else ""):
                                self._tags[f"{which}-{name}"] = Tag("span")
                                self._tags[f"{which}-{name}-spread"] = Tag("span", css="spread")
        self._write()

    def _bottom(self) -> None:
        state, s = self.state, self.state.settings
        assert self.slider_controls is not None
        with Tag("footer", css="bottom"):
            if s.told is not None and state.picture is not None and s.show == "figures":
                self._telling()
            else:
                with Tag("div", css="sliders", role="group", aria_label=t("Assumptions")):
                    for slider in state.sliders:
                        self.slider_controls.add(slider)
            with Tag("div", css="foot"):
                self._tags["scope"] = Tag("p")
                self._tags["foot"] = Tag("p")
        self._write_foot()

    def _telling(self) -> None:
        state, s = self.state, self.state.settings
        assert state.picture is not None
        assert s.told is not None
        steps = narration_steps(state.picture.comparison)
        with Tag("div", css="telling", role="group", aria_label=t("The story")):
            with Tag("ol"):
                for n, step in enumerate(steps):
                    with Tag("li"):
                        button(
                            f"{n + 1} {step.name}",
                            lambda n=n: self._tell_to(n),
                            aria_current="step" if n == s.told else None,
                            id=f"step-{n}",
                            aria_pressed="true" if n == s.told else "false",
                        )
            own = t("Notes in a window of their own")
            at_once(
                "open_in_new", "sisim.speaker()", "icon", id="speaker", aria_label=own, title=own
            )
            if s.notes:
                with Tag("div", css="notes", aria_label=t("Speaker notes"), id="notes"):
                    for line in steps[s.told].notes:
                        Tag("p", line)

    # ------------------------------------------------------------------------ what is drawn

    def draw(self) -> None:
        """Draw what has been worked out: of the figures, only what has changed."""
        state = self.state
        changes: dict[int, Option] = {}
        if self.view is not None:
            self.view.draw()
        elif self._charts:
            for which, chart in self._charts.items():
                if change := chart.change(state.option(which)):
                    changes[chart.id] = change
            self._write()
        else:
            self.build()
        self._write_foot()
        self._status()
        busy = str(state.busy).lower()
        # In one message: the browser need not wait for the second to draw the first.
        said = f"{json.dumps(changes)}, {self._script.taken()}, {busy}"
        ui.run_javascript(f"sisim.draw({said})")
        if not state.dragging:
            self._tell_followers()

    def _write(self) -> None:
        """Write the words and numbers around the figures."""
        state = self.state
        assert state.picture is not None
        comparison = state.picture.comparison
        shown = list(self._charts)
        # Nothing is pointed at while a hand holds something.
        words = self._read if state.dragging else readout.words(comparison)
        if words != self._read:
            self._read = words
            ui.run_javascript(
                f"sisim.readout({[f'chart-{one}' for one in shown]}, {json.dumps(words)})"
            )
        _, cells = headline_cells(comparison, shown)
        for which in shown:
            side, reveal = comparison.side(which), state.reveal(which)
            whole = reveal.whole
            self._text(f"caption-{which}", caption(side) if whole else "")
            said = verdict(side) if whole and reveal.brackets else ""
            self._text(f"verdict-{which}", said)
            heading = f"{number_of(which)}. {caption(side)}. {verdict(side)}"
            self._script.attribute(self._charts[which], "aria-label", heading)
            for (whose, name), (value, interval) in cells.items():
                if whose == which:
                    self._text(f"{which}-{name}", value if whole else "–")
                    spread = interval if whole and comparison.banded else ""
                    self._text(f"{which}-{name}-spread", spread)

    def _write_foot(self) -> None:
        state = self.state
        if state.picture is None or state.dragging:  # it can wait for the hand to rest
            return
        comparison = state.picture.comparison
        self._text("scope", scope(comparison, everyone=state.settings.show != "figures"))
        made = footer(comparison.result)
        more = f" {bands(comparison)}" if comparison.banded and state.settings.bands else ""
        self._text("foot", made + more)

    def _text(self, name: str, text: str) -> None:
        if name in self._tags:
            self._script.text(self._tags[name], text)

    def _status(self) -> None:
        state = self.state
        shown = state.picture.runs if state.picture else 0
        if state.picture is not None and state.picture.approximate:
            self._text("status", t("approximate …"))
        elif shown < state.runs and not state.dragging:
            self._text("status", t("counting {n} runs …", n=state.runs))
        else:
            self._text("status", "")
        seen = state.settings.show == "figures" and not state.fits
        self._tags["rescale"].say(hidden=None if seen else "hidden")

    # ------------------------------------------------------------------------ what happens

    def changed(self, before: Settings, now: Settings) -> None:
        """Follow a change of the settings."""
        state = self.state
        undo = self._tags.get("undo")
        if undo is not None:
            undo.say(disabled=None if len(state.history) else "disabled")
        if any(getattr(before, name) != getattr(now, name) for name in REBUILT):
            self.build()
        elif self.slider_controls is not None:
            self.slider_controls.follow(moved=not state.dragging)
        state.ask()
        self._status()
        ui.run_javascript(f"sisim.ask({self._script.taken()})")
        if not state.dragging:
            self._tell_followers()

    def _address(self) -> None:
        query = self.state.settings.query(self.usual)
        ui.navigate.history.replace(f"/?{query}" if query else "/")

    def failed(self, error: Exception) -> None:
        """Say what cannot be worked out, and let the page stand."""
        text = error.render() if isinstance(error, ScenarioError) else str(error)
        self._text("waiting" if "waiting" in self._tags else "status", text.splitlines()[0])
        busy = str(self.state.busy).lower()
        ui.run_javascript(f"sisim.draw({{}}, {self._script.taken()}, {busy})")

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
        name, content = str(file[0]), file[1]
        try:
            if content is None:
                large = Reason("The file is larger than any scenario.")
                raise ScenarioError([Problem(Place(name, 0), "", large)])
            self.state.bring(name, base64.b64decode(content))
        except ScenarioError as found:
            error = found

            def fill() -> None:
                Tag("pre", error.render(), role="alert")
                Tag("p", error.summary())

            self._open_dialog(t("The scenario cannot be opened"), fill)

    def rested(self) -> None:
        """Keep what a hand has let go of in the address, and in the views that wait for it."""
        self._address()
        self._write_foot()
        ui.run_javascript(f"sisim.write({self._script.taken()})")
        if isinstance(self.view, PeopleView):
            self.view.draw()

    def _sized(self, size: list[float]) -> None:
        state = self.state
        if abs(size[0] - state.window_scale) > 0.01 or abs(size[1] - state.window_height) > 4:
            state.window_scale, state.window_height = size
            if self._charts or self.view is not None:
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
            state.guess = ()
            state.change(guess=True, told=None, show="figures", only=GUESSED)

    def _guessed(self, line: list[list[float]]) -> None:
        picture = self.state.picture
        if picture is not None:
            from sisim.report.frame import unit_of

            size = unit_of(picture.comparison).size
            self.state.guess = tuple((int(year), float(y) * size) for year, y in line)
            self.draw()

    def _key(self, name: str) -> None:
        state, s = self.state, self.state.settings
        if name in ("next", "previous") or (name in ("left", "right") and s.told is not None):
            step = 1 if name in ("next", "right") else -1
            self._tell_to(0 if s.told is None else s.told + step)
        elif name in ("left", "right") and s.show == "people" and self.view is not None:
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
            "help": self._help,
            "table": self._as_table,
            "escape": self.close_drawer,
        }
        if name in commands:
            commands[name]()

    def _new_scale(self) -> None:
        self.state.rescale()
        self.build()
        self.draw()

    # ------------------------------------------------------------------------ dialogs

    def _open_dialog(self, title: str, fill: Callable[[], None]) -> None:
        if self.dialog is not None:
            self.dialog.delete()
        with self.root:
            self.dialog = Tag("dialog", aria_label=title, id="dialog")
            with self.dialog:
                # What is read first has the focus; a long one would else begin at its end.
                Tag("h2", title, tabindex="-1", autofocus="autofocus")
                fill()
                shut = "document.getElementById('dialog').close()"
                button(t("Close"), lambda: ui.run_javascript(shut))
        ui.run_javascript("setTimeout(() => document.getElementById('dialog')?.showModal(), 30)")

    def _help(self) -> None:
        keys = [
            ("PageDown  PageUp", t("next and previous step of the story")),
            ("← →", t("move the marked year; steps of the story, years of the people")),
            ("1  2  0", t("figure 1, figure 2, both")),
            ("T  G  S", t("tell, guess first, speaker notes")),
            ("V", t("the numbers behind the curves, as a table")),
            ("P", t("speaker notes in a window of their own")),
            ("N  R  Z", t("new seed, reset, undo")),
            ("A", t("a new scale of the axes")),
            ("F  B  D  L", t("full screen, blank, dark, language")),
            (t("Space"), t("play or pause the people")),
        ]

        def fill() -> None:
            with Tag("dl", css="keys"):
                for key, text in keys:
                    with Tag("dt"):
                        Tag("kbd", key)
                    Tag("dd", text)

        self._open_dialog(t("Keys"), fill)

    def _as_table(self) -> None:
        state = self.state
        if state.picture is not None:
            comparison = state.picture.comparison
            seen = [one for one in state.shown if state.reveal(one).whole]
            title = t("The numbers behind the curves")
            self._open_dialog(title, lambda: readout.table(comparison, seen))

    def _saving(self) -> None:
        state = self.state

        def fill() -> None:
            with Tag("div", css="listing"):
                for name, text in (
                    ("svg", t("The picture (SVG)")),
                    ("png", t("The picture (PNG)")),
                    ("csv", t("The numbers (CSV)")),
                    ("toml", t("The scenario file (TOML)")),
                ):
                    button(
                        text,
                        lambda name=name: exports.save(state, name),
                        id=f"save-{name}",
                    )
                at_once(
                    t("Print (A4)"),
                    "document.getElementById('dialog').close(); setTimeout(print, 100)",
                    id="print",
                )
                button(t("Show as a table"), self._as_table, id="show-table")
                copied = t("The link has been copied")
                at_once(t("Copy the link"), f"sisim.copy({copied!r})", id="copy-link")
                Tag("p", id="copied", css="status", role="status")

        self._open_dialog(t("Save …"), fill)

    def _show_presets(self) -> None:
        state = self.state

        def fill() -> None:
            for title, listed in (
                (t("Ready settings"), presets(state.sliders)),
                (t("What happens if …"), what_ifs(state.sliders)),
            ):
                if listed:
                    Tag("h3", title)
                    with Tag("div", css="listing"):
                        for preset in listed:
                            button(
                                preset.text,
                                lambda preset=preset: self._apply(preset.values),
                                id=f"wish-{preset.id}",
                            )

        self._open_dialog(t("What if …"), fill)

    def _apply(self, values: dict[str, float]) -> None:
        self.state.change(values={**self.state.settings.values, **values})

    def _person(self, key: str) -> None:
        if isinstance(self.view, PeopleView):
            self.view.tell(key, self._open_dialog)


def _with_args(do: Callable[[Any], Any]) -> Callable[[GenericEventArguments], Any]:
    """Return a handler that gives what an event carries."""

    def handle(event: GenericEventArguments) -> None:
        do(event.args)

    return handle


def usual(settings: Settings, library: Library) -> Settings:
    """Return the settings that hold where nothing is asked for: the seed is the scenario's."""
    try:
        return replace(settings, seed=library.open(settings).seed)
    except ScenarioError:
        return settings
