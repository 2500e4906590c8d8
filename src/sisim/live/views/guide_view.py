"""The guide for who leads a room, to print: what to show, ask and expect, minute by minute."""

from __future__ import annotations

from nicegui import ui
from nicegui.client import Client

from sisim.analysis.comparison import Comparison
from sisim.i18n import Lang, t
from sisim.live.facilitator_guide import LessonPart, guide, preparations
from sisim.live.tags import Tag, at_once
from sisim.live.views.page import Page
from sisim.live.visit_phase import SETTLED
from sisim.live.visitor_context import in_page, set_reader
from sisim.report.comparison_text import footer, scope
from sisim.report.replication_words import few_runs


class GuideView:
    """Holds what the page that it belongs to shows: its answers follow the sliders there.

    Args:
        page: The page that the room sees; None where it has been closed.
        lang: The language where there is no page to ask.
    """

    def __init__(self, page: Page | None, lang: Lang) -> None:
        self._page = page
        self._client: Client = ui.context.client
        self._root = Tag("main", css="guide")
        if page is None:
            set_reader(lambda: lang)
        else:
            state = page.state
            set_reader(lambda: state.settings.lang, lambda: state.scenario.pathway.currency)
        follow = in_page(self._draw)
        if page is not None:
            page.follow(follow)
            self._client.on_delete(lambda: page.unfollow(follow))
        follow()

    def _draw(self) -> None:
        page = self._page
        if page is None or page.client.is_deleted:
            if not self._root.default_slot.children:  # what has been read stays
                with self._root:
                    Tag("p", t("Open the guide from a page, by More … or by ?."), role="status")
            return
        state = page.state
        ui.run_javascript(f"sisim.dress({state.settings.lang!r}, false)")  # as on paper
        self._root.clear()
        with self._root:
            if state.scenario.figures is None:
                Tag("p", t("The scenario has no [arms], so there is nothing to compare."))
            elif state.picture is None or state.visit.phase is not SETTLED:
                Tag("p", t("Simulating …"), role="status")
            else:
                self._write(state.picture.comparison)

    def _write(self, comparison: Comparison) -> None:
        with Tag("div", css="head"):
            title = comparison.scenario.title.text
            Tag("h1", t("Guide for 45 minutes: {title}", title=title))
            at_once(t("Print (A4)"), "print()", id="print")
        with Tag("ul"):
            for line in preparations():
                Tag("li", line)
        with Tag("table"):
            with Tag("thead"), Tag("tr"):
                for text in (t("Minutes"), t("Show"), t("Ask"), t("Expect")):
                    Tag("th", text, scope="col")
            with Tag("tbody"):
                for moment in guide(comparison):
                    self._moment(moment)
        Tag("p", scope(comparison), "made")
        for line in few_runs(comparison.replications):
            Tag("p", line, "made")
        Tag("p", footer(comparison.result), "made")

    def _moment(self, moment: LessonPart) -> None:
        with Tag("tr"):
            Tag("th", f"{moment.first}–{moment.last}", scope="row")
            with Tag("td"):
                Tag("h2", moment.title)
                for key, text in moment.press:
                    with Tag("p"):
                        Tag("kbd", key)
                        Tag("span", text)
            for column, lines in ((t("Ask"), moment.ask), (t("Expect"), moment.expect)):
                with Tag("td", data_column=column):  # on a phone there is no row of headings
                    for line in lines:
                        Tag("p", line)
