"""A folder of results can be traced, opened in the reader's country, and read back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from openpyxl import load_workbook

from sisim.economics.cost_trace import trace_tables
from sisim.economics.valuation import Valuation
from sisim.engine.replications import simulate
from sisim.i18n import LANGUAGES, Lang, in_language
from sisim.loading.load import load_scenario
from sisim.loading.result_table import read_table
from sisim.report.result_files import MOST_IN_WORKBOOK, in_workbook, write_all, write_tables

TRIAL = Path(__file__).parents[1] / "helpers" / "trial.toml"
CHANGES = {
    "population.residents": 300,
    "time.years": 5,
    "replications": 2,
    "drift.prices": {"general": {"value": 0.013}},
    "resources.care_day.price_year": 2015,
    "administrations.school": {"label": "School", "principal": "municipality"},
    "investments.support.cost.per_participant": 1234.5,
    "investments.support.cost.start_up": 99.125,
    "investments.support.new_way.replaces": {"running": 7000.0, "payer": "social"},
}


@pytest.fixture(scope="module")
def result() -> Valuation:
    return Valuation(simulate(load_scenario(TRIAL, CHANGES)))


@pytest.fixture(scope="module", params=LANGUAGES)
def folder(
    request: pytest.FixtureRequest, result: Valuation, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Lang, Path]:
    out = tmp_path_factory.mktemp("result")
    with in_language(request.param):
        write_all(out, lambda aside: write_tables(trace_tables(result.settled), aside), "told")
    return request.param, out


def test_a_krona_is_followed_to_a_count_and_a_price_in_the_files_alone(
    folder: tuple[Lang, Path], result: Valuation
) -> None:
    ledger, units, prices = (
        read_table(folder[1] / f"{name}.csv") for name in ("ledger", "units", "prices")
    )
    what, where = ["kind", "item", "part", "year"], ["replication", "arm"]
    for table in (ledger, units, prices):
        table["part"] = table["part"].fillna("")
    assert len(units.merge(prices, on=what)) == len(units)
    whole = ledger.merge(units, on=[*what, *where], suffixes=("", "_counted"))
    whole = whole.merge(prices, on=what, suffixes=("", "_told"))
    assert len(whole) == len(ledger) > 0
    assert (whole["units"] == whole["units_counted"]).all()
    price = whole["price"] * whole["index"] * whole["growth"]
    paid = whole["units"] * price * whole["share"]
    np.testing.assert_allclose(whole["amount"], paid, rtol=1e-12)
    assert (whole["amount"] == whole["units"] * whole["unit_price"] * whole["share"]).all()
    assert set(whole["kind"]) == {"use", "investment", "running", "replaced"}
    assert (whole["growth"] > 1).any()
    assert (whole.loc[whole["kind"] == "use", "index"] > 1).all()
    # The other side: what the ledger itself adds up to.
    by = ["replication", "arm", "year", "administration", "kind"]
    summed = ledger.groupby(by)["amount"].sum()
    known = result.yearly_costs(ordinary=True).set_index(by)["amount"]
    np.testing.assert_allclose(summed.reindex(known.index, fill_value=0.0), known, atol=0.005)


def test_a_price_has_its_source(folder: tuple[Lang, Path]) -> None:
    prices = read_table(folder[1] / "prices.csv")
    day = prices[prices["item"] == "care_day"].iloc[0]
    assert (day["price"], day["price_year"], day["grade"]) == (3000, 2015, "literature")
    assert (day["source"], day["key"]) == ("X", "resources.care_day.price")


def test_tables_read_back_to_the_last_bit(folder: tuple[Lang, Path], result: Valuation) -> None:
    for name, table in trace_tables(result.settled).items():
        back = read_table(folder[1] / f"{name}.csv")
        assert list(back) == list(table)
        for column in table:
            own, read = table[column], back[column]
            if pd.api.types.is_numeric_dtype(own):
                assert (own.to_numpy() == read.to_numpy()).all(), (name, column)
            else:
                assert own.fillna("").astype(str).tolist() == read.fillna("").tolist()


def test_a_swedish_excel_finds_columns_and_numbers(folder: tuple[Lang, Path]) -> None:
    lang, out = folder
    content = (out / "ledger.csv").read_bytes()
    marked, separator = content.startswith(b"\xef\xbb\xbf"), content.split(b"\n")[0].count(b";")
    assert (marked, separator) == ((True, 11) if lang == "sv" else (False, 0))
    assert (b"99,1250" in content) == (lang == "sv")


def test_a_workbook_holds_the_tables_and_says_what_they_are(folder: tuple[Lang, Path]) -> None:
    lang, out = folder
    book = load_workbook(out / "told.xlsx", read_only=True)
    assert book.sheetnames == ["README", "ledger", "moves", "people", "prices", "units"]
    notes = [row[0] for row in book["README"].iter_rows(values_only=True)]
    said = "Vem som betalar vad" if lang == "sv" else "Who pays what"
    assert any(said in str(note) for note in notes)
    rows = list(book["ledger"].iter_rows(values_only=True))
    table = read_table(out / "ledger.csv")
    assert list(rows[0]) == list(table)
    assert [row[-1] for row in rows[1:]] == pytest.approx(table["amount"].tolist(), rel=1e-14)


def test_the_readme_tells_every_table_and_every_column(folder: tuple[Lang, Path]) -> None:
    lang, out = folder
    text = (out / "README.txt").read_text(encoding="utf-8")
    for path in out.glob("*.csv"):
        assert f"{path.stem} (.csv, .parquet)" in text
        section = text.partition(f"\n{path.stem} (.csv")[2].partition("\n\n")[0]
        for column in read_table(path):
            line = next(one for one in section.splitlines() if one.split()[:1] == [column])
            assert len(line.split()) > 1
    assert ("Följ ett belopp" in text) == (lang == "sv")


def test_a_long_table_is_in_the_workbook_as_means_over_the_runs() -> None:
    runs, years = 3, MOST_IN_WORKBOOK // 2
    table = pd.DataFrame(
        {
            "replication": np.repeat(np.arange(runs), years),
            "year": np.tile(np.arange(years), runs),
            "amount": np.repeat([1.0, 2.0, 6.0], years),
        }
    )
    shown = in_workbook(table)
    assert list(shown) == ["year", "amount"]
    assert len(shown) == years
    assert (shown["amount"] == 3).all()
