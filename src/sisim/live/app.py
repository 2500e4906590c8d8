"""The server of the live page: on this machine alone unless asked otherwise."""

from __future__ import annotations

import errno
import gc
import json
import socket
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from nicegui import app, ui
from starlette.requests import Request

from sisim.i18n import current_language, t
from sisim.live.scenario_library import Library
from sisim.live.settings import Settings
from sisim.live.views.page import Page, usual
from sisim.live.views.speaker_view import Speaker
from sisim.live.visitor_context import in_page

HERE = "127.0.0.1"
FIRST_PORT = 8480
"""Where a free port is looked for first."""
PATIENCE = 30.0
"""Seconds that a page and the server may lose sight of each other: while a machine is busy, or a
network slow. After that the page begins anew from its address."""
STATIC = Path(__file__).with_name("static")


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
    host: str = HERE,
    port: int,
    overrides: Mapping[str, Any] | None = None,
    seed: int | None = None,
    show: bool = True,
    ready: Callable[[str], None] = lambda _: None,
) -> None:
    """Serve the live page until it is interrupted.

    Args:
        source: A scenario file, or the name of a ready one.
        host: The address that is listened at.
        port: The port.
        overrides: Other values in the scenario, by dotted path.
        seed: The seed; unset: the scenario's.
        show: Open it in a browser.
        ready: Is told the address when it can be opened.
    """
    library = Library(source, overrides)
    begin = usual(Settings(lang=current_language()), library)
    if seed is not None:
        begin = replace(begin, seed=seed)
    add_page(library, begin)

    def started() -> None:
        # What is there before anyone comes is there to stay: looking through it for garbage, again
        # and again, would stop a moving hand for a fifth of a second.
        gc.collect()
        gc.freeze()
        ready(f"http://{host}:{port}/")

    app.on_startup(started)
    ui.run(
        host=host,
        port=port,
        show=show,
        reload=False,
        title="sisim",
        favicon="◆",
        tailwind=False,
        show_welcome_message=False,
        binding_refresh_interval=None,
        uvicorn_logging_level="warning",
        reconnect_timeout=PATIENCE,
    )


def add_page(library: Library, begin: Settings) -> None:
    """Put the page where the server answers."""
    app.add_static_files("/sisim", str(STATIC))
    head = (
        '<link rel="stylesheet" href="/sisim/page.css"><script src="/sisim/page.js"></script>'
        '<script src="/sisim/dots.js"></script><script src="/sisim/readout.js"></script>'
    )

    pages: dict[str, Page] = {}

    @ui.page("/", title="sisim", response_timeout=30)
    def live(request: Request) -> None:
        ui.add_head_html(head)
        page = Page(library, begin, dict(request.query_params))
        in_page(lambda: ui.add_head_html(_when_it_fails()))()
        of = page.client.id
        pages[of] = page
        page.client.on_delete(lambda: pages.pop(of, None))

    @ui.page("/speaker/{of}", title="sisim", response_timeout=30)
    def speaker(of: str) -> None:
        ui.add_head_html(head)
        ui.add_head_html("<script>window.sisim_remote = true</script>")
        Speaker(pages.get(of), begin.lang)


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
