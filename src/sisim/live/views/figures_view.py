"""The two figures side by side, with the words and numbers around them."""

from __future__ import annotations

import json
from typing import Any

from nicegui import ui

from sisim.analysis.comparison import Which
from sisim.i18n import t
from sisim.live.chart_options import Option
from sisim.live.tags import ChartElement, Script, Tag
from sisim.live.view_state import GUESSED, ViewState
from sisim.live.views import readout
from sisim.report.captions import MEASURES, difference_cells, headline_cells
from sisim.report.comparison_text import caption, conclusion, number_of


class FiguresView:
    """The charts of both figures, or of the one that is shown alone."""

    def __init__(self, state: ViewState, script: Script) -> None:
        self._state, self._script = state, script
        self._charts: dict[Which, ChartElement] = {}
        self._tags: dict[str, Tag] = {}
        self._readout: dict[str, Any] = {}
        shown = state.shown
        css = "pair" if len(shown) > 1 else "pair single"
        with Tag("div", css=css if state.settings.kept is None else f"{css} beside"):
            for which in shown:
                self._figure(which)
        # What is seen at a glance here is read as a table by whoever cannot see it.
        Tag("table", css="readout", id="readout", hidden="hidden", aria_hidden="true")
        self._numbers(shown)
        self._write()

    def draw(self) -> dict[int, Option]:
        """Follow the picture; return what changes in the charts, by their ids."""
        changes = {
            chart.id: change
            for which, chart in self._charts.items()
            if (change := chart.change(self._state.option(which)))
        }
        self._write()
        return changes

    def _figure(self, which: Which) -> None:
        state = self._state
        assert state.picture is not None
        arm = state.scenario.arms[state.picture.comparison.side(which).arm].label.text
        guessing = state.settings.guess and which == GUESSED
        with Tag(
            "section",
            css="figure guessing" if guessing else "figure",
            aria_labelledby=f"head-{which}",
        ):
            with Tag("div", css="head"):
                Tag("h2", f"{number_of(which)}  {arm}", id=f"head-{which}")
                # The one number that is read from the back of the room; the table has it, too.
                with Tag("p", css="headline", aria_hidden="true"):
                    self._tags[f"headline-{which}-spread"] = Tag("span", css="spread")
                    self._tags[f"headline-{which}"] = Tag("strong", id=f"headline-{which}")
            with Tag("div", css="head"):
                self._tags[f"caption-{which}"] = Tag("p", css="caption")
                of = Tag("p", css="headline-of", aria_hidden="true")
                self._tags[f"headline-{which}-of"] = of
            place = f"chart-{which}"
            # A name from the first: what the picture shows is told when it has been drawn.
            chart = ChartElement(state.option(which), place, _heading(which, []))
            self._charts[which] = chart
            if guessing:  # the keyboard draws, too
                chart.props["tabindex"], chart.props["role"] = 0, "application"
            self._tags[f"verdict-{which}"] = Tag("p", css="verdict")
        ui.run_javascript(f"sisim.hold({place!r}, {'guess' if guessing else 'year'!r})")

    def _numbers(self, shown: tuple[Which, ...]) -> None:
        picture = self._state.picture
        assert picture is not None
        headings, _ = headline_cells(picture.comparison, shown)
        said = t("What it comes to")
        # On a phone it is wider than the window.
        scrolled = Tag("div", css="scrolled", role="region", tabindex=0, aria_label=said)
        with scrolled, Tag("table", css="numbers"):
            Tag("caption", said, "sr-only")
            with Tag("thead"), Tag("tr"):
                Tag("td")
                for heading in headings.values():
                    Tag("th", heading, scope="col")
            with Tag("tbody"):
                beside = self._state.settings.kept is not None
                for which in shown:
                    figure = number_of(which)
                    rows = {"": figure}
                    if beside:
                        rows = {
                            "-a": t("{figure}, A", figure=figure),
                            "": t("{figure}, B", figure=figure),
                            "-more": t("B minus A"),
                        }
                    for row, said in rows.items():
                        self._row(f"{which}{row}", said, list(headings))

    def _row(self, row: str, said: str, names: list[str]) -> None:
        with Tag("tr", id=f"numbers-{row}"):
            Tag("th", said, scope="row")
            for name in names:
                with Tag("td", css="net" if name == "net" else ""):
                    self._tags[f"{row}-{name}"] = Tag("span")
                    self._tags[f"{row}-{name}-spread"] = Tag("span", css="spread")

    def _write_kept(self, shown: list[Which]) -> None:
        """Write what setting A comes to, and how much more or less B does."""
        state, kept = self._state, self._state.kept
        assert state.picture is not None
        if state.settings.kept is None:
            return
        now = state.picture.comparison
        cells = headline_cells(kept, shown)[1] if kept is not None else {}
        for which in shown:
            whole = kept is not None and state.reveal(which).whole
            more = difference_cells(now, kept, which) if kept is not None and whole else {}
            for name in MEASURES:
                value, interval = cells.get((which, name), ("…", "")) if whole else ("–", "")
                self._text(f"{which}-a-{name}", value)
                self._text(f"{which}-a-{name}-spread", "" if name == "invested" else interval)
                self._text(f"{which}-more-{name}", more.get(name, "–"))

    def _write(self) -> None:
        """Write the words and numbers around the charts."""
        state = self._state
        assert state.picture is not None
        comparison = state.picture.comparison
        shown = list(self._charts)
        # Nothing is pointed at while a slider is dragged.
        words = self._readout if state.visit.held else readout.words(comparison)
        if words != self._readout:
            self._readout = words
            charts = [f"chart-{which}" for which in shown]
            ui.run_javascript(f"sisim.readout({charts}, {json.dumps(words)})")
        self._write_kept(shown)
        _, cells = headline_cells(comparison, shown)
        for which in shown:
            side, reveal = comparison.side(which), state.reveal(which)
            whole = reveal.whole
            guessing = state.settings.guess and which == GUESSED
            asked = t(
                "What will it cost with the investment? Draw it with the hand, or with the arrow "
                "keys: ← and → choose the year, ↑ and ↓ the cost."
            )
            under = caption(side) if whole else asked if guessing else ""
            self._text(f"caption-{which}", under)
            said = conclusion(comparison, side)
            self._text(f"verdict-{which}", said if whole and reveal.brackets else "")
            net, interval = cells[which, "net"] if whole else ("", "")
            self._text(f"headline-{which}", net)
            self._text(f"headline-{which}-spread", f"({interval})" if interval else "")
            self._text(f"headline-{which}-of", t("Net present value") if whole else "")
            told = [caption(side), said] if whole else [asked] if guessing else []
            self._script.attribute(self._charts[which], "aria-label", _heading(which, told))
            for (whose, name), (value, interval) in cells.items():
                if whose == which:
                    self._text(f"{which}-{name}", value if whole else "–")
                    beside = interval if whole else ""
                    if name == "invested":  # Its parts, for which there is no room beside it.
                        self._script.attribute(self._tags[f"{which}-{name}"], "title", beside)
                    else:
                        self._text(f"{which}-{name}-spread", beside)

    def _text(self, name: str, text: str) -> None:
        self._script.text(self._tags[name], text)


def _heading(which: Which, told: list[str]) -> str:
    """Return what a figure is called by who cannot see it, with what it tells."""
    return ". ".join([number_of(which), *told, t("Key V shows the numbers as a table")])
