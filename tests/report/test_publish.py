"""Publishing is all or nothing, and the same result gives the same files."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from helpers.languages import in_swedish
from helpers.made_up import MadeUp

from sisim.loading.result_table import read_table
from sisim.report import publish as publishing
from sisim.report.publish import publish
from sisim.report.result_files import write_all


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Path]]:
    out = tmp_path_factory.mktemp("there") / "figures"
    return out, in_swedish(lambda: publish(MadeUp(), out))


def test_everything_is_there(published: tuple[Path, list[Path]]) -> None:
    out, files = published
    names = {file.name for file in files}
    for picture in ("comparison", "figure-1", "figure-2", "administrations"):
        assert {f"{picture}.png", f"{picture}.svg"} <= names
    for table in ("curves", "headline", "costs", "entries", "stock", "participants", "outcomes"):
        assert {f"{table}.csv", f"{table}.parquet"} <= names
    assert "words.txt" in names
    assert {file.name for file in out.iterdir()} == names
    assert [file.name for file in out.parent.iterdir()] == ["figures"]


def test_pictures_are_as_fine_as_a_projector_and_shaped_as_its_screen_or_a_page(
    published: tuple[Path, list[Path]],
) -> None:
    for file in published[0].glob("*.png"):
        header = file.read_bytes()[:24]
        wide, high = int.from_bytes(header[16:20]), int.from_bytes(header[20:24])
        assert wide == 1920
        assert 4 / 3 <= wide / high <= 16 / 9


def test_csv_and_parquet_hold_the_same(published: tuple[Path, list[Path]]) -> None:
    out, _ = published
    for file in out.glob("*.csv"):
        pd.testing.assert_frame_equal(
            read_table(file), pd.read_parquet(file.with_suffix(".parquet")), check_dtype=False
        )


def test_the_same_result_gives_the_same_pictures(
    published: tuple[Path, list[Path]], tmp_path: Path
) -> None:
    in_swedish(lambda: publish(MadeUp(), tmp_path / "again"))
    for name in ("comparison.svg", "administrations.svg", "figure-1.png", "words.txt"):
        assert (tmp_path / "again" / name).read_bytes() == (published[0] / name).read_bytes()


def test_other_files_in_the_folder_are_left_alone(tmp_path: Path) -> None:
    out = tmp_path / "mine"
    out.mkdir()
    (out / "notes.txt").write_text("mine")
    (out / "words.txt").write_text("old")

    def write(folder: Path) -> None:
        (folder / "words.txt").write_text("new")

    assert write_all(out, write) == [out / "words.txt"]
    assert (out / "notes.txt").read_text() == "mine"
    assert (out / "words.txt").read_text() == "new"


@pytest.mark.parametrize("existed", [True, False])
def test_nothing_is_left_half_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, existed: bool
) -> None:
    out = tmp_path / "figures"
    if existed:
        out.mkdir()
        (out / "words.txt").write_text("old")

    def fail(*_: object) -> list[str]:
        raise OSError("no space left on device")

    monkeypatch.setattr(publishing, "sentences", fail)
    monkeypatch.setattr("sisim.report.chart.canvas.save", lambda *_: None)
    with pytest.raises(OSError, match="no space"):
        publish(MadeUp(replications=1), out)
    left = [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")]
    assert left == (["figures", "figures/words.txt"] if existed else [])
    assert not existed or (out / "words.txt").read_text() == "old"
