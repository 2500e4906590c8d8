"""What a file says, and on which line."""

from __future__ import annotations

from typing import Any, Literal

from sisim.scenario.errors import Place, dotted
from sisim.scenario.positions import Path, Positions

Kind = Literal["scenario", "pathway", "experiment"]


class Document:
    """The content of a TOML file, and the place of every key in it.

    A scenario includes the document of its pathway under the key `pathway`; overrides keep the
    place where they were given. `made_up` are the paths where a value stands that the file does not
    say, put there only so that the rest can be read.
    """

    def __init__(self, file: str, data: dict[str, Any], lines: Positions):
        self.file = file
        self.data = data
        self.changed: dict[Path, Place] = {}
        self.made_up: set[Path] = set()
        self._lines = lines
        self._included: dict[str, Document] = {}

    def include(self, key: str, other: Document) -> None:
        """Let `key` stand for the whole of `other`."""
        self.data = {**self.data, key: other.data}
        self._included[key] = other

    def locate(self, path: Path) -> Place:
        """Return the place of `path`, or of the nearest thing around it."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.changed:
                return self.changed[path[:length]]
        inner = self._included.get(str(path[0])) if path else None
        if inner is not None:
            return inner.locate(path[1:])
        return Place(self.file, self._lines.line(path))

    def key(self, path: Path) -> str:
        """Return `path` as it is written in the file where it stands."""
        inner = len(path) > 1 and path[0] in self._included
        return dotted(path[1:] if inner else path)

    @property
    def kind(self) -> Kind | None:
        """What the document is, by the key that only such have; None if it has none of them."""
        marks: dict[str, Kind] = {
            "pathway": "scenario",
            "tracks": "pathway",
            "scenario": "experiment",
        }
        return next((kind for key, kind in marks.items() if key in self.data), None)

    def files(self) -> dict[str, str]:
        """Return the file of each part: `""` is this one, the rest by the key they stand under."""
        return {"": self.file} | {key: other.file for key, other in self._included.items()}
