"""What is wrong in a file: where, which key, why, and what was probably meant (law L9)."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sisim.i18n import Lang, current_language, in_language, n_, t

LONG = 300
"""More characters of a path are not told."""
MOST_PROBLEMS = 500
"""More are not looked for: nobody mends so many before reading the file again."""
MOST_COMPARED = 100_000
"""So many names are compared with those that do not exist, to suggest what was meant."""
ALIKE = 0.6
"""How like a name must be to be suggested, from 0 to 1."""


class Reason:
    """A message with its values, not yet in any language.

    Examples:
        >>> Reason("The group").in_language("sv")
        'Gruppen'
    """

    def __init__(self, message: str, /, **values: Any):
        self.message = message
        self.values = values

    @property
    def text(self) -> str:
        """The message in the current language, numbers written as there."""
        return t(self.message, **{k: _written(v) for k, v in self.values.items()})

    def in_language(self, lang: Lang) -> str:
        """Return the message in `lang`."""
        with in_language(lang):
            return self.text

    def parts(self) -> dict[str, Any]:
        """Return the message and its values, as a file can hold them."""
        return {"message": self.message, "values": self.values}

    @classmethod
    def of_parts(cls, parts: dict[str, Any]) -> Reason:
        """Return what `parts` has told, in whose values reasons are told likewise."""
        values = {
            key: cls.of_parts(value) if isinstance(value, dict) else value
            for key, value in parts["values"].items()
        }
        return cls(parts["message"], **values)

    def __repr__(self) -> str:
        return self.in_language("en")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Reason) and repr(self) == repr(other)

    def __hash__(self) -> int:
        return hash(repr(self))


def _written(value: Any) -> Any:
    if isinstance(value, Reason):
        return value.text
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        text = f"{value:.6g}"
        return text.replace(".", ",") if current_language() == "sv" else text
    if isinstance(value, list | tuple | set | frozenset):
        return ", ".join(str(_written(item)) for item in value)
    return value


@dataclass(frozen=True)
class Place:
    """A line of a file, or (line 0) something outside files; no name: where the reader is.

    In a workbook, `cell` is the cell of the line: "Sheet1!C7".
    """

    file: str
    line: int
    cell: str = ""

    def __str__(self) -> str:
        file = shortened(self.file, LONG)
        return f"{file}:{self.cell or self.line}" if self.line else file


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, and the nearest valid name if there is one."""

    place: Place
    key: str
    reason: Reason
    suggestion: str | None = None
    choices: tuple[str, ...] = ()

    @property
    def file(self) -> str:
        """The file, as the reader named it."""
        return self.place.file

    @property
    def line(self) -> int:
        """The line, from 1; 0 when the key was not given in a file."""
        return self.place.line

    def render(self) -> str:
        """Return one line: file:line, key, reason and suggestion."""
        parts = [part for part in (str(self.place), self.key) if part]
        text = f"{': '.join(parts)}: {self.reason.text}"
        if self.suggestion is not None:
            return text + " " + t('Did you mean "{name}"?', name=self.suggestion)
        if self.choices:
            shown = ", ".join(self.choices[:12]) + (" …" if len(self.choices) > 12 else "")
            return text + " " + t("Valid here: {names}.", names=shown)
        return text


class ScenarioError(ValueError):
    """Everything that is wrong in the user's files, at once: at most `MOST_PROBLEMS` of it."""

    def __init__(self, problems: Iterable[Problem]):
        found = dict.fromkeys(islice(problems, MOST_PROBLEMS))
        self.problems = sorted(found, key=lambda p: (p.file, p.line, p.key, repr(p.reason)))
        with in_language("en"):
            super().__init__(self.render())

    def render(self) -> str:
        """Return one line per problem, in the current language."""
        return "\n".join(problem.render() for problem in self.problems)

    def summary(self) -> str:
        """Return a line that says how many problems there are."""
        if len(self.problems) >= MOST_PROBLEMS:
            return t("{n} problems found; no more were looked for.", n=len(self.problems))
        return n_("One problem found.", "{n} problems found.", len(self.problems))

    def __reduce__(self) -> tuple[type[ScenarioError], tuple[list[Problem]]]:
        return type(self), (self.problems,)


def nearest(name: str, names: Iterable[str]) -> str | None:
    """Return the one of `names` that is most like `name`, if any is like it.

    Examples:
        >>> nearest("probabilty", ["rate", "probability"])
        'probability'
        >>> nearest("x", ["rate", "probability"]) is None
        True
    """
    if len(name) > LONG:
        return None
    by_folded = {other.casefold().replace("-", "_"): other for other in names}
    match = difflib.SequenceMatcher(b=name.casefold().replace("-", "_"))
    best: tuple[float, str] = (ALIKE, "")
    for folded in by_folded:
        match.set_seq1(folded)
        # Each bound is quicker than what follows it.
        if match.real_quick_ratio() >= best[0] and match.quick_ratio() >= best[0]:
            best = max(best, (match.ratio(), folded))
    return by_folded[best[1]] if best[1] else None


class Suggestions:
    """Names that were probably meant, as long as not too many names must be compared."""

    def __init__(self) -> None:
        self._left = MOST_COMPARED

    def nearest(self, name: str, names: Collection[str]) -> str | None:
        """Return the one of `names` that is most like `name`, if any is like it."""
        self._left -= len(names)
        return nearest(name, names) if self._left >= 0 else None


def shortened(text: str, most: int = 40) -> str:
    """Return the beginning of a text, as much as a message has room for."""
    return text if len(text) <= most else text[: most - 1] + "…"


def dotted(path: Sequence[str | int]) -> str:
    """Return `path` as a user writes it: keys joined by dots, positions from 0."""
    return ".".join(str(part) for part in path)
