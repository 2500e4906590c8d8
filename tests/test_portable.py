"""It runs where POSIX's own names are missing, with files and folders as people have there."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sisim.loading.catalogue import slug
from sisim.loading.files import parsed
from sisim.loading.load import load_scenario
from sisim.portable import file_name_fits, run_apart, write_what_fits
from sisim.scenario.errors import ScenarioError

ROOT = Path(__file__).parents[1]
ELSEWHERE = Path(__file__).parent / "helpers" / "elsewhere"
SWEEP = """\
name = "reach"
title = "Räckvidd"
scenario = "Min skola.TOML"
arms = ["project"]
outcomes = ["net_present_value"]
[levers]
"investments.support.capacity" = [30, 60]
[chance]
replications = 1
"""


def as_windows_writes(text: str) -> bytes:
    """Return a text as Notepad saves it: a byte order mark, and two characters for a new line."""
    return b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder of one's own files, its name with spaces and a letter outside ASCII."""
    made = tmp_path / "Mina dokument på hög"
    made.mkdir()
    scenarios = ROOT / "scenarios"
    for name, source in {
        "Min skola.TOML": "repayment.toml",
        "repayment-pathway.toml": "repayment-pathway.toml",
    }.items():
        text = (scenarios / source).read_text(encoding="utf-8")
        (made / name).write_bytes(as_windows_writes(text))
    (made / "Svep.toml").write_bytes(as_windows_writes(SWEEP))
    table = "Satsning;Behov;Budget (kr)\nCon;Skolfrånvaro;1 000 000\nRåd & stöd;Ohälsa;2,5 mkr\n"
    (made / "Katalog.CSV").write_bytes(as_windows_writes(table))
    return made


def elsewhere(folder: Path, *args: str) -> subprocess.CompletedProcess[bytes]:
    """Run a command of sisim in a folder of another system, its output in that system's letters."""
    path = os.pathsep.join([str(ELSEWHERE), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "PYTHONPATH": path, "PYTHONIOENCODING": "cp1252"}
    command = [sys.executable, "-m", "sisim", *args]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)


@pytest.mark.parametrize(
    "args",
    [
        ("check", "Min skola.TOML"),
        ("run", "Min skola.TOML", "--set", "replications=1", "--out", "Utfall å"),
        ("figures", "--lang", "sv", "--set", "population.residents=1500", "--out", "Två figurer"),
        ("sweep", "Svep.toml", "--workers", "2", "--out", "Svep ut"),
        ("catalogue", "--out", "Alla.csv"),
        ("catalogue", "--read", "Katalog.CSV", "--out", "påbörjade"),
    ],
    ids=lambda args: "-".join(args[:2]),
)
def test_a_command_does_what_it_says(folder: Path, args: tuple[str, ...]) -> None:
    done = elsewhere(folder, *args)
    assert done.returncode == 0, done.stdout.decode("cp1252") + done.stderr.decode("cp1252")
    if "--out" in args:
        out = folder / args[-1]
        written = [out] if out.is_file() else [one for one in out.rglob("*") if one.is_file()]
        assert written
        names = [one.relative_to(folder).as_posix() for one in written]
        assert all(file_name_fits(one.name) for one in written), names
        assert len({name.casefold() for name in names}) == len(names)
        text = [one for one in written if one.suffix in (".csv", ".txt", ".toml", ".json")]
        assert not [one for one in text if b"\r\r" in one.read_bytes()]


def test_it_is_there_that_names_are_missing(folder: Path) -> None:
    path = os.pathsep.join([str(ELSEWHERE), os.environ.get("PYTHONPATH", "")])
    code = "import os; assert not hasattr(os, 'fork'); import fcntl"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "ModuleNotFoundError: No module named 'fcntl'" in done.stderr


def test_a_mistake_stands_on_the_same_line_whatever_ends_the_lines(folder: Path) -> None:
    file = folder / "Min skola.TOML"
    text = file.read_bytes().decode("utf-8-sig")
    wrong = text.replace('payer = "fund"', 'payer = "fnud"', 1)
    line = wrong[: wrong.index("fnud")].count("\n") + 1
    file.write_bytes(b"\xef\xbb\xbf" + wrong.encode())
    with pytest.raises(ScenarioError) as found:
        load_scenario(file)
    assert f"Min skola.TOML:{line}: " in found.value.render()
    assert "\r" not in found.value.render()


def test_what_an_encoding_lacks_is_written_as_the_nearest_that_it_has(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    inner = io.BytesIO()
    stream = io.TextIOWrapper(inner, encoding="cp1252", newline="")
    monkeypatch.setattr(sys, "stdout", stream)
    write_what_fits()
    stream.write("å – −3 → 4 ≥ 2, š日")
    stream.flush()
    assert inner.getvalue().decode("cp1252") == "å – -3 -> 4 >= 2, š?"


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\N{ZERO WIDTH NO-BREAK SPACE}"])
def test_a_file_says_the_same_with_a_mark_and_other_ends_of_lines(mark: str, end: str) -> None:
    text = '[a]\nb = 1\nc = """x\ny"""\n\n[[d.e]]\nf = [1,\n2]\n'
    document = parsed((mark + text.replace("\n", end)).encode(), "a.toml")
    assert document.data == {"a": {"b": 1, "c": "x\ny"}, "d": {"e": [{"f": [1, 2]}]}}
    places = [("a", "b"), ("a", "c"), ("d", "e", 0), ("d", "e", 0, "f", 1)]
    assert [document.locate(path).line for path in places] == [2, 3, 6, 8]


@given(st.text())
def test_a_file_started_from_a_title_can_be_called_so_anywhere(title: str) -> None:
    assert file_name_fits(f"{slug(title)}.toml")
    assert slug(title) == slug(title).casefold()


def test_the_peak_of_memory_of_a_process_is_its_own() -> None:
    """Whatever this process has held: on Linux it would be handed on."""
    held = np.ones(60_000_000)
    told = run_apart("from sisim.portable import peak_memory; print(peak_memory())")
    assert held.nbytes / 2**20 > 400
    assert 5 < float(told) < 300
