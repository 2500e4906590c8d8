"""Other values in the same file: `[override]` tables and `--set key=value`."""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError

from sisim.loading.files import unusable
from sisim.scenario import fields
from sisim.scenario.document import Document
from sisim.scenario.errors import (
    MOST_PROBLEMS,
    Place,
    Problem,
    Reason,
    ScenarioError,
    Suggestions,
    dotted,
    nearest,
)
from sisim.scenario.positions import Path

_VALUE_KEYS = ("value", "amount", "share")
"""Keys under which the number itself stands when it is written as a table."""
_RANGE_KEYS = ("low", "high", "distribution", "formula")
_NOTHING: Any = object()


def parse_value(text: str) -> Any:
    """Return the value written after `--set key=`: TOML, or else a plain text.

    Examples:
        >>> parse_value("0.5"), parse_value("ends"), parse_value("[1, 2]")
        (0.5, 'ends', [1, 2])
    """
    try:
        found = tomllib.loads(f"value = {text}")
        return text if any(unusable(found)) else found["value"]
    except (ValueError, RecursionError):  # no TOML, or more digits or brackets than are taken
        return text


def has_lost_quotes(text: str) -> bool:
    """Return whether a value is a list or table without the quotes that its texts need.

    PowerShell and the Windows command line take quotes away before a program sees them.

    Examples:
        >>> has_lost_quotes("[foster, secure]"), has_lost_quotes('["foster"]'), has_lost_quotes("x")
        (True, False, False)
    """
    listed = text[:1] + text[-1:] in ("[]", "{}")
    return listed and '"' not in text and isinstance(parse_value(text), str)


class Overrider:
    """Changes what a document says, and remembers where each change was written.

    A plain value replaces the value of a number; its source stays, and its range goes, as it was
    the range of another value. A table is merged into the one that is there, or added under its
    new name. `{ add = [...] }` makes a list longer. A path is looked for in the scenario first,
    then in its pathway.
    """

    def __init__(self, document: Document, model: type[BaseModel], *, fresh: bool = False):
        """`fresh`: what the document holds is nobody else's, and may be changed as it is."""
        if not fresh:
            document.data = copy.deepcopy(document.data)
        self.document = document
        self.model = model
        self.problems: list[Problem] = []
        self._suggestions = Suggestions()

    def apply_table(self, key: str) -> None:
        """Apply the table `key` of the document itself."""
        for name, value in self.document.data.get(key, {}).items():
            self._change(tuple(name.split(".")), value, (key, name), None)

    def apply(self, changes: Mapping[str, Any], place: Place) -> None:
        """Apply `changes`, values by dotted path, that were written at `place`."""
        for name, value in changes.items():
            self._change(tuple(name.split(".")), value, (), place)

    def _change(
        self, parts: tuple[str, ...], value: Any, source: Path, given: Place | None
    ) -> None:
        place = given or self.document.locate(source)
        target = self._find(parts, value)
        if target is None:
            reason = Reason("There is nothing called so to change.")
            close = self._suggestions.nearest(".".join(parts), self._names)
            self.problems.append(Problem(place, dotted(parts), reason, close))
            if len(self.problems) >= MOST_PROBLEMS:
                raise ScenarioError(self.problems)
            return
        old = _get(self.document.data, target)
        if isinstance(value, dict) and isinstance(old, dict):
            # The value comes first, since it takes away the range of the old one.
            for name in sorted(value, key=lambda key: key not in _VALUE_KEYS):
                self._change((*parts, *name.split(".")), value[name], (*source, name), given)
            return
        if isinstance(value, dict) and list(value) == ["add"] and isinstance(value["add"], list):
            value = [*([] if old is _NOTHING else old), *value["add"]]
        number = old.get("value") if isinstance(old, dict) else old
        if isinstance(number, int | float) and not isinstance(number, bool):
            self.document.before.setdefault(dotted(target).removesuffix(".value"), number)
        _put(self.document.data, target, copy.deepcopy(value))
        self.document.changed[target] = place

    def _find(self, parts: tuple[str, ...], value: Any) -> Path | None:
        data = self.document.data
        if parts[0] == "override":  # what changes others is not changed itself
            return None
        if parts[0] == "parameters" and not _has_parameter(data, parts):
            tail = data["time"].get("tail") if isinstance(data.get("time"), dict) else None
            if isinstance(tail, dict) and len(parts) > 1 and _has_parameter(tail, parts):
                of_pathway = isinstance(data.get("pathway"), dict) and data["pathway"]
                if not of_pathway or not _has_parameter(of_pathway, parts):
                    return _find(data, self.model, ("time", "tail", *parts), value)
            return None if "pathway" not in data else self._find(("pathway", *parts), value)
        if parts[:2] == ("pathway", "parameters") and not _has_parameter(
            data["pathway"], parts[1:]
        ):
            return None
        found = _find(data, self.model, parts, value)
        if found is None and "pathway" in data:
            found = _find(data, self.model, ("pathway", *parts), value)
        return found

    @cached_property
    def _names(self) -> list[str]:
        """What there is to change, when it is first asked for."""
        names = _paths(self.document.data, self.model)
        return [n.removeprefix("pathway.") for n in names if not n.startswith("override")]


