"""Files and folders of results are whole or as they were, whenever their writer is killed."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock
from helpers.kills import KILLED
from helpers.systems import exchanging

from sisim import portable
from sisim.report import whole_files
from sisim.report.result_files import write_all
from sisim.report.whole_files import aside, put_file

NAMES = ("curves.csv", "headline.csv", "words.txt")
WRITER = """
import sys
from pathlib import Path
from helpers.kills import die_at
from sisim import portable
from sisim.report import whole_files
from sisim.report.result_files import write_all
from sisim.report.whole_files import aside, put_file

folder, number, kind, content = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4]
if kind == "one by one":
    whole_files.exchange = lambda *_: False

def write(new):
    for name in {names!r}:
        (new / name).write_text(content)

die_at(folder, number)
if kind == "file":
    with aside(folder / "out.txt") as new:
        (new / "out.txt").write_text(content)
        put_file(new / "out.txt", folder / "out.txt")
else:
    write_all(folder / "out", write)
"""


def killed(folder: Path, number: int, kind: str, content: str = "new") -> bool:
    """Write in a process that is killed at a change of a file; return whether it was."""
    script = WRITER.format(names=NAMES)
    line = [sys.executable, "-c", script, str(folder), str(number), kind, content]
    helpers = Path(__file__).parents[1]
    done = subprocess.run(line, env={**os.environ, "PYTHONPATH": str(helpers)}, check=False)
    assert done.returncode in (0, KILLED)
    return done.returncode == KILLED


def written(content: str) -> Callable[[Path], None]:
    """Return what writes a result."""

    def write(folder: Path) -> None:
        for name in NAMES:
            (folder / name).write_text(content)

    return write


def contents(out: Path) -> set[str]:
    """Return what the files of a result say that are there."""
    return {(out / name).read_text() for name in NAMES if (out / name).exists()}


def left(folder: Path) -> set[str]:
    """Return what is in a folder, hidden files too."""
    return {path.name for path in folder.iterdir()}


@exchanging
@pytest.mark.parametrize("before", [True, False])
def test_a_folder_is_all_old_or_all_new_whenever_its_writer_is_killed(
    tmp_path: Path, before: bool
) -> None:
    for number in range(1, 60):
        folder = tmp_path / str(number)
        out = folder / "out"
        folder.mkdir()
        if before:
            write_all(out, written("old"))
            (out / "mine.txt").write_text("mine")
        was_killed = killed(folder, number, "folder")
        if out.exists():
            assert contents(out) in ({"old"}, {"new"})
            assert set(NAMES) <= left(out)
            assert not before or (out / "mine.txt").read_text() == "mine"
        else:
            assert not before
        write_all(out, written("newer"))
        assert contents(out) == {"newer"}
        assert left(folder) == {"out"}
        assert left(out) == {*NAMES, *(["mine.txt"] if before else [])}
        if not was_killed:
            break
    assert 5 < number < 59


def test_one_by_one_nothing_new_is_beside_something_old_and_the_next_writer_ends_it(
    tmp_path: Path,
) -> None:
    ended = set()
    for number in range(1, 60):
        folder = tmp_path / str(number)
        out = folder / "out"
        write_all(out, written("old"))
        (out / "mine").mkdir()
        was_killed = killed(folder, number, "one by one")
        assert contents(out) in (set(), {"old"}, {"new"})
        with aside(out):
            assert contents(out) in ({"old"}, {"new"})
        assert set(NAMES) | {"mine"} == left(out)
        assert left(folder) == {"out"}
        ended |= contents(out)
        if not was_killed:
            break
    assert 8 < number < 59
    assert ended == {"old", "new"}


def test_a_file_is_old_or_new_whenever_its_writer_is_killed(tmp_path: Path) -> None:
    for number in range(1, 30):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "out.txt").write_text("old")
        was_killed = killed(folder, number, "file")
        assert (folder / "out.txt").read_text() in ("old", "new")
        with aside(folder / "out.txt"):
            pass
        assert left(folder) == {"out.txt"}
        if not was_killed:
            break
    assert 3 < number < 29


@pytest.mark.parametrize("kind", ["file", "folder", "over a folder", "one by one"])
def test_names_are_on_the_disk_before_it_is_said_that_all_is_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """Content first, then the name; and a folder whose names have changed last of all."""
    out = tmp_path / "out"
    if kind in ("over a folder", "one by one"):
        write_all(out, written("old"))
    done: list[tuple[str, Path]] = []

    def noted(what: str, real: Callable[..., object]) -> Callable[..., object]:
        def act(path: Path, *given: Path) -> object:
            found = real(path, *given)
            done.extend((what, one.resolve()) for one in (given or (path,)))
            return found

        return act

    monkeypatch.setattr(whole_files, "sync_file", noted("content", whole_files.sync_file))
    monkeypatch.setattr(whole_files, "sync_folder", noted("names", whole_files.sync_folder))
    monkeypatch.setattr(Path, "replace", noted("change", Path.replace))
    monkeypatch.setattr(Path, "rename", noted("change", Path.rename))
    stroke = (lambda *_: False) if kind == "one by one" else noted("change", whole_files.exchange)
    monkeypatch.setattr(whole_files, "exchange", stroke)
    if kind == "file":
        with aside(out) as new:
            (new / "out").write_text("new")
            put_file(new / "out", out)
    else:
        write_all(out, written("new"))
    changes = [number for number, (what, _) in enumerate(done) if what == "change"]
    contents_of = [number for number, (what, _) in enumerate(done) if what == "content"]
    assert len(contents_of) == (1 if kind == "file" else len(NAMES))
    assert max(contents_of) < min(changes)
    for number in changes:
        folder = done[number][1].parent
        if folder in (out, tmp_path):  # and not one that is thrown away
            assert ("names", folder) in done[number:]


def test_what_a_living_process_has_aside_is_left_alone(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with aside(out) as mine:
        (mine / "curves.csv").write_text("mine")
        write_all(out, written("other"))
        assert (mine / "curves.csv").read_text() == "mine"
        for name in (".out-12345678.sisim", ".out-2-12345678.sisim"):
            (tmp_path / name / "new").mkdir(parents=True)
    with aside(out):
        pass
    with aside(tmp_path / "out-2"):
        assert left(tmp_path) >= {"out"}
    assert left(tmp_path) == {"out"}


def test_files_of_two_writers_at_once_are_both_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    write_all(out, written("old"))
    exchange = whole_files.exchange

    def late(one: Path, other: Path) -> bool:
        monkeypatch.setattr(whole_files, "exchange", exchange)
        (out / "late.txt").write_text("late")
        return exchange(one, other)

    monkeypatch.setattr(whole_files, "exchange", late)
    write_all(out, written("new"))
    assert contents(out) == {"new"}
    assert (out / "late.txt").read_text() == "late"


@pytest.mark.parametrize("stroke", [True, False])
def test_what_cannot_be_replaced_leaves_everything_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stroke: bool
) -> None:
    """As when another program has one of the files open, on Windows."""
    out = tmp_path / "out"
    write_all(out, written("old"))
    if stroke:
        (out / "words.txt").unlink()
        (out / "words.txt").mkdir()
    else:
        (out / "mine").mkdir()
        replace = Path.replace

        def refuse(path: Path, to: Path) -> Path:
            if path == out / "words.txt":
                raise PermissionError(errno.EACCES, "Permission denied")
            return replace(path, to)

        monkeypatch.setattr(Path, "replace", refuse)
    before = left(out)
    with pytest.raises(OSError, match=r"Is a directory|Permission denied"):
        write_all(out, written("new"))
    assert left(out) == before
    assert (out / "curves.csv").read_text() == "old"
    assert left(tmp_path) == {"out"}


def test_links_and_the_current_folder_keep_their_places(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, link = tmp_path / "real", tmp_path / "link"
    write_all(real, written("old"))
    link.symlink_to(real, target_is_directory=True)
    assert write_all(link, written("new")) == [link / name for name in NAMES]
    assert link.is_symlink()
    assert contents(real) == {"new"}
    monkeypatch.chdir(real)
    number = Path.cwd().stat().st_ino
    write_all(Path(), written("newer"))
    assert contents(Path()) == {"newer"}
    assert real.stat().st_ino == number, "who stands in it still does"
    assert left(tmp_path) == {"real", "link"}
    assert left(real) == set(NAMES)


def test_rights_of_a_folder_are_kept(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write_all(out, written("old"))
    assert out.stat().st_mode == tmp_path.joinpath("out").stat().st_mode
    out.chmod(0o750)
    write_all(out, written("new"))
    assert out.stat().st_mode & 0o777 == 0o750


def test_a_device_is_written_into_and_not_replaced(tmp_path: Path) -> None:
    out = Path(os.devnull)
    new = tmp_path / "new"
    new.write_text("new")
    put_file(new, out)
    assert not out.is_file()


def test_folders_change_names_in_one_stroke_or_it_is_said_that_they_cannot(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.mkdir()
    other.mkdir()
    (one / "file").touch()
    done = portable.exchange(one, other)
    assert (other / "file").exists() is done
    assert not portable.exchange(one, tmp_path / "none")


def test_a_lock_that_is_lost_while_it_is_taken_is_taken_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody who tidies up may come between the making of its file and its lock."""
    acquire = FileLock.acquire
    lost: list[Path] = []

    def late(lock: FileLock, *given: object, **more: object) -> object:
        found = acquire(lock, *given, **more)  # type: ignore[arg-type]
        if not lost:
            lost.append(Path(lock.lock_file))
            lost[0].unlink()
        return found

    monkeypatch.setattr(FileLock, "acquire", late)
    with aside(tmp_path / "out") as folder:
        assert folder.parent.with_suffix(".lock") not in lost
        assert folder.is_dir()
