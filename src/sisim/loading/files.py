"""Finding and reading files, before anyone asks whether what they say makes sense."""

from __future__ import annotations

import os
import re
import stat
import tomllib
from functools import cache, lru_cache
from importlib import resources
from pathlib import Path as File
from typing import Any

from sisim.scenario.document import Document, Kind
from sisim.scenario.errors import Place, Problem, Reason, ScenarioError, dotted, nearest
from sisim.scenario.os_errors import why
from sisim.scenario.positions import Path, Positions, parse

_KINDS = {"scenario": Reason("scenario"), "pathway": Reason("pathway")}
_INSTEAD: dict[Kind, Reason] = {
    "scenario": Reason("This is a scenario; run it with `sisim run`."),
    "pathway": Reason("This is a pathway; look at it with `sisim pathway`."),
    "experiment": Reason("This is an experiment; run it with `sisim sweep`."),
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
    path, wrong = _path(beside, text)
    if wrong is None and path.is_file():
        return path
    if text in ready:
        return ready[text]
    key = kind if asked_at.line else ""
    if wrong is not None:
        raise ScenarioError([Problem(asked_at, key, wrong)])
    reason = Reason(
        'There is no file and no ready {kind} called "{name}".', kind=_KINDS[kind], name=text
    )
    close = nearest(File(text).stem, ready) or nearest(path.name, _beside(path))
    raise ScenarioError([Problem(asked_at, key, reason, close, tuple(ready))])


def _path(beside: File, name: str) -> tuple[File, Reason | None]:
    """Return the path that a name means, and why it cannot be a file, if it cannot."""
    path = beside / name
    try:
        path = beside / File(name).expanduser()
        mode = path.stat().st_mode
    except FileNotFoundError:
        return path, None
    except OSError as error:  # a loop of links, a name that is too long, no permission
        return path, Reason("The file cannot be read: {error}.", error=why(error))
    except (RuntimeError, ValueError):  # nobody's home; a character that no name can have
        return path, None
    if stat.S_ISDIR(mode):
        return path, Reason('"{name}" is a folder, not a file.', name=name)
    if not stat.S_ISREG(mode):
        return path, Reason('"{name}" is not a file that can be read.', name=name)
    return path, None


def _beside(path: File) -> list[str]:
    """Return the names of the files beside a path."""
    try:
        return [file.name for file in path.parent.glob("*.toml")]
    except (OSError, ValueError):
        return []


def read(path: File) -> Document:
    """Return the document in the TOML file `path`.

    Raises:
        ScenarioError: If it cannot be read, or is not TOML.
    """
    shown = _shown(path)
    try:
        content = path.read_bytes()
    except OSError as error:
        reason = Reason("The file cannot be read: {error}.", error=why(error))
        raise ScenarioError([Problem(Place(shown, 0), "", reason)]) from error
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
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        reason = Reason("The file is not text in UTF-8. Save it again as UTF-8.")
        raise ScenarioError([Problem(Place(shown, line), "", reason)]) from error
    try:
        problem = _unreadable(shown, text)
        if problem is None:
            data, lines = _said(text)
            document = Document(shown, data, lines)
            problem = _too_great(document)
            if problem is None:
                return document
    except tomllib.TOMLDecodeError as error:
        try:
            problem = _syntax_problem(shown, text, str(error))
        except RecursionError:
            problem = Problem(Place(shown, 1), "", Reason("This is nested too deeply."))
    except RecursionError:
        problem = Problem(Place(shown, 1), "", Reason("This is nested too deeply."))
    raise ScenarioError([problem])


_MANY_DIGITS = re.compile(r"(?<![\w.])[-+]?\d[\d_]{1000}")
_LONG_KEY = re.compile(r"(?:[\w\"'-]+[ \t]*\.[ \t]*){100}")
"""A key of so many parts; a text of so many words with points in a row there is hardly."""


def _unreadable(file: str, text: str) -> Problem | None:
    """Return what no parser should be given: it takes too long, or stops at it."""
    for found, reason in (
        (_MANY_DIGITS.search(text), TOO_GREAT),
        (_LONG_KEY.search(text), Reason("This is nested too deeply.")),
    ):
        if found:
            return Problem(Place(file, text.count("\n", 0, found.start()) + 1), "", reason)
    return None


def _too_great(document: Document) -> Problem | None:
    """Return the first whole number that is greater than a file may hold."""
    path = too_great(document.data)
    if path is None:
        return None
    return Problem(document.locate(path), dotted(path), TOO_GREAT)


TOO_GREAT = Reason("A whole number lies between {low} and {high}.", low=-(2**63), high=2**63 - 1)
"""What TOML says, and what 64 bits hold."""


def too_great(node: Any) -> Path | None:
    """Return where a whole number of more than 64 bits stands in data; None if there is none."""
    waiting: list[tuple[Path, Any]] = [((), node)]
    while waiting:
        path, part = waiting.pop()
        if isinstance(part, int) and not -(2**63) <= part < 2**63:
            return path
        if isinstance(part, dict):
            waiting += [((*path, key), inner) for key, inner in part.items()]
        elif isinstance(part, list):
            waiting += [((*path, index), inner) for index, inner in enumerate(part)]
    return None


@lru_cache(maxsize=64)
def _said(text: str) -> tuple[dict[str, Any], Positions]:
    """Return what a text says and where: the same pathway is read with every scenario.

    Nobody changes what is returned; whoever changes a document copies its data first.
    """
    return tomllib.loads(text), Positions(text)


def _shown(path: File) -> str:
    try:
        return str(path.resolve().relative_to(File.cwd()))
    except ValueError:
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
