"""Fixed numbers: those that are as the file has them, and have no owner and no range of their own.

The edges of a table, ages and months, sizes and years say how a model is built: they are the same
in every draw. A formula of parameters may stand there, too, and is worked out when the file is
read; so none of its parameters may be uncertain.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

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
    form = _form(kind)
    if form.condition and isinstance(node, dict):
        yield from _in_condition(node, path, at)
        return
    for key, part, below in fields.parts_of(node, form):
        if not isinstance(part, str):
            yield from fixed_places(part, below, (*path, key), (*at, key))
        elif (whole := _form(below).whole) is not None:
            yield FixedPlace((*path, key), (*at, key), whole, node)


class _FixedForm(NamedTuple):
    """What may stand at a place, of fixed numbers: one, whole or not; a condition; keys and so on.

    What can hold none is None.
    """

    whole: bool | None
    condition: bool
    keys: dict[str, Any]
    entries: Any
    items: Any

    @property
    def holds(self) -> bool:
        """Whether a fixed number can be there."""
        parts = (self.condition, self.entries, self.items, *self.keys.values())
        return self.whole is not None or any(parts)


_NOTHING = _FixedForm(None, False, {}, None, None)


@fields.once_for_each_kind(_FixedForm(False, True, {}, None, None))
def _form(kind: Any) -> _FixedForm:
    """Return what a place of this kind may hold, of fixed numbers."""
    known = fields.form(kind)
    options = known.alternatives
    if FactorFile in options:
        return _NOTHING  # which is no part of the document
    if any(isinstance(o, type) and issubclass(o, Number | Distribution) for o in options):
        return _NOTHING  # which have an owner, and formulas of their own
    # A place for numbers and texts has its texts for themselves.
    whole = {(int,): True, (float,): False}.get(tuple(dict.fromkeys(options)))
    below = {key: _holding(part) for key, part in known.keys.items()}
    items = _holding(known.items)
    return _FixedForm(whole, Condition in options, below, _holding(known.entries), items)


def _holding(kind: Any) -> Any:
    """Return a kind if a fixed number can be in it."""
    return kind if kind is not None and _form(kind).holds else None


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
