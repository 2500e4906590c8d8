"""The command line answers in both languages, exits 2 on mistakes, and leaves nothing half-made."""

import errno
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import partial
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from babel.messages.pofile import read_po
from helpers.command_line import sisim
from rich.console import Console

import sisim as sisim_package
from sisim.cli import app, output
from sisim.cli.analysis_commands import BASE_POINTS, TRAJECTORIES
from sisim.cli.help_pages import arguments, commands, messages
from sisim.cli.key_explanation import descriptions
from sisim.cli.output import print_table
from sisim.i18n import LANGUAGES, Lang, current_language
from sisim.report.result_files import write_all, write_tables

FILES = Path(__file__).parents[1] / "helpers"
COMMANDS = [name for name, _ in commands(app)]


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    """Return the path of a scenario in which all is well."""
    for name in ("small.toml", "trial.toml"):
        shutil.copy(FILES / name, tmp_path / name)
    return tmp_path / "trial.toml"


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Stand in for the engine and the figures; return the calls made to them."""
    calls: list[dict[str, Any]] = []

    def simulate(loaded: Any, *, progress: Callable[[int, int], None], **rest: Any) -> Any:
        progress(1, 2)
        calls.append({"name": loaded.name, "years": loaded.time.years, **rest})
        table = pd.DataFrame(
            {
                "replication": [0, 1],
                "outcome": "placed",
                "year": 2026,
                "arm": "without",
                "value": [1, 2],
            }
        )
        return SimpleNamespace(
            scenario=loaded,
            settled=None,
            judge=lambda **_: {},
            yearly_costs=lambda ordinary: table.assign(ordinary=ordinary),
            yearly_participants=lambda: table,
            outcomes=lambda: table,
            money_tables={"appraisal": table},
        )

    def publish(_: Any, out: Path, view: Any, **__: Any) -> list[Path]:
        if view is not None:
            calls[-1]["view"] = view

        def write(folder: Path) -> None:
            (folder / f"figure-{current_language()}.svg").write_text("figure")
            if calls[-1]["seed"] == 13:
                raise OSError(28, "No space left on device")

        return write_all(out, write)

    def sentences(_: Any, __: Any) -> Sequence[str]:
        return ["Allt är lika." if current_language() == "sv" else "All is equal."]

    def publish_overview(_: Any, out: Path, words: Sequence[str]) -> list[Path]:
        return write_all(out, lambda folder: write_tables({words[0]: pd.DataFrame()}, folder))

    for name, content in {
        "sisim.analysis.switching_values": {
            "simulate_retained": lambda loaded, **rest: (simulate(loaded, **rest), [])
        },
        "sisim.economics.cost_trace": {"trace_tables": lambda _: {}},
        "sisim.results": {"Results": lambda *found: found[0]},
        "sisim.report.publish": {
            "publish": publish,
            "publish_overview": publish_overview,
            "words_beside": lambda _: [],
            "write_all": write_all,
            "write_tables": write_tables,
        },
        "sisim.report.comparison_text": {"sentences": sentences},
        "sisim.report.scenario_overview": {"overview_words": lambda _: ["overview"]},
    }.items():
        monkeypatch.setitem(sys.modules, name, SimpleNamespace(**content))  # type: ignore[misc]
    return calls


def cannot(**_: Any) -> Any:
    """Stand in for a place where nothing can be made."""
    raise PermissionError(errno.EACCES, "Permission denied")


@pytest.mark.parametrize("lang", LANGUAGES, indirect=True)
@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_teaches_with_an_example(command: str, lang: Lang) -> None:
    result = sisim(command, "--help", lang=lang)
    assert result.exit_code == 0
    assert {"sv": "Exempel: sisim", "en": "Example: sisim"}[lang] in " ".join(result.output.split())
    assert {"sv": "Användning:", "en": "Usage:"}[lang] in result.output


def test_the_figures_show_what_is_asked_for(engine: list[dict[str, Any]], tmp_path: Path) -> None:
    asked = ("--ordinary", "--current", "--year", "2031", "--out", str(tmp_path / "out"))
    assert sisim("figures", *asked).exit_code == 0
    view = engine[-1]["view"]
    assert (view.ordinary, view.current, view.year) == (True, True, 2031)
    refused = sisim("figures", "--year", "2099")
    assert (refused.exit_code, refused.stderr) == (
        2,
        "--year 2099 is not in the scenario, 2021-2045.\n",
    )


def test_help_speaks_one_language() -> None:
    helped = sisim("run", "--help", lang="sv").output
    assert not {"Usage", "Options", "Arguments", "required", "Show"} & set(helped.split())


@pytest.mark.parametrize("command", COMMANDS)
def test_help_names_no_type_where_a_flag_takes_no_value(command: str) -> None:
    helped = sisim(command, "--help", lang="sv").output
    assert "<bool>" not in helped
    assert "[[" not in helped
    assert "…}" not in helped


def test_the_language_may_stand_anywhere() -> None:
    for args in (["--lang", "sv", "run", "--help"], ["run", "--help", "--lang=sv"]):
        assert "Användning:" in sisim(*args).output
    result = sisim("check", "x", "--lang", "fi")
    assert (result.exit_code, result.stderr) == (2, "--lang takes sv or en.\n")


@pytest.mark.parametrize(
    ("args", "english", "swedish"),
    [
        (["chek"], 'There is no command "chek". Did you mean "check"?', "Menade du ”check”?"),
        (["run"], "SCENARIO is missing.", "SCENARIO saknas."),
        (["run", "a", "b"], "One word too many: b", "Ett ord för mycket: b"),
        (["run", "a", "--sede", 1], 'no option "--sede". Did you mean "--seed"?', "”--sede” finns"),
        (["run", "a", "--seed"], 'The option "--seed" needs a value.', "behöver ett värde"),
        (
            ["run", "a", "--seed", "x"],
            '--seed takes a whole number from 0 to 9223372036854775807; "x" is not.',
            "--seed ska vara ett heltal från 0 till 9223372036854775807; ”x” är inte det.",
        ),
        (
            ["run", "a", "--replications", "0"],
            'takes a number of at least 1; "0" is not.',
            "--replications ska vara ett tal på minst 1; ”0” är inte det.",
        ),
        (
            ["live", "--port", "99999"],
            'takes a number from 0 to 65535; "99999" is not.',
            "--port ska vara ett tal från 0 till 65535; ”99999” är inte det.",
        ),
        (
            ["precision", "a", "--wish", "x"],
            '--wish takes a number; "x" is not.',
            "--wish ska vara ett tal; ”x” är inte det.",
        ),
        (
            ["sensitivity", "a", "--method", "x"],
            '--method takes one of one-way, sobol, morris; "x" is not.',
            "--method ska vara ett av one-way, sobol, morris; ”x” är inte det.",
        ),
        (["check", "a", "--set", "b"], '--set needs KEY=VALUE; "b" is not.', "NYCKEL=VÄRDE"),
        (["check", "nowhere.toml"], "There is no file", "Det finns ingen fil"),
        (["pathway", "child-yout"], 'Did you mean "child-youth"?', "Menade du ”child-youth”?"),
    ],
)
def test_a_mistake_is_answered(args: list[object], english: str, swedish: str) -> None:
    for lang, text in (("en", english), ("sv", swedish)):
        result = sisim(*args, lang=lang)  # type: ignore[arg-type]
        assert result.exit_code == 2
        assert text in result.stderr
        assert result.stdout == ""


def test_a_bad_file_is_answered_with_all_its_problems(scenario: Path) -> None:
    text = scenario.read_text().replace("residents", "resident").replace("2027-01", "2077-01")
    scenario.write_text(text)
    for command in (["check"], ["run"], ["assumptions"], ["figures"], ["explain", "--person", "x"]):
        result = sisim(*command, scenario, lang="sv")
        assert result.exit_code == 2
        assert f"{scenario}:10: population.resident: Okänd nyckel ”resident”." in result.stderr
        assert f"{scenario}:19: investments.support.start: Investeringen" in result.stderr
        assert "2 fel hittades." in result.stderr


def test_a_file_of_another_kind_is_answered_with_what_to_do_with_it(scenario: Path) -> None:
    pathway = scenario.with_name("small.toml")
    experiment = scenario.with_name("how-many.toml")
    experiment.write_text('name = "many"\nscenario = "trial.toml"\n[levers]\n')
    for command, file, english, swedish in (
        ("check", experiment, "an experiment; run it with `sisim sweep`", "ett experiment; kör"),
        ("run", experiment, "an experiment; run it with `sisim sweep`", "ett experiment; kör"),
        ("sweep", scenario, "a scenario; run it with `sisim run`", "ett scenario; kör det med"),
        ("run", pathway, "a pathway; look at it with `sisim pathway`", "ett livsförlopp; titta"),
        ("pathway", scenario, "a scenario; run it with `sisim run`", "ett scenario; kör det med"),
    ):
        assert f"{file}: This is {english}." in sisim(command, file).stderr
        answer = sisim(command, file, lang="sv")
        assert f"{file}: Det här är {swedish}" in answer.stderr
        assert "Ett fel hittades." in answer.stderr


@pytest.mark.parametrize("lang", LANGUAGES, indirect=True)
def test_check_says_what_a_file_contains(scenario: Path, lang: Lang) -> None:
    result = sisim("check", scenario, lang=lang)
    assert result.exit_code == 0
    assert {"sv": "inga fel", "en": "all is well"}[lang] in result.stdout
    assert {"sv": "(nytt arbetssätt)", "en": "(new way of working)"}[lang] in result.stdout
    assert {"sv": "uppmätt 1", "en": "measured 1"}[lang] in result.stdout
    assert sisim("check", scenario.with_name("small.toml"), lang=lang).exit_code == 0


def test_check_names_and_counts_as_a_reader_would(scenario: Path) -> None:
    said = sisim("check", scenario).stdout
    assert "Arm: Project: Support (ends)." in said
    assert "Track: Care, 2 states: Home; Placed." in said
    assert "2 transitions, 2 factors, 1 resource." in said
    assert "2 övergångar, 2 faktorer, 1 resurs." in sisim("check", scenario, lang="sv").stdout


def test_check_takes_other_values(scenario: Path) -> None:
    result = sisim("check", scenario, "--set", "time.years=12", "--set", "tme.years=1")
    assert (result.exit_code, 'Did you mean "time.years"?' in result.stderr) == (2, True)
    assert "12 years" in sisim("check", scenario, "--set", "time.years=12").stdout


def test_the_register_and_the_schema_are_printed(scenario: Path) -> None:
    assert "transitions.placement.rate\t0.01\t" in sisim("assumptions", scenario).stdout
    out = scenario.with_name("register.csv")
    assert sisim("assumptions", scenario, "--out", out).exit_code == 0
    assert out.read_text().startswith("key,value,low,high")
    assert "properties" in json.loads(sisim("schema", "--pathway").stdout)


def test_long_keys_are_folded_on_a_narrow_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(output, "stdout", partial(Console, force_terminal=True, width=30))
    key = "investments.team.effects.attendance.persistence.years"
    print_table(pd.DataFrame({"key": [key], "value": [12345.0]}))
    first, *below = capsys.readouterr().out.splitlines()[1:]
    assert "12,345" in first
    assert "".join([first.split()[0], *map(str.strip, below)]) == key


def test_long_headings_are_broken_at_spaces_so_that_more_columns_have_room(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(output, "stdout", partial(Console, force_terminal=True, width=60))
    lasting = "How long it lasts, effect on: placed again"
    table = {lasting: [0.5, 2.0], "Arm": ["a project that becomes a new way"] * 2}
    hidden = print_table(
        pd.DataFrame({**table, "Net present value": [1.5, -2.5], "All costs": [1e6, 2e6]}),
        leading=2,
    )
    shown = re.sub(r"\x1b\[[0-9;]*m", "", capsys.readouterr().out)
    assert hidden == 0
    assert {"0.5", "2,000,000", *lasting.split()} <= set(shown.split())
    assert max(map(len, shown.splitlines())) <= 60


def test_a_pathway_is_drawn(scenario: Path) -> None:
    out = scenario.with_name("drawn.svg")
    result = sisim("pathway", scenario.with_name("small.toml"), "--out", out)
    assert (result.exit_code, "<svg" in out.read_text()) == (0, True)
    assert "Measured, derived or literature: 40% of those with a stated owner, 18% of all." in (
        result.stdout
    )
    result = sisim("pathway", scenario.with_name("small.toml"), "--out", "drawn.xyz")
    assert (result.exit_code, result.stderr) == (2, "A drawing is .svg, .png or .pdf.\n")


def test_targets_are_written_with_their_sources(scenario: Path) -> None:
    pathway, out = scenario.with_name("small.toml"), scenario.with_name("targets.csv")
    target = """
