"""Why the operating system will not, in the reader's words."""

from __future__ import annotations

import errno
import socket

from sisim.scenario.errors import Reason


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
        errno.ELOOP: Reason("its links lead round in a circle"),
        errno.ENAMETOOLONG: Reason("the name is too long"),
        errno.EADDRINUSE: Reason("the port is taken"),
        errno.EADDRNOTAVAIL: Reason("this computer has no such address"),
    }
    return known.get(error.errno or 0, error.strerror or str(error))
