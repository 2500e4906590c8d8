"""The currency of a pathway: the same numbers, told as what they are."""

import re
from itertools import chain
from pathlib import Path
from typing import Any
from unittest import mock

import pandas as pd
import pytest
from helpers.command_line import sisim as command
from matplotlib.figure import Figure
from matplotlib.text import Text
from openpyxl import load_workbook

import sisim
from sisim.cli.scenario_input import require_one_currency
from sisim.cli.user_errors import UserError
from sisim.i18n import in_currency, in_language
from sisim.live.lesson import lesson
from sisim.loading.load import load_scenario
from sisim.loading.result_table import read_table
from sisim.report.chart.canvas import renderer
from sisim.report.economics.contract_words import amount_text
from sisim.report.formats import NBSP, Unit, money
from sisim.scenario.errors import ScenarioError
from sisim.scenario.scenario import Scenario

DATA = Path(sisim.__file__).parent / "data"
SCENARIOS = Path(__file__).parents[2] / "scenarios"
PUBLISHED = Path(__file__).parents[2] / "experiments" / "published"
HELPERS = Path(__file__).parents[1] / "helpers"
KRONOR = {"SEK", "kr", "tkr", "mkr", "krona", "kronor"}


def words(text: str) -> set[str]:
    """Return the words of a text."""
    for sign in (NBSP, ",", ".", ":", ";", "(", ")", "+", '"', "<", ">"):
        text = text.replace(sign, " ")
    return set(text.split())


@pytest.fixture
def in_euro(tmp_path: Path) -> Path:
    """Write a ready scenario whose pathway is priced in euro; every price is of one year."""
    pathway = (DATA / "pathways" / "child-youth.toml").read_text(encoding="utf-8")
    named = 'currency = "EUR"\n' + pathway
    (tmp_path / "child-youth.toml").write_text(named, encoding="utf-8")
    scenario = (SCENARIOS / "placed-youth.toml").read_text(encoding="utf-8")
    lines = [
        'pathway = "./child-youth.toml"' if line.startswith("pathway") else line
        for line in scenario.splitlines()
    ]
    path = tmp_path / "placed-youth.toml"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def indexed(path: Path, **more: object) -> Scenario:
    """Return the scenario with the index that kronor have, few people and one run."""
    index = {str(year): value for year, value in load_scenario("placed-youth").price_index.items()}
    changes = {"economy.price_index": index, "population.residents": 1000, "replications": 1}
    return load_scenario(path, {**changes, **more})


class TestAmounts:
    """Amounts in sentences and headings."""

    def test_kronor_are_told_as_they_always_were(self) -> None:
        with in_language("sv"):
            told = money(12.3e6), money(12_300), amount_text(1650), Unit(True, 1).label()
            assert [text.replace(NBSP, " ") for text in told] == [
                "12,3 mkr",
                "12 tkr",
                "1 650 kr",
                "mkr",
            ]

    @pytest.mark.parametrize(
        ("lang", "currency", "known"),
        [
            ("en", "EUR", ["EUR 12.3m", "EUR 12k", "EUR 1,650", "EUR m", "EUR k"]),
            ("sv", "EUR", ["12,3 mn euro", "12 tusen euro", "1 650 euro", "mn euro", "tusen euro"]),
            ("en", "NOK", ["NOK 12.3m", "NOK 12k", "NOK 1,650", "NOK m", "NOK k"]),
            (
                "sv",
                "NOK",
                [
                    "12,3 mn norska kronor",
                    "12 tusen norska kronor",
                    "1 650 norska kronor",
                    "mn norska kronor",
                    "tusen norska kronor",
                ],
            ),
        ],
    )
    def test_others_are_told_by_name(self, lang: str, currency: str, known: list[str]) -> None:
        with in_language("sv" if lang == "sv" else "en"), in_currency(currency):
            labels = [Unit(True, 1).label(), Unit(False, 0).label()]
            told = [money(12.3e6), money(12_300), amount_text(1650), *labels]
        assert [text.replace(NBSP, " ") for text in told] == known