[targets.placed]
label = "Placed"
measure = "point_share"
arguments = { group = "placed" }
low = 0
high = 1
year = 2022
held_out = true
source = "by hand"
grade = "measured"
"""
    pathway.write_text(pathway.read_text() + target)
    drawn = scenario.with_name("drawn.svg")
    few = ("--residents", 200, "--years", 1)
    result = sisim("pathway", pathway, "--out", drawn, "--csv", out, *few)
    assert result.exit_code == 0
    assert "Tuned: 0 of 0 inside; held out: 1 of 1 inside." in result.stdout
    text = out.read_text(encoding="utf-8-sig")
    assert {"year", "held_out", "source"} <= set(text.splitlines()[0].split(","))
    assert "2022" in text
    assert "by hand" in text


def test_run_writes_figures_and_says_what_came_out(
    scenario: Path, engine: list[dict[str, Any]]
) -> None:
    out = scenario.with_name("out")
    args = ("run", scenario, "--out", out, "--seed", 3, "--replications", 2)
    result = sisim(*args, "--set", "time.years=12")
    assert result.exit_code == 0
    assert engine == [{"name": "trial", "years": 12, "seed": 3, "replications": 2}]
    assert result.stdout == f"All is equal.\n{out / 'figure-en.svg'}\n"
    assert sisim(*args, lang="sv").stdout.startswith("Allt är lika.")


@pytest.mark.usefixtures("engine")
def test_a_scenario_without_figures_gives_an_overview(scenario: Path) -> None:
    scenario.write_text(scenario.read_text().partition("[figures]")[0])
    out = scenario.with_name("out")
    result = sisim("run", scenario, "--out", out)
    assert (result.exit_code, result.stdout.splitlines()[0]) == (0, "overview")
    assert {path.stem for path in out.iterdir()} == {"overview"}
    result = sisim("figures", scenario, lang="sv")
    assert (result.exit_code, "har inget [figures]" in result.stderr) == (2, True)


@pytest.mark.usefixtures("engine")
def test_what_fails_leaves_nothing(scenario: Path) -> None:
    before = sorted(scenario.parent.iterdir())
    result = sisim("run", scenario, "--out", scenario.with_name("out"), "--seed", 13)
    assert (result.exit_code, "the disk is full" in result.stderr) == (2, True)
    assert sorted(scenario.parent.iterdir()) == before


def test_what_cannot_be_a_folder_is_refused_before_the_work(
    scenario: Path, engine: list[dict[str, Any]]
) -> None:
    for out, reason in ((scenario, "är en fil"), (scenario / "below", "är en fil")):
        result = sisim("run", scenario, "--out", out, lang="sv")
        assert (result.exit_code, reason in result.stderr) == (2, True)
    assert engine == []


@pytest.mark.parametrize("command", ["run", "figures", "money", "precision", "sensitivity"])
def test_a_folder_that_cannot_be_made_is_refused_before_the_work(
    command: str, scenario: Path, engine: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The permissions of a place do not say it all: in /proc nobody makes a folder."""
    monkeypatch.setattr(output, "TemporaryDirectory", cannot)
    result = sisim(command, scenario, "--out", scenario.with_name("out"), lang="sv")
    assert (result.exit_code, engine) == (2, [])
    assert result.stderr.endswith("kan inte skrivas: behörighet saknas.\n")


