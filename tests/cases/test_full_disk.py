"""A disk that is full is told of in a line, whatever was to be written."""

from __future__ import annotations

import errno
import io
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from helpers.small_sweeps import command, write
from helpers.systems import FULL, full_device

from sisim.cli.command_line import run_line
from sisim.i18n import LANGUAGES

SAID = {"en": "full", "sv": "Disken är full|disken är full"}


@pytest.mark.parametrize("lang", LANGUAGES, indirect=True)
@pytest.mark.parametrize("number", [1, 2, 3])
@pytest.mark.parametrize("kind", ["catalogue.xlsx", "catalogue.csv", "sweep"])
def test_a_full_disk_is_told_of(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    kind: str,
    number: int,
    lang: str,
) -> None:
    """Whichever file it is that there is no room for: the table, the lock, the one who writes."""
    out = tmp_path / "out"
    out.mkdir()
    real, opened = io.open, []

    def full(file: Any, mode: str = "r", *given: Any, **more: Any) -> Any:
        if str(out) in str(file) and set(mode) & set("wx+"):
            opened.append(file)
            if len(opened) >= number:
                raise OSError(errno.ENOSPC, "No space left on device", str(file))
        return real(file, mode, *given, **more)

    line = {
        "sweep": ["sweep", str(write(tmp_path)), "--out", str(out), "--workers", "1"],
    }.get(kind, ["catalogue", "--out", str(out / kind)])
    with monkeypatch.context() as patch:
        patch.setattr(io, "open", full)
        code = run_line([*line, "--lang", lang])
    said = capsys.readouterr().err.replace("\n", " ")
    assert (code, bool(opened)) in [(2, True), (0, True)]
    assert (code == 2) == any(one in said for one in SAID[lang].split("|"))
    assert len(opened) < number or code == 2


@full_device
@pytest.mark.parametrize(("lang", "said"), [("en", "disk is full"), ("sv", "disken är full")])
def test_what_is_printed_into_a_file_on_a_full_disk(lang: str, said: str) -> None:
    with FULL.open("w") as full:
        done = subprocess.run(
            command("catalogue", "--lang", lang),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "LC_ALL": "C.UTF-8"},
            check=False,
        )
    assert done.returncode == 2
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1
