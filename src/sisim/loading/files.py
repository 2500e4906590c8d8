"""Finding and reading files, before anyone asks whether what they say makes sense."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib import resources
from itertools import accumulate
from pathlib import Path as File
from typing import Any, Literal

from sisim.scenario.document import Document, Kind
from sisim.scenario.errors import (
    LONG,
    Place,
    Problem,
    Reason,
    ScenarioError,
    dotted,
    nearest,
    shortened,
)
from sisim.scenario.os_errors import content_of, expanded, is_missing, no_file, too_many_bytes
from sisim.scenario.positions import DEEPEST, Path, Positions, parse

MOST_BYTES = 4_000_000
"""Of a file that people write; the largest ready one has less than a twentieth."""
MOST_VALUES = 50_000
"""Tables, lists and values in one file; the largest ready one has 6 000."""
BITS = 63
"""An integer that TOML promises, beside its sign."""
_KINDS = {"scenario": Reason("scenario"), "pathway": Reason("pathway")}
_INSTEAD: dict[Kind, Reason] = {
    "scenario": Reason("This is a scenario; run it with `sisim run`."),
    "pathway": Reason("This is a pathway; look at it with `sisim pathway`."),
    "experiment": Reason("This is an experiment; run it with `sisim sweep`."),
    "setting": Reason(
        "This is a setting of the page. Open it there, with `sisim live --folder` and the folder "
        "that it is in; saved there as a scenario, it is a file for all commands."
    ),
}


_NAMES_PATHWAY = re.compile(r"^pathway *=", re.MULTILINE)
"""What a scenario says, and a pathway does not."""


def shipped(kind: str) -> dict[str, File]:
    """Return the ready files of a kind (`scenario`, `pathway`) by name."""
    return dict(_ready(f"{kind}s"))


@cache
def _ready(shelf: str) -> dict[str, File]:
    """Return the files of a folder of the package's data.

    A wheel has the folder `scenarios` of the repository among its data; a checkout has it outside
    the package. A pathway that one of the scenarios has for itself lies beside it, and is none.
    """
    package = File(str(resources.files("sisim")))
    folders = (package / "data" / shelf, package.parents[1] / shelf)
    files = next((found for one in folders if (found := sorted(one.glob("*.toml")))), [])
    if shelf == "scenarios":
        files = [one for one in files if _NAMES_PATHWAY.search(one.read_text(encoding="utf-8"))]
    return {file.stem: file for file in files}


def find(
    name: str | os.PathLike[str], kind: str, asked_at: Place, beside: File | None = File()
) -> File:
    """Return the file that `name` means: a path (from the folder `beside`), or a ready file.

    Without a folder, only ready files are meant.

    Raises:
        ScenarioError: If there is no such file.
    """
    text = os.fspath(name)
    ready = shipped(kind)
    if beside is None:
        if text in ready:
            return ready[text]
        reason = Reason(
            'There is no ready {kind} called "{name}", and a scenario that is opened '
            "in the page can use no other.",
            kind=_KINDS[kind],
            name=text,
        )
        close = nearest(File(text).stem, ready)
        raise ScenarioError([Problem(asked_at, kind, reason, close, tuple(ready))])
    path = beside / expanded(text)
    obstacle = no_file(path)
    if obstacle is None:
        return path
    if text in ready:
        return ready[text]
    shown = shortened(text, LONG)
    choices: tuple[str, ...] = ()
    if is_missing(path):
        reason = Reason(
            'There is no file and no ready {kind} called "{name}".', kind=_KINDS[kind], name=shown
        )
        close = nearest(File(text).stem, ready) or nearest(path.name, beside_it(path))
        choices = tuple(ready)
    else:
        reason = Reason('"{name}" cannot be read: {error}.', name=shown, error=obstacle)
        close = None
    place = asked_at if asked_at.line else Place(shown, 0)
    raise ScenarioError([Problem(place, kind if asked_at.line else "", reason, close, choices)])


def asked_for(
    source: str | os.PathLike[str], kind: Literal["experiment", "estimation", "calibration"]
) -> File:
    """Return the file that a reader has asked for, of a kind that has no ready ones.

    Raises:
        ScenarioError: If nothing is called so, with the nearest name in its folder.
    """
    path = expanded(os.fspath(source))
    if is_missing(path):
        shown = shortened(os.fspath(source), LONG)
        reason = {
            "experiment": Reason('There is no experiment file "{name}".', name=shown),
            "estimation": Reason('There is no estimation file "{name}".', name=shown),
            "calibration": Reason('There is no calibration file "{name}".', name=shown),
        }[kind]
        close = nearest(path.name, beside_it(path))
        raise ScenarioError([Problem(Place(shown, 0), "", reason, close)])
    return path


def beside_it(path: File, pattern: str = "*.toml") -> list[str]:
    """Return the names of the files of a pattern in the folder where `path` would be."""
    try:
        return [file.name for file in path.parent.glob(pattern)]
    except (OSError, ValueError):
        return []


def read(path: File) -> Document:
    """Return the document in the TOML file `path`.

    Raises:
        ScenarioError: If it cannot be read, or is not TOML.
    """
    shown = _shown(path)
    content = content_of(path, MOST_BYTES)
    if isinstance(content, Reason):
        raise ScenarioError([Problem(Place(shown, 0), "", content)])
    return parsed(content, shown)


def expect(document: Document, kind: Kind) -> Document:
    """Return `document`, which should be of a kind.

    Raises:
        ScenarioError: If it is plainly of another kind: nothing else need then be said of it.
    """
    if document.kind in (kind, None):
        return document
    raise ScenarioError([Problem(Place(document.file, 0), "", _INSTEAD[document.kind])])


def parsed(content: bytes, shown: str) -> Document:
    """Return the document in the content of a TOML file that is called `shown`.

    Raises:
        ScenarioError: If it is not TOML.
    """
    if len(content) > MOST_BYTES:
        raise ScenarioError([Problem(Place(shown, 0), "", too_many_bytes(MOST_BYTES))])
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n")
        data, lines, wrong = _said(text)
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        reason = Reason("The file is not text in UTF-8. Save it again as UTF-8.")
        problems = [Problem(Place(shown, line), "", reason)]
    except tomllib.TOMLDecodeError as error:
        problems = [_syntax_problem(shown, text, str(error))]
    except RecursionError:
        problems = [Problem(Place(shown, _deepest(text)), "", _TOO_DEEP)]
    except _LongKeyError as error:
        problems = [Problem(Place(shown, error.line), "", _TOO_DEEP)]
    except ValueError:  # an integer of more digits than Python converts
        long = re.search(r"[0-9_]{1000}", text)
        line = text.count("\n", 0, long.start() if long else 0) + 1
        problems = [Problem(Place(shown, line), "", _TOO_LARGE)]
    else:
        problems = [
            Problem(Place(shown, lines.line(path)), dotted(path[:6]), reason)
            for path, reason in wrong
        ]
        if not problems:
            return Document(shown, data, lines)
    raise ScenarioError(problems)


ENDLESS = 10_000
_QUOTED = re.compile(r"""\"[^"\n]*\"|'[^'\n]*'""")
_LONG_KEY = re.compile(rf"(?:\.[ \t]*+[\w-]++[ \t]*+){{{ENDLESS}}}")
"""A key of so many parts: TOML's reader takes the square of their number in time."""
_TOO_DEEP = Reason("This is nested too deeply.")
_TOO_LARGE = Reason("The number has too many digits.")


