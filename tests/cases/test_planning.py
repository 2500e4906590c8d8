"""What is asked around a decision is answered in words, tables and pictures, in both languages."""

import re
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from helpers.command_line import sisim

from sisim.i18n import LANGUAGES, Lang
from sisim.loading.result_table import read_table

FEW = (
    "--set",
    "population.residents=800",
    "--set",
    "time.years=4",
    "--set",
    "time.history=0",
    "--set",
    "investments.team.years=1",
    "--set",
    "investments.team.new_way.ramp=12",
    "--set",
    "figures.year=2028",
)


def answered(command: str, *args: object, out: Path, lang: Lang) -> str:
    """Ask something of the ready scenario with few residents, and return what was said."""
    result = sisim(command, "placed-youth", *FEW, *args, "--out", out, lang=lang)
    assert result.exit_code == 0, result.output
    said: str = result.output
    return said


@pytest.mark.parametrize("lang", LANGUAGES, indirect=True)
def test_needs(tmp_path: Path, lang: Lang) -> None:
    rule = "{ age = { from = 7, below = 16 } }"
    said = answered(
        "needs", "--rule", rule, "--years", "1", "--replications", "1", out=tmp_path, lang=lang
    )
    # One run cannot tell by how much it may err.
    assert re.search(r"Gini 0[.,]\d{3}\.", said)
    for name in ("needs", "needs-groups", "needs-rules"):
        assert (tmp_path / f"{name}.png").stat().st_size > 10_000
    rules = read_table(tmp_path / "needs-rules.csv")
    assert list(rules["rule"]) == ["team", "rule-1"]
    assert pd.read_parquet(tmp_path / "needs-lorenz.parquet")["share_of_cost"].iloc[-1] == 1


@pytest.mark.usefixtures("unpainted")
@pytest.mark.parametrize("lang", LANGUAGES, indirect=True)
def test_follow_up_and_what_was_observed(tmp_path: Path, lang: Lang) -> None:
    several = ("--month", "6", "--month", "12", "--replications", "2", "--arm", "project")
    said = answered("follow-up", *several, out=tmp_path, lang=lang)
    assert re.search(r"\d–\d+\s?%", said)
    assert "%–" not in said
    assert (tmp_path / "follow-up.png").exists()
    assert (tmp_path / "participants.png").exists()
    worst = "when matters are at their worst" if lang == "en" else "när läget är som sämst"
    assert worst in " ".join(said.split())
    book = openpyxl.load_workbook(tmp_path / "follow-up-observed.xlsx")
    assert book.active is not None
    plan = read_table(tmp_path / "follow-up-plan.csv").set_index(["month", "measure"])["middle"]
    for month, measure, _, value in book.active.iter_rows(min_row=2):
        middle = plan[month.value, measure.value]
        value.value = 500 if measure.value == "begun.team" else middle if middle == middle else None
    book.save(tmp_path / "filled.xlsx")
    said = answered(
        "follow-up", *several, "--observed", tmp_path / "filled.xlsx", out=tmp_path, lang=lang
    )
    assert ("More activity than planned." if lang == "en" else "Mer verksamhet") in said
    deviations = read_table(tmp_path / "follow-up-deviations.csv").set_index(["measure", "month"])
    assert deviations.loc[("begun.team", 12), "verdict"] == "above"
    assert (tmp_path / "follow-up-outcome.svg").exists()


@pytest.mark.usefixtures("unpainted")
@pytest.mark.parametrize("lang", LANGUAGES, indirect=True)
def test_implement(tmp_path: Path, lang: Lang) -> None:
    # Where the budget does not pay for running it with nobody in it, areas can be made fewer.
    given = ("--budget", "2.5e6", "--replications", "1")
    said = answered("implement", *given, out=tmp_path, lang=lang)
    assert ("at full scale costs" if lang == "en" else "i full skala kostar") in said
    versions = read_table(tmp_path / "implementation-versions.csv").set_index("version")
    assert versions.loc["areas", "affordable"]
    assert versions.loc["areas", "net"] <= 4e6
    assert not versions.loc["reach", "affordable"]
    assert (tmp_path / "implementation-versions.png").exists()


@pytest.mark.parametrize("lang", LANGUAGES, indirect=True)
def test_catalogue_out_and_in_again(tmp_path: Path, lang: Lang) -> None:
    book = tmp_path / "catalogue.xlsx"
    assert sisim("catalogue", tmp_path, "--out", book, lang=lang).exit_code == 0
    result = sisim("catalogue", "--read", book, "--out", tmp_path / "mine", lang=lang)
    assert result.exit_code == 0, result.output
    assert "investments.placed-youth.target" in result.output
    again = sisim("catalogue", "--read", book, "--out", tmp_path / "mine", lang=lang)
    assert again.exit_code == 2
    listed = sisim("catalogue", tmp_path / "mine", "--text", "placed", lang=lang)
    assert listed.exit_code == 0
    assert "placed-youth" in listed.output


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("needs", "placed-youth", "--find", "placd"), 'Did you mean "placed"?'),
        (("needs", "placed-youth", "--risk-of", "placed_agin"), 'Did you mean "placed_again"?'),
        (("needs", "placed-youth", "--rule", "age = from"), "--rule takes a condition"),
        (("needs", "placed-youth", "--rule", "aeg = { from = 3 }"), 'Did you mean "age"?'),
        (("follow-up", "placed-youth", "--arm", "projct"), 'Did you mean "project"?'),
        (("follow-up", "placed-youth", "--observed", "none.csv"), "There is no file"),
        (("follow-up", "placed-youth", "--certain", "--all"), "exclude each other"),
        (("follow-up", "placed-youth", "--month", "9999"), "before anything is followed up"),
        (("implement", "placed-youth", "--budget", "-1"), "--budget takes an amount"),
        (("implement", "placed-youth", "--arm", "project"), "becomes a new way of working"),
        (("implement", "placed-youth", "--investment", "teem"), 'Did you mean "team"?'),
        (("catalogue", "nowhere"), "There is no folder"),
        (("catalogue", "--out", "catalogue.pdf"), "as .csv or .xlsx"),
        (("catalogue", "--read", "nothing.xlsx"), "There is no file"),
    ],
)
def test_a_mistake_is_answered(args: tuple[str, ...], said: str) -> None:
    result = sisim(*args)
    assert result.exit_code == 2
    assert said in result.output
