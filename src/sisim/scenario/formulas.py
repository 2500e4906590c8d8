"""Formulas of named parameters: a small grammar, read with `ast` and a white list, never executed.

A formula has decimal numbers, names of parameters, `+ - * / **`, comparisons, `and`, `or`, `not`,
`a if b else c`, and the functions `min`, `max`, `exp`, `log` (natural) and `sqrt`. They mean what
they mean in Python, on floating-point numbers; what has no finite value is an error.
"""

from __future__ import annotations

import ast
import keyword
import math
import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from graphlib import CycleError, TopologicalSorter
from typing import Any

from sisim.scenario.errors import Reason, nearest, shortened

LONGEST = 1000
"""Characters of a formula."""
DEEPEST = 60
"""Operations inside each other in a formula."""
FUNCTIONS: dict[str, Callable[..., float]] = {
    "min": min,
    "max": max,
    "exp": math.exp,
    "log": math.log,
    "sqrt": math.sqrt,
}
_OPERATORS: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: math.pow,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Not: operator.not_,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
_GRAMMAR_NODES = (
    *(ast.Constant, ast.Name, ast.BinOp, ast.UnaryOp, ast.Compare, ast.BoolOp, ast.IfExp, ast.Call),
    *_OPERATORS,
    ast.boolop,
    ast.expr_context,
)
_GRAMMAR = Reason(
    "A formula has numbers, names of parameters, + - * / **, comparisons, and, or, not, "
    "min, max, exp, log, sqrt, and a if b else c."
)
_INSTEAD: dict[type[ast.AST], Reason] = {
    ast.BitXor: Reason("A power is written **, as in 2 ** 3."),
    ast.Mod: Reason("A percentage is written as a share: 5 % as 0.05."),
    ast.Tuple: Reason("A decimal number has a point: 0.5, not 0,5."),
    ast.Attribute: Reason("A parameter is named alone, without what it stands in."),
}
"""What to write for what is not in the grammar."""


class FormulaError(ValueError):
    """Why a formula has no value.

    Attributes:
        reason: What is wrong, with the part of the formula and the remedy.
        suggestion: The name that was probably meant, if a name does not exist.
        choices: The names that there are.
    """

    def __init__(self, reason: Reason, suggestion: str | None = None, choices: Iterable[str] = ()):
        super().__init__(repr(reason))
        self.reason = reason
        self.suggestion = suggestion
        self.choices = tuple(choices)


