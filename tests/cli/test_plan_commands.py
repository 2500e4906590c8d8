"""`sisim gate`, `sisim spread` and `sisim check --application`, with good and with bad input."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from helpers.command_line import sisim

from sisim.loading.result_table import read_table

HELPERS = Path(__file__).parents[1] / "helpers"
GATED, EV1 = HELPERS / "gated.toml", HELPERS / "ev1.toml"


def test_a_gate_is_told_of_in_every_world(tmp_path: Path) -> None:
    said = sisim("gate", GATED, "--draws", 3, "--workers", 1, "--out", tmp_path, lang="sv")
    assert said.exit_code == 0, said.output
    assert "Svaret kommer 2029-12, 11 månader efter" in said.stdout
    table = read_table(tmp_path / "gate.csv").set_index("world")
    assert {"effect", "none"} <= set(table.index)
    assert (table.loc["none", "perfect"] >= table.loc["none", ["always", "never"]]).all()
    assert (tmp_path / "gate.png").exists()


def test_spread_reads_municipalities(tmp_path: Path) -> None:
    file = tmp_path / "kommuner.csv"
    file.write_text("kommun;län;invånare\nA;Norr;10000\nB;Norr;20000\nC;Söder;5000\n", "utf-8")
    few = ("--replications", 1, "--runs", 20, "--set", "spread.years=4")
    said = sisim("spread", GATED, "--municipalities", file, *few, "--out", tmp_path / "out")
    assert said.exit_code == 0, said.output
    assert "assumptions" in said.stdout
    assert "made up" not in said.stdout
    table = pd.read_csv(tmp_path / "out" / "spread.csv")
    assert set(table["way"]) == {"alone", "support", "programme"}
    assert set((table.groupby("way")["share"].diff().dropna() >= 0).tolist()) == {True}
    assert (tmp_path / "out" / "spread.png").exists()


@pytest.mark.parametrize(
    ("line", "english", "swedish"),
    [
        (("gate", EV1), "No arm has a stage gate", "Inget alternativ har en beslutspunkt"),
        (
            ("gate", GATED, "--arm", "project"),
            'The arm "project" has no stage gate; there is gated.',
            "Alternativet ”project” har ingen beslutspunkt; det finns gated.",
        ),
        (("gate", GATED, "--draws", 1), "--draws", "--draws"),
        (("spread", GATED, "--arm", "gated"), "gated", "gated"),
        (("spread", GATED, "--municipalities", "none.csv"), "none.csv", "none.csv"),
        (("spread", GATED, "--set", "spread.p=-1"), "spread.p", "spread.p"),
        (("check", HELPERS / "discharged.toml", "--application"), "pathway", "livsförlopp"),
    ],
)
def test_a_mistake_is_answered(line: tuple[Any, ...], english: str, swedish: str) -> None:
    for lang, words in (("en", english), ("sv", swedish)):
        said = sisim(*line, lang=lang)
        assert said.exit_code == 2
        assert words in " ".join(said.output.split())
        assert "Traceback" not in said.output


def test_a_check_tells_what_an_application_lacks() -> None:
    said = sisim("check", GATED, "--application", lang="sv")
    assert said.exit_code == 0
    assert "✗ risker: saknas" in said.stdout
    assert "Fortsätt om utvärderingen bär: Teamet (avgörs av en utvärdering)" in said.stdout
