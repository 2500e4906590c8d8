"""The server of the live page: on this machine alone unless asked otherwise."""

from __future__ import annotations

import asyncio
import errno
import gc
import json
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any

from nicegui import app, background_tasks, core, ui
from nicegui.client import Client
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp

from sisim.analysis.comparison import WHICH, compare
from sisim.engine.machine_code import on_disk
from sisim.engine.simulation import Progress
from sisim.i18n import LANGUAGES, Lang, current_language, in_language, t
from sisim.live.chart_options import Look, figure
from sisim.live.computations import GivenUp, computations
from sisim.live.http_guard import HttpGuard, is_loopback, names_of
from sisim.live.room import Room
from sisim.live.room_listener import ListenAddress, config, serve_beside
from sisim.live.room_server import ParticipantServer
from sisim.live.room_words import Labels
from sisim.live.saved_folder import SavedFolder
from sisim.live.scenario_library import Library, SessionKey
from sisim.live.scenario_session import ScenarioSession
from sisim.live.settings import Settings
from sisim.live.tags import Tag
from sisim.live.views.guide_view import GuideView
from sisim.live.views.page import Page, usual
from sisim.live.views.room_view import RoomView
from sisim.live.views.speaker_view import Speaker
from sisim.loading.load import load_scenario
from sisim.portable import trim_memory
from sisim.report.comparison_chart import Scales
from sisim.report.comparison_text import footer, scope
from sisim.scenario.errors import ScenarioError

HERE = "127.0.0.1"
FIRST_PORT = 8480
"""Where a free port is looked for first."""
PATIENCE = 30.0
"""Seconds that a page and the server may lose sight of each other: while a machine is busy, or a
network slow. After that the page begins anew from its address."""
HISTORY = 100
"""Messages that are kept for a page that loses sight of the server: each may be a whole picture."""
LARGEST = 2**20
"""Bytes of the largest message that a page sends; NiceGUI sends no larger one."""
MOST_UNMET, SOON = 100, 30.0
"""So many pages, and for so many seconds each, are there without having connected."""
MOST_PAGES = 300
"""So many pages are open at a time; each takes a few MB."""
STATIC = Path(__file__).with_name("static")
COMPILE = "from sisim.engine.machine_code import compile_engine; compile_engine()"


class PortTaken(OSError):  # noqa: N818 (what is the matter)
    """Something else answers at the port that was asked for."""


def free_port(host: str, wanted: int | None) -> int:
    """Return the port that was asked for, or the first free one.

    Raises:
        PortTaken: If the port that was asked for is taken.
        OSError: If the host is none of this machine's.
    """
    if wanted is not None:
        try:
            return _bound(host, wanted)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise PortTaken(*error.args) from error
            raise
    for port in range(FIRST_PORT, FIRST_PORT + 50):
        try:
            return _bound(host, port)
        except OSError:
            continue
    return _bound(host, 0)


def _bound(host: str, port: int) -> int:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as place:
        place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        place.bind((host, port))
        return int(place.getsockname()[1])


def serve(
    source: str,
    *,
    at: ListenAddress,
    overrides: Mapping[str, Any] | None = None,
    seed: int | None = None,
    show: bool = True,
    ready: Callable[[str], None] = lambda _: None,
    room: TeacherRoom | None = None,
    folder: Path | None = None,
) -> None:
    """Serve the live page until it is interrupted.

    Args:
        source: A scenario file, or the name of a ready one.
        at: Where it is listened, and under which further names.
        overrides: Other values in the scenario, by dotted path.
        seed: The seed; unset: the scenario's.
        show: Open it in a browser.
        ready: Is told the address when it can be opened.
        room: A room, whose participants reach it elsewhere; unset: there is none.
        folder: Where visitors save what they want to keep; unset: nowhere.
    """
    host, port, names = at.host, at.port, at.names
    library = Library(source, overrides, None if folder is None else SavedFolder(folder))
    begin = usual(Settings(lang=current_language()), library)
    if seed is not None:
        begin = replace(begin, seed=seed)
    add_page(library, begin)
    if room is not None:
        add_room(room, begin.lang)
    compiled = on_disk()
    if not compiled:
        computations.ready.clear()
    # It stands next to the application: what is sent is compressed after it.
    app.add_middleware(HttpGuard, names=names_of(host, names), lang=begin.lang)
    # NiceGUI sends no header of its own for other origins; that they ask is refused above.
    core.sio.eio.cors_allowed_origins = []

    def started() -> None:
        background_tasks.create(get_ready(library, begin, compiled=compiled))
        path = "" if room is None else "room"
        ready(f"http://{f'[{host}]' if ':' in host else host}:{port}/{path}")

    app.on_startup(started)
    app.on_shutdown(library.analyses.stop)
    ui.run(
        host=host,
        port=port,
        show="/room" if show and room is not None else show,
        reload=False,
        title="sisim",
        favicon="◆",
        tailwind=False,
        show_welcome_message=False,
        binding_refresh_interval=None,
        uvicorn_logging_level="warning",
        reconnect_timeout=PATIENCE,
        message_history_length=HISTORY,
        # Within a computer, compressing takes longer than sending.
        gzip_middleware_factory=None if is_loopback(host) else _compressing,
        ws_per_message_deflate=not is_loopback(host),
        ws_max_size=LARGEST,
        server_header=False,
    )


