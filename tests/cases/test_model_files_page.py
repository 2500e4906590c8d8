"""The page on model files: its examples on parameters and tables are read and run."""

import math
import re
from pathlib import Path

import pytest

from sisim.engine.cohort import expected
from sisim.loading.load import load_scenario
from sisim.scenario.psa_draws import draw

PAGE = Path(__file__).parents[2] / "docs" / "model-files.md"
HEAD = """
name = "example"
title = "Example"
step = "year"
[attributes.sex]
shares = { woman = 0.5, man = 0.5 }
[tracks.health]
label = "Health"
start = { well = 0.5, sick = 0.5 }
states.well = { label = "Well" }
states.sick = { label = "Sick" }
states.dead = { label = "Dead" }
"""
SCENARIO = """
name = "example"
title = "Example"
pathway = "pathway.toml"
time = { start = "2026-01", years = 2 }
population = { cohort = 100, age = 70 }
"""


def examples(section: str) -> list[str]:
    """Return the files in a section of the page."""
    text = PAGE.read_text(encoding="utf-8")
    (body,) = re.findall(rf"^## {section}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    return re.findall(r"```toml\n(.*?)```", body, re.DOTALL)


def alive(folder: Path, pathway: str) -> float:
    """Return the share that lives after two years, exactly."""
    (folder / "pathway.toml").write_text(HEAD + pathway, encoding="utf-8")
    (folder / "scenario.toml").write_text(SCENARIO, encoding="utf-8")
    found = expected(load_scenario(folder / "scenario.toml")).state_shares("health")
    return float(found[["well", "sick"]].sum(axis=1).iloc[-1])


def test_parameters_and_formulas(tmp_path: Path) -> None:
    example, together = examples("Parameters and formulas")
    known = (0.995012479192682 ** (2 * 3) + 0.995012479192682**2) / 2
    assert alive(tmp_path, example) == pytest.approx(known, rel=1e-12)

    (tmp_path / "scenario.toml").write_text(SCENARIO + together, encoding="utf-8")
    (tmp_path / "draws.csv").write_text("parameters.u_sick\n0.7\n0.8\n", encoding="utf-8")
    text = HEAD + example.replace("[parameters]", "[parameters]\nu_sick = 0.75")
    (tmp_path / "pathway.toml").write_text(text, encoding="utf-8")
    drawn = draw(load_scenario(tmp_path / "scenario.toml"), 1, 1).pathway.parameters
    assert drawn["u_sick"].value == 0.8
    assert drawn["p_dies"].value == pytest.approx(
        1 - math.exp(-drawn["rate_H"].value * drawn["hr_sick"].value), rel=1e-12
    )


def test_two_features_at_once(tmp_path: Path) -> None:
    dies = """
[transitions.dies]
track = "health"
from = ["well", "sick"]
to = "dead"
probability = 1
factors = ["NAME"]
"""
    table, file = examples("Two features at once")
    known = (0.98**2 + 0.97**2) / 2
    found = alive(tmp_path, table + dies.replace("NAME", "mortality"))
    assert found == pytest.approx(known, rel=1e-12)
    lines = [
        f"{year},{age},{sex},{value}"
        for year in range(2026, 2029)
        for age in ("0-64", "65+")
        for sex, value in (("woman", 0.02), ("man", 0.03))
    ]
    csv = "\n".join(["year,age,sex,value", *lines])
    (tmp_path / "life-table.csv").write_text(csv, encoding="utf-8")
    found = alive(tmp_path, file + dies.replace("NAME", "mortality_by_year"))
    assert found == pytest.approx(known, rel=1e-12)
