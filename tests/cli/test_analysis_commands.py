"""What is asked on the command line is answered with words, a table and a picture."""

import re
import warnings
from pathlib import Path
from typing import Any

import pytest
from helpers.command_line import sisim

from sisim.analysis.evaluator import Evaluator
from sisim.i18n import LANGUAGES, Lang
from sisim.loading.load import load_scenario
from sisim.loading.result_table import read_table

FILES = Path(__file__).parents[1] / "helpers"


@pytest.fixture
def trial(tmp_path: Path) -> Path:
    """Return a small scenario with two uncertain numbers, in which nothing is discounted."""
    for name in ("small.toml", "trial.toml"):
        text = (FILES / name).read_text(encoding="utf-8")
        text = text.replace("residents = 1000", "residents = 600")
        text = text.replace("years = 10", "years = 4").replace("2030", "2029")
        text = text.replace(
            "running = 100000",
            'start_up = { value = 20000, low = 0, high = 50000, grade = "assumption" }, '
            'running = { value = 100000, low = 50000, high = 200000, grade = "assumption" }',
        )
        (tmp_path / name).write_text(text, encoding="utf-8")
    with (tmp_path / "trial.toml").open("a", encoding="utf-8") as file:
        file.write('[outcomes.placed]\nlabel = "in care"\ngroup = "placed"\ncount = "stock"\n')
        file.write("[economy]\ndiscount_costs = 0\ndiscount_effects = 0\n")
    return tmp_path / "trial.toml"


def asked(command: str, *args: object, out: Path, lang: Lang = "en") -> Any:
    """Ask something in this process, and see that it was answered."""
    here = () if command in ("compare", "mix") else ("--workers", "1")
    result = sisim(command, *args, *here, "--replications", "2", "--out", out, lang=lang)
    assert result.exit_code == 0, result.output
    return result


RUNNING = "investments.support.cost.running"
EVERYONE = (
    "--set",
    "investments.support.effects.0.acts_on=area",
    "--set",
    "transitions.placement.rate=0.1",
)
"""Enough people are touched that something is saved."""


@pytest.mark.usefixtures("unpainted")
@pytest.mark.parametrize("lang", LANGUAGES, indirect=True)
def test_one_way_draws_a_tornado_of_the_files_own_numbers(
    trial: Path, tmp_path: Path, lang: Lang
) -> None:
    out = tmp_path / "out"
    asked("sensitivity", trial, "--arm", "project", out=out, lang=lang)
    table = read_table(out / "sensitivity-one-way.csv")
    assert set(table["key"]) == {RUNNING, "investments.support.cost.start_up"}
    assert set(table["grade"]) == {"assumption"}
    by_key = table.set_index("key")
    # Three years of running cost, and nobody's life is touched by a price.
    assert by_key.loc[RUNNING, "swing"] == pytest.approx(-150_000 * 3)
    assert by_key.loc["investments.support.cost.start_up", "swing"] == pytest.approx(-50_000)
    assert (out / "sensitivity-one-way.png").exists()


@pytest.mark.usefixtures("unpainted")
def test_a_cost_breaks_even_where_it_equals_what_it_saves(trial: Path, tmp_path: Path) -> None:
    """Three years of a cost that touches nobody: the worth falls by three kronor per krona."""
    out = tmp_path / "out"
    keys = (f"{RUNNING}=0:20000000",)
    asked("break-even", trial, *keys, "--arm", "project", *EVERYONE, out=out)
    saved = read_table(out / f"curve-{RUNNING}.csv")["mean"].iloc[0]
    assert 0 < saved < 3 * 20e6
    found = read_table(out / "break-even.csv").iloc[0]
    assert found["break_even"] == pytest.approx(saved / 3, abs=20000)


