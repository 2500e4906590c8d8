"""Contracts are told in a sentence, drawn without clutter, and tabled so that sums hold."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from helpers.languages import in_swedish
from helpers.pictures import assert_readable, written

import sisim
from sisim.economics.settlement import PRIVATE, with_contracts
from sisim.i18n import LANGUAGES
from sisim.report.chart.chart import Line, Panel, Points
from sisim.report.economics.contract_figure import contract_chart
from sisim.report.economics.contract_report import (
    contract_pictures,
    contract_shown,
    contract_tables,
    contract_words,
    party_table,
)
from sisim.report.formats import NBSP
from sisim.results import Results

SCENARIOS = Path(__file__).parents[3] / "scenarios"
SMALL = {
    "population.cohort": 600,
    "replications": 2,
    "contracts.price.payments.days.threshold": 0.05,
    "contracts.price.payments.days.pooled": 0.03,
}


@pytest.fixture(scope="module")
def done() -> Results:
    """A run of the ready scenario on sick leave, smaller and with triggers."""
    return sisim.run(sisim.load(SCENARIOS / "sick-leave-contract.toml", SMALL))


@pytest.mark.parametrize("name", ["outcome-contract", "sick-leave-contract"])
def test_the_ready_contracts_are_well(name: str) -> None:
    scenario = sisim.load(SCENARIOS / f"{name}.toml")
    assert scenario.invented
    assert {contract.arm for contract in scenario.contracts.values()} == set(scenario.arms)


def test_a_contract_is_one_plain_sentence(done: Results) -> None:
    said = in_swedish(lambda: contract_words(done, ["base", "by_day"]))
    fee, _, price, _ = (line.replace(NBSP, " ") for line in said)
    assert fee.startswith(
        "Arvode med risk, basfall: Kommunledningen (HR) betalar Hälsoslussen AB (utförare) "
        "10,0 mkr per år 2019–2021, varav 60 % bara i den mån det har tjänats in: 1 650 kr för "
        "varje sjukdag som användningen av ”Nettosjukdagar, dag 1–14”"
    )
    assert "högst 30,0 mkr sammanlagt, utbetalt året efter" in price
    assert "minst 5 %, och för alla perioder om den är minst 3 % sammantaget" in price
    english = contract_words(done, ["by_day"])[0].replace(NBSP, " ")
    assert "SEK 1,200 for every sick day" in english
    assert "adjusted for a trend of 1% a year" in english


def test_tiers_and_shared_savings_are_said() -> None:
    from sisim.report.economics.contract_words import sentence

    scenario = sisim.load(SCENARIOS / "outcome-contract.toml")
    said = {n: sentence(scenario, c) for n, c in scenario.contracts.items()}
    assert "50% of the amount by which the costs of social services" in said["savings"]
    assert "1% of “Capital” if below 5%, 3% of “Capital” if from 5% to below 15%" in said["tiers"]
    assert "8% of “Capital” if from 25% up to 35% and 12% of “Capital” if over 35%" in said["tiers"]


def test_the_table_of_parties_and_years_adds_up(done: Results) -> None:
    tables = contract_tables(done, ["base", "by_day"])
    flows = tables["contract-flows"]
    assert set(flows["year"]) == set(range(2019, 2024))
    parties = tables["contract-parties"]
    assert parties.groupby("contract")["net"].sum().abs().max() < 0.01
    paid = flows.groupby("contract")["amount"].sum() / len(done.seeds)
    assert parties.groupby("contract")["paid"].sum().to_dict() == pytest.approx(paid.to_dict())
    assert list(tables["contract-tiers"]["period"].unique()) == ["2019", "2020", "2021", "pooled"]
    _, shown = in_swedish(lambda: party_table(done.scenario, done.contracts[0]))
    assert list(shown.columns) == ["Part", *map(str, range(2019, 2024)), "Summa"]


def test_what_is_shown_has_titles_and_prices(done: Results) -> None:
    (title, flows), (_, prices), *_ = in_swedish(lambda: contract_shown(done, ["by_day"]))
    assert title.endswith(
        "vad varje part får (minus: betalar), tkr, fasta priser, 2018 års nivå, odiskonterat"
    )
    assert list(flows["Part"]) == ["Kommunledningen (HR)", "Hälsoslussen AB"]
    assert prices["Pris"].iloc[0].replace(NBSP, " ") == "1 200 kr"
    assert prices["Nollpunkt"].iloc[1] == "–"  # what its work costs it is not said


def test_private_parties_enter_the_ledger_as_payers(done: Results) -> None:
    book = with_contracts(done.ledger, done.contracts)
    private = {line.administration for line in book.lines if line.principal == PRIVATE}
    assert private == {"provider", "evaluator"}
    assert not any(done.scenario.bears(name) for name in private)


@pytest.mark.parametrize("lang", LANGUAGES, indirect=True)
@pytest.mark.parametrize("arm", ["base", "by_day"])
@pytest.mark.usefixtures("lang")
def test_no_text_covers_another_or_leaves_the_picture(done: Results, arm: str) -> None:
    (draw,) = contract_pictures(done, [arm]).values()
    assert_readable(draw())


def flows(result: Results, arm: str) -> Panel:
    """Return what is drawn between the parties of the contract of an arm."""
    (settled,) = (one for one in result.contracts if one.arm == arm)
    return contract_chart(result, settled).rows[0][1][0].panels[0]


def test_an_arrow_goes_from_who_pays_to_who_receives(done: Results) -> None:
    (settled,) = (one for one in done.contracts if one.arm == "base")
    marks = {mark.name: mark for mark in flows(done, "base").marks}
    for row, (name, payment) in enumerate(settled.contract.payments.items(), 1):
        arrow, tip = marks[name], marks[f"tip-{name}"]
        assert isinstance(arrow, Line)
        assert isinstance(tip, Points)
        ends = [settled.parties.index(party) for party in (payment.from_, payment.to)]
        assert arrow.x[0] == ends[0]
        assert round(tip.x[0]) == ends[1]
        assert set(arrow.y) == {row}
        assert arrow.dash == ("solid" if payment.measure is None else "dashed")


def test_ranges_and_chances_are_told_only_where_there_are_runs_enough() -> None:
    told = {}
    for runs in (1, 6):
        result = sisim.run(sisim.load(SCENARIOS / "sick-leave-contract.toml", _of(runs)))
        (draw,) = contract_pictures(result, ["by_day"]).values()
        told[runs] = written(draw())
    assert "10–90%" not in told[1]
    assert " to " not in told[1]
    assert "mean of 1" not in told[1]
    assert "How likely" not in told[1]
    assert "Ranges: 10–90% of 6 runs." in told[6]
    assert "How likely is each result?" in told[6]


def _of(runs: int) -> dict[str, Any]:
    return {**SMALL, "replications": runs}


def test_a_return_is_told_with_its_range_or_not_at_all() -> None:
    few, many = (
        sisim.run(
            sisim.load(
                SCENARIOS / "outcome-contract.toml",
                {"population.residents": 3000, "replications": runs},
            )
        )
        for runs in (2, 5)
    )
    assert "a return of" not in " ".join(contract_words(few, ["tiers"]))
    said = " ".join(contract_words(many, ["tiers"]))
    assert re.search(r"a return of \S+ a year, \S+ to \S+ in four runs of five", said)
    (settled,) = (one for one in many.contracts if one.arm == "tiers")
    (investor,) = (party for party in settled.parties if settled.is_private(party))
    found = settled.carried_return(investor)
    assert found is not None
    rate, low, high = found
    assert low <= rate <= high
