"""The speaker's own window: what to say at this step and what comes next, while a room looks on."""

from __future__ import annotations

from nicegui import ui
from nicegui.client import Client

from sisim.i18n import Lang, t
from sisim.live.narration import Step, narration_steps
from sisim.live.tags import Tag, button
from sisim.live.views.page import Page
from sisim.live.visitor_context import in_page, set_reader


class Speaker:
    """Follows a page, and passes a clicker's keys on to it.

    Args:
        page: The page that the room sees; None where it has been closed.
        lang: The language where there is no page to ask.
    """

    def __init__(self, page: Page | None, lang: Lang) -> None:
        self._page = page
        self._client: Client = ui.context.client
        if page is None:
            set_reader(lambda: lang)
        else:
            state = page.state
            set_reader(lambda: state.settings.lang, lambda: state.scenario.pathway.currency)
        in_page(self._build)(page)

    def _build(self, page: Page | None) -> None:
        with Tag("main", css="speaker"):
            self._words = Tag("div", css="words")
            with Tag("div", css="group") as self._group:
                self._buttons = {
                    name: button("", lambda name=name: self._press(name), id=f"do-{name}")
                    for name in ("previous", "next", "blank")
                }
        if page is not None:
            follow = in_page(self._draw)
            page.follow(follow)
            self._client.on_delete(lambda: page.unfollow(follow))
            ui.on("key", lambda event: page.press(event.args))
            if page.state.settings.notes:
                page.press("quiet")  # the room need not read what stands here
        self._draw()

    def _press(self, name: str) -> None:
        if self._page is not None:
            self._page.press(name)

    def _draw(self) -> None:
        page = self._page
        self._words.clear()
        self._group.say(hidden="hidden")
        with self._words:
            if page is None or page.client.is_deleted:
                Tag(
                    "p",
                    t(
                        "The page that these notes belong to has been closed. Open them again "
                        "from a page.",
                    ),
                    role="status",
                )
                return
            s, picture = page.state.settings, page.state.picture
            ui.run_javascript(f"sisim.dress({s.lang!r}, {str(s.dark).lower()})")
            if picture is None:
                Tag("p", t("Simulating …"), role="status")
                return
            ui.run_javascript(f"sisim.write({{}}, {str(page.state.visit.phase)!r})")
            self._step(narration_steps(picture.comparison), s.told)

    def _step(self, steps: list[Step], told: int | None) -> None:
        coming = 0 if told is None else told + 1
        if told is None:
            Tag("h1", t("The story has not begun"), id="now")
            Tag("p", t("PageDown, or the clicker, begins it."))
        else:
            n, of = str(told + 1), str(len(steps))
            Tag("h1", t("{n} of {of}: {step}", n=n, of=of, step=steps[told].name), id="now")
            with Tag("div", css="notes", id="notes", role="status"):
                for line in steps[told].notes:
                    Tag("p", line)
        with Tag("section", css="next", aria_labelledby="next"):
            if coming < len(steps):
                Tag("h2", t("Next: {step}", step=steps[coming].name), id="next")
                for line in steps[coming].notes:
                    Tag("p", line)
            else:
                Tag("h2", t("This is the last step"), id="next")
        self._group.say(hidden=None)
        for name, text, off in (
            ("previous", t("Previous step"), not told),
            ("next", t("Next step"), coming >= len(steps)),
            ("blank", t("Blank screen"), False),
        ):
            self._buttons[name].set_text(text)
            self._buttons[name].say(disabled="disabled" if off else None)
