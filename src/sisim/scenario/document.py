"""What a file says, and on which line."""

from __future__ import annotations

from typing import Any, Literal

from sisim.scenario.errors import Place, dotted
from sisim.scenario.positions import Path, Paths, Positions

Kind = Literal["scenario", "pathway", "experiment", "setting"]


class Document:
    """The content of a TOML file, and the place of every key in it.

    A scenario includes the document of its pathway under the key `pathway`; overrides keep the
    place where they were given, and `before` holds the numbers that they took the place of.
    `formulas` are those in whose place a number stands that has no owner.
    `made_up` are the paths where a value stands that the file does not say, put there only so that
    the rest can be read.
    """

    def __init__(self, file: str, data: dict[str, Any], lines: Positions):
        self.file = file
        self.data = data
        self.changed: dict[Path, Place] = {}
        self.before: dict[str, float] = {}
        self.formulas: dict[Path, str] = {}
        self.made_up = Paths()
        self._lines = lines
        self._included: dict[Path, Document] = {}

    def include(self, path: Path, other: Document) -> None:
        """Let the table at `path` stand for the whole of `other`."""
        self.data = _with(self.data, path, other.data)
        self._included[path] = other

    def locate(self, path: Path) -> Place:
        """Return the place of `path`, or of the nearest thing around it."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.changed:
                return self.changed[path[:length]]
        for own, inner in self._included.items():
            if path[: len(own)] == own:
                return inner.locate(path[len(own) :])
        return Place(self.file, self._lines.line(path) if self.file else 0)

    def key(self, path: Path) -> str:
        """Return `path` as it is written in the file where it stands."""
        for own in self._included:
            if len(path) > len(own) and path[: len(own)] == own:
                return dotted(path[len(own) :])
        return dotted(path)

    @property
    def kind(self) -> Kind | None:
        """What the document is, by the key that only such have; None if it has none of them."""
        marks: dict[str, Kind] = {
            "pathway": "scenario",
            "tracks": "pathway",
            "scenario": "experiment",
            "setting": "setting",
        }
        return next((kind for key, kind in marks.items() if key in self.data), None)

    def files(self) -> dict[str, str]:
        """Return the file of each part: `""` is this one, the rest by the key they stand under."""
        return {"": self.file} | {
            dotted(path): other.file for path, other in self._included.items()
        }


def _with(node: dict[str, Any], path: Path, part: dict[str, Any]) -> dict[str, Any]:
    """Return a table with another at a path in it; what is given is not changed."""
    key = str(path[0])
    return {**node, key: _with(node[key], path[1:], part) if len(path) > 1 else part}
