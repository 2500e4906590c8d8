"""The same numbers come out whoever runs the cells, and whatever happens to them meanwhile."""

import multiprocessing
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import psutil
import pytest
from helpers.languages import in_swedish
from helpers.small_sweeps import plan, same, shards, started, sweep_noting, write

from sisim.analysis import executors
from sisim.analysis import sweep as run
from sisim.analysis.cell import Cell, Runner, Setup
from sisim.analysis.design import cells
from sisim.analysis.evaluator import Evaluator
from sisim.analysis.executors import AHEAD, dask, in_process, processes, run_batch
from sisim.analysis.manifest import StoreError
from sisim.analysis.shards import shard
from sisim.analysis.sweep import open_study, sweep
from sisim.analysis.variants import RUNS, SCENARIOS, Variants
from sisim.cli import sweep_commands
from sisim.engine import machine_code

MORE = ("draws = 4", "draws = 12")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """Return what comes of the experiment, run in this process."""
    folder = tmp_path_factory.mktemp("whole")
    return sweep(plan(folder), folder / "out", executor=in_process()).table()


@pytest.fixture(scope="module")
def whole_of_more(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """Return what comes of the experiment with more draws."""
    folder = tmp_path_factory.mktemp("more")
    return sweep(plan(folder, MORE), folder / "out", executor=in_process()).table()


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """Return a Dask cluster of two worker processes."""
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0"
    ) as found:
        yield found


def test_a_row_says_what_was_varied_and_what_came_out(whole: pd.DataFrame) -> None:
    assert list(whole)[:10] == [
        "cell",
        "choice",
        "draw",
        "replication",
        "seed",
        "arm",
        "investments.care.duration",
        "investments.care.cost.running",
        "transitions.falls_ill.probability",
        "investments.care.reach",
    ]
    assert len(whole) == 4 * 4 * 2 * 2
    assert not whole.isna().any(axis=None)
    without = whole[whole["arm"] == "without"]
    assert (without["net_present_value"] == 0).all()


def test_the_threads_of_a_simulation_change_nothing(whole: pd.DataFrame, tmp_path: Path) -> None:
    same(sweep(plan(tmp_path), tmp_path / "out", executor=in_process(2)).table(), whole)


def test_cells_that_differ_in_money_share_a_simulation(tmp_path: Path) -> None:
    one = plan(tmp_path)
    evaluator = Evaluator(one.scenario, arm="care", replications=2)
    values = [{"investments.care.cost.running": price} for price in (1e4, 2e4, 3e4)]
    tables = evaluator.evaluate_many(values)
    assert evaluator.simulated == 2
    worth = [t.loc[t["arm"] == "care", "net_present_value"].to_numpy() for t in tables]
    assert (worth[0] > worth[1]).all()
    assert (worth[1] > worth[2]).all()


def test_an_evaluation_is_what_a_cell_of_a_sweep_is(whole: pd.DataFrame, tmp_path: Path) -> None:
    one = plan(tmp_path)
    cell = whole[(whole["draw"] == 2) & (whole["choice"] == 3)].reset_index(drop=True)
    values = {path: cell[path][0] for path in one.varied}
    evaluator = Evaluator(one.scenario, arm="care", outcomes=one.outcomes, replications=2)
    found = evaluator.evaluate(values)
    same(found[list(one.outcomes)], cell[list(one.outcomes)])


@pytest.mark.parametrize("workers", [1, 2])
def test_memory_does_not_grow_with_the_cells(tmp_path: Path, workers: int) -> None:
    """Cells are made as they are run, and no more simulations are remembered than said."""
    many = plan(tmp_path, ("draws = 4", "draws = 4000"))
    setup = Setup(many.scenario, many.outcomes, ("care",))
    made: list[Cell] = []

    def batches() -> Iterator[list[Cell]]:
        for cell in cells(many):
            made.append(cell)
            yield [cell]

    executor = in_process() if workers == 1 else processes(workers)
    with closing(executor.run(setup, batches())) as finished:
        next(finished)
    assert len(made) <= AHEAD * workers + 1
    runner = Runner(setup)
    for batch in islice(batches(), 2 * SCENARIOS + 4):
        run_batch(runner, batch)
    assert len(runner.variants._runs) == RUNS
    assert len(runner.variants._scenarios) == SCENARIOS


