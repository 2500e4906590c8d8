"""A workbook worked out anew by an evaluator of the formulas that it uses, apart from the package.

Formulas are read with the tokenizer of openpyxl and evaluated when a cell is asked for. It knows
few functions and no more of their rules than the workbook needs; `formulas`, which knows all, is
slow, and is held against it on a small one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy_financial
import openpyxl
from openpyxl.formula import Tokenizer
from openpyxl.utils import range_boundaries

Key = tuple[str, int, int]


class Recalculated:
    """A workbook, its cells worked out when they are asked for.

    Args:
        path: The file.
    """

    def __init__(self, path: Path) -> None:
        book = openpyxl.load_workbook(path)
        self.formulas: dict[Key, str] = {}
        self.values: dict[Key, Any] = {}
        for sheet in book:
            for row in sheet.iter_rows():
                for cell in row:
                    key = sheet.title, cell.row, cell.column
                    if isinstance(cell.value, str) and cell.data_type == "f":
                        self.formulas[key] = cell.value[1:]
                    elif cell.value is not None:
                        self.values[key] = cell.value
        self.names = {name: one.attr_text for name, one in book.defined_names.items()}
        self._known: dict[Key, Any] = {}
        self._blocks: dict[tuple[str, str], Any] = {}

    def __setitem__(self, place: str, value: float) -> None:
        """Write a number into a cell, by its place or its name."""
        key = self._key(self.names.get(place, place))
        self.formulas.pop(key, None)
        self.values[key] = value
        self._known, self._blocks = {}, {}

    def __getitem__(self, place: str) -> Any:
        """Return what a cell comes to, by its place or its name."""
        return self.cell(self._key(self.names.get(place, place)))

    def cell(self, key: Key) -> Any:
        """Return what a cell comes to."""
        if key not in self.formulas:
            return self.values.get(key)
        if key not in self._known:
            self._known[key] = _Formula(self, key[0], self.formulas[key]).value()
        return self._known[key]

    def block(self, place: str, sheet: str) -> Any:
        """Return the value of a cell, or those of a block as an array."""
        place = self.names.get(place, place)
        if "!" in place:
            sheet, place = place.rsplit("!", 1)
            sheet = sheet.strip("'").replace("''", "'")
        if (sheet, place) in self._blocks:
            return self._blocks[sheet, place]
        left, top, right, bottom = range_boundaries(place.replace("$", ""))
        if (left, top) == (right, bottom):
            return self.cell((sheet, top, left))
        rows = range(top, bottom + 1)
        found = [[self.cell((sheet, r, c)) for c in range(left, right + 1)] for r in rows]
        self._blocks[sheet, place] = np.array(found, dtype=object)
        return self._blocks[sheet, place]

    def _key(self, place: str) -> Key:
        sheet, cell = place.rsplit("!", 1)
        column, row, *_ = range_boundaries(cell.replace("$", ""))
        return sheet.strip("'"), row, column


class _Formula:
    """A formula, read from the left by the rank of its operators."""

    RANK = {"=": 1, "<>": 1, "<": 1, ">": 1, "<=": 1, ">=": 1, "&": 2, "+": 3, "-": 3}
    RANK |= {"*": 4, "/": 4, "^": 5}

    def __init__(self, book: Recalculated, sheet: str, text: str) -> None:
        self.book, self.sheet = book, sheet
        tokens = Tokenizer(f"={text}").items
        self.tokens = [one for one in tokens if one.type != "WHITE-SPACE"]
        self.at = 0

    def value(self) -> Any:
        return self._expression(0)

    def _expression(self, least: int) -> Any:
        left = self._operand()
        while self.at < len(self.tokens):
            one = self.tokens[self.at]
            if one.type != "OPERATOR-INFIX" or self.RANK[one.value] <= least:
                break
            self.at += 1
            left = _operate(one.value, left, self._expression(self.RANK[one.value]))
        return left

    def _operand(self) -> Any:
        one = self.tokens[self.at]
        self.at += 1
        if one.type == "OPERATOR-PREFIX":
            # Before a power, as spreadsheets have it.
            sign = -1 if one.value == "-" else 1
            return sign * np.asarray(self._expression(5), float)[()]
        if one.type == "PAREN":
            found = self._expression(0)
            self.at += 1
            return found
        if one.type == "FUNC":
            return self._function(one.value[:-1])
        if one.subtype == "NUMBER":
            return float(one.value)
        if one.subtype == "TEXT":
            return one.value[1:-1].replace('""', '"')
        return self.book.block(one.value, self.sheet)

    def _function(self, name: str) -> Any:
        parts = []
        while self.tokens[self.at].subtype != "CLOSE":
            if self.tokens[self.at].type == "SEP":
                self.at += 1
            parts.append(self._expression(0))
        self.at += 1
        return FUNCTIONS[name](*parts)


def _operate(sign: str, left: Any, right: Any) -> Any:
    if sign in ("=", "<>"):
        same = np.asarray(left == right)
        return (same if sign == "=" else ~same)[()]
    if sign == "&":
        return f"{left}{right}"
    one, other = _number(left), _number(right)
    with np.errstate(all="ignore"):
        return {
            "+": lambda: one + other,
            "-": lambda: one - other,
            "*": lambda: one * other,
            "/": lambda: one / other,
            "^": lambda: one**other,
            "<": lambda: one < other,
            ">": lambda: one > other,
            "<=": lambda: one <= other,
            ">=": lambda: one >= other,
        }[sign]()


def _number(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return np.array([0.0 if x is None else x for x in value.ravel()], float).reshape(
            value.shape
        )
    return np.float64(0.0 if value is None else value)


def _numbers(parts: tuple[Any, ...]) -> list[float]:
    found: list[float] = []
    for part in parts:
        cells = part.ravel() if isinstance(part, np.ndarray) else [part]
        found += [float(x) for x in cells if x is not None and not isinstance(x, str)]
    return found


def _fits(cells: Any, condition: Any) -> np.ndarray:
    cells = np.atleast_1d(cells)
    found = re.fullmatch(r"(<=|>=|<>|<|>|=)(.+)", condition) if isinstance(condition, str) else None
    if found is not None:
        return np.asarray(_operate(found[1], cells, float(found[2])), bool)
    if isinstance(condition, str):
        assert not re.search(r"[*?~]", condition), "a pattern, and no text"
        same = [isinstance(x, str) and x.lower() == condition.lower() for x in cells.ravel()]
    else:
        same = [not isinstance(x, str) and x == condition for x in cells.ravel()]
    return np.array(same, bool).reshape(cells.shape)


def _sumifs(sums: Any, *conditions: Any) -> float:
    fits = np.ones(np.shape(np.atleast_1d(sums)), bool)
    for cells, condition in zip(conditions[::2], conditions[1::2], strict=True):
        fits &= _fits(cells, condition)
    return float(_number(np.atleast_1d(sums))[fits].sum())


def _index(cells: Any, row: float, column: float = 1) -> Any:
    table = np.atleast_1d(cells)
    if table.ndim == 1 or 1 in table.shape:
        return table.ravel()[int(row) - 1] if 1 <= row <= table.size else float("nan")
    return table[int(row) - 1, int(column) - 1]


def _sumproduct(*parts: Any) -> float:
    whole = 1.0
    for part in parts:
        whole = whole * _number(np.asarray(part, dtype=object) if np.ndim(part) else part)
    return float(np.sum(whole))


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "SUM": lambda *parts: sum(_numbers(parts)),
    "MIN": lambda *parts: min(_numbers(parts), default=0.0),
    "MAX": lambda *parts: max(_numbers(parts), default=0.0),
    "ABS": lambda x: np.abs(_number(x)),
    "INT": lambda x: float(np.floor(_number(x))),
    "ROUND": lambda x, digits: float(np.floor(_number(x) * 10**digits + 0.5) / 10**digits),
    "IF": lambda test, yes, no: yes if test else no,
    "AND": lambda *parts: all(bool(np.all(part)) for part in parts),
    "OR": lambda *parts: any(bool(np.any(part)) for part in parts),
    "IFERROR": lambda value, other: value if np.all(np.isfinite(_number(value))) else other,
    "IRR": lambda flows, _: float(numpy_financial.irr(_number(flows).ravel())),
    "SUMIFS": _sumifs,
    "SUMPRODUCT": _sumproduct,
    "COUNTIF": lambda cells, condition: float(_fits(cells, condition).sum()),
    "INDEX": _index,
    "MATCH": lambda value, cells, _: float(np.flatnonzero(_fits(cells, value).ravel())[0] + 1),
}