def test_a_register_that_cannot_be_written_is_answered_in_the_readers_language(
    scenario: Path,
) -> None:
    result = sisim("assumptions", scenario, "--out", scenario / "register.csv", lang="sv")
    assert result.exit_code == 2
    assert result.stderr.endswith("kan inte skrivas: det som ska vara en mapp är en fil.\n")
    below = scenario.with_name("new") / "register.csv"
    assert sisim("assumptions", scenario, "--out", below).exit_code == 0
    assert below.is_file()


def test_money_refuses_an_arm_that_is_not_there(scenario: Path) -> None:
    result = sisim("money", scenario, "--arm", "nwe_way")
    assert result.exit_code == 2
    assert 'The scenario has no arm "nwe_way"; it has project, new_way.' in result.stderr
    assert (
        "Scenariot har inget alternativ" in sisim("money", scenario, "--arm", "x", lang="sv").stderr
    )


@pytest.mark.parametrize("terminal", [True, False])
@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("sv", ["2,667", "0,00012", "−12\N{NO-BREAK SPACE}346"]),
        ("en", ["2.667", "0.00012", "−12,346"]),
    ],
    indirect=["lang"],
)
def test_numbers_are_written_as_the_reader_writes_them_on_a_terminal_and_piped(
    said: list[str],
    terminal: bool,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(output, "stdout", partial(Console, force_terminal=terminal, width=80))
    numbers = [2.667, 1.2e-4, -12345.6, 3.0, 0.0, float("nan"), float("inf")]
    print_table(pd.DataFrame({"x": numbers}))
    shown = [line.split("\x1b")[0].strip() for line in capsys.readouterr().out.splitlines()[1:]]
    assert shown == [*said, "3", "0", "", "inf"]


def test_every_text_of_a_help_page_and_every_description_of_a_key_has_its_swedish() -> None:
    with (Path(sisim_package.__file__).parent / "data/locale/help.sv.po").open("rb") as file:
        known = {str(one.id): one.string for one in read_po(file, locale="sv") if one.id}
    wanted = {*messages(app), *descriptions()}
    assert [text for text in wanted if not known.get(text)] == []
    assert set(known) - wanted == set()


def test_what_help_says_of_a_number_left_out_is_so() -> None:
    """The number stands in the text, which is an id of the catalogue, and in the signature."""
    for _, command in commands(app):
        for argument in arguments(command):
            told = re.search(r"unset: ([\d.]+)\.$", argument.parameter.help or "")
            if told is not None and argument.name != "--host":
                assert float(told[1]) == argument.field_info.default, argument.name
    help_of_size = sisim("sensitivity", "--help").output
    assert f"(unset: {BASE_POINTS})" in help_of_size
    assert f"(unset: {TRAJECTORIES})" in " ".join(help_of_size.replace("│", "").split())


def test_the_version_is_told() -> None:
    assert sisim("--version").stdout == f"sisim {version('sisim')}\n"


def test_nothing_on_the_line_gives_the_help_of_all() -> None:
    result = sisim()
    assert (result.exit_code, result.output) == (2, sisim("--help").output)


def test_the_last_of_an_option_that_is_repeated_holds(
    scenario: Path, engine: list[dict[str, Any]]
) -> None:
    out = scenario.with_name("out")
    assert sisim("run", scenario, "--seed", 1, "--out", out, "--seed=5").exit_code == 0
    assert engine[-1]["seed"] == 5


def test_completion_is_installed_for_a_shell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    result = sisim("--install-completion", "bash", lang="sv")
    assert result.exit_code == 0
    assert result.stdout.startswith("Ifyllningen finns i ")
    [script] = [path for path in tmp_path.rglob("*") if path.is_file() and path.name == "sisim"]
    assert "break-even" in script.read_text(encoding="utf-8")
    refused = sisim("--install-completion", "cmd")
    assert (refused.exit_code, "one of bash, zsh, fish, powershell" in refused.stderr) == (2, True)


def test_a_reader_that_has_seen_enough_ends_it_quietly(tmp_path: Path) -> None:
    """A real pipe: `head` closes it after a line, while a mebibyte is still to be printed."""
    code = (
        "import sys; from sisim.cli import command_line as c;"
        "c.app.command(lambda: print('x' * 2**20), name='much'); sys.argv[1:] = ['much']; c.main()"
    )
    for command in ([sys.executable, "-c", code], [sys.executable, "-m", "sisim", "schema"]):
        errors = tmp_path / "errors"
        with errors.open("wb") as file:
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=file)
            assert process.stdout is not None
            process.stdout.read(1)
            process.stdout.close()
            assert process.wait(timeout=60) == 0
        assert errors.read_text(encoding="utf-8") == ""


