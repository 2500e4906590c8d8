"""Dialogs of the page: keys, presets, what can be saved, and the numbers as a table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nicegui import ui

from sisim.i18n import t
from sisim.live import exports
from sisim.live.presets import presets, what_ifs
from sisim.live.report_download import ReportDownload
from sisim.live.tags import Tag, at_once, button
from sisim.live.view_state import ViewState
from sisim.live.views import readout
from sisim.live.views.folder_view import FolderView
from sisim.live.visitor_context import in_page
from sisim.scenario.errors import ScenarioError

EVERY = 0.5
"""Seconds between two looks at how far the decision document has come."""


class Dialogs:
    """The one dialog that is open at a time, on a page whose root is given."""

    def __init__(self, state: ViewState, root: Tag) -> None:
        self._state, self._root = state, root
        self._dialog: Tag | None = None
        self._report = ReportDownload(state)

    def open(self, title: str, fill: Callable[[], Any]) -> None:
        """Open a dialog, whose content `fill` puts in place."""
        if self._dialog is not None:
            self._dialog.delete()
        with self._root:
            self._dialog = Tag("dialog", aria_label=title, id="dialog")
            with self._dialog:
                # What is read first has the focus; a long one would else begin at its end.
                Tag("h2", title, tabindex="-1", autofocus="autofocus")
                fill()
                shut = "document.getElementById('dialog').close()"
                button(t("Close"), lambda: ui.run_javascript(shut))
        ui.run_javascript("setTimeout(() => document.getElementById('dialog')?.showModal(), 30)")

    def keys(self) -> None:
        """List the keys, and what they do."""
        keys = [
            ("PageDown  PageUp", t("next and previous step of the story")),
            (
                "← →",
                t("move the marked year; steps of the story, years of the people, evaluations"),
            ),
            ("1  2  0", t("figure 1, figure 2, both")),
            ("T  G  S", t("tell, guess first, speaker notes")),
            ("V", t("the numbers behind the pictures, as a table")),
            ("P", t("speaker notes in a window of their own")),
            ("N  R  Z", t("new seed, reset, undo")),
            ("C", t("keep this as A, and go on to B; once more: drop A")),
            ("A", t("a new scale of the axes")),
            ("O", t("what has been saved in the folder")),
            ("F  B  D  L", t("full screen, blank, dark, language")),
            (t("Space"), t("play or pause the people")),
        ]

        def fill() -> None:
            with Tag("dl", css="keys"):
                for key, text in keys:
                    with Tag("dt"):
                        Tag("kbd", key)
                    Tag("dd", text)
            at_once(t("Guide for 45 minutes, to print"), "sisim.guide()", id="open-guide")

        self.open(t("Keys"), fill)

    def table(self) -> None:
        """Show the numbers behind the curves."""
        state = self._state
        if state.picture is not None:
            comparison = state.picture.comparison
            seen = [which for which in state.shown if state.reveal(which).whole]
            title = t("The numbers behind the curves")
            self.open(title, lambda: readout.table(comparison, seen, state.kept))

    def save(self) -> None:
        """Offer what can be taken home."""

        def fill() -> None:
            if self._state.library.folder is not None:
                button(t("In the folder …"), self.folder, id="save-folder")
            with Tag("div", css="listing"):
                for name, text in (
                    ("svg", t("The picture (SVG)")),
                    ("png", t("The picture (PNG)")),
                    ("csv", t("The numbers (CSV)")),
                    ("toml", t("The scenario file (TOML)")),
                ):
                    button(
                        text,
                        lambda name=name: exports.save(self._state, name),
                        id=f"save-{name}",
                    )
                shut = "document.getElementById('dialog').close(); setTimeout(print, 100)"
                at_once(t("Print (A4)"), shut, id="print")
                button(t("Show as a table"), self.table, id="show-table")
                copied = t("The link has been copied")
                at_once(t("Copy the link"), f"sisim.copy({copied!r})", id="copy-link")
                Tag("p", id="copied", css="status", role="status")
                button(t("The decision document (HTML)"), self._report.begin, id="save-report")
                said = Tag("p", self._report.said, id="report-said", role="status")
                ui.timer(EVERY, in_page(lambda: said.set_text(self._report.said)))

        self.open(t("Save …"), fill)

    def folder(self) -> None:
        """Show what has been saved in the folder, if there is one."""
        if self._state.library.folder is not None:
            FolderView(self._state, self._state.library.folder, self.open).show()

    def presets(self) -> None:
        """Offer presets of the sliders, and single changes."""
        state = self._state

        def apply(values: dict[str, float]) -> None:
            state.change(values={**state.settings.values, **values})

        def fill() -> None:
            kept = state.settings.kept is not None
            keep = t("Drop A") if kept else t("Keep this as A, and change it to B")
            button(keep, self._keep, id="wish-keep")
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
                                lambda preset=preset: apply(preset.values),
                                id=f"wish-{preset.id}",
                            )

        self.open(t("What if …"), fill)

    def _keep(self) -> None:
        self._state.keep()
        ui.run_javascript("document.getElementById('dialog').close()")

    def problems(self, error: ScenarioError) -> None:
        """Show what is wrong in a file, as `sisim check` says it."""

        def fill() -> None:
            Tag("pre", error.render(), role="alert")
            Tag("p", error.summary())

        self.open(t("The scenario cannot be opened"), fill)