def unusable(data: dict[str, Any]) -> Iterator[tuple[Path, Reason]]:
    """Yield what TOML allows, but need not be taken.

    That is integers over 64 bits, tables too deep, and more than can be looked at quickly.
    """
    left: list[tuple[Path, Any]] = [((), data)]
    values = 0
    while left:
        path, node = left.pop()
        values += 1
        if values > MOST_VALUES:
            yield (), Reason("The file has more than {most} values.", most=MOST_VALUES)
            return
        if isinstance(node, int) and node.bit_length() > BITS:
            yield path, _TOO_LARGE
        if not isinstance(node, dict | list):
            continue
        if len(path) >= DEEPEST:
            yield path, _TOO_DEEP
            continue
        parts = node.items() if isinstance(node, dict) else enumerate(node)
        left.extend(((*path, key), part) for key, part in parts)


def _deepest(text: str) -> int:
    """Return the line on which most brackets are open."""
    brackets = list(re.finditer(r"[][{}]", text))
    depths = accumulate(1 if one[0] in "[{" else -1 for one in brackets)
    _, deepest = max(zip(depths, (-one.start() for one in brackets), strict=True))
    return text.count("\n", 0, -deepest) + 1


class _LongKeyError(Exception):
    """A key has more parts than are read in reasonable time."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


@lru_cache(maxsize=64)
def _said(text: str) -> tuple[dict[str, Any], Positions, tuple[tuple[Path, Reason], ...]]:
    """Return what a text says, where, and what of it need not be taken.

    The same pathway is read with every scenario. Nobody changes what is returned; whoever changes a
    document copies its data first.
    """
    long = _LONG_KEY.search(_QUOTED.sub("s", text))
    if long is not None:
        raise _LongKeyError(long.string.count("\n", 0, long.start()) + 1)
    data = tomllib.loads(text)
    return data, Positions(text), tuple(unusable(data))


def _shown(path: File) -> str:
    try:
        return str(path.resolve().relative_to(File.cwd()))
    except (OSError, RuntimeError, ValueError):  # no such folder any more, links in a circle
        return str(path)


_TWICE = {
    "Cannot overwrite a value": Reason("The key has already been given a value above."),
    "Cannot mutate immutable": Reason("The table has already been written as a whole above."),
    "Cannot redefine namespace": Reason("The table has already been given above."),
    "Cannot declare": Reason("The table has already been given above."),
    "Duplicate inline table key": Reason("The key stands twice in the same table."),
}
"""What is well written, but has been said before."""
_SYNTAX = {
    "Invalid value": Reason(
        'The value is not complete. A text stands in "quotes"; a decimal number has a point.'
    ),
    "Expected '='": Reason('A "=" is missing after the key.'),
    "Expected newline or end": Reason(
        'Something stands after the value. A text, also a month such as "2026-01", needs "quotes".'
    ),
    "Invalid initial character for a key": Reason(
        'A key cannot begin like this. A key with å, ä, ö or spaces stands in "quotes".'
    ),
    "Invalid statement": Reason("This is neither a key with a value nor a [table]."),
    "Unclosed array": Reason('A list is not closed: "]" or a comma is missing.'),
    "Unclosed inline table": Reason('A table is not closed: "}" or a comma is missing.'),
    "Expected ']'": Reason('A "]" is missing after the name of the table.'),
    "Unterminated string": Reason("A text is not closed: a quotation mark is missing."),
    "Illegal character": Reason("A text is not closed on its line: a quotation mark is missing."),
    "Unescaped '\\' in a string": Reason(
        "A backslash in a text must be written twice, or the text stand in 'single quotes'."
    ),
}


_COMMA = re.compile(r"=\s*[-+]?\d[\d ]*(,\d| \d)")
"""A number as it is written in Swedish: 1 234,5."""


def _syntax_problem(file: str, text: str, error: str) -> Problem:
    found = re.search(r"at line (\d+)", error)
    if found:
        line = int(found[1])
    else:  # the parser gave up at the end: the mistake stands where the tree breaks
        broken = _first_break(text)
        line = broken if broken is not None else max(text.rstrip().count("\n") + 1, 1)
    for start, said in _TWICE.items():
        if error.startswith(start):
            return Problem(Place(file, line), dotted(Positions(text).ending(line)), said)
    reason = next((r for start, r in _SYNTAX.items() if error.startswith(start)), None)
    if _COMMA.search(text.split("\n")[line - 1]):
        reason = Reason("Numbers are written with a decimal point and without spaces: 1234.5.")
    return Problem(Place(file, line), "", reason or Reason("This cannot be read as TOML."))


def _first_break(text: str) -> int | None:
    nodes = [parse(text).root_node]
    while nodes:
        node = nodes.pop()
        if node.is_error or node.is_missing:
            return node.start_point[0] + 1
        nodes.extend(reversed(node.children))
    return None
