"""Files changed at random, and what must come of them: an answer or acceptance."""

from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from sisim.i18n import each_language
from sisim.loading.load import load_scenario
from sisim.scenario.errors import Problem, ScenarioError

ODD = st.one_of(
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
