"""The decision workbook is the ledger, in cells that are worked out anew for other prices."""

from __future__ import annotations

import zipfile
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
from helpers.any_counts import PATHWAY, counts
from helpers.spreadsheet import Recalculated
from hypothesis import given, settings
from hypothesis import strategies as st

from sisim.analysis.switching_values import Judged, SwitchingValue, Verdict
from sisim.economics.valuation import Valuation
from sisim.engine.counts import Result
from sisim.i18n import LANGUAGES
from sisim.report.document.decision_workbook import DecisionWorkbook
from sisim.report.document.workbook_fund import largest_remainders

ORE = 0.01
TIME = {"start": "2026-01", "years": 2, "history": 1, "warm_up": 2}
ARMS = {"new_way": {"label": "New way", "investments": {"team": "new_way_of_working"}}}
FIGURES = {"project": "new_way", "new_way": "new_way", "case": "placed", "year": 2027}
FUND: dict[str, Any] = {"label": "The fund", "principal": "town"}
TERMS: dict[str, dict[str, Any]] = {
    "proportional": {"repayment": {}},
    "uncapped": {"repayment": {"cap": "none", "cap_year": "none"}},
    "agreed": {
        "interest": 0.02,
        "repayment": {
            "distribution": "agreed",
            "agreed": {"social": 0.6, "school": 0.4},
            "prices": "current",
            "cap_year": "gross_reduction",
            "share": 0.7,
        },
    },
    "set off": {"repayment": {"set_off": "agreement", "rounding": 0, "starts_after": 1}},
    "stated": {"repayment": {"plan": {"social": {"2026": 200_000, "2027": 300_000}}}},
    "observed": {"repayment": {"basis": "observed", "rounding": 1}},
}


def pathway(**prices: float) -> dict[str, Any]:
    """Return a pathway with other prices, of which one resource is freed in steps."""
    data = deepcopy(PATHWAY)
    data["resources"]["inquiry"]["administration"] = "school"
    data["resources"]["day"] |= {"cash": "step", "step_size": 200, "notice": 2}
    for name, price in prices.items():
        data["resources"][name]["price"] = price
    return data


def counted(seed: int = 1, funds: dict[str, Any] | None = None, **prices: float) -> Result:
    fund = {"fund": {**FUND, **(funds or {})}} if funds is not None else {}
    return counts(
        seed, pathway=pathway(**prices), time=TIME, arms=ARMS, figures=FIGURES, funds=fund
    )


def recalculated(workbook: DecisionWorkbook, folder: Path) -> Recalculated:
    out = folder / "report.xlsx"
    workbook.write(out)
    return Recalculated(out)


def differing(book: Recalculated, path: Path) -> list[tuple[Any, Any, Any]]:
    """Return the cells whose formula comes to another value than stands beside it."""
    values = openpyxl.load_workbook(path, data_only=True)
    found = []
    for key in book.formulas:
        said, got = values[key[0]].cell(key[1], key[2]).value, book.cell(key)
        texts = isinstance(said, str) or isinstance(got, str)
        if said != got if texts else abs(float(got) - said) > ORE:
            found.append((key, said, got))
    return found


@pytest.fixture(scope="module")
def valuation() -> Valuation:
    return Valuation(counted(funds=TERMS["proportional"]))


@pytest.fixture(scope="module")
def workbook(valuation: Valuation) -> DecisionWorkbook:
    return DecisionWorkbook(valuation, "sv")


