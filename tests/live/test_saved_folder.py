"""What is saved in the folder is whole or as it was, and nobody writes over what another saved."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from helpers.kills import KILLED

from sisim.live.saved_folder import FolderError, NameTakenError, SavedFolder, checked_name

BEFORE, AFTER = b'name = "before"\n' * 500, b'name = "after"\n' * 700
WRITER = """
import sys
from pathlib import Path
from helpers.kills import die_at
from sisim.live.saved_folder import SavedFolder

folder = SavedFolder(Path(sys.argv[1]))
die_at(folder.path, int(sys.argv[2]))
folder.save(sys.argv[3], b'name = "after"\\n' * 700, replace=True)
"""


def killed(folder: SavedFolder, number: int, name: str) -> bool:
    """Save in a process that is killed at a change of a file; return whether it was."""
    line = [sys.executable, "-c", WRITER, str(folder.path), str(number), name]
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    done = subprocess.run(line, env=env, check=False)
    assert done.returncode in (0, KILLED)
    return done.returncode == KILLED


def test_nothing_is_lost_when_the_program_is_killed_while_it_saves(tmp_path: Path) -> None:
    folder = SavedFolder(tmp_path)
    folder.save("mine", BEFORE)
    folder.save("other", BEFORE)
    died = 0
    for number in range(1, 21):
        died += killed(folder, number, "mine")
        assert folder.content("mine") in (BEFORE, AFTER)
        assert folder.names() == ["mine", "other"]
        if folder.content("mine") == AFTER:
            folder.save("mine", BEFORE, replace=True)
    assert died >= 4  # else it was killed before it had begun to write
    folder.save("mine", AFTER, replace=True)
    assert folder.content("other") == BEFORE
    left = {path.name for path in tmp_path.iterdir()} - {".sisim.lock"}
    assert left == {"mine.toml", "other.toml"}


def test_what_has_the_name_is_replaced_only_if_that_is_asked_for(tmp_path: Path) -> None:
    folder = SavedFolder(tmp_path / "made when needed")
    folder.save("Halva effekten", BEFORE)
    with pytest.raises(NameTakenError):
        folder.save("halva effekten", AFTER)
    assert folder.content("Halva effekten") == BEFORE
    folder.save("halva effekten", AFTER, replace=True)
    assert folder.names() == ["Halva effekten"]
    folder.save("B", BEFORE)
    with pytest.raises(NameTakenError):
        folder.rename("B", "Halva effekten")
    folder.rename("Halva effekten", "HALVA EFFEKTEN")
    assert folder.names() == ["B", "HALVA EFFEKTEN"]


def test_of_two_who_save_at_once_one_is_told_that_the_name_is_taken(tmp_path: Path) -> None:
    def save(content: bytes) -> bool:
        try:
            SavedFolder(tmp_path).save("same", content)
        except NameTakenError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        came = list(pool.map(save, [bytes([65 + n]) * 5000 for n in range(8)]))
    assert sum(came) == 1
    assert SavedFolder(tmp_path).content("same") == bytes([65 + came.index(True)]) * 5000


def test_what_is_deleted_comes_back_and_a_copy_has_a_name_of_its_own(tmp_path: Path) -> None:
    folder = SavedFolder(tmp_path)
    folder.save("a", BEFORE)
    assert folder.duplicate("a") == "a 2"
    assert folder.duplicate("a") == "a 3"
    held = folder.delete("a")
    assert folder.names() == ["a 2", "a 3"]
    folder.save("a", held)
    assert folder.content("a") == BEFORE
    assert folder.save_beside("a", BEFORE) == "a"
    assert folder.save_beside("a", AFTER) == "a 4"
    folder.delete("a")
    for do in (folder.delete, folder.content, folder.duplicate):
        with pytest.raises(FolderError, match="no longer"):
            do("a")


@pytest.mark.parametrize("name", ["", "  ", "../up", "a/b", ".hidden", "con", "x" * 81, "a\\b"])
def test_a_name_that_no_file_can_have_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(FolderError):
        SavedFolder(tmp_path).save(name, BEFORE)
    assert not list(tmp_path.iterdir())


def test_a_name_is_the_same_however_its_letters_are_put_together() -> None:
    assert checked_name("a\u030angestrom") == checked_name("\u00e5ngestrom")


def test_a_folder_that_is_a_file_is_answered(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(FolderError, match="cannot be used"):
        SavedFolder(tmp_path / "file").save("a", BEFORE)
