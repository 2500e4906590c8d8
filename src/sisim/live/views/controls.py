"""What the hand moves: the sliders below the figures, and the drawer with all the rest."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from nicegui import ui

from sisim.i18n import number, source_text, t
from sisim.live.saved_files import SAVED
from sisim.live.scenario_library import file_of
from sisim.live.settings import HIGHEST, Show
from sisim.live.sliders import Slider
from sisim.live.tags import Script, Tag, at_once, button
from sisim.live.view_state import ViewState
from sisim.report.analysis.assumption_words import Assumptions

EVERY = 0.03
"""Seconds between two messages from a slider that moves."""
FOUND = 12
"""So many numbers of the pathway are listed at a time."""


class SliderControls:
    """Sliders of a visit, which know where they stand and say so."""

    def __init__(self, state: ViewState, script: Script) -> None:
        self._state, self._script = state, script
        self._shown: dict[str, tuple[Slider, Tag, Tag, Tag]] = {}

    def add(self, slider: Slider, *, grade: bool = False) -> None:
        """Add a slider where the page is being built."""
        state = self._state
        name = slider.label(state.scenario)
        place = f"slider-{'drawer-' if grade else ''}{slider.id.replace('.', '-')}"
        with Tag("div", css="slider"):
            Tag("label", name, for_=place)
            said, before = self._said(slider)
            with Tag("div", css="row-value"):
                output = Tag("output", said, for_=place)
                was = Tag("span", before, "was")
            source = source_text(slider.source) or t("no source stated")
            words = Assumptions(state.scenario)
            grade_text, formulas = words.grade(slider.grade), words.follows(slider.id)
            why = f"{grade_text}: {source}" if grade_text else source
            why = f"{why}. {formulas}" if formulas else why
            usual = slider.said(slider.value, state.scenario)
            rests = t("{value} in the file – {why}.", value=usual, why=why.rstrip("."))
            hand = Tag(
                "input",
                type="range",
                id=place,
                min=slider.low,
                max=slider.high,
                step=slider.step,
                value=state.value(slider),
                aria_valuetext=said,
                aria_describedby=f"{place}-why",
            )
            hand.on(
                "input",
                lambda e: state.drag(slider.id, float(e.args)),
                throttle=EVERY,
                js_handler="(e) => emit(+e.target.value)",
            )
            hand.on(
                "change",
                lambda e: self._let_go(slider.id, float(e.args)),
                js_handler="(e) => emit(+e.target.value)",
            )
            if grade:
                Tag("span", why, "grade", id=f"{place}-why")
            else:
                whole = f"{slider.meaning(state.scenario)} {rests}"
                with Tag("p", css="why", id=f"{place}-why"):
                    Tag("span", whole, title=whole)  # a source may be longer than its place
        self._shown[place] = (slider, hand, output, was)

    def _let_go(self, name: str, value: float) -> None:
        self._state.drag(name, value)
        self._state.release()

    def follow(self, *, moved: bool) -> None:
        """Say where the sliders stand; where something else has moved them, move them too."""
        for place, (slider, hand, output, was) in self._shown.items():
            said, usual = self._said(slider)
            self._script.text(output, said)
            self._script.attribute(hand, "aria-valuetext", said)
            self._script.text(was, usual)
            if moved:
                value = self._state.value(slider)
                ui.run_javascript(f"sisim.put({place!r}, {value!r})")

    def _said(self, slider: Slider) -> tuple[str, str]:
        """Return where a slider stands, and where in the file if that is another place."""
        state = self._state
        said = slider.said(state.value(slider), state.scenario)
        usual = slider.said(slider.value, state.scenario)
        if (kept := state.settings.kept) is not None:
            before = slider.said(kept.get(slider.id, slider.value), state.scenario)
            return said, "" if said == before else t("A: {value}", value=before)
        return said, "" if said == usual else t("file: {value}", value=usual)


def choose_arm(state: ViewState, place: str, now: str, **attributes: Any) -> None:
    """Put a list of the arms on the page, to choose whose people and money are shown.

    Args:
        state: The state of the visit.
        place: The id of the list.
        now: The arm that is shown.
        attributes: Further attributes of the list.
    """
    chosen = Tag("select", id=place, **attributes)
    with chosen:
        for name, arm in state.scenario.arms.items():
            here = "selected" if name == now else None
            Tag("option", arm.label.text, value=name, selected=here)
    chosen.on(
        "change", lambda e: state.change(arm=e.args), js_handler="(e) => emit(e.target.value)"
    )


class Drawer:
    """The drawer at the side: how much is simulated, how it is seen, and every assumption."""

    def __init__(
        self,
        state: ViewState,
        controls: SliderControls,
        close: Callable[[], Any],
        folder: Callable[[], Any],
    ) -> None:
        self._state, self._controls, self._folder, self._close = state, controls, folder, close
        s = state.settings
        title = t("More assumptions")
        with Tag("aside", css="drawer", role="dialog", aria_label=title, id="drawer"):
            with Tag("div", css="head"):
                Tag("h2", title)
                button(t("Close"), close, id="drawer-close")
            at_once(t("Guide for 45 minutes, to print"), "sisim.guide()", id="drawer-guide")
            self._scenarios()
            Tag("h3", t("What is simulated"))
            if state.scenario.population.residents is not None:
                self._number(
                    t("Residents"),
                    "residents",
                    100,
                    state.scenario.population.residents,
                )
            self._number(
                t("Years ahead"),
                "years",
                10 if state.scenario.time.years >= 10 else 1,
                int(state.scenario.time.years),
            )
            self._number(t("Runs"), "runs", 1, state.runs)
            self._number(t("Seed"), "seed", 0, s.seed)
            Tag("h3", t("How it is seen"))
            for name, text in (
                ("bands", t("Bands: 10–90% of the runs")),
                ("brackets", t("Before–after and with–without")),
                ("current", t("Current prices")),
                ("ordinary", t("With what everyone has too")),
                ("since_start", t("Years from the start")),
            ):
                self._switch(text, name)
            Tag("h3", t("Assumptions in the scenario"))
            if not state.more:
                Tag("p", t("No number in the scenario has a range to move in."))
            for slider in state.more:
                controls.add(slider, grade=True)
            self._search()

    def _open(self, show: Show) -> None:
        self._state.change(show=show, told=None)
        self._close()

    def _scenarios(self) -> None:
        state = self._state
        source, titles = state.library.source, state.library.titles
        choices = (
            {"": titles[source].text if source in titles else source}
            | {name: title.text for name, title in titles.items() if name != source}
            | {name: file_of(name) for name in state.brought}
        )
        if (now := state.settings.scenario).startswith(SAVED):
            choices[now] = now.removeprefix(SAVED)
        with Tag("div", css="field"):
            Tag("label", t("Scenario"), for_="choose-scenario")
            chosen = Tag("select", id="choose-scenario")
            with chosen:
                for name, text in choices.items():
                    here = "selected" if name == state.settings.scenario else None
                    Tag("option", text, value=name, selected=here)
            chosen.on(
                "change",
                lambda e: state.take(str(e.args)),
                js_handler="(e) => emit(e.target.value)",
            )
        with Tag("div", css="field"):
            Tag("label", t("A file of your own"), for_="open-file")
            # The browser's own words for this would be in the browser's language.
            brought = Tag(
                "input",
                type="file",
                id="bring",
                accept=".toml",
                hidden="hidden",
                aria_label=t("A file of your own"),
            )
            brought.on("change", js_handler="(e) => sisim.bring(e.target)")
            at_once(t("Open …"), "document.getElementById('bring').click()", id="open-file")
        with Tag("div", css="field"):
            Tag("span", t("A scenario of your own"))
            button(t("Build …"), partial(self._open, "build"), id="open-build")
        with Tag("div", css="field"):
            Tag("span", t("Sensitivity, uncertainty, sweeps"))
            button(t("Analyses …"), partial(self._open, "analyses"), id="open-analyses")
        if state.library.folder is not None:
            with Tag("div", css="field"):
                Tag("span", t("What has been saved"))
                button(t("The folder …"), self._folder, id="open-folder")

    def _number(self, text: str, name: str, low: int, value: int) -> None:
        state = self._state
        with Tag("div", css="field"):
            Tag("label", text, for_=f"set-{name}")
            field = Tag("input", type="number", id=f"set-{name}", min=low, value=value)

            def change(event: Any) -> None:
                if isinstance(event.args, int | float):
                    state.change(**{name: int(min(max(event.args, low), HIGHEST))})

            field.on("change", change, js_handler="(e) => emit(e.target.valueAsNumber)")

    def _switch(self, text: str, name: str) -> None:
        state = self._state
        with Tag("div", css="field"):
            Tag("label", text, for_=f"set-{name}")
            on = getattr(state.settings, name)
            box = Tag("input", type="checkbox", id=f"set-{name}", checked=on or None)
            box.on(
                "change",
                lambda e: state.change(**{name: bool(e.args)}),
                js_handler="(e) => emit(e.target.checked)",
            )

    def _search(self) -> None:
        """Let any uncertain number of the pathway be looked up by its name."""
        state = self._state
        rest = state.pathway_sliders
        if not rest:
            return
        named = [(one.label(state.scenario), one) for one in rest]
        Tag("h3", t("Assumptions in the pathway: {n}", n=number(len(rest))))
        with Tag("div", css="field"):
            Tag("label", t("Look for"), for_="look-for")
            field = Tag("input", type="search", id="look-for")
        place = Tag("div", id="looked-for")

        def look(event: Any) -> None:
            wanted = str(event.args).casefold().split()
            place.clear()
            with place:
                found = [
                    one
                    for text, one in named
                    if wanted and all(w in text.casefold() or w in one.id for w in wanted)
                ]
                for one in found[:FOUND]:
                    self._controls.add(one, grade=True)

        field.on(
            "input",
            look,
            throttle=0.2,
            leading_events=False,
            js_handler="(e) => emit(e.target.value)",
        )