@pytest.fixture(scope="module")
def saved(workbook: DecisionWorkbook, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("workbook") / "report.xlsx"
    workbook.write(out)
    return out


@pytest.mark.parametrize("terms", TERMS)
def test_every_formula_comes_to_what_sisim_has_worked_out(terms: str, tmp_path: Path) -> None:
    workbook = DecisionWorkbook(Valuation(counted(5, TERMS[terms])), "en")
    book = recalculated(workbook, tmp_path)
    assert len(book.formulas) > 500
    assert differing(book, tmp_path / "report.xlsx") == []


def test_costs_by_payer_and_year_are_those_of_the_ledger(
    workbook: DecisionWorkbook, valuation: Valuation
) -> None:
    book = valuation.settled
    for arm, name in enumerate(valuation.counts.arms):
        for payer, amounts in book.sums(lambda line: line.administration, yearly=True).items():
            for year, amount in zip(book.years, amounts.mean(axis=0)[arm], strict=True):
                if year >= valuation.scenario.time.first_year:
                    found = workbook.value(f"cost.{name}.{payer}.{year}")
                    assert found == pytest.approx(amount, abs=ORE)


def test_what_an_arm_is_worth_is_what_is_appraised(
    workbook: DecisionWorkbook, valuation: Valuation
) -> None:
    worth = valuation.appraisal["new_way"]
    for measure in ("invested", "lower_cost", "net", "benefit_cost_ratio", "deepest"):
        found = workbook.value(f"calculation.new_way.{measure}")
        assert found == pytest.approx(worth.of_mean[measure], nan_ok=True)


def test_who_gains_is_the_matrix_of_who_pays_and_who_gains(
    workbook: DecisionWorkbook, valuation: Valuation
) -> None:
    matrix = valuation.who_gains["new_way"].matrix().set_index("administration")
    for payer in matrix.index:
        for kind in ("investment", "running", "replaced", "repayment", "net"):
            name = f"gains.new_way.{payer or 'total'}.{kind}"
            if name in workbook.names:
                assert workbook.value(name) == pytest.approx(matrix.loc[payer, kind], abs=ORE)


@given(st.floats(1, 90_000), st.sampled_from(["day", "inquiry"]))
@settings(max_examples=2, deadline=None)
def test_a_price_that_is_changed_gives_the_ledger_of_that_price(
    tmp_path_factory: pytest.TempPathFactory, price: float, resource: str
) -> None:
    terms = TERMS["proportional"]
    before = DecisionWorkbook(Valuation(counted(funds=terms)), "en")
    book = recalculated(before, tmp_path_factory.mktemp("changed"))
    book[before.place(f"assumption.resources.{resource}.price")] = price
    after = DecisionWorkbook(Valuation(counted(funds=terms, **{resource: price})), "en")
    for name in after.names:
        if name.startswith(("cost.", "difference.", "current.", "gains.", "fund.", "calculation.")):
            if name.endswith((".low", ".high", ".chance", "internal_rate_of_return")):
                continue  # of the single runs
            said, got = after.value(name), book[before.place(name)]
            assert isinstance(got, str) or got == pytest.approx(said, abs=1.0), name
    assert book[_all_checks(before)] == "✓"


def _all_checks(workbook: DecisionWorkbook) -> str:
    return "'Checks'!$C$2" if workbook.lang == "en" else "'Kontroller'!$C$2"


def test_checks_are_zero_and_find_what_does_not_add_up(
    workbook: DecisionWorkbook, saved: Path
) -> None:
    book = Recalculated(saved)
    assert book[_all_checks(workbook)] == "✓"
    book[workbook.place("assumption.resources.day.payers.agency")] = 0.9
    assert book[_all_checks(workbook)] == "✗"


def test_another_discount_rate_is_followed(workbook: DecisionWorkbook, saved: Path) -> None:
    book = Recalculated(saved)
    book[workbook.place("assumption.economy.discount_costs")] = 0.0
    net = book[workbook.place("calculation.new_way.net")]
    years = [name for name in workbook.names if name.startswith("calculation.new_way.net.2")]
    assert net == pytest.approx(sum(book[workbook.place(name)] for name in years), abs=ORE)


def test_a_formula_engine_agrees(tmp_path: Path) -> None:
    formulas = pytest.importorskip("formulas")
    time = {"start": "2026-01", "years": 0.25, "history": 0, "warm_up": 1}
    figures = {**FIGURES, "year": 2026}
    result = counts(2, pathway=pathway(), time=time, arms=ARMS, figures=figures)
    book = recalculated(DecisionWorkbook(Valuation(result), "en"), tmp_path)
    model = formulas.ExcelModel().loads(str(tmp_path / "report.xlsx")).finish()
    solved = {str(key): one for key, one in model.calculate().items()}
    for key in book.formulas:
        place = openpyxl.utils.get_column_letter(key[2]) + str(key[1])
        got = solved[f"'[report.xlsx]{key[0].upper()}'!{place}"].value[0, 0]
        said = book.cell(key)
        assert said == got if isinstance(said, str) else got == pytest.approx(said, abs=ORE)


def test_the_same_run_gives_the_same_bytes(workbook: DecisionWorkbook, saved: Path) -> None:
    again = DecisionWorkbook(Valuation(counted(funds=TERMS["proportional"])), "sv")
    assert again.content() == saved.read_bytes()
    with zipfile.ZipFile(saved) as archive:
        assert len({one.date_time for one in archive.infolist()}) == 1


@pytest.mark.parametrize("lang", LANGUAGES)
def test_sheets_are_named_in_the_language_and_numbers_are_not(
    lang: Any, valuation: Valuation
) -> None:
    workbook = DecisionWorkbook(valuation, lang)
    titles = {"sv": ("Läs mig", "Kalkyl", "Priser"), "en": ("Read me", "Calculation", "Prices")}
    place = workbook.place("calculation.new_way.net")
    assert place.split("!")[0] == titles[lang][1]
    assert workbook.names == DecisionWorkbook(valuation, "en").names


def test_a_text_of_a_file_is_no_formula(tmp_path: Path) -> None:
    data = pathway()
    data["resources"]["day"]["label"] = "=1+1"
    data["administrations"]["social"]["label"] = '+A1*"x"'
    arms = {"new_way": {**ARMS["new_way"], "label": "=?*"}}
    result = counts(1, pathway=data, time=TIME, arms=arms, figures=FIGURES)
    book = recalculated(DecisionWorkbook(Valuation(result), "en"), tmp_path)
    assert differing(book, tmp_path / "report.xlsx") == []
    texts = {value for value in book.values.values() if isinstance(value, str)}
    assert not any(text.startswith(("=", "+", "-", "@")) for text in texts)


def test_every_number_has_a_format_and_every_column_a_width(saved: Path) -> None:
    for sheet in openpyxl.load_workbook(saved):
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, float) and cell.value % 1:
                    assert cell.number_format != "General" or sheet.title == "Antaganden"
                if cell.value is not None:
                    assert sheet.column_dimensions[cell.column_letter].width >= 6


