"""`sisim report --result` tells of a result that lies in a folder, and of no other."""

from __future__ import annotations

from pathlib import Path
from shutil import copytree

import pytest
from helpers.command_line import sisim

from sisim.cli.options import RunOptions
from sisim.cli.saved_result import SavedResult
from sisim.cli.user_errors import UserError
from sisim.loading.load import load_scenario
from sisim.results import Results

HELPERS = Path(__file__).parents[1] / "helpers"
YEARS = "time.years=5"
FEW = ("--set", "population.residents=400", "--set", YEARS, "--replications", 2, "--seed", 3)
OPTIONS = RunOptions(changes=["population.residents=400", YEARS], replications=2, seed=3)
TEXT = '[report]\napplicant = "Socialförvaltningen"\n'


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a scenario, and with its result in Swedish."""
    place = tmp_path_factory.mktemp("place")
    for name in ("trial.toml", "small.toml"):
        (place / name).write_text((HELPERS / name).read_text("utf-8"), "utf-8")
    said = sisim("run", place / "trial.toml", *FEW, "--out", place / "out", lang="sv")
    assert said.exit_code == 0, said.output
    return place


def test_the_runs_are_those_of_the_result(place: Path, unpainted: None) -> None:
    saved = SavedResult.read(place / "out")
    assert saved.options == OPTIONS
    assert saved.scenario.time.years == 5


def test_the_writer_s_own_words_may_come_after_the_run(place: Path, tmp_path: Path) -> None:
    copytree(place, tmp_path / "place")
    file = tmp_path / "place" / "trial.toml"
    file.write_text(file.read_text("utf-8") + TEXT, "utf-8")
    given = ("report", file, "--result", place / "out", "--out", tmp_path / "report", "--lang=sv")
    said = sisim(*given)
    assert said.exit_code == 0, said.output
    page = (tmp_path / "report" / "report-sv.html").read_text("utf-8")
    assert "Socialförvaltningen" in page
    assert "--replications 2" in page


def test_another_scenario_is_refused_with_what_differs(place: Path, tmp_path: Path) -> None:
    copytree(place, tmp_path / "place")
    file = tmp_path / "place" / "trial.toml"
    file.write_text(file.read_text("utf-8").replace("ratio = 0.7", "ratio = 0.9"), "utf-8")
    said = sisim("report", file, "--result", place / "out", "--out", tmp_path / "report")
    assert said.exit_code == 2
    words = " ".join(said.stderr.split())
    assert "investments.support.effects.0.ratio was 0.7, and is 0.9. Make the result" in words
    assert not (tmp_path / "report").exists()


def test_other_runs_than_those_of_the_result_are_refused(place: Path) -> None:
    said = sisim("report", place / "trial.toml", "--result", place / "out", "--seed", 4)
    assert said.exit_code == 2
    assert "are those of the result" in " ".join(said.stderr.split())


def test_a_folder_without_a_result_says_what_writes_one(place: Path, tmp_path: Path) -> None:
    said = sisim("report", place / "trial.toml", "--result", tmp_path, lang="sv")
    assert said.exit_code == 2
    assert "`sisim run`" in said.stderr


def test_a_number_that_was_changed_in_the_folder_is_found(place: Path, tmp_path: Path) -> None:
    copytree(place / "out", tmp_path / "out")
    table = tmp_path / "out" / "people.csv"
    head, first, *rest = table.read_text("utf-8-sig").split("\n")
    changed = first.rpartition(";")[0] + ";7777"
    table.write_text("\n".join([head, changed, *rest]), "utf-8")
    saved = SavedResult.read(tmp_path / "out")
    result = Results(*_simulated(saved.options))
    SavedResult.read(place / "out").require_equal(result)
    with pytest.raises(UserError, match=r"people\.csv differs, line 2, column people: 7777 there"):
        saved.require_equal(result)


def _simulated(options: RunOptions) -> tuple[object, object]:
    """Return the runs of the test's scenario, as a command makes them."""
    from sisim.analysis.switching_values import simulate_retained

    changes = {"population.residents": 400, "time.years": 5}
    scenario = load_scenario(str(HELPERS / "trial.toml"), changes)
    return simulate_retained(scenario, seed=options.seed, replications=options.replications)
