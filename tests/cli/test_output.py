"""What is written takes the place of files and folders alone."""

import stat
from pathlib import Path

import pytest
from helpers.command_line import sisim
from helpers.systems import make_pipe, pipes

from sisim.i18n import LANGUAGES, Lang

COMMANDS = [("assumptions", "placed-youth"), ("run", "placed-youth"), ("lesson", "placed-youth")]


@pipes
@pytest.mark.parametrize("lang", LANGUAGES, indirect=True)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_pipe_or_a_device_is_never_replaced(
    command: tuple[str, ...], lang: Lang, tmp_path: Path
) -> None:
    make_pipe(tmp_path / "pipe")
    result = sisim(*command, "--out", tmp_path / "pipe", lang=lang)
    assert result.exit_code == 2
    assert ("it is a pipe" if lang == "en" else "det är ett rör") in result.output
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)


@pytest.mark.parametrize("lang", LANGUAGES, indirect=True)
@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("name", ["a" * 5000, "x/" * 2000, "\0"])
def test_a_place_that_cannot_be_is_answered(
    name: str, command: tuple[str, ...], lang: Lang, tmp_path: Path
) -> None:
    result = sisim(*command, "--out", f"{tmp_path}/{name}", lang=lang)
    assert result.exit_code == 2
    assert len(result.output) < 600
