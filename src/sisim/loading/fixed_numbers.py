"""Fixed numbers: those that are as the file has them, and have no owner and no range of their own.

The edges of a table, ages and months, sizes and years say how a model is built: they are the same
in every draw. A formula of parameters may stand there, too, and is worked out when the file is
read; so none of its parameters may be uncertain.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sisim.scenario import fields
from sisim.scenario.condition import Condition
from sisim.scenario.pathway import FactorFile
from sisim.scenario.positions import Path
from sisim.scenario.types import Distribution, Number

_BOUNDS = frozenset({"from", "below", "window"})


@dataclass(frozen=True)
class FixedPlace:
    """A text where a fixed number may stand: in the table or list `around` it, under `path[-1]`.

    Attributes:
        path: Where it stands in the document.
        at: Where the model has it, which is elsewhere in a condition.
        whole: Whether the number is a whole one.
        around: The table or the list.
    """

    path: Path
    at: Path
    whole: bool
    around: Any

    @property
    def text(self) -> str:
        """What stands there."""
        return str(self.around[self.path[-1]])

    def put(self, value: float) -> None:
        """Let a number stand in its place."""
        self.around[self.path[-1]] = int(value) if self.whole and value.is_integer() else value


def fixed_places(node: Any, kind: Any, path: Path = (), at: Path = ()) -> Iterator[FixedPlace]:
    """Yield every text of a document where a fixed number may stand, and nothing else may.

    Args:
        node: The document, or a part of it.
        kind: What it should be.
        path: Where it stands in the document.
        at: Where the model has it.
    """
    options = list(fields.alternatives(kind))
    if any(isinstance(o, type) and issubclass(o, Number | Distribution) for o in options):
        return  # which have an owner, and formulas of their own
    if Condition in options and isinstance(node, dict):
        yield from _in_condition(node, path, at)
    elif isinstance(node, dict | list):
        parts: Any = list(node.items() if isinstance(node, dict) else enumerate(node))
        for key, part in parts:
            below = fields.step(kind, key)
            if below is None or FactorFile in fields.alternatives(below):
                continue
            here, there = (*path, key), (*at, key)
            if isinstance(part, str):
                whole = _whole(below)
                if whole is not None:
                    yield FixedPlace(here, there, whole, node)
            else:
                yield from fixed_places(part, below, here, there)


def _whole(kind: Any) -> bool | None:
    """Return whether a place is for a whole number; None if it is for no number, or texts too."""
    options = set(fields.alternatives(kind))
    if options == {int}:
        return True
    return False if options == {float} else None


def _in_condition(node: dict[str, Any], path: Path, at: Path) -> Iterator[FixedPlace]:
    """Yield the texts among the bounds of a condition, which stand in it as its author likes."""
    if not {"features", "any_of"} & node.keys():
        yield from _in_features(node, path, (*at, "features"), "")
        return
    own = node.get("features")
    if isinstance(own, dict):
        yield from _in_features(own, (*path, "features"), (*at, "features"), "")
    parts = node.get("any_of")
    for number, part in enumerate(parts if isinstance(parts, list) else ()):
        if isinstance(part, dict):
            place = ("any_of", number)
            yield from _in_condition(part, (*path, *place), (*at, *place))


def _in_features(node: dict[str, Any], path: Path, at: Path, prefix: str) -> Iterator[FixedPlace]:
    for key, part in node.items():
        if not isinstance(part, dict):
            continue
        name, here = f"{prefix}{key}", (*path, key)
        if not _BOUNDS & part.keys():
            yield from _in_features(part, here, at, f"{name}.")
            continue
        for bound in sorted(_BOUNDS & part.keys()):
            if isinstance(part[bound], str):
                yield FixedPlace((*here, bound), (*at, name, bound), False, part)


class Fixed:
    """The formulas of a model's fixed numbers, to be worked out again when parameters change.

    Args:
        data: The model as a document has it.
        formulas: The formulas, by path.
    """

    def __init__(self, data: Any, formulas: Mapping[Path, str]) -> None:
        self._formulas = formulas
        self._values = {path: at(data, path) for path in formulas}

    def restore(self, data: Any) -> None:
        """Let the formulas stand in a document again, but where something else now stands."""
        for path, formula in self._formulas.items():
            if self._values[path] is not None and at(data, path) == self._values[path]:
                at(data, path[:-1])[path[-1]] = formula


def at(data: Any, path: Path) -> Any:
    """Return what stands at a path of a document; None if nothing does."""
    for part in path:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            return None
    return data