def _compressing(application: ASGIApp) -> GZipMiddleware:
    # The least takes off nearly as much as the most, in a tenth of the time.
    return GZipMiddleware(application, minimum_size=1000, compresslevel=1)


def add_page(library: Library, begin: Settings) -> None:
    """Put the page where the server answers."""
    app.add_static_files("/sisim", str(STATIC))
    head = (
        '<link rel="stylesheet" href="/sisim/page.css"><script src="/sisim/page.js"></script>'
        '<script src="/sisim/dots.js"></script><script src="/sisim/arrivals.js"></script>'
        '<script src="/sisim/readout.js"></script>'
    )

    pages: dict[str, Page] = {}
    unmet = Unmet()

    def left(of: str) -> None:
        pages.pop(of, None)
        if not pages:
            library.release()
            # Once what led here has returned: until then it is still held.
            asyncio.get_running_loop().call_later(1.0, give_back_memory)

    @ui.page("/", title="sisim")
    def live(request: Request) -> None:
        query = dict(request.query_params)
        ui.add_head_html(head)
        with in_language(Settings.of(query, begin, {}).lang):
            ui.add_head_html(_when_it_fails())

        def build() -> None:
            if len(pages) >= MOST_PAGES:
                with in_language(Settings.of(query, begin, {}).lang):
                    text = t("The page is open {n} times, which is all it takes.", n=len(pages))
                    Tag("p", text, role="alert")
                return
            page = Page(library, begin, query)
            of = page.client.id
            pages[of] = page
            page.client.on_delete(lambda: left(of))

        unmet.when_connected(build)

    @ui.page("/speaker/{of}", title="sisim")
    def speaker(of: str) -> None:
        ui.add_head_html(head)
        ui.add_head_html("<script>window.sisim_remote = true</script>")
        unmet.when_connected(lambda: Speaker(pages.get(of), begin.lang))

    @ui.page("/guide/{of}", title="sisim")
    def guide(of: str) -> None:
        ui.add_head_html(head)
        page = pages.get(of)
        with in_language(begin.lang if page is None else page.state.settings.lang):
            ui.add_head_html(_when_it_fails())
        unmet.when_connected(lambda: GuideView(pages.get(of), begin.lang))

    app.add_exception_handler(404, _nothing_here)


@dataclass(frozen=True)
class TeacherRoom:
    """A room that is led from this computer.

    Attributes:
        room: The room.
        texts: What its projects and administrations are called.
        place: Where participants reach it.
    """

    room: Room
    texts: Labels
    place: ListenAddress


def add_room(room: TeacherRoom, lang: Lang) -> None:
    """Put the teacher's screen where the server answers, and the participants' page elsewhere."""
    participants = ParticipantServer(room.room, room.room.game, room.texts, lang)
    serve_beside(config(room.place, participants, lang))
    head = '<link rel="stylesheet" href="/sisim/page.css"><script src="/sisim/page.js"></script>'
    unmet = Unmet()

    @ui.page("/room", title="sisim")
    def teacher(request: Request) -> None:
        query = dict(request.query_params)
        ui.add_head_html(head)
        with in_language(next((one for one in LANGUAGES if one == query.get("lang")), lang)):
            ui.add_head_html(_when_it_fails())
        addresses = room.place.addresses
        unmet.when_connected(lambda: RoomView(room.room, room.texts, addresses, lang, query))


