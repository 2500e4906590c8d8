"""What a command was given: its words, and the files that it has read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Given:
    """What a command was given.

    Attributes:
        words: Its name, arguments and options; none outside of the command line.
        files: What each file holds that it has read so far, by whole path.
    """

    words: tuple[str, ...] = ()
    files: Mapping[Path, bytes] = field(default_factory=dict)


_words: ContextVar[tuple[str, ...]] = ContextVar("words", default=())
_files: ContextVar[dict[Path, bytes] | None] = ContextVar("files", default=None)


@contextmanager
def command_given(words: Sequence[str]) -> Iterator[None]:
    """Let what is read and written from now on be of a command."""
    said, read = _words.set(tuple(words)), _files.set({})
    try:
        yield
    finally:
        _files.reset(read)
        _words.reset(said)


def given() -> Given:
    """Return what the command was given that is being answered."""
    return Given(_words.get(), dict(_files.get() or {}))


def note(path: Path, content: bytes) -> None:
    """Note that a file has been read."""
    found = _files.get()
    if found is not None:
        found[path.absolute()] = content
