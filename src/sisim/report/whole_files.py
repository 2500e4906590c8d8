"""Files and folders that are whole or as they were: written aside, then put in place by renaming.

Aside is a hidden folder, `.NAME-xxxxxxxx.sisim`, for as long as its process has a lock beside it:

    new/    what is written
    old/    what it takes the place of, where files are replaced one by one
    whole   there when all is written and the replacing has begun: whoever comes next ends it

What a process that was killed has left is ended or removed by the next one that writes there; what
belongs to one that is alive is left alone.
"""

from __future__ import annotations

import errno
import glob
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from sisim.portable import exchange, sync_file, sync_folder

SUFFIX, LOCK, NEW, OLD, WHOLE = ".sisim", ".lock", "new", "old", "whole"


@contextmanager
def aside(out: Path) -> Iterator[Path]:
    """Give an empty folder, of this process alone, on the same disk as `out`; then remove it.

    Args:
        out: The file or folder that is to be written; its folder is made.

    Raises:
        OSError: If nothing can be written there.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    _tidy(out)
    inside = out.is_dir() and (_pinned(out) or not os.access(out.parent, os.W_OK))
    where = out if inside else out.parent
    folder, lock = _locked(where, out.name)
    try:
        (folder / NEW).mkdir(parents=True)
        yield folder / NEW
    finally:
        if not (folder / WHOLE).exists():
            shutil.rmtree(folder, ignore_errors=True)
        _let_go(lock)


def put_file(new: Path, out: Path) -> None:
    """Put a file that is written in its place, in one stroke.

    Args:
        new: The file, in a folder of `aside`.
        out: Where it is to be; what is there and is no file (a device, say) is written into.
    """
    if out.exists() and not out.is_file():
        shutil.copyfile(new, out)
        return
    sync_file(new)
    new.replace(out)
    sync_folder(out.parent)


def put_files(new: Path, out: Path) -> None:
    """Put the files of a folder into another, which may be there: all of them, or none.

    In one stroke where the system can let two folders change names; elsewhere one by one, so that
    files are missing if it is interrupted, but never are new ones beside old ones. Other files in
    `out` are left alone.

    Args:
        new: The folder, as `aside` has given it.
        out: Where they are to be.
    """
    for path in new.iterdir():
        if (out / path.name).is_dir():
            raise IsADirectoryError(errno.EISDIR, "Is a directory", str(out / path.name))
        sync_file(path)
    sync_folder(new)
    if not out.exists():
        with suppress(OSError):  # it is there by now
            new.rename(out)
            sync_folder(out.parent)
            return
    if not _swap(new, out):
        _replace_each(new.parent, out)
    sync_folder(out)
    sync_folder(out.parent)


def _swap(new: Path, out: Path) -> bool:
    """Let a folder take the name of another, whose other files come along; False: it cannot be."""
    names = {path.name for path in new.iterdir()}
    others = [path for path in out.iterdir() if path.name not in names]
    plain = all(path.is_file() and not path.is_symlink() for path in others)
    if _pinned(out) or not plain or not _alike(new, out):
        return False
    try:
        shutil.copymode(out, new)
        for path in others:
            (new / path.name).hardlink_to(path)
    except OSError:  # a disk without links
        swapped = False
    else:
        swapped = exchange(new, out)
    if not swapped:
        for path in others:
            (new / path.name).unlink(missing_ok=True)
        return False
    # What another process has written since the links were made.
    for path in new.iterdir():
        late = path.name not in names and not path.is_dir()
        if late and not ((out / path.name).exists() and path.samefile(out / path.name)):
            path.replace(out / path.name)
    return True


def _replace_each(folder: Path, out: Path) -> None:
    """Replace files one by one; if one cannot be, put back those that have been."""
    (folder / OLD).mkdir()
    (folder / WHOLE).touch()
    sync_folder(folder)
    try:
        _end(folder, out)
    except OSError:
        for path in (folder / OLD).iterdir():
            if (out / path.name).exists():
                (out / path.name).replace(folder / NEW / path.name)
            path.replace(out / path.name)
        (folder / WHOLE).unlink()
        raise


def _end(folder: Path, out: Path) -> None:
    """Put files in place, one by one, from whatever point an earlier process has come to."""
    waiting = sorted((folder / NEW).iterdir())
    for path in waiting:
        if (out / path.name).exists():
            (out / path.name).replace(folder / OLD / path.name)
    for path in waiting:
        path.replace(out / path.name)
    sync_folder(out)
    (folder / WHOLE).unlink()


def _tidy(out: Path) -> None:
    """End or remove what processes that are gone have left beside `out`, or in it."""
    pattern = f".{glob.escape(out.name)}-{'[0-9a-f]' * 8}.*"
    left = [*out.parent.glob(pattern), *(out.glob(pattern) if out.is_dir() else ())]
    for folder in dict.fromkeys(p.with_suffix(SUFFIX) for p in left if p.suffix in (SUFFIX, LOCK)):
        with suppress(OSError, Timeout):
            lock = FileLock(folder.with_suffix(LOCK), timeout=0, thread_local=False)
            lock.acquire()
            try:
                if (folder / WHOLE).exists():
                    _end(folder, out)
                shutil.rmtree(folder, ignore_errors=True)
            finally:
                _let_go(lock)


def _locked(where: Path, name: str) -> tuple[Path, FileLock]:
    """Return the name of a hidden folder that there is not yet, and the lock that makes it ours."""
    while True:
        folder = where / f".{name}-{secrets.token_hex(4)}{SUFFIX}"
        lock = FileLock(folder.with_suffix(LOCK), timeout=0, thread_local=False)
        with suppress(Timeout):  # somebody who tidies up was quicker
            lock.acquire()
            if Path(lock.lock_file).exists():
                return folder, lock
            lock.release()


def _let_go(lock: FileLock) -> None:
    """Release a lock, and remove its file."""
    path = Path(lock.lock_file)
    with suppress(OSError):  # it is open, which stands in the way on Windows
        path.unlink(missing_ok=True)
    lock.release()
    with suppress(OSError):
        path.unlink(missing_ok=True)


def _pinned(folder: Path) -> bool:
    """Return whether a folder cannot change its name: somebody works in it, or it is a disk."""
    return folder == Path.cwd() or folder in Path.cwd().parents or os.path.ismount(folder)


def _alike(one: Path, other: Path) -> bool:
    """Return whether two folders have the same owner and lie on the same disk."""
    mine, its = one.stat(), other.stat()
    own = (mine.st_uid, mine.st_gid, mine.st_dev)
    return own == (its.st_uid, its.st_gid, its.st_dev)