class TestResults:
    """What is written of a result."""

    @pytest.mark.usefixtures("unpainted")
    def test_nothing_that_is_written_names_kronor(self, in_euro: Path, tmp_path: Path) -> None:
        result = sisim.run(indexed(in_euro), threads=1)
        for lang, name in (("sv", "euro"), ("en", "EUR")):
            files = result.save(tmp_path / lang, lang)  # type: ignore[arg-type]
            summary = result.summary(lang)  # type: ignore[arg-type]
            assert name in words(summary)
            told = [summary, *(f.read_text("utf-8") for f in files if f.suffix == ".txt")]
            for table in (read_table(f) for f in files if f.suffix == ".csv"):
                # What the file says of its sources is in their currency.
                told.append(table.drop(columns="source", errors="ignore").to_csv())
            assert not words(" ".join(told)) & KRONOR

    def test_the_lesson(self, in_euro: Path) -> None:
        text = lesson(indexed(in_euro), most=1)
        content = re.search(r'<script[^>]*id="content"[^>]*>(.*?)</script>', text, re.DOTALL)
        assert content is not None
        assert "euro" in words(content[1])
        assert not words(content[1]) & KRONOR

    def test_the_numbers_are_those_of_kronor(self, in_euro: Path) -> None:
        euro = sisim.run(indexed(in_euro), threads=1)
        kronor = sisim.run(indexed(SCENARIOS / "placed-youth.toml"), threads=1)
        assert euro.totals.equals(kronor.totals)

    def test_the_command_line_tells_each_file_in_its_own(self, tmp_path: Path) -> None:
        pound = command("cohort", PUBLISHED / "p2-hiv.toml", "--out", tmp_path, lang="sv").stdout
        assert "brittiska pund" in pound
        assert not words(pound) & KRONOR
        krona = command("cohort", PUBLISHED / "tunnel.toml", "--out", tmp_path, lang="sv").stdout
        assert "Kostnader, kr" in krona


EURO = ("run", "figures", "money", "uncertainty", "sensitivity", "implement")
"""Commands about a scenario with figures."""
MORE: dict[str, tuple[str, ...]] = {
    "uncertainty": ("--draws", "20", "--workers", "1"),
    "sensitivity": ("--vary", "resources.care_day.price", "--workers", "1"),
    "implement": ("--budget", "5e6"),
}


COSTS = 'costs_of = ["social"], within = 24'


def put(folder: Path, scenario: Path) -> Path:
    """Write a scenario and its pathway, priced in euro, into a folder."""
    text = scenario.read_text(encoding="utf-8")
    name = re.findall(r'(?m)^pathway = "(.*)"', text)[0]
    pathway = (scenario.parent / name).read_text(encoding="utf-8")
    (folder / name).write_text('currency = "EUR"\n' + pathway, encoding="utf-8")
    (folder / scenario.name).write_text(text, encoding="utf-8")
    return folder / scenario.name


def told(folder: Path, lang: str, *arguments: object) -> str:
    """Return all that a command says, draws and writes."""
    drawn: dict[Figure, list[str]] = {}

    def note(figure: Figure, *args: Any, **more: Any) -> None:
        """Draw a picture once, which writes its axes too; nobody opens the file."""
        if figure not in drawn:
            figure.draw(renderer(figure))
            drawn[figure] = [one.get_text() for one in figure.findobj(Text)]

    with mock.patch.object(Figure, "savefig", note):
        found = command(*arguments, "--out", folder, lang=lang)
    assert found.exit_code == 0, found.output
    parts = [found.stdout, found.stderr, *chain.from_iterable(drawn.values())]
    for file in sorted(folder.rglob("*")):
        if file.suffix in (".csv", ".txt", ".html"):
            parts.append(file.read_text(encoding="utf-8-sig"))
        elif file.suffix == ".xlsx":
            cells = (c for sheet in load_workbook(file) for row in sheet.values for c in row)
            parts += [cell for cell in cells if isinstance(cell, str)]
    return "\n".join(parts)


