"""What differs between Linux, macOS and Windows: cores, memory, the name of the processor.

The only module that may use names of the standard library which some systems lack (a rule of the
linter, `banned-api` in `pyproject.toml`, holds it). Each function has an answer everywhere.
"""

from __future__ import annotations

import codecs
import ctypes
import errno
import mmap
import os
import platform
import subprocess
import sys
import unicodedata
from contextlib import suppress
from io import TextIOWrapper
from pathlib import Path

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

_STARTER = """
import subprocess, sys
sys.exit(subprocess.run([sys.executable, "-c", *sys.argv[1:]]).returncode)
"""
RESERVED = frozenset(
    ["con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))]
)
"""Names of devices, which no file can have on Windows, whatever its suffix."""

REPLACING = "sisim-plain"
PLAIN = str.maketrans(
    dict(zip("−–—→≥≤≈“”„", ("-", "-", "-", "->", ">=", "<=", "~", '"', '"', '"'), strict=True))
)
"""What to write for characters that an encoding lacks."""


def usable_cores() -> int:
    """Return how many cores this process may use, at least 1."""
    with suppress(AttributeError):  # Linux: those of the process, not of the machine
        return len(os.sched_getaffinity(0))
    count = getattr(os, "process_cpu_count", os.cpu_count)
    return count() or 1


def sparse_memory(size: int) -> mmap.mmap:
    """Return anonymous memory that is taken page by page, as it is touched.

    Args:
        size: Bytes, at least 1.
    """
    memory = mmap.mmap(-1, size)
    # With huge pages, one byte in each of a few places takes the memory of everything between.
    with suppress(AttributeError, OSError):  # systems without huge pages
        memory.madvise(mmap.MADV_NOHUGEPAGE)
    return memory


def exchange(one: Path, other: Path) -> bool:
    """Let two folders on a disk change names, in one stroke.

    Returns:
        Whether it has been done; False where the system or the disk knows no such thing.
    """
    try:
        library = ctypes.CDLL(None, use_errno=True)
        names = os.fsencode(one), os.fsencode(other)
        if sys.platform == "darwin":
            return int(library.renamex_np(*names, 2)) == 0
        here = -100  # names are as seen from the current folder
        return int(library.renameat2(here, names[0], here, names[1], 2)) == 0
    except (AttributeError, TypeError, OSError):  # Windows, and C libraries without it
        return False


def sync_file(path: Path) -> None:
    """Have the content of a file written to disk."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Have what a folder lists written to disk: a file that has been renamed is lost without.

    Nothing is done where a folder cannot be opened (Windows), or its disk knows no such thing.
    """
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP, errno.EBADF):
            raise
    finally:
        os.close(handle)


def run_apart(code: str, *arguments: str) -> str:
    """Return what Python code prints in a process whose peak of memory is its own.

    It is started by a process that holds next to nothing.

    Raises:
        subprocess.CalledProcessError: If it fails.
    """
    done = subprocess.run(
        [sys.executable, "-c", _STARTER, code, *arguments],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def peak_memory(*, of_children: bool = False) -> float | None:
    """Return the peak of resident memory in MB, or None where the system does not tell.

    On Linux that of a process begins with the memory of the one that has started it: see
    `run_apart`.

    Args:
        of_children: Of the largest child that has ended, instead of this process.
    """
    if resource is None:
        import psutil

        peak = getattr(psutil.Process().memory_info(), "peak_wset", None)
        return None if peak is None or of_children else peak / 1024.0**2
    who = resource.RUSAGE_CHILDREN if of_children else resource.RUSAGE_SELF
    unit = 1024.0**2 if sys.platform == "darwin" else 1024.0
    return resource.getrusage(who).ru_maxrss / unit


def trim_memory() -> None:
    """Give memory that has been freed back to the system, where its library keeps it."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):  # another C library than GNU's
            ctypes.CDLL(None).malloc_trim(0)


def memory() -> float:
    """Return how much memory this process may use at most, in bytes: the machine's, or a share."""
    # It takes a while to import, and few ask.
    import psutil

    most = float(psutil.virtual_memory().total)
    for name in ("memory.max", "memory/memory.limit_in_bytes"):  # Linux: that of a container
        with suppress(OSError, ValueError):
            most = min(most, float(Path("/sys/fs/cgroup", name).read_text(encoding="utf-8")))
    return most


def processor() -> str:
    """Return the name of the processor."""
    with suppress(OSError):
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
        if found := next(names, ""):
            return found
    return platform.processor() or platform.machine()


def write_what_fits() -> None:
    """Let standard output and error replace a character that their encoding lacks.

    What is piped or redirected on Windows is in the encoding of the country, which has no minus
    sign and no arrow.
    """
    codecs.register_error(REPLACING, _plain)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors=REPLACING)


def _plain(error: UnicodeError) -> tuple[str, int]:
    """Return the nearest in ASCII to what cannot be encoded, and where to go on."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end].translate(PLAIN)
    plain = unicodedata.normalize("NFKD", lacking).encode("ascii", "ignore").decode()
    return plain or "?", error.end


def file_name_fits(name: str) -> bool:
    r"""Return whether a file can be called so on every system.

    Examples:
        >>> file_name_fits("costs.csv"), file_name_fits("con.toml"), file_name_fits("a:b")
        (True, False, False)
    """
    stem = name.partition(".")[0].rstrip().casefold()
    plain = not any(one in '<>:"/\\|?*' or ord(one) < 32 for one in name)
    return plain and stem not in RESERVED and name[-1:] not in ("", " ", ".")
