"""Why the operating system will not, in the reader's words."""

from __future__ import annotations

import errno
import os
import socket

import pytest

from sisim.scenario.errors import Reason
from sisim.scenario.os_errors import why


@pytest.mark.parametrize(
    ("number", "swedish"),
    [
        (errno.ENOENT, "det finns ingen sådan fil eller mapp"),
        (errno.EACCES, "behörighet saknas"),
        (errno.EPERM, "behörighet saknas"),
        (errno.ENOTDIR, "det som ska vara en mapp är en fil"),
        (errno.EISDIR, "det är en mapp, inte en fil"),
        (errno.ENOSPC, "disken är full"),
        (errno.EROFS, "disken är skrivskyddad"),
        (errno.EADDRINUSE, "porten är upptagen"),
    ],
)
def test_common_hindrances_are_said_in_the_readers_language(number: int, swedish: str) -> None:
    reason = why(OSError(number, os.strerror(number)))
    assert isinstance(reason, Reason)
    assert reason.in_language("sv") == swedish


def test_an_unknown_host_is_an_address_that_does_not_exist() -> None:
    reason = why(socket.gaierror(socket.EAI_NONAME, "Name or service not known"))
    assert isinstance(reason, Reason)
    assert reason.in_language("sv") == "det finns ingen sådan adress"


def test_anything_else_keeps_the_words_of_the_system() -> None:
    assert why(OSError(errno.EIO, "Input/output error")) == "Input/output error"
    assert why(OSError("not even a number")) == "not even a number"
