"""A name that is no file, and a file that is no TOML that can be taken, is told for what it is."""

from collections.abc import Callable
from pathlib import Path

import pytest
from helpers.command_line import sisim
from helpers.systems import ENDLESS, endless_device, links, make_pipe, pipes

from sisim.analysis.experiment_file import load_experiment
from sisim.estimation.calibration_file import load_calibration
from sisim.estimation.estimate_file import load_estimation
from sisim.i18n import LANGUAGES, Lang, in_language
from sisim.loading.load import load_scenario
from sisim.loading.overrides import parse_value
from sisim.loading.spreadsheet import read_sheet
from sisim.scenario.errors import ScenarioError


def refused(path: str | Path) -> list[str]:
    """Return what is said of a file wherever a name is taken: scenario, pathway, experiment, table.

    What is said in Swedish is not what is said in English.
    """
    beside = Path(path).parent / "names-it.toml"
    beside.write_text(f"pathway = '{Path(path).name}'\n", encoding="utf-8")
    found = []
    for read in (
        lambda: load_scenario(path),
        lambda: load_scenario(beside),
        lambda: load_experiment(path),
        lambda: read_sheet(Path(path), {}),
    ):
        with pytest.raises(ScenarioError) as error:
            read()
        with in_language("en"):
            found.append(error.value.render())
        with in_language("sv"):
            assert error.value.render() != found[-1]
        assert "Did you mean" not in found[-1]
        assert len(found[-1]) < 1000
    return found


@links
@pytest.mark.parametrize("name", ["loop.toml", "loop.csv"])
def test_a_link_that_leads_to_itself_is_called_so(tmp_path: Path, name: str) -> None:
    (tmp_path / name).symlink_to(tmp_path / "other")
    (tmp_path / "other").symlink_to(tmp_path / name)
    assert all("leads back to itself" in said for said in refused(tmp_path / name))


@links
def test_a_link_to_nothing_is_called_so(tmp_path: Path) -> None:
    (tmp_path / "link.toml").symlink_to(tmp_path / "gone")
    assert all(
        "a link to something that is not there" in s for s in refused(tmp_path / "link.toml")
    )


@pipes
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    make_pipe(tmp_path / "pipe.toml")
    assert all("it is a pipe, not a file" in said for said in refused(tmp_path / "pipe.toml"))


@endless_device
def test_a_device_is_not_read_for_ever() -> None:
    with pytest.raises(ScenarioError, match="it is a device, not a file"):
        load_scenario(ENDLESS)


def test_a_folder_is_called_so(tmp_path: Path) -> None:
    (tmp_path / "folder.toml").mkdir()
    assert all("it is a folder, not a file" in said for said in refused(tmp_path / "folder.toml"))


@pytest.mark.parametrize("lang", LANGUAGES, indirect=True)
@pytest.mark.parametrize("name", ["a" * 5000, "~nobody-at-all/x", "x/" * 2000, "\ud800"])
@pytest.mark.parametrize(
    "command",
    [("check",), ("run",), ("sweep",), ("catalogue", "--read"), ("follow-up",), ("catalogue",)],
)
def test_a_name_that_no_file_has_is_answered(
    name: str, command: tuple[str, ...], lang: Lang, tmp_path: Path
) -> None:
    result = sisim(*command, name, lang=lang)
    assert result.exit_code == 2
    assert len(result.output) < 3000


DEEP = "a = " + "[" * 900 + "]" * 900
LONG = ".".join("a" * 5000)


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("b = 1\na = " + "9" * 5000, 2, "too many digits"),
        ("b = 1\na.b = [{ c = " + "9" * 30 + " }]", 2, "a.b.0.c: .*too many digits"),
        ("b = 1\na = 0x" + "f" * 9000, 2, "too many digits"),
        ("b = 1\na = " + "[" * 100 + "]" * 100, 2, "nested too deeply"),
        ("b = 1\n" + DEEP, 2, "nested too deeply"),
        (DEEP + "\nb = = 1", 1, "nested too deeply"),
        (f"b = 1\n{LONG} = 1", 2, "nested too deeply"),
        (f"b = 1\n[{LONG}]\nc = 1", 2, "nested too deeply"),
        (f"[{LONG}]\nb = = 1", 2, "value is not complete"),
        (f"{LONG} = 1\n{LONG} = 1", 2, "already been given"),
        ("b = " + "{ a = " * 300 + "1" + " }" * 300 + "\nc = 1", 1, "nested too deeply"),
        ("a = 1" + " " * 4_000_000, 0, "more than 4 MB"),
    ],
)
def test_what_no_file_needs_is_told_on_its_line(
    text: str, line: int, said: str, tmp_path: Path
) -> None:
    file = tmp_path / "odd.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError, match=said) as error:
        load_scenario(file)
    assert error.value.problems[0].line == line
    assert len(str(error.value)) < 1000


@pytest.mark.parametrize("text", ["9" * 5000, "[" * 3000, "0x" + "f" * 9000])
def test_a_value_of_an_option_that_is_too_much_is_answered(text: str) -> None:
    with pytest.raises(ScenarioError):
        load_scenario("placed-youth", {"population.residents": parse_value(text)})


@pytest.mark.parametrize(
    ("read", "kind"),
    [
        (load_experiment, "experiment"),
        (load_estimation, "estimation"),
        (lambda path: load_calibration(path, "older-people"), "calibration"),
    ],
)
def test_a_file_that_is_not_there_is_told_of_what_kind_it_should_be(
    read: Callable[[Path], object], kind: str, tmp_path: Path
) -> None:
    (tmp_path / "own.toml").write_text("", encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        read(tmp_path / "onw.toml")
    assert f"There is no {kind} file" in str(caught.value)
    assert '"own.toml"' in str(caught.value)
