"""The context of a visitor: the page that is written on, and the language that is read there.

NiceGUI calls handlers of events, timers and tasks outside the context in which a page was built.
Everything that comes from outside therefore enters by `in_page`: then `t` writes what this visitor
reads. What is left to threads goes by `Computations`, which takes the language along.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from nicegui import ui

from sisim.i18n import Lang, in_language

_languages: dict[str, Callable[[], Lang]] = {}
"""What tells a visitor's language, by the id of the client."""


def set_reader(language: Callable[[], Lang]) -> None:
    """Set what tells the language of the visitor whose page is being built."""
    client = ui.context.client
    if client.id not in _languages:
        client.on_delete(lambda: _languages.pop(client.id, None))
    _languages[client.id] = language


def in_page(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that runs in the page that is current now, in its visitor's language.

    It does nothing once the visitor has left.
    """
    client = ui.context.client

    @wraps(function)
    def run(*args: Any, **more: Any) -> Any:
        if client.is_deleted:
            return None
        language = _languages.get(client.id)
        with client, in_language(language() if language is not None else None):
            return function(*args, **more)

    return run
