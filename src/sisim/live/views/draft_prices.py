"""Unit prices of a scenario that is being built: those of its pathway, or the reader's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nicegui import ui

from sisim.i18n import source_text, t
from sisim.live.scenario_draft import Key, ScenarioDraft
from sisim.live.tags import Tag, button
from sisim.live.views.draft_fields import DraftFields, place, written
from sisim.report.formats import capital, money_unit
from sisim.scenario.owners import grade_name, owner_of

OVERRIDE = "override"


class DraftPrices:
    """The part of the builder where unit prices are looked up, and others are used instead."""

    def __init__(
        self, draft: ScenarioDraft, fields: DraftFields, changed: Callable[[Key], Any]
    ) -> None:
        self._draft, self._fields, self._changed = draft, fields, changed
        self._chosen = next(iter(draft.pathway.resources), "")
        with Tag("details", id="build-prices", open=bool(self._own()) or None):
            Tag("summary", t("Unit prices of what people use"))
            self._choose()
            self._said = Tag("p", "", "hint", id="build-price-said", role="status")
            button(t("Use another price"), self._use, id="build-price-use")
            self._place = Tag("div")
        self._say(self._chosen)
        self._fill()

    def _choose(self) -> None:
        resources = self._draft.pathway.resources
        with Tag("div", css="entry"):
            Tag("label", t("What is used"), for_="build-price")
            field = Tag("select", id="build-price")
            with field:
                for name, one in resources.items():
                    Tag("option", capital(one.label.text), value=name)
            field.on(
                "change",
                lambda e: self._say(str(e.args)),
                js_handler="(e) => emit(e.target.value)",
            )

    def _say(self, name: str) -> None:
        """Say what the price is, and who answers for it."""
        pathway = self._draft.pathway
        if name not in pathway.resources:
            return
        self._chosen = name
        owner = owner_of(f"resources.{name}.price", pathway.resources[name].price, pathway)
        source = source_text(owner.source) or t("no source stated")
        price = f"{written(pathway.resources[name].price.value)} {self._unit(name)}"
        self._said.set_text(f"{price}. {capital(grade_name(owner.grade))}: {source}")

    def _unit(self, name: str) -> str:
        one = self._draft.pathway.resources[name]
        per = t("{currency} per {unit}", currency=money_unit(), unit=one.unit.text)
        return t("{unit}, prices of {year}", unit=per, year=str(one.price_year))

    def _key(self, name: str) -> Key:
        return OVERRIDE, f"resources.{name}.price"

    def _own(self) -> list[str]:
        """Return the resources that have a price of the reader's own."""
        given = self._draft.data.get(OVERRIDE, {})
        return [n for n in self._draft.pathway.resources if self._key(n)[1] in given]

    def _use(self) -> None:
        name = self._chosen
        if name not in self._own():
            price = self._draft.pathway.resources[name].price
            self._draft.put(self._key(name), {"value": price.value, "grade": "assumption"})
            self._fill()
            self._changed(self._key(name))
        ui.run_javascript(f"sisim.focus({place(self._key(name))!r})")

    def _fill(self) -> None:
        self._fields.forget((OVERRIDE,))
        self._place.clear()
        with self._place:
            for name in self._own():
                label = capital(self._draft.pathway.resources[name].label.text)
                self._fields.owned(self._key(name), label, self._unit(name))
