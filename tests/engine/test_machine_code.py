"""Machine code that is kept on disk: what is compiled ahead is what a simulation calls."""

from __future__ import annotations

from pathlib import Path
from sys import version_info
from typing import Any

import pytest

import sisim.engine
from sisim import load
from sisim.engine import machine_code
from sisim.engine.replications import simulate
from sisim.i18n import Lang


def test_what_is_compiled_ahead_is_what_a_simulation_calls() -> None:
    """Had it been compiled for other types, there would be a second form of it on disk."""
    machine_code.compile_engine()
    simulate(load("placed-youth", {"population.residents": 200}), replications=1)
    for function in machine_code.arguments():
        name = f"*.{function.__name__}-*.py{version_info.major}{version_info.minor}.*.nbc"
        forms = list(Path(function.stats.cache_path).glob(name))
        assert len(forms) == 1, f"{function.__name__}: {forms}"


def test_it_is_on_disk_when_all_of_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    every = [*machine_code.NEEDED, *machine_code.OTHERS]
    assert set(every) == set(machine_code.arguments())
    machine_code.compile_engine()
    assert machine_code.on_disk()
    for damaged in every:
        monkeypatch.setattr(machine_code, "is_on_disk", lambda one, d=damaged: one is not d)
        assert not machine_code.on_disk()


@pytest.mark.parametrize("cores", [1, 2])
def test_everything_is_compiled_whoever_does_it(
    cores: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a second process or without, nothing is left for a simulation to compile."""
    done: list[Any] = []
    monkeypatch.setattr(machine_code, "_compile", done.extend)
    monkeypatch.setattr(machine_code, "usable_cores", lambda: cores)
    machine_code.compile_engine()
    assert set(done) == set(machine_code.arguments())


@pytest.mark.parametrize("lang", ["en", "sv"], indirect=True)
def test_the_first_compilation_says_so_and_the_next_call_nothing(
    lang: Lang, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    done: list[bool] = []
    monkeypatch.setattr(machine_code, "on_disk", lambda: bool(done))
    monkeypatch.setattr(machine_code, "compile_engine", lambda: done.append(True))
    monkeypatch.setattr(machine_code, "_ready", set())
    for _ in range(2):
        machine_code.compile_once()
    said = capsys.readouterr()
    assert (said.out, len(done)) == ("", 1)
    assert {"en": "The model is compiled", "sv": "Modellen kompileras"}[lang] in said.err


def test_every_module_that_is_compiled_is_known_to_be() -> None:
    """What is kept on disk is told apart by the content of all that was compiled."""
    folder = Path(sisim.engine.__file__).parent
    compiled = {
        path.relative_to(folder).with_suffix("").as_posix()
        for path in folder.rglob("*.py")
        if any(mark in path.read_text() for mark in ("nb.njit", "@compiled_function", "@inlined"))
    }
    others = {"compile_cache", "machine_code", "tables", "../scenario/factor_table"}
    assert compiled | others == set(sisim.engine.COMPILED)
