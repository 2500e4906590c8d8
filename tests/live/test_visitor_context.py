"""Two visitors at once: each is answered in the page, and in the language, that is theirs."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from nicegui import ui
from nicegui.client import Client

from sisim.i18n import Lang, current_language, in_language
from sisim.live.computations import Computations
from sisim.live.visitor_context import in_page, set_reader


def test_a_thread_writes_in_the_language_of_whoever_asked() -> None:
    computations = Computations()

    async def ask(lang: Lang) -> list[Lang]:
        found = []
        with in_language(lang):
            for _ in range(20):
                here = await computations.result(object(), lambda _: current_language())
                found.append(here)
        return found

    async def both() -> list[list[Lang]]:
        return list(await asyncio.gather(ask("sv"), ask("en")))

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(lambda: asyncio.run(both())).result() == [["sv"] * 20, ["en"] * 20]


def test_an_event_is_handled_in_the_page_and_the_language_of_its_visitor() -> None:
    reads: dict[str, Lang] = {"one": "sv", "two": "en"}
    pages, handlers = {}, {}
    for name in reads:
        pages[name] = Client(ui.page(f"/{name}"), request=None)
        with pages[name]:
            set_reader(lambda name=name: reads[name])
            handlers[name] = in_page(lambda: (ui.context.client, current_language()))
    for name in ("one", "two", "one"):
        assert handlers[name]() == (pages[name], reads[name])
    reads["one"] = "en"
    assert handlers["one"]() == (pages["one"], "en")
    pages["one"].delete()
    assert handlers["one"]() is None
    assert handlers["two"]() == (pages["two"], "en")
