"""From a document to a model: what pydantic finds wrong, said in the reader's words."""

from __future__ import annotations

import copy
import math
from typing import Any, TypeVar, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from sisim.loading.amounts import Unit, amount, readings
from sisim.scenario import fields
from sisim.scenario.document import Document
from sisim.scenario.errors import MOST_PROBLEMS, Problem, Reason, nearest, shortened
from sisim.scenario.positions import Path, Paths
from sisim.scenario.types import SYMBOL, Number, Text

M = TypeVar("M", bound=BaseModel)


def validate(model: type[M], document: Document) -> tuple[M | None, list[Problem]]:
    """Return the model that `document` gives, and all that is wrong in it.

    What is wrong is mended as it was probably meant, only to be able to read on and find the rest:
    a file with any problem is never used. Where there are too many, no more is looked for.
    """
    data = document.data
    problems: dict[tuple[Path, Reason], Problem] = {}
    for _ in range(4):
        try:
            return model.model_validate(data), list(problems.values())
        except ValidationError as error:
            details = error.errors(include_url=False)[:MOST_ERRORS]
            found = [_Finding(model, data, detail) for detail in details]
        except RecursionError:
            return None, [Problem(document.locate(()), "", Reason("This is nested too deeply."))]
        found = _most_specific(found)
        for finding in found:
            if finding.missing is None and document.made_up.within(finding.path):
                continue
            problem = finding.problem(document)
            problems.setdefault((finding.path, problem.reason), problem)
        if len(details) == MOST_ERRORS:
            break
        data = copy.deepcopy(data)
        mended = [finding.mend(data, document.made_up) for finding in found]
        if not all(mended):
            break
    return None, list(problems.values())


MOST_ERRORS = 4 * MOST_PROBLEMS
"""Of pydantic, which has one for each form that a value might have had."""
UNITS: tuple[Unit, ...] = ("percent",)
"""What may stand beside a number in a file, if it is written as a text."""
_NUMBERS = ("model_type", "float_type", "int_type")
"""What pydantic says of a text where a number should stand."""


