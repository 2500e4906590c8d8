"""The folder where visitors of the page save scenarios and settings: plain files, one for each.

Plain files and no database: a scenario that is saved there is the file that the command line runs,
and either can be read, mailed, compared, mended in an editor and backed up like any other. A folder
of some dozens needs no index, and a file that is damaged is lost alone. Each is written whole or
not at all. One who saves, renames or deletes waits for who was first, also if that is another
process; nothing is written over what somebody else has saved unless it is asked for.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout
from platformdirs import user_documents_path

from sisim.portable import file_name_fits
from sisim.report.whole_files import aside, put_file
from sisim.scenario.errors import Reason
from sisim.scenario.os_errors import why

SUFFIX = ".toml"
LONGEST_NAME = 80
PATIENCE = 5.0
"""Seconds that one who writes waits for another who does."""
LOCK = ".sisim.lock"


class FolderError(Exception):
    """Something that cannot be done in the folder, and why."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(repr(reason))
        self.reason = reason


class NameTakenError(FolderError):
    """Something else is saved under the name."""

    def __init__(self, name: str) -> None:
        super().__init__(Reason('There is already something called "{name}".', name=name))
        self.name = name


def default_folder() -> Path:
    """Return the folder where a user finds what is saved: `sisim` among their documents."""
    return user_documents_path() / "sisim"


class SavedFolder:
    """A folder of saved files.

    Args:
        path: The folder; it is made when something is first saved.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.expanduser().absolute()

    def names(self) -> list[str]:
        """Return what is saved, in the order of the alphabet.

        Raises:
            FolderError: If the folder cannot be looked into.
        """
        try:
            found = [file for file in self.path.glob(f"*{SUFFIX}") if not file.name.startswith(".")]
        except OSError as error:
            raise self._refusal(error) from error
        return sorted((file.stem for file in found), key=lambda name: (name.casefold(), name))

    def file(self, name: str) -> Path:
        """Return the file of a name, whether or not there is one.

        Raises:
            FolderError: If no file can be called so.
        """
        return self.path / f"{checked_name(name)}{SUFFIX}"

    def content(self, name: str) -> bytes:
        """Return what a file holds.

        Raises:
            FolderError: If it is gone, or cannot be read.
        """
        try:
            return self._there(name).read_bytes()
        except OSError as error:
            raise self._refusal(error) from error

    def save(self, name: str, content: bytes, *, replace: bool = False) -> None:
        """Save a file, whole or not at all.

        Args:
            name: Its name.
            content: What it is to hold.
            replace: Whether it may take the place of what has the name.

        Raises:
            NameTakenError: If something has the name, and may not be replaced.
            FolderError: If no file can be called so, or it cannot be written.
        """
        file = self.file(name)
        with self._alone():
            taken = self._taken(file.stem)
            if taken is not None and not replace:
                raise NameTakenError(taken)
            # On some systems large and small letters are one name: it keeps that which it has.
            self._put(file if taken is None else self.file(taken), content)

    def duplicate(self, name: str) -> str:
        """Save a copy under a name that is free, and return the name.

        Raises:
            FolderError: If it is gone, or cannot be read or written.
        """
        with self._alone():
            content = self.content(name)
            copy = self._free(name)
            self._put(self.file(copy), content)
        return copy

    def save_beside(self, name: str, content: bytes) -> str:
        """Save a file under a name, or the next that is free; return the name.

        What is saved there already with the same content is left as it is.
        """
        with self._alone():
            taken = self._taken(name)
            if taken is not None and self.content(taken) == content:
                return taken
            found = name if taken is None else self._free(name)
            self._put(self.file(found), content)
        return found

    def rename(self, name: str, other: str) -> None:
        """Give a file another name.

        Raises:
            NameTakenError: If something else has that name.
            FolderError: If it is gone, no file can be called so, or it cannot be renamed.
        """
        file = self.file(other)
        with self._alone():
            there, taken = self._there(name), self._taken(file.stem)
            if taken is not None and taken != there.stem:
                raise NameTakenError(taken)
            try:
                there.rename(file)
            except OSError as error:
                raise self._refusal(error) from error

    def delete(self, name: str) -> bytes:
        """Delete a file; return what it held, so that it can be saved again.

        Raises:
            FolderError: If it is gone, or cannot be deleted.
        """
        with self._alone():
            content = self.content(name)
            try:
                self._there(name).unlink()
            except OSError as error:
                raise self._refusal(error) from error
        return content

    def _there(self, name: str) -> Path:
        file = self.file(name)
        if not file.is_file():
            raise FolderError(Reason('"{name}" is no longer in the folder.', name=name))
        return file

    def _taken(self, name: str) -> str | None:
        """Return the name that something has which cannot stand beside this one, if anything."""
        same = _folded(name)
        return next((one for one in self.names() if _folded(one) == same), None)

    def _free(self, name: str) -> str:
        taken, number = {_folded(one) for one in self.names()}, 2
        while _folded(found := f"{name[: LONGEST_NAME - 5]} {number}") in taken:
            number += 1
        return found

    def _put(self, file: Path, content: bytes) -> None:
        try:
            with aside(file) as new:
                (new / file.name).write_bytes(content)
                put_file(new / file.name, file)
        except OSError as error:
            raise self._refusal(error) from error

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Let nobody else write in the folder meanwhile."""
        lock = FileLock(self.path / LOCK, timeout=PATIENCE)
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            lock.acquire()
        except Timeout as error:
            reason = Reason("Somebody else is writing in the folder. Try again in a while.")
            raise FolderError(reason) from error
        except OSError as error:
            raise self._refusal(error) from error
        try:
            yield
        finally:
            lock.release()

    def _refusal(self, error: OSError) -> FolderError:
        reason = Reason(
            'The folder "{folder}" cannot be used: {reason}.', folder=self.path, reason=why(error)
        )
        return FolderError(reason)


def checked_name(name: str) -> str:
    """Return a name as a file has it on every system.

    Raises:
        FolderError: If no file can be called so.

    Examples:
        >>> checked_name("  Half the effect ")
        'Half the effect'
    """
    plain = unicodedata.normalize("NFC", name).strip()
    if not plain:
        raise FolderError(Reason("Give it a name."))
    if len(plain) > LONGEST_NAME:
        reason = Reason("The name is longer than {most} characters.", most=LONGEST_NAME)
        raise FolderError(reason)
    if plain.startswith(".") or not file_name_fits(f"{plain}{SUFFIX}"):
        reason = Reason(
            '"{name}" cannot be the name of a file: leave out < > : " / \\ | ? * and do not begin '
            "with a full stop.",
            name=plain,
        )
        raise FolderError(reason)
    return plain


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
