"""Areas of a scenario that is being built, and in which of them it is invested."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from nicegui import ui

from sisim.i18n import t
from sisim.live.scenario_draft import AREAS, Key, ScenarioDraft
from sisim.live.tags import Tag, button
from sisim.live.views.draft_fields import DraftFields, place


class DraftAreas:
    """The part of the builder where a municipality is divided."""

    def __init__(
        self, draft: ScenarioDraft, fields: DraftFields, changed: Callable[[Key], Any]
    ) -> None:
        self._draft, self._fields, self._changed = draft, fields, changed
        with Tag("details", id="build-areas", open=bool(draft.areas) or None):
            Tag("summary", t("Areas of the municipality"))
            self._place = Tag("div")
        self._fill()

    @property
    def _where(self) -> Key:
        return (*self._draft.of_investment, "areas")

    def _fill(self) -> None:
        for key in (AREAS, self._where):
            self._fields.forget(key)
        self._place.clear()
        with self._place:
            for number, name in enumerate(self._draft.areas, start=1):
                self._area(number, name)
            self._fields.place_for(AREAS)
            button(t("Add an area"), self._add, id="build-area-add")
            if self._draft.areas:
                Tag("p", t("It is invested in those that are ticked; in all, if none is."))
                self._fields.ticks(self._where, self._draft.areas)
                self._fields.place_for(self._where)

    def _area(self, number: int, name: str) -> None:
        heading, key = t("Area {n}", n=number), (*AREAS, name)
        with Tag("div", css="effect", role="group", aria_label=heading):
            with Tag("div", css="head"):
                Tag("h3", heading)
                text, at = t("Remove"), place((*key, "remove"))
                button(text, partial(self._remove, name), aria_label=f"{text}: {heading}", id=at)
            self._fields.text((*key, "label"), t("What it is called"))
            self._fields.number((*key, "share"), t("Share of those who are born"), t("0 to 1"))

    def _add(self) -> None:
        name = self._draft.add_area()
        self._fill()
        self._changed(AREAS)
        ui.run_javascript(f"sisim.focus({place((*AREAS, name, 'label'))!r})")

    def _remove(self, name: str) -> None:
        self._draft.remove_area(name)
        self._fill()
        self._changed(AREAS)
        ui.run_javascript("sisim.focus('build-area-add')")
