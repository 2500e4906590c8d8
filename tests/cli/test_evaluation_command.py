"""`sisim evaluate` as a user meets it, in both languages, with good and with bad input."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.command_line import sisim

from sisim.loading.result_table import read_table

pytestmark = pytest.mark.usefixtures("unpainted")

EV1 = Path(__file__).parents[1] / "helpers" / "ev1.toml"
FEW = ("--draws", 4, "--workers", 1)


def test_several_sizes_are_one_table_and_one_picture(tmp_path: Path) -> None:
    said = sisim("evaluate", EV1, "other", *FEW, "--size", "30,60", "--out", tmp_path)
    assert said.exit_code == 0, said.output
    designs = read_table(tmp_path / "designs.csv")
    assert sorted(set(designs["per_year"])) == [30, 60]
    treated = designs[designs["world"] == "effect"].set_index("per_year")["n_treated"]
    assert treated[60] == pytest.approx(2 * treated[30], rel=0.1)
    assert (tmp_path / "by-size.png").exists()


def test_pooled_studies_are_told_of_and_real_people_stand_beside(tmp_path: Path) -> None:
    data = tmp_path / "utfall.csv"
    rows = [f"{place % 2};{'ja' if place < 20 else 'nej'}" for place in range(40)]
    data.write_text("\n".join(["utfall;behandlad", *rows]), encoding="utf-8")
    out = tmp_path / "out"
    joined = ("--municipalities", "1,2", "--out", out)
    few = ("--draws", 10, "--workers", 1)
    said = sisim("evaluate", EV1, "earlier", *few, *joined, "--data", data, lang="sv")
    assert said.exit_code == 0, said.output
    assert "med era data: 0,0 av 100" in said.stdout
    assert sorted(set(read_table(out / "pooled.csv")["municipalities"])) == [1, 2]
    assert (out / "how-many.png").exists()


def test_one_world_alone_and_another_effect(tmp_path: Path) -> None:
    said = sisim("evaluate", EV1, "other", *FEW, "--effect", "null", "--out", tmp_path)
    assert said.exit_code == 0, said.output
    assert set(read_table(tmp_path / "designs.csv")["world"]) == {"none"}
    key = "investments.team.effects.0.ratio=0.2"
    said = sisim("evaluate", EV1, "other", *FEW, "--effect", key, "--out", tmp_path)
    assert said.exit_code == 0, said.output
    designs = read_table(tmp_path / "designs.csv").set_index("world")
    assert designs.loc["effect", "truth"] > 0.15
    assert designs.loc["none", "truth"] == 0


@pytest.mark.parametrize(
    ("arguments", "english", "swedish"),
    [
        (("--size", "10,x"), '"x" is none', "”x” är inget"),
        (("--municipalities", "0"), "--municipalities takes whole numbers", "tar heltal"),
        (("--effect", "maybe"), "--effect takes file, null, prior", "--effect tar file"),
        (("--effect", "prior"), "No number of the investment has a range", "Inget tal i"),
        (("--data", "missing.csv"), "name it", "ange vilken"),
        (("other", "--data", "missing.csv"), "missing.csv", "missing.csv"),
        (("nothing",), 'no evaluation "nothing"', "ingen utvärdering ”nothing”"),
    ],
)
def test_bad_input_is_answered_with_what_would_do(
    arguments: tuple[str, ...], english: str, swedish: str, tmp_path: Path
) -> None:
    for lang, words in (("en", english), ("sv", swedish)):
        said = sisim("evaluate", EV1, *arguments, "--out", tmp_path, lang=lang)  # type: ignore[arg-type]
        assert said.exit_code != 0
        assert words in said.stderr
        assert "Traceback" not in said.output
