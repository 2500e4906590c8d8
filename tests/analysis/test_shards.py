"""Results as accidents leave them: what is damaged is told of, and simulated again when asked."""

from __future__ import annotations

import json
import multiprocessing
import shutil
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from helpers.damage import Damage, damages, emptied, flipped, torn
from helpers.kills import KILLED
from helpers.languages import in_swedish
from helpers.small_sweeps import plan, same, shards, sweep_until, write
from helpers.work import grows_with
from hypothesis import given, settings
from hypothesis import strategies as st

from sisim.analysis import manifest
from sisim.analysis import shards as shards_module
from sisim.analysis import sweep as run
from sisim.analysis.executors import in_process
from sisim.analysis.manifest import Manifest, StoreError
from sisim.analysis.shards import shard
from sisim.analysis.sweep import Study, open_study
from sisim.cli.command_line import run_line

SMALL = ("draws = 4", "draws = 2")
OTHER = ("probability = 0.3", "probability = 0.35")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return a folder with an experiment, and its result in several shards in `out`."""
    folder = tmp_path_factory.mktemp("made")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run, "SECONDS", 0.05)
        sweep(folder, resume=False)
        yield folder


@pytest.fixture(scope="module")
def whole(made: Path) -> pd.DataFrame:
    """Return the table of the result."""
    return open_study(made / "out").table()


def sweep(folder: Path, *changes: tuple[str, str], **more: Any) -> Study:
    """Run the experiment in a folder, or go on with it."""
    one = write(folder, SMALL, *changes)
    return run.sweep(one, folder / "out", executor=in_process(), **{"resume": True, **more})


def copied(made: Path, folder: Path) -> Path:
    """Return a copy of the result, in `folder`."""
    return Path(shutil.copytree(made / "out", folder / "out", dirs_exist_ok=True))


def cells(out: Path) -> list[Path]:
    """Return the shards of a result."""
    return sorted((out / "cells").glob("*.parquet"))


def rewritten(out: Path, **changes: Any) -> None:
    """Change parts of a manifest by hand."""
    path = out / "manifest.json"
    said = json.loads(path.read_text())
    said |= changes
    path.write_text(json.dumps({key: value for key, value in said.items() if value is not None}))


@settings(max_examples=40)
@given(damage=damages(), which=st.integers(0, 100))
def test_whatever_happens_to_a_file_it_is_told_of_or_harmless(
    made: Path, whole: pd.DataFrame, damage: Damage, which: int
) -> None:
    """And what is told of is healed, whichever file it is."""
    with TemporaryDirectory() as name:
        out = copied(made, Path(name))
        files = [out / "manifest.json", *cells(out)]
        path = files[which % len(files)]
        path.write_bytes(damage(path.read_bytes()))
        told: StoreError | None = None
        try:
            same(open_study(out).table(), whole)
        except StoreError as error:
            told = error
        if told:
            for said in (told.render(), in_swedish(told.render)):
                assert path.name in said
                assert "--resume" in said
        study = sweep(Path(name))
        assert study.healed == ((path.name,) if told else ())
        same(study.table(), whole)


@pytest.mark.parametrize("damage", [emptied, torn, flipped(0.3), flipped(0.99)])
def test_what_is_not_damaged_is_not_run_again(
    made: Path, whole: pd.DataFrame, tmp_path: Path, damage: Damage
) -> None:
    out = copied(made, tmp_path)
    before = shards(out)
    bad = cells(out)[1]
    bad.write_bytes(damage(bad.read_bytes()))
    del before[bad.name]
    study = sweep(tmp_path)
    same(study.table(), whole)
    assert before.items() <= shards(out).items()
    assert len(pd.read_parquet(out / "cells")) == len(whole)


def test_the_pages_of_a_shard_have_checksums_for_other_readers(made: Path) -> None:
    good = cells(made / "out")[0].read_bytes()
    column = pq.read_metadata(BytesIO(good)).row_group(0).column(0)
    bad = bytearray(good)
    # The last byte of its last page: what stands before the pages is told by other means.
    first = column.dictionary_page_offset or column.data_page_offset
    bad[first + column.total_compressed_size - 1] ^= 1
    with pytest.raises(OSError, match=r"CRC|checksum|corrupt"):
        pq.read_table(BytesIO(bad), page_checksum_verification=True)


def test_without_a_manifest_nothing_is_begun_and_the_way_back_is_told(
    made: Path, whole: pd.DataFrame, tmp_path: Path
) -> None:
    out = copied(made, tmp_path)
    (out / "manifest.json").unlink()
    before = shards(out)
    with pytest.raises(StoreError, match=r"manifest\.json is missing.*--resume"):
        open_study(out)
    for more in ({"resume": False}, {"expand": 2, "resume": False}):
        with pytest.raises(StoreError, match="--resume"):
            sweep(tmp_path, **more)
    study = sweep(tmp_path)
    assert study.healed == ("manifest.json",)
    same(study.table(), whole)
    assert shards(out) == before


def test_a_lost_manifest_of_an_expanded_result_is_found_again_with_its_size(
    made: Path, tmp_path: Path
) -> None:
    out = copied(made, tmp_path)
    expanded = sweep(tmp_path, expand=2, resume=False).table()
    (out / "manifest.json").write_bytes(b"")
    same(sweep(tmp_path).table(), expanded)


def test_cells_of_another_scenario_are_never_in_the_table(
    made: Path, whole: pd.DataFrame, tmp_path: Path
) -> None:
    """Neither when their manifest is lost nor when somebody has put them there."""
    out = copied(made, tmp_path)
    manifest = (out / "manifest.json").read_bytes()
    (out / "manifest.json").unlink()
    with pytest.raises(StoreError, match="made from something else"):
        sweep(tmp_path, OTHER)
    (out / "manifest.json").write_bytes(manifest)
    other = run.sweep(plan(tmp_path, SMALL, OTHER), tmp_path / "other", executor=in_process())
    strangers = [Path(shutil.copy(path, out / "cells")) for path in cells(other.store.folder)]
    same(open_study(out).table(), whole)
    assert open_study(out).finished == len(whole) // 2
    study = sweep(tmp_path)
    assert set(study.healed) == {path.name for path in strangers}
    same(study.table(), whole)
    assert len(pd.read_parquet(out / "cells")) == len(whole)
    for path in strangers:
        assert path.with_name(f".{path.name}.aside").exists(), "nothing is thrown away"


def test_cells_that_are_there_twice_or_beyond_the_plan_are_counted_once_or_not(
    made: Path, whole: pd.DataFrame, tmp_path: Path
) -> None:
    out = copied(made, tmp_path)
    rows = pd.read_parquet(cells(out)[0])
    source = open_study(out).manifest.source
    for changed in (
        rows.assign(cell="twice"),
        rows.assign(draw=np.int32(7), cell="beyond"),
    ):
        name, content = shard(changed, source)
        (out / "cells" / name).write_bytes(content)
    found = open_study(out).table()
    same(found.drop(columns="cell"), whole.drop(columns="cell"))


def test_files_of_others_among_the_cells_are_left_alone(
    made: Path, whole: pd.DataFrame, tmp_path: Path
) -> None:
    out = copied(made, tmp_path)
    (out / "cells" / "mine.parquet").write_text("mine")
    (out / "cells" / "notes.txt").write_text("mine")
    (out / "cells" / f"{'0' * 16}-{'1' * 32}.parquet").mkdir()
    with pytest.raises(StoreError, match="Damaged"):
        open_study(out).table()
    (out / "cells" / f"{'0' * 16}-{'1' * 32}.parquet").rmdir()
    same(open_study(out).table(), whole)
    same(sweep(tmp_path).table(), whole)
    assert (out / "cells" / "mine.parquet").read_text() == "mine"


@pytest.mark.parametrize(
    "changes",
    [
        {"draws": -1},
        {"replications": 0},
        {"draws": 10**5},
        {"seed": 12},
        {"experiment": {}},
        {"scenario": {}},
        {"scenario": None},
        {"versions": {}},
        {"draws": "many"},
        {"format": 1, "digest": None, "draws": -1},
        {"format": 1, "digest": None, "experiment": {}},
        {"format": 3},
    ],
)
def test_a_manifest_changed_by_hand_is_not_trusted(
    made: Path, whole: pd.DataFrame, tmp_path: Path, changes: dict[str, Any]
) -> None:
    out = copied(made, tmp_path)
    rewritten(out, **changes)
    for ask in (Study.table, Study.reproduce):
        with pytest.raises(StoreError) as found:
            ask(open_study(out))
        assert "manifest.json" in found.value.render()
    assert run_line(["reproduce", str(out), "--workers", "1"]) == 2
    if "experiment" not in changes or "format" not in changes:
        same(sweep(tmp_path).table(), whole)


def as_before(out: Path) -> None:
    """Let a result be as it was written before there were digests."""
    study = open_study(out)
    rewritten(out, format=1, digest=None)
    old = Manifest.read((out / "manifest.json").read_bytes())
    ids = {cell.key: cell.id for cell in run.cells(study.plan, old.scenario_digest)}
    for path in cells(out):
        rows = pd.read_parquet(path)
        keys = zip(rows["choice"], rows["draw"], rows["replication"], strict=True)
        old = path.with_name(f"{path.name[:16]}.parquet")
        rows.assign(cell=[ids[key] for key in keys]).to_parquet(old)
        path.unlink()


def test_a_result_of_an_earlier_version_is_read_and_run_again(
    made: Path, whole: pd.DataFrame, tmp_path: Path
) -> None:
    out = copied(made, tmp_path)
    as_before(out)
    study = open_study(out)
    same(study.table().drop(columns="cell"), whole.drop(columns="cell"))
    assert study.finished == study.cells
    assert study.reproduce(executor=in_process()).same
    path = cells(out)[0]
    pd.read_parquet(path).assign(cell="of another scenario").to_parquet(path)
    assert 0 < len(open_study(out).table()) < len(whole)
    path.write_bytes(torn(path.read_bytes()))
    with pytest.raises(StoreError, match=f"{path.name}.*another version"):
        open_study(out).table()


def test_every_column_is_compared_when_a_result_is_run_again(made: Path, tmp_path: Path) -> None:
    out = copied(made, tmp_path)
    path = cells(out)[0]
    rows = pd.read_parquet(path)
    rows.loc[0, "seed"] += 1
    rows.loc[1, "investments.care.reach"] += 0.01
    rows.loc[0, "net_present_value"] = -0.0
    name, content = shard(rows.drop(columns="total.cost"), open_study(out).manifest.source)
    path.unlink()
    (out / "cells" / name).write_bytes(content)
    found = open_study(out).reproduce(executor=in_process())
    assert not found.same
    differing = set(found.differing["outcome"])
    assert differing == {"seed", "investments.care.reach", "net_present_value", "total.cost"}


@pytest.mark.parametrize("lang", ["en", "sv"], indirect=True)
def test_the_command_says_what_it_has_healed(
    made: Path, tmp_path: Path, lang: str, capsys: pytest.CaptureFixture[str]
) -> None:
    out = copied(made, tmp_path)
    bad = cells(out)[0]
    bad.write_bytes(torn(bad.read_bytes()))
    line = ["sweep", str(write(tmp_path, SMALL)), "--out", str(out), "--workers", "1"]
    assert run_line(["reproduce", str(out), "--lang", lang]) == 2
    assert bad.name in capsys.readouterr().err.replace("\n", "")
    assert run_line([*line, "--resume", "--lang", lang]) == 0
    said = capsys.readouterr().out
    assert {"en": "simulated again", "sv": "simulerats om"}[lang] in said
    assert bad.name in said


def test_killed_at_any_change_of_a_file_it_goes_on_and_ends_the_same(
    made: Path, whole: pd.DataFrame, tmp_path: Path
) -> None:
    """Also when it is killed again at the same place while it heals a shard and its manifest."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["sisim.analysis.sweep", "sisim.engine.replications"])
    one = write(tmp_path, SMALL)
    kills = 0
    for number in range(1, 100):
        folder = tmp_path / str(number)
        out = copied(made, folder)
        first, second, *_ = cells(out)
        first.write_bytes(torn(first.read_bytes()))
        second.unlink()
        (out / "manifest.json").write_bytes(b"")
        codes = []
        for _ in range(2):
            process = context.Process(target=sweep_until, args=(one, out, number))
            process.start()
            process.join()
            codes.append(process.exitcode)
        same(sweep(folder).table(), whole)
        assert not list(out.rglob("*.part"))
        assert set(codes) <= {0, KILLED}
        if codes[0] == 0:
            break
        kills += 1
    assert 8 < kills < 99


