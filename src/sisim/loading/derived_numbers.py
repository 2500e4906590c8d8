"""Derived numbers: what a document gives by formula is found by the schema and worked out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from math import isfinite
from typing import Any, NamedTuple

from pydantic import BaseModel

from sisim.loading.amounts import Unit, readings
from sisim.loading.fixed_numbers import FixedPlace, fixed_places
from sisim.scenario import fields
from sisim.scenario.document import Document
from sisim.scenario.errors import Place, Problem, Reason
from sisim.scenario.formulas import Formula, FormulaError, cycles, evaluated, is_reserved, parsed
from sisim.scenario.pathway import Destination, Use
from sisim.scenario.positions import Path
from sisim.scenario.types import Number, Positive

STAND_IN = 1.0
"""What stands where a formula has no value, so that the rest can be read."""
LETTER = re.compile("[A-Za-z]")
"""What a formula of a whole number has in it, which may be a calendar year."""
_RANGE = ("low", "high", "distribution")
_UNITS: tuple[Unit, ...] = ("percent",)
_AROUND: dict[Any, tuple[type[Number], frozenset[str]]] = {
    Use: (Number, frozenset({"amount", "factors"})),
    Destination: (Positive, frozenset({"share", "factors"})),
}
"""Tables that may be left out around their number: its kind, the keys by which they are known."""


PATHWAYS: tuple[Path, ...] = (("pathway",), ("time", "tail"))
"""Where a scenario has pathways with parameters of their own."""


class DerivedNumbers:
    """The numbers of a document that are formulas. Each gets its value in the document's data.

    Of a scenario with its pathways, the parameters of all are one list, in which the scenario's
    take the place of those of its pathway, and these of those of its tail.

    The ends of a number's range and the parameters of its distribution may be formulas, too. They
    are worked out once, from the parameters as the file has them: they say how sure a number is
    where the file stands, so no draw of another moves them.

    Args:
        document: What a file says, with its overrides; its data is changed.
        model: What it should be.
        written: Whether it is as a file says it, and not as a model has it.
        inside: Move what a number cannot be to where it can, as in draws of the parameters.

    Numbers that have no owner, as the edges of a table, may be formulas of parameters that are
    certain: see `sisim.loading.fixed_numbers`.

    Attributes:
        problems: What is wrong in the formulas.
        fixed: The formulas of such numbers, by where the model has them.
    """

    def __init__(
        self,
        document: Document,
        model: type[BaseModel],
        *,
        written: bool = True,
        inside: bool = False,
    ) -> None:
        self.problems: list[Problem] = []
        self.fixed: dict[Path, str] = {}
        self._written, self._inside = written, inside
        self._document = document
        self._names = self._parameters()
        self._formulas: dict[Path, Formula] = {}
        places = list(_places(document.data, model, ()))
        for place in places:
            self._read(place)
        self._values, self._wrong = self._evaluated()
        for place in places:
            if place.path in self._formulas or document.made_up.within(place.path):
                self._settle(place)
        for path, table, key in list(_spreads(document.data, model, ())):
            self._settle_spread(path, table, key)
        for fixed in list(fixed_places(document.data, model)):
            self._settle_fixed(fixed)

    def _parameters(self) -> dict[Path, str]:
        """Return the name of each parameter that counts, by path; forget those replaced."""
        data: dict[str, Any] = self._document.data
        own = data.get("parameters")
        found: dict[Path, str] = {}
        known = set(own) if isinstance(own, dict) else set()
        for path in PATHWAYS:
            inner = _inside(data, (*path, "parameters"))
            for name in [*inner] if isinstance(inner, dict) else ():
                if name in known:
                    del inner[name]
                else:
                    found[*path, "parameters", name] = name
                    known.add(name)
        if isinstance(own, dict):
            found |= {("parameters", name): name for name in own}
        for path, name in found.items():
            if is_reserved(name):
                reason = Reason(
                    '"{name}" means something else in a formula: choose another name.', name=name
                )
                self._say(path, reason)
        return found

    def _read(self, place: _NumberPlace) -> None:
        """Read a formula, and take away what cannot stand beside it."""
        table = place.table
        if "formula" in table:
            if self._written:
                reason = Reason('Unknown key "{key}".', key="formula")
                self._say((*place.path, "formula"), reason, "value")
            table["value"] = table.pop("formula")
        text = table.get("value")
        if not _is_formula(text):
            return
        for key in [key for key in _RANGE if key in table]:
            del table[key]
            reason = Reason(
                "A number that is given by a formula has no range and no distribution of its own: "
                "give them to the parameters in it."
            )
            self._say((*place.path, key), reason)
        try:
            self._formulas[place.path] = parsed(text)
        except FormulaError as error:
            self._fail(place.path, error)

    def _evaluated(self) -> tuple[dict[str, float], dict[str, FormulaError | None]]:
        """Return the values of parameters, and those that have none."""
        data, paths = self._document.data, {name: path for path, name in self._names.items()}
        own = {n: self._formulas[path] for n, path in paths.items() if path in self._formulas}
        circular: set[str] = set()
        for ring in cycles({name: formula.names for name, formula in own.items()}):
            circular |= set(ring)
            names = " → ".join(ring)
            reason = Reason("The parameters go round in a circle: {names}.", names=names)
            self._say(paths[ring[0]], reason)
        plain = {n: v for n, p in paths.items() if (v := _plain(data, p)) is not None}
        formulas = {name: formula for name, formula in own.items() if name not in circular}
        values, wrong = evaluated(plain, formulas, set(paths) - set(plain) - set(formulas))
        for name, error in wrong.items():
            if error is not None:
                self._fail(paths[name], error)
        return values, wrong

    def _settle(self, place: _NumberPlace) -> None:
        """Put the value of a formula in its place, and tell where it was changed."""
        path, formula = place.path, self._formulas.get(place.path)
        value: float | None = None
        if path in self._names:
            value = self._values.get(self._names[path])
        elif formula is not None and self._wrong.keys().isdisjoint(formula.names):
            try:
                value = formula.value(self._values)
            except FormulaError as error:
                self._fail(path, error)
        if value is None:
            self._document.made_up.add(path)
        elif self._inside:
            value = place.kind.inside(value)
        place.table["value"] = STAND_IN if value is None else value
        if formula is not None:
            place.table["formula"] = formula.text
            changed = [self._changed[name] for name in formula.names if name in self._changed]
            if changed and path not in self._document.changed:
                self._document.changed[path] = changed[0]
        place.put()

    def _settle_spread(self, path: Path, table: dict[str, Any], key: str) -> None:
        """Put the value of a formula into a range, or into the parameters of a distribution."""
        text, value = table[key], None
        if not _is_formula(text):
            return
        try:
            formula = parsed(text)
            if self._wrong.keys().isdisjoint(formula.names):
                value = formula.value(self._values)
        except FormulaError as error:
            self._fail((*path, key), error)
        if value is None:
            # Nothing follows from it: the number has what is left, or no distribution.
            self._document.made_up.add(path)
            table.pop(key)
        else:
            table[key] = value

    def _settle_fixed(self, place: FixedPlace) -> None:
        """Put the value of a formula where a number stands that is the same in every draw."""
        text, value = place.text, None
        if not _is_formula(text) or (place.whole and not LETTER.search(text)):
            return  # "2026-10" is a month, and no subtraction
        try:
            formula = parsed(text)
            if self._wrong.keys().isdisjoint(formula.names):
                value = formula.value(self._values)
        except FormulaError as error:
            self._fail(place.path, error)
        if value is None:
            # How long or how many cannot be made up without being told of it elsewhere.
            self._document.made_up.add(place.path)
            return
        for name in sorted(self._behind(formula) & self._uncertain):
            reason = Reason(
                'Here stands what is the same in every draw, and the parameter "{name}" is '
                "uncertain: take its range and distribution away, or write a number.",
                name=name,
            )
            self._say(place.path, reason)
        self._document.formulas[place.path] = self.fixed[place.at] = text
        place.put(value)

    def _behind(self, formula: Formula) -> set[str]:
        """Return the parameters that a formula follows, and those that these follow."""
        own = {n: self._formulas[path] for path, n in self._names.items() if path in self._formulas}
        found: set[str] = set()
        waiting = list(formula.names)
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += own[name].names if name in own else ()
        return found

    @cached_property
    def _uncertain(self) -> set[str]:
        """The parameters that are drawn: by a range or a distribution, or several together."""
        data = self._document.data
        tables = {name: _inside(data, path) for path, name in self._names.items()}
        found = {n for n, one in tables.items() if isinstance(one, dict) and one.keys() & {*_RANGE}}
        joint = data.get("uncertainty")
        for one in joint.values() if isinstance(joint, dict) else ():
            paths = one.get("paths") if isinstance(one, dict) else None
            texts = [path for path in paths if isinstance(path, str)] if paths else []
            found |= {path.rpartition("parameters.")[2] for path in texts}
        return found & set(self._names.values())

    @cached_property
    def _changed(self) -> dict[str, Place]:
        """Where the parameters were changed that are not as the files have them, by name."""
        written = self._document.changed
        found: dict[str, Place] = {}
        for path, name in self._names.items():
            places = [place for at, place in written.items() if at[: len(path)] == path]
            if places:
                found[name] = places[0]
        before = -1
        while found and len(found) > before:
            before = len(found)
            for path, name in self._names.items():
                formula = self._formulas.get(path)
                used = [n for n in formula.names if n in found] if formula else []
                if used:
                    found.setdefault(name, found[used[0]])
        return found

    def _fail(self, path: Path, error: FormulaError) -> None:
        self._document.made_up.add(path)
        self._say(path, error.reason, error.suggestion, error.choices)

    def _say(
        self,
        path: Path,
        reason: Reason,
        suggestion: str | None = None,
        choices: tuple[str, ...] = (),
    ) -> None:
        place, key = self._document.locate(path), self._document.key(path)
        self.problems.append(Problem(place, key, reason, suggestion, choices))


@dataclass(frozen=True)
class _NumberPlace:
    """A text where a number may stand: in the table or list `around` it, under `path[-1]`."""

    path: Path
    kind: type[Number]
    around: Any
    table: dict[str, Any]

    def put(self) -> None:
        """Let the table of the number stand in its place."""
        self.around[self.path[-1]] = self.table


class _NumberForm(NamedTuple):
    """What may stand at a place: a number, alone or `around` it a table; entries; items.

    What can hold no number is None.
    """

    number: type[Number] | None
    around: frozenset[str]
    keys: dict[str, Any]
    entries: Any
    items: Any

    @property
    def holds(self) -> bool:
        """Whether a number can be there."""
        return any((self.number, self.entries, self.items, *self.keys.values()))


@fields.once_for_each_kind(_NumberForm(Number, frozenset(), {}, None, None))
def _form(kind: Any) -> _NumberForm:
    """Return what a place of this kind may hold, of numbers."""
    known = fields.form(kind)
    number: type[Number] | None = None
    around = frozenset[str]()
    for option in known.alternatives:
        if isinstance(option, type) and issubclass(option, Number):
            number = option
        elif option in _AROUND:
            number, around = _AROUND[option]
    keys = {} if number and not around else known.keys
    below = {key: _holding(part) for key, part in keys.items()}
    return _NumberForm(number, around, below, _holding(known.entries), _holding(known.items))


def _holding(kind: Any) -> Any:
    """Return a kind if a number can be in it."""
    return kind if kind is not None and _form(kind).holds else None


def _places(node: Any, kind: Any, path: Path) -> Iterator[_NumberPlace]:
    """Yield every place where a formula may stand, or a table of a number that has one."""
    form = _form(kind)
    for key, part, kind_of_part in fields.parts_of(node, form):
        below = _form(kind_of_part)
        if below.number and isinstance(part, str):
            yield _NumberPlace((*path, key), below.number, node, {"value": part})
        elif below.number and isinstance(part, dict) and below.around.isdisjoint(part):
            if isinstance(part.get("value"), str) or part.get("formula") is not None:
                yield _NumberPlace((*path, key), below.number, node, part)
        else:
            yield from _places(part, kind_of_part, (*path, key))


def _is_formula(text: Any) -> bool:
    """Return whether a formula stands here; numbers written as texts are for the models."""
    return isinstance(text, str) and bool(text) and not readings(text, _UNITS)


def _spreads(node: Any, kind: Any, path: Path) -> Iterator[tuple[Path, dict[str, Any], str]]:
    """Yield every text in what says how sure a number is: its table, and the key in it."""
    form = _form(kind)
    if isinstance(node, dict) and form.number and form.around.isdisjoint(node):
        for key in ("low", "high"):
            if isinstance(node.get(key), str):
                yield path, node, key
        distribution = node.get("distribution")
        if isinstance(distribution, dict):
            for key, part in distribution.items():
                if key != "name" and isinstance(part, str):
                    yield (*path, "distribution"), distribution, key
        return
    for key, part, below in fields.parts_of(node, form):
        if not isinstance(part, str):
            yield from _spreads(part, below, (*path, key))


def _inside(data: Any, path: Path) -> Any:
    """Return what stands at a path; None if nothing does."""
    for part in path:
        data = data.get(part) if isinstance(data, dict) else None
    return data


def _plain(data: Any, path: Path) -> float | None:
    """Return the number at a path, if it is given by one."""
    for part in path:
        data = data[part]
    value = data.get("value") if isinstance(data, dict) else data
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if isfinite(value) else None
