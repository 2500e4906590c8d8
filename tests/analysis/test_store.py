"""The folder of a result: whole or absent, told plainly, readable by anyone."""

import errno
import json
import os
from pathlib import Path

import pandas as pd
import pytest
from helpers.languages import in_swedish
from helpers.small_sweeps import plan, same, shards, write

from sisim.analysis import store
from sisim.analysis import sweep as run
from sisim.analysis.executors import in_process
from sisim.analysis.manifest import StoreError
from sisim.analysis.store import Store
from sisim.analysis.sweep import open_study, sweep
from sisim.i18n import LANGUAGES


@pytest.fixture(autouse=True)
def small_shards(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a result have several shards."""
    monkeypatch.setattr(run, "SECONDS", 0.1)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """Return what comes of the experiment when nothing happens to it."""
    folder = tmp_path_factory.mktemp("whole")
    return sweep(plan(folder), folder / "out", executor=in_process()).table()


def test_plain_pandas_reads_it_and_the_manifest_says_how_it_was_made(tmp_path: Path) -> None:
    experiment, out = write(tmp_path), tmp_path / "out"
    study = sweep(experiment, out, executor=in_process())
    rows = pd.read_parquet(out / "cells")
    assert len(rows) == len(study.table())
    manifest = json.loads((out / "manifest.json").read_text())
    assert manifest["experiment_text"] == experiment.read_text()
    assert (tmp_path / "cohort.toml").read_text() in manifest["files"].values()
    assert manifest["seed"] == 11
    assert {"python", "sisim", "numpy", "code"} <= set(manifest["versions"])
    assert manifest["scenario_digest"]
    assert manifest["platform"]


def test_a_result_is_made_again_from_its_folder_alone(tmp_path: Path) -> None:
    experiment, out = write(tmp_path), tmp_path / "out"
    sweep(experiment, out, executor=in_process())
    for path in tmp_path.glob("*.toml"):
        path.unlink()
    assert open_study(out).reproduce(executor=in_process()).same


def test_a_folder_is_synced_after_every_file_that_is_put_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else what is said to be finished is gone when the power is."""
    done: list[tuple[str, Path]] = []
    replace, sync = Path.replace, store.sync_folder

    def replaced(path: Path, to: Path) -> Path:
        done.append(("replaced", to.parent))
        return replace(path, to)

    def synced(folder: Path) -> None:
        done.append(("synced", folder))
        sync(folder)

    monkeypatch.setattr(Path, "replace", replaced)
    monkeypatch.setattr(store, "sync_folder", synced)
    sweep(plan(tmp_path), tmp_path / "out", executor=in_process())
    at = [n for n, (what, folder) in enumerate(done) if what == "replaced"]
    assert len(at) > 2
    assert all(done[n + 1] == ("synced", done[n][1]) for n in at)


def test_two_sweeps_in_one_folder_are_refused(tmp_path: Path) -> None:
    one, out = plan(tmp_path), tmp_path / "out"
    with Store(out).writing(), pytest.raises(StoreError) as found:
        sweep(one, out, executor=in_process())
    assert f"process {os.getpid()}" in found.value.render()
    assert f"process {os.getpid()}" in in_swedish(lambda: found.value.render())
    assert not (out / "manifest.json").exists()


def test_the_lock_of_a_dead_process_holds_nothing(tmp_path: Path, whole: pd.DataFrame) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / ".lock").touch()
    (out / ".writer").write_text("4194303")
    same(sweep(plan(tmp_path), out, executor=in_process()).table(), whole)


def test_half_written_shards_are_cleared_away(tmp_path: Path, whole: pd.DataFrame) -> None:
    one, out = plan(tmp_path), tmp_path / "out"
    sweep(one, out, executor=in_process())
    shard = next((out / "cells").glob("*.parquet"))
    shard.rename(shard.with_name(f".{shard.name}.part"))
    assert len(open_study(out).table()) < len(whole)
    study = sweep(one, out, executor=in_process(), resume=True)
    same(study.table(), whole)
    assert len(pd.read_parquet(out / "cells")) == len(whole)
    assert not list(out.rglob("*.part"))


@pytest.mark.parametrize("lang", LANGUAGES, indirect=True)
def test_a_full_disk_is_said_and_nothing_finished_is_lost(
    tmp_path: Path, whole: pd.DataFrame, monkeypatch: pytest.MonkeyPatch, lang: str
) -> None:
    one, out = plan(tmp_path), tmp_path / "out"
    fsync, calls = os.fsync, []

    def full(file: int) -> None:
        calls.append(file)
        if len(calls) > 6:
            raise OSError(errno.ENOSPC, "No space left on device")
        fsync(file)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(StoreError) as found:
            sweep(one, out, executor=in_process())
    said = found.value.render()
    assert {"en": "The disk is full", "sv": "Disken är full"}[lang] in said
    assert "--resume" in said
    before = shards(out)
    assert len(before) == 2
    assert not list(out.rglob("*.part"))
    study = sweep(one, out, executor=in_process(), resume=True)
    assert before.items() <= shards(out).items()
    same(study.table(), whole)


def test_what_is_there_is_not_written_over(tmp_path: Path) -> None:
    one, out = plan(tmp_path), tmp_path / "out"
    sweep(one, out, executor=in_process())
    before = shards(out)
    with pytest.raises(StoreError, match="--resume goes on"):
        sweep(one, out, executor=in_process())
    assert shards(out) == before


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("probability = 0.3", "probability = 0.35"), "probability.value: 0.3 → 0.35"),
        (("cohort = 300", "cohort = 301"), "population.cohort: 300 → 301"),
        (("draws = 4", "draws = 5"), "design.draws: 4 → 5"),
        (('"cost.clinic"', '"cost.*"'), "outcomes:"),
    ],
)
def test_a_changed_scenario_is_not_gone_on_with(
    tmp_path: Path, change: tuple[str, str], said: str
) -> None:
    out = tmp_path / "out"
    sweep(write(tmp_path), out, executor=in_process())
    before = shards(out)
    with pytest.raises(StoreError, match="was made from something else") as found:
        sweep(write(tmp_path, change), out, executor=in_process(), resume=True)
    assert said in found.value.render()
    assert said in in_swedish(lambda: found.value.render())
    assert shards(out) == before


def test_another_title_changes_nothing(tmp_path: Path, whole: pd.DataFrame) -> None:
    out = tmp_path / "out"
    sweep(write(tmp_path), out, executor=in_process())
    titled = write(tmp_path, ('en = "A cohort"', 'en = "Another title"'))
    same(sweep(titled, out, executor=in_process(), resume=True).table(), whole)


def test_no_result_and_no_manifest_are_answered(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"manifest\.json is missing"):
        open_study(tmp_path)
    (tmp_path / "manifest.json").write_text("{")
    with pytest.raises(StoreError, match="cannot be read"):
        open_study(tmp_path)


def test_lists_and_mixtures_are_kept_as_text(tmp_path: Path) -> None:
    listed = plan(
        tmp_path,
        ("investments.care.duration = [12.0, 24]", '"drift.prices" = [{}, { general = 0.02 }]'),
    )
    table = sweep(listed, tmp_path / "out", executor=in_process()).table()
    assert set(table["drift.prices"]) == {"{}", '{"general":0.02}'}
