"""Which keys a table may have: the schema, walked along a path."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from types import UnionType
from typing import Annotated, Any, NamedTuple, Protocol, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel

T = TypeVar("T")
Kind = Any
"""A type annotation."""


class Form(NamedTuple):
    """What may stand at a place.

    Attributes:
        alternatives: The types that it may be.
        keys: The kinds of what stands in it, by the keys that files write.
        entries: The kind of what stands under keys of the user's own choice; None without these.
        items: The kind of what stands in a list; None without one.
    """

    alternatives: tuple[Kind, ...]
    keys: Mapping[str, Kind]
    entries: Kind
    items: Kind


class HasParts(Protocol):
    """What may stand in something: see `Form`."""

    @property
    def keys(self) -> Mapping[str, Kind]:
        """The kinds by the keys that files write."""

    @property
    def entries(self) -> Kind:
        """The kind under keys of the user's own choice."""

    @property
    def items(self) -> Kind:
        """The kind in a list."""


def parts_of(node: Any, form: HasParts) -> Iterator[tuple[Any, Any, Kind]]:
    """Yield the texts, tables and lists in a node that have a kind: key, part and kind.

    Args:
        node: What a file says; it may be changed meanwhile.
        form: What may stand in it; a kind that is None is passed over.
    """
    found: Iterator[tuple[Any, Any, Kind]]
    if isinstance(node, dict):
        found = ((key, part, form.keys.get(key, form.entries)) for key, part in [*node.items()])
    elif isinstance(node, list):
        found = ((key, part, form.items) for key, part in enumerate([*node]))
    else:
        return
    for key, part, kind in found:
        if kind is not None and isinstance(part, str | dict | list):
            yield key, part, kind


def once_for_each_kind(meanwhile: T) -> Callable[[Callable[[Kind], T]], Callable[[Kind], T]]:
    """Let a function of a kind be worked out once for each, by its identity: some have no hash.

    Args:
        meanwhile: What it returns of a kind that has itself in it, while this is worked out.
    """

    def keep(function: Callable[[Kind], T]) -> Callable[[Kind], T]:
        known: dict[int, tuple[Kind, T]] = {}  # with the kind, whose identity stays its own

        @wraps(function)
        def found(kind: Kind) -> T:
            if id(kind) not in known:
                known[id(kind)] = kind, meanwhile
                known[id(kind)] = kind, function(kind)
            return known[id(kind)][1]

        return found

    return keep


@once_for_each_kind(Form((), {}, None, None))
def form(kind: Kind) -> Form:
    """Return what a place of this kind may hold."""
    options = tuple(_alternatives(kind))
    known: dict[str, Kind] = {}
    entries, items = None, None
    for option in options:
        origin: Any = get_origin(option)
        if isinstance(option, type) and issubclass(option, BaseModel):
            for name, field in option.model_fields.items():
                known[field.alias or name] = field.annotation
        elif origin is dict and entries is None:
            entries = get_args(option)[1]
        elif origin is list and items is None:
            items = get_args(option)[0]
    return Form(options, known, entries, items)


def alternatives(kind: Kind) -> tuple[Kind, ...]:
    """Return the types that `kind` may be, with annotations and unions taken apart."""
    return form(kind).alternatives


def keys(kind: Kind) -> Mapping[str, Kind]:
    """Return the keys, as files write them, that a table of this kind may have."""
    return form(kind).keys


def step(kind: Kind, part: str | int) -> Kind:
    """Return the kind of what stands at `part` in a `kind`; None if nothing can."""
    found = form(kind)
    if isinstance(part, int):
        return found.items
    return found.keys.get(part, found.entries)


def is_open(kind: Kind) -> bool:
    """Return whether a `kind` may have keys of the user's own choice."""
    return form(kind).entries is not None


def _alternatives(kind: Kind) -> list[Kind]:
    origin: Any = get_origin(kind)
    if origin is Annotated:
        return _alternatives(get_args(kind)[0])
    if origin in (Union, UnionType):
        return [option for part in get_args(kind) for option in _alternatives(part)]
    return [] if kind is type(None) else [kind]
