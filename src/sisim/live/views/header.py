"""The header of the page: the views, and what can be done in front of an audience."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sisim.i18n import LANGUAGES, t
from sisim.live.tags import Tag, at_once, button, icon, toggle
from sisim.live.view_state import ViewState
from sisim.scenario.scenario import Scenario


@dataclass(frozen=True)
class Actions:
    """What the buttons of the header do, beside changing settings."""

    presets: Callable[[], Any]
    narrate: Callable[[], Any]
    guess: Callable[[], Any]
    new_seed: Callable[[], Any]
    drawer: Callable[[], Any]
    save: Callable[[], Any]
    rescale: Callable[[], Any]
    keys: Callable[[], Any]


class Header:
    """The row of buttons above a view, and the notice of what is being computed."""

    def __init__(self, state: ViewState, actions: Actions, *, drawer_open: bool) -> None:
        self._state, self._actions = state, actions
        with Tag("header", css="top"):
            Tag("h1", state.scenario.title.text)
            self._views()
            with Tag("div", css="notice"):  # beside the row, which it does not push aside
                self.status = Tag("span", css="status", role="status")
                again = t("The curve reaches above the axis: new scale")
                self.rescale = button(again, actions.rescale, "call", id="rescale")
                self.rescale.say(hidden="hidden")
            Tag("span", css="space")
            s = state.settings
            with Tag("div", css="group", role="group", aria_label=t("In front of a room")):
                button(t("What if …"), actions.presets, id="what-if")
                toggle(t("Tell"), s.told is not None, actions.narrate, id="tell")
                told = t("Show the answer") if s.guess else t("Guess first")
                toggle(told, s.guess, actions.guess, id="guess")
            with Tag("div", css="group", role="group", aria_label=t("Go back")):
                self._undo = icon("undo", t("Undo"), state.undo, "undo")
                self.follow()
                icon("restart_alt", t("Reset"), state.reset, "reset")
                kept = s.kept is not None
                keep = t("Drop A") if kept else t("Keep this as A, and change it to B")
                icon("compare", keep, state.keep, "keep").say(
                    aria_pressed="true" if kept else "false"
                )
                icon("casino", t("New seed"), actions.new_seed, "new-seed")
            self._page(drawer_open)

    def follow(self) -> None:
        """Follow a change of the settings: there may be nothing to undo."""
        self._undo.say(disabled=None if len(self._state.history) else "disabled")

    def _views(self) -> None:
        state = self._state
        names = {
            "figures": t("Figures"),
            "administrations": t("Administrations"),
            "people": t("People"),
            "money": _of_money(state.scenario),
            "evaluation": t("Evaluation"),
        }
        with Tag("nav", css="group", aria_label=t("Views")):
            for show in state.shows:
                button(
                    names[show],
                    lambda show=show: state.change(show=show, told=None),
                    aria_current="page" if state.show == show else None,
                    id=f"show-{show}",
                )

    def _page(self, drawer_open: bool) -> None:
        state, actions, s = self._state, self._actions, self._state.settings
        with Tag("div", css="group", role="group", aria_label=t("The page")):
            expanded = "true" if drawer_open else "false"
            button(t("More …"), actions.drawer, id="more", aria_expanded=expanded)
            button(t("Save …"), actions.save, id="save")
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
            other = next(one for one in LANGUAGES if one != s.lang)
            button(
                f"{s.lang} → {other}",
                lambda: state.change(lang=other),
                id="language",
                lang=other,
                aria_label="Svenska" if other == "sv" else "English",
            )
            icon("keyboard", t("Keys"), actions.keys, "help")


def _of_money(scenario: Scenario) -> str:
    """Return what the view of money is called: by what the scenario has of it."""
    if scenario.funds:
        return t("Fund")
    return t("Contract") if scenario.contracts else t("Money")
