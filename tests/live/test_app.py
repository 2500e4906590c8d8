"""The page is served on this machine alone, on a port that is free; what cannot be is answered."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest
from helpers.command_line import sisim

from sisim.i18n import Lang
from sisim.live.app import HERE, PortTaken, free_port
from sisim.live.scenario_library import Library, SessionKey
from sisim.live.scenario_session import ScenarioSession
from sisim.live.settings import Settings
from sisim.loading.files import shipped
from sisim.loading.load import load_scenario

SCENARIOS = Path(__file__).parents[2] / "scenarios"


@pytest.fixture
def taken() -> object:
    """Return a port at which something listens."""
    with socket.socket() as other:
        other.bind((HERE, 0))
        other.listen()
        yield other.getsockname()[1]


def test_a_free_port_is_found(taken: int) -> None:
    assert HERE == "127.0.0.1"
    found = free_port(HERE, None)
    assert found != taken
    assert free_port(HERE, found) == found
    with pytest.raises(PortTaken):
        free_port(HERE, taken)


@pytest.mark.parametrize(
    ("lang", "said"), [("en", "is taken"), ("sv", "är upptagen")], indirect=["lang"]
)
def test_a_taken_port_is_told(taken: int, lang: Lang, said: str) -> None:
    result = sisim("live", "--port", str(taken), "--no-open", lang=lang)
    assert result.exit_code == 2
    assert f"{taken} {said}" in result.output


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["nowhere"], 'no ready scenario called "nowhere"'),
        (
            ["placed-youth", "--host", "203.0.113.7"],
            '"203.0.113.7" cannot be listened at: this computer has no such address.',
        ),
        (["placed-youth", "--host", "203.0.113.7", "--port", "8090"], "no such address"),
        (["--set", "investments.team.reech=1"], "Did you mean"),
        (["--residents", "0"], "--residents"),
        (["--alone"], "--alone is for a room: add --room."),
        (["placed-youth", "repayment"], "Several scenarios are for a room: add --room."),
        (["--room", "nowhere"], 'no ready scenario called "nowhere"'),
        (["--room", "repayment"], "Which administration decides on"),
    ],
)
def test_mistakes_are_answered_before_anything_is_served(args: list[str], said: str) -> None:
    result = sisim("live", *args, "--no-open")
    assert result.exit_code == 2
    assert said in result.output


def test_a_scenario_that_names_no_figures_is_shown_by_its_arms_and_outcomes() -> None:
    library = Library(str(SCENARIOS / "repayment.toml"))
    figures = library.open(Settings()).scenario.figures
    assert figures is not None
    assert (figures.project, figures.new_way) == ("project", "project")
    assert figures.case == "residential"
    assert load_scenario(SCENARIOS / "repayment.toml").figures is None


def test_settings_change_the_scenario_in_every_arm() -> None:
    library = Library("placed-youth", {"population.residents": 800})
    found = library.open(Settings(years=12)).scenario
    assert (found.population.residents, found.time.years) == (800, 12)
    assert library.open(Settings(residents=900)).scenario.population.residents == 900


def test_visitors_who_look_at_the_same_share_a_world() -> None:
    library = Library("placed-youth")

    def session(years: int | None = None, seed: int = 1) -> ScenarioSession:
        found = library.open(Settings(years=years))
        return library.session(SessionKey.of(found, seed, 2))

    assert session() is session()
    assert session(seed=2) is not session()
    assert session(years=9) is not session()


def test_a_scenario_is_read_once_for_all_visitors_and_anew_when_its_file_has_changed(
    tmp_path: Path,
) -> None:
    pathway = tmp_path / "own.toml"
    ready = shipped("pathway")["child-youth"].read_text(encoding="utf-8")
    pathway.write_text(ready, encoding="utf-8", newline="\n")
    file = tmp_path / "mine.toml"
    text = (SCENARIOS / "placed-youth.toml").read_text(encoding="utf-8")
    text = text.replace('pathway = "child-youth"', 'pathway = "own.toml"')
    file.write_text(text, encoding="utf-8", newline="\n")
    library = Library(str(file))
    first = library.open(Settings())
    assert library.open(Settings(lang="sv")) is first
    assert library.open(Settings(years=12)) is not first
    for changed in (file, pathway):
        with changed.open("a", encoding="utf-8", newline="\n") as more:
            more.write("# changed\n")
        again = library.open(Settings())
        assert again is not first
        assert again.content == first.content
        first = again


def test_the_page_comes_without_what_its_first_picture_does_not_need() -> None:
    """Statistics, optimisation, and the painter on paper are for those who ask for them."""
    code = (
        "import sys, scipy.special; brought = set(sys.modules);"
        "from sisim.live import app;"
        "app.Library('placed-youth').open(app.Settings());"
        "print([m for m in ('scipy.stats', 'scipy.optimize', 'scipy.interpolate', 'scipy.spatial',"
        " 'matplotlib.figure', 'statsmodels', 'mesa', 'networkx', 'openpyxl', 'docx')"
        " if m in sys.modules and m not in brought])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
