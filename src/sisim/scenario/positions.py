"""On which line each key of a TOML file stands."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence

import tree_sitter_toml
from tree_sitter import Language, Node, Parser, Tree

Path = tuple[str | int, ...]

_TOML = Language(tree_sitter_toml.language())
DEEPEST = 60
"""So many keys and places in lists may lead to a value; no file that means something has ten."""
_KEYS = ("bare_key", "quoted_key", "dotted_key")


def parse(text: str) -> Tree:
    """Return the syntax tree of `text`."""
    return Parser(_TOML).parse(text.encode())


class Paths:
    """A set of paths, of which it is asked what lies at or below another.

    Examples:
        >>> paths = Paths([("a", "b")])
        >>> paths.within(("a",)), paths.within(("a", "b", "c"))
        (True, False)
    """

    def __init__(self, paths: Iterable[Path] = ()) -> None:
        self._beginnings: set[Path] = set()
        for path in paths:
            self.add(path)

    def add(self, path: Path) -> None:
        """Let a path be in the set."""
        self._beginnings.update(path[:length] for length in range(len(path) + 1))

    def within(self, path: Path) -> bool:
        """Return whether any of the paths is at or below `path`."""
        return path in self._beginnings

    def __bool__(self) -> bool:
        return bool(self._beginnings)


class Positions:
    r"""Line numbers of key paths; what has no line of its own has that of what contains it.

    Examples:
        >>> lines = Positions("a = 1\n[b.c]\nd = [1,\n2]\n")
        >>> lines.line(("b", "c", "d", 1)), lines.line(("b", "c", "missing"))
        (4, 2)
    """

    def __init__(self, text: str):
        self._lines: dict[Path, int] = {}
        self._ends: dict[int, Path] = {}
        self._counts: dict[Path, int] = {}
        for node in parse(text).root_node.named_children:
            if node.type == "pair":
                self._pair(node, ())
            elif node.type in ("table", "table_array_element"):
                self._table(node)

    def line(self, path: Sequence[str | int]) -> int:
        """Return the line (from 1) of the longest known beginning of `path`."""
        for length in range(len(path), 0, -1):
            found = self._lines.get(tuple(path[:length]))
            if found is not None:
                return found
        return 1

    def ending(self, line: int) -> Path:
        """Return the path of the value, or of the head of a table, that ends on `line`."""
        return self._ends.get(line, ())

    def __contains__(self, path: object) -> bool:
        return path in self._lines

    def _table(self, node: Node) -> None:
        head = node.named_children[0]
        if head.type not in _KEYS:
            return
        path = self._inside_arrays(_key(head), last_too=node.type == "table")
        if node.type == "table_array_element":
            count = self._counts.get(path, 0)
            self._counts[path] = count + 1
            self._note(path, node)
            path = (*path, count)
        self._note(path, node)
        self._ends.setdefault(head.end_point[0] + 1, path)
        for child in node.named_children[1:]:
            if child.type == "pair":
                self._pair(child, path)

    def _inside_arrays(self, key: Path, last_too: bool) -> Path:
        # `[a.b]` after `[[a]]` speaks of the last element of a.
        path: Path = ()
        for index, part in enumerate(key):
            path = (*path, part)
            if path in self._counts and (last_too or index < len(key) - 1):
                path = (*path, self._counts[path] - 1)
        return path

    def _pair(self, node: Node, prefix: Path) -> None:
        key, *rest = (child for child in node.named_children if child.type != "comment")
        if key.type not in _KEYS:
            return
        path = prefix
        for part in _key(key):
            path = (*path, part)
            self._note(path, node)
        self._ends.setdefault(node.end_point[0] + 1, path)
        if rest:
            self._value(rest[0], path)

    def _value(self, node: Node, path: Path) -> None:
        if len(path) >= DEEPEST:
            return
        children = [child for child in node.named_children if child.type != "comment"]
        if node.type == "inline_table":
            for child in children:
                if child.type == "pair":
                    self._pair(child, path)
        elif node.type == "array":
            for index, child in enumerate(children):
                self._note((*path, index), child)
                self._value(child, (*path, index))

    def _note(self, path: Path, node: Node) -> None:
        for length in range(1, len(path) + 1):
            self._lines.setdefault(path[:length], node.start_point[0] + 1)


def _key(node: Node) -> Path:
    parts: list[str] = []
    left = [node]
    while left and len(parts) < DEEPEST:
        node = left.pop()
        if node.type == "dotted_key":
            left.extend(reversed(node.named_children))
        else:
            parts.append(_name(node))
    return tuple(parts)


def _name(node: Node) -> str:
    text = (node.text or b"").decode()
    if node.type != "quoted_key":
        return text
    try:
        return str(tomllib.loads(f"key = {text}")["key"])
    except tomllib.TOMLDecodeError:
        return text.strip("\"'")
