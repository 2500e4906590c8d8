"""Contracts are told in a sentence, drawn without clutter, and tabled so that sums hold."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from helpers.languages import in_swedish
from matplotlib.text import Text

import sisim
from sisim.economics.settlement import PRIVATE, with_contracts
from sisim.i18n import LANGUAGES
from sisim.report.chart.canvas import renderer
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
    shown = in_swedish(lambda: party_table(done.scenario, done.contracts[0]))
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


def texts(figure: Any) -> list[Text]:
    """Return all that is written."""
    return [text for owner in (figure, *figure.axes) for text in owner.texts if text.get_text()]


@pytest.mark.parametrize("lang", LANGUAGES, indirect=True)
@pytest.mark.parametrize("arm", ["base", "by_day"])
def test_no_text_covers_another_or_leaves_the_picture(done: Results, arm: str) -> None:
    (draw,) = contract_pictures(done, [arm]).values()
    figure = draw()
    measure = renderer(figure)
    figure.draw(measure)
    wide, high = figure.get_size_inches() * figure.dpi
    boxes = {text: text.get_window_extent(measure) for text in texts(figure)}
    for text, box in boxes.items():
        inside = box.x0 >= 0 and box.y0 >= 0 and box.x1 <= wide and box.y1 <= high
        assert inside, f"{text.get_text()!r} leaves the picture"
    for (one, a), (two, b) in combinations(boxes.items(), 2):
        across, down = min(a.x1, b.x1) - max(a.x0, b.x0), min(a.y1, b.y1) - max(a.y0, b.y0)
        assert across <= 1 or down <= 4, f"{one.get_text()!r} covers {two.get_text()!r}"
