"""Formulas: they mean what they mean in Python, and what cannot be is answered."""

import math
import re
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sisim.scenario.errors import Reason
from sisim.scenario.formulas import FormulaError, cycles, evaluated, parsed

NAMES = ("a", "b", "c", "rate")
VALUES = {"a": 0.25, "b": 3.0, "c": -1.5, "rate": 0.01}
PYTHON: dict[str, Any] = {
    **{"exp": math.exp, "log": math.log, "sqrt": math.sqrt, "min": min, "max": max},
    "__builtins__": {},
}

LEAVES = st.one_of(
    st.sampled_from(NAMES),
    st.floats(0.001, 50).map(lambda x: f"{x:.4g}"),
    st.integers(0, 9).map(str),
)


def _larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pair = st.tuples(inner, inner)
    signs = ["+", "-", "*", "/", "**", "<", "<=", ">", ">=", "==", "!=", "and", "or"]
    two = st.tuples(pair, st.sampled_from(signs)).map(lambda x: f"({x[0][0]} {x[1]} {x[0][1]})")
    one = st.tuples(st.sampled_from(["exp", "log", "sqrt"]), inner).map(lambda x: f"{x[0]}({x[1]})")
    many = st.tuples(st.sampled_from(["min", "max"]), pair).map(
        lambda x: f"{x[0]}({x[1][0]}, {x[1][1]})"
    )
    sign = st.tuples(st.sampled_from(["-", "+", "not "]), inner).map(lambda x: f"({x[0]}{x[1]})")
    choice = st.tuples(inner, inner, inner).map(lambda x: f"({x[0]} if {x[1]} else {x[2]})")
    return st.one_of(two, one, many, sign, choice)


TREES = st.recursive(LEAVES, _larger, max_leaves=12)


def in_python(text: str, values: dict[str, float]) -> float | None:
    """Return what Python makes of an expression, None where it has no finite real value."""
    try:
        found = eval(text, PYTHON, values)  # of what the strategy above has written
    except (ArithmeticError, ValueError):
        return None
    return float(found) if not isinstance(found, complex) and math.isfinite(found) else None


@given(TREES)
def test_a_formula_is_what_python_makes_of_it(text: str) -> None:
    try:
        found: float | None = parsed(text).value(VALUES)
    except FormulaError:
        found = None
    expected = in_python(text, VALUES)
    if expected is None:
        # What is too large in between may still come to something, as exp(-1e300 * 1e300) does.
        return
    assert found is None or found == pytest.approx(expected, rel=1e-14, abs=1e-300)


@given(st.lists(TREES, min_size=5, max_size=5), st.permutations(range(5)))
def test_neither_names_nor_their_order_matter(texts: list[str], order: list[int]) -> None:
    """Parameters of those before them are worked out one by one, in Python."""
    values, formulas = dict(VALUES), dict[str, str]()
    for number, text in enumerate(texts):
        own = re.sub(r"\bb\b", f"p{number - 1}", text) if number else text
        result = in_python(own, values)
        if result is None:
            return
        formulas[f"p{number}"], values[f"p{number}"] = own, result
    names = [f"p{number}" for number in order]
    found, wrong = evaluated(VALUES, {name: parsed(formulas[name]) for name in names})
    for name in set(found) - set(VALUES):
        assert found[name] == pytest.approx(values[name], rel=1e-9, abs=1e-300)
    assert len(found) + len(wrong) == len(values)

    def other(text: str) -> str:
        return re.sub(r"[a-z]\w*", lambda m: f"new_{m[0]}" if m[0] in values else m[0], text)

    again, _ = evaluated(
        {other(name): value for name, value in VALUES.items()},
        {other(name): parsed(other(text)) for name, text in formulas.items()},
    )
    assert again == {other(name): value for name, value in found.items()}


@given(st.permutations([f"p{n}" for n in range(6)]), st.integers(1, 6), st.booleans())
def test_a_cycle_is_always_told(names: list[str], size: int, more: bool) -> None:
    ring = names[:size]
    uses = {one: [ring[(n + 1) % size]] for n, one in enumerate(ring)}
    uses |= {one: [ring[0]] if more else [] for one in names[size:]}
    (found,) = cycles(uses)
    assert found[0] == found[-1] == next(name for name in uses if name in ring)
    assert all(after in uses[before] for before, after in pairwise(found))
    assert sorted(found[1:]) == sorted(ring)


@given(st.dictionaries(st.integers(0, 7), st.sets(st.integers(0, 7), max_size=3), max_size=8))
def test_what_has_no_cycle_is_not_said_to_have_one(graph: dict[int, set[int]]) -> None:
    acyclic = {f"p{n}": [f"p{m}" for m in used if m < n] for n, used in graph.items()}
    assert cycles(acyclic) == []


MISTAKES = {
    "1 +": "cannot be read",
    "": "cannot be read",
    "rate 2": 'cannot be read at "2"',
    "a ^ 2": "A power is written **",
    "0,5": "A decimal number has a point",
    "rate % 2": "A percentage is written as a share",
    "parameters.rate": "A parameter is named alone",
    "lambda: 3": "cannot stand in a formula",
    "[1]": "cannot stand in a formula",
    "'a'": "cannot stand in a formula",
    "True": "cannot stand in a formula",
    "(x := 3)": "cannot stand in a formula",
    "__import__('os')": 'There is no function "__import__"',
    "a.b(1)": 'There is no function "a.b"',
    "sin(1)": 'There is no function "sin"',
    "exp(1, 2)": "exp takes one value",
    "min(1)": "min takes two or more values",
    "max(*a)": "max takes two or more values",
    "ratee * 2": 'There is no parameter "ratee"',
    "1 / (a - a)": 'Division by zero in "1 / (a - a)"',
    "log(c)": '"log(c)" has no value where what stands in it is -1.5',
    "sqrt(c)": "has no value",
    "c ** 0.5": "has no value",
    "exp(1000)": '"exp(1000)" is greater than any number',
    "10 ** 400": "is greater than any number",
    "9" * 400: "is greater than any number",
    "1e400": "is greater than any number",
    "-" * 900 + "1": "nested too deeply",
    "(" * 300 + "1" + ")" * 300: "nested too deeply",
    "1" + " + 1" * 200: "nested too deeply",
    "a" * 1001: "at most 1000 characters",
    "\0": "cannot be read",
}


@pytest.mark.parametrize("text", MISTAKES)
@pytest.mark.parametrize("lang", ["en", "sv"], indirect=True)
def test_a_mistake_is_answered(text: str, lang: str) -> None:
    with pytest.raises(FormulaError) as caught:
        parsed(text).value(VALUES)
    reason: Reason = caught.value.reason
    if lang == "en":
        assert MISTAKES[text] in reason.text
    else:
        assert reason.text != reason.in_language("en")


def test_the_nearest_name_is_suggested() -> None:
    for text, meant in (("ratee", "rate"), ("mim(1, 2)", "min")):
        with pytest.raises(FormulaError) as caught:
            parsed(text).value(VALUES)
        assert caught.value.suggestion == meant