def test_a_number_of_the_text_is_added_once(valuation: Valuation) -> None:
    workbook = DecisionWorkbook(valuation, "sv")
    name = workbook.add("chance", "Sannolikhet", 0.8, "share")
    assert workbook.add("chance", "Sannolikhet", 0.8, "share") == name
    assert workbook.place(name) == "'I texten'!B5"
    assert workbook.value(name) == 0.8
    with pytest.raises(KeyError):
        workbook.value("text.nothing")


def test_a_scenario_with_no_investment_has_a_workbook(tmp_path: Path) -> None:
    result = counts(1, pathway=pathway(), time=TIME, arms={}, investments={}, figures=None)
    book = recalculated(DecisionWorkbook(Valuation(result), "en"), tmp_path)
    assert differing(book, tmp_path / "report.xlsx") == []


def test_the_largest_remainders_are_rounded_up() -> None:
    rest = np.array([[0.2, 0.5], [0.5, 0.5], [0.3, 0.0]])
    assert largest_remainders(rest).tolist() == [[0, 1], [1, 0], [0, 0]]


def test_what_a_verdict_rests_on_stands_in_it_when_it_is_known() -> None:
    source = Judged(counted(funds={}))
    one = SwitchingValue(
        "resources.day.price", 5500.0, "assumption", None, 2750.0, False, -1e6, 2, turns=3000.0
    )
    source.known_verdicts = [Verdict("new_way", True, (1e6, 0.5e6, 2e6), 5, "saves", (one,), 0)]
    workbook = DecisionWorkbook(source, "en")
    assert workbook.value("sensitivity.1.0.5") == 3000.0
    assert workbook.place("sensitivity.1.0.5").startswith("Sensitivity!")
    assert not any(
        name.startswith("sensitivity.") for name in DecisionWorkbook(source, "en", {}).names
    )
