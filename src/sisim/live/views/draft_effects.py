"""The effects of a scenario that is being built, and the library that they are taken from."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import Any

from nicegui import ui

from sisim.i18n import current_language, t
from sisim.live.computations import GivenUp, computations
from sisim.live.scenario_draft import Key, ScenarioDraft
from sisim.live.tags import Tag, button
from sisim.live.view_state import ViewState
from sisim.live.views.draft_fields import DraftFields, place, written
from sisim.live.visitor_context import in_page
from sisim.report.formats import capital
from sisim.report.value_library import LibraryValue, scale_names, value_library
from sisim.scenario.owners import grade_name

MOST_SOURCE = 120
"""Letters of a source that are told beside a value of the library."""


class DraftEffects:
    """The part of the builder that says what an investment changes."""

    def __init__(
        self,
        state: ViewState,
        draft: ScenarioDraft,
        fields: DraftFields,
        changed: Callable[[Key], Any],
    ) -> None:
        self._state, self._draft, self._fields, self._changed = state, draft, fields, changed
        self._values: list[LibraryValue] = []
        with Tag("div", css="entry"):
            Tag("label", t("From the library"), for_="build-library")
            self._library = Tag("select", id="build-library")
            with self._library:
                Tag("option", t("Reading the library …"), value="")
            chosen = "document.getElementById('build-library').value"
            take = Tag("button", t("Take it"), "button", type="button", id="build-take")
            take.on("click", lambda e: self._take(str(e.args)), js_handler=f"() => emit({chosen})")
        button(t("An effect of your own"), lambda: self._add(None), id="build-own")
        self._place = Tag("div")
        self._fill()
        self._read()

    @property
    def _key(self) -> Key:
        return (*self._draft.of_investment, "effects")

    # ------------------------------------------------------------------------ the library

    def _read(self) -> None:
        """Read the library, beside the page."""
        pathway, language = self._draft.pathway.name, current_language()
        show = in_page(self._show)

        async def run() -> None:
            key = ("library", pathway, language)
            try:
                show(await computations.result(key, lambda _: _effects(pathway, language)))
            except GivenUp:
                show([])

        self._state.start(run())

    def _show(self, values: list[LibraryValue]) -> None:
        if self._library.is_deleted:
            return
        self._values = values
        self._library.clear()
        with self._library:
            Tag("option", t("Choose an effect …"), value="")
            for at, one in enumerate(values):
                Tag("option", library_words(one), value=str(at))
        ui.run_javascript("sisim.put('build-library', '')")

    def _take(self, chosen: str) -> None:
        if chosen.isdigit() and int(chosen) < len(self._values):
            self._add(self._values[int(chosen)])

    # ------------------------------------------------------------------------ the effects

    def _add(self, one: LibraryValue | None) -> None:
        self._draft.add_effect(one)
        number = len(self._draft.effects) - 1
        self._fill()
        self._changed(self._key)
        ui.run_javascript(f"sisim.focus({place((*self._key, number, 'ratio'))!r})")

    def _remove(self, number: int) -> None:
        self._draft.remove_effect(number)
        self._fill()
        self._changed(self._key)
        ui.run_javascript("sisim.focus('build-own')")

    def _fill(self) -> None:
        self._fields.forget(self._key)
        self._place.clear()
        with self._place:
            for number, effect in enumerate(self._draft.effects):
                self._effect(number, effect)
            self._fields.place_for(self._key)

    def _effect(self, number: int, effect: dict[str, Any]) -> None:
        key, fields = (*self._key, number), self._fields
        heading = t("Effect {n}", n=number + 1)
        with Tag("div", css="effect", role="group", aria_label=heading):
            with Tag("div", css="head"):
                Tag("h3", heading)
                text = t("Remove")
                remove = partial(self._remove, number)
                button(text, remove, aria_label=f"{text}: {heading}", id=place((*key, "remove")))
            self._on(key, effect)
            if "adds" in effect or "sets" in effect:
                field = "adds" if "adds" in effect else "sets"
                fields.owned((*key, field), t("Amount a year"), ranged=True)
            else:
                hint = t("1: nothing; 0.8: a fifth less; 1.2: a fifth more")
                fields.owned((*key, "ratio"), t("Times as often"), hint, ranged=True)
                usual = str(effect.get("scale", "rate_ratio"))
                scales = {name: capital(text) for name, text in scale_names().items()}
                fields.choice((*key, "scale"), t("What is multiplied"), scales, chosen=usual)
            self._whom(key, effect)
            self._lasts(key, effect)
            if "instead" in effect or "harm" in effect:
                Tag("p", t("With what is given instead, and the harm it may do, as in its file."))

    def _on(self, key: Key, effect: dict[str, Any]) -> None:
        known = self._draft.pathway.transitions
        labels = {
            name: name if one.label is None else capital(one.label.text)
            for name, one in known.items()
        }
        on = [effect["on"]] if isinstance(effect["on"], str) else effect["on"]
        if len(on) == 1 and on[0] in known:
            self._fields.choice(
                (*key, "on"),
                t("What it changes"),
                labels,
                lambda chosen: self._draft.put((*key, "on"), [chosen]),
                on[0],
            )
            return
        with Tag("div", css="entry"):
            Tag("span", t("What it changes"))
            Tag("span", "; ".join(labels.get(one, one) for one in on))
            self._fields.place_for((*key, "on"))

    def _whom(self, key: Key, effect: dict[str, Any]) -> None:
        whom = {
            "participants": t("Those who take part"),
            "area": t("Everyone, in the new way of working"),
        }

        def put(chosen: str) -> None:
            area = chosen == "area"
            self._draft.put((*key, "acts_on"), "area" if area else None)
            self._draft.put((*key, "phase"), "new_way" if area else None)

        chosen = str(effect.get("acts_on", "participants"))
        self._fields.choice((*key, "acts_on"), t("For whom"), whom, put, chosen)

    def _lasts(self, key: Key, effect: dict[str, Any]) -> None:
        kinds = {
            "none": t("Gone when they leave"),
            "half_life": t("Halved after some years"),
            "permanent": t("For good"),
        }
        kind, part = (*key, "persistence", "kind"), (*key, "persistence")
        years = (*part, "years")

        def put(chosen: str) -> None:
            if chosen == "half_life":
                had = self._draft.get(years) or {"grade": "assumption"}
                self._draft.put(part, {"kind": chosen, "years": had})
            else:
                self._draft.put(part, None if chosen == "none" else {"kind": chosen})
            fill()

        chosen = str(effect.get("persistence", {}).get("kind", "none"))
        self._fields.choice(kind, t("How long it lasts"), kinds, put, chosen)
        place_of_years = Tag("div")

        def fill() -> None:
            self._fields.forget(years)
            place_of_years.clear()
            if self._draft.get(kind) == "half_life":
                with place_of_years:
                    self._fields.owned(years, t("Halved after"), t("years"))

        fill()


@cache
def _effects(pathway: str, _language: str) -> list[LibraryValue]:
    """Return the effects of the library for a pathway, whose words are in the current language."""
    effects = (one for one in value_library(pathway) if one.kind == "effect")
    return list({library_words(one): one for one in effects}.values())


def library_words(one: LibraryValue) -> str:
    """Return a value of the library on one line: what, how much, how sure, and where it is read."""
    source = one.source or t("no source stated")
    short = source if len(source) <= MOST_SOURCE else f"{source[:MOST_SOURCE]}…"
    told = f"{capital(one.what)}: {written(one.value)} {one.unit}"
    return f"{told} ({grade_name(one.grade)}; {short})"