class _Finding:
    """One error of pydantic's, at the path where the user would look for it."""

    def __init__(self, model: type[BaseModel], data: Any, detail: ErrorDetails):
        self.type = detail["type"]
        self.context: dict[str, Any] = detail.get("ctx", {})
        self.path, _ = _path_in_file(model, data, detail["loc"])
        self.value = _at(data, self.path)
        self.missing = str(detail["loc"][-1]) if self.type == "missing" else None
        table = _at(data, self.path[:-1])
        formula = table.get("formula") if isinstance(table, dict) else None
        self.formula = formula if self.path[-1:] == ("value",) else None
        around = _path_in_file(model, data, detail["loc"][:-1])[1]
        self.valid = tuple(fields.keys(around))
        self.missing_kind = fields.step(around, self.missing) if self.missing else None
        self.unknown = self.type == "extra_forbidden"
        if self.unknown and isinstance(table := _at(data, self.path[:-1]), dict):
            free = [name for name in self.valid if name not in table]
            self.meant = nearest(str(self.path[-1]), free)
        elif self.type == "literal_error":
            self.valid = tuple(_expected(self.context))
            self.meant = nearest(str(self.value), self.valid)
        else:
            self.meant = None

    def problem(self, document: Document) -> Problem:
        choices = self.valid if self.unknown else ()
        path = (*self.path, self.missing) if self.missing else self.path
        if self.formula is not None:
            path = path[:-1]
        formula = self.formula or document.formulas.get(self.path)
        return Problem(
            document.locate(self.path), document.key(path), self._said(formula), self.meant, choices
        )

    def _said(self, formula: str | None) -> Reason:
        """Return what is wrong, with the formula that led to it."""
        if formula is None:
            return self._reason()
        return Reason(
            '"{formula}" comes to {value}. {reason}',
            formula=shortened(formula),
            value=self.value,
            reason=self._reason(),
        )

    def _reason(self) -> Reason:
        numbers = self._as_said()
        if len(numbers) > 1:
            found = amount(self.value, None, UNITS)
            assert isinstance(found, Reason)
            return found
        number = next(iter(numbers), None)
        if number == float("inf"):
            return Reason("The number must be finite.")
        if number is not None:
            return Reason(
                '"{value}" cannot be read as a number: write {number}, with a decimal point and '
                "without spaces.",
                value=shortened(self.value),
                number=f"{number:.12g}",
            )
        make = _REASONS.get(self.type)
        return make(self) if make else Reason("This value is not valid here.")

    def mend(self, data: Any, made_up: Paths) -> bool:
        """Change `data` into what was probably meant; return whether that could be done.

        Where nobody can know what was meant, something that is allowed is `made_up`.
        """
        if self.type in ("outside_range", "upside_down") and isinstance(self.value, dict):
            for key in ("low", "high"):
                _at(data, self.path).pop(key, None)
            return True
        if self.missing is not None:
            around = _at(data, self.path)
            stand_in = _stand_in(self.missing_kind)
            if isinstance(around, dict) and stand_in is not None:
                around[self.missing] = stand_in
                made_up.add((*self.path, self.missing))
                return True
            return False
        table: Any = _at(data, self.path[:-1])
        if not self.path or not isinstance(table, dict | list):
            return False
        last: Any = self.path[-1]
        if self.unknown and isinstance(table, dict):
            value = table.pop(last, None)
            if self.meant is not None:
                table.setdefault(self.meant, value)
            return True
        likely = self._likely()
        if likely is None:
            likely = self._allowed()
            made_up.add(self.path)
        if likely is not None:
            table[last] = likely
        return likely is not None

    def _likely(self) -> Any:
        """Return the valid value that is most like the one given, if any is."""
        if self.type == "literal_error":
            return self.meant
        if self.type == "list_type" and isinstance(self.value, str | int | float):
            return [self.value]
        numbers = self._as_said()
        number = next(iter(numbers), None)
        if len(numbers) == 1 and number is not None and math.isfinite(number):
            return int(number) if self.type == "int_type" else number
        return None

    def _allowed(self) -> Any:
        """Return some value that is allowed, if one is known."""
        if self.type == "literal_error":
            return self.valid[0]
        return self.context.get("ge", self.context.get("le"))

    def _as_said(self) -> set[float]:
        """Return the numbers that a text may be, where one should stand: "3,5 %", "1 234,5"."""
        if not isinstance(self.value, str) or self.type not in _NUMBERS:
            return set()
        return set(readings(self.value, UNITS).values())


def _stand_in(kind: Any) -> Any:
    """Return something that may stand where a required key is missing, to read on."""
    for option in fields.alternatives(kind):
        container: Any = get_origin(option)
        if container in (dict, list):
            return container()
        if option in (int, float) or (isinstance(option, type) and issubclass(option, Number)):
            return 1
        if option is Text:
            return "?"
    return None


def _path_in_file(
    model: type[BaseModel], data: Any, loc: tuple[int | str, ...]
) -> tuple[Path, Any]:
    """Return `loc` without what the file does not say: union branches, keys filled in for it."""
    path: Path = ()
    node: Any = data
    kind: Any = model
    for part in loc:
        steps: Path = (part,)
        if isinstance(node, dict) and part not in node and "." in str(part):
            steps = tuple(str(part).split("."))  # a dotted feature name may be nested tables
        inner = _at(node, steps)
        if inner is not _NOTHING:
            path, node = (*path, *steps), inner
        kind = _next_kind(kind, part, inner is not _NOTHING)
    return path, kind


def _next_kind(kind: Any, part: str | int, present: bool) -> Any:
    if present or part in fields.keys(kind):
        return fields.step(kind, part) or kind
    return kind


_NOTHING = object()


def _at(data: Any, path: Path) -> Any:
    for part in path:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            return _NOTHING
        if isinstance(data, str) and part != path[-1]:
            return _NOTHING
    return data


