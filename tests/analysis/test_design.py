"""The cells of an experiment: what is varied, in which order, and what stays when it grows."""

from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from helpers.small_sweeps import plan
from hypothesis import given
from hypothesis import strategies as st

from sisim.analysis.design import cells, count, draws
from sisim.analysis.experiment_file import load_experiment
from sisim.analysis.variants import MoneyPaths
from sisim.bench.bench_sweep import EXPERIMENT
from sisim.loading.load import load_scenario

SAMPLINGS = ("random", "latin_hypercube", "sobol")
DRAWS = "draws = 4"


def test_a_grid_has_every_combination_draw_and_seed_once(tmp_path: Path) -> None:
    found = list(cells(plan(tmp_path)))
    assert len(found) == count(plan(tmp_path)) == 4 * 4 * 2
    assert len({cell.id for cell in found}) == len(found)
    assert {(c.choice, c.draw, c.seed) for c in found} == {
        (choice, draw, seed) for choice in range(4) for draw in range(4) for seed in (11, 12)
    }


def test_the_cells_are_the_same_every_time(tmp_path: Path) -> None:
    assert list(cells(plan(tmp_path / "a"))) == list(cells(plan(tmp_path / "b")))


def test_a_list_takes_first_values_together_then_second_ones(tmp_path: Path) -> None:
    listed = plan(tmp_path, (DRAWS, 'draws = 4\nlevers = "list"'))
    assert [list(choice.values()) for choice in listed.experiment.choices] == [
        [12.0, 10000.0],
        [24, 30000.0],
    ]


def test_several_numbers_can_be_one_lever(tmp_path: Path) -> None:
    together = (
        "investments.care.duration = [12.0, 24]",
        'length = { paths = ["investments.care.duration", "investments.care.years"], '
        "values = [12.0, 36.0] }",
    )
    for cell in cells(plan(tmp_path, together)):
        assert cell.values["investments.care.duration"] == cell.values["investments.care.years"]


def test_all_levers_and_seeds_meet_the_same_draw(tmp_path: Path) -> None:
    by_draw: dict[int, set[float]] = {}
    for cell in cells(plan(tmp_path)):
        drawn = cell.values["investments.care.reach"]
        by_draw.setdefault(cell.draw, set()).add(drawn)
    assert len(by_draw) == 4
    assert all(len(values) == 1 for values in by_draw.values())


@pytest.mark.parametrize("sampling", SAMPLINGS)
def test_a_draw_is_the_same_however_many_are_asked_for(tmp_path: Path, sampling: str) -> None:
    some = plan(tmp_path, (DRAWS, f'draws = 4\nsampling = "{sampling}"'))
    more = some.expanded(draws=9, replications=3)
    assert list(islice(draws(more), 4)) == list(draws(some))
    assert {cell.id for cell in cells(some)} < {cell.id for cell in cells(more)}


@pytest.mark.parametrize("sampling", SAMPLINGS)
def test_draws_follow_the_distribution_that_the_file_gives(tmp_path: Path, sampling: str) -> None:
    many = plan(tmp_path, (DRAWS, f'draws = 1024\nsampling = "{sampling}"'))
    drawn = np.array([one["transitions.falls_ill.probability"] for _, one in draws(many)])
    assert drawn.mean() == pytest.approx(0.2, abs=0.006)
    assert drawn.std() == pytest.approx(0.05, abs=0.006)
    reach = np.array([one["investments.care.reach"] for _, one in draws(many)])
    assert reach.mean() == pytest.approx((0.5 + 0.8 + 1) / 3, abs=0.012)


@given(block=st.integers(1, 40), blocks=st.integers(1, 3))
def test_a_block_of_a_latin_hypercube_has_one_draw_in_each_stratum(
    tmp_path_factory: pytest.TempPathFactory, block: int, blocks: int
) -> None:
    folder = tmp_path_factory.mktemp("latin")
    latin = plan(folder, (DRAWS, f"draws = {block * blocks}\nblock = {block}"))
    for factor in latin.uncertain:
        drawn = np.array([one[factor.key] for _, one in draws(latin)]).reshape(blocks, block)
        strata = np.floor(factor.distribution.cdf(drawn) * block + 1e-9).clip(0, block - 1)
        assert (np.sort(strata, axis=1) == np.arange(block)).all()


def test_one_uncertainty_more_does_not_move_the_others(tmp_path: Path) -> None:
    fewer = plan(tmp_path / "fewer")
    more = plan(
        tmp_path / "more",
        ("investments.care.reach = {}", '"investments.care.*" = {}'),
        ('"investments.care.cost.running" =', '"resources.visit.price" ='),
        ("from = 10000, to = 30000", "from = 900, to = 1100"),
    )
    for (_, one), (_, other) in zip(draws(fewer), draws(more), strict=True):
        assert set(one) < set(other)
        assert all(other[key] == value for key, value in one.items())


def test_what_money_alone_depends_on_is_told_from_what_touches_people(tmp_path: Path) -> None:
    money = MoneyPaths(plan(tmp_path).scenario)
    for path in (
        "investments.care.cost.running",
        "resources.visit.price",
        "economy.perspective",
        "drift.prices.care",
        "pathway.resources.visit.price",
    ):
        assert money.money(path), path
    for path in (
        "investments.care.duration",
        "transitions.falls_ill.probability",
        "time.years",
        "population.cohort",
        "nothing.of.the.kind",
    ):
        assert not money.money(path), path


def test_a_bound_of_a_target_group_touches_people() -> None:
    """Its key is an alias: "from" is a word that Python keeps for itself."""
    money = MoneyPaths(load_scenario("placed-youth"))
    assert not money.money("investments.team.target.features.age.from")
    assert money.money("investments.team.new_way.cost.running")


def test_what_the_bench_sweeps_is_a_good_experiment(tmp_path: Path) -> None:
    (tmp_path / "bench.toml").write_text(EXPERIMENT.format(cells=5))
    bench = load_experiment(tmp_path / "bench.toml")
    assert count(bench) == 5
    assert bench.scenario.population.residents == 10_000
