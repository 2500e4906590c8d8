"""What the hand moves: the sliders below the figures, and the drawer with all the rest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nicegui import ui

from sisim.i18n import number, source_text, t
from sisim.live.scenario_library import file_of
from sisim.live.settings import MOST_RESIDENTS, MOST_RUNS, MOST_YEARS
from sisim.live.sliders import Lever
from sisim.live.tags import Script, Tag, at_once, button
from sisim.live.visit import Visit
from sisim.report.analysis.assumption_words import Assumptions

EVERY = 0.03
"""Seconds between two messages from a slider that moves."""
FOUND = 12
"""So many numbers of the pathway are listed at a time."""


class Sliders:
    """Sliders of a visit, which know where they stand and say so."""

    def __init__(self, visit: Visit, script: Script) -> None:
        self._visit, self._script = visit, script
        self._shown: dict[str, tuple[Lever, Tag, Tag, Tag]] = {}

    def add(self, lever: Lever, *, grade: bool = False) -> None:
        """Add a slider where the page is being built."""
        visit = self._visit
        name = lever.label(visit.scenario)
        place = f"slider-{'drawer-' if grade else ''}{lever.id.replace('.', '-')}"
        with Tag("div", css="slider"):
            Tag("label", name, for_=place)
            said, usual = self._said(lever)
            with Tag("div", css="row-value"):
                output = Tag("output", said, for_=place)
                was = Tag("span", usual, "was")
            source = source_text(lever.source) or t("no source stated")
            told = Assumptions(visit.scenario).grade(lever.grade)
            why = f"{told}: {source}" if told else source
            hand = Tag(
                "input",
                type="range",
                id=place,
                min=lever.low,
                max=lever.high,
                step=lever.step,
                value=visit.value(lever),
                title=why,
                aria_valuetext=said,
            )
            hand.on(
                "input",
                lambda e: visit.drag(lever.id, float(e.args)),
                throttle=EVERY,
                js_handler="(e) => emit(+e.target.value)",
            )
            hand.on(
                "change",
                lambda e: self._let_go(lever.id, float(e.args)),
                js_handler="(e) => emit(+e.target.value)",
            )
            if grade:
                Tag("span", why, "grade")
        self._shown[place] = (lever, hand, output, was)

    def _let_go(self, name: str, value: float) -> None:
        self._visit.drag(name, value)
        self._visit.release()

    def follow(self, *, moved: bool) -> None:
        """Say where the sliders stand; where something else has moved them, move them too."""
        for place, (lever, hand, output, was) in self._shown.items():
            said, usual = self._said(lever)
            self._script.text(output, said)
            self._script.attribute(hand, "aria-valuetext", said)
            self._script.text(was, usual)
            if moved:
                value = self._visit.value(lever)
                ui.run_javascript(f"sisim.put({place!r}, {value!r})")

    def _said(self, lever: Lever) -> tuple[str, str]:
        """Return where a slider stands, and where in the file if that is another place."""
        visit = self._visit
        said = lever.said(visit.value(lever), visit.scenario)
        usual = lever.said(lever.value, visit.scenario)
        return said, "" if said == usual else t("file: {value}", value=usual)


def choose_arm(visit: Visit, place: str, **attributes: Any) -> None:
    """Put a list of the arms on the page, to choose whose people and money are shown."""
    chosen = Tag("select", id=place, **attributes)
    with chosen:
        for name, arm in visit.scenario.arms.items():
            here = "selected" if name == visit.arm else None
            Tag("option", arm.label.text, value=name, selected=here)
    chosen.on(
        "change", lambda e: visit.change(arm=e.args), js_handler="(e) => emit(e.target.value)"
    )


class Drawer:
    """The drawer at the side: how much is simulated, how it is seen, and every assumption."""

    def __init__(self, visit: Visit, sliders: Sliders, close: Callable[[], Any]) -> None:
        self._visit, self._sliders = visit, sliders
        s = visit.settings
        title = t("More assumptions")
        with Tag("aside", css="drawer", role="dialog", aria_label=title, id="drawer"):
            with Tag("div", css="head"):
                Tag("h2", title)
                button(t("Close"), close, id="drawer-close")
            self._scenarios()
            Tag("h3", t("What is simulated"))
            if visit.scenario.population.residents is not None:
                self._number(
                    t("Residents"),
                    "residents",
                    100,
                    MOST_RESIDENTS,
                    visit.scenario.population.residents,
                )
            self._number(
                t("Years ahead"),
                "years",
                10 if visit.scenario.time.years >= 10 else 1,
                MOST_YEARS,
                int(visit.scenario.time.years),
            )
            self._number(t("Runs"), "runs", 1, MOST_RUNS, visit.runs)
            self._number(t("Seed"), "seed", 0, 10**9, s.seed)
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
            if not visit.more:
                Tag("p", t("No number in the scenario has a range to move in."))
            for lever in visit.more:
                sliders.add(lever, grade=True)
            self._search()

    def _scenarios(self) -> None:
        visit = self._visit
        choices = (
            {"": visit.library.source}
            | {name: name for name in visit.library.ready() if name != visit.library.source}
            | {name: file_of(name) for name in visit.brought}
        )
        with Tag("div", css="field"):
            Tag("label", t("Scenario"), for_="choose-scenario")
            chosen = Tag("select", id="choose-scenario")
            with chosen:
                for name, text in choices.items():
                    here = "selected" if name == visit.settings.scenario else None
                    Tag("option", text, value=name, selected=here)
            chosen.on(
                "change",
                lambda e: visit.take(str(e.args)),
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

    def _number(self, text: str, name: str, low: int, high: int, value: int) -> None:
        visit = self._visit
        with Tag("div", css="field"):
            Tag("label", text, for_=f"set-{name}")
            field = Tag("input", type="number", id=f"set-{name}", min=low, max=high, value=value)

            def change(event: Any) -> None:
                if isinstance(event.args, int | float):
                    visit.change(**{name: int(min(max(event.args, low), high))})

            field.on("change", change, js_handler="(e) => emit(e.target.valueAsNumber)")

    def _switch(self, text: str, name: str) -> None:
        visit = self._visit
        with Tag("div", css="field"):
            Tag("label", text, for_=f"set-{name}")
            on = getattr(visit.settings, name)
            box = Tag("input", type="checkbox", id=f"set-{name}", checked=on or None)
            box.on(
                "change",
                lambda e: visit.change(**{name: bool(e.args)}),
                js_handler="(e) => emit(e.target.checked)",
            )

    def _search(self) -> None:
        """Let any uncertain number of the pathway be looked up by its name."""
        visit = self._visit
        rest = visit.pathway_levers
        if not rest:
            return
        named = [(one.label(visit.scenario), one) for one in rest]
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
                    self._sliders.add(one, grade=True)

        field.on(
            "input",
            look,
            throttle=0.2,
            leading_events=False,
            js_handler="(e) => emit(e.target.value)",
        )
