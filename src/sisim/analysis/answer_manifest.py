"""The manifest of an answer: the command, the files that it read, and what it wrote.

It lies beside the answer, under the answer's own name: several may lie in one folder. A sweep has
its own (`sisim.analysis.manifest`).
"""

from __future__ import annotations

import base64
import json
import os
import platform
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from sisim.analysis.manifest import content_digest, versions
from sisim.i18n import Lang, current_language
from sisim.scenario.files_read import given

SUFFIX = ".manifest.json"
NOT_OF_THE_ANSWER = ("--out", "--lang")
"""Options with a value that say where and how it is told, and not what comes out."""
EVERY_LANGUAGE = "both"
"""What `--lang` says where an answer is in both languages: what comes out."""
PACKAGE = Path(__file__).resolve().parents[1]
READY = (PACKAGE, PACKAGE.parents[1] / "scenarios")
"""Where ready files are: in a wheel, and in a checkout."""


class AnswerManifest(BaseModel):
    """How an answer was made: all that is needed to make it again."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal[1] = 1
    answer: str
    """What it is called; its text and its workbook are called so."""
    made: str
    """When it was written."""
    versions: dict[str, str]
    """Of Python and the packages; `code` is a hash of what decides the numbers."""
    platform: str
    lang: Lang
    command: list[str]
    """Its words, without where it is written; none if it was made in Python."""
    where: str = "."
    """The folder in which it was given, under that in which `files` stand."""
    files: dict[str, str] = {}
    """The model files that it read, word for word; in base64 where `encoded` names them."""
    encoded: list[str] = []
    elsewhere: dict[str, str] = {}
    """What else it read, with a digest: what was given as data, which stays where it is, and what
    is of the package."""
    written: dict[str, str]
    """What it wrote, with a digest of each."""

    @classmethod
    def of(cls, answer: str, folder: Path) -> AnswerManifest:
        """Return the manifest of what a folder holds, made here and now."""
        command = given()
        read, words = command.files, _of_the_answer(command.words)
        ready = {path for path in read if any(top in path.parents for top in READY)}
        if any(_names(words, path) for path in ready):
            ready = set()
        kept = {
            path: content
            for path, content in read.items()
            # Rows about people are in files that a command is given, and stay there (law L12).
            if path not in ready and (path.suffix == ".toml" or not _names(words, path))
        }
        root = _root(kept)
        texts = {path: _text(content) for path, content in kept.items()}
        return cls(
            answer=answer,
            made=datetime.now(UTC).isoformat(),
            versions=versions(),
            platform=platform.platform(),
            lang=current_language(),
            command=[_relative(word, kept) for word in words],
            where=os.path.relpath(Path.cwd(), root),
            files={_name(path, root): text or _base64(kept[path]) for path, text in texts.items()},
            encoded=[_name(path, root) for path, text in texts.items() if text is None],
            elsewhere={
                _short(path): digest_of(content)
                for path, content in read.items()
                if path not in kept
            },
            written={
                path.name: digest_of(path.read_bytes())
                for path in sorted(folder.iterdir())
                if path.is_file()
            },
        )

    @classmethod
    def read(cls, path: Path) -> AnswerManifest:
        """Return what a file says.

        Raises:
            ValueError: If that is no manifest, or not as it was written.
        """
        said = json.loads(path.read_bytes())
        own = said.pop("digest", None) if isinstance(said, dict) else None
        if own != content_digest(said):
            raise ValueError("the digest is another")
        return cls.model_validate(said)

    def write(self, folder: Path) -> None:
        """Write it beside the answer, with a digest of itself."""
        said = self.model_dump(mode="json")
        text = json.dumps({**said, "digest": content_digest(said)}, indent=1, ensure_ascii=False)
        (folder / f"{self.answer}{SUFFIX}").write_text(text + "\n", encoding="utf-8", newline="\n")

    def changes(self) -> list[str]:
        """Return what is otherwise than when it was made: the version, and what was data."""
        before, now = self.versions, versions()
        found = []
        if before.get("code") != now["code"]:
            old = f"{before.get('sisim', '?')} ({before.get('code', '?')})"
            found.append(f"sisim: {old} → {now['sisim']} ({now['code']})")
        for name, digest in self.elsewhere.items():
            path = _ready(name)
            if path is not None and path.is_file() and digest_of(path.read_bytes()) != digest:
                found.append(name)
        return found

    def restore(self, folder: Path) -> Path:
        """Write the files that it read into a folder; return where the command is to be given."""
        for name, text in self.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(
                base64.b64decode(text) if name in self.encoded else text.encode("utf-8")
            )
        where = folder / self.where
        where.mkdir(parents=True, exist_ok=True)
        return where


def manifests(folder: Path) -> list[AnswerManifest]:
    """Return the manifests in a folder, the oldest first; what cannot be read is none.

    Raises:
        OSError: If the folder cannot be read.
    """
    found = []
    for path in folder.glob(f"*{SUFFIX}"):
        try:
            found.append(AnswerManifest.read(path))
        except ValueError:
            continue
    return sorted(found, key=lambda one: (one.made, one.answer))


def digest_of(content: bytes) -> str:
    """Return a digest of what a file holds."""
    return content_digest(base64.b64encode(content).decode())


def _of_the_answer(words: Sequence[str]) -> list[str]:
    """Return the words of a command without those that say where the answer goes."""
    found: list[str] = []
    waiting = list(words)
    while waiting:
        word = waiting.pop(0)
        if word == "--lang" and waiting[:1] == [EVERY_LANGUAGE]:
            found += [word, waiting.pop(0)]
        elif word in NOT_OF_THE_ANSWER:
            del waiting[:1]
        elif word == f"--lang={EVERY_LANGUAGE}" or (
            word != "--resume" and word.partition("=")[0] not in NOT_OF_THE_ANSWER
        ):
            found.append(word)
    return found


def _names(words: Sequence[str], path: Path) -> bool:
    """Return whether a word is the name of a file."""
    return any(Path(part).absolute() == path for word in words for part in _parts(word))


def _parts(word: str) -> tuple[str, ...]:
    return (word, word.partition("=")[2]) if word.startswith("--") and "=" in word else (word,)


def _relative(word: str, kept: Mapping[Path, bytes]) -> str:
    """Return a word; the whole path of a file that is kept as seen from here."""
    path = Path(word)
    if path.is_absolute() and path in kept:
        return Path(os.path.relpath(path)).as_posix()
    return word


def _root(kept: Mapping[Path, bytes]) -> Path:
    """Return the folder that holds all that is kept, and the one that we are in."""
    return Path(os.path.commonpath([Path.cwd(), *(os.path.normpath(p.parent) for p in kept)]))


def _name(path: Path, root: Path) -> str:
    return Path(os.path.relpath(path, root)).as_posix()


def _short(path: Path) -> str:
    """Return what a file is called that is not kept: in the package, or from here."""
    if any(top in path.parents for top in READY):
        return f"sisim:{path.name}"
    try:
        return Path(os.path.relpath(path)).as_posix()
    except ValueError:  # another disk
        return path.as_posix()


def _ready(name: str) -> Path | None:
    """Return the file that `_short` has called so; None: it is of the package, and not there."""
    kind, _, of = name.partition(":")
    if kind != "sisim":
        return Path(name)
    return next((path for top in READY for path in top.rglob(of)), None)


def _text(content: bytes) -> str | None:
    """Return a content as text; None if it is none that gives the same bytes again."""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()
