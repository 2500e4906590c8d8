"""The plan of repayment as it is read: Örebro's shape, out of invented amounts."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from helpers.languages import in_swedish
from helpers.pictures import assert_readable

from sisim.economics.fund_portfolio import Venture, portfolio
from sisim.engine.replications import simulate
from sisim.i18n import in_language
from sisim.loading.load import load_scenario
from sisim.report.chart.matplotlib_painter import paint
from sisim.report.economics import portfolio_report as report_of_portfolio
from sisim.report.economics import repayment_report as repayment
from sisim.report.economics.portfolio_report import (
    portfolio_chart,
    portfolio_sentences,
    portfolio_table,
)
from sisim.report.economics.repayment_tables import plan_csv, repayment_table
from sisim.report.formats import NBSP
from sisim.results import Results
from sisim.scenario.fund import Fund

SCENARIO = Path(__file__).parents[3] / "scenarios" / "repayment.toml"
ARMS = ["project"]


@pytest.fixture(scope="module")
def result() -> Results:
    """Return the ready scenario, simulated."""
    return Results(simulate(load_scenario(SCENARIO)))


def test_the_plan_has_the_shape_of_the_one_from_orebro(result: Results) -> None:
    plan = result.repayment("project").plan
    assert result.scenario.invented
    assert plan.years.tolist() == list(range(2015, 2025))
    assert plan.years[plan.payments > 0].tolist() == [2015, 2016, 2017]
    assert plan.years[plan.total > 0].tolist() == list(range(2016, 2025))
    assert all(row.any() for row in plan.repaid)
    assert plan.total.sum() <= plan.payments.sum()
    assert (plan.repaid % 1000 == 0).all()


@pytest.mark.parametrize(("lang", "total"), [("sv", "Summa"), ("en", "Sum")], indirect=["lang"])
def test_the_csv_has_the_rows_of_the_table_and_adds_up(result: Results, total: str) -> None:
    text = plan_csv(result.repayment("project"), result.scenario)
    cells = csv.reader(io.StringIO(text), delimiter=";" if total == "Summa" else ",")
    head, invested, *repaid, all_, net, accumulated = cells
    assert (head[1], head[-2], head[-1]) == ("2015", "2024", total)
    amounts = [[int(cell) for cell in row[1:]] for row in (invested, *repaid, all_, net)]
    assert all(sum(row[:-1]) == row[-1] for row in amounts)
    assert np.sum(amounts[1:-2], axis=0).tolist() == amounts[-2]
    assert np.add(amounts[0], amounts[-2]).tolist() == amounts[-1]
    assert [int(cell) for cell in accumulated[1:-1]] == np.cumsum(amounts[-1][:-1]).tolist()
    assert len(repaid) == 3
    assert accumulated[-1] == ""


@pytest.mark.parametrize("lang", ["sv", "en"], indirect=True)
def test_everything_is_said_shown_and_drawn(result: Results, lang: str) -> None:
    said = repayment.words(result, ARMS)
    assert ("Enligt planen betalas" if lang == "sv" else "By plan SEK") in "\n".join(said)
    titles = [title for title, _ in repayment.shown(result, ARMS)]
    assert len(titles) == 5
    for draw in repayment.pictures(result, ARMS).values():
        assert draw().axes
    assert set(repayment.files(result, ARMS)) == {"repayment-plan-fund-project.csv"}


def test_the_tables_hold_reductions_repaid_and_kept(result: Results) -> None:
    table = repayment_table(result.repayment("project"))
    parts = table["repaid"] + table["set_aside"] + table["kept"]
    assert np.allclose(parts, table["reduction"], rtol=0, atol=0.005)
    assert np.allclose(table["outcome"] - table["plan"], table["deviation"])
    assert set(repayment.tables(result, ARMS)) == {"repayment", "fund-account", "budget-frames"}


def test_repayments_stand_in_the_ledger_and_among_who_gains(result: Results) -> None:
    costs = result.costs
    moved = costs[costs["kind"] == "repayment"].groupby("administration", observed=True)["amount"]
    assert moved.sum().sum() == pytest.approx(0)
    repaid = result.repayment("project").repaid.sum()
    assert -moved.sum()["fund"] == pytest.approx(repaid)


def test_a_fund_that_is_not_there_is_answered(result: Results) -> None:
    with pytest.raises(LookupError, match="the scenario has fund"):
        result.repayment("project", "reserve")


def test_what_is_missing_is_said(result: Results) -> None:
    poor = result.repriced({"funds.fund.deposits.opening": 2_000_000})
    (line,) = [
        one for one in in_swedish(lambda: repayment.words(poor, ARMS)) if "saknas i fonden" in one
    ]
    assert "2016" in line


@pytest.mark.parametrize(("lang", "word"), [("sv", "slump"), ("en", "chance")], indirect=["lang"])
def test_what_is_repaid_by_chance_is_said_where_it_is_more_than_a_unit(
    result: Results, word: str
) -> None:
    found = result.repayment("project")
    for chance, said in ((found.plan.unit, 0), (found.plan.unit * 2, 1)):
        words = repayment.sentences(replace(found, chance=chance), result.scenario)
        assert sum(word in line for line in words) == said


def test_stated_payments_that_differ_from_the_cost_are_said(result: Results) -> None:
    stated = {"funds.fund.payments": {"2015": 2_000_000, "2016": 1_000_000}}
    for one, said in ((result, 0), (result.repriced(stated), 1)):
        with in_language("sv"):
            words = [line for line in repayment.words(one, ARMS) if "Filen anger" in line]
        assert len(words) == said
    assert "3,0 mkr; det den betalar för kostar 6,0 mkr" in words[0].replace(NBSP, " ")


def test_the_outcome_beside_the_plan_adds_up_as_it_is_read(result: Results) -> None:
    found = result.repayment("project")
    assert not (found.outcome % found.plan.unit).any()
    assert np.abs(found.outcome - found.observed.mean(axis=0)).max() < found.plan.unit
    assert np.array_equal(found.plan.repaid + found.deviation, found.outcome)


@pytest.mark.parametrize("lang", ["sv", "en"], indirect=True)
def test_a_portfolio_is_drawn_and_said() -> None:
    years = np.arange(2026, 2036)
    payments, saved = np.array([1e6, 0, 0]), np.array([[0, 6e5, 6e5]])
    ventures = [
        Venture("v", int(year), ("social",), payments, saved, saved * (year % 2)) for year in years
    ]
    found = {}
    for basis in ("planned", "none"):
        terms = {"principal": "town", "deposits": {"opening": 4e6}, "repayment": {"basis": basis}}
        found[basis] = portfolio(ventures, Fund.model_validate(terms), years)
    assert_readable(paint(portfolio_chart(found, "")))
    lives, dry = portfolio_sentences(found)
    assert ("2030" in dry, "2030" in lives) == (True, False)
    table = portfolio_table(found)
    assert table.groupby("basis")["started"].sum().to_dict() == {"none": 4, "planned": 10}


@pytest.mark.parametrize("lang", ["sv", "en"], indirect=True)
def test_a_portfolio_in_the_file_is_in_the_report(result: Results) -> None:
    (found,) = result.portfolios.values()
    assert set(found) == {"planned", "observed", "none", "mix"}
    assert all(len(one.started) + len(one.turned_away) == 10 for one in found.values())
    assert found["planned"].returned > found["observed"].returned > found["none"].returned == 0
    said = report_of_portfolio.words(result, ARMS)
    assert len(said) == 5
    assert ["10" in said[0], "20" in said[0]] == [True, True]
    assert list(report_of_portfolio.pictures(result, ARMS)) == ["portfolio-fund"]
    table = report_of_portfolio.tables(result, ARMS)["portfolio"]
    assert len(table) == 4 * 20
    assert (table["balance"] >= 0).all()
    assert report_of_portfolio.words(result, []) == []
