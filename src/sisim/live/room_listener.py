"""Where participants of a room reach it: an address of this computer on its network."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass
from ipaddress import IPv4Address

import psutil
import uvicorn
from nicegui import app

from sisim.i18n import Lang
from sisim.live.http_guard import HttpGuard, names_of
from sisim.live.room_server import PAGE_POLICY, ParticipantServer

EVERYWHERE = "0.0.0.0"  # every address of this computer
"""What is listened at in a room, where nothing else is asked for."""
VIRTUAL = ("docker", "br-", "veth", "virbr", "vbox", "vmnet", "tun", "tap", "utun", "zt")
"""How interfaces begin that no other machine in a room is on."""
MOST_AT_ONCE = 400
"""So many connections are open at a time."""


@dataclass(frozen=True)
class Place:
    """Where something is listened at, and under which further names it is reached."""

    host: str
    port: int
    names: Sequence[str] = ()

    @property
    def addresses(self) -> list[str]:
        """The addresses by which it is reached, the likeliest first."""
        hosts = [*self.names, *(network_addresses() if self.host == EVERYWHERE else [self.host])]
        bracketed = [f"[{host}]" if ":" in host else host for host in hosts or ["127.0.0.1"]]
        return [f"http://{host}:{self.port}/" for host in bracketed]


def network_addresses() -> list[str]:
    """Return the IPv4 addresses of this computer that others reach, the likeliest first."""
    up = {name for name, one in psutil.net_if_stats().items() if one.isup}
    found: list[tuple[bool, bool, str]] = []
    for name, own in psutil.net_if_addrs().items():
        for one in own:
            if one.family != socket.AF_INET or name not in up:
                continue
            address = IPv4Address(one.address)
            if not (address.is_loopback or address.is_link_local):
                virtual = name.lower().startswith(VIRTUAL)
                found.append((virtual, not address.is_private, one.address))
    return [address for *_, address in sorted(found)]


def config(place: Place, participants: ParticipantServer, lang: Lang) -> uvicorn.Config:
    """Return how participants are answered at a place, and nobody by another name."""
    guarded = HttpGuard(participants.app, names_of(place.host, place.names), lang, PAGE_POLICY)
    return uvicorn.Config(
        guarded,
        host=place.host,
        port=place.port,
        log_level="warning",
        access_log=False,
        server_header=False,
        lifespan="off",
        ws="none",
        limit_concurrency=MOST_AT_ONCE,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=2,
    )


class _Beside(uvicorn.Server):
    """A server that leaves signals to another one in the same process."""

    def capture_signals(self) -> AbstractContextManager[None]:  # type: ignore[override]
        """Capture none."""
        return nullcontext()


def serve_beside(asked: uvicorn.Config) -> None:
    """Serve participants while the teacher's page is served, in the same process."""
    server, tasks = _Beside(asked), set[asyncio.Task[None]]()

    def begin() -> None:
        tasks.add(asyncio.get_running_loop().create_task(server.serve()))

    async def end() -> None:
        server.should_exit = True
        await asyncio.gather(*tasks)

    app.on_startup(begin)
    app.on_shutdown(end)


def serve_alone(asked: uvicorn.Config, ready: Callable[[], None]) -> None:
    """Serve until it is interrupted, and say when it can be opened."""

    class Telling(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            ready()

    with suppress(KeyboardInterrupt):
        Telling(asked).run()
