"""Nobody but the page itself asks the page: hosts, origins, and the headers that are sent."""

from __future__ import annotations

import asyncio
import json
import socket
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from helpers.visitors import Server, Visitor
from hypothesis import given
from hypothesis import strategies as st
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.types import Message, Receive, Scope, Send

from sisim.i18n import Lang
from sisim.live.http_guard import HttpGuard, is_loopback, names_of

Answer = tuple[int, dict[str, str], bytes]
OWN = "127.0.0.1:8480"
PAGE = "<html><script>one</script><script type=module>two</script></html>"
SOCKET = "/_nicegui_ws/socket.io/"


def ask(
    headers: dict[str, str] | list[tuple[str, str]],
    *,
    host: str = "127.0.0.1",
    names: tuple[str, ...] = (),
    kind: str = "http",
    lang: Lang = "en",
    arrived: str = "127.0.0.1",
) -> Answer:
    """Return status, headers and body of what a guarded page answers; 101 for an open socket."""

    async def page(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.accept"})
        elif scope["path"] == "/plain":
            await PlainTextResponse("<script>")(scope, receive, send)
        else:
            await HTMLResponse(PAGE)(scope, receive, send)

    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": f"{kind}.connect" if kind == "websocket" else "http.request"}

    pairs = headers.items() if isinstance(headers, dict) else headers
    scope = {
        "type": kind,
        "path": "/",
        "headers": [(k.lower().encode(), v.encode("latin-1")) for k, v in pairs],
        "server": (arrived, 8480),
    }
    guard = HttpGuard(page, names_of(host, names), lang)
    with ThreadPoolExecutor(1) as pool:  # a browser may have left its loop running in this one
        pool.submit(asyncio.run, guard(scope, receive, send)).result()
    if kind == "websocket":
        return (101 if sent[0]["type"] == "websocket.accept" else 403), {}, b""
    told = {k.decode(): v.decode() for k, v in sent[0]["headers"]}
    return sent[0]["status"], told, b"".join(one.get("body", b"") for one in sent[1:])


@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize(
    "host",
    [
        OWN,
        "localhost:8480",
        "LOCALHOST",
        "localhost.:8480",
        "[::1]:8480",
        "[::ffff:127.0.0.1]",
        socket.gethostname(),
        f"{socket.gethostname()}.local:80",
    ],
)
def test_the_names_that_it_was_started_for_are_answered(host: str, kind: str) -> None:
    for origin in ({}, {"Origin": f"http://{host}"}, {"Origin": f"https://{host}"}):
        assert ask({"Host": host, **origin}, kind=kind)[0] == (200 if kind == "http" else 101)


@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Host": ""},
        {"Host": "evil.example"},
        {"Host": "localhost.evil.example:8480"},
        {"Host": "evil.example@localhost"},
        {"Host": "localhost:8480/evil.example"},
        {"Host": "0.0.0.0:8480"},
        {"Host": "192.0.2.7:8480"},
        [("Host", "localhost"), ("Host", "evil.example")],
        {"Host": OWN, "Origin": "https://evil.example"},
        {"Host": OWN, "Origin": "null"},
        {"Host": OWN, "Origin": ""},
        {"Host": OWN, "Origin": "http://127.0.0.1:3000"},
        {"Host": OWN, "Origin": "http://localhost:8480"},
        {"Host": OWN, "Origin": f"http://{OWN}.evil.example"},
        [("Host", OWN), ("Origin", f"http://{OWN}"), ("Origin", "https://evil.example")],
        {"Host": OWN, "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
        {
            "Host": OWN,
            "Sec-Fetch-Site": "cross-site",
            "Sec-Fetch-Mode": "navigate",
            "Sec-Fetch-Dest": "iframe",
        },
    ],
)
def test_whatever_another_site_makes_a_browser_ask_is_refused(headers: Any, kind: str) -> None:
    status, told, body = ask(headers, kind=kind)
    assert status in (403, 421)
    assert b"<html>" not in body
    if kind == "http":
        assert told["x-frame-options"] == "DENY"
        assert "access-control-allow-origin" not in told


@given(st.text(st.characters(codec="latin-1"), max_size=40), st.sampled_from(["http", "websocket"]))
def test_no_host_is_known_by_chance(host: str, kind: str) -> None:
    known = {"localhost", "127.0.0.1", "::1", socket.gethostname().casefold()}
    if host.partition(":")[0].rstrip(".").casefold() not in known:
        assert ask({"Host": host}, kind=kind)[0] in (403, 421)


