"""HTTP middleware of the live page: which hosts and origins are answered, and security headers.

A browser lets any site send requests to this machine. Two things tell whether the page itself is
asking. `Host` is the name that the browser looked up: a foreign name can be made to lead here (DNS
rebinding), so only names that the page was started for are answered. `Origin` is the site whose
script asks: it must be the page that it asks, for sockets too, to which the same-origin policy of
browsers does not apply.
"""

from __future__ import annotations

import re
import secrets
import socket
from collections.abc import Iterable, Mapping
from contextlib import suppress
from ipaddress import ip_address

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sisim.i18n import Lang, in_language, t

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
"""What this machine calls itself: nobody else is reached by these names."""
_HOST = re.compile(r"(?P<name>\[[0-9a-f:.%\w]+\]|[\w.-]+)(?::(?P<port>\d{1,5}))?", re.ASCII)

POLICY = {
    "default-src": "'none'",
    # NiceGUI evaluates what it is sent, and Vue compiles templates in the browser.
    "script-src": "'self' 'nonce-{nonce}' 'unsafe-eval'",
    # Quasar and Apache ECharts set styles on elements.
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    # Older browsers do not count sockets of the page's own host as 'self'.
    "connect-src": "'self' ws://{host} wss://{host}",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
}
"""Content security policy: whatever is not of this page, or not allowed by it, is not run."""
HEADERS = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def is_loopback(host: str) -> bool:
    """Return whether an address that is listened at is reached from this machine alone."""
    with suppress(ValueError):
        return ip_address(host).is_loopback
    return host.casefold() == "localhost"


def names_of(host: str, others: Iterable[str] = ()) -> frozenset[str]:
    """Return the names that a page is answered for when it listens at an address.

    Args:
        host: The address that is listened at.
        others: Further names under which it is reached.
    """
    own = socket.gethostname()
    names = {host, own, f"{own}.local", *others}
    if not is_loopback(host):
        # It may have to ask the network, which a page for this machine alone never does.
        names.add(socket.getfqdn())
    return LOOPBACK | {_plain(name) for name in names if name}


def _plain(name: str) -> str:
    """Return a name or an address in the one way that it is compared in."""
    name = name.strip("[]").rstrip(".").casefold()
    with suppress(ValueError):
        address = ip_address(name.partition("%")[0])
        return str(getattr(address, "ipv4_mapped", None) or address)
    return name


class HttpGuard:
    """ASGI middleware that answers the page's own names and origin only, with security headers.

    Args:
        app: What is guarded.
        names: The names that are answered, see `names_of`.
        lang: The language of refusals.
        policy: The content security policy of its pages, in which scripts may carry `{nonce}`.
    """

    def __init__(
        self,
        app: ASGIApp,
        names: frozenset[str],
        lang: Lang,
        policy: Mapping[str, str] = POLICY,
    ) -> None:
        self._app, self._names, self._lang, self._policy = app, names, lang, policy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what the page itself asks for, refuse the rest."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        with in_language(self._lang):
            refusal = self._refusal(scope, headers)
        if refusal is None:
            nonce = secrets.token_urlsafe(16)
            guarded = _Guarded(send, nonce, headers["host"], self._policy)
            await self._app(scope, receive, guarded if scope["type"] == "http" else send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008})
        else:
            refusal.headers.update(HEADERS)
            await refusal(scope, receive, send)

    def _refusal(self, scope: Scope, headers: Headers) -> Response | None:
        """Return why a request is not answered, None if it is."""
        hosts, origins = headers.getlist("host"), headers.getlist("origin")
        host = hosts[0].casefold() if len(hosts) == 1 else ""
        found = _HOST.fullmatch(host)
        if found is None or not self._known(found["name"], scope):
            text = t(
                'The page is not known as "{name}". Open it by the address that was told when it '
                "was started, or start it with --name {name}.",
                name=(found["name"] if found else host)[:100],
            )
            return PlainTextResponse(text, 421)
        own = {f"http://{host}", f"https://{host}"}
        foreign = next((one for one in origins if one.casefold() not in own), None)
        if foreign is None and not _embedded(headers):
            return None
        text = t(
            "Another site asks for the page ({origin}), which only the page itself may.",
            origin=(foreign or headers.get("referer", "?"))[:100],
        )
        return PlainTextResponse(text, 403)

    def _known(self, name: str, scope: Scope) -> bool:
        # An address at which this very request has arrived is this machine's, whatever listens.
        server = scope.get("server") or ("", 0)
        return _plain(name) in {*self._names, _plain(server[0])}


def _embedded(headers: Headers) -> bool:
    """Return whether another site has made the browser ask, other than by a link to the page."""
    if headers.get("sec-fetch-site", "same-origin") in ("same-origin", "none"):
        return False
    navigates = headers.get("sec-fetch-mode") == "navigate"
    return not (navigates and headers.get("sec-fetch-dest") == "document")


class _Guarded:
    """Sends a response on with security headers; scripts of an HTML page carry its nonce.

    Args:
        send: Where it is sent.
        nonce: The number that scripts of this response carry, and no other does.
        host: The host that was asked.
        policy: The content security policy.
    """

    def __init__(self, send: Send, nonce: str, host: str, policy: Mapping[str, str]) -> None:
        self._send, self._nonce, self._host, self._policy = send, nonce, host, policy
        self._start: Message | None = None
        self._body = b""

    async def __call__(self, message: Message) -> None:
        """Send a part of the response."""
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.update(HEADERS)
            if headers.get("content-type", "").startswith("text/html"):
                parts = (f"{name} {value}" for name, value in self._policy.items())
                policy = "; ".join(parts).format(nonce=self._nonce, host=self._host)
                headers["Content-Security-Policy"] = policy
                self._start = message
                return
        elif self._start is not None and message["type"] == "http.response.body":
            await self._page(message)
            return
        await self._send(message)

    async def _page(self, message: Message) -> None:
        """Send a page once it is whole; nobody but NiceGUI and this package writes a tag in it."""
        assert self._start is not None
        self._body += message.get("body", b"")
        if message.get("more_body", False):
            return
        body = self._body.replace(b"<script", f'<script nonce="{self._nonce}"'.encode())
        headers = MutableHeaders(scope=self._start)
        headers["Content-Length"] = str(len(body))
        await self._send(self._start)
        await self._send({**message, "body": body})
