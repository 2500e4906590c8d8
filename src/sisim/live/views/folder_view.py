"""The dialog of the folder: what visitors have saved, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from nicegui import ui

from sisim.i18n import t
from sisim.live.computations import GivenUp, computations
from sisim.live.exports import scenario_text
from sisim.live.saved_files import SavedFile, rename
from sisim.live.saved_folder import FolderError, NameTakenError, SavedFolder, checked_name
from sisim.live.tags import Open, Tag, button
from sisim.live.view_state import ViewState
from sisim.live.visitor_context import in_page
from sisim.loading.load import read_scenario
from sisim.scenario.errors import ScenarioError

CLOSE = "document.getElementById('dialog')?.close()"
Do = Callable[[], str]
"""Does something in the folder, and returns what there is to say of it."""
Offer = Callable[[], Any]
"""Puts buttons beside what is said."""


def no_offer() -> None:
    """Put nothing there."""


class FolderView:
    """The folder of what has been saved, in a dialog."""

    def __init__(self, state: ViewState, folder: SavedFolder, open_: Open) -> None:
        self._state, self._folder, self._open = state, folder, open_
        self._renamed: str | None = None
        self._said = self._offered = self._list = Tag("div")

    def show(self) -> None:
        """Open the dialog."""
        self._renamed = None
        self._open(t("Saved in the folder"), self._fill)
        self._do(lambda: "")

    def _fill(self) -> None:
        Tag("p", str(self._folder.path), "path")
        with Tag("div", css="field"):
            Tag("label", t("Name"), for_="saved-name")
            Tag("input", id="saved-name", type="text", maxlength=80, autocomplete="off")
        with Tag("div", css="listing"):
            _with_text(t("Save the setting"), "saved-name", self._save_setting, "save-setting")
            _with_text(t("Save as a scenario"), "saved-name", self._save_scenario, "save-scenario")
        text = t(
            "A setting is where the sliders stand and what is shown. A scenario is a file with "
            "these numbers, which the command line opens too."
        )
        Tag("p", text, "why")
        with Tag("div", css="told"):
            self._said = Tag("p", "", role="status", id="saved-said")
            self._offered = Tag("div", css="listing")
        self._list = Tag("ul", css="saved", id="saved-list", aria_label=t("Saved"))

    # ------------------------------------------------------------------------ what is done

    def _do(self, work: Do, offer: Offer = no_offer, taken: Offer = no_offer) -> None:
        """Do something in the folder, beside the page; then say what, and what is there now.

        Args:
            work: Does it.
            offer: Puts buttons beside what is said of it.
            taken: Puts buttons there instead if something else has the name.
        """
        write = in_page(self._write)

        async def run() -> None:
            try:
                text = await computations.result(object(), lambda _: work())
                files = await computations.result(object(), lambda _: self._state.library.saved())
            except NameTakenError as error:
                write(error.reason.text, None, taken)
            except (FolderError, ScenarioError, GivenUp) as error:
                write(_why(error), None, no_offer)
            else:
                write(text, files, offer)

        self._state.start(run())

    def _write(self, text: str, files: list[SavedFile] | None, offer: Offer) -> None:
        if self._said.is_deleted:
            return
        self._said.set_text(text)
        self._offered.clear()
        with self._offered:
            offer()
        if files is None:
            return
        self._list.clear()
        with self._list:
            if not files:
                Tag("li", t("Nothing has been saved yet."))
            for file in files:
                self._row(file)

    def _save_setting(self, name: str) -> None:
        self._save(name, lambda: self._state.setting().content)

    def _save_scenario(self, name: str) -> None:
        def content() -> bytes:
            found = scenario_text(self._state).encode()
            read_scenario(found, checked_name(name))  # who opens it has no other file beside it
            return found

        self._save(name, content)

    def _save(self, name: str, content: Callable[[], bytes], *, replace: bool = False) -> None:
        def work() -> str:
            self._folder.save(name, content(), replace=replace)
            return t('"{name}" has been saved.', name=checked_name(name))

        def taken() -> None:
            again = partial(self._save, name, content, replace=True)
            button(t("Replace it"), again, "call", id="saved-replace")

        self._do(work, taken=taken)

    def _look(self, name: str) -> None:
        ui.run_javascript(CLOSE)
        self._state.open_saved(name)

    def _compare(self, name: str) -> None:
        ui.run_javascript(CLOSE)
        self._state.compare_saved(name)

    def _duplicate(self, name: str) -> None:
        def work() -> str:
            copy = self._folder.duplicate(name)
            return t('The copy is called "{name}".', name=copy)

        self._do(work)

    def _delete(self, name: str) -> None:
        held: list[bytes] = []

        def work() -> str:
            held.append(self._folder.delete(name))
            return t('"{name}" has been deleted.', name=name)

        def restore() -> str:
            self._folder.save(name, held[0])
            return t('"{name}" is back.', name=name)

        self._do(work, lambda: button(t("Undo"), lambda: self._do(restore), id="saved-undo"))

    def _ask_name(self, name: str | None) -> None:
        self._renamed = name
        self._do(lambda: "")
        if name is not None:
            ui.run_javascript("sisim.focus('saved-new-name')")

    def _rename(self, name: str, other: str) -> None:
        def work() -> str:
            rename(self._folder, name, other)
            return t('"{name}" is now called "{other}".', name=name, other=checked_name(other))

        self._renamed = None
        self._do(work)

    # ------------------------------------------------------------------------ what is seen

    def _row(self, file: SavedFile) -> None:
        with Tag("li"):
            if file.name == self._renamed:
                self._new_name(file.name)
                return
            with Tag("div", css="what"):
                Tag("strong", file.name)
                Tag("span", self._told(file))
            with Tag("div", css="listing"):
                for text, do in self._actions(file):
                    button(text, partial(do, file.name), aria_label=f"{text}: {file.name}")

    def _actions(self, file: SavedFile) -> list[tuple[str, Callable[[str], None]]]:
        if file.kind is None:  # it may be somebody's who knows it
            return []
        found = [(t("Open"), self._look)]
        if self._comparable(file):
            found.append((t("Compare with (A)"), self._compare))
        return [
            *found,
            (t("Duplicate"), self._duplicate),
            (t("Rename"), self._ask_name),
            (t("Delete"), self._delete),
        ]

    def _comparable(self, file: SavedFile) -> bool:
        """Return whether a setting is of the scenario that is seen."""
        state = self._state
        if file.kind != "setting" or state.settings.scenario in state.brought:
            return False
        try:
            return state.library.same(file.name, state.settings.scenario)
        except ScenarioError:
            return False

    def _told(self, file: SavedFile) -> str:
        if file.error is not None:
            why = file.error.problems[0].reason.text
            more = f" {file.error.summary()}" if len(file.error.problems) > 1 else ""
            return t("Cannot be opened: {why}", why=why) + more
        kind = t("Scenario") if file.kind == "scenario" else t("Setting")
        when = datetime.fromtimestamp(file.changed)
        return f"{kind}: {file.title.text}. {when:%Y-%m-%d %H:%M}"

    def _new_name(self, name: str) -> None:
        with Tag("div", css="field"):
            Tag("label", t("New name"), for_="saved-new-name")
            Tag("input", id="saved-new-name", type="text", maxlength=80, value=name)
        with Tag("div", css="listing"):
            _with_text(t("Rename"), "saved-new-name", partial(self._rename, name), "saved-rename")
            button(t("Cancel"), lambda: self._ask_name(None), id="saved-cancel")


def _with_text(text: str, field: str, do: Callable[[str], None], place: str) -> None:
    """Put a button on the page that is told what stands in a field."""
    found = Tag("button", text, "button", type="button", id=place)
    value = f"document.getElementById('{field}').value"
    found.on("click", lambda e: do(str(e.args)), js_handler=f"() => emit({value})")


def _why(error: FolderError | ScenarioError | GivenUp) -> str:
    if isinstance(error, ScenarioError):
        return error.render()
    return error.reason.text
