"""All the numbers of a scenario or pathway, by path."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from pydantic import BaseModel

from sisim.scenario.base import Number

N = TypeVar("N")


def numbers(node: Any, path: str = "") -> Iterator[tuple[str, Number]]:
    """Return every number with its dotted path, in the order of the schema and the file."""
    if isinstance(node, Number):
        yield path, node
    else:
        for key, part in _parts(node):
            yield from numbers(part, f"{path}.{key}" if path else key)


def replace_numbers(node: N, change: Callable[[str, Number], Number], path: str = "") -> N:
    """Return `node` with every number replaced by what `change` makes of its path and itself."""
    result: Any = node
    if isinstance(node, Number):
        result = change(path, node)
    elif isinstance(node, BaseModel | dict | list):
        new = {
            key: replace_numbers(part, change, f"{path}.{key}" if path else key)
            for key, part in _parts(node)
        }
        if any(new[key] is not part for key, part in _parts(node)):
            if isinstance(node, BaseModel):
                fields = {
                    field.alias or name: name for name, field in type(node).model_fields.items()
                }
                result = node.model_copy(update={fields[key]: part for key, part in new.items()})
            else:
                result = new if isinstance(node, dict) else list(new.values())
    return result  # type: ignore[no-any-return]


def _parts(node: Any) -> list[tuple[str, Any]]:
    if isinstance(node, BaseModel):
        return [
            (field.alias or name, getattr(node, name))
            for name, field in type(node).model_fields.items()
            if name != "override"
        ]
    if isinstance(node, dict):
        return [(str(key), part) for key, part in node.items()]
    if isinstance(node, list):
        return [(str(index), part) for index, part in enumerate(node)]
    return []
