"""Files of other values: a scenario takes them, and its own word counts."""

from __future__ import annotations

from pathlib import Path

import pytest

from sisim.loading.load import changed, load_scenario, read_scenario
from sisim.scenario.errors import ScenarioError

SMALL = Path(__file__).parents[1] / "helpers" / "small.toml"
RATE = "transitions.placement.rate"


def scenario(folder: Path, lines: str, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    path = folder / "scenario.toml"
    path.write_text(
        f"""name = "made"
title = "Made"
pathway = "{SMALL.as_posix()}"
{lines}
[time]
start = "2026-01"
years = 5
[population]
residents = 100
max_age = 30
""",
        encoding="utf-8",
    )
    return path


OWN = f"""[override]
"{RATE}" = {{ value = 0.03, low = 0.02, high = 0.04, source = "own register", grade = "measured" }}
"""


def test_a_value_of_the_file_is_taken_with_its_source(tmp_path: Path) -> None:
    found = load_scenario(scenario(tmp_path, 'override_files = ["own.toml"]', own=OWN))
    rate = found.pathway.transitions["placement"].rate
    assert rate is not None
    assert (rate.value, rate.source, rate.grade) == (0.03, "own register", "measured")
    assert "own.toml" in found.origin(f"pathway.{RATE}.value")
    # It stays when the scenario is changed.
    other = changed(found, {"population.residents": 200})
    assert other.pathway.transitions["placement"].rate == rate


def test_how_a_register_was_kept_private_may_stand_there_too(tmp_path: Path) -> None:
    own = f'privacy = {{ least_persons = 5, persons = "1000–1499" }}\n{OWN}'
    found = load_scenario(scenario(tmp_path, 'override_files = ["own.toml"]', own=own))
    assert float(found.pathway.transitions["placement"].rate or 0) == 0.03


def test_later_files_and_the_scenario_s_own_values_count(tmp_path: Path) -> None:
    later = f'[override]\n"{RATE}" = 0.05\n'
    two = scenario(tmp_path, 'override_files = ["own.toml", "later.toml"]', own=OWN, later=later)
    assert float(load_scenario(two).pathway.transitions["placement"].rate or 0) == 0.05
    lines = f'override_files = ["own.toml"]\noverride = {{ "{RATE}" = 0.07 }}'
    own = scenario(tmp_path, lines, own=OWN)
    assert float(load_scenario(own).pathway.transitions["placement"].rate or 0) == 0.07


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            '[override]\n"transitions.placment.rate" = 0.1\n',
            "own.toml:2: transitions.placment.rate",
        ),
        ('name = "x"\n[override]\n', "nothing else"),
        ("", "a table \\[override\\]"),
        (f'[override]\n"{RATE}" = -1\n', "own.toml:2"),
    ],
)
def test_what_is_wrong_is_told_where_it_stands(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ScenarioError, match=said):
        load_scenario(scenario(tmp_path, 'override_files = ["own.toml"]', own=text))


def test_a_file_that_is_not_there_is_named_with_the_nearest(tmp_path: Path) -> None:
    path = scenario(tmp_path, 'override_files = ["onw.toml"]', own=OWN)
    with pytest.raises(ScenarioError, match=r'scenario\.toml:4.*"onw\.toml" cannot be read'):
        load_scenario(path)
    text = path.read_text(encoding="utf-8").replace(SMALL.as_posix(), "child-youth")
    with pytest.raises(ScenarioError, match="has no file beside it"):
        read_scenario(text.encode(), "made")