class Unmet:
    """Pages that have been asked for and have not connected: a browser that shows one does."""

    def __init__(self) -> None:
        self._clients: dict[str, Client] = {}

    def when_connected(self, build: Callable[[], Any]) -> None:
        """Build the current page once it has connected; forget it if that does not happen soon."""
        client = ui.context.client
        while len(self._clients) >= MOST_UNMET:
            self._forget(next(iter(self._clients)))
        self._clients[client.id] = client
        client.on_delete(lambda: self._clients.pop(client.id, None))
        timer = asyncio.get_running_loop().call_later(SOON, self._forget, client.id)

        def connected() -> None:
            if self._clients.pop(client.id, None) is not None:
                timer.cancel()
                build()

        client.on_connect(connected)

    def _forget(self, name: str) -> None:
        client = self._clients.pop(name, None)
        if client is not None and not client.is_deleted:
            client.delete()


async def _nothing_here(_request: Request, _error: Exception) -> Response:
    # NiceGUI would build a page to say so.
    return PlainTextResponse(t("There is nothing here."), 404)


async def get_ready(library: Library, begin: Settings, *, compiled: bool) -> None:
    """Do what pictures need, while the browser opens the page: what takes longest first.

    Args:
        library: Where the scenario is opened.
        begin: What is shown where nothing is asked for.
        compiled: Whether the engine's machine code is on disk.
    """
    first = asyncio.ensure_future(simulate_first(library, begin))
    if not compiled:
        await asyncio.to_thread(compile_beside)
    await first
    await asyncio.to_thread(prepare)
    # What is there before anyone comes is there to stay: looking through it for garbage, again
    # and again, would stop a moving hand for a fifth of a second.
    gc.collect()
    gc.freeze()


async def simulate_first(library: Library, begin: Settings) -> None:
    """Simulate what the first picture shows, while the browser opens the page.

    Args:
        library: Where the scenario is opened.
        begin: What is shown where nothing is asked for.
    """

    def first(go_on: Progress) -> None:
        opened = library.open(begin)
        if opened.scenario.figures is not None:
            runs = begin.runs or opened.scenario.replications
            library.session(SessionKey.of(opened, begin.seed, runs)).results({}, 1, go_on)

    # What is wrong with it is said to whoever comes.
    with suppress(ScenarioError, GivenUp):
        await computations.result(object(), first)


def prepare() -> None:
    """Load what pictures need beside the people: words, signs, and what follows a hand."""
    scenario = load_scenario("placed-youth", {"population.residents": 100})
    session = ScenarioSession(scenario)
    session.emulator.learn()
    comparison = compare(session.results({}))
    axes = Scales.of(comparison)
    for lang, which in product(LANGUAGES, WHICH):
        with in_language(lang):
            figure(comparison, which, axes, Look())
            scope(comparison)
            footer(comparison.result)


def compile_beside() -> None:
    """Compile the engine; until then computations wait."""
    try:
        # In a process of its own: compiling here would keep the page from answering.
        subprocess.run([sys.executable, "-c", COMPILE], stdin=subprocess.DEVNULL, check=False)
    finally:
        computations.ready.set()


def give_back_memory() -> None:
    """Give memory that nothing uses back to the system."""
    gc.collect()
    trim_memory()


def _when_it_fails() -> str:
    """Return a script that says in the reader's language what NiceGUI knows only in others."""
    said = {
        "popup": [t("The connection is lost."), t("Trying again …")],
        "too_long_message_popup": [t("The message is too long."), t("It cannot be sent.")],
        "esm-fallback": [t("The page needs a newer browser.")],
    }
    return f"""<script>addEventListener("DOMContentLoaded", () => {{
        for (const [id, texts] of Object.entries({json.dumps(said)})) {{
            const place = document.getElementById(id);
            const parts = place ? [...place.querySelectorAll("span")] : [];
            if (place && !parts.length) place.textContent = texts[0];
            parts.forEach((part, number) => {{ part.textContent = texts[number]; }});
        }}
    }});</script>"""