def test_prices_alone_share_the_simulations_of_all_draws(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each duration and seed is simulated once, in full or again for those whom the arms affect."""
    calls = []
    simulated = Variants._simulated

    def counted(variants: Variants, *given: Any) -> Any:
        found = simulated(variants, *given)
        calls.extend(found)
        return found

    monkeypatch.setattr(Variants, "_simulated", counted)
    priced = plan(
        tmp_path,
        ("transitions.falls_ill.probability", '"resources.visit.price"'),
        ('{ distribution = { name = "beta", mean = 0.2, sd = 0.05 } }', "{}"),
        ("investments.care.reach = {}", ""),
    )
    sweep(priced, tmp_path / "out", executor=in_process())
    assert len(calls) == 2 * 2


def test_two_processes_give_the_same_and_one_that_dies_is_replaced(
    whole_of_more: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "SECONDS", 0.1)
    killed = []

    def kill_one(done: int, _: int) -> None:
        if done and not killed:
            victim = multiprocessing.active_children()[0]
            killed.append(victim.pid)
            victim.kill()

    study = sweep(plan(tmp_path, MORE), tmp_path / "out", executor=processes(2), progress=kill_one)
    assert killed
    same(study.table(), whole_of_more)


def test_many_evaluations_may_run_in_processes(tmp_path: Path) -> None:
    scenario = plan(tmp_path).scenario
    values = [{"investments.care.reach": reach} for reach in (0.2, 0.5, 0.9)]
    values += [{"investments.care.cost.running": price} for price in (1e4, 2e4)]
    told: list[tuple[int, int]] = []
    runs = {"arm": "care", "replications": 4}
    here = Evaluator(scenario, **runs)
    there = Evaluator(
        scenario, **runs, executor=processes(2), progress=lambda *now: told.append(now)
    )
    for one, other in zip(here.evaluate_many(values), there.evaluate_many(values), strict=True):
        same(one, other)
    assert there.simulated == 0, "all were run in other processes"
    assert told[-1] == (20, 20)
    same(there.evaluate({}), here.evaluate({}))
    assert there.simulated == 4, "to start processes for a few would take longer"


def test_each_seed_is_simulated_once_however_many_prices_are_asked_for(tmp_path: Path) -> None:
    evaluator = Evaluator(plan(tmp_path).scenario, arm="care", replications=3)
    prices = [{"investments.care.cost.running": 1e4 * n} for n in range(1, 21)]
    evaluator.evaluate_many([*prices[:10], {"investments.care.reach": 0.3}, *prices[10:]])
    assert evaluator.simulated == 2 * 3


def test_the_summary_of_a_sweep_fits_a_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Levers go by their labels, all of them; outcomes as far as there is room."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "60")
    study = sweep(plan(tmp_path), tmp_path / "out", executor=in_process())
    sweep_commands._summary(study)
    lines = re.sub(r"\x1b\[[0-9;]*m", "", capsys.readouterr().out).splitlines()
    first = next(n for n, line in enumerate(lines) if "Without" in line)
    words = " ".join(lines[:first]).split()
    assert {"Months", "treatment", "Running", "(Care)", "Arm", "Net"} <= set(words)
    assert all(len(line) <= 60 for line in lines)
    assert len(lines) == first + 4 * 2 + 1
    assert re.fullmatch(r"… and \d columns more\.", lines[-1])


def test_the_summary_of_a_sweep_speaks_the_readers_language(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = (
        'outcomes = ["net_present_value", ',
        'outcomes = ["net_present_value", "payback_year", ',
    )
    few = plan(tmp_path, asked, ("replications = 2", "replications = 1"))
    study = sweep(few, tmp_path / "out", executor=in_process())
    in_swedish(lambda: sweep_commands._summary(study))
    heads, without, care, *_ = (line.split("\t") for line in capsys.readouterr().out.splitlines())
    levers = ["Månader med insats (Care)", "Driftkostnad per år (Care)"]
    assert heads[:5] == [
        *levers,
        "Alternativ",
        "Nettonuvärde vid 3,5\N{NO-BREAK SPACE}%",
        "Återbetalningsår",
    ]
    assert without[2:5] == ["Utan", "0", "–"]
    label = few.scenario.arms["care"].label.in_language("sv")
    assert care[2] == label
    assert "-" not in care[3]
    size = in_swedish(lambda: sweep_commands._size(16, study))
    assert size == "16 celler: 4 kombinationer av val × 4 dragningar × 1 slumpfrö."


@pytest.mark.parametrize("lang", ["en", "sv"], indirect=True)
def test_a_mean_over_some_of_the_runs_says_of_how_many_and_a_year_is_that_of_the_figures(
    tmp_path: Path, lang: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A payback at 2027.7 is in 2027, and one at the very end of 2027 too."""
    scenario = plan(tmp_path).scenario
    means = pd.DataFrame(
        {
            "arm": ["without", "care", "care"],
            "payback_year": [np.nan, 2027.7, 2028.0],
            "invested": [0.0, 5e5, 6e5],
        }
    )
    defined = pd.DataFrame({"payback_year": [0, 4, 3], "invested": [4, 4, 4]})
    shown = sweep_commands._named(means, defined, np.array([4, 4, 4]), scenario)
    some = {"en": "2027 (3 of 4 runs)", "sv": "2027 (3 av 4 körningar)"}[lang]
    assert list(shown.iloc[:, 1]) == ["–", "2027", some]
    runs = means.assign(payback_year=[np.nan, 2027.7, np.nan])
    sweep_commands._print_undefined(runs, ["payback_year"], scenario)
    said = capsys.readouterr().out
    assert {"en": "in 1 of 2 runs", "sv": "i 1 av 2 körningar"}[lang] in said


SCRIPT = """
from sisim.analysis.sweep import sweep
sweep({experiment!r}, {out!r})
"""


def test_a_script_that_starts_itself_again_is_told_what_to_do(tmp_path: Path) -> None:
    script, out = tmp_path / "script.py", tmp_path / "out"
    script.write_text(SCRIPT.format(experiment=str(write(tmp_path)), out=str(out)))
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert 'if __name__ == "__main__":' in done.stderr
    assert done.stderr.count("Traceback") == 1, "only the one that was started by hand complains"
    assert not shards(out)


def test_what_all_processes_need_is_compiled_before_there_are_any(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there: list[int] = []

    def noted() -> None:
        there.append(len(multiprocessing.active_children()))

    monkeypatch.setattr(machine_code, "on_disk", lambda: False)
    monkeypatch.setattr(machine_code, "compile_engine", noted)
    study = sweep(plan(tmp_path), tmp_path / "out", executor=processes(2))
    assert there == [0]
    assert study.finished == study.cells


def test_a_dask_cluster_of_two_workers_gives_the_same(
    cluster: Any, whole: pd.DataFrame, tmp_path: Path
) -> None:
    address = cluster.scheduler_address
    same(sweep(plan(tmp_path), tmp_path / "out", executor=dask(address)).table(), whole)


def test_a_worker_killed_under_dask_is_replaced(
    cluster: Any, whole_of_more: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "SECONDS", 0.1)
    killed = []

    def kill_one(done: int, _: int) -> None:
        if done and not killed:
            killed.append(next(iter(cluster.workers.values())).pid)
            psutil.Process(killed[0]).kill()

    study = sweep(
        plan(tmp_path, MORE),
        tmp_path / "out",
        executor=dask(cluster.scheduler_address),
        progress=kill_one,
    )
    assert killed
    same(study.table(), whole_of_more)


def test_all_workers_killed_under_dask_are_replaced(
    cluster: Any, whole_of_more: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What they have in common is not lost with them."""
    monkeypatch.setattr(run, "SECONDS", 0.1)
    killed = []

    def kill_all(done: int, _: int) -> None:
        if done and not killed:
            killed.extend(worker.pid for worker in cluster.workers.values())
            for pid in killed:
                psutil.Process(pid).kill()

    address = cluster.scheduler_address
    one = plan(tmp_path, MORE)
    study = sweep(one, tmp_path / "out", executor=dask(address), progress=kill_all)
    assert len(killed) == 2
    same(study.table(), whole_of_more)


def test_a_cluster_without_workers_is_answered_and_nothing_finished_is_lost(
    whole_of_more: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    distributed = pytest.importorskip("distributed")
    monkeypatch.setattr(run, "SECONDS", 0.1)
    monkeypatch.setattr(executors, "ABSENCE", 2.0)
    one, out = plan(tmp_path, MORE), tmp_path / "out"
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=False, dashboard_address=":0"
    ) as small:

        def leave(done: int, _: int) -> None:
            if done:
                small.scale(0)

        with pytest.raises(StoreError, match="no workers left") as found:
            sweep(one, out, executor=dask(small.scheduler_address), progress=leave)
    assert "inga arbetsprocesser kvar" in in_swedish(found.value.render)
    before = shards(out)
    assert before
    same(sweep(one, out, executor=in_process(), resume=True).table(), whole_of_more)
    assert before.items() <= shards(out).items()


def test_killed_at_random_moments_it_ends_the_same_and_runs_nothing_finished_again(
    whole_of_more: pd.DataFrame, tmp_path: Path
) -> None:
    experiment, out, notes = write(tmp_path, MORE), tmp_path / "out", tmp_path / "notes"
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["sisim.analysis.sweep", "sisim.engine.replications"])
    chance = random.Random(4)
    kills = 0
    for _ in range(60):
        there = set(open_study(out).table()["cell"]) if (out / "manifest.json").exists() else set()
        files = shards(out)
        notes.write_text("")
        process = context.Process(target=sweep_noting, args=(experiment, out, notes))
        process.start()
        process.join(chance.uniform(0.3, 0.8) if kills < 12 else None)
        process.kill()
        process.join()
        begun = notes.read_text().split()
        assert not there & set(begun), "a finished cell was run again"
        assert files.items() <= shards(out).items(), "a finished shard was touched"
        if process.exitcode == 0:
            break
        kills += 1
    assert kills >= 10
    same(open_study(out).table(), whole_of_more)


def test_a_sweep_of_the_command_line_is_killed_and_goes_on(
    whole_of_more: pd.DataFrame, tmp_path: Path
) -> None:
    experiment, out = write(tmp_path, MORE), tmp_path / "out"
    with started("sweep", experiment, "--out", out, "--workers", 2) as process:
        deadline = time.monotonic() + 60
        while not shards(out) and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)
        process.kill()
    left = shards(out)
    study = sweep(experiment, out, executor=in_process(), resume=True)
    assert left.items() <= shards(out).items()
    same(study.table(), whole_of_more)


def test_interrupted_by_hand_it_says_how_to_go_on(tmp_path: Path) -> None:
    experiment, out = write(tmp_path, ("draws = 4", "draws = 4000")), tmp_path / "out"
    with started("sweep", experiment, "--out", out, "--workers", 1, "--lang", "sv") as process:
        while not shards(out) and process.poll() is None:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Avbrutet" in said
    assert f"sisim sweep {experiment} --resume --out {out}" in said
    assert open_study(out).finished > 0


@pytest.mark.parametrize("expand", [5, {"replications": 2}, {"draws": 1, "replications": 1}])
def test_expansion_keeps_what_was_there(
    tmp_path: Path, whole: pd.DataFrame, expand: int | dict[str, int]
) -> None:
    one, out = plan(tmp_path, ("draws = 4", "draws = 4\nblock = 4")), tmp_path / "out"
    sweep(one, out, executor=in_process())
    before = shards(out)
    study = sweep(one, out, executor=in_process(), expand=expand)
    assert before.items() <= shards(out).items()
    table = study.table()
    more = {"draws": expand} if isinstance(expand, int) else expand
    draws, seeds = 4 + more.get("draws", 0), 2 + more.get("replications", 0)
    assert study.finished == study.cells == 4 * draws * seeds
    old = table[(table["draw"] < 4) & (table["replication"] < 2)].reset_index(drop=True)
    same(old, whole)
    at_once = tmp_path / "at-once"
    same(sweep(one.expanded(**more), at_once, executor=in_process()).table(), table)


def test_a_result_is_reproduced_and_a_changed_number_is_found(tmp_path: Path) -> None:
    out = tmp_path / "out"
    study = sweep(plan(tmp_path), out, executor=in_process())
    assert study.reproduce(5, executor=in_process()).same
    assert study.reproduce(executor=in_process()).ran == study.cells
    path = sorted((out / "cells").glob("*.parquet"))[0]
    rows = pd.read_parquet(path)
    rows.loc[0, "invested"] += 1
    name, content = shard(rows, study.manifest.source)
    path.unlink()
    (out / "cells" / name).write_bytes(content)
    found = open_study(out).reproduce(executor=in_process())
    assert not found.same
    assert list(found.differing["outcome"]) == ["invested"]
    assert list(found.differing["cell"]) == [rows["cell"][0]]