def test_every_shard_is_read_once(made: Path, tmp_path: Path) -> None:
    out = copied(made, tmp_path)
    for ask in (lambda: open_study(out).table(), lambda: sweep(tmp_path)):
        with patch.object(shards_module, "_content", wraps=shards_module._content) as read:
            ask()
        assert read.call_count == len(cells(out)) > 1


@pytest.mark.parametrize("part", ["", "versions", "scenario", "experiment", "files"])
def test_the_work_on_a_manifest_grows_with_its_keys(made: Path, tmp_path: Path, part: str) -> None:
    def read(count: int) -> Callable[[], None]:
        out = copied(made, tmp_path / str(count))
        said = json.loads((out / "manifest.json").read_text())
        del said["digest"]
        (said[part] if part else said).update({f"unknown{n}": str(n) for n in range(count)})
        said["digest"] = manifest.content_digest(said)
        (out / "manifest.json").write_text(json.dumps(said), encoding="utf-8", newline="\n")

        def answered() -> None:
            if part in ("versions", "files"):
                assert len(open_study(out).table())
            else:
                with pytest.raises(StoreError) as found:
                    open_study(out).table()
                assert len(found.value.render()) < 1000

        return answered

    grows_with(500, read)


def test_a_manifest_nested_very_deep_is_answered(made: Path, tmp_path: Path) -> None:
    out = copied(made, tmp_path)
    text = (out / "manifest.json").read_text()
    deep = '{"a": ' * 100_000 + "1" + "}" * 100_000
    for changed in (deep, text.replace('"seed":', f'"deep": {deep}, "seed":', 1)):
        (out / "manifest.json").write_text(changed, encoding="utf-8", newline="\n")
        with pytest.raises(StoreError):
            open_study(out)