@pytest.mark.usefixtures("unpainted")
def test_a_grid_is_drawn_for_two_costs(trial: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    other = "investments.support.cost.start_up"
    asked("heatmap", trial, RUNNING, other, "--points", "2", "--arm", "project", out=out)
    table = read_table(out / "heatmap.csv")
    assert list(table[RUNNING]) == [50_000, 200_000, 50_000, 200_000]
    assert (out / "heatmap.png").exists()


@pytest.mark.usefixtures("unpainted")
@pytest.mark.parametrize(("method", "size"), [("sobol", 2), ("morris", 2)])
def test_all_numbers_vary_at_once(trial: Path, tmp_path: Path, method: str, size: int) -> None:
    out = tmp_path / "out"
    asked("sensitivity", trial, "--method", method, "--size", size, out=out)
    assert (out / f"sensitivity-{method}.png").exists()


@pytest.mark.usefixtures("unpainted")
def test_uncertainty_says_who_breaks_even_and_what_is_worth_finding_out(
    trial: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    result = asked("uncertainty", trial, "--draws", "20", out=out)
    assert "a probability of" in result.output
    years = read_table(out / "who-breaks-even.csv")
    assert set(years["arm"]) == {"project", "new_way"}
    assert years["probability"].between(0, 1).all()
    information = read_table(out / "information.csv")
    assert {RUNNING, "resources.care_day.price"} <= set(information["key"])


@pytest.mark.usefixtures("unpainted")
def test_with_an_arm_the_choice_is_between_it_and_doing_without(
    trial: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    asked("uncertainty", trial, "--draws", "20", "--arm", "project", "--effect", "placed", out=out)
    assert set(read_table(out / "chance.csv")["arm"]) == {"project"}
    curve = read_table(out / "acceptability.csv")
    assert set(curve["arm"]) == {"without", "project"}
    assert curve.groupby("worth")["probability"].sum().to_numpy() == pytest.approx(1)
    assert (out / "plane.png").exists()


def test_what_is_gained_is_what_is_avoided_and_discounted(trial: Path) -> None:
    """Without discounting it is the difference of the outcome; with it, less of what comes late."""
    everyone = {"investments.support.effects.0.acts_on": "area", "transitions.placement.rate": 0.1}
    evaluator = Evaluator(
        load_scenario(trial, everyone),
        arm="project",
        replications=2,
        outcomes=["outcome.placed", "gained.placed"],
    )
    plain, discounted = evaluator.evaluate_many(
        [{"economy.discount_effects": rate} for rate in (0.0, 0.2)]
    )
    wide = plain.pivot(index="seed", columns="arm", values="outcome.placed")
    avoided = wide["without"] - wide["project"]
    gained, less = (
        table.set_index(["arm", "seed"]).loc["project", "gained.placed"]
        for table in (plain, discounted)
    )
    assert (avoided > 0).all()
    assert gained.to_numpy() == pytest.approx(avoided.to_numpy())
    assert (less < gained).all()


@pytest.mark.usefixtures("unpainted")
def test_two_versions_of_a_scenario_are_told_apart_in_a_mix(trial: Path, tmp_path: Path) -> None:
    other = trial.with_name("other.toml")
    text = trial.read_text(encoding="utf-8").replace("value = 100000", "value = 60000")
    other.write_text(text, encoding="utf-8")
    out = tmp_path / "out"
    asked("mix", trial, other, "--budget", "1e9", *EVERYONE, out=out)
    table = read_table(out / "mix.csv")
    assert set(table.loc[table["chosen"], "case"]) == {"trial", "other"}
    words = (out / "mix.txt").read_text(encoding="utf-8")
    assert "Trial (trial): " in words
    assert "Trial (other): " in words


def test_a_long_sweep_can_be_measured_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sisim.bench.bench_sweep.bench_sweep", lambda cells: {"sweep.cells": cells})
    assert sisim("bench", "--cells", "1000").output == "sweep.cells: 1000\n"


def test_where_every_draw_fails_there_is_nothing_to_discover(trial: Path) -> None:
    result = sisim("discover", trial, "--draws", "20", "--under", "1e12", "--replications", "1")
    assert result.exit_code == 2
    assert "Every draw fails (20 in all)" in result.output


@pytest.mark.usefixtures("unpainted")
def test_the_region_of_failure_is_that_of_the_high_cost(trial: Path, tmp_path: Path) -> None:
    """The running cost, which goes from a half to the double, tells most of the draws apart."""
    out = tmp_path / "out"
    asked("uncertainty", trial, "--draws", "40", "--arm", "project", out=out)
    net = read_table(out / "draws.csv")["net_present_value.project"].median()
    asked("discover", trial, "--draws", "40", "--arm", "project", "--under", net, out=out)
    sides = read_table(out / "discover.csv").set_index("key")
    assert sides.loc[RUNNING, "low"] > 90_000
    assert sides.loc[RUNNING, "density"] > 0.8


@pytest.mark.usefixtures("unpainted")
def test_two_files_are_compared_change_by_change(trial: Path, tmp_path: Path) -> None:
    other = trial.with_name("other.toml")
    text = trial.read_text(encoding="utf-8").replace("value = 100000", "value = 150000")
    other.write_text(text.replace("value = 20000", "value = 30000"), encoding="utf-8")
    out = tmp_path / "out"
    asked("compare", trial, other, "--arm", "project", out=out)
    table = read_table(out / "compare.csv").set_index("kind")["effect"]
    assert sorted(table.loc["change"]) == pytest.approx([-150_000, -10_000])
    assert table.loc["together"] == pytest.approx(0, abs=1e-6)


def test_the_same_file_has_nothing_to_compare(trial: Path) -> None:
    result = sisim("compare", trial, trial)
    assert result.exit_code == 0
    assert "Nothing that has a bearing" in result.output


@pytest.mark.usefixtures("unpainted")
def test_precision_runs_until_it_is_as_sure_as_wished(trial: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    result = asked("precision", trial, "--wish", "1e9", "--until", out=out)
    assert "as sure as was wished" in result.output
    assert len(read_table(out / "precision.csv")) == 5


@pytest.mark.usefixtures("unpainted")
def test_a_mix_keeps_within_its_budget(trial: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    asked("mix", trial, "--budget", "0", "--budget", "1e9", out=out)
    table = read_table(out / "mix.csv")
    spent = table[table["chosen"]].groupby("budget")["cost"].sum()
    assert all(cost <= budget for budget, cost in spent.items())


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("sensitivity", "--arm", "projekt"), "no arm"),
        (("sensitivity", "--measure", "net_present_vaule"), 'Did you mean "net_present_value"?'),
        (("precision", "--measure", "foo"), "Valid here: invested, lower_cost, net_present_value"),
        (("sensitivity", "--vary", "investments.support.cost.runing"), "Did you mean"),
        (("heatmap", "investments.support.raech", RUNNING), "Did you mean"),
        (("sensitivity", "--method", "sobol", "--size", "12"), "power of 2"),
        (
            ("break-even", "investments.support.raech"),
            "investments.support.raech: There is nothing",
        ),
        (("break-even", f"{RUNNING}=5:2"), "must be below"),
        (("break-even", f"{RUNNING}=a:b"), "KEY=LOW:HIGH"),
        (("break-even", "nothing.*=0:1"), "No number is called"),
        (("heatmap", RUNNING, RUNNING), "two different"),
        (("precision", "--until"), "--until needs --wish"),
        (("uncertainty", "--effect", "joy"), "no outcome or weight"),
    ],
)
def test_mistakes_are_answered_before_anything_is_simulated(
    trial: Path, args: tuple[str, ...], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[str] = []
    monkeypatch.setattr("sisim.cli.progress.compile_once", begun.append)
    result = sisim(args[0], trial, *args[1:])
    assert result.exit_code == 2
    assert said in result.output
    assert "--set" not in result.output
    assert begun == []


START_UP = "investments.support.cost.start_up"
FREE = ("--set", f"{RUNNING}=0", "--set", f"{START_UP}=0")
NOBODY = ("--set", "transitions.placement.rate=0")
NO_PRICE = ("--set", "resources.care_day.price=0")


@pytest.mark.parametrize("lang", LANGUAGES, indirect=True)
@pytest.mark.parametrize(
    "args",
    [
        ("needs", *NO_PRICE),
        ("needs", *NOBODY, "--years", "1"),
        ("follow-up", *NOBODY),
        ("follow-up", "--arm", "project", *FREE),
        ("implement", "--budget", "1", *NOBODY),
        (
            "implement",
            "--budget",
            "1",
            *FREE,
            "--set",
            "investments.support.new_way.cost.running=0",
        ),
        ("implement", "--set", "investments.support.years=20"),
        ("mix", "--budget", "1e9", *FREE),
        ("uncertainty", "--draws", "20", "--effect", "placed", *NOBODY),
        ("precision", "--measure", "payback_year", *FREE, "--wish", "1", "--until"),
        ("sensitivity", "--all", "--measure", "benefit_cost_ratio", *FREE),
        ("sensitivity", "--method", "sobol", "--size", "2", "--measure", "gained.placed", *NOBODY),
        ("heatmap", RUNNING, START_UP, "--points", "2", "--measure", "payback_year", *NOBODY),
    ],
    ids=" ".join,
)
def test_where_there_is_nothing_to_tell_it_is_answered_without_a_warning(
    trial: Path, tmp_path: Path, lang: Lang, args: tuple[str, ...]
) -> None:
    """Nobody falls ill, nothing costs anything, or nothing is invested."""
    command, *rest = args
    workers = () if command in ("mix", "needs", "follow-up", "implement") else ("--workers", "1")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        asking = (command, trial, *rest, *workers, "--replications", "2", "--out", tmp_path / "out")
        result = sisim(*asking, lang=lang)
    assert result.exit_code == 0, result.output
    words = "\n".join(file.read_text(encoding="utf-8") for file in (tmp_path / "out").glob("*.txt"))
    assert not re.search(r"\bnan\b|\(\)", words.lower())


def test_a_worth_of_nothing_is_refused(trial: Path) -> None:
    result = sisim("uncertainty", trial, "--effect", "placed", "--worth", "0")
    assert result.exit_code == 2
    assert "--worth takes a number over 0" in result.output


def test_a_year_has_no_value_at_which_it_breaks_even(trial: Path) -> None:
    result = sisim("break-even", trial, RUNNING, "--measure", "payback_year")
    assert result.exit_code == 2
    assert "net_present_value" in result.output