def test_a_link_from_another_site_opens_the_page() -> None:
    link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    assert ask({"Host": OWN, **link, "Sec-Fetch-Dest": "document"})[0] == 200


def test_a_page_for_others_answers_to_its_names_and_to_the_address_that_was_reached() -> None:
    assert is_loopback("localhost")
    assert is_loopback("127.0.0.5")
    assert not is_loopback("0.0.0.0")
    for host, arrived in (("192.0.2.7:80", "192.0.2.7"), ("[2001:db8::7]", "2001:db8:0::7")):
        assert ask({"Host": host}, host="0.0.0.0", arrived=arrived)[0] == 200
    assert ask({"Host": "192.0.2.8"}, host="0.0.0.0", arrived="192.0.2.7")[0] == 421
    assert ask({"Host": "sisim.kommun.se"}, host="192.0.2.7")[0] == 421
    assert ask({"Host": "sisim.kommun.se"}, host="192.0.2.7", names=("Sisim.kommun.se",))[0] == 200


@pytest.mark.parametrize(
    ("lang", "said"),
    [("en", "start it with --name evil.example."), ("sv", "starta den med --name evil.example.")],
)
def test_a_refusal_says_the_remedy(lang: Lang, said: str) -> None:
    assert said in ask({"Host": "evil.example:8480"}, lang=lang)[2].decode()


def test_scripts_of_the_page_run_and_no_others() -> None:
    _, told, body = ask({"Host": OWN})
    policy = dict(part.split(" ", 1) for part in told["content-security-policy"].split("; "))
    nonce = policy["script-src"].split("'nonce-")[1].split("'")[0]
    assert body.decode().count(f'<script nonce="{nonce}"') == PAGE.count("<script")
    assert int(told["content-length"]) == len(body)
    assert "unsafe-inline" not in policy["script-src"]
    assert policy["frame-ancestors"] == policy["default-src"] == "'none'"
    assert told["x-content-type-options"] == "nosniff"
    assert told["referrer-policy"] == "same-origin"
    assert nonce not in ask({"Host": OWN})[1]["content-security-policy"]


def test_an_open_page_cannot_be_driven_by_another(chromium: Any, server: Server) -> None:
    someone = Visitor(chromium, server.address)
    # Markup that got into the page would be dead.
    someone.page.evaluate("""() => {
        const made = document.createElement("div");
        made.innerHTML = "<img src=x onerror='window.broken = 1'>";
        document.body.append(made, Object.assign(document.createElement("script"),
            { textContent: "window.broken = 2" }));
    }""")
    someone.page.wait_for_timeout(300)
    assert someone.page.evaluate("window.broken") is None
    assert all("Content Security Policy" in error or "404" in error for error in someone.errors)
    someone.errors.clear()
    someone.leave()
    other = chromium.new_context().new_page()
    other.route("https://evil.example/", lambda route: route.fulfill(body="<html></html>"))
    other.goto("https://evil.example/")
    address = server.address.removeprefix("http://").rstrip("/")
    tried = f"""async () => {{
        const socket = new WebSocket("ws://{address}{SOCKET}?EIO=4&transport=websocket");
        const opened = new Promise((done) => {{
            socket.onopen = () => done("open"); socket.onerror = () => done("refused");
        }});
        const polled = fetch("http://{address}{SOCKET}?EIO=4&transport=polling",
            {{ credentials: "include" }}).then(() => "read", () => "refused");
        return [await opened, await polled];
    }}"""
    assert other.evaluate(tried) == ["refused", "refused"]
    other.context.close()


def test_no_socket_opens_for_another_origin(server: Server) -> None:
    connect = pytest.importorskip("websockets.sync.client").connect
    refused = pytest.importorskip("websockets.exceptions").InvalidStatus
    address = server.address.replace("http://", "ws://").rstrip("/")
    path = f"{address}{SOCKET}?EIO=4&transport=websocket"
    with connect(path, origin=server.address.rstrip("/")) as opened:
        assert json.loads(opened.recv().removeprefix("0"))["sid"]
    for origin in ("https://evil.example", "null"):
        with pytest.raises(refused):
            connect(path, origin=origin)
