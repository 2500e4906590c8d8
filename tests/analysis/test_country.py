"""A country is the sum of its municipalities, each a run of its own, whoever runs them and when."""

from __future__ import annotations

import random
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import psutil
import pytest
from helpers.command_line import sisim
from helpers.languages import in_swedish
from helpers.small_sweeps import same
from hypothesis import given
from hypothesis import strategies as st

from sisim.analysis import sweep as run
from sisim.analysis.country import LIMITS, Country, Funnel, country_of, sampled, summed
from sisim.analysis.evaluator import Evaluator
from sisim.analysis.executors import dask, in_process, processes
from sisim.analysis.experiment_file import load_experiment
from sisim.analysis.sweep import sweep
from sisim.loading.load import load_scenario
from sisim.loading.sample import of_size
from sisim.scenario.errors import ScenarioError

POCKETS = Path(__file__).parents[1] / "helpers" / "pockets.toml"
RATE = "transitions.placed_again.rate"
ROWS = [
    "0581;Storby;Norr;500;",
    "X2;Mellan;Norr;300;0.9",
    "X3;Lilla;Söder;120;",
    "X4;Minsta;Söder;60;0.2",
]
FILE = f"""
name = "four"
title = "Fyra kommuner"
scenario = '{POCKETS}'
arms = ["team"]
outcomes = ["net_present_value", "cost.*", "outcome.*", "benefit_cost_ratio"]
municipalities = {{ file = "kommuner.csv" }}
chance = {{ seed = 7, replications = 3 }}
"""


def written(folder: Path, rows: list[str] = ROWS, text: str = FILE) -> Path:
    """Write a country and return its file."""
    folder.mkdir(parents=True, exist_ok=True)
    table = "\n".join([f"kod;kommun;län;invånare;{RATE}", *rows]) + "\n"
    (folder / "kommuner.csv").write_text(table, encoding="utf-8")
    (folder / "country.toml").write_text(text, encoding="utf-8")
    return folder / "country.toml"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Country:
    """Return four municipalities, run in this process."""
    folder = tmp_path_factory.mktemp("country")
    return country_of(sweep(written(folder), folder / "out", executor=in_process()))


def told(found: Country) -> pd.DataFrame:
    """Return what came of each municipality, whichever cell it was."""
    table = found.study.table().drop(columns=["cell", "choice"])
    return table.sort_values(["seed", "arm"], ignore_index=True)


def test_processes_and_the_order_of_rows_change_nothing(whole: Country, tmp_path: Path) -> None:
    rows = random.Random(3).sample(ROWS, len(ROWS))
    two = country_of(sweep(written(tmp_path, rows), tmp_path / "out", executor=processes(2)))
    same(two.study.table(), whole.study.table())
    same(two.sums, whole.sums)


def test_a_cluster_that_loses_a_worker_halfway_changes_nothing(
    whole: Country, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    distributed = pytest.importorskip("distributed")
    monkeypatch.setattr(run, "SECONDS", 0.01)  # a cell a batch: the others are left to be lost
    killed: list[int] = []
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0"
    ) as cluster:

        def kill_one(done: int, every: int) -> None:
            if done and not killed:
                assert done < every
                killed.append(next(iter(cluster.workers.values())).pid)
                psutil.Process(killed[0]).kill()

        out, address = tmp_path / "out", cluster.scheduler_address
        study = sweep(written(tmp_path), out, executor=dask(address), progress=kill_one)
    assert killed
    same(study.table(), whole.study.table())
    same(country_of(study).sums, whole.sums)


def test_what_is_lost_is_run_again(whole: Country, tmp_path: Path) -> None:
    file = written(tmp_path)
    sweep(file, tmp_path / "out", executor=in_process())
    for lost in sorted((tmp_path / "out" / "cells").glob("*.parquet"))[::2]:
        lost.unlink()
    again = sweep(file, tmp_path / "out", executor=in_process(), resume=True)
    same(again.table(), whole.study.table())
    assert again.reproduce(3, executor=in_process()).same


def test_one_municipality_more_moves_no_other(whole: Country, tmp_path: Path) -> None:
    more = written(tmp_path, [*ROWS, "X5;Ny;Norr;200;0.5"])
    table = told(country_of(sweep(more, tmp_path / "out", executor=in_process())))
    before = told(whole)
    same(table[table["seed"].isin(before["seed"])].reset_index(drop=True), before)
    assert table["seed"].nunique() == before["seed"].nunique() + 3


def test_a_municipality_is_a_run_of_its_own(whole: Country) -> None:
    """It has its residents, its numbers and its seed, and places and costs in proportion."""
    base = load_scenario(POCKETS)
    seed = whole.study.plan.seed_of(1, 0)
    changes = {**of_size(base, 300), RATE: 0.9}
    alone = Evaluator(load_scenario(POCKETS, changes), arm="team", seed=seed, replications=3)
    mine = whole.runs("team", "net_present_value")[1]
    table = alone.evaluate({})
    assert mine.tolist() == table.loc[table["arm"] == "team", "net_present_value"].tolist()


def test_the_country_is_the_sum_of_its_parts(whole: Country) -> None:
    sums = whole.sums.set_index(["what", "which", "arm", "outcome"])
    assert "benefit_cost_ratio" not in whole.outcomes
    for arm in ("without", "team"):
        for outcome in whole.outcomes:
            parts = [sums.loc["region", name, arm, outcome]["mean"] for name in ("Norr", "Söder")]
            total = sums.loc["country", "", arm, outcome]
            assert total["mean"] == pytest.approx(sum(parts), rel=1e-12)
            rows = whole.municipalities
            own = rows.loc[rows["arm"] == arm, outcome]
            assert total["mean"] == pytest.approx(own.sum(), rel=1e-12)
            assert total["low"] <= total["mean"] <= total["high"]