@dataclass(frozen=True)
class Formula:
    """A formula that has been read.

    Attributes:
        text: As it is written.
        tree: Its syntax, of the white list alone.
    """

    text: str
    tree: ast.expr

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The parameters that it names, each once, in order."""
        nodes = [node for node in ast.walk(self.tree) if isinstance(node, ast.Name)]
        functions = {id(node.func) for node in ast.walk(self.tree) if isinstance(node, ast.Call)}
        own = sorted(
            (node for node in nodes if id(node) not in functions), key=lambda n: n.col_offset
        )
        return tuple(dict.fromkeys(node.id for node in own))

    def value(self, parameters: Mapping[str, float]) -> float:
        """Return what the formula comes to.

        Args:
            parameters: A value for each name.

        Raises:
            FormulaError: If there is no parameter of a name, or no finite value.
        """
        for name in self.names:
            if name not in parameters:
                raise _unknown(name, parameters)
        return float(self._of(self.tree, parameters))

    def _of(self, node: ast.expr, parameters: Mapping[str, float]) -> Any:
        match node:
            case ast.Constant():
                return float(node.value)  # type: ignore[arg-type]
            case ast.Name():
                return parameters[node.id]
            case ast.IfExp():
                chosen = node.body if self._of(node.test, parameters) else node.orelse
                return self._of(chosen, parameters)
            case ast.BoolOp():
                result: Any = None
                for part in node.values:
                    result = self._of(part, parameters)
                    if bool(result) == isinstance(node.op, ast.Or):
                        break
                return result
            case ast.Compare():
                left = self._of(node.left, parameters)
                for sign, part in zip(node.ops, node.comparators, strict=True):
                    right = self._of(part, parameters)
                    if not _OPERATORS[type(sign)](left, right):
                        return False
                    left = right
                return True
            case ast.UnaryOp():
                return self._done(node, node.op, [node.operand], parameters)
            case ast.BinOp():
                return self._done(node, node.op, [node.left, node.right], parameters)
            case _:
                assert isinstance(node, ast.Call)
                return self._done(node, node.func, node.args, parameters)

    def _done(
        self, node: ast.expr, what: ast.AST, args: list[ast.expr], parameters: Mapping[str, float]
    ) -> Any:
        """Return what an operator or a function makes of its arguments."""
        values = [self._of(part, parameters) for part in args]
        do = FUNCTIONS[what.id] if isinstance(what, ast.Name) else _OPERATORS[type(what)]
        try:
            result = do(*values)
        except OverflowError:
            result = math.inf
        except ZeroDivisionError as error:
            reason = Reason('Division by zero in "{token}".', token=self._token(node))
            raise FormulaError(reason) from error
        except ValueError as error:
            reason = Reason(
                '"{token}" has no value where what stands in it is {values}.',
                token=self._token(node),
                values=[float(value) for value in values],
            )
            raise FormulaError(reason) from error
        if not math.isfinite(result):
            reason = Reason('"{token}" is greater than any number.', token=self._token(node))
            raise FormulaError(reason)
        return result

    def _token(self, node: ast.AST) -> str:
        return _segment(self.text, node)


@lru_cache(maxsize=4096)
def parsed(text: str) -> Formula:
    """Return a formula that is written as a text.

    Examples:
        >>> formula = parsed("1 - exp(-rate * ratio)")
        >>> formula.names, round(formula.value({"rate": 0.1, "ratio": 2}), 4)
        (('rate', 'ratio'), 0.1813)

    Raises:
        FormulaError: If it is none, with the part that cannot be read and the remedy.
    """
    if len(text) > LONGEST:
        reason = Reason(
            "A formula has at most {most} characters, and this one has {n}. Give parts of it names "
            "under [parameters].",
            most=LONGEST,
            n=len(text),
        )
        raise FormulaError(reason)
    plain = " ".join(text.split())
    try:
        tree = ast.parse(plain, mode="eval").body
    except SyntaxError as error:
        raise FormulaError(_unread(plain, error)) from error
    except (ValueError, MemoryError, RecursionError) as error:
        raise FormulaError(_TOO_DEEP) from error
    _check(plain, tree)
    return Formula(plain, tree)


_TOO_DEEP = Reason("The formula is nested too deeply. Give parts of it names under [parameters].")


def _unread(text: str, error: SyntaxError) -> Reason:
    """Return at what a formula cannot be read."""
    if "nested parentheses" in str(error):
        return _TOO_DEEP
    at = max((error.offset or 1) - 1, 0)
    token = shortened(text[at:].strip()) or shortened(text) or " "
    return Reason('The formula cannot be read at "{token}". {remedy}', token=token, remedy=_GRAMMAR)


def _check(text: str, tree: ast.expr) -> None:
    """Check that a tree is of the grammar alone.

    Raises:
        FormulaError: If something else stands in it.
    """
    waiting: list[tuple[ast.AST, int]] = [(tree, 1)]
    while waiting:
        node, depth = waiting.pop()
        if depth > DEEPEST:
            raise FormulaError(_TOO_DEEP)
        if not isinstance(node, _GRAMMAR_NODES):
            raise FormulaError(_not_allowed(text, node, tree))
        if isinstance(node, ast.Constant):
            _check_number(text, node)
        below = list(ast.iter_child_nodes(node))
        if isinstance(node, ast.Call):
            _check_call(text, node)
            below = list(node.args)
        waiting.extend((part, depth + 1) for part in below)


def _not_allowed(text: str, node: ast.AST, tree: ast.expr) -> Reason:
    # An operator has no place of its own: the expression that it stands in has.
    whole = node
    if not isinstance(node, ast.expr):
        whole = next((one for one in ast.walk(tree) if node in ast.iter_child_nodes(one)), tree)
    remedy = _INSTEAD.get(type(node), _GRAMMAR)
    token = _segment(text, whole)
    return Reason('"{token}" cannot stand in a formula. {remedy}', token=token, remedy=remedy)


def _check_number(text: str, node: ast.Constant) -> None:
    value = node.value
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise FormulaError(_not_allowed(text, node, node))
    try:
        finite = math.isfinite(float(value))
    except OverflowError:
        finite = False
    if not finite:
        token = _segment(text, node)
        raise FormulaError(Reason('"{token}" is greater than any number.', token=token))


def _check_call(text: str, node: ast.Call) -> None:
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    if name not in FUNCTIONS:
        shown = name or _segment(text, node.func)
        reason = Reason('There is no function "{name}" in formulas.', name=shown)
        raise FormulaError(reason, nearest(shown, FUNCTIONS), FUNCTIONS)
    most = math.inf if name in ("min", "max") else 1
    least = 2 if name in ("min", "max") else 1
    plain = not node.keywords and not any(isinstance(one, ast.Starred) for one in node.args)
    if not plain or not least <= len(node.args) <= most:
        wanted = Reason("two or more values") if least == 2 else Reason("one value")
        reason = Reason(
            '"{token}": {name} takes {wanted}.',
            token=_segment(text, node),
            name=name,
            wanted=wanted,
        )
        raise FormulaError(reason)


def _segment(text: str, node: ast.AST) -> str:
    return shortened(ast.get_source_segment(text, node) or text, 60)


def _unknown(name: str, parameters: Iterable[str]) -> FormulaError:
    known = list(parameters)
    if not known:
        reason = Reason(
            'There is no parameter "{name}": give it a value under [parameters].', name=name
        )
        return FormulaError(reason)
    reason = Reason('There is no parameter "{name}".', name=name)
    return FormulaError(reason, nearest(name, known), known)


def is_reserved(name: str) -> bool:
    """Return whether a name means something else in formulas, so that no parameter can have it."""
    return name in FUNCTIONS or keyword.iskeyword(name)


def cycles(uses: Mapping[str, Iterable[str]]) -> list[list[str]]:
    """Return definitions that go round in a circle, each ring once: `a`, what it uses, ..., `a`.

    Args:
        uses: The names that each name is defined by.

    Examples:
        >>> cycles({"a": ["b"], "b": ["a"], "c": ["a"]})
        [['a', 'b', 'a']]
    """
    left = {name: [used for used in names if used in uses] for name, names in uses.items()}
    order = {name: number for number, name in enumerate(uses)}
    found: list[list[str]] = []
    while True:
        try:
            TopologicalSorter(left).prepare()
        except CycleError as error:
            ring = error.args[1][:0:-1]  # each is used by the one before it
            first = ring.index(min(ring, key=order.__getitem__))
            found.append([*ring[first:], *ring[:first], ring[first]])
            for name in ring:
                left[name] = []
        else:
            return found


def evaluated(
    plain: Mapping[str, float], formulas: Mapping[str, Formula], unclear: Iterable[str] = ()
) -> tuple[dict[str, float], dict[str, FormulaError | None]]:
    """Return the value of each parameter, whatever the order in which they are defined.

    Args:
        plain: Those given by a number.
        formulas: Those given by a formula; they may not go round in a circle.
        unclear: Those of which something else is wrong.

    Returns:
        The values; and why the rest has none, None where only another's has not.
    """
    values = dict(plain)
    wrong: dict[str, FormulaError | None] = dict.fromkeys(unclear)
    known = [*plain, *formulas, *wrong]
    for name in TopologicalSorter({n: one.names for n, one in formulas.items()}).static_order():
        if name not in formulas:
            continue
        formula = formulas[name]
        strange = next((used for used in formula.names if used not in known), None)
        if strange is not None:
            wrong[name] = _unknown(strange, [one for one in known if one != name])
        elif any(used in wrong for used in formula.names):
            wrong[name] = None
        else:
            try:
                values[name] = formula.value(values)
            except FormulaError as error:
                wrong[name] = error
    return values, wrong
