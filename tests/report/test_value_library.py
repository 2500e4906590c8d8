"""The value library is what the ready files say, and nothing else."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from helpers.command_line import sisim

from sisim import load
from sisim.i18n import in_language
from sisim.loading.files import shipped
from sisim.loading.load import load_pathway
from sisim.report.value_library import LibraryValue, library_table, matching, value_library


@pytest.fixture(scope="module")
def library() -> list[LibraryValue]:
    with in_language("en"):
        return value_library()


def test_every_price_of_a_pathway_stands_in_it_once(library: list[LibraryValue]) -> None:
    for file in shipped("pathway").values():
        own = [one for one in library if one.file == file.name]
        pathway = load_pathway(file)
        assert [one.key for one in own] == [f"resources.{name}.price" for name in pathway.resources]
        for one, resource in zip(own, pathway.resources.values(), strict=True):
            assert (one.value, one.price_year) == (resource.price.value, resource.price_year)


def test_effects_are_those_of_the_ready_scenarios(library: list[LibraryValue]) -> None:
    scenario = load("placed-youth")
    own = [one for one in library if one.file == "placed-youth.toml"]
    for one in own:
        _, name, _, number, field = one.key.split(".")
        assert getattr(scenario.investments[name].effects[int(number)], field).value == one.value
    assert {one.kind for one in own} == {"effect"}
    assert all(one.unit and not one.price_year for one in own)


def test_a_value_is_found_by_any_of_its_texts(library: list[LibraryValue]) -> None:
    found = matching(library, "RESIDENTIAL_DAY")
    assert found
    assert all("residential_day" in one.key for one in found)
    assert matching(library, None) == library
    assert len(library_table(found)) == len(found)


def test_it_is_written_in_the_manner_of_the_language(tmp_path: Path) -> None:
    out = tmp_path / "values.csv"
    assert sisim("values", "--text", "familjehem", "--out", str(out), lang="sv").exit_code == 0
    rows = list(csv.reader(out.read_text(encoding="utf-8-sig").splitlines(), delimiter=";"))
    assert rows[0][:5] == ["Slag", "Vad", "Värde", "Enhet", "Prisår"]
    assert len(rows) > 3


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_another_kind_of_file_is_answered(lang: str, tmp_path: Path) -> None:
    said = sisim("values", "--out", str(tmp_path / "values.pdf"), lang=lang)
    assert said.exit_code == 2
    assert ".csv" in said.stderr
    assert not list(tmp_path.iterdir())
