"""Fields of a scenario that is being built: each with its label, and what is wrong below it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from nicegui import ui

from sisim.i18n import current_language, source_text, t
from sisim.live.scenario_draft import Key, ScenarioDraft, Wrong
from sisim.live.tags import Tag
from sisim.scenario.owners import grade_name

GRADES = ("measured", "derived", "literature", "assumption")
TELLS = "(e) => emit(e.target.value)"


class DraftFields:
    """Fields, by the key of what is entered in them.

    Args:
        draft: The scenario.
        changed: Is told the key of what has been entered.
    """

    def __init__(self, draft: ScenarioDraft, changed: Callable[[Key], Any]) -> None:
        self._draft, self._changed = draft, changed
        self._wrong: dict[str, tuple[Tag, Sequence[Tag]]] = {}
        self._touched: set[str] = set()

    # ------------------------------------------------------------------------ kinds of fields

    def text(self, key: Key, label: str, put: Callable[[str], Any] | None = None) -> None:
        """Add a field for a text."""
        write = put or (lambda text: self._draft.put(key, text.strip()))
        value = self._draft.get(key)
        shown = value.get(current_language(), "") if isinstance(value, dict) else value or ""
        with Tag("div", css="entry"):
            Tag("label", label, for_=place(key))
            field = self._input(place(key), shown, self._then(key, write))
            self._told(key, [field])

    def number(self, key: Key, label: str, hint: str = "") -> None:
        """Add a field for a number that has no owner of its own."""
        with Tag("div", css="entry"):
            Tag("label", label, for_=place(key))

            def enter(text: str) -> None:
                self._draft.put_number(key, text)
                self._entered(key)

            field = self._input(place(key), written(self._draft.get(key)), enter, "number")
            if hint:
                Tag("span", hint, "hint")
            self._told(key, [field])

    def owned(self, key: Key, label: str, hint: str = "", *, ranged: bool = False) -> None:
        """Add fields for a number, its source and its grade; with its range, where asked for."""
        draft, at = self._draft, place(key)
        ends = {"low": t("At least"), "high": t("At most")} if ranged else {}
        parts = {part: f"{at}-{part}" for part in ("source", "grade", *ends)}

        def enter(text: str) -> None:
            draft.put_owned(key, "value", text)
            for part, where in parts.items():  # that of the value before is not this one's
                ui.run_javascript(f"sisim.put({where!r}, {self._owner(key, part)!r})")
            self._entered(key)

        def own(part: str, text: str) -> None:
            draft.put_owned(key, part, text.strip())
            self._entered(key)

        with Tag("div", css="entry owned", role="group", aria_label=label):
            with Tag("span"):
                Tag("label", label, for_=at)
                if hint:
                    Tag("span", f" ({hint})", "hint")
            unread = draft.get((*key, "value"))
            value = draft.get(key) if unread is None else unread
            field = self._input(at, written(value), enter, "number")
            fields = [field]
            with Tag("span", css="whose"):
                for end, text in ends.items():
                    Tag("label", text, for_=parts[end])
                    now = draft.get((*key, end))
                    put = partial(own, end)
                    fields.append(self._input(parts[end], written(now), put, "number"))
                Tag("label", t("Source"), for_=parts["source"])
                self._input(
                    parts["source"], self._owner(key, "source"), lambda text: own("source", text)
                )
                Tag("label", t("Grade"), for_=parts["grade"])
                grades = {"": "–", **{grade: grade_name(grade) for grade in GRADES}}
                self._select(
                    parts["grade"],
                    grades,
                    self._owner(key, "grade"),
                    lambda text: own("grade", text),
                )
            self._told(key, fields)

    def choice(
        self,
        key: Key,
        label: str,
        choices: Mapping[str, str],
        put: Callable[[str], Any] | None = None,
        chosen: str | None = None,
    ) -> None:
        """Add a list to choose from; what the file says and is no choice stays until one is."""
        write = put or (lambda text: self._draft.put(key, text))
        now = self._draft.get(key) if chosen is None else chosen
        known = dict(choices)
        if not isinstance(now, str) or now not in known:
            known = {"": t("as in the file") if now else "–", **known}
            now = ""
        with Tag("div", css="entry"):
            Tag("label", label, for_=place(key))
            field = self._select(place(key), known, now, self._then(key, write))
            self._told(key, [field])

    def tick(self, key: Key, label: str, on: bool, put: Callable[[bool], Any]) -> None:
        """Add a box to tick."""
        with Tag("div", css="entry tick"):
            box = Tag("input", type="checkbox", id=place(key), checked=on or None)
            Tag("label", label, for_=place(key))

            def enter(event: Any) -> None:
                put(bool(event.args))
                self._entered(key)

            box.on("change", enter, js_handler="(e) => emit(e.target.checked)")
            self._told(key, [box])

    def ticks(self, key: Key, choices: Mapping[str, str]) -> None:
        """Add boxes to tick, of which those that are ticked are a list in the file."""

        def put(one: str, on: bool) -> None:
            now = {name for name in self._draft.get(key) or [] if name != one}
            self._draft.put(key, [name for name in choices if name in now or (on and name == one)])

        for name_, text in choices.items():
            chosen = name_ in (self._draft.get(key) or [])
            self.tick((*key, name_), text, chosen, partial(put, name_))

    # ------------------------------------------------------------------------ what is wrong

    def show(self, wrong: Sequence[Wrong], *, all_: bool) -> list[str]:
        """Say what is wrong at the fields where it was entered.

        Args:
            wrong: What is wrong, by its key.
            all_: Also at fields in which nothing has yet been entered.

        Returns:
            What is wrong at no field.
        """
        said: dict[str, list[str]] = {name: [] for name in self._wrong}
        elsewhere = []
        for key, text in wrong:
            # What is overridden is told of by where it takes effect.
            told = (f"{key}.", f"override.{key}.")
            at = max(
                (n for n in said if any(one.startswith(f"{n}.") for one in told)),
                key=len,
                default=None,
            )
            if at is None:
                elsewhere.append(f"{key}: {text}" if key else text)
            elif all_ or at in self._touched:
                said[at].append(text)
        for name, texts in said.items():
            tag, fields = self._wrong[name]
            if tag.is_deleted:
                continue
            tag.set_text(" ".join(texts))
            tag.say(hidden=None if texts else "hidden")
            for field in fields:
                field.say(aria_invalid="true" if texts else None)
        return elsewhere

    def place_for(self, key: Key) -> None:
        """Say here what is wrong at a key that has no field of its own."""
        self._told(key, [])

    def forget(self, start: Key) -> None:
        """Forget the fields of a part that is put together anew."""
        head = name(start)
        self._wrong = {n: one for n, one in self._wrong.items() if not f"{n}.".startswith(head)}

    def _told(self, key: Key, fields: Sequence[Tag]) -> None:
        where = f"{place(key)}-wrong"
        self._wrong[name(key)] = (Tag("p", "", "wrong", id=where, hidden="hidden"), fields)
        for field in fields:
            field.say(aria_describedby=where)

    # ------------------------------------------------------------------------ parts of fields

    def _entered(self, key: Key) -> None:
        self._touched.add(name(key))
        self._changed(key)

    def _then(self, key: Key, write: Callable[[str], Any]) -> Callable[[str], None]:
        def enter(text: str) -> None:
            write(text)
            self._entered(key)

        return enter

    def _owner(self, key: Key, part: str) -> str:
        found = self._draft.get(key)
        said = found.get(part) if isinstance(found, dict) else None
        if part in ("low", "high"):
            return written(said)
        # A source of a ready file is read in the reader's language; in the file it stays.
        return str((source_text(said) if part == "source" else said) or "")

    def _input(self, at: str, value: str, enter: Callable[[str], Any], css: str = "") -> Tag:
        numeric = {"inputmode": "decimal"} if css == "number" else {}
        field = Tag(
            "input", css=css, id=at, type="text", value=value, autocomplete="off", **numeric
        )
        field.on("change", lambda e: enter(str(e.args)), js_handler=TELLS)
        return field

    def _select(
        self, at: str, choices: Mapping[str, str], now: str, enter: Callable[[str], Any]
    ) -> Tag:
        field = Tag("select", id=at)
        with field:
            for value, text in choices.items():
                Tag("option", text, value=value, selected="selected" if value == now else None)
        field.on("change", lambda e: enter(str(e.args)), js_handler=TELLS)
        return field


def name(key: Key) -> str:
    """Return a key with dots."""
    return ".".join(map(str, key))


def place(key: Key) -> str:
    """Return the id of the field of a key."""
    return "build-" + "-".join(map(str, key)).replace(".", "-").replace("_", "-")


def written(value: Any) -> str:
    """Return a number as it stands in its field."""
    if isinstance(value, dict):
        value = value.get("value", value.get("formula"))
    if value is None or isinstance(value, str):
        return value or ""
    text = f"{value:.12g}" if isinstance(value, float) else str(value)
    return text.replace(".", ",") if current_language() == "sv" else text
