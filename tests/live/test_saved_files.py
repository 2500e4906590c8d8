"""Settings come back as they were saved, and whatever else lies in the folder is answered."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.command_line import sisim
from hypothesis import given, settings
from hypothesis import strategies as st

from sisim.live.exports import scenario_text
from sisim.live.saved_files import SavedSetting, rename, setting_in
from sisim.live.saved_folder import SavedFolder
from sisim.live.scenario_library import Library
from sisim.live.settings import Settings
from sisim.live.view_state import ViewState
from sisim.loading.load import load_scenario
from sisim.scenario.errors import ScenarioError

SMALL = {"population.residents": 500, "replications": 1}
SCENARIOS = Path(__file__).parents[2] / "scenarios"


@pytest.fixture
def folder(tmp_path: Path) -> SavedFolder:
    return SavedFolder(tmp_path)


def visitor(folder: SavedFolder, source: str = "placed-youth") -> ViewState:
    library = Library(source, SMALL, folder)
    return ViewState(library, Settings(), Settings(lang="sv", dark=True))


def test_a_setting_comes_back_as_it_was_for_another_server(folder: SavedFolder) -> None:
    someone = visitor(folder)
    someone.change(values={"effect": 0.25, "reach": 0.5}, kept={"effect": 0.4}, year=2031, seed=7)
    folder.save("half", someone.setting().content)
    other = ViewState(Library("three-endings", None, folder), Settings(), Settings(lang="en"))
    other.open_saved("half")
    assert other.scenario.name == "placed-youth"
    assert other.scenario.population.residents == 500  # as that server was asked for
    came, was = other.settings, someone.settings
    assert (came.values, came.kept, came.year, came.seed) == (
        was.values,
        was.kept,
        was.year,
        was.seed,
    )
    assert (came.lang, came.dark) == ("en", False)
    assert other.setting().shown == someone.setting().shown
    # From a link, too.
    assert Library("", None, folder).open(came).scenario.name == "placed-youth"


shown = st.dictionaries(st.text(max_size=20), st.text(max_size=20), max_size=5)
values = st.recursive(st.integers(-9, 9) | st.booleans() | st.text(max_size=5), st.lists)


@settings(max_examples=25)
@given(st.text(max_size=30), shown, st.dictionaries(st.text(max_size=9), values, max_size=3))
def test_the_file_of_a_setting_says_all_of_it(
    tmp_path_factory: pytest.TempPathFactory,
    scenario: str,
    shown: dict[str, str],
    override: dict[str, object],
) -> None:
    folder = SavedFolder(tmp_path_factory.getbasetemp() / "said")
    setting = SavedSetting(scenario=scenario, shown=shown, override=override)
    folder.save("a", setting.content, replace=True)
    assert setting_in(folder, "a") == setting


@pytest.mark.parametrize("command", ["run", "check", "explain"])
def test_the_command_line_says_what_to_do_with_a_setting(command: str, folder: SavedFolder) -> None:
    """And what it says works: the same numbers, saved as a scenario, are run."""
    someone = visitor(folder)
    someone.change(values={"effect": 0.25})
    folder.save("half", someone.setting().content)
    answer = sisim(command, folder.file("half"))
    assert answer.exit_code == 2
    said = " ".join(answer.stderr.split())
    assert "This is a setting of the page" in said
    assert "sisim live --folder" in said
    assert "Traceback" not in answer.output
    folder.save("half as a scenario", scenario_text(someone).encode())
    assert sisim("check", folder.file("half as a scenario")).exit_code == 0


def test_a_file_that_a_visitor_brought_is_saved_with_the_setting(folder: SavedFolder) -> None:
    someone = visitor(folder)
    content = (SCENARIOS / "skolfam.toml").read_bytes()
    someone.brought["skolfam.toml#1"] = content
    someone.take("skolfam.toml#1")
    folder.save("mine", someone.setting().content)
    assert folder.content("skolfam") == content
    rename(folder, "skolfam", "The school team")
    other = visitor(folder)
    other.open_saved("mine")
    assert other.scenario.name == "skolfam"
    assert [one.kind for one in other.library.saved()].count(None) == 0


def test_a_scenario_that_is_saved_is_the_one_that_was_seen(folder: SavedFolder) -> None:
    someone = visitor(folder)
    someone.change(values={"investments.team.reach": 0.65})
    folder.save("seen", scenario_text(someone).encode())
    found = load_scenario(folder.file("seen"))
    assert found.investments["team"].reach.value == 0.65
    assert (found.population.residents, found.replications) == (500, 1)
    someone.open_saved("seen")
    assert someone.scenario.investments["team"].reach.value == 0.65


FOREIGN = {
    "not toml": (b"{not = toml", "[table]"),
    "binary": (b"\xff\xfe\x00", "UTF-8"),
    "of something else": (b"[tool]\nx = 1\n", "neither"),
    "a pathway": (b"[tracks.a]\n", "pathway"),
    "wrong": (b'name = "x"\npathway = "child-yuoth"\n', "child-youth"),
    "of nothing": (b'[setting]\nscenario = "gone.toml"\n', "gone"),
    "unknown key": (b'[setting]\nscenario = "placed-youth"\nshwn = {}\n', "shwn"),
    "empty": (b"", "neither"),
}


def test_what_cannot_be_opened_is_listed_with_why(folder: SavedFolder) -> None:
    for name, (content, _) in FOREIGN.items():
        (folder.path / f"{name}.toml").write_bytes(content)
    (folder.path / "a folder.toml").mkdir()
    (folder.path / "picture.png").write_bytes(b"")
    someone = visitor(folder)
    folder.save("fine", someone.setting().content)
    found = {one.name: one for one in someone.library.saved()}
    assert set(found) == {*FOREIGN, "fine", "a folder"}
    assert found["fine"].kind == "setting"
    for name, (_, said) in FOREIGN.items():
        error = found[name].error
        assert error is not None
        assert said in error.render()
        refused: list[ScenarioError] = []
        someone.callbacks.refused = refused.append
        someone.open_saved(name)
        assert refused
    assert someone.scenario.name == "placed-youth"