def _most_specific(found: list[_Finding]) -> list[_Finding]:
    """Leave out the branches of a union that the user did not try, and what follows from typos."""
    meant = {(f.path[:-1], f.meant) for f in found if f.unknown}
    wrong_kind = {"string_type", "dict_type", "list_type", "model_type"}

    def matters(finding: _Finding) -> bool:
        if finding.missing is not None:
            return (finding.path, finding.missing) not in meant
        if finding.type not in wrong_kind:
            return True
        same = [f for f in found if f.path[: len(finding.path)] == finding.path]
        return all(f is finding or (f.type in wrong_kind and f.path == finding.path) for f in same)

    kept: dict[Path, list[_Finding]] = {}
    for finding in filter(matters, found):
        kept.setdefault(finding.path, []).append(finding)
    result = []
    for findings in kept.values():
        tried = [f for f in findings if f.type in wrong_kind]
        if len(tried) > 1:  # several forms are allowed, and it is none of them
            tried[0].type = "no_form"
            tried[0].context = {"forms": [f.type for f in tried[1:]]}
            findings = [f for f in findings if f not in tried[1:]]
        result += findings
    return result


def _expected(context: dict[str, Any]) -> list[str]:
    text = str(context.get("expected", "")).replace(" or ", ", ")
    return [part.strip("'") for part in text.split(", ")]


def _outside(value: float, low: float | None, high: float | None) -> Reason:
    if low is None:
        return Reason('The value {value} is greater than "high" ({high}).', value=value, high=high)
    if high is None:
        return Reason('The value {value} is less than "low" ({low}).', value=value, low=low)
    return Reason(
        "The value {value} lies outside its own range {low} to {high}.",
        value=value,
        low=low,
        high=high,
    )


def _pattern(finding: _Finding) -> Reason:
    pattern = str(finding.context.get("pattern", ""))
    if r"\d{4}" in pattern:
        return Reason('"{value}" is not a month such as "2026-01".', value=finding.value)
    name = finding.value if isinstance(finding.value, str) else finding.path[-1]
    if pattern == SYMBOL:
        return Reason(
            '"{name}" cannot be the name of a parameter: use a-z, A-Z, 0-9 and underscore, '
            "beginning with a letter.",
            name=name,
        )
    return Reason(
        '"{name}" cannot be a name: use a-z, 0-9, hyphen and underscore, beginning with a letter.',
        name=name,
    )


_REASONS: dict[str, Any] = {
    "missing": lambda f: Reason('The key "{key}" is missing.', key=f.missing),
    "extra_forbidden": lambda f: Reason('Unknown key "{key}".', key=f.path[-1]),
    "literal_error": lambda f: Reason(
        "{value} is not one of: {names}.", value=_named(f.value), names=f.valid
    ),
    "outside_range": lambda f: _outside(**f.context),
    "upside_down": lambda f: Reason(
        '"low" ({low}) is greater than "high" ({high}).',
        low=f.context["low"],
        high=f.context["high"],
    ),
    "string_pattern_mismatch": _pattern,
    "no_form": lambda f: Reason("{value} is not of a form that fits here.", value=_named(f.value)),
    "finite_number": lambda _: Reason("The number must be finite."),
    "greater_than": lambda f: Reason("The number must be over {gt}.", **f.context),
    "greater_than_equal": lambda f: Reason("The number must be at least {ge}.", **f.context),
    "less_than": lambda f: Reason("The number must be under {lt}.", **f.context),
    "less_than_equal": lambda f: Reason("The number must be at most {le}.", **f.context),
    "int_from_float": lambda f: Reason("{value} should be a whole number.", value=_named(f.value)),
}
for _type, _message in {
    "float_type": Reason("should be a number"),
    "int_type": Reason("should be a whole number"),
    "bool_type": Reason("should be true or false"),
    "string_type": Reason("should be a text"),
    "list_type": Reason("should be a list"),
    "dict_type": Reason("should be a table"),
    "model_type": Reason("should be a number or a table with the keys that belong here"),
}.items():
    _REASONS[_type] = lambda f, message=_message: Reason(
        "{value} {wanted}.", value=_named(f.value), wanted=message
    )


def _named(value: Any) -> Reason | str:
    """Return what a value is called: a text by its words, a list or a table by its kind."""
    match value:
        case list():
            return Reason("This list")
        case dict():
            return Reason("This table")
        case str():
            return Reason('"{text}"', text=shortened(value))
        case bool():
            return str(value).lower()
    return shortened(str(value))
