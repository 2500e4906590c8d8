"""What is kept of a warm-up is what simulating it would have come to, whatever is then invested."""

import copy
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.damage import Damage, damages
from helpers.strategies import (
    assert_same,
    assert_same_run,
    group,
    investment,
    move,
    simulation,
    track,
    world,
    worlds,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sisim.engine import warm_up
from sisim.engine.replications import replication
from sisim.engine.simulation import Simulation, run_to_end
from sisim.engine.warm_up import first_active, warmed_up

World = dict[str, Any]
in_one_folder = settings(
    max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep the warm-up of ever so few people, in a folder of the test's own."""
    monkeypatch.setattr(warm_up, "_folder", lambda: tmp_path)
    monkeypatch.setattr(warm_up, "LEAST", 1)
    return tmp_path


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Return which files have been gone on from so far."""
    found: list[Path] = []
    read = warm_up._read

    def noted(run: Simulation, until: int, path: Path) -> None:
        read(run, until, path)
        found.append(path)

    monkeypatch.setattr(warm_up, "_read", noted)
    return found


def emptied(folder: Path) -> Path:
    """Return the folder with nothing in it."""
    for path in folder.iterdir():
        path.unlink()
    return folder


def otherwise(made: World) -> Iterator[World]:
    """Yield the world with other investments: other effects, targets, costs, arms, or none."""
    for change in range(5):
        other = copy.deepcopy(made)
        for one in other["investments"].values():
            if change == 0:
                one["effects"] = []
            if change == 1:
                one["target"] = {"age": {"from": 1, "below": 2}}
            one["cost"] = {"payer": "fund", "per_participant": 7}
        if change == 2:
            other["arms"] = dict(list(other["arms"].items())[:1])
        if change >= 3:
            other["arms"] = {}
        exposed = any(
            "exposure." in str(one) for one in made["pathway"].get("factors", {}).values()
        )
        if change == 4 and not exposed:
            other["investments"] = {}
        yield other


def to_the_end(of: Simulation) -> Simulation:
    """Return a simulation that has come to its end, every move from here on logged."""
    of.logging = True
    run_to_end(of)
    return of


def assert_same_lives(warm: Simulation, whole: Simulation, until: int) -> None:
    """Assert that two runs counted the same, and that everyone moved alike from a step on."""
    assert_same_run(replication(warm), replication(whole))
    for name in ("shares", "measured"):
        mine, theirs = getattr(replication(warm), name), getattr(replication(whole), name)
        assert len(mine) == len(theirs)
        for one, other in zip(mine, theirs, strict=True):
            np.testing.assert_array_equal(one, other)
    assert (warm.columns.diverged == whole.columns.diverged).all()
    moves = whole.log()
    assert warm.log().tolist() == moves[moves["step"] > until].tolist()


@in_one_folder
@given(
    made=worlds(people=150), seed=st.integers(0, 99), threads=st.tuples(*[st.integers(1, 2)] * 3)
)
def test_a_run_that_goes_on_from_disk_is_the_run_from_the_start(
    folder: Path, made: World, seed: int, threads: tuple[int, int, int]
) -> None:
    emptied(folder)
    first, again, alone = (simulation(made, seed).compiled for _ in range(3))
    until = first_active(first)
    warmed_up(first, seed, threads=threads[0])
    assert len(list(folder.iterdir())) == (until > 0)
    warm = to_the_end(warmed_up(again, seed, threads=threads[1]))
    whole = to_the_end(Simulation(alone, seed, threads=threads[2]))
    assert_same_lives(warm, whole, until)


@in_one_folder
@given(made=worlds(people=150), seed=st.integers(0, 99))
def test_other_investments_go_on_from_the_same_people(folder: Path, made: World, seed: int) -> None:
    emptied(folder)
    warmed_up(simulation(made, seed).compiled, seed, threads=1)
    for other in otherwise(made):
        compiled = simulation(other, seed).compiled
        warm = to_the_end(warmed_up(compiled, seed, threads=1))
        whole = to_the_end(Simulation(compiled, seed, threads=1))
        assert_same_lives(warm, whole, first_active(compiled))


def grown(**parts: Any) -> World:
    """Return a world whose people have a past before 2026: they fall ill, and are treated."""
    return world(
        **{
            "tracks": {"life": track("well", "ill")},
            "groups": {"sick": group("life", "ill")},
            "transitions": {
                "falls": move("well", "ill", rate=0.5),
                "recovers": move("ill", "well", rate=1.0),
            },
            "population": {"residents": 400, "max_age": 5},
            "investments": {
                "team": investment(effects=[{"on": ["falls"], "ratio": 0.5}], target={})
            },
            "arms": {"project": {"label": "Project", "investments": {"team": "ends"}}},
            **parts,
        }
    )


def test_effects_targets_costs_and_arms_share_a_file(folder: Path, reads: list[Path]) -> None:
    made = grown()
    compiled = simulation(made).compiled
    warmed_up(compiled, 1)
    for other in otherwise(made):
        warmed_up(simulation(other).compiled, 1)
    assert len(reads) == 5
    assert len(list(folder.iterdir())) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"population": {"residents": 401, "max_age": 5}},
        {"time": {"start": "2026-02", "years": 2}},
        {"time": {"start": "2026-01", "years": 2, "history": 1}},
        {
            "transitions": {
                "falls": move("well", "ill", rate=0.5),
                "recovers": move("ill", "well", rate=1.0000001),
            }
        },
        {"tracks": {"life": track("well", "ill", start={"well": 0.9, "ill": 0.1})}},
        {"groupings": {"age": {"feature": "age", "below": [2]}}},
        {"investments": {"team": investment(start="2025-01")}},
    ],
)
def test_another_past_is_another_file(
    folder: Path, reads: list[Path], change: dict[str, Any]
) -> None:
    warmed_up(simulation(grown()).compiled, 1)
    warmed_up(simulation(grown(**change)).compiled, 1)
    warmed_up(simulation(grown()).compiled, 2)
    assert not reads
    assert len(list(folder.iterdir())) == 3


def test_another_engine_makes_its_own(
    folder: Path, reads: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled = simulation(grown()).compiled
    warmed_up(compiled, 1)
    monkeypatch.setattr(warm_up, "_engine", lambda: "another")
    warmed_up(compiled, 1)
    assert not reads
    assert len(list(folder.iterdir())) == 2


@in_one_folder
@given(damage=damages())
def test_a_damaged_file_is_simulated_again(folder: Path, reads: list[Path], damage: Damage) -> None:
    compiled = simulation(grown()).compiled
    emptied(folder)
    expected = warmed_up(compiled, 1)
    run_to_end(expected)
    (path,) = folder.iterdir()
    path.write_bytes(damage(path.read_bytes()))
    found = warmed_up(compiled, 1)
    run_to_end(found)
    assert_same(found.tally(), expected.tally())
    reads.clear()
    warmed_up(compiled, 1)
    assert reads == [path]


def test_the_file_of_another_run_is_ignored(folder: Path, reads: list[Path]) -> None:
    compiled = simulation(grown()).compiled
    for seed in (1, 2):
        warmed_up(compiled, seed)
    one, other = folder.iterdir()
    other.write_bytes(one.read_bytes())
    for seed in (1, 2):
        whole = Simulation(compiled, seed)
        run_to_end(whole)
        found = warmed_up(compiled, seed)
        run_to_end(found)
        assert_same(found.tally(), whole.tally())
    assert len(reads) == 1


def test_there_is_room_for_so_much_and_what_is_used_stays(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled = simulation(grown()).compiled
    paths = []
    for seed in (1, 2):
        warmed_up(compiled, seed)
        (path,) = set(folder.iterdir()) - set(paths)
        os.utime(path, (seed, seed))
        paths.append(path)
    warmed_up(compiled, 1)  # it is used, and so the other is the oldest
    monkeypatch.setattr(warm_up, "ROOM", 2.5 * paths[0].stat().st_size)
    warmed_up(compiled, 3)
    kept = set(folder.iterdir())
    assert paths[0] in kept
    assert paths[1] not in kept
    assert len(kept) == 2


def test_a_full_disk_is_no_obstacle(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(warm_up.np, "savez", full)
    run = warmed_up(simulation(grown()).compiled, 1)
    assert run.step == first_active(run.compiled)
    assert not list(folder.iterdir())


def test_nothing_is_kept_of_few_people(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warm_up, "LEAST", 10_000)
    warmed_up(simulation(grown()).compiled, 1)
    assert not list(folder.iterdir())
