"""A Python without what only POSIX systems have, for processes with this folder on their path.

Windows itself is more than this: it is what a test on Linux can take away.
"""

import contextlib
import mmap
import os
import signal
import sys

# It has a way of its own on every system; that of this one is imported before it is taken away.
with contextlib.suppress(ImportError):
    import psutil  # noqa: F401

OF_PSUTIL = {"/proc/meminfo"}
MODULES = {"fcntl", "grp", "pty", "pwd", "resource", "termios"}
NAMES = {
    os: [
        "fork",
        "forkpty",
        "getloadavg",
        "getuid",
        "killpg",
        "mkfifo",
        "nice",
        "sched_getaffinity",
        "setsid",
        "wait4",
    ],
    signal: ["SIGKILL", "alarm", "pause"],
    mmap: [name for name in dir(mmap) if name.startswith("MADV_")],
}


class _Absent:
    """Finds none of the modules."""

    def find_spec(self, name, *_):
        if name in MODULES:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


def _unreadable(event, args):
    if event != "open" or not isinstance(args[0], str) or args[0] in OF_PSUTIL:
        return
    if args[0].startswith(("/proc/", "/dev/shm")):
        raise FileNotFoundError(args[0])


NAMES[os] += ["sched_getaffinity", "sched_setaffinity"]

for module in MODULES:
    sys.modules.pop(module, None)
sys.meta_path.insert(0, _Absent())
for owner, names in NAMES.items():
    for name in names:
        if hasattr(owner, name):
            delattr(owner, name)
sys.addaudithook(_unreadable)
