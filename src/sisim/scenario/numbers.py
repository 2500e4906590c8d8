"""All the numbers of a scenario or pathway, by path."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, TypeVar

from pydantic import BaseModel

from sisim.scenario.pathway import Transition
from sisim.scenario.types import Number

N = TypeVar("N")


def numbers(node: Any, path: str = "", written: bool = False) -> Iterator[tuple[str, Number]]:
    """Return every number with its dotted path, in the order of the schema and the file.

    Args:
        node: A scenario, a pathway, or a part of one.
        path: Where `node` stands.
        written: Leave out the numbers that the file leaves to their defaults.
    """
    found: list[tuple[str, Number]] = []
    _gather(node, path, written, found)
    return iter(found)


def replace_numbers(node: N, change: Callable[[str, Number], Number], path: str = "") -> N:
    """Return `node` with every number replaced by what `change` makes of its path and itself."""
    result: Any = node
    if isinstance(node, Number):
        result = change(path, node)
    else:
        parts = _parts(node)
        new = {k: replace_numbers(v, change, f"{path}.{k}" if path else k) for k, v in parts}
        changed = {key: new[key] for key, part in parts if new[key] is not part}
        if changed and isinstance(node, BaseModel):
            names = {field.alias or name: name for name, field in type(node).model_fields.items()}
            result = node.model_copy(update={names[k]: part for k, part in changed.items()})
        elif changed:
            result = list(new.values()) if isinstance(node, list) else new
    return result  # type: ignore[no-any-return]


def with_numbers(node: N, values: Mapping[str, float]) -> N:
    """Return `node` with other plain values of some of its numbers.

    Each is checked by itself alone, which takes no time; `load.changed` checks the whole.

    Args:
        node: A scenario, a pathway, or a part of one.
        values: The values by dotted path.

    Raises:
        LookupError: If there is no number at a path.
        pydantic.ValidationError: If a number cannot have such a value.
    """
    for path, value in values.items():
        node = _with_number(node, path.split("."), value)
    return node


def _with_number(node: Any, parts: list[str], value: float) -> Any:
    if isinstance(node, Number) and parts in ([], ["value"]):
        kept = node.model_dump(exclude_unset=True, exclude={"low", "high", "distribution"})
        return type(node).model_validate({**kept, "value": value})
    if not parts:
        if isinstance(node, bool) or not isinstance(node, int | float):
            raise LookupError(f"{node!r} is not a number")
        return type(node)(value)
    key, *rest = parts
    known = dict(_parts(node))
    if key not in known:
        raise LookupError(f'there is nothing called "{key}" here')
    new = _with_number(known[key], rest, value)
    if isinstance(node, list):
        return [new if str(index) == key else part for index, part in enumerate(node)]
    if isinstance(node, dict):
        return {**node, key: new}
    names = {field.alias or name: name for name, field in type(node).model_fields.items()}
    if not isinstance(new, BaseModel | dict | list):
        type(node).__pydantic_validator__.validate_assignment(
            type(node).model_construct(**dict(node)), names[key], new
        )
    return node.model_copy(update={names[key]: new})


def _gather(node: Any, path: str, written: bool, found: list[tuple[str, Number]]) -> None:
    if isinstance(node, Number):
        found.append((path, node))
        return
    for key, part in _parts(node, written):
        if part is not None and not isinstance(part, str | float | int):
            _gather(part, f"{path}.{key}" if path else key, written, found)


def _parts(node: Any, written: bool = False) -> list[tuple[str, Any]]:
    if isinstance(node, BaseModel):
        fields = _fields(type(node))
        # The share of an only destination says nothing.
        if isinstance(node, Transition) and len(node.to) == 1:
            fields = [(key, name) for key, name in fields if name != "to"]
        return [
            (key, getattr(node, name))
            for key, name in fields
            if not written or name in node.model_fields_set
        ]
    if isinstance(node, dict):
        return [(str(key), part) for key, part in node.items()]
    if isinstance(node, list):
        return [(str(index), part) for index, part in enumerate(node)]
    return []


@cache
def _fields(kind: type[BaseModel]) -> list[tuple[str, str]]:
    """Return the keys of a table and their attributes; overrides are where they belong already."""
    known = kind.model_fields.items()
    return [(field.alias or name, name) for name, field in known if name != "override"]