def test_the_figures_are_there_before_what_the_verdict_rests_on_is_known(
    engine: list[dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    figure, seen = tmp_path / "out" / "figure-en.svg", []

    def judging(*_: Any, **__: Any) -> None:
        seen.append(figure.read_text())
        figure.write_text("without what the verdict rests on")

    monkeypatch.setattr("sisim.cli.run_commands._judge", judging)
    assert sisim("figures", "--out", str(figure.parent)).exit_code == 0
    assert seen == ["figure"]
    assert figure.read_text() == "figure", "it has not been drawn anew"


def test_figures_import_nothing_that_is_slow_and_not_needed() -> None:
    """The figures are drawn without statistics' and optimisation's libraries, Mesa or the page."""
    code = (
        "import sys, scipy.special; brought = set(sys.modules);"
        "import sisim.results, sisim.report.comparison_figures, sisim.report.administrations,"
        " sisim.report.publish, sisim.engine.replications, sisim.loading.load;"
        "print([m for m in ('scipy.stats', 'scipy.optimize', 'scipy.linalg', 'scipy.sparse',"
        " 'mesa', 'networkx', 'nicegui', 'statsmodels', 'SALib', 'openpyxl', 'docx', 'distributed',"
        " 'matplotlib.pyplot', 'matplotlib.backends.backend_pdf')"
        " if m in sys.modules and m not in brought])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_help_imports_nothing_that_is_slow() -> None:
    """Help is there at once: models, tables, pictures and the engine are for those who ask."""
    code = (
        "import sys; from sisim.cli import run_line; run_line(['--help']);"
        "run_line(['needs', '--help']);"
        "print([m for m in ('pydantic', 'pandas', 'numpy', 'matplotlib', 'numba', 'mesa')"
        " if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == "[]\n"