@given(
    st.lists(st.lists(st.floats(-1e12, 1e12), min_size=2, max_size=2), min_size=1, max_size=20),
    st.randoms(),
)
def test_a_sum_is_exact_in_whatever_order(runs: list[list[float]], rng: random.Random) -> None:
    table = np.array(runs)
    mean, low, high = summed(table)
    exact = [sum(map(Fraction, column)) for column in table.T.tolist()]
    assert mean == float(sum(map(Fraction, map(float, exact)))) / 2
    order = rng.sample(range(len(runs)), len(runs))
    assert summed(table[order])[0] == mean
    assert low <= mean <= high


def test_an_interval_of_a_sum_holds_it_as_often_as_it_says() -> None:
    rng = np.random.default_rng(5)
    wide = rng.uniform(1, 20, 30)
    held = 0
    for _ in range(2000):
        _, low, high = summed(rng.normal(3.0, wide, (4, 30)).T)
        held += low <= 90 <= high
    assert abs(held / 2000 - 0.95) < 4 * (0.95 * 0.05 / 2000) ** 0.5


def test_chance_alone_stays_within_the_funnel_and_is_never_told() -> None:
    """Places that are all alike: as many lie outside as limits say, and none is said to differ."""
    rng = np.random.default_rng(6)
    residents = np.exp(rng.uniform(6, 13, 200))
    outside, named = [0, 0], 0
    studies = 300
    for _ in range(studies):
        rates = rng.normal(0.0, 50.0, (200, 3)) / np.sqrt(residents)[:, None]
        funnel = Funnel(residents, rates)
        for n, share in enumerate(LIMITS):
            low, high = funnel.limits(residents, share)
            outside[n] += int(((funnel.means < low) | (funnel.means > high)).sum())
        named += any(one.any() for one in funnel.told())
    for n, share in enumerate(LIMITS):
        spread = (share * (1 - share) / (200 * studies)) ** 0.5
        # All are held against a mean of them, which is near them.
        assert outside[n] / (200 * studies) == pytest.approx(1 - share, abs=5 * spread + 0.003)
    assert named / studies < 0.05 + 4 * (0.05 * 0.95 / studies) ** 0.5


def test_one_run_of_each_tells_nothing_of_chance() -> None:
    funnel = Funnel(np.array([100.0, 200.0]), np.array([[1.0], [-1.0]]))
    assert not any(one.any() for one in (*funnel.told(), funnel.outside()))


def test_a_sample_is_spread_over_sizes(tmp_path: Path) -> None:
    plan = sampled(load_experiment(written(tmp_path)), 2)
    table = plan.experiment.municipalities
    assert table is not None
    assert [one.name for one in table.places] == ["Mellan", "Minsta"]
    assert plan.experiment.levers["population.residents"] == [300, 60]
    assert sampled(plan, 9).experiment == plan.experiment


def test_a_code_that_a_spreadsheet_has_shortened_is_whole_again(tmp_path: Path) -> None:
    plan = load_experiment(written(tmp_path, ["581;Storby;Norr;500;"]))
    table = plan.experiment.municipalities
    assert table is not None
    assert table.places[0].code == "0581"


@pytest.mark.parametrize(
    ("rows", "text", "english", "swedish"),
    [
        (["1;A;N;5;x"], FILE, "is not a number", "är inget tal"),
        (["1;A;N;5;-1"], FILE, "kommuner.csv", "kommuner.csv"),
        (["1;A;N;5;", "1;B;N;5;"], FILE, "stands in row 2, too", "står även på rad 2"),
        ([], FILE, "no municipality in the file", "ingen kommun i filen"),
        (ROWS, FILE.replace("kommuner.csv", "no.csv"), "no.csv", "no.csv"),
        (ROWS, f"{FILE}levers = {{ seed = [1] }}", "no levers", "inga reglage"),
    ],
)
def test_what_is_wrong_is_told_where_it_stands(
    rows: list[str], text: str, english: str, swedish: str, tmp_path: Path
) -> None:
    with pytest.raises(ScenarioError) as error:
        load_experiment(written(tmp_path, rows, text))
    problems = error.value.problems

    def said() -> str:
        return " ".join(f"{one.place.file} {one.reason.text}" for one in problems)

    assert english in said()
    assert swedish in in_swedish(said)


def test_a_heading_that_the_scenario_does_not_have_is_told_once(tmp_path: Path) -> None:
    file = written(tmp_path)
    table = (tmp_path / "kommuner.csv").read_text(encoding="utf-8")
    (tmp_path / "kommuner.csv").write_text(
        table.replace(RATE, "transitions.placed_agian.rate"), encoding="utf-8"
    )
    with pytest.raises(ScenarioError) as error:
        load_experiment(file)
    assert len(error.value.problems) == 1
    assert "placed_again" in str(error.value)


def test_the_two_commands_know_each_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    written(tmp_path)
    assert "sisim country" in sisim("sweep", "country.toml").stderr
    text = FILE.replace('municipalities = { file = "kommuner.csv" }', "")
    (tmp_path / "plain.toml").write_text(text, encoding="utf-8")
    assert "sisim sweep" in sisim("country", "plain.toml").stderr


def test_the_command_says_what_it_comes_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    written(tmp_path)
    said = sisim("country", "country.toml", "--workers", "1", "--sample", "3", "--out", "out")
    assert said.exit_code == 0, said.output
    assert "Municipalities: 3 of 4, spread evenly by size" in said.stdout
    assert "would take about" in said.stdout
    assert (tmp_path / "out" / "country-team.png").exists()
    rows = pd.read_parquet(tmp_path / "out" / "municipalities.parquet")
    assert len(rows) == 2 * 3
