"""Compiled code that is kept on disk."""

from __future__ import annotations

from pathlib import Path

import sisim.engine


def test_every_module_that_is_compiled_is_known_to_be() -> None:
    """What is kept on disk is told apart by the content of all that was compiled."""
    folder = Path(sisim.engine.__file__).parent
    compiled = {
        path.stem for path in folder.glob("*.py")
        if any(mark in path.read_text() for mark in ("nb.njit", "@compiled_function", "@inlined"))
    }  # fmt: skip
    assert {*compiled, "tables"} == set(sisim.engine.COMPILED)
