"""The context of a visitor: the page that is written on, the language and the currency there.

NiceGUI calls handlers of events, timers and tasks outside the context in which a page was built.
Everything that comes from outside therefore enters by `in_page`: then `t` writes what this visitor
reads. What is left to threads goes by `Computations`, which takes the context along.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from nicegui import ui

from sisim.i18n import KRONA, Lang, in_currency, in_language

_readers: dict[str, Callable[[], tuple[Lang | None, str]]] = {}
"""What tells a visitor's language and the currency of what is shown, by the id of the client."""


def set_reader(language: Callable[[], Lang], currency: Callable[[], str] = lambda: KRONA) -> None:
    """Set what tells the language of the visitor whose page is being built, and the currency."""
    client = ui.context.client
    if client.id not in _readers:
        client.on_delete(lambda: _readers.pop(client.id, None))
    _readers[client.id] = lambda: (language(), currency())


def in_page(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that runs in the page that is current now, as its visitor reads it.

    It does nothing once the visitor has left.
    """
    client = ui.context.client

    @wraps(function)
    def run(*args: Any, **more: Any) -> Any:
        if client.is_deleted:
            return None
        reader = _readers.get(client.id)
        lang, currency = (None, KRONA) if reader is None else reader()
        with client, in_language(lang), in_currency(currency):
            return function(*args, **more)

    return run