@pytest.mark.parametrize(("lang", "name"), [("sv", "euro"), ("en", "EUR")])
class TestCommands:
    """Whatever a command says, draws and writes of a file in euro names euro."""

    @pytest.mark.parametrize("what", EURO)
    def test_of_a_scenario(self, tmp_path: Path, lang: str, name: str, what: str) -> None:
        file = put(tmp_path, HELPERS / "trial.toml")
        few = (*MORE.get(what, ()), "--set", "replications=2")
        found = words(told(tmp_path / "out", lang, what, file, *few))
        assert name in found
        assert not found & KRONOR

    @pytest.mark.parametrize("what", ["run", "money"])
    def test_of_funds_and_contracts(self, tmp_path: Path, lang: str, name: str, what: str) -> None:
        file = put(tmp_path, HELPERS / "every-number.toml")
        found = words(told(tmp_path / "out", lang, what, file, "--set", "replications=2"))
        assert name in found
        assert not found & KRONOR

    def test_of_an_evaluation(self, tmp_path: Path, lang: str, name: str) -> None:
        file = put(tmp_path, HELPERS / "every-number.toml")
        text = file.read_text(encoding="utf-8")
        asked = text.replace('group = "ill", within = 24, count = "months"', COSTS)
        assert asked != text
        file.write_text(asked, encoding="utf-8")
        few = ("--draws", "3", "--workers", "1")
        found = told(tmp_path / "out", lang, "evaluate", file, *few)
        assert not words(found) & KRONOR
        assert name in words(found)

    def test_of_a_cohort(self, tmp_path: Path, lang: str, name: str) -> None:
        found = words(
            told(tmp_path / "out", lang, "cohort", put(tmp_path, PUBLISHED / "tunnel.toml"))
        )
        assert name in found
        assert not found & KRONOR


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_each_row_of_a_catalogue_names_its_currency(tmp_path: Path, lang: str) -> None:
    """Where any is not in kronor."""
    put(tmp_path, HELPERS / "trial.toml")
    out = tmp_path / "catalogue.csv"
    assert command("catalogue", tmp_path, "--out", out, lang=lang).exit_code == 0
    table = pd.read_csv(out, sep=";" if lang == "sv" else ",")
    own = table.set_index({"sv": "Namn", "en": "Name"}[lang])
    currency = own[{"sv": "Valuta", "en": "Currency"}[lang]]
    assert currency["trial"] == "EUR"
    assert currency["placed-youth"] == "SEK"
    assert "Budget" in own


def test_a_catalogue_in_kronor_says_so_in_its_heading(tmp_path: Path) -> None:
    out = tmp_path / "catalogue.csv"
    assert command("catalogue", "--out", out, lang="en").exit_code == 0
    columns = list(pd.read_csv(out).columns)
    assert "Budget (SEK)" in columns
    assert "Currency" not in columns


def test_a_catalogue_in_another_currency_than_its_pathway_is_not_read(tmp_path: Path) -> None:
    file = tmp_path / "catalogue.csv"
    file.write_text("Title;Budget;Currency;Years\nCourse;1000000;EUR;2\n", encoding="utf-8")
    found = command("catalogue", "--read", file, "--out", tmp_path / "own", lang="en")
    assert found.exit_code != 0
    assert "The pathway is priced in SEK" in found.output


class TestMistakes:
    """What cannot be meant so."""

    def test_prices_of_several_years_need_an_index_of_their_own(self, in_euro: Path) -> None:
        years = {"economy.price_level": 2023}
        with pytest.raises(ScenarioError, match="There is no price index for EUR"):
            load_scenario(in_euro, years)
        assert indexed(in_euro, **years).price_index[2020] > 0

    def test_an_own_index_must_have_the_years(self, in_euro: Path) -> None:
        changes = {"economy.price_index": {"2023": 100, "2022": 98}, "economy.price_level": 2023}
        with pytest.raises(ScenarioError, match="between 2022 and 2023"):
            load_scenario(in_euro, changes)

    def test_there_is_such_a_currency(self, in_euro: Path) -> None:
        pathway = in_euro.with_name("child-youth.toml")
        text = pathway.read_text(encoding="utf-8").replace('"EUR"', '"euro"')
        pathway.write_text(text, encoding="utf-8")
        with pytest.raises(ScenarioError, match=r'no currency "euro".*ISO 4217'):
            load_scenario(in_euro)

    def test_amounts_in_different_currencies_are_not_compared(self, in_euro: Path) -> None:
        with pytest.raises(UserError, match="SEK, EUR"):
            require_one_currency([load_scenario("placed-youth"), indexed(in_euro)])
        answer = command("compare", "placed-youth", in_euro, "--set", "economy.price_level=2024")
        assert answer.exit_code == 2
