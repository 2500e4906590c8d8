"""The engine: people, events and resource units, month by month, in every arm at once."""

from __future__ import annotations

import os
from hashlib import blake2b
from pathlib import Path

import numba
import numpy
from platformdirs import user_cache_dir

COMPILED = (
    "../scenario/factor_table",
    "cohort",
    "compile_cache",
    "draws",
    "enrolment",
    "individual_use",
    "measurements",
    "kernel/decisions",
    "kernel/divergence",
    "kernel/hazards",
    "kernel/jit",
    "kernel/leaving",
    "kernel/moves",
    "kernel/observation",
    "kernel/peer_shares",
    "kernel/prevented",
    "kernel/stepping",
    "kernel/thinning",
    "machine_code",
    "tables",
)
"""The modules whose content is compiled, or says what is, by path in this folder."""

CONTENT = blake2b(
    b"".join((Path(__file__).parent / f"{name}.py").read_bytes() for name in COMPILED)
    + f"{numba.__version__} {numpy.__version__}".encode(),
    digest_size=8,
).hexdigest()
"""The digest of all of them and of what compiles them. Compiled code is kept by it: a function
compiled into another file's callers would otherwise be kept in its old form after a change."""

if "NUMBA_CACHE_DIR" not in os.environ:
    numba.config.CACHE_DIR = str(Path(user_cache_dir("sisim", appauthor=False)) / CONTENT)
