"""All the numbers of a scenario or pathway, by path."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, TypeVar

from pydantic import BaseModel

from sisim.scenario.errors import Place, Problem, ScenarioError, dotted
from sisim.scenario.fields import form, once_for_each_kind
from sisim.scenario.formulas import FormulaError, evaluated, parsed
from sisim.scenario.pathway import Pathway, Transition
from sisim.scenario.positions import Path
from sisim.scenario.scenario import Scenario
from sisim.scenario.types import Number

N = TypeVar("N")
Keys = list[tuple[str, str]]
"""As files write them, and the attributes that they are."""


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
        parts = _parts(node, of=_holding_numbers)
        new = {
            key: part
            if part is None or isinstance(part, str | float | int)
            else replace_numbers(part, change, f"{path}.{key}" if path else key)
            for key, part in parts
        }
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
        LookupError: If there is no number at a path, or a parameter from which more follows than
            numbers that can be changed by themselves: the edges of a table.
        pydantic.ValidationError: If a number cannot have such a value.
        ScenarioError: If a formula has no value then.
    """
    behind = _behind_fixed(node)
    for path, value in values.items():
        parts = path.split(".")
        if "parameters" in parts[:-1] and not behind.isdisjoint(parts):
            raise LookupError(f'"{path}" is worked out once, where the file is read')
        if isinstance(node, Scenario) and parts[0] == "parameters":
            known = parameters(node).get(parts[1])
            parts = ["pathway", *parts] if known is None else [*known[0].split("."), *parts[2:]]
        node = _with_number(node, parts, value)
    return recomputed(node)


def _behind_fixed(node: Any) -> set[str]:
    """Return the parameters from which numbers follow that are worked out once."""
    if not isinstance(node, Scenario | Pathway) or not node.fixed:
        return set()
    fixed = {dotted(path) for path in node.fixed}
    return {name for name, paths in followers(node).items() if not fixed.isdisjoint(paths)}


def parameters(node: Any) -> dict[str, tuple[str, Number]]:
    """Return the path and the number of each parameter of a scenario or a pathway, by name."""
    found: dict[str, tuple[str, Number]] = {}
    if isinstance(node, Scenario):
        # As where the file is read: the scenario's before its pathway's, and these before a tail's.
        for place, inner in (("time.tail", node.time.tail), ("pathway", node.pathway)):
            found |= {k: (f"{place}.{path}", n) for k, (path, n) in parameters(inner).items()}
    if isinstance(node, Scenario | Pathway):
        found |= {name: (f"parameters.{name}", n) for name, n in node.parameters.items()}
    return found


def derived(node: Scenario | Pathway) -> dict[str, tuple[float, str]]:
    """Return the value and the formula of every number that is given by one, by dotted path."""
    own = {path: (n.value, n.formula) for path, n in numbers(node) if n.formula is not None}
    return own | derived_once(node)


def derived_once(node: Scenario | Pathway) -> dict[str, tuple[float, str]]:
    """Return those of them that have no owner, as the edges of a table: no draw moves them."""
    found = {}
    for path, text in node.fixed.items():
        value = _at(node, path)
        if value is not None:  # a part of the file may have been left out since
            found[dotted(path)] = float(value), text
    return found


def _at(node: Any, path: Path) -> Any:
    for part in path:
        node = dict(_parts(node)).get(str(part))
    return node


def followers(node: Scenario | Pathway) -> dict[str, list[str]]:
    """Return the paths of what follows each parameter by formula, other than parameters.

    A number follows the parameters in its formula, and those in theirs.
    """
    known = parameters(node)
    used = {name: set(parsed(n.formula).names) for name, (_, n) in known.items() if n.formula}
    found: dict[str, list[str]] = {name: [] for name in known}
    own = {path for path, _ in known.values()}
    given = {dotted(path): formula for path, formula in node.fixed.items()}
    for path, number in numbers(node) if known else ():
        if number.formula is not None and path not in own:
            given[path] = number.formula
    for path, formula in given.items():
        waiting, seen = list(parsed(formula).names), set[str]()
        while waiting:
            name = waiting.pop()
            if name not in seen:
                seen.add(name)
                found[name].append(path)
                waiting += used.get(name, ())
    return found


def recomputed(node: N) -> N:
    """Return `node` with every formula worked out anew from the parameters as they now are.

    What a number cannot be is moved to where it can.

    Args:
        node: A scenario or a pathway; anything else is returned as it is.

    Raises:
        ScenarioError: If a formula has no value.
    """
    known = parameters(node)
    if not known:
        return node
    plain = {name: number.value for name, (_, number) in known.items() if number.formula is None}
    formulas = {name: parsed(n.formula) for name, (_, n) in known.items() if n.formula is not None}
    values, wrong = evaluated(plain, formulas)
    for name, error in wrong.items():
        if error is not None:
            raise _without_value(known[name][0], error)

    def change(path: str, number: Number) -> Number:
        if number.formula is None:
            return number
        try:
            value = number.inside(parsed(number.formula).value(values))
        except FormulaError as error:
            raise _without_value(path, error) from error
        return number if value == number.value else number.model_copy(update={"value": value})

    return replace_numbers(node, change)


def _without_value(path: str, error: FormulaError) -> ScenarioError:
    place, key = Place("", 0), path.removeprefix("pathway.")
    return ScenarioError([Problem(place, key, error.reason, error.suggestion, error.choices)])


def _with_number(node: Any, parts: list[str], value: float) -> Any:
    if isinstance(node, Number) and parts in ([], ["value"]):
        kept = node.model_dump(
            exclude_unset=True, exclude={"low", "high", "distribution", "formula"}
        )
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
    for key, part in _parts(node, written, _holding_numbers):
        if part is not None and not isinstance(part, str | float | int):
            _gather(part, f"{path}.{key}" if path else key, written, found)


def _parts(
    node: Any, written: bool = False, of: Callable[[type[BaseModel]], Keys] | None = None
) -> list[tuple[str, Any]]:
    """Return what stands in a node, by key; of a table what stands under the keys `of` its kind."""
    if isinstance(node, BaseModel):
        fields = (of or _keys)(type(node))
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
def _keys(kind: type[BaseModel]) -> Keys:
    """Return the keys of a table and their attributes; overrides are where they belong already."""
    known = kind.model_fields.items()
    return [(field.alias or name, name) for name, field in known if name != "override"]


@cache
def _holding_numbers(kind: type[BaseModel]) -> Keys:
    """Return those of them under which a number can stand."""
    return [(key, name) for key, name in _keys(kind) if _holds(kind.model_fields[name].annotation)]


@once_for_each_kind(True)
def _holds(kind: Any) -> bool:
    """Return whether a number can stand in what is of a kind, or be it."""
    known = form(kind)
    parts = (*known.keys.values(), known.entries, known.items)
    own = any(isinstance(one, type) and issubclass(one, Number) for one in known.alternatives)
    return own or any(_holds(part) for part in parts if part is not None)
