"""Which keys a table may have: the schema, walked along a path."""

from __future__ import annotations

from collections.abc import Iterator
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

Kind = Any
"""A type annotation."""


def alternatives(kind: Kind) -> Iterator[Kind]:
    """Return the types that `kind` may be, with annotations and unions taken apart."""
    origin: Any = get_origin(kind)
    if origin is Annotated:
        yield from alternatives(get_args(kind)[0])
    elif origin in (Union, UnionType):
        for part in get_args(kind):
            yield from alternatives(part)
    elif kind is not type(None):
        yield kind


def keys(kind: Kind) -> dict[str, Kind]:
    """Return the keys, as files write them, that a table of this kind may have."""
    found: dict[str, Kind] = {}
    for part in alternatives(kind):
        if isinstance(part, type) and issubclass(part, BaseModel):
            for name, field in part.model_fields.items():
                found[field.alias or name] = field.annotation
    return found


def step(kind: Kind, part: str | int) -> Kind:
    """Return the kind of what stands at `part` in a `kind`; None if nothing can."""
    known = keys(kind)
    if part in known:
        return known[str(part)]
    for option in alternatives(kind):
        origin: Any = get_origin(option)
        args = get_args(option)
        if origin is dict and isinstance(part, str):
            return args[1]
        if origin is list and isinstance(part, int):
            return args[0]
    return None


def is_open(kind: Kind) -> bool:
    """Return whether a `kind` may have keys of the user's own choice."""
    origins: list[Any] = [get_origin(option) for option in alternatives(kind)]
    return dict in origins
