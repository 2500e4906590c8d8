"""The HTML that the page is made of: plain tags, with what screen readers need."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Self

import pandas as pd
from nicegui.element import Element
from nicegui.elements import echart  # noqa: F401 (offers Apache ECharts to the browser)
from nicegui.elements.mixins.text_element import TextElement
from nicegui.json import dumps

from sisim.live.chart_options import Option, patch
from sisim.live.visitor_context import in_page

Do = Callable[..., Any]
Open = Callable[[str, Callable[[], Any]], None]
"""Opens a dialog with a title, and what puts its content in place."""


class Script:
    """Texts and attributes that follow a moving hand, changed by the page's own script.

    All that goes through the framework is compared with everything there is on the page. What is
    given here goes beside it, in one message with the curves.
    """

    def __init__(self) -> None:
        self._given: dict[tuple[str, str], str] = {}
        self._waiting: dict[str, dict[str, str]] = {}

    def text(self, tag: Tag, text: str) -> None:
        """Give a tag another text."""
        self._give(tag, "text", text, tag.text)

    def attribute(self, element: Element, name: str, value: str) -> None:
        """Give an element another value of an attribute."""
        self._give(element, name, value, element.props.get(name))

    def taken(self) -> str:
        """Return what has been given since the last time, as JSON."""
        waiting, self._waiting = self._waiting, {}
        return json.dumps(waiting)

    def _give(self, element: Element, name: str, value: str, begun: str | None) -> None:
        place = str(element.props.get("id", element.html_id))
        if self._given.get((place, name), begun) != value:
            self._given[place, name] = value
            self._waiting.setdefault(place, {})[name] = value


class Tag(TextElement):
    """An HTML element with a text and attributes; `aria_label` becomes `aria-label`."""

    def __init__(self, tag: str, text: str = "", css: str = "", **attributes: Any) -> None:
        super().__init__(tag=tag, text=text)
        if css:
            self.classes(css)
        # As an attribute, a value is where an input begins; as a property it would be put back,
        # under the hand, whenever anything else on the page changes.
        begins = attributes.pop("value", None) if tag == "input" else None
        self.say(**attributes)
        if begins is not None:
            self.props["^value"] = begins

    def on(self, type: str, handler: Do | None = None, *args: Any, **more: Any) -> Self:  # noqa: A002
        """Handle an event in the page rather than beside the tag, which may be gone by then."""
        return super().on(type, None if handler is None else in_page(handler), *args, **more)

    def say(self, **attributes: Any) -> Tag:
        """Give attributes another value; None takes one away."""
        for name, value in attributes.items():
            key = name.rstrip("_").replace("_", "-")
            if value is None:
                self.props.pop(key, None)
            elif self.props.get(key) != value:
                self.props[key] = value
        return self


class ChartElement(Element, component="static/chart.js"):
    """A chart, which `sisim.chart(place)` finds, with a text for who cannot see it.

    NiceGUI's own comes a moment after its place, and everything else would have to wait for it.
    """

    def __init__(self, option: Option, place: str, text: str = "") -> None:
        super().__init__()
        self.option = option
        # As text: NiceGUI would wrap and watch every point of every curve.
        self.props["option"], self.props["id"] = dumps(option), place
        self.props["role"], self.props["aria-label"] = "img", text
        self.classes("chart")

    def change(self, option: Option) -> Option:
        """Return what turns the picture into another one, which it is from then on."""
        change, self.option = patch(self.option, option), option
        return change

    def fall(self, option: Option) -> None:
        """Become another picture, whose points go to their places from where they were, or fall."""
        self.option = option
        self.run_method("fall", option)

    def say_what(self, text: str) -> None:
        """Give who cannot see the picture another text."""
        self.props["aria-label"] = text

    def draw(self, option: Option) -> None:
        """Become another picture; from the beginning, where it has other series."""
        before, after = ([one["id"] for one in o["series"]] for o in (self.option, option))
        anew = before != after
        if change := self.change(option):
            self.run_method("change", option if anew else change, anew)


def table_of(rows: pd.DataFrame, caption: str = "", **attributes: Any) -> Tag:
    """Return a table whose first column names its rows."""
    found = Tag("table", css="plan", **attributes)
    with found:
        if caption:
            Tag("caption", caption)
        with Tag("thead"), Tag("tr"):
            for name in rows.columns:
                Tag("th" if str(name) else "td", str(name), scope="col" if str(name) else None)
        with Tag("tbody"):
            for row in rows.itertuples(index=False):
                with Tag("tr"):
                    Tag("th", str(row[0]), scope="row")
                    for cell in row[1:]:
                        Tag("td", str(cell))
    return found


def button(text: str, do: Do, css: str = "", **attributes: Any) -> Tag:
    """Return a button."""
    found = Tag("button", text, f"button {css}".strip(), type="button", **attributes)
    found.on("click", lambda: do())
    return found


def at_once(text: str, script: str, css: str = "", **attributes: Any) -> Tag:
    """Return a button for what a browser does only in answer to a hand, not to a server."""
    found = Tag("button", text, f"button {css}".strip(), type="button", **attributes)
    found.on("click", js_handler=f"() => {{ {script} }}")
    return found


def toggle(text: str, on: bool, do: Do, **attributes: Any) -> Tag:
    """Return a button that is pressed or not."""
    return button(text, do, aria_pressed="true" if on else "false", **attributes)


def icon(sign: str, text: str, do: Do, place: str) -> Tag:
    """Return a button with a sign of the Material Icons, and a text for who cannot see it."""
    return button(sign, do, "icon", aria_label=text, title=text, id=place)
