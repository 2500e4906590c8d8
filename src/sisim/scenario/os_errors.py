"""Why the operating system will not, in the reader's words."""

from __future__ import annotations

import errno
import os
import socket
import stat
from pathlib import Path

from sisim.scenario.errors import LONG, Reason, shortened
from sisim.scenario.files_read import note

MOST_FOLDERS = 100
"""Folders within each other; with more, systems disagree on how long a name may be."""


def why(error: OSError) -> Reason | str:
    """Return what stands in the way; of what is not known here, the system's own words."""
    if isinstance(error, socket.gaierror):
        return Reason("there is no such address")
    known = {
        errno.ENOENT: Reason("there is no such file or folder"),
        errno.EACCES: Reason("no permission"),
        errno.EPERM: Reason("no permission"),
        errno.ENOTDIR: Reason("what should be a folder is a file"),
        errno.EEXIST: Reason("what should be a folder is a file"),
        errno.EISDIR: Reason("it is a folder, not a file"),
        errno.ENOSPC: Reason("the disk is full"),
        errno.EDQUOT: Reason("the disk is full"),
        errno.EROFS: Reason("the disk is write-protected"),
        errno.ENAMETOOLONG: Reason("the name is too long"),
        errno.ELOOP: Reason("it is a link that leads back to itself"),
        errno.EADDRINUSE: Reason("the port is taken"),
        errno.EADDRNOTAVAIL: Reason("this computer has no such address"),
    }
    return known.get(error.errno or 0, error.strerror or str(error))


def expanded(name: str) -> Path:
    """Return a path whose `~` is the home of a user; as it is written if there is no such home."""
    try:
        return Path(name).expanduser()
    except RuntimeError:
        return Path(name)


def is_missing(path: Path) -> bool:
    """Return whether nothing is called so, not even a link."""
    try:
        path.lstat()
    except OSError as error:
        return error.errno in (errno.ENOENT, errno.ENOTDIR)
    except ValueError:  # a name that no file can have
        return True
    return False


def no_file(path: Path) -> Reason | str | None:
    """Return why `path` cannot be read as a file; None if it can, as far as can be seen."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError as error:
        if not is_missing(path):
            return Reason("it is a link to something that is not there")
        return why(error)
    except OSError as error:
        return why(error)
    except ValueError:
        return Reason("no file can have such a name")
    if stat.S_ISREG(mode):
        return None
    if stat.S_ISDIR(mode):
        return Reason("it is a folder, not a file")
    if stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode):
        return Reason("it is a pipe, not a file")
    return Reason("it is a device, not a file")


def no_place(path: Path) -> Reason | str | None:
    """Return why nothing can be put at `path`; None if it can, as far as can be seen.

    A device or a pipe is left alone: what takes its place would no longer be one.
    """
    if len(path.parts) > MOST_FOLDERS:
        return why(OSError(errno.ENAMETOOLONG, ""))
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError):
        return no_file(path)
    return None if stat.S_ISREG(mode) or stat.S_ISDIR(mode) else no_file(path)


def is_folder(path: Path) -> bool:
    """Return whether there is a folder called so, whatever it is called."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def content_of(path: Path, most: int) -> bytes | Reason:
    """Return what is in a file, or why it cannot be read.

    Args:
        path: The file.
        most: More bytes than these are too many.
    """
    shown = shortened(os.fspath(path), LONG)
    if is_missing(path):
        return Reason('There is no file called "{name}".', name=shown)
    reason = no_file(path)
    if reason is not None:
        return Reason("The file cannot be read: {error}.", error=reason)
    try:
        with path.open("rb") as file:
            content = file.read(most + 1)
    except OSError as error:
        return Reason("The file cannot be read: {error}.", error=why(error))
    if len(content) > most:
        return too_many_bytes(most)
    note(path, content)
    return content


def too_many_bytes(most: int) -> Reason:
    """Return that a file has more than `most` bytes."""
    return Reason("The file is more than {n} MB.", n=round(most / 1e6))
