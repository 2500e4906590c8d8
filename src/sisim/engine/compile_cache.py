"""Compiled functions on disk, each file under a digest: what is damaged is compiled again.

Numba keeps an index and a data file for every function, and trusts what it reads: an empty or torn
file is an error of whoever asks next, and a bit that has flipped is machine code that runs. It also
keeps them by where the source lies and when it was written; here they are kept by what it says, so
that every checkout and every environment of one version shares them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import blake2b
from io import BytesIO
from pathlib import Path
from typing import Any

import numba as nb
from numba.core.caching import (
    CompileResultCacheImpl,
    FunctionCache,
    IndexDataCacheFile,
    UserProvidedCacheLocator,
)

from sisim.engine import CONTENT

DIGEST = 16
"""Bytes of the digest at the end of a file; what Numba reads ends before it."""


class _ByContent(UserProvidedCacheLocator):  # type: ignore[misc]
    """Where a function is kept, and what its source said when it was compiled."""

    def __init__(self, function: Any, source: str) -> None:
        super().__init__(function, source)
        self._source = source
        self._cache_path = str(nb.config.CACHE_DIR)

    def get_source_stamp(self) -> tuple[str, str]:
        """Return the digests of all that is compiled and of the function's own file."""
        return CONTENT, blake2b(Path(self._source).read_bytes(), digest_size=8).hexdigest()


class _Kept(CompileResultCacheImpl):  # type: ignore[misc]
    _locator_classes = [_ByContent, *CompileResultCacheImpl._locator_classes]


class _DigestedFiles(IndexDataCacheFile):  # type: ignore[misc]
    """The index and the data files of a function; one that is not whole is as one not there."""

    def _load_index(self) -> dict[Any, str]:
        return dict(super()._load_index()) if _whole(self._index_path) else {}

    def _load_data(self, name: str) -> Any:
        path = self._data_path(name)
        if not _whole(path):
            raise FileNotFoundError(path)
        return super()._load_data(name)

    @contextmanager
    def _open_for_write(self, filepath: str) -> Iterator[BytesIO]:
        content = BytesIO()
        yield content
        with super()._open_for_write(filepath) as file:
            file.write(content.getvalue() + _digest(content.getvalue(), Path(filepath).name))

    def holds(self, machine: Any) -> bool:
        """Return whether there is whole code for a machine, as `magic_tuple` describes it."""
        names = [name for key, name in self._load_index().items() if key[1] == machine]
        return bool(names) and all(_whole(self._data_path(name)) for name in names)


class _DigestedCache(FunctionCache):  # type: ignore[misc]
    """What is kept of one function. Nothing that is wrong with it stops who asks for it."""

    _impl_class = _Kept

    def __init__(self, function: Any) -> None:
        super().__init__(function)
        stamp = self._impl.locator.get_source_stamp()
        self._cache_file = _DigestedFiles(self.cache_path, self._impl.filename_base, stamp)

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        # Whatever cannot be read or put together again can be compiled.
        with suppress(Exception):
            return super().load_overload(sig, target_context)

    def save_overload(self, sig: Any, data: Any) -> None:
        with suppress(OSError):  # a full or write-protected disk: it serves this process
            super().save_overload(sig, data)

    def holds(self, machine: Any) -> bool:
        """Return whether there is whole code for a machine on disk."""
        with suppress(Exception):
            return bool(self._cache_file.holds(machine))
        return False


def kept_on_disk(dispatcher: Any) -> Any:
    """Let a function of Numba be kept on disk once it is compiled, and return it."""
    with suppress(RuntimeError):  # no folder can be written: it is compiled in every process
        dispatcher._cache = _DigestedCache(dispatcher.py_func)
    return dispatcher


def is_on_disk(dispatcher: Any) -> bool:
    """Return whether the code of a function, for this machine and whole, is on disk."""
    cache = dispatcher._cache
    machine = dispatcher.targetctx.codegen().magic_tuple()
    return isinstance(cache, _DigestedCache) and cache.holds(machine)


def _whole(path: str) -> bool:
    """Return whether a file is there, and ends in the digest of its name and what stands before."""
    try:
        content = Path(path).read_bytes()
    except OSError:
        return False
    return content[-DIGEST:] == _digest(content[:-DIGEST], Path(path).name)


def _digest(content: bytes, name: str) -> bytes:
    return blake2b(content, digest_size=DIGEST, key=name.encode()[-64:]).digest()
