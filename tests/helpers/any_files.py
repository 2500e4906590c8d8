"""Files changed at random, and what must come of them: an answer or acceptance."""

from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from sisim.i18n import each_language
from sisim.loading.load import load_scenario
from sisim.scenario.errors import Problem, ScenarioError


class Raw(str):
    """A value as TOML has it, which Python may not be able to write or to hold."""


def nested(value: str, times: int) -> Raw:
    """Return a value deep inside lists and tables."""
    return Raw("[{ a = " * times + value + " }]" * times)


HOSTILE = st.one_of(
    st.sampled_from(["9" * 5000, "-" + "9" * 30, "9223372036854775808", "1e308", "1e-308"]).map(
        Raw
    ),
    st.sampled_from(["0x" + "f" * 5000, "2026-01-01", "07:32:00", "[[]]", "{ a.b.c = 1 }"]).map(
        Raw
    ),
    st.builds(nested, st.sampled_from(["1", "= 1", "9" * 5000, '"']), st.integers(1, 300)),
    st.sampled_from(
        ["a" * 5000, "~nobody-at-all/x", "/dev/zero", "..", "con", "$x^{$", "{name}", "=1+1", "a.b"]
    ),
)
"""Numbers of too many digits, errors inside deep nesting, names of no file, markup."""
ODD = st.one_of(
    HOSTILE,
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.sampled_from([float("nan"), float("inf"), 1e300, -0.5, 10**30]),
    st.text(max_size=5),
    st.lists(st.integers(-1, 1), max_size=2),
    st.dictionaries(st.sampled_from(["value", "low", "x", "state"]), st.integers(), max_size=2),
)


def to_toml(value: Any) -> str:
    """Return `value` as an inline TOML value."""
    match value:
        case Raw():
            return str(value)
        case bool():
            return str(value).lower()
        case dict():
            return "{" + ", ".join(f"{to_toml(k)} = {to_toml(v)}" for k, v in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(to_toml, value)) + "]"
        case str():
            escaped = "".join(
                c if c.isalnum() or c in " ._-åäö" else f"\\U{ord(c):08x}" for c in value
            )
            return f'"{escaped}"'
    return str(value)


def places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the paths of everything in a document."""
    items: Any = ()
    if isinstance(node, dict):
        items = node.items()
    elif isinstance(node, list):
        items = enumerate(node)
    return [p for key, part in items for p in [(*path, key), *places(part, (*path, key))]]


def answer(path: Path) -> None:
    """Load a scenario; what is wrong must be sayable in both languages."""
    problems: list[Problem] = []
    try:
        load_scenario(path)
    except ScenarioError as error:
        problems = error.problems
    assert all(problem.line >= 1 for problem in problems)
    assert all(problem.render() for _ in each_language() for problem in problems)
