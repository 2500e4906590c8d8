"""Compiled code on disk: whatever happens to its files, what is compiled is what runs."""

from __future__ import annotations

import errno
import runpy
from pathlib import Path
from typing import Any

import numba as nb
import numpy as np
import pytest
from helpers.damage import Damage, damages
from hypothesis import given, settings
from hypothesis import strategies as st

from sisim.engine.compile_cache import is_on_disk, kept_on_disk


def add_three(x: int) -> int:
    """Return three more."""
    return x + 3


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder where compiled code is kept."""
    return tmp_path_factory.mktemp("code")


@pytest.fixture(autouse=True)
def kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep compiled code apart from that of everyone else."""
    monkeypatch.setattr(nb.config, "CACHE_DIR", str(folder))


def compiled() -> Any:
    """Return the function as a process that has just begun has it."""
    return kept_on_disk(nb.njit(add_three))


def hits(function: Any) -> int:
    """Return how many forms of the function were loaded from disk."""
    return sum(function.stats.cache_hits.values())


def test_what_is_whole_on_disk_is_loaded(folder: Path) -> None:
    compiled()(1)
    again = compiled()
    assert is_on_disk(again)
    assert (again(1), hits(again)) == (4, 1)


def test_a_copy_elsewhere_shares_what_was_compiled_until_it_says_something_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nb.config, "CACHE_DIR", str(tmp_path / "code"))
    found = []
    for place, more in (("one", 3), ("two", 3), ("three", 4)):
        file = tmp_path / place / "copied.py"
        file.parent.mkdir()
        file.write_text(f"def add(x):\n    return x + {more}\n")
        copied = kept_on_disk(nb.njit(runpy.run_path(str(file))["add"]))
        found.append((copied(1), hits(copied)))
    assert found == [(4, 0), (4, 1), (5, 0)]


@settings(max_examples=60)
@given(damage=damages(), which=st.sampled_from(["*.nbi", "*.nbc"]))
def test_what_is_damaged_is_compiled_again_and_kept(
    folder: Path, damage: Damage, which: str
) -> None:
    compiled()(1)
    (path,) = folder.rglob(which)
    whole = path.read_bytes()
    path.write_bytes(damage(whole))
    changed = path.read_bytes() != whole
    found = compiled()
    assert is_on_disk(found) is not changed
    assert (found(1), hits(found)) == (4, 0 if changed else 1)
    again = compiled()
    assert (again(1), hits(again)) == (4, 1), "it has been mended"


def test_code_of_another_function_is_not_run_in_its_place(folder: Path) -> None:
    """Two whole files that have changed places: the index says which form is in which."""
    own = compiled()
    own(1)
    own(np.float64(1.5))
    one, other = sorted(folder.rglob("*.nbc"))
    one.write_bytes(other.read_bytes())
    again = compiled()
    assert [again(1), again(1.5)] == [4, 4.5]
    assert hits(again) == 1, "one of them is where it was"


def test_a_disk_that_takes_nothing_stops_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    found = compiled()
    monkeypatch.setattr(found._cache._cache_file, "_save_data", full)
    assert found(np.int8(1)) == 4


def test_where_no_folder_can_be_written_it_is_compiled_each_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def nowhere(*_: object) -> None:
        raise RuntimeError("cannot cache function: no locator available")

    monkeypatch.setattr("numba.core.caching.CompileResultCacheImpl.__init__", nowhere)
    found = compiled()
    assert not is_on_disk(found)
    assert found(1) == 4