def _find(node: Any, kind: Any, parts: tuple[str, ...], value: Any) -> Path | None:
    """Return the path that `parts` mean below `node`; None if there can be nothing."""
    if not parts:
        return ()
    if isinstance(node, list):
        index = int(parts[0]) if parts[0].isdigit() else len(node)
        if index >= len(node):
            return None
        rest = _find(node[index], fields.step(kind, index), parts[1:], value)
        return None if rest is None else (index, *rest)
    if not isinstance(node, dict) and node is not _NOTHING:
        return () if set(parts) <= set(_VALUE_KEYS) else None
    table = node if isinstance(node, dict) else {}
    for length in range(len(parts), 0, -1):  # a key of the file may itself have dots
        key = ".".join(parts[:length])
        if key in table:
            rest = _find(table[key], fields.step(kind, key), parts[length:], value)
            return None if rest is None else (key, *rest)
    if parts[0] in _VALUE_KEYS[1:] and "value" in table:  # the number stands for its whole table
        return _find(table, fields.step(kind, parts[0]), parts[1:], value)
    if parts[0] in fields.keys(kind):
        rest = _find(_NOTHING, fields.step(kind, parts[0]), parts[1:], value)
        return None if rest is None else (parts[0], *rest)
    if len(parts) == 1 and fields.is_open(kind) and _may_be_new(table, kind, parts[0], value):
        return parts
    return None


def _has_parameter(data: dict[str, Any], parts: tuple[str, ...]) -> bool:
    """Return whether a file has a parameter: one that no formula has could change nothing."""
    table = data.get("parameters")
    return len(parts) < 2 or (isinstance(table, dict) and parts[1] in table)


def _may_be_new(table: dict[str, Any], kind: Any, name: str, value: Any) -> bool:
    """Return whether `name` is a new entry, and not an old one misspelt."""
    if nearest(name, table) is None:
        return True
    try:
        TypeAdapter(fields.step(kind, name)).validate_python(value)
    except ValidationError:
        return False
    return isinstance(value, dict)


def _get(node: Any, path: Path) -> Any:
    for part in path:
        if isinstance(node, dict) and part not in node:
            return _NOTHING
        node = node[part]
    return node


def _put(node: Any, path: Path, value: Any) -> None:
    for part in path[:-1]:
        node = node.setdefault(part, {}) if isinstance(node, dict) else node[part]
    last = path[-1]
    old = _get(node, (last,))
    inner = next((key for key in _VALUE_KEYS if isinstance(old, dict) and key in old), None)
    if inner is not None:
        _put(old, (inner,), value)
        return
    if last == "value":
        for key in _RANGE_KEYS:
            node.pop(key, None)
    node[last] = value


def _paths(node: Any, kind: Any, prefix: str = "") -> Iterator[str]:
    """Return every dotted path that may be changed."""
    if isinstance(node, dict):
        known = fields.keys(kind)
        for key in [*node, *(name for name in known if name not in node)]:
            yield f"{prefix}{key}"
            yield from _paths(node.get(key), fields.step(kind, key), f"{prefix}{key}.")
    elif node is None:  # a table that the file leaves out
        yield from (f"{prefix}{key}" for key in fields.keys(kind))
