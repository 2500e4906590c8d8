"""`sisim reproduce` runs any result again, from what lies in its folder."""

from __future__ import annotations

from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from helpers.command_line import sisim

from sisim.analysis.answer_manifest import AnswerManifest, manifests
from sisim.i18n import LANGUAGES, Lang
from sisim.scenario.files_read import command_given
from sisim.scenario.os_errors import content_of

HELPERS = Path(__file__).parents[1] / "helpers"
FEW = ("--set", "population.residents=200", "--set", "time.years=5", "--replications", 3)


@pytest.fixture(scope="module", params=LANGUAGES)
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A result whose scenario is no longer there."""
    place = tmp_path_factory.mktemp("place")
    for name in ("trial.toml", "small.toml"):
        (place / name).write_text((HELPERS / name).read_text("utf-8"), "utf-8")
    given = ("precision", place / "trial.toml", *FEW, "--out", place / "out")
    said = sisim(*given, lang=request.param)
    assert said.exit_code == 0, said.output
    for name in ("trial.toml", "small.toml"):
        (place / name).unlink()
    return place / "out"


def test_the_same_comes_out_to_the_last_bit(folder: Path) -> None:
    said = sisim("reproduce", folder)
    assert said.exit_code == 0, said.output
    assert "precision, the same: 2 files compared" in said.stdout


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_number_that_is_another_is_found(folder: Path, lang: Lang, tmp_path: Path) -> None:
    copytree(folder, tmp_path / "other")
    table = tmp_path / "other" / "precision.csv"
    head, first, *rest = table.read_text("utf-8-sig").split("\n")
    mark = ";" if ";" in head else ","
    cells = first.split(mark)
    cells[1] = "7"
    table.write_text("\n".join([head, mark.join(cells), *rest]), "utf-8")
    said = sisim("reproduce", tmp_path / "other", lang=lang)
    assert said.exit_code == 1
    words = {
        "en": "precision.csv differs first, line 2, column value: 7 before",
        "sv": "precision.csv skiljer sig först, rad 2, kolumn value: 7 förut",
    }
    assert words[lang] in " ".join(said.stdout.split())


def test_the_manifest_says_how_it_was_made(folder: Path) -> None:
    (made,) = manifests(folder)
    assert made.command[0] == "precision"
    assert made.command[2:] == [str(word) for word in FEW]
    assert {Path(name).name for name in made.files} == {"trial.toml", "small.toml"}
    assert set(made.written) >= {"precision.csv", "precision.png", "precision.txt"}


@pytest.mark.parametrize(("lang", "words"), [("en", "are for sweeps"), ("sv", "gäller svep")])
def test_a_sample_is_of_a_sweep(folder: Path, lang: Lang, words: str) -> None:
    said = sisim("reproduce", folder, "--sample", 2, lang=lang)
    assert said.exit_code == 2
    assert words in said.output


def test_a_manifest_that_was_changed_is_none(folder: Path, tmp_path: Path) -> None:
    copytree(folder, tmp_path / "other")
    file = tmp_path / "other" / "precision.manifest.json"
    file.write_text(file.read_text("utf-8").replace("replications", "residents"), "utf-8")
    assert manifests(tmp_path / "other") == []
    assert sisim("reproduce", tmp_path / "other").exit_code == 2


def test_what_is_given_as_data_stays_where_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    people, factors = Path("people.csv"), Path("factors.csv")
    people.write_text("name,outcome\nAnna,1\n", "utf-8")
    factors.write_text("age,value\n1,2\n", "utf-8")
    Path("out").mkdir()
    words: tuple[Any, ...] = ("evaluate", "a.toml", f"--data={people}", "--out", "out")
    with command_given(words):
        for file in (people, factors):
            content_of(file, 1000)
        made = AnswerManifest.of("answer", Path("out"))
    assert list(made.files) == ["factors.csv"]
    assert list(made.elsewhere) == ["people.csv"]
    assert "Anna" not in made.model_dump_json()
    assert made.command == ["evaluate", "a.toml", "--data=people.csv"]


def test_a_document_in_both_languages_comes_out_the_same(tmp_path: Path) -> None:
    few = ("--residents", 400, "--replications", 1, "--set", "time.years=6")
    out = tmp_path / "out"
    said = sisim("report", "placed-youth", *few, "--lang", "both", "--docx", "--out", out)
    assert said.exit_code == 0, said.output
    assert "report-sv.docx" in (out / "README.txt").read_text("utf-8")
    said = sisim("reproduce", out)
    assert said.exit_code == 0, said.output
    assert "report, the same: 2 files compared" in said.stdout
    page = out / "report-sv.html"
    page.write_text(page.read_text("utf-8").replace("placed-youth", "another"), "utf-8")
    said = sisim("reproduce", out)
    assert said.exit_code == 1
    assert "report-sv.html differs first, line " in said.stdout
