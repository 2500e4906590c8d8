"""The context of a visitor: the page that is written on, and the language that is read there.

NiceGUI calls handlers of events, timers and tasks outside the context in which a page was built,
and threads inherit none at all. Everything that comes from outside therefore enters by `in_page`,
and what is left to threads goes by `in_pool`: then `t` writes what this visitor reads.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import wraps
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from nicegui import ui
from nicegui.client import Client

from sisim.i18n import Lang, in_language
from sisim.portable import usable_cores

T = TypeVar("T")

POOL = ThreadPoolExecutor(max(2, usable_cores()), thread_name_prefix="sisim-live")
"""The threads that all visitors' answers are computed in, so that the pages never wait."""

_languages: WeakKeyDictionary[Client, Callable[[], Lang]] = WeakKeyDictionary()


def set_reader(language: Callable[[], Lang]) -> None:
    """Set what tells the language of the visitor whose page is being built."""
    _languages[ui.context.client] = language


def in_page(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that runs in the page that is current now, in its visitor's language.

    It does nothing once the visitor has left.
    """
    client = ui.context.client

    @wraps(function)
    def run(*args: Any, **more: Any) -> Any:
        if client.is_deleted:
            return None
        language = _languages.get(client)
        with client, in_language(language() if language is not None else None):
            return function(*args, **more)

    return run


async def in_pool(function: Callable[..., T], *args: Any) -> T:
    """Return what a function gives in a thread, in the language that is current now."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(POOL, copy_context().run, function, *args)
