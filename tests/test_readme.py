"""What the README shows is true."""

import re
from pathlib import Path

from helpers.command_line import sisim

from sisim.analysis.design import count
from sisim.analysis.experiment_file import load_experiment
from sisim.loading.load import load_scenario

README = Path(__file__).parents[1] / "README.md"


def test_its_scenario_and_its_experiment_are_well(tmp_path: Path) -> None:
    blocks = re.findall(r"```toml\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    *scenario, experiment = blocks
    for text in (scenario[0], "\n".join(scenario)):
        (tmp_path / "absence.toml").write_text(text, encoding="utf-8")
        found = load_scenario(tmp_path / "absence.toml")
        assert list(found.arms) == ["project", "new_way"]
    assert (list(found.funds), list(found.contracts)) == (["fund"], ["bond"])
    (tmp_path / "how-many.toml").write_text(experiment, encoding="utf-8")
    assert count(load_experiment(tmp_path / "how-many.toml")) == 6 * 3 * 20 * 5


def test_its_commands_exist_and_no_other() -> None:
    told = set(re.findall(r"^\| `sisim ([\w-]+)", README.read_text(encoding="utf-8"), re.MULTILINE))
    helped = sisim("--help").output
    assert told == set(
        re.findall(r"^\W+([\w-]+) {2,}\w", helped.partition("Commands")[2], re.MULTILINE)
    )


def test_the_values_it_sets_can_be_set() -> None:
    changes = dict(re.findall(r"--set (\S+)=([\d.]+)", README.read_text(encoding="utf-8")))
    assert changes
    load_scenario("placed-youth", {key: float(value) for key, value in changes.items()})


def test_its_links_lead_somewhere() -> None:
    links = re.findall(r"\]\((?!https?:)([^)]+)\)", README.read_text(encoding="utf-8"))
    assert [link for link in links if not (README.parent / link).exists()] == []
