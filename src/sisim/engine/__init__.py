"""The engine: people, events and resource units, month by month, in every arm at once."""

from __future__ import annotations

import os
from hashlib import blake2b
from pathlib import Path

import numba
from platformdirs import user_cache_dir

# Compiled code is kept on disk by the content of the whole engine: a function compiled into
# another file's callers would otherwise be kept in its old form after a change.
if "NUMBA_CACHE_DIR" not in os.environ:
    _content = b"".join(path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.py")))
    _name = blake2b(_content, digest_size=8).hexdigest()
    numba.config.CACHE_DIR = str(Path(user_cache_dir("sisim", appauthor=False)) / _name)
